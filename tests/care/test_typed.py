"""What people type where something was asked for."""

from datetime import date

import pytest

from care.medicine_choices import read_day, read_word
from care.ticket import read_ticket, ticket
from care.transfer import Field, typed
from care.typed import asks, asks_instead, plain

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    "text",
    ["25.12.2026", "٢٥.١٢.٢٠٢٦", "２５．１２．２０２６", "25–12–2026", "\u200f25.12.2026\u200e"],
)
def test_a_day_is_read_in_whatever_digits_it_is_typed(text: str) -> None:
    assert read_day(text, today=TODAY) == date(2026, 12, 25)


@pytest.mark.parametrize("text", ["31.02.2027", "00:00", "-5", "-25.12.2026", "🙂", "", "x" * 5000])
def test_what_is_no_day_is_none(text: str) -> None:
    assert read_day(text, today=TODAY) is None


@pytest.mark.parametrize("text", ["1990", "١٩٩٠", "１９９０", "\u200e1990"])
def test_a_year_of_birth_is_kept_in_the_digits_that_clinics_read(text: str) -> None:
    assert typed(Field.BORN, text, today=TODAY) == "1990"


@pytest.mark.parametrize("text", ["+998 90 123 45 67", "+٩٩٨ ٩٠ ١٢٣ ٤٥ ٦٧", "+998‑90‑123‑45‑67"])
def test_a_phone_is_kept_in_the_digits_that_can_be_dialled(text: str) -> None:
    assert typed(Field.PHONE, text, today=TODAY) == "+998901234567"


def test_the_number_of_a_ticket_is_read_in_other_digits() -> None:
    number = ticket(48291573)
    other = number.translate({ord("0") + n: 0x660 + n for n in range(10)})

    assert read_ticket(other) == number


@pytest.mark.parametrize("text", ["\u202e\u200b", "\u200f", "\x00", " \n "])
def test_a_word_that_nobody_can_see_is_no_word(text: str) -> None:
    assert read_word(text) is None


@pytest.mark.parametrize(
    ("text", "kept"), [("\u202eдети", "дети"), ("👨‍👩‍👧 дом", "👨‍👩‍👧 дом"), ("❤️", "❤️"), ("a\nb", "a b")]
)
def test_a_word_keeps_its_signs_and_loses_what_turns_a_line_around(text: str, kept: str) -> None:
    assert read_word(text) == kept


@pytest.mark.parametrize("text", ["Is it free?", "бесплатно？", "مجاني؟"])
def test_a_question_mark_makes_a_question(text: str) -> None:
    assert asks(text)
    assert asks_instead(text)


@pytest.mark.parametrize(
    ("text", "is_question"),
    [("меня депортируют", True), ("завтра", False), ("25 12 2026", False), ("٢٥ ١٢", False), ("🙂", False)],
)
def test_several_words_without_a_number_are_a_question_where_a_number_was_asked_for(
    text: str, is_question: bool
) -> None:
    assert asks_instead(text) is is_question
    assert not asks(text)


def test_plain_text_stays_as_it_is() -> None:
    assert plain("Азиз Oʻrinboy 25.12") == "Азиз Oʻrinboy 25.12"
