"""Everything wrong in the words is said at once, with file, line and what to do."""

import pytest

from locales.catalogue import words_faults
from tests.locales.samples import ANSWERS, BOT, RUSSIAN


def _wrong(folder):
    return [str(fault) for fault in words_faults(folder.path) if not fault.notice]


def test_words_in_order_have_no_faults(folder):
    assert words_faults(folder.path) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Привет, {name}", "Привет, {nmae}", "{nmae} is not in the English text"),
        ("Привет, {name}", "Привет", "{name} of the English text is gone"),
        ("Привет, {name}", "Привет, {name} {", "a brace stands alone"),
        ("Привет, {name}", "Привет, {name.x} {name}", "a brace stands alone"),
        ("Привет, {name}", "", "is not translated"),
        ("{n} мест", "", "has a plural form without text"),
        ("{n} мест", "{m} мест", "{m} is not in the English text"),
        ("<b>Записаться</b>", "<b>Записаться", "<b> is not closed"),
        ("<b>Записаться</b>", "<b>Записаться</i>", "</i> closes what is not open"),
        ("<b>Записаться</b>", "<b>Запи<br>саться</b>", "<br> is not a tag that Telegram knows"),
        ("<b>Записаться</b>", "<b class='x'>Записаться</b>", "is not a tag that Telegram knows"),
        ("<b>Записаться</b>", "2 < 3", "< is not a tag that Telegram knows"),
        ("<b>Записаться</b>", "Записаться&nbsp;", "&nbsp; is not an entity that Telegram knows"),
        ("Назад", "<i>Назад</i>", "<i> is not in the English text"),
    ],
)
def test_a_translation_that_would_break_a_message_is_found(folder, old, new, said):
    path = folder.write("ru", "bot", BOT.replace(old, new), RUSSIAN)

    faults = _wrong(folder)

    assert any(said in fault for fault in faults)
    assert all(fault.startswith(f"{path}:") for fault in faults)


def test_a_plural_form_may_leave_its_number_out(folder):
    folder.write("ru", "bot", BOT.replace("{n} место", "одно место"), RUSSIAN)

    assert words_faults(folder.path) == []


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        ('\nmsgid "A"\nmsgstr "Б\n', 8, "this line is not PO"),
        ('\nmsgid "A"\nmsgstr Б"\n', 8, "this line is not PO"),
        ('\nmsgid "A"\nmsgstr "Б"В"\n', 8, "this line is not PO"),
        ('\nmsgid "A"\n\nmsgid "B"\nmsgstr "Б"\n', 7, "missing msgstr"),
        ('\nmsgid "A"\nmsgid_plural "As"\nmsgstr[0] "Б"\nmsgstr[7] "Б"\n', 7, "more translations"),
        ('\nmsgid "A"\nmsgstr "Б"\n\nmsgid "A"\nmsgstr "В"\n', 10, "stands twice"),
        ("\n<<<<<<< ours\n", 7, "this line is not PO"),
    ],
)
def test_broken_syntax_is_one_sentence_with_file_and_line(folder, body, line, said):
    path = folder.write("ru", "bot", body)

    (fault,) = _wrong(folder)

    assert fault.startswith(f"{path}:{line}: ")
    assert said in fault


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00", b'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=x; plural=;\\n"\n']
)
def test_a_file_that_is_no_catalogue_is_told_and_not_raised(folder, content):
    folder.write("ru", "bot", BOT, RUSSIAN).write_bytes(content)

    assert _wrong(folder)


def test_a_lost_file_is_told(folder):
    (folder.path / "ru" / "LC_MESSAGES" / "answers.po").unlink()

    assert "answers.po: it cannot be read" in _wrong(folder)[0]


def test_all_faults_of_all_languages_come_at_once(folder):
    folder.write("ru", "bot", BOT.replace("Привет, {name}", "Привет").replace('"Назад"', '""'), RUSSIAN)
    folder.write("ru", "answers", ANSWERS.replace("</b>", ""), RUSSIAN)
    folder.describe("kk", "code = 1 =")

    assert len(_wrong(folder)) == 6  # two texts, an answer; language.toml and two catalogues of Kazakh


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('code = "ru"', 'code = "rus"', "but they must be the same"),
        ('babel = "ru"', 'babel = "xx"', "it cannot be read"),
        ('name = "Русский"', "", "'name' is missing"),
        ('today = "сегодня"', "", "'today' is missing"),
        ('today = "сегодня"', 'today = "сегодня"\nnow = "сейчас"', "entries nobody reads: now"),
        ('short_months = ["янв", ', "short_months = [", "short_months needs 12 names and has 11"),
    ],
)
def test_a_wrong_description_says_what_is_wrong(folder, old, new, said):
    path = folder.path / "ru" / "language.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

    assert said in _wrong(folder)[0]
    assert _wrong(folder)[0].startswith(str(path))


def test_a_fuzzy_text_is_a_notice(folder):
    folder.write("ru", "bot", BOT.replace('msgctxt "button"', '#, fuzzy\nmsgctxt "button"'), RUSSIAN)

    (fault,) = words_faults(folder.path)

    assert fault.notice
    assert "review it" in str(fault)


def test_an_answer_changed_in_english_is_a_notice(folder):
    folder.write("ru", "answers", ANSWERS.replace("Nobody asks.", "Nobody ever asks."), RUSSIAN)

    assert [fault.notice for fault in words_faults(folder.path)] == [True]


def test_a_title_has_no_tags_and_a_context_has_its_form(folder):
    folder.write(
        "ru",
        "answers",
        ANSWERS.replace("Меня депортируют?", "<b>Меня</b>") + '\nmsgctxt "fear"\nmsgid "x"\nmsgstr "y"\n',
        RUSSIAN,
    )

    said = "\n".join(_wrong(folder))

    assert "a title is plain text" in said
    assert "write msgctxt as" in said
