"""Bring the catalogues of all languages up to date with the texts in the code: `python -m locales.update`.

Texts are found by their call: `t("…")`, `t.label("…")`, `t.many("…", "…", n)`, `t.in_context("…", "…")`,
`N_("…")`. Answers come from `locales/en/LC_MESSAGES/answers.po`. A text that was changed a little keeps its
translation, marked fuzzy; one that is gone is removed. Nothing that changes by itself (dates, line numbers)
is written, so a second run changes nothing. With `--check` nothing is written and the exit code tells.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.pofile import write_po

from locales import pofile
from locales.checking import SOURCE, placeholders
from locales.faults import Fault, WordsFault
from locales.pofile import Entry

SEARCHED = ("handlers", "care", "bot")
_KEYWORDS = ("t", "label", "many", "in_context", "N_")
_ALIKE = 0.8  # of 1: a text less like the old one is a new text

_HEADER = """msgid ""
msgstr ""
"Project-Id-Version: Hamroh\\n"
"Language: {code}\\n"
"Plural-Forms: {plural}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""


@dataclass(slots=True)
class Wanted:
    """One text that every language must have."""

    message: str
    plural: str | None = None
    context: str | None = None
    places: list[str] = field(default_factory=list)  # files, without line numbers
    comments: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str | None, str]:
        """Tell texts apart as catalogues do."""
        return (self.context, self.message)


def main(arguments: Sequence[str] | None = None, *, root: Path | None = None) -> int:
    """Update all catalogues, or only compare them, and return the exit code."""
    checking = "--check" in (sys.argv[1:] if arguments is None else arguments)
    base = root or Path(__file__).parent.parent
    try:
        changed = changes(base)
    except WordsFault as fault:
        print(fault, file=sys.stderr)
        return 1
    for path, text in changed.items():
        print(f"{path.relative_to(base)}: {'is out of date, run `make words`' if checking else 'updated'}")
        if not checking:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return int(checking and bool(changed))


def changes(root: Path) -> dict[Path, str]:
    """Return the new text of each catalogue that is out of date; raises WordsFault."""
    folder = root / "locales"
    interface = extract(root)
    answers = _answers(folder / SOURCE / "LC_MESSAGES" / "answers.po")
    texts: dict[Path, str] = {}
    for described in sorted(folder.glob("*/language.toml")):
        code = described.parent.name
        if code == SOURCE:
            continue
        messages = described.parent / "LC_MESSAGES"
        texts[messages / "bot.po"] = updated(messages / "bot.po", interface, code)
        texts[messages / "answers.po"] = updated(messages / "answers.po", answers, code)
    return {
        path: text
        for path, text in texts.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    }


def extract(root: Path) -> list[Wanted]:
    """Find the texts in the code, in the order of files and lines; raises WordsFault for a text misused."""
    found: dict[tuple[str | None, str], Wanted] = {}
    faults: list[Fault] = []
    for path in sorted(path for name in SEARCHED for path in (root / name).rglob("*.py")):
        place = path.relative_to(root).as_posix()
        with path.open("rb") as file:
            calls = list(extract_python(file, dict.fromkeys(_KEYWORDS), (), {}))
        for line, name, given, _ in calls:
            if (wanted := _wanted(str(name), given)) is None:
                continue
            if name == "label" and "<" in wanted.message:
                faults.append(Fault(path, "a label has tags", "leave them out, or call `t`", line))
            known = found.setdefault(wanted.key, wanted)
            known.plural = known.plural or wanted.plural
            known.places += [] if place in known.places else [place]
    if faults:
        raise WordsFault(faults)
    return list(found.values())


def _wanted(name: str, given: object) -> Wanted | None:
    """Return the text of one call, or None when it is not written out there."""
    texts = [text or None for text in given] if isinstance(given, (tuple, list)) else [given or None]
    first, second = [*texts, None, None][:2]
    if name in {"many", "in_context"}:
        if not isinstance(first, str) or not isinstance(second, str):
            return None
        return Wanted(first, second) if name == "many" else Wanted(second, context=first)
    return Wanted(first) if isinstance(first, str) else None


