"""Say what a clinic did wrong, in the words of those who went there, and count it beside the no-shows.

Who found a closed door is nobody's no-show. What people report is a word of theirs, and is shown as one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from care.booking import Booking
from care.message_kinds import Kind as Message
from care.outcomes import Kind
from care.reminders import Planned

REPORTED_WITHIN = timedelta(days=30)  # after the visit
TOLD_USEFUL = timedelta(days=2)
READ = (Kind.CAME, Kind.NO_SHOW, Kind.NO_SHOW_ENDED, Kind.CLINIC_FAILED, Kind.UNDONE)
"""The outcomes that a count reads."""


class Failure(StrEnum):
    """What the clinic did wrong."""

    CLOSED = "closed"  # the door was closed
    CHARGED = "charged"  # asked for money
    TURNED_AWAY = "turned-away"
    OTHER = "other"


NOT_SEEN = frozenset({Failure.CLOSED, Failure.TURNED_AWAY})  # who met this needs a new time at once


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of visits to a clinic."""

    came: int = 0
    missed: int = 0  # no-shows: care.absence.was_missed
    failed: int = 0  # the clinic failed, people say

    def __add__(self, other: "Tally") -> "Tally":
        """Return the numbers of both together."""
        return Tally(self.came + other.came, self.missed + other.missed, self.failed + other.failed)


def failure_of(word: str | None) -> Failure | None:
    """Read a failure, or return None when it is none."""
    return Failure(word) if word in set(Failure) else None


def not_seen(word: str | None) -> bool:
    """Return whether a failure means that the clinic did not see somebody: who was there is no no-show."""
    return word in NOT_SEEN


def may_report(booking: Booking, *, now: datetime) -> bool:
    """Return whether somebody may say now what the clinic did wrong at a visit."""
    begun = booking.starts_at <= now < booking.starts_at + REPORTED_WITHIN
    return begun and booking.cancelled_at is None


def tally(counts: Mapping[tuple[Kind, str | None], int]) -> Tally:
    """Return what became of one person's visits to one clinic, from how often each outcome is written down.

    Who came, a no-show and a failure are each written once for a visit, and their end as well: so nothing
    has to be guessed of which word belongs to which visit.
    """

    def number(kind: Kind, undone: int) -> int:
        return max(0, sum(n for (one, _), n in counts.items() if one is kind) - undone)

    return Tally(
        came=number(Kind.CAME, counts.get((Kind.UNDONE, Kind.CAME), 0)),
        missed=number(Kind.NO_SHOW, counts.get((Kind.NO_SHOW_ENDED, None), 0)),
        failed=number(Kind.CLINIC_FAILED, counts.get((Kind.UNDONE, Kind.CLINIC_FAILED), 0)),
    )


def told(clinic_id: int, staff_person_id: int, *, day: date, now: datetime) -> Planned:
    """Tell staff that people report failures of a clinic: once on each local `day`."""
    return Planned(
        key=f"{Message.CLINIC_FAILED}:{clinic_id}:{staff_person_id}:{day:%Y%m%d}",
        kind=Message.CLINIC_FAILED,
        person_id=staff_person_id,
        due_at=now.astimezone(UTC),
        useful_until=now + TOLD_USEFUL,
        params={"clinic": clinic_id},
    )
