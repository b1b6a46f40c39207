"""Two misses in a row are one urgent task, instead of another reminder."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from care.absence import goes_to_a_person
from care.referral import State
from care.task_rules import needs
from care.tasks import AT_ONCE, BY_ITSELF, Kind, Known, Priority, Situation, Visited, nothing_helped, settle

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def standing(*visits: Visited, state: State = State.MISSED) -> Situation:
    return Situation(referral_id=1, person_id=2, state=state, zone="Asia/Almaty", visits=visits)


def visit(number: int, ago: timedelta, **parts: Any) -> Visited:
    return Visited(booking_id=number, created_at=NOW - ago - DAY, starts_at=NOW - ago, **parts)


def of_visits(one: Situation) -> list[Kind]:
    return [need.kind for need in needs(one, now=NOW) if need.kind in {Kind.MISSED, Kind.MISSED_TWICE}]


def test_the_second_miss_is_another_task_than_the_first() -> None:
    first, second = visit(1, 3 * DAY, missed_at=NOW - 3 * DAY), visit(2, DAY, said="missed", reason="boss")

    assert of_visits(standing(first)) == [Kind.MISSED]
    assert of_visits(standing(first, second)) == [Kind.MISSED_TWICE]
    [need] = [one for one in needs(standing(first, second), now=NOW) if one.kind is Kind.MISSED_TWICE]
    assert (need.cause, need.priority, need.topic) == (2, Priority.URGENT, "boss")
    assert {Kind.MISSED_TWICE} <= BY_ITSELF & AT_ONCE


def test_it_stays_when_another_visit_is_booked_and_goes_when_they_came() -> None:
    missed = visit(1, 5 * DAY, said="missed"), visit(2, 3 * DAY, said="missed")

    assert of_visits(standing(*missed, visit(3, -DAY), state=State.BOOKED)) == [Kind.MISSED_TWICE]
    assert of_visits(standing(*missed, visit(3, DAY, came_at=NOW), state=State.CAME)) == []


def test_whom_the_clinic_failed_has_missed_nothing() -> None:
    failed = visit(2, 2 * DAY, missed_at=NOW - 2 * DAY, failure="closed")

    assert of_visits(standing(failed)) == []
    assert of_visits(standing(visit(1, 5 * DAY, said="missed"), failed)) == []


def test_who_has_left_is_not_written_to() -> None:
    missed = visit(1, 5 * DAY, said="missed"), visit(2, 3 * DAY, said="missed")

    assert of_visits(standing(*missed, state=State.MOVED_AWAY)) == []


def test_what_did_not_help_is_a_task_that_somebody_must_have_done() -> None:
    need = nothing_helped(7, "fear", now=NOW)
    assert (need.key, need.topic, need.due_at) == ("remedy:7", "fear", NOW + DAY)

    known = Known(id=1, kind=Kind.REMEDY, key=need.key, due_at=need.due_at)
    assert settle([], [known]).closed == ()


visits = st.builds(
    Visited,
    booking_id=st.integers(1, 99),
    created_at=st.just(NOW - 99 * DAY),
    starts_at=st.integers(-9, 90).map(lambda days: NOW - days * DAY),
    came_at=st.none() | st.just(NOW),
    missed_at=st.none() | st.just(NOW),
    said=st.sampled_from([None, "went", "missed"]),
    failure=st.sampled_from([None, "closed"]),
)


@given(every=st.lists(visits, max_size=5).map(lambda found: sorted(found, key=lambda one: one.starts_at)))
def test_nobody_has_both_tasks_and_two_misses_always_bring_the_urgent_one(every: list[Visited]) -> None:
    kinds = of_visits(standing(*every))

    assert len(kinds) <= 1
    past = [one for one in every if one.starts_at <= NOW]
    assert (Kind.MISSED_TWICE in kinds) == goes_to_a_person(past)
