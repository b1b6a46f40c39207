"""Take a place that was offered from the waiting list, beside the visits somebody has or instead of one."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from care.booking import Booking, Refusal, find_slot
from care.person import Person
from care.places import Use
from care.roles import Actor
from care.wait_notices import offer_key
from care.waiting_list import Wait
from storage import appointments, bookings, directory, displaced, due, offering, places, referrals, waits
from storage.places import Kept


async def take(
    connection: AsyncConnection,
    person: Person,
    wait: Wait,
    kept: Kept,
    *,
    instead: Booking | None = None,
    by: Actor = Actor.PERSON,
    now: datetime,
) -> Booking | Refusal:
    """Make the offered place the person's visit and end the wait; the same transaction frees `instead`.

    `instead` is a visit of theirs that the caller has locked. Refused: CLOSED when the clinic sees nobody
    then after all, else as `places.take` refuses; what they have stays as it was, and so does the offer.
    """
    clinic = await directory.clinic(connection, kept.clinic_id)
    if clinic is None or find_slot(clinic, kept.local) is None:
        return Refusal.CLOSED
    referral = await appointments.referral_for(connection, person, zone=kept.zone, now=now)
    async with connection.begin_nested() as attempt:
        if instead is not None:
            await bookings.cancel(connection, instead.id, now=now)
        taken = await places.take(
            connection,
            kept,
            person_id=person.id,
            referral_id=referral["id"],
            advice=instead.advice if instead is not None else referral["advice"],
            moved_from=instead.id if instead is not None else None,
            now=now,
        )
        if isinstance(taken, Refusal):
            await attempt.rollback()
            return taken
    await referrals.lock(connection, referral["id"])  # before the wait, as who cancels a visit does
    over = replace(wait, offered=None, offered_until=None, lapsed=0, ended_at=now)
    await waits.save(connection, over, was_offered=kept.id)
    await due.cancel(connection, key=offer_key(kept.id), now=now)
    await _settle(connection, person, wait, taken, moved=instead is not None, now=now)
    if instead is None:
        await appointments.begin(connection, referral, taken, by=by, now=now)
    else:
        await bookings.change(connection, taken.id, child_under_5=instead.child_under_5)
        await appointments.follow_move(connection, instead, taken, now=now)
    return taken


async def _settle(
    connection: AsyncConnection, person: Person, wait: Wait, taken: Booking, *, moved: bool, now: datetime
) -> None:
    """Let the place stand for the visit that the clinic cancelled, where they waited because of that."""
    if wait.lost_booking is None:
        return
    lost = await displaced.own(connection, wait.lost_booking, person.id, now=now, lock=True)
    if lost is not None and moved:
        await displaced.moved_another(connection, lost, now=now)
    elif lost is not None:
        await displaced.replace(connection, lost.booking, taken, now=now)


async def let_go(connection: AsyncConnection, after: Wait, kept: Kept, *, now: datetime) -> bool:
    """Give an offered place back, with the wait as it stands `after`, and offer the place to the next.

    Returns False when it was answered before.
    """
    await places.lock(connection, kept.id)
    if not await waits.save(connection, after, was_offered=kept.id):
        return False
    await due.cancel(connection, key=offer_key(kept.id), now=now)
    await places.give_back(connection, kept.id, Use.WAIT, now=now)
    await offering.freed(connection, kept.clinic_id, now=now)
    return True
