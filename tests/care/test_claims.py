"""Codes of tickets, and how two records become one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.booking import Booking
from care.claims import TO_FRIEND, TO_WORKER, VALID, Claim, Kind, further, given_back, works
from care.medicine import PRIVATE
from care.message_kinds import TO_STAFF
from care.message_kinds import Kind as Message
from care.referral import State

NOON = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
CLAIM = Claim(id=1, person_id=2, kind=Kind.RECORD, expires_at=NOON + VALID)
MONDAY = datetime.fromisoformat("2026-11-23T17:00")  # local


@pytest.mark.parametrize(
    ("claim", "after", "good"),
    [
        (CLAIM, timedelta(), True),
        (CLAIM, timedelta(days=179), True),
        (CLAIM, timedelta(days=180), False),
        (replace(CLAIM, used_at=NOON), timedelta(), False),
    ],
)
def test_a_code_works_once_for_half_a_year(claim: Claim, after: timedelta, good: bool):
    assert works(claim, now=NOON + after) is good


@pytest.mark.parametrize(
    ("one", "other", "stands"),
    [
        (State.REACHED, State.BOOKED, State.BOOKED),
        (State.CAME, State.BOOKED, State.CAME),
        (State.SCREENED, State.INFORMED, State.SCREENED),
        (State.DECLINED, State.REACHED, State.REACHED),
    ],
)
def test_of_two_referrals_the_further_one_counts(one: State, other: State, stands: State):
    assert further(one, other) is further(other, one) is stands


def visit(number: int, day: int, *, came: bool = False, cancelled: bool = False) -> Booking:
    local = MONDAY + timedelta(days=day, hours=number % 3)
    return Booking(
        id=number,
        person_id=1,
        referral_id=1,
        clinic_id=1,
        local=local,
        zone="UTC",
        starts_at=local.replace(tzinfo=UTC),
        came_at=NOON if came else None,
        cancelled_at=NOON if cancelled else None,
    )


@pytest.mark.parametrize(
    ("own", "taken", "ended"),
    [
        ([visit(1, 0)], [visit(2, 1)], set()),
        ([visit(1, 0)], [visit(2, 0)], {2}),
        ([visit(1, 0)], [visit(2, 0, came=True)], {1}),
        ([visit(1, 0, came=True)], [visit(2, 0, came=True)], {2}),
        ([visit(1, 0, cancelled=True)], [visit(2, 0)], set()),
        ([visit(1, 0)], [visit(2, 0, cancelled=True)], set()),
    ],
)
def test_which_visit_of_a_day_stays(own: list[Booking], taken: list[Booking], ended: set[int]):
    assert given_back(own, taken) == ended


DAYS = st.lists(st.tuples(st.integers(0, 6), st.booleans()), max_size=5, unique_by=lambda one: one[0])


@given(DAYS, DAYS)
def test_one_visit_a_day_is_left_and_no_day_loses_its_visit(
    own: list[tuple[int, bool]], taken: list[tuple[int, bool]]
):
    mine = [visit(number, day, came=came) for number, (day, came) in enumerate(own)]
    theirs = [visit(100 + number, day, came=came) for number, (day, came) in enumerate(taken)]

    ended = given_back(mine, theirs)

    days = [one.local.date() for one in (*mine, *theirs) if one.id not in ended]
    assert len(days) == len(set(days))
    assert set(days) == {one.local.date() for one in (*mine, *theirs)}


NOT_PASSED_ON = frozenset(
    {
        *PRIVATE,  # their own wish, for their own phone
        Message.NUDGE,  # who books for them sits with them
        Message.ANSWERED,  # as above
        Message.PASSING_ON,  # a link needs a phone
        Message.HANDED,  # whose they are now is told by itself
        Message.NOT_EXAMINED,  # there is a task
        Message.RESULT_AGAIN,  # the worker was told at once, and then there is a task
        Message.AFTER_RESULT,  # not planned for them
        Message.WAIT_WIDER,  # what they are offered is passed on
        Message.CHECKLIST,  # the worker has ticked it
        Message.TRANSFER_OPENED,  # a matter between them and a clinic
        Message.BRIGADE_SOON,  # places for others need a Telegram to pass links on
        Message.BRIGADE_OVER,
        Message.BRIGADE_LOST,
        Message.TEAM,  # of who works here
    }
)


def test_of_every_message_to_people_it_is_said_whether_a_worker_passes_it_on():
    assert TO_FRIEND <= TO_WORKER
    assert not TO_WORKER & NOT_PASSED_ON
    assert set(Message) - TO_STAFF - TO_WORKER == NOT_PASSED_ON - TO_STAFF
