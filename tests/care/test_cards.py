"""What may stand on a card as the name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.cards import MOST_NAME, name_in


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Aziz", "Aziz"),
        ("  Гулнора \n Каримова", "Гулнора Каримова"),
        ("Oʻgʻiloy", "Oʻgʻiloy"),
        ("Анна-Мария", "Анна-Мария"),
        ("Ойша М.", "Ойша М."),
        ("Ә", "Ә"),
        ("x" * 30, "x" * 30),
        ("x" * 31, None),
        ("", None),
        ("Aziz 7", None),
        ("+77011234567", None),
        ("@aziz", None),
        ("aziz@mail", None),
        ("<b>", None),
        ("😀", None),
        ("-Aziz", None),
    ],
)
def test_a_name_is_letters_only(typed: str, name: str | None) -> None:
    assert name_in(typed) == name


@given(st.text())
def test_what_is_taken_is_short_and_stays_as_it_is(typed: str) -> None:
    name = name_in(typed)

    assert name is None or (0 < len(name) <= MOST_NAME and name_in(name) == name)
