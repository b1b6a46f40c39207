"""Periods, and tables that fit a phone."""

from dataclasses import astuple
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.cascade import STAGES, WIDTH, Asked, By, Period, Span, Stages, grid, ladder, read, share, total

TODAY = date(2026, 11, 23)
WEEK = Period(date(2026, 11, 17), TODAY)
NAMES = (
    "Links opened",
    "Reached",
    "Informed",
    "Screened",
    "Presumptive TB",
    "Booked",
    "Came",
    "Examined",
    "Result given",
)
numbers = st.builds(Stages, *[st.integers(0, 10**6) for _ in STAGES])


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("", Asked(WEEK, None, Span.WEEK)),
        ("week", Asked(WEEK, None, Span.WEEK)),
        ("Today", Asked(Period(TODAY, TODAY), None, Span.TODAY)),
        ("month by area", Asked(Period(date(2026, 10, 25), TODAY), By.AREA, Span.MONTH)),
        ("by language", Asked(WEEK, By.LANGUAGE, Span.WEEK)),
        ("week site", Asked(WEEK, By.SITE, Span.WEEK)),
        ("2026-11-01..2026-11-20 by worker", Asked(Period(date(2026, 11, 1), date(2026, 11, 20)), By.WORKER)),
        ("20261101..20261120 clinic", Asked(Period(date(2026, 11, 1), date(2026, 11, 20)), By.CLINIC)),
        ("1.11.2026..20.11.2026", Asked(Period(date(2026, 11, 1), date(2026, 11, 20)))),
        ("work", Asked(WEEK, None, Span.WEEK, work=True)),
        ("today work by site", Asked(Period(TODAY, TODAY), By.SITE, Span.TODAY, work=True)),
        ("2026-11-20..2026-11-20", Asked(Period(date(2026, 11, 20), date(2026, 11, 20)))),
    ],
)
def test_the_words_of_the_command_say_period_and_grouping(typed: str, asked: Asked):
    assert read(typed.split(), today=TODAY) == asked


@pytest.mark.parametrize(
    "typed",
    [
        "yesterday",
        "week by",
        "week by moon",
        "by area week",
        "2026-11-20..2026-11-01",
        "2026-13-01..2026-13-02",
        "..",
        "2026-11-01..",
        "0001-01-01..9999-12-31",
        "week by area now",
        "work by clinic",
        "by area work",
        "1.2.3..4.5.6",
    ],
)
def test_other_words_are_not_understood(typed: str):
    assert read(typed.split(), today=TODAY) is None


@given(st.text(max_size=40))
def test_no_words_break_the_reader(typed: str):
    read(typed.split(), today=TODAY)


def test_days_are_those_of_the_clock_of_the_place():
    begin, end = Period(TODAY, TODAY).moments(ZoneInfo("Asia/Almaty"))

    assert begin == datetime(2026, 11, 22, 19, 0, tzinfo=UTC)
    assert end == datetime(2026, 11, 23, 19, 0, tzinfo=UTC)


def test_a_period_comes_back_from_its_word():
    assert read([WEEK.word()], today=date(2030, 1, 1)) == Asked(WEEK)


def test_a_share_that_would_mislead_is_a_dash():
    assert (share(1, 3), share(3, 3), share(0, 0), share(4, 3)) == ("33%", "100%", "–", "–")


def test_one_group_is_a_ladder_with_shares_of_those_reached():
    assert ladder(NAMES, Stages(12, 10, 8, 6, 3, 2, 1, 1, 0)) == (
        "Links opened              12\n"
        "Reached                   10\n"
        "Informed                   8   80%\n"
        "Screened                   6   60%\n"
        "Presumptive TB             3   30%\n"
        "Booked                     2   20%\n"
        "Came                       1   10%\n"
        "Examined                   1   10%\n"
        "Result given               0    0%"
    )


def test_many_groups_are_a_grid_with_the_name_above_the_numbers():
    groups = [("Old Market", Stages(120, 10, 8, 6, 3, 2, 1, 1)), ("Total", Stages(12000, 10))]

    assert grid(groups) == (
        "  0   1   2   3   4\n"
        "  5   6   7   8\n"
        "Old Market\n"
        "120  10   8   6   3\n"
        "  2   1   1   0\n"
        "Total\n"
        "12k  10   0   0   0\n"
        "  0   0   0   0"
    )


@given(st.lists(st.tuples(st.text(st.characters(categories=["L"]), max_size=60), numbers), max_size=5))
def test_every_line_fits_a_phone(groups: list[tuple[str, Stages]]):
    lines = grid(groups).splitlines()
    for name, group in groups:
        lines += ladder([name] * len(STAGES), group).splitlines()

    assert all(len(line) <= WIDTH for line in lines)


@given(st.lists(numbers))
def test_a_total_adds_stage_by_stage(groups: list[Stages]):
    added = [sum(column) for column in zip(*map(astuple, groups), strict=True)] or [0] * len(STAGES)
    assert list(astuple(total(groups))) == added
