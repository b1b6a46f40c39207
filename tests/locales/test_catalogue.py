"""Everybody is spoken to in the language they chose, and in no other."""

import shutil
import time

import pytest

from locales.catalogue import N_, Html, UnknownMessageError, Words, WordsFault
from tests.locales.samples import ANSWERS, BOT, ENGLISH_ANSWERS, RUSSIAN, SIMPLE

KYRGYZ = """
code = "ky"
name = "Кыргызча"
order = 15
babel = "ky"
telegram = ["ky"]

[formats]
today = "бүгүн"
tomorrow = "эртең"
yesterday = "кечээ"

[formats.units]
day = { other = "{n} күн" }
"""
KYRGYZ_BOT = """
msgid "Hello, {name}"
msgstr "Салам, {name}"

msgid "<b>Book</b>"
msgstr "<b>Жазылуу</b>"

msgid "{n} place"
msgid_plural "{n} places"
msgstr[0] "{n} орун"
msgstr[1] "{n} орун"

msgctxt "button"
msgid "Back"
msgstr "Артка"
"""
KYRGYZ_ANSWERS = (
    ANSWERS.replace("Меня депортируют?", "Мени депорт кылышабы?")
    .replace("Нет.</b> Никто не спрашивает.", "Жок.</b> Эч ким сурабайт.")
    .replace("Поможет юрист.", "Юрист жардам берет.")
)


def _uzbek(folder):
    folder.describe("uz")
    body = BOT.replace("Привет, {name}", "Salom, {name}").replace("Записаться", "Qabulga yozilish")
    body = body.replace("Назад", "Orqaga").replace('msgstr[2] "{n} мест"\n', "")
    folder.write("uz", "bot", body.replace("{n} места", "{n} ta joy").replace("{n} место", "{n} ta joy"))
    answers = ANSWERS.replace("Меня депортируют?", "Meni deport qilishadimi?")
    answers = answers.replace("Нет.</b> Никто не спрашивает.", "Yoʻq.</b> Hech kim soʻramaydi.")
    folder.write("uz", "answers", answers.replace("Поможет юрист.", "Yurist yordam beradi."))


def test_a_field_is_escaped_and_the_text_is_not(folder):
    t = Words.load(folder.path)["ru"]

    assert t("Hello, {name}", name="<i>&") == "Привет, &lt;i&gt;&amp;"
    assert t("<b>Book</b>") == "<b>Записаться</b>"


def test_words_put_into_words_are_escaped_once(folder):
    t = Words.load(folder.path)["ru"]

    assert t("Hello, {name}", name=t("<b>Book</b>")) == "Привет, <b>Записаться</b>"
    assert t("Hello, {name}", name=Html("<u>x</u>")) == "Привет, <u>x</u>"


def test_a_label_is_plain_text(folder):
    assert Words.load(folder.path)["ru"].label("Hello, {name}", name="A & B") == "Привет, A & B"


def test_numbers_are_written_plainly(folder):
    t = Words.load(folder.path)["en"]

    assert t("{a} {b} {c}", a=1200000, b=2.0, c=2.5) == "1200000 2 2.5"
    assert t("{{a}} {a}", a=1) == "{a} 1"


@pytest.mark.parametrize(("n", "said"), [(1, "1 место"), (3, "3 места"), (11, "11 мест"), (0, "0 мест")])
def test_a_plural_fits_its_number(folder, n, said):
    assert Words.load(folder.path)["ru"].many("{n} place", "{n} places", n) == said


def test_english_needs_no_catalogue_of_its_own(folder):
    t = Words.load(folder.path)["en"]

    assert t("Whatever {it} is", it="this") == "Whatever this is"
    assert [t.many("{n} day", "{n} days", n) for n in (1, 2)] == ["1 day", "2 days"]
    assert t.in_context("button", "Back") == "Back"
    assert t.answer("fear").title == "Will I be deported?"


def test_the_same_english_may_mean_two_things(folder):
    assert Words.load(folder.path)["ru"].in_context("button", "Back") == "Назад"


def test_a_text_without_translation_is_never_english(folder):
    with pytest.raises(UnknownMessageError, match="make words"):
        Words.load(folder.path)["ru"]("Never extracted")


def test_a_field_that_was_forgotten_is_an_error(folder):
    with pytest.raises(KeyError, match="name"):
        Words.load(folder.path)["ru"]("Hello, {name}")


def test_a_marked_text_is_that_text():
    assert N_("Back") == "Back"


def test_an_answer_carries_its_sources_and_its_reader(folder):
    answer = Words.load(folder.path)["ru"].answer("fear")

    assert (answer.title, answer.text) == ("Меня депортируют?", "<b>Нет.</b> Никто не спрашивает.")
    assert answer.promises == (("lawyer", "Поможет юрист."),)
    assert answer.sources == ("WHO-FS", "CDC-WC")
    assert (answer.checked, answer.review) == ("2026-11-22", "Dr A, 2026-11-23")
    assert Words.load(folder.path)["ru"].answer("weather") is None


