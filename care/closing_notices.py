"""Plan what people are told when a clinic takes their place back, or sees them after all."""

from datetime import datetime, timedelta

from care.booking import Booking
from care.closing import pressing_from
from care.message_kinds import Kind
from care.reminders import Planned

USEFUL = timedelta(days=3)  # after the visit would have begun, or after it was planned


def closed_key(closure_id: int, booking_id: int) -> str:
    """Return the key of the one message about a visit that a closure took."""
    return f"{Kind.CLOSED}:{closure_id}:{booking_id}"


def closed(closure_id: int, lost: Booking, person_id: int, *, now: datetime, child: bool = False) -> Planned:
    """Tell somebody that the clinic cannot see them, once; at night only while it cannot wait."""
    return Planned(
        key=closed_key(closure_id, lost.id),
        kind=Kind.CLOSED,
        person_id=person_id,
        due_at=now,
        useful_until=max(lost.starts_at, now) + USEFUL,
        booking_id=lost.id,
        params={"closure": closure_id, **_urgent(lost), **({"child": 1} if child else {})},
    )


def reopened(
    closure_id: int, kept: Booking, person_id: int, *, now: datetime, child: bool = False
) -> Planned:
    """Tell somebody who had heard otherwise that the clinic sees them after all."""
    return Planned(
        key=f"{Kind.REOPENED}:{closure_id}:{kept.id}",
        kind=Kind.REOPENED,
        person_id=person_id,
        due_at=now,
        useful_until=kept.starts_at,
        booking_id=kept.id,
        params={"closure": closure_id, **_urgent(kept), **({"child": 1} if child else {})},
    )


def waits_for_any(wait_id: int, person_id: int, *, now: datetime) -> Planned:
    """Tell somebody that the clinic they waited for is there no more, and that they wait for any, in turn."""
    return Planned(
        key=f"{Kind.WAIT_WIDER}:{wait_id}:{now:%Y%m%d}",
        kind=Kind.WAIT_WIDER,
        person_id=person_id,
        due_at=now,
        useful_until=now + USEFUL,
        params={"wait": wait_id},
    )


def _urgent(visit: Booking) -> dict[str, int]:
    """Return when the message may come at night: it may have to wait, and be pressing by then, or no more."""
    begins = pressing_from(visit.starts_at, visit.zone)
    return {"urgent_from": int(begins.timestamp()), "urgent_until": int(visit.starts_at.timestamp())}
