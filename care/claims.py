"""Decide about people without Telegram: their tickets, who takes their reminders, how a record is taken over.

A ticket carries a code with 128 random bits, of which only the hash is stored. It works once, for 180 days:
either the person takes over the record that a worker keeps for them, or a friend takes their reminders.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from care.booking import Booking
from care.message_kinds import Kind as Message
from care.referral import State

VALID = timedelta(days=180)
MOST_OPEN = 5  # codes of one kind that work at a time: older ones end, on papers that were lost
SITS_WITH = timedelta(minutes=30)  # without a press, until the worker acts for themselves again


class Kind(StrEnum):
    """What the code on a ticket is good for."""

    RECORD = "record"  # the person takes over their record
    REMINDERS = "reminders"  # a friend takes the reminders


TO_FRIEND = frozenset({Message.VISIT_EVE, Message.VISIT_SOON, Message.COMPANY_NEWS})
TO_WORKER = TO_FRIEND | {
    Message.ARRIVED,
    Message.WENT_ON,
    Message.VISIT_AFTER,
    Message.RECHECK,
    Message.RESULT_READY,
    Message.RESULT_NOT_YET,
    Message.CLOSED,
    Message.REOPENED,
    Message.WAIT_OFFER,
    Message.WAIT_ENDED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A code on a ticket, without the code."""

    id: int
    person_id: int
    kind: Kind
    expires_at: datetime  # aware, UTC
    used_at: datetime | None = None


def works(claim: Claim, *, now: datetime) -> bool:
    """Return whether a code still works at `now` (aware)."""
    return claim.used_at is None and now < claim.expires_at


_PROGRESS: tuple[State, ...] = (
    State.REACHED,
    State.INFORMED,
    State.SCREENED,
    State.MISSED,
    State.BOOKED,
    State.CAME,
    State.EXAMINED,
    State.RESULT_READY,
    State.RESULT_GIVEN,
    State.IN_CARE,
    State.PREVENTIVE,
    State.TREATMENT,
    State.COMPLETED,
)


def further(one: State, other: State) -> State:
    """Return where somebody stands of whom two open referrals become one: the one that came further."""
    known: Mapping[State, int] = {state: place for place, state in enumerate(_PROGRESS)}
    return max(one, other, key=lambda state: known.get(state, -1))


def given_back(own: Iterable[Booking], taken_over: Iterable[Booking]) -> frozenset[int]:
    """Return the ids of visits that end where two records become one: a person has one visit a day.

    The visit to which the person came stays, else their own. Cancelled ones are no visits.
    """
    days: dict[date, Booking] = {one.local.date(): one for one in own if one.cancelled_at is None}
    ended: set[int] = set()
    for one in taken_over:
        other = days.get(one.local.date())
        if one.cancelled_at is not None or other is None:
            continue
        came = one.came_at is not None and other.came_at is None
        ended.add(other.id if came else one.id)
    return frozenset(ended)