def _answers(path: Path) -> list[Wanted]:
    entries = pofile.read(path).entries if path.exists() else ()
    return [Wanted(entry.message, context=entry.context, comments=entry.comments) for entry in entries]


def updated(path: Path, wanted: Iterable[Wanted], code: str) -> str:
    """Return the text of a catalogue with just the wanted texts, old translations kept."""
    old = pofile.read(path) if path.exists() else None
    plural = old.plural_forms if old else str(Catalog(locale=code).plural_forms)
    catalogue = Catalog(fuzzy=False)
    catalogue.mime_headers = [("Plural-Forms", plural)]
    for one, entry in _paired(list(wanted), old.entries if old else ()):
        _add(catalogue, one, entry)
    written = BytesIO()
    write_po(written, catalogue, width=100, omit_header=True, include_lineno=False)
    body = written.getvalue().decode("utf-8").strip("\n")
    head = _head(path) if old else _HEADER.format(code=code, plural=plural)
    return f"{head}\n{body}\n" if body else head


def _paired(wanted: list[Wanted], entries: Sequence[Entry]) -> Iterator[tuple[Wanted, Entry | None]]:
    """Give each text its old entry: the same one, or one that has gone and says nearly the same."""
    old = {entry.key: entry for entry in entries}
    gone = [entry for entry in entries if entry.key not in {one.key for one in wanted} and any(entry.strings)]
    for one in wanted:
        entry = old.get(one.key) or _changed(one, gone)
        if entry in gone:
            gone.remove(entry)
        yield one, entry


def _changed(one: Wanted, gone: Sequence[Entry]) -> Entry | None:
    """Return the entry whose English became this text: an answer's by its context, others by likeness."""
    if one.context and "|" in one.context:
        return next((entry for entry in gone if entry.context == one.context), None)
    alike = [
        (SequenceMatcher(None, entry.message, one.message, autojunk=False).ratio(), entry)
        for entry in gone
        if _interchangeable(entry, one)
    ]
    best = max(alike, key=lambda pair: pair[0], default=None)
    return best[1] if best and best[0] >= _ALIKE else None


def _interchangeable(entry: Entry, one: Wanted) -> bool:
    """A translation stays in use only where it fits: same placeholders, same digits, same kind."""
    digits = [[letter for letter in text if letter.isdigit()] for text in (entry.message, one.message)]
    return (
        (entry.plural is None) == (one.plural is None)
        and entry.context == one.context
        and placeholders(entry.message) == placeholders(one.message)
        and digits[0] == digits[1]
    )


def _add(catalogue: Catalog, one: Wanted, old: Entry | None) -> None:
    strings = old.strings if old and (old.plural is None) == (one.plural is None) else ()
    fuzzy = old is not None and any(strings) and (old.fuzzy or old.message != one.message)
    catalogue.add(
        id=(one.message, one.plural) if one.plural else one.message,
        string=_forms(strings, catalogue.num_plurals) if one.plural else "".join(strings[:1]),
        locations=[(place, 0) for place in one.places],
        flags=["fuzzy"] if fuzzy else [],
        auto_comments=_comments(one, old),
        user_comments=old.notes if old else (),
        context=one.context,
    )


def _comments(one: Wanted, old: Entry | None) -> list[str]:
    """Keep each language's own word on who has read the text; the rest is said by the English one."""
    own = [comment for comment in old.comments if comment.startswith("review:")] if old else []
    said = [comment for comment in one.comments if not (own and comment.startswith("review:"))]
    return [*said, *own]


def _forms(strings: Sequence[str], count: int) -> tuple[str, ...]:
    return tuple([*strings, *[""] * count][:count])


def _head(path: Path) -> str:
    """Return comments and header of a catalogue as they stand."""
    lines = path.read_text(encoding="utf-8").split("\n")
    start = next((number for number, line in enumerate(lines) if line.startswith("msgid")), 0)
    end = next((number for number in range(start, len(lines)) if not lines[number].strip()), len(lines))
    return "\n".join(lines[:end]) + "\n"


if __name__ == "__main__":
    sys.exit(main())
