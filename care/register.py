"""Decide what the desk of a clinic may say about a visit, and when.

The desk knows as much as it needs: a ticket's number, the time, the language, whether somebody comes along,
whether it is a child, and how urgent it is.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from care.places import Use

BACK = timedelta(days=30)  # how far the desk looks back
AHEAD = timedelta(days=28)  # and ahead: as far as people book (care.booking.AHEAD_DAYS)
MORNING_H = 5  # local hour from which on somebody sets out for a visit of that day
LATE = timedelta(hours=1)  # after its beginning: so long somebody may still be on the way


class Mark(StrEnum):
    """What became of a visit."""

    CAME = "came"
    MISSED = "missed"


class Standing(StrEnum):
    """How a visit stands in the list of a day; the values are the filters of the desk's buttons."""

    EXPECTED = "e"  # nothing was said so far
    ARRIVED = "a"
    MISSING = "m"  # did not come


class Kept(Protocol):
    """What the rules ask of a visit: the desk's `Attendance` and a person's `Booking` both say it."""

    @property
    def local(self) -> datetime:
        """Naive: what the clock at the clinic shows."""

    @property
    def zone(self) -> str:
        """IANA name."""

    @property
    def starts_at(self) -> datetime:
        """Aware, UTC."""

    @property
    def cancelled_at(self) -> datetime | None:
        """Aware, UTC."""

    @property
    def came_at(self) -> datetime | None:
        """Aware, UTC."""

    @property
    def missed_at(self) -> datetime | None:
        """Aware, UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """A visit as the desk sees it: a person's, a child's, or of somebody who came without a booking."""

    id: int  # of the booking: the ticket
    use: Use
    clinic_id: int
    local: datetime  # naive: what the clock at the clinic shows
    zone: str  # IANA name
    starts_at: datetime  # aware, UTC, as those below
    locale: str  # the language to speak with them: of a child, that of the adult
    person_id: int | None = None  # None: of a child, or of a walk-in whom the bot does not know
    guardian_id: int | None = None  # of a child: the adult who booked
    referral_id: int | None = None
    advice: str | None = None  # class of the symptom check
    child_under_5: bool = False
    child_age: str | None = None  # care.children.Age, of a child
    walked_in: bool = False  # came without a booking, also when it is somebody's own visit by now
    accompanied: bool = False  # somebody comes along: of the team, or a child of theirs
    examined: bool = False  # a clinician has written of this visit
    on_way_at: datetime | None = None
    came_at: datetime | None = None
    missed_at: datetime | None = None
    cancelled_at: datetime | None = None


def may_mark(visit: Kept, mark: Mark, *, now: datetime) -> bool:
    """Return whether the desk may say this now.

    Who comes may come early on the day; who is missing is missing once the visit has begun. What was said
    before is taken back first.
    """
    if visit.cancelled_at is not None or marked(visit) is not None:
        return False
    if mark is Mark.MISSED:
        return visit.starts_at <= now
    return visit.local.date() <= now.astimezone(ZoneInfo(visit.zone)).date()


def may_undo(visit: Kept, *, now: datetime, examined: bool = False) -> bool:
    """Return whether a mark may be taken back: on the day on which it was made, before a clinician wrote of
    the visit (`examined`)."""
    made = visit.came_at or visit.missed_at
    if examined:
        return False
    zone = ZoneInfo(visit.zone)
    return made is not None and made.astimezone(zone).date() == now.astimezone(zone).date()


def marked(visit: Kept) -> Mark | None:
    """Return what was said about a visit, or None."""
    if visit.came_at is not None:
        return Mark.CAME
    return Mark.MISSED if visit.missed_at is not None else None


def may_set_out(visit: Kept, *, now: datetime) -> bool:
    """Return whether somebody can say 'I am on my way': from the morning of the day until an hour late."""
    if visit.cancelled_at is not None or marked(visit) is not None:
        return False
    local = now.astimezone(ZoneInfo(visit.zone))
    return local.date() == visit.local.date() and local.hour >= MORNING_H and now <= visit.starts_at + LATE
