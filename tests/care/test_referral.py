"""Where a referral may go, who may move it, and what workers see of it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.referral import (
    ENDS,
    MOVES,
    OPEN,
    RETURNS,
    Refusal,
    State,
    no_return,
    refusal,
    shown_to_workers,
)
from care.roles import Actor

RESULTS = (State.IN_CARE, State.PREVENTIVE, State.TREATMENT)


@pytest.mark.parametrize(
    ("now", "to", "by"),
    [
        (State.REACHED, State.INFORMED, Actor.PERSON),
        (State.REACHED, State.BOOKED, Actor.WORKER),
        (State.BOOKED, State.CAME, Actor.REGISTRAR),
        (State.REACHED, State.CAME, Actor.REGISTRAR),
        (State.CAME, State.EXAMINED, Actor.CLINICIAN),
        (State.EXAMINED, State.RESULT_READY, Actor.CLINICIAN),
        (State.RESULT_READY, State.RESULT_GIVEN, Actor.PERSON),
        (State.RESULT_GIVEN, State.IN_CARE, Actor.REGISTRAR),
        (State.IN_CARE, State.TREATMENT, Actor.CLINICIAN),
        (State.TREATMENT, State.COMPLETED, Actor.CLINICIAN),
        (State.TREATMENT, State.MOVED_AWAY, Actor.PERSON),
        (State.MISSED, State.LOST, Actor.WORKER),
    ],
)
def test_a_referral_goes_its_way(now: State, to: State, by: Actor) -> None:
    assert refusal(now, to, by) is None


@pytest.mark.parametrize(
    ("now", "to", "by", "why"),
    [
        (State.COMPLETED, State.BOOKED, Actor.PERSON, Refusal.OVER),
        (State.LOST, State.LOST, Actor.WORKER, Refusal.OVER),
        (State.REACHED, State.RESULT_READY, Actor.CLINICIAN, Refusal.NOT_FROM_HERE),
        (State.EXAMINED, State.BOOKED, Actor.PERSON, Refusal.NOT_FROM_HERE),
        (State.CAME, State.EXAMINED, Actor.REGISTRAR, Refusal.NOT_YOURS),
        (State.CAME, State.EXAMINED, Actor.WORKER, Refusal.NOT_YOURS),
        (State.CAME, State.MISSED, Actor.PERSON, Refusal.NOT_YOURS),
        (State.IN_CARE, State.TREATMENT, Actor.WORKER, Refusal.NOT_YOURS),
        (State.EXAMINED, State.DECLINED, Actor.PERSON, Refusal.NOT_FROM_HERE),
        (State.BOOKED, State.DECLINED, Actor.PERSON, Refusal.NOT_YOURS),
        (State.BOOKED, State.LOST, Actor.JOB, Refusal.NOT_YOURS),
    ],
)
def test_a_move_that_is_not_known_is_refused_with_a_reason(
    now: State, to: State, by: Actor, why: Refusal
) -> None:
    assert refusal(now, to, by) is why


@given(st.sampled_from(State), st.sampled_from(State), st.sampled_from(Actor))
def test_an_episode_that_has_ended_stays_so(now: State, to: State, by: Actor) -> None:
    assert (refusal(now, to, by) is Refusal.OVER) == (now in ENDS)


@given(st.sampled_from(State), st.sampled_from(State), st.sampled_from(Actor))
def test_nobody_but_clinic_staff_writes_what_an_examination_leads_to(
    now: State, to: State, by: Actor
) -> None:
    written = {State.EXAMINED, State.RESULT_READY, State.PREVENTIVE, State.TREATMENT}
    if to in written and refusal(now, to, by) is None:
        assert by in {Actor.CLINICIAN, Actor.REGISTRAR, Actor.COORDINATOR, Actor.ADMIN}
        is_taken_back = to is State.RESULT_READY and shown_to_workers(now) is State.RESULT_GIVEN
        assert by is Actor.CLINICIAN or is_taken_back


@pytest.mark.parametrize("by", sorted(Actor))
def test_who_may_take_a_given_result_back_may_whatever_it_is(by: Actor) -> None:
    alike = [one for one in State if shown_to_workers(one) is State.RESULT_GIVEN and one not in ENDS]

    assert len({refusal(one, State.RESULT_READY, by) is None for one in alike}) == 1, (
        "a refusal would tell which"
    )


def reachable(start: State) -> frozenset[State]:
    """Return all states that a referral can come to from `start`."""
    found, edge = {start}, {start}
    while edge:
        edge = {move.to for move in MOVES if move.sources & edge} - found
        found |= edge
    return frozenset(found)


def test_everything_can_be_reached_and_everything_open_can_end() -> None:
    assert reachable(State.REACHED) == frozenset(State)
    for state in OPEN:
        assert reachable(state) & ENDS
    assert {end for move in MOVES for end in {move.to} & ENDS} == ENDS


def test_from_came_the_desk_leads_back_or_to_missed() -> None:
    steps = {to for to in State if refusal(State.CAME, to, Actor.REGISTRAR) is None}
    assert steps == {State.BOOKED, State.MISSED}


def test_a_worker_sees_the_same_whatever_a_result_was() -> None:
    assert {shown_to_workers(state) for state in (State.RESULT_GIVEN, *RESULTS)} == {State.RESULT_GIVEN}
    assert shown_to_workers(State.EXAMINED) is State.EXAMINED


@pytest.mark.parametrize("by", sorted(Actor))
@pytest.mark.parametrize("to", [State.LOST, State.DECLINED])
def test_nobody_learns_a_result_from_whether_an_episode_may_be_closed(by: Actor, to: State) -> None:
    alike = [one for one in State if shown_to_workers(one) is State.RESULT_GIVEN]

    assert all(refusal(one, to, by) is not None for one in alike)


ENDED = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("end", "by", "later", "why"),
    [
        (State.MOVED_AWAY, Actor.PERSON, timedelta(days=89), None),
        (State.MOVED_AWAY, Actor.PERSON, timedelta(days=90), Refusal.OVER),
        (State.MOVED_AWAY, Actor.WORKER, timedelta(0), None),
        (State.MOVED_AWAY, Actor.CLINICIAN, timedelta(0), Refusal.NOT_YOURS),
        (State.LOST, Actor.WORKER, timedelta(hours=23), None),
        (State.LOST, Actor.WORKER, timedelta(days=1), Refusal.NOT_YOURS),
        (State.LOST, Actor.CLINICIAN, timedelta(days=30), None),
        (State.DECLINED, Actor.REGISTRAR, timedelta(days=30), None),
        (State.DECLINED, Actor.REGISTRAR, timedelta(days=90), Refusal.OVER),
        (State.COMPLETED, Actor.ADMIN, timedelta(0), Refusal.OVER),
    ],
)
def test_an_end_is_taken_back_by_who_may_and_for_a_time(
    end: State, by: Actor, later: timedelta, why: Refusal | None
) -> None:
    assert no_return(end, by, ended_at=ENDED, now=ENDED + later) is why


def test_only_ends_are_taken_back_and_never_that_care_is_completed() -> None:
    assert frozenset().union(*(way.ends for way in RETURNS)) == ENDS - {State.COMPLETED}
