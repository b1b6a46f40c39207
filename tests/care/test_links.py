"""Codes are understood however they are typed."""

import pytest

from care.links import (
    ALPHABET,
    Link,
    Origin,
    new_code,
    new_short_code,
    origin,
    payload_in,
    short_code_in,
    spoken,
)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("AB12CD34", "AB12CD34"),
        ("ab12 cd34", "AB12CD34"),
        ("  AB12-CD34\n", "AB12CD34"),
        ("ABI2CDOL", "AB12CD01"),
        ("АВ12СЕ34", "AB12CE34"),  # Cyrillic
        ("12345", None),
        ("кашель", None),
        ("what is tb?", None),
        ("", None),
        ("U" * 8, None),
        ("A" * 13, None),
    ],
)
def test_a_short_code_is_read_as_it_is_stored(typed: str, code: str | None) -> None:
    assert short_code_in(typed) == code


def test_what_is_written_on_a_card_is_read_back() -> None:
    for _ in range(100):
        code = new_short_code()

        assert set(code) <= set(ALPHABET)
        assert short_code_in(spoken(code).lower()) == code


def test_codes_of_links_fit_telegram_and_cannot_be_guessed() -> None:
    assert different() == (1000, {20})  # 15 random bytes: 120 bits


def different() -> tuple[int, set[int]]:
    """Make a thousand codes; return how many differ, and their lengths."""
    codes = {new_code() for _ in range(1000)}
    return len(codes), {len(code) for code in codes}


def test_codes_of_one_byte_would_be_met_by_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: few random bits."""
    monkeypatch.setattr("care.links.CODE_BYTES", 1)

    assert different()[0] <= 256


@pytest.mark.parametrize(
    ("typed", "payload"),
    [
        ("https://t.me/hamroh_bot?start=abc_-1", "abc_-1"),
        ("tg://resolve?domain=hamroh_bot&start=abc", "abc"),
        (" abc ", "abc"),
    ],
)
def test_a_pasted_link_gives_its_code(typed: str, payload: str) -> None:
    assert payload_in(typed) == payload


def test_every_episode_begins_with_the_persons_link_and_their_own_area() -> None:
    link = Link(id=1, code="c", short_code="s", kind="worker", staff_id=2, area_id=3, site_id=4)

    assert origin(link) == Origin(link_id=1, staff_id=2, area_id=3, site_id=4)
    assert origin(link, area_id=9) == Origin(link_id=1, staff_id=2, area_id=9, site_id=4)
    assert origin(None, area_id=9) == Origin(area_id=9)
