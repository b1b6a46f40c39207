"""Care for the worker: quiet hours, the middle of the team, averages from which no answer follows."""

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.reminders import NIGHT, Quiet, is_quiet, next_allowed
from care.wellbeing import (
    LEAST_ANSWERS,
    NIGHTS,
    QUESTIONS,
    Load,
    answers_in,
    ask,
    average,
    averages,
    closed_weeks,
    medians,
    week_of,
    weeks_before,
)

ALMATY = "Asia/Almaty"
NOON = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # Monday, 12:00 in Almaty
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
HOURS = st.builds(Quiet, st.times(), st.times())
ANSWERS = st.fixed_dictionaries(dict.fromkeys(QUESTIONS, st.integers(1, 3)))


@pytest.mark.parametrize(
    ("quiet", "local", "expected"),
    [
        (NIGHT, time(20, 59), False),
        (NIGHT, time(21), True),
        (NIGHT, time(7, 59), True),
        (NIGHT, time(8), False),
        (Quiet(time(8), time(16)), time(12), True),  # for who works at night
        (Quiet(time(8), time(16)), time(16), False),
        (Quiet(time(8), time(16)), time(3), False),
        (Quiet(time(9), time(9)), time(9), False),  # none
    ],
)
def test_quiet_hours_are_the_persons_own(quiet: Quiet, local: time, expected: bool):
    at = datetime.combine(date(2026, 11, 23), local, ZoneInfo(ALMATY))

    assert is_quiet(at, ALMATY, quiet=quiet) is expected


@given(INSTANTS, HOURS)
def test_nothing_that_can_wait_comes_in_quiet_hours(at: datetime, quiet: Quiet):
    allowed = next_allowed(at, ALMATY, quiet=quiet)

    assert allowed >= at
    assert allowed - at < timedelta(hours=24)
    assert not is_quiet(allowed, ALMATY, quiet=quiet)


@given(INSTANTS, HOURS)
def test_what_is_urgent_wins_over_quiet_hours(at: datetime, quiet: Quiet):
    assert next_allowed(at, ALMATY, quiet=quiet, urgent=True) == at


def test_the_usual_night_is_the_first_that_is_offered():
    assert NIGHTS[0] == NIGHT
    assert len(set(NIGHTS)) == len(NIGHTS)


@given(st.lists(st.builds(Load, people=st.integers(0, 300), tasks=st.integers(0, 90)), max_size=2))
def test_a_team_of_two_has_no_middle(loads: list[Load]):
    assert medians(loads) is None


def test_the_middle_of_three_is_that_of_each_number():
    loads = [
        Load(people=1, tasks=9, done=5),
        Load(people=20, tasks=0, done=6),
        Load(people=7, tasks=3, done=0),
    ]

    assert medians(loads) == Load(people=7, tasks=3, done=5)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (None, {}),
        ("", {}),
        ("3", {"rest": 3}),
        ("321", {"rest": 3, "work": 2, "support": 1}),
        ("3211", None),
        ("4", None),
        ("x", None),
        ("3٢", None),
    ],
)
def test_answers_are_read_as_far_as_they_go(typed: str | None, expected: dict[str, int] | None):
    assert answers_in(typed) == expected


def test_a_week_is_named_as_the_calendar_does():
    assert week_of(date(2027, 1, 1)) == "2026-W53"
    assert weeks_before(date(2027, 1, 6), 3) == ["2027-W01", "2026-W53", "2026-W52"]


@given(INSTANTS)
def test_no_week_is_shown_to_the_office_that_anybody_can_still_answer_for(now: datetime):
    running = {week_of(now.astimezone(ZoneInfo(zone)).date()) for zone in ("Etc/GMT+12", "Etc/GMT-14")}

    assert not running & set(closed_weeks(now))
    assert len(set(closed_weeks(now))) == 4


@given(st.lists(ANSWERS, max_size=LEAST_ANSWERS - 1))
def test_nothing_of_fewer_than_five_answers_is_shown(given_answers: list[dict[str, int]]):
    assert averages(given_answers) is None
    assert all(average([one[name] for one in given_answers]) is None for name in QUESTIONS)


@given(st.lists(ANSWERS, min_size=LEAST_ANSWERS, max_size=40), st.randoms())
def test_an_average_does_not_depend_on_who_said_what(given_answers: list[dict[str, int]], random):
    columns = {name: [one[name] for one in given_answers] for name in QUESTIONS}
    for column in columns.values():
        random.shuffle(column)
    mixed = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]

    assert averages(mixed) == averages(given_answers)


@pytest.mark.parametrize("people", [5, 6, 7])
def test_from_an_average_no_single_answer_follows(people: int):
    possible: dict[float, list[set[int]]] = defaultdict(lambda: [set() for _ in range(people)])
    for answers in product((1, 2, 3), repeat=people):
        shown = average(answers)
        assert shown is not None
        for number, answer in enumerate(answers):
            possible[shown][number].add(answer)

    assert all(len(answers) > 1 for shown in possible.values() for answers in shown)


def test_an_average_without_its_limits_would_tell_what_all_answered(monkeypatch: pytest.MonkeyPatch):
    """The negative control."""
    monkeypatch.setattr("care.wellbeing.LOWEST", 1.0)
    monkeypatch.setattr("care.wellbeing.HIGHEST", 3.0)

    alike = [answers for answers in product((1, 2, 3), repeat=5) if average(answers) == 3.0]

    assert alike == [(3, 3, 3, 3, 3)]


@pytest.mark.parametrize(
    ("quiet", "expected"),
    [(None, "2026-11-27T17:00"), (Quiet(time(16), time(22)), "2026-11-27T22:00")],
)
def test_how_are_you_comes_on_friday_at_five_or_after_the_quiet_hours(quiet: Quiet | None, expected: str):
    planned = ask(7, 8, zone=ALMATY, now=NOON, quiet=quiet)

    assert planned.local_due == expected
    assert planned.key == "mood:7:2026-W48"
    assert planned.params == {"staff": 7, "week": "2026-W48"}


@given(INSTANTS)
def test_how_are_you_is_asked_once_a_week(now: datetime):
    today = now.astimezone(ZoneInfo(ALMATY))
    first, later = (ask(7, 8, zone=ALMATY, now=at) for at in (now, now + timedelta(days=6 - today.weekday())))

    assert first == later
    assert first.useful_until > first.due_at
