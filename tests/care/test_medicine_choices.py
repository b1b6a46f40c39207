"""What somebody chose or typed for their plan is read, or refused."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.medicine_choices import (
    may_add,
    may_end,
    months_on,
    read_day,
    read_time,
    read_times,
    read_weekdays,
    read_word,
    written,
)

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        (date(2026, 11, 23), 1, date(2026, 12, 22)),
        (date(2026, 11, 23), 6, date(2027, 5, 22)),
        (date(2026, 8, 31), 6, date(2027, 2, 27)),  # there is no 31 February
        (date(2026, 12, 1), 12, date(2027, 11, 30)),
    ],
)
def test_months_end_on_the_day_before_the_same_day(start: date, months: int, last: date) -> None:
    assert months_on(start, months) == last


@given(st.dates(date(2026, 1, 1), date(2040, 12, 31)), st.integers(1, 36))
def test_more_months_end_later(start: date, months: int) -> None:
    assert start < months_on(start, months) < months_on(start, months + 1)
    assert 27 * months <= (months_on(start, months) - start).days <= 31 * months


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("25.12.2026", date(2026, 12, 25)),
        (" 25.12.26. ", date(2026, 12, 25)),
        ("25/12/2026", date(2026, 12, 25)),
        ("2026-12-25", date(2026, 12, 25)),
        ("25.12", date(2026, 12, 25)),
        ("1.2", date(2027, 2, 1)),
        ("31.2.2027", None),
        ("32.1.2027", None),
        ("tomorrow", None),
        ("", None),
        ("٢٥.١٢.٢٠٢٦", date(2026, 12, 25)),
    ],
)
def test_a_day_is_read_as_people_write_it(typed: str, expected: date | None) -> None:
    assert read_day(typed, today=TODAY) == expected


@given(st.text(max_size=30))
def test_whatever_is_typed_is_a_day_or_nothing(typed: str) -> None:
    found = read_day(typed, today=TODAY)

    assert found is None or isinstance(found, date)


def test_the_last_day_lies_between_today_and_three_years() -> None:
    assert may_end(TODAY, today=TODAY)
    assert not may_end(TODAY - timedelta(days=1), today=TODAY)
    assert not may_end(TODAY + timedelta(days=1200), today=TODAY)


@pytest.mark.parametrize(
    ("brought", "expected"),
    [
        ("08", (time(8),)),
        ("08.14.20", (time(8), time(14), time(20))),
        ("20.08", None),
        ("08.08", None),
        ("8", None),
        ("24", None),
        ("02", (time(2),)),
        ("0730.20", (time(7, 30), time(20))),
        ("08.09.10.11", (time(8), time(9), time(10), time(11))),
        ("08.09.10.11.12", None),
        ("0730.0745", None),
        ("0760", None),
        ("073", None),
        ("", None),
        (None, None),
        ("٠٨", None),
    ],
)
def test_hours_of_a_button_are_hours_of_a_plan_or_nothing(
    brought: str | None, expected: tuple[time, ...] | None
) -> None:
    assert read_times(brought) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("7:30", time(7, 30)),
        ("07.30", time(7, 30)),
        (" 7 30 ", time(7, 30)),
        ("730", time(7, 30)),
        ("2", time(2)),
        ("23:59", time(23, 59)),
        ("٠٧:٣٠", time(7, 30)),
        ("24:00", None),
        ("7:60", None),
        ("7:3", None),
        ("half past seven", None),
        ("", None),
    ],
)
def test_an_hour_is_read_as_people_write_it(typed: str, expected: time | None) -> None:
    assert read_time(typed) == expected


@given(st.sets(st.times(), max_size=4))
def test_hours_that_a_button_brings_are_those_that_were_chosen(found: set[time]) -> None:
    times: tuple[time, ...] = ()
    for hour in sorted(one.replace(second=0, microsecond=0) for one in found):
        times = (*times, hour) if may_add(times, hour) else times

    assert read_times(written(times)) == (times or None)


@pytest.mark.parametrize(
    ("brought", "expected"),
    [("all", ()), ("024", (0, 2, 4)), ("0123456", ()), ("20", None), ("00", None), ("7", None), ("-", None)],
)
def test_days_of_the_week_of_a_button(brought: str, expected: tuple[int, ...] | None) -> None:
    assert read_weekdays(brought) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Call mother 🌷", "Call mother 🌷"),
        ("  two \n lines ", "two lines"),
        ("x" * 40, "x" * 40),
        ("x" * 41, None),
        (" ", None),
    ],
)
def test_a_word_of_ones_own_is_one_short_line(typed: str, expected: str | None) -> None:
    assert read_word(typed) == expected
