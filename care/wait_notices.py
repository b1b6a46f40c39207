"""Plan what the waiting list tells people: a place that is kept for them, and that no more are offered."""

from datetime import datetime, timedelta

from care.message_kinds import Kind
from care.offer_round import Chance
from care.reminders import Planned
from care.waiting_list import TIME_TO_ANSWER, End, Wait

ENDED_USEFUL = timedelta(days=2)


def offer_key(booking_id: int) -> str:
    """Return the key of the message that offers a place."""
    return f"{Kind.WAIT_OFFER}:{booking_id}"


def offered(chance: Chance, booking_id: int) -> Planned:
    """Offer somebody the place that a booking keeps for them, as long as there is time to answer."""
    wait = chance.waiter.wait
    return Planned(
        key=offer_key(booking_id),
        kind=Kind.WAIT_OFFER,
        person_id=wait.person_id,
        due_at=chance.told_at,
        useful_until=chance.until - TIME_TO_ANSWER,
        booking_id=booking_id,
        params={"wait": wait.id},
    )


def ended(wait: Wait, why: End, *, now: datetime) -> Planned:
    """Tell somebody that they are offered no more places."""
    return Planned(
        key=f"{Kind.WAIT_ENDED}:{wait.id}:{now:%Y%m%d}",
        kind=Kind.WAIT_ENDED,
        person_id=wait.person_id,
        due_at=now,
        useful_until=now + ENDED_USEFUL,
        params={"wait": wait.id, "why": why.value},
    )
