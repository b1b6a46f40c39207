"""A plan is kept as closed words and comes back as it was; only sensible times to leave are offered."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.plan import BEFORE, EARLIEST, By, From, Plan, carried, departures, made, read

VISIT = datetime.fromisoformat("2026-11-24T18:30")  # on the clock of the clinic
minutes = st.times().map(lambda one: one.replace(second=0, microsecond=0, fold=0))
plans = st.builds(Plan, by=st.sampled_from(By), start=st.sampled_from(From), leaves=minutes)
moments = st.datetimes(datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2027-01-01")).map(
    lambda one: one.replace(second=0, microsecond=0)
)


@given(plan=plans)
def test_a_plan_comes_back_from_its_words(plan: Plan) -> None:
    assert read(plan.words()) == plan
    assert all(word.isalnum() for word in plan.words().values())


@pytest.mark.parametrize(
    "words",
    [
        None,
        "bus",
        [],
        {},
        {"by": "bus", "from": "work"},
        {"by": "boat", "from": "work", "at": "1720"},
        {"by": "bus", "from": "moon", "at": "1720"},
        {"by": "bus", "from": "work", "at": "2460"},
        {"by": "bus", "from": "work", "at": 1720},
        {"by": "bus", "from": "work", "at": "17:2"},
    ],
)
def test_what_is_no_plan_is_none(words: Any) -> None:
    assert read(words) is None


def test_the_times_to_leave_are_those_before_the_visit() -> None:
    now = datetime.fromisoformat("2026-11-23T12:00")
    assert departures(VISIT, now=now) == (
        (30, time(18)),
        (60, time(17, 30)),
        (90, time(17)),
        (120, time(16, 30)),
    )


def test_times_that_are_over_or_in_the_night_are_not_offered() -> None:
    late = departures(VISIT, now=datetime.fromisoformat("2026-11-24T17:15"))
    assert [one for one, _ in late] == [30, 60]
    early = datetime.fromisoformat("2026-11-24T06:15")
    assert [one for one, _ in departures(early, now=early - timedelta(days=1))] == [30, 60]
    assert departures(VISIT, now=VISIT - timedelta(minutes=10)) == ()


@given(local=moments, now=moments)
def test_every_time_offered_is_ahead_on_the_day_and_makes_a_plan(local: datetime, now: datetime) -> None:
    for before, at in departures(local, now=now):
        leaves = datetime.combine(local.date(), at)
        assert now < leaves < local
        assert at >= EARLIEST
        assert made("bus", "work", before, local) == Plan(by=By.BUS, start=From.WORK, leaves=at)


@given(by=st.none() | st.text(max_size=8), start=st.text(max_size=8), before=st.integers(-999, 9999))
def test_what_a_forged_button_says_is_no_plan(by: str | None, start: str, before: int) -> None:
    plan = made(by, start, before, VISIT)
    assert (plan is not None) == (by in set(By) and start in set(From) and before in BEFORE)


@given(plan=plans, before=moments, after=moments)
def test_a_plan_moves_along_when_the_time_of_day_stays(plan: Plan, before: datetime, after: datetime) -> None:
    assert carried(plan, before, datetime.combine(after.date(), before.time())) == plan
    assert (carried(plan, before, after) is None) == (before.time() != after.time())
    assert carried(None, before, after) is None
