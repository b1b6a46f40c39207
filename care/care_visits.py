"""Decide about visits that somebody wants to be reminded of: a check, a refill, the doctor.

They are the person's own notes, no places of a clinic. Their reminders come as those of booked visits do, and
name neither what they are for nor where they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from care.absence import Said
from care.booking import to_utc
from care.message_kinds import Kind
from care.reminders import Planned, Visit, visit_reminders

HOURS = range(8, 19)  # on the clock: what may be chosen
FAR = timedelta(days=3 * 365)
MOST = 12  # ahead at a time
DAYS_A_PAGE, PAGES = 12, 5
SAID_UNTIL = timedelta(days=14)  # after a visit: what can still be said of it

KINDS = {
    Kind.VISIT_EVE: Kind.CARE_EVE,
    Kind.VISIT_SOON: Kind.CARE_SOON,
    Kind.VISIT_AFTER: Kind.CARE_AFTER,
}


class What(StrEnum):
    """What a visit is for: said on a screen that was asked for, never in a reminder."""

    SAMPLE = "sample"
    REFILL = "refill"
    DOCTOR = "doctor"


@dataclass(frozen=True, slots=True, kw_only=True)
class CareVisit:
    """A visit that somebody wants to be reminded of."""

    id: int  # random
    person_id: int
    what: What
    local: datetime  # naive: what was noted
    zone: str  # IANA name
    said: Said | None = None  # WENT or MISSED
    ended_at: datetime | None = None  # aware, UTC: cancelled

    @property
    def starts_at(self) -> datetime:
        """When it begins; aware, UTC."""
        return to_utc(self.local, self.zone)


def reminders(visit: CareVisit, *, now: datetime) -> Sequence[Planned]:
    """Return the messages of a visit noted now, soonest first."""
    like = Visit(booking_id=visit.id, person_id=visit.person_id, starts_at=visit.starts_at, zone=visit.zone)
    return [
        replace(
            one,
            kind=KINDS[one.kind],
            key=key(KINDS[one.kind], visit.id),
            booking_id=None,
            params={"visit": visit.id},
        )
        for one in visit_reminders(like, now=now)
    ]


def key(kind: Kind, visit_id: int) -> str:
    """Return what makes a message of a visit one."""
    return f"{kind}:{visit_id}"


def may_say(visit: CareVisit, *, now: datetime) -> bool:
    """Return whether somebody can say that they went: from the beginning on, for two weeks."""
    return visit.ended_at is None and visit.starts_at <= now <= visit.starts_at + SAID_UNTIL
