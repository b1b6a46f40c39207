"""What follows from a result, and that no count tells of one person."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.referral import State
from care.reminders import is_quiet
from care.result_notices import after, ready
from care.results import (
    OF_THE_HOUSEHOLD,
    OPENS_CARE,
    POOLED_AFTER,
    SHORTEST_COURSE,
    TOGETHER,
    Care,
    Examination,
    Result,
    Stage,
    after_given,
    care_steps,
    counted_together,
    linkage,
    may_take_back,
    shown_count,
    stage,
)

NOON = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # 12:00 in Almaty
DAY = timedelta(days=1)
ZONE = "Asia/Almaty"


def examination(**values: datetime | int | None) -> Examination:
    given_values = {"id": 1, "booking_id": 2, "clinic_id": 3, "person_id": 4, "examined_at": NOON}
    return Examination(**{**given_values, **values})


def test_codes_are_equally_long_so_that_what_is_sealed_tells_nothing():
    assert {len(one) for one in Result} == {2}


def test_only_tb_concerns_those_who_live_with_somebody():
    assert {Result.TB, Result.RESISTANT} == OF_THE_HOUSEHOLD
    assert set(Result) - {Result.NO_TB} == OPENS_CARE


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (None, Stage.ARRIVED),
        (examination(), Stage.EXAMINED),
        (examination(ready_at=NOON), Stage.READY),
        (examination(ready_at=NOON, given_at=NOON), Stage.GIVEN),
    ],
)
def test_the_stage_is_that_of_the_newest_step(one: Examination | None, expected: Stage):
    assert stage(one) is expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [(NOON + timedelta(hours=11, minutes=59), True), (NOON + timedelta(hours=12), False)],
)
def test_a_step_is_taken_back_until_midnight_at_the_clinic(now: datetime, expected: bool):
    old = examination(examined_at=NOON - 9 * DAY, ready_at=NOON)

    assert may_take_back(old, zone=ZONE, now=now) is expected


def test_care_is_opened_by_every_result_but_no_tb():
    assert {result: after_given(result) for result in Result} == {
        Result.NO_TB: None,
        Result.INFECTION: State.IN_CARE,
        Result.TB: State.IN_CARE,
        Result.RESISTANT: State.IN_CARE,
    }


@pytest.mark.parametrize(
    ("state", "days", "expected"),
    [
        (State.IN_CARE, 0, (Care.PREVENTIVE, Care.TREATMENT)),
        (State.PREVENTIVE, 0, (Care.TREATMENT, Care.NOTHING)),
        (State.TREATMENT, 27, (Care.PREVENTIVE, Care.NOTHING)),
        (State.TREATMENT, 28, (Care.PREVENTIVE, Care.COMPLETED, Care.NOTHING)),
        (State.RESULT_GIVEN, 28, ()),
        (State.COMPLETED, 99, ()),
        (None, 99, ()),
    ],
)
def test_care_goes_step_by_step(state: State | None, days: int, expected: tuple[Care, ...]):
    one = examination(ready_at=NOON, given_at=NOON)

    assert care_steps(one, Result.TB, state, now=NOON + days * DAY) == expected
    assert care_steps(one, Result.NO_TB, state, now=NOON + days * DAY) == ()
    assert care_steps(examination(ready_at=NOON), Result.TB, state, now=NOON) == ()


@given(now=st.integers(0, 10**6).map(lambda minutes: NOON + timedelta(minutes=minutes)))
def test_somebody_is_told_by_day_and_once_more_two_days_later(now: datetime):
    first, again = ready(examination(ready_at=now), zone=ZONE, now=now)
    [asked] = after(examination(ready_at=now, given_at=now), zone=ZONE, now=now)

    assert now <= first.due_at <= now + timedelta(hours=11)
    assert timedelta(days=2) <= again.due_at - first.due_at <= timedelta(days=2, hours=11)
    assert not any(is_quiet(one.due_at, ZONE) for one in (first, again, asked))
    assert str(asked.local_due).endswith("T11:00")


def test_nobody_is_told_where_the_bot_knows_nobody():
    unknown = examination(person_id=None)

    assert ready(unknown, zone=ZONE, now=NOON) == after(unknown, zone=ZONE, now=NOON) == ()


waiting = st.lists(
    st.tuples(st.integers(1, 10**6), st.integers(1, 4), st.integers(0, 100).map(lambda n: NOON - n * DAY)),
    unique_by=lambda one: one[0],
    max_size=40,
)


@given(waiting)
def test_results_are_counted_five_at_a_time_or_not_yet(every: list[tuple[int, int, datetime]]):
    batches = counted_together(every, now=NOON)
    counted = [one for _, ids in batches for one in ids]

    assert all(len(ids) >= TOGETHER for _, ids in batches)
    assert len(counted) == len(set(counted))
    fresh = {one[0] for one in every if one[2] > NOON - DAY}
    assert not fresh & set(counted)
    left = [one for one in every if one[0] not in counted and one[2] <= NOON - POOLED_AFTER]
    assert len(left) < TOGETHER


def test_small_counts_are_hidden():
    assert [shown_count(number) for number in (0, 1, 4, 5, 120)] == ["0", "<5", "<5", "5+", "120+"]


def test_no_small_count_follows_from_two_periods():
    numbers = range(35)
    differences: dict[tuple[str, str], set[int]] = defaultdict(set)
    for first in numbers:
        for whole in range(first, 35):
            differences[shown_count(first), shown_count(whole)].add(whole - first)

    alone = [found for found in differences.values() if len(found) == 1]
    assert alone == [{0}]  # nothing, and still nothing


@given(st.fixed_dictionaries({one: st.integers(0, 30) for one in Result}))
def test_no_hidden_count_follows_from_the_others(counts: dict[Result, int]):
    positive = [counts[one] for one in OPENS_CARE]
    hidden = [number for number in positive if 0 < number < 5]
    said = linkage(counts)

    assert not (hidden and said not in {"<5", "5+"})
    assert said in {"<5", "5+"} or said == shown_count(sum(positive))


def test_the_shortest_course_is_a_month_of_four_weeks():
    assert timedelta(weeks=4) == SHORTEST_COURSE
