"""How the days went: a streak that a pause does not break, a calendar, and two days without any dose."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.dose_days import Mark, asks_what_is_in_the_way, calendar, missed_since, streak
from care.medicine import Answer, Dose, DosePlan

TODAY = date(2026, 12, 10)
ANSWERS = {"t": Answer.TAKEN, "a": Answer.ASKED, "l": Answer.LATER, "p": Answer.PROBLEM}


def days(pattern: str, *, last: date = TODAY) -> list[Dose]:
    """Return one dose a day; the last letter is `last`, a blank a day without one."""
    first = last - timedelta(days=len(pattern) - 1)
    return [
        Dose(first + timedelta(days=number), time(8), ANSWERS[letter])
        for number, letter in enumerate(pattern)
        if letter != " "
    ]


def plan(**values: object) -> DosePlan:
    given_values = {
        "id": 5,
        "person_id": 7,
        "times": (time(8),),
        "zone": "Asia/Almaty",
        "starts_on": TODAY - timedelta(days=30),
        "ends_on": TODAY + timedelta(days=30),
        "created_at": datetime(2026, 11, 1, tzinfo=UTC),
    }
    return DosePlan(**{**given_values, **values})  # type: ignore[arg-type]  # columns of a plan


def at(hour: int) -> datetime:
    return datetime.combine(TODAY, time(hour), ZoneInfo("Asia/Almaty")).astimezone(UTC)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("", 0),
        ("t", 1),
        ("a", 0),  # today is not over
        ("tta", 2),
        ("ttt", 3),
        ("atta", 2),
        ("tt    tt", 4),  # a pause
        ("tt a tt", 2),
        ("ttpt", 1),
        ("ttlt", 1),
    ],
)
def test_days_in_a_row_survive_a_pause_and_the_day_that_is_not_over(pattern: str, expected: int) -> None:
    assert streak(days(pattern), today=TODAY) == expected


def test_a_day_counts_when_all_of_its_doses_were_taken() -> None:
    second = Dose(TODAY - timedelta(days=1), time(20), Answer.ASKED)

    assert streak([*days("ttt"), second], today=TODAY) == 1


@pytest.mark.parametrize(
    ("pattern", "since"),
    [
        ("", None),
        ("ta", None),
        ("taa", None),  # one day, and today
        ("taaa", 2),
        ("tlpa", 2),
        ("taat", None),  # back again
        ("taaaaa", 4),
        ("ta  a a", 5),  # days of the plan, with a pause between
        ("aaa", 2),
    ],
)
def test_two_days_without_any_dose_are_seen_once_they_are_over(pattern: str, since: int | None) -> None:
    expected = TODAY - timedelta(days=since) if since is not None else None
    if pattern == "ta  a a":
        expected = TODAY - timedelta(days=5)

    assert missed_since(days(pattern), today=TODAY) == expected


@given(st.text("tapl ", max_size=14))
def test_a_gap_begins_where_nothing_was_taken_and_ends_with_the_first_dose(pattern: str) -> None:
    since = missed_since(days(pattern), today=TODAY)
    again = missed_since([*days(pattern), Dose(TODAY, time(9), Answer.TAKEN)], today=TODAY)

    assert again is None
    if since is not None:
        assert not [d for d in days(pattern) if d.day >= since and d.answer is Answer.TAKEN]
        assert len({d.day for d in days(pattern) if since <= d.day < TODAY}) >= 2


def test_what_is_long_over_is_not_spoken_of() -> None:
    assert missed_since(days("taaa", last=TODAY - timedelta(days=20)), today=TODAY) is None


@pytest.mark.parametrize(("hour", "asked"), [(9, False), (10, True), (19, True), (20, False)])
def test_what_is_in_the_way_is_asked_by_day(hour: int, asked: bool) -> None:  # a table
    planned = asks_what_is_in_the_way(plan(), TODAY, now=at(hour))

    assert (planned is not None) is asked


def test_nobody_is_asked_in_a_pause_or_after_the_end() -> None:
    paused = plan(paused_until=TODAY + timedelta(days=1))

    assert asks_what_is_in_the_way(paused, TODAY, now=at(12)) is None
    assert asks_what_is_in_the_way(plan(ended_at=at(11)), TODAY, now=at(12)) is None
    over = plan(ends_on=TODAY - timedelta(days=1))  # it can still be answered
    assert asks_what_is_in_the_way(over, TODAY, now=at(12)) is None


def test_the_calendar_shows_fourteen_days_with_pauses_and_free_days() -> None:
    found = calendar(plan(), days("tta  tlta"), today=TODAY)

    assert len(found) == 14
    letters = {Mark.TAKEN: "t", Mark.NOT_ALL: "-", Mark.NONE: " ", Mark.WAITING: "w"}
    assert "".join(letters[mark] for _, mark in found[-9:]) == "tt-  t-tw"
    weekly = calendar(plan(weekdays=(0,)), days("t"), today=TODAY)
    assert weekly[-1] == (TODAY, Mark.TAKEN)
    assert weekly[-2][1] is Mark.FREE


def test_the_calendar_begins_with_the_plan() -> None:
    assert [day for day, _ in calendar(plan(starts_on=TODAY), [], today=TODAY)] == [TODAY]
