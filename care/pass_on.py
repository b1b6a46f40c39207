"""Offer whoever came to a visit a link to pass on: the best word is that of somebody who was there."""

from datetime import datetime, timedelta

from care.message_kinds import Kind
from care.reminders import Planned, Visit, local_minute, next_allowed

AFTER = timedelta(hours=2)
USEFUL = timedelta(days=3)


def pass_on(visit: Visit, *, now: datetime) -> Planned:
    """Offer it two hours after somebody came, by day; a person is asked once."""
    at = next_allowed(now + AFTER, visit.zone)
    return Planned(
        key=pass_on_key(visit.person_id),
        kind=Kind.PASSING_ON,
        person_id=visit.person_id,
        due_at=at,
        useful_until=at + USEFUL,
        local_due=local_minute(at, visit.zone),
        zone=visit.zone,
        booking_id=visit.booking_id,
    )


def pass_on_key(person_id: int) -> str:
    """Return the key of the offer."""
    return f"{Kind.PASSING_ON}:{person_id}"
