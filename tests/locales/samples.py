"""Small catalogues for tests, and a folder to write them into."""

from pathlib import Path

from locales.catalogue import HERE

HEADER = """msgid ""
msgstr ""
"Language: {code}\\n"
"Plural-Forms: {plural}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"""
RUSSIAN = (
    "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"
)
SIMPLE = "nplurals=2; plural=(n != 1);"
BOT = """
#: handlers/book.py
msgid "Hello, {name}"
msgstr "Привет, {name}"

#: handlers/book.py
msgid "<b>Book</b>"
msgstr "<b>Записаться</b>"

#: handlers/book.py
msgid "{n} place"
msgid_plural "{n} places"
msgstr[0] "{n} место"
msgstr[1] "{n} места"
msgstr[2] "{n} мест"

#: handlers/book.py
msgctxt "button"
msgid "Back"
msgstr "Назад"
"""
ENGLISH_ANSWERS = """
#. sources: WHO-FS, CDC-WC
#. checked: 2026-11-22
#. review: none
msgctxt "fear|title"
msgid "Will I be deported?"
msgstr ""

msgctxt "fear|text"
msgid "<b>No.</b> Nobody asks."
msgstr ""

msgctxt "fear|if:lawyer"
msgid "A lawyer helps."
msgstr ""
"""
ANSWERS = """
#. sources: WHO-FS, CDC-WC
#. checked: 2026-11-22
#. review: Dr A, 2026-11-23
msgctxt "fear|title"
msgid "Will I be deported?"
msgstr "Меня депортируют?"

msgctxt "fear|text"
msgid "<b>No.</b> Nobody asks."
msgstr "<b>Нет.</b> Никто не спрашивает."

msgctxt "fear|if:lawyer"
msgid "A lawyer helps."
msgstr "Поможет юрист."
"""


class Folder:
    """A `locales` folder that a test writes."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def describe(self, code: str, text: str | None = None) -> None:
        (self.path / code).mkdir(parents=True, exist_ok=True)
        described = (HERE / code / "language.toml").read_text(encoding="utf-8") if text is None else text
        (self.path / code / "language.toml").write_text(described, encoding="utf-8")

    def write(self, code: str, domain: str, body: str, plural: str = SIMPLE) -> Path:
        path = self.path / code / "LC_MESSAGES" / f"{domain}.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HEADER.format(code=code, plural=plural) + body, encoding="utf-8")
        return path
