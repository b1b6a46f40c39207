"""Take a place for somebody: what is kept instead of a lost visit, one of a brigade, or one beside it.

`storage/wait_taking.py` does so for the waiting list, where a visit may have to give way.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from care.booking import Booking, Refusal, Slot
from care.brigade import Brigade
from care.person import Person
from care.roles import Actor
from storage import appointments, brigades, displaced, places
from storage.displaced import Lost
from storage.places import Kept
from storage.vault import Vault


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
    """Make a place of a brigade the visit of who opened its link; the link is used.

    Refused: FULL when the link was answered before, else as `places.take` refuses. Who asked for the places
    gets no word of it, also where they look after the person: they would read who answered, and when.
    """
    asked_by = await brigades.asked_for(connection, kept.use_id)
    async with connection.begin_nested() as attempt:
        taken = await _take(connection, person, kept, moved_from=None, now=now)
        if isinstance(taken, Refusal):
            return taken
        booking, referral = taken
        if not await brigades.use(connection, booking.id, now=now):
            await attempt.rollback()
            return Refusal.FULL
    await appointments.begin(connection, referral, booking, by=by, not_told=asked_by, now=now)
    return booking


async def beside_brigade(
    connection: AsyncConnection,
    vault: Vault,
    person: Person,
    brigade: Brigade,
    own: Slot,
    spread: Sequence[tuple[Slot, int]],
    *,
    by: Actor,
    now: datetime,
) -> Booking | Refusal:
    """Keep the places of a brigade and book `own` for who asks for them, all or nothing.

    Their own place is a visit like any other: it has no link, so nothing of it hangs on what others answer.
    """
    async with connection.begin_nested() as attempt:
        if not await brigades.make(connection, vault, brigade, spread, now=now):
            return Refusal.FULL
        booked = await appointments.book(connection, person, own, by=by, now=now)
        if isinstance(booked, Refusal) or not booked.is_new:
            await attempt.rollback()
            return booked if isinstance(booked, Refusal) else Refusal.SAME_DAY
    return booked.booking


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
