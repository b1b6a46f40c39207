"""What points to somebody does not survive; the question itself does."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.scrubbing import MOST, scrub


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("call me +7 700 123-45-67 please", "call me [number] please"),
        ("позвоните 8(700)1234567", "позвоните [number]"),
        ("паспорт N 1234567 потерял", "паспорт N [number] потерял"),
        ("ИИН 900101300123", "ИИН [number]"),
        ("туғилган 01.02.1990", "туғилган [number]"),
        ("card 4400 1234 5678 9010", "card [number]"),
        ("пишите на aziz@mail.ru", "пишите на [mail]"),
        ("men @aziz_90 man", "men [name] man"),
        ("see https://example.org/a?b=1 and t.me/aziz", "see [link] and [link]"),
        ("меня зовут Азиз, кашель", "[name], кашель"),
        ("Mening ismim Dilshod Karimov", "[name]"),
        ("номи ман Фирӯз", "[name]"),
        ("менің атым Айгүл Серікқызы", "[name]"),
        ("бригадир Азиз Каримов болеет", "бригадир [name] болеет"),
        ("Ўткир Ҳамидов йўталяпти", "[name] йўталяпти"),
    ],
)
def test_what_points_to_somebody_goes(text: str, left: str) -> None:
    assert scrub(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "кашель 3 недели, что делать",
        "температура 38.5 уже 2 дня",
        "Можно ли работать после лечения?",
        "sil yuqadimi 5 kishilik xonada",
        "сил гузаранда аст?",
        "what is BCG",
    ],
)
def test_an_ordinary_question_stays_as_it_was(text: str) -> None:
    assert scrub(text) == text


def test_spaces_and_lines_are_folded() -> None:
    assert scrub("  one\n\n two\tthree ") == "one two three"


def test_a_long_text_is_cut_after_it_was_scrubbed() -> None:
    assert len(scrub("кашель " * 200)) <= MOST
    assert "700" not in scrub("a" * (MOST - 8) + " +77001234567")


@given(st.text(max_size=400))
def test_any_text_is_scrubbed_to_one_short_line_without_long_numbers(text: str) -> None:
    left = scrub(text)

    assert len(left) <= MOST
    assert left == " ".join(left.split())
    assert not re.search(r"[0-9]{5,}", left)


@given(st.text(alphabet="0123456789 +()-.@/abАб\n", max_size=80))
def test_phones_in_any_writing_leave_no_five_digits_in_a_row(text: str) -> None:
    assert not re.search(r"[0-9]{5,}", scrub(text))