def test_uzbek_comes_in_both_scripts(folder):
    _uzbek(folder)

    words = Words.load(folder.path)

    assert words.choices == (
        ("ru", "Русский"),
        ("uz", "Oʻzbekcha"),
        ("uz_Cyrl", "Ўзбекча"),
        ("en", "English"),
    )
    assert words["uz"]("Hello, {name}", name="Ali") == "Salom, Ali"
    assert words["uz_Cyrl"]("Hello, {name}", name="Ali") == "Салом, Ali"
    assert words["uz_Cyrl"]("<b>Book</b>") == "<b>Қабулга ёзилиш</b>"
    assert words["uz_Cyrl"].many("{n} place", "{n} places", 2) == "2 та жой"
    assert words["uz_Cyrl"].answer("fear").text == "<b>Йўқ.</b> Ҳеч ким сўрамайди."
    assert words["uz_Cyrl"].answer("fear").sources == ("WHO-FS", "CDC-WC")


@pytest.mark.parametrize(
    ("telegram", "code"),
    [
        ("ru", "ru"),
        ("ru-RU", "ru"),
        ("ky", "ru"),
        ("uz", "uz"),
        ("uz-Cyrl", "uz_Cyrl"),
        ("uz_Latn", "uz"),
        ("en-GB", "en"),
        ("fr", None),
        ("", None),
        (None, None),
    ],
)
def test_telegram_s_language_preselects_ours(folder, telegram, code):
    _uzbek(folder)

    assert Words.load(folder.path).preselect(telegram) == code


def test_a_new_language_is_a_new_folder_and_nothing_else(folder):
    folder.describe("ky", KYRGYZ)
    folder.write("ky", "bot", KYRGYZ_BOT)
    folder.write("ky", "answers", KYRGYZ_ANSWERS)

    words = Words.load(folder.path)

    assert ("ky", "Кыргызча") in words.choices
    assert words.preselect("ky") == "ky"  # no longer Russian
    assert words["ky"]("Hello, {name}", name="Ali") == "Салам, Ali"
    assert words["ky"].many("{n} place", "{n} places", 5) == "5 орун"
    assert words["ky"].answer("fear").title == "Мени депорт кылышабы?"
    assert words["ky"].listing(["A", "B"]) == "A жана B"
    assert words["ky"].duration(90) == "1 саат 30 мүнөт"


def test_an_incomplete_language_is_refused_by_name(folder):
    folder.write("ru", "bot", BOT.replace('"Назад"', '""'), RUSSIAN)

    with pytest.raises(
        WordsFault, match=r"ru/LC_MESSAGES/bot\.po:\d+: 'Back' is not translated; translate it"
    ):
        Words.load(folder.path)


def test_an_incomplete_language_is_not_offered_when_that_is_allowed(folder):
    _uzbek(folder)
    folder.write("uz", "bot", "", SIMPLE)

    words = Words.load(folder.path, strict=False)

    assert words.choices == (("ru", "Русский"), ("en", "English"))
    assert set(words.incomplete) == {"uz", "uz_Cyrl"}
    assert words.preselect("uz") is None


def test_an_answer_that_one_language_lacks_makes_it_incomplete(folder):
    folder.write("ru", "answers", ANSWERS.partition('\nmsgctxt "fear|if')[0], RUSSIAN)

    with pytest.raises(WordsFault, match=r"fear\|if:lawyer is missing"):
        Words.load(folder.path)


def test_a_broken_source_stops_even_when_incomplete_languages_are_allowed(folder):
    folder.write("en", "answers", ENGLISH_ANSWERS.replace("</b>", ""))

    with pytest.raises(WordsFault, match="<b> is not closed"):
        Words.load(folder.path, strict=False)


def test_an_old_translation_stays_in_use_until_it_is_reviewed(folder):
    folder.write("ru", "bot", BOT.replace('msgctxt "button"', '#, fuzzy\nmsgctxt "button"'), RUSSIAN)

    assert Words.load(folder.path)["ru"].in_context("button", "Back") == "Назад"


def test_a_folder_without_the_source_language_is_refused(folder):
    shutil.rmtree(folder.path / "en")

    with pytest.raises(WordsFault, match="source language is missing"):
        Words.load(folder.path)


def test_six_languages_of_700_messages_are_read_in_time(folder):
    text = "Yoʻtal ikki haftadan oshsa, {name}, bepul tekshiruvga yoziling. "
    many = "".join(
        f'\nmsgid "Message {n} for {{name}}"\nmsgstr "{text * (8 if n % 10 == 0 else 1)}"\n'
        for n in range(700)
    )
    for code in ("ru", "uz", "tg", "kk"):
        folder.describe(code)
        folder.write(code, "bot", many)
        folder.write(code, "answers", ANSWERS)
    Words.load(folder.path)  # Babel's data and our tables are warm
    started = time.perf_counter()

    assert len(Words.load(folder.path)) == 6
    assert time.perf_counter() - started < 1.5  # measured: 0.15 s; the rest is for a busy machine
