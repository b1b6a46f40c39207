"""Take a place that is kept for somebody: instead of a lost visit, or out of a brigade.

`storage/wait_taking.py` does so for the waiting list, where a visit may have to give way.
"""

from datetime import datetime

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from care.booking import Booking, Refusal
from care.person import Person
from care.roles import Actor
from storage import appointments, brigades, displaced, places
from storage.displaced import Lost
from storage.places import Kept


async def instead(
    connection: AsyncConnection, person: Person, lost: Lost, kept: Kept, *, by: Actor, now: datetime
) -> Booking | Refusal:
    """Make what is kept instead of a lost visit, which the caller has locked, the person's visit."""
    taken = await _take(connection, person, kept, moved_from=lost.booking.id, now=now)
    if isinstance(taken, Refusal):
        return taken
    booking, referral = taken
    await displaced.settle(connection, lost.booking.id, person.id, now=now)
    await appointments.begin(connection, referral, booking, by=by, now=now)
    return booking


async def of_brigade(
    connection: AsyncConnection, person: Person, kept: Kept, *, by: Actor, now: datetime
) -> Booking | Refusal:
    """Make a place of a brigade the visit of who opened its link; the link is used."""
    taken = await _take(connection, person, kept, moved_from=None, now=now)
    if isinstance(taken, Refusal):
        return taken
    booking, referral = taken
    await brigades.use(connection, booking.id, now=now)
    await appointments.begin(connection, referral, booking, by=by, now=now)
    return booking


async def _take(
    connection: AsyncConnection, person: Person, kept: Kept, *, moved_from: int | None, now: datetime
) -> tuple[Booking, RowMapping] | Refusal:
    referral = await appointments.referral_for(connection, person, zone=kept.zone, now=now)
    taken = await places.take(
        connection,
        kept,
        person_id=person.id,
        referral_id=referral["id"],
        advice=referral["advice"],
        moved_from=moved_from,
        now=now,
    )
    return taken if isinstance(taken, Refusal) else (taken, referral)
