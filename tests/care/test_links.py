"""Codes are understood however they are typed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.links import (
    ALPHABET,
    MOST_LABEL,
    UNDO,
    Closed,
    Link,
    Origin,
    closing,
    end_of,
    label_in,
    last_day,
    may_reopen,
    new_code,
    new_short_code,
    origin,
    payload_in,
    short_code_in,
    spoken,
)

NOON = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


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


def link(**values: Any) -> Link:
    return Link(
        **{"id": 1, "code": "c", "short_code": "s", "kind": "worker", "staff_id": 2, "area_id": 3} | values
    )


@pytest.mark.parametrize(
    ("values", "gone", "people", "why"),
    [
        ({}, False, 0, None),
        ({"ends_at": NOON + HOUR, "most_people": 10}, False, 9, None),
        ({"ended_at": NOON - HOUR}, False, 0, Closed.ENDED),
        ({}, True, 0, Closed.LEFT),
        ({"ends_at": NOON}, False, 0, Closed.LATE),
        ({"most_people": 10}, False, 10, Closed.FULL),
        ({"most_people": 10}, False, 11, Closed.FULL),
        ({"ended_at": NOON, "ends_at": NOON}, True, 11, Closed.ENDED),
    ],
)
def test_a_link_is_closed_when_it_was_ended_is_late_or_full(
    values: dict[str, Any], gone: bool, people: int, why: Closed | None
) -> None:
    assert closing(link(**values), now=NOON, gone=gone, people=people) is why


@pytest.mark.parametrize("why", Closed)
def test_who_comes_through_a_closed_link_belongs_to_its_area(why: Closed) -> None:
    assert origin(link(closed=why)) == Origin(link_id=1, staff_id=None, area_id=3)


def test_a_link_is_taken_up_again_within_ten_minutes_only() -> None:
    assert not may_reopen(link(), now=NOON)
    assert may_reopen(link(ended_at=NOON), now=NOON + UNDO)
    assert not may_reopen(link(ended_at=NOON), now=NOON + UNDO + timedelta(seconds=1))


@given(today=st.dates(date(2024, 1, 1), date(2040, 12, 31)))
def test_the_last_day_of_week_and_month_is_today_or_later_and_ends_one(today: date) -> None:
    week, month = last_day("w", today=today), last_day("m", today=today)
    assert week is not None
    assert month is not None

    assert today <= week <= today + timedelta(days=6)
    assert week.weekday() == 6
    assert today <= month
    assert month.month == today.month
    assert (month + timedelta(days=1)).month != today.month
    assert last_day("d", today=today) == today
    assert last_day("x", today=today) is None


def test_a_day_ends_at_midnight_on_its_own_clock() -> None:
    assert end_of(date(2026, 11, 23), ZoneInfo("Asia/Almaty")) == datetime(2026, 11, 23, 19, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("Navruz 2026, big square", "Navruz 2026, big square"),
        ("  Бозори\nСаховат ", "Бозори Саховат"),
        ("Oʻzbegim «A» №3", "Oʻzbegim «A» №3"),
        ("x" * MOST_LABEL, "x" * MOST_LABEL),
        ("x" * (MOST_LABEL + 1), None),
        ("", None),
        ("12", None),
        ("a 701 123 45 67", None),
        ("https://t.me/x", None),
        ("@aziz", None),
        ("<b>x</b>", None),
        ("x{y}", None),
    ],
)
def test_a_label_says_a_place_or_an_occasion(typed: str, label: str | None) -> None:
    assert label_in(typed) == label


@given(st.text())
def test_a_label_is_one_short_line(typed: str) -> None:
    label = label_in(typed)

    assert label is None or (0 < len(label) <= MOST_LABEL and "\n" not in label and label_in(label) == label)
