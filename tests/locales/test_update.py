"""`make words` brings every catalogue up to date and disturbs nothing else."""

import pytest

from locales import pofile
from locales.catalogue import Words
from locales.update import main
from tests.locales.samples import ANSWERS, BOT, ENGLISH_ANSWERS, RUSSIAN

CODE = '''
def show(t, n, name):
    """Say it."""
    t("Hello, {name}", name=name)
    t("<b>Book</b>")
    t.many("{n} place", "{n} places", n)
    t.in_context("button", "Back")
'''


@pytest.fixture
def root(folder):
    (folder.path.parent / "handlers").mkdir()
    _code(folder.path.parent, CODE)
    main([], root=folder.path.parent)
    return folder.path.parent


def _code(root, text, name="book"):
    (root / "handlers" / f"{name}.py").write_text(text, encoding="utf-8")


def _entries(root, domain="bot"):
    entries = pofile.read(root / "locales" / "ru" / "LC_MESSAGES" / f"{domain}.po").entries
    return {entry.message: entry for entry in entries}


def test_a_second_run_changes_nothing(root, capsys):
    capsys.readouterr()

    assert main([], root=root) == 0
    assert capsys.readouterr().out == ""


def test_translations_survive(root, folder):
    t = Words.load(folder.path)["ru"]

    assert t("Hello, {name}", name="A") == "Привет, A"
    assert t.many("{n} place", "{n} places", 5) == "5 мест"
    assert t.in_context("button", "Back") == "Назад"
    assert t.answer("fear").review == "Dr A, 2026-11-23"


def test_lines_added_above_a_text_change_nothing(root):
    _code(root, "\n\n# new\n" + CODE)

    assert main(["--check"], root=root) == 0


def test_a_new_text_waits_for_its_translation(root):
    _code(root, 'MENU = (N_("Ask a question"),)\n', "ask")

    assert main(["--check"], root=root) == 1
    assert main([], root=root) == 0
    assert _entries(root)["Ask a question"].strings == ("",)
    assert next(iter(_entries(root))) == "Ask a question"  # in the order of files


def test_a_text_changed_a_little_keeps_its_translation_as_fuzzy(root, folder):
    _code(root, CODE.replace("Hello, {name}", "Hello, {name}!"))

    main([], root=root)

    assert _entries(root)["Hello, {name}!"].fuzzy
    assert Words.load(folder.path)["ru"]("Hello, {name}!", name="A") == "Привет, A"
    assert "Hello, {name}" not in _entries(root)
    assert main(["--check"], root=root) == 0


def test_a_text_with_another_number_is_not_the_same_text(root, folder):
    _code(root, 't("Come back in 2 weeks, please")')
    main([], root=root)
    path = folder.path / "ru" / "LC_MESSAGES" / "bot.po"
    path.write_text(path.read_text(encoding="utf-8").replace('msgstr ""\n', 'msgstr "x"\n'), encoding="utf-8")
    _code(root, 't("Come back in 3 weeks, please")')

    main([], root=root)

    assert _entries(root)["Come back in 3 weeks, please"].strings == ("",)


def test_an_answer_changed_in_english_keeps_its_translation_as_fuzzy(root, folder):
    folder.write("en", "answers", ENGLISH_ANSWERS.replace("Nobody asks.", "Nobody will ever ask you."))

    main([], root=root)

    entry = _entries(root, "answers")["<b>No.</b> Nobody will ever ask you."]
    assert entry.fuzzy
    assert entry.strings == ("<b>Нет.</b> Никто не спрашивает.",)


def test_a_text_that_is_gone_is_removed(root):
    _code(root, CODE.replace('    t("<b>Book</b>")\n', ""))

    main([], root=root)

    assert "<b>Book</b>" not in _entries(root)


def test_header_and_notes_of_the_translators_stay(folder):
    (folder.path.parent / "handlers").mkdir()
    _code(folder.path.parent, CODE)
    body = BOT.replace("#: handlers/book.py\nmsgctxt", "# to the start\n#: handlers/book.py\nmsgctxt")
    path = folder.write("ru", "bot", body, RUSSIAN)
    path.write_text("# Thanks to Anna\n" + path.read_text(encoding="utf-8"), encoding="utf-8")

    main([], root=folder.path.parent)

    text = path.read_text(encoding="utf-8")
    assert text.startswith('# Thanks to Anna\nmsgid ""')
    assert "# to the start\n" in text
    assert "POT-Creation-Date" not in text


def test_a_new_folder_gets_its_catalogues(root, folder):
    folder.describe("kk")

    main([], root=root)

    assert len(pofile.read(folder.path / "kk" / "LC_MESSAGES" / "bot.po").entries) == 4
    assert len(pofile.read(folder.path / "kk" / "LC_MESSAGES" / "answers.po").entries) == 3


def test_a_label_with_tags_is_refused(root, capsys):
    _code(root, 't.label("<b>Back</b>")')

    assert main([], root=root) == 1
    assert "book.py:1: a label has tags" in capsys.readouterr().err


def test_a_broken_catalogue_is_left_alone_and_told(root, folder, capsys):
    path = folder.write("ru", "answers", ANSWERS + 'msgid "\n', RUSSIAN)
    before = path.read_bytes()

    assert main([], root=root) == 1
    assert f"{path}:" in capsys.readouterr().err
    assert path.read_bytes() == before
