"""Decide what is told to whom when people get somebody else of the team, and to whom they return."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from care.message_kinds import Kind
from care.ownership import Reason
from care.reminders import Planned

USEFUL = timedelta(days=3)
FOR_A_WHILE = frozenset({Reason.AWAY, Reason.PAUSED})  # whose it was gets it back
_PASSING = FOR_A_WHILE | {Reason.BACK}  # does not change whose a referral is at home


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Somebody who has somebody else of the team now."""

    person_id: int
    referral_id: int | None  # None: only a task, a conversation or company was theirs
    to_staff_id: int | None  # None: there was nobody; coordinators see it


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """One row of a referral's history: whose it became, and why."""

    staff_id: int
    reason: Reason


def goes_back_to(history: Sequence[Stretch], staff_id: int) -> bool:
    """Return whether a referral returns to somebody who was away or paused; `history` is oldest first.

    It does when a cover has it only because somebody was not there, and it was this one's before. Who covered
    and was away themselves gets nothing back: the next cover goes on.
    """
    if not history or history[-1].reason not in FOR_A_WHILE:
        return False
    homes = [one.staff_id for one in history if one.reason not in _PASSING]
    return bool(homes) and homes[-1] == staff_id != history[-1].staff_id


def handed_key(person_id: int, to_staff_id: int) -> str:
    """Return the key of the message that tells a person who looks after them now."""
    return f"{Kind.HANDED}:{person_id}:{to_staff_id}"


def handed(person_id: int, to_staff_id: int, *, now: datetime, urgent: bool = False) -> Planned:
    """Tell a person who looks after them now; by day, unless it is urgent."""
    return Planned(
        key=handed_key(person_id, to_staff_id),
        again=True,
        kind=Kind.HANDED,
        person_id=person_id,
        due_at=now,
        useful_until=now + USEFUL,
        params={"staff": to_staff_id} | ({"urgent": 1} if urgent else {}),
    )


def taken_over(staff_person_id: int, about: int, *, people: int, reason: Reason, now: datetime) -> Planned:
    """Tell somebody of the team that people came to them: one message for all of a colleague.

    `about` is that colleague's staff id, or the person's where it is one.
    """
    return Planned(
        key=f"{Kind.TAKEN_OVER}:{staff_person_id}:{about}:{now:%Y%m%d%H%M%S}",
        kind=Kind.TAKEN_OVER,
        person_id=staff_person_id,
        due_at=now,
        useful_until=now + USEFUL,
        params={"people": people, "reason": reason.value},
    )


def back(staff_person_id: int, *, people: int, now: datetime) -> Planned:
    """Tell somebody of the team that their time away is over, and how many people are back with them."""
    return Planned(
        key=f"{Kind.BACK}:{staff_person_id}:{now:%Y%m%d%H%M%S}",
        kind=Kind.BACK,
        person_id=staff_person_id,
        due_at=now,
        useful_until=now + USEFUL,
        params={"people": people},
    )
