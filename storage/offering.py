"""Offer places that became free to those who wait: one at a time, in the transaction that frees them.

Whoever cancels or moves a visit, lets an offer go or is forgotten frees a place, and `freed` keeps it at once
for who is first: nobody else sees it free in between. What becomes free in other ways (a clinic that opens
again, new hours in the directory, a place given back by a brigade) is offered by `advance`, a job.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from care.booking import Booking, find_slot
from care.directory import Clinic
from care.offer_round import Chance, offers
from care.outcomes import Kind as Outcome
from care.places import Use
from care.roles import Actor
from care.wait_notices import ended, offer_key, offered
from care.waiting_list import End, Wait, found_one, is_over, lapsed, standing, start_key, suits
from storage import due, outcomes, places, referrals, waiters, waits
from storage.due import State
from storage.locking import PLACES, try_until_commit
from storage.places import Kept
from storage.schema import due as due_table

_NOT_TOLD = frozenset({State.PENDING.value, State.EXPIRED.value, State.FAILED.value})


async def anything_to_do(connection: AsyncConnection, *, now: datetime) -> bool:
    """Return whether an offer is over, a wait ends or a place can be offered: a look without a lock."""
    if not await waits.anybody(connection):
        return False
    if await places.overdue(connection, now=now, uses=[Use.WAIT]):
        return True
    clinics = await waiters.clinics_of(connection)
    waiting = await waiters.reachable(connection, clinics, now=now)
    if any(is_over(one.wait, now=now) or found_one(one) for one in waiting):
        return True
    if await _untenable(connection, clinics):
        return True
    free = await waiters.free(connection, clinics, waiting, now=now)
    return next(offers(free, waiting, now=now), None) is not None


async def advance(connection: AsyncConnection, *, now: datetime) -> None:
    """Give back what nobody took in time, end waits that are over, and offer what is free.

    One round at a time, so that the order holds: where another process does it at this moment, it is left to
    that one, and to the next time while a clinic closes.
    """
    if not await try_until_commit(connection, PLACES):
        return
    clinics = await waiters.clinics_of(connection)
    for kept in await places.overdue(connection, now=now, uses=[Use.WAIT]):
        await _lapse(connection, kept, now=now)
    await _take_back(connection, clinics, now=now)
    for one in await waiters.reachable(connection, clinics, now=now):
        if found_one(one):
            await end(connection, one.wait, End.BOOKED, now=now)
        elif is_over(one.wait, now=now):
            await end(connection, one.wait, End.OVER, now=now)
    await _offer_all(connection, clinics, now=now)


async def freed(connection: AsyncConnection, clinic_id: int, *, now: datetime) -> None:
    """Offer what is free at a clinic to those who wait for it, where a place just became free there.

    Where somebody else makes offers or closes a clinic at this moment the job does it a little later: nobody
    waits for a lock while holding another.
    """
    if await waits.anybody(connection) and await try_until_commit(connection, PLACES):
        await _offer_all(connection, await waiters.clinics_of(connection, clinic_id), now=now)


async def visit_freed(connection: AsyncConnection, visit: Booking, *, now: datetime) -> None:
    """Offer the place of a visit that was cancelled or moved, but not to who just let it go."""
    own = await waits.of(connection, visit.person_id)
    if own is not None:
        refused = replace(own, refused=own.refused | {start_key(visit)})
        await waits.save(connection, refused, was_offered=own.offered)
    await freed(connection, visit.clinic_id, now=now)


async def visit_booked(connection: AsyncConnection, visit: Booking, *, now: datetime) -> bool:
    """End the wait of who booked what they wait for; return whether they still wait for something else."""
    wait = await waits.of(connection, visit.person_id)
    if wait is None:
        return False
    if not suits(standing(wait, now=now), visit):
        return True
    kept = await places.by_id(connection, wait.offered, Use.WAIT, wait.id) if wait.offered else None
    if await end(connection, wait, End.BOOKED, now=now) and kept is not None:
        await freed(connection, kept.clinic_id, now=now)
    return False


async def end(
    connection: AsyncConnection, wait: Wait, why: End, *, now: datetime, by: Actor = Actor.JOB
) -> bool:
    """End a wait and give back what is kept for it; return False when it was over before.

    The outcome is recorded here where the program ends it by itself, else by the conversation.
    """
    over = replace(wait, offered=None, offered_until=None, ended_at=now)
    await places.lock(connection, wait.offered)
    if not await waits.save(connection, over, was_offered=wait.offered):
        return False
    if wait.offered is not None:
        await due.cancel(connection, key=offer_key(wait.offered), now=now)
        await places.give_back(connection, wait.offered, Use.WAIT, now=now)
    if why in {End.LAPSED, End.OVER}:
        await due.schedule(connection, ended(wait, why, now=now), now=now)
    if by is Actor.JOB:
        await _record(connection, Outcome.WAIT_ENDED, wait, now=now, detail=why.value)
    return True


async def taken_over(connection: AsyncConnection, old_id: int, person_id: int, *, now: datetime) -> None:
    """Let a person wait in the turn of the record that becomes theirs, for what they wished themselves."""
    theirs, own = await waits.of(connection, old_id), await waits.of(connection, person_id)
    if theirs is not None and own is not None:
        await end(connection, theirs, End.STOPPED, now=now)
        await waits.join(connection, theirs, own)
    await waits.give_to(connection, old_id, person_id)


async def _offer_all(connection: AsyncConnection, clinics: Sequence[Clinic], *, now: datetime) -> None:
    waiting = await waiters.reachable(connection, clinics, now=now)
    free = await waiters.free(connection, clinics, waiting, now=now)
    for chance in list(offers(free, waiting, now=now)):
        await _offer(connection, chance, now=now)


async def _offer(connection: AsyncConnection, chance: Chance, *, now: datetime) -> None:
    """Keep the place and plan the message; nothing happens when the place is gone or the wait is over."""
    wait = chance.waiter.wait
    kept = await places.keep(
        connection, chance.slot, use=Use.WAIT, use_id=wait.id, until=chance.until, now=now
    )
    if kept is None:
        return
    if not await waits.offer(connection, wait.id, kept.id, until=chance.until):
        await places.give_back(connection, kept.id, Use.WAIT, now=now)
        return
    await due.schedule(connection, offered(chance, kept.id), now=now)
    await _record(connection, Outcome.WAIT_OFFERED, wait, now=now, clinic_id=kept.clinic_id)


async def _lapse(connection: AsyncConnection, kept: Kept, *, now: datetime) -> None:
    """Give a place back that was not answered in time; the third such offer in a row ends the wait."""
    if not await places.give_back(connection, kept.id, Use.WAIT, now=now):
        return  # taken at the last moment
    wait = await waits.by_id(connection, kept.use_id) if kept.use_id is not None else None
    if wait is None or wait.offered != kept.id or wait.ended_at is not None:
        return
    after = lapsed(wait, kept, told=await _told(connection, kept.id), now=now)
    await due.cancel(connection, key=offer_key(kept.id), now=now)
    if not await waits.save(connection, replace(after, ended_at=None), was_offered=kept.id):
        return
    await _record(connection, Outcome.WAIT_LAPSED, wait, now=now, clinic_id=kept.clinic_id)
    if after.ended_at is not None:
        await end(connection, replace(after, ended_at=None), End.LAPSED, now=now)


async def _take_back(connection: AsyncConnection, clinics: Sequence[Clinic], *, now: datetime) -> None:
    """Take back offers that do not hold any more: nobody is to blame, so nothing is counted."""
    for wait in await _untenable(connection, clinics):
        after = replace(wait, offered=None, offered_until=None)
        await places.lock(connection, wait.offered)
        if wait.offered is not None and await waits.save(connection, after, was_offered=wait.offered):
            await places.give_back(connection, wait.offered, Use.WAIT, now=now)
            await due.cancel(connection, key=offer_key(wait.offered), now=now)


async def _untenable(connection: AsyncConnection, clinics: Sequence[Clinic]) -> list[Wait]:
    """Return whose offer does not hold any more.

    They cannot be reached, the place is not kept any more, or the clinic sees nobody then after all.
    """
    away, by_id = await waiters.blocked(connection), {clinic.id: clinic for clinic in clinics}
    found = []
    for wait in await waits.all_offered(connection):
        kept = await places.by_id(connection, wait.offered or 0, Use.WAIT, wait.id)
        clinic = by_id.get(kept.clinic_id) if kept is not None else None
        holds = kept is not None and clinic is not None and find_slot(clinic, kept.local) is not None
        if not holds or wait.person_id in away:
            found.append(wait)
    return found


async def _told(connection: AsyncConnection, booking_id: int) -> bool:
    """Return whether an offer may have reached whom it was for."""
    statement = select(func.count()).where(
        due_table.c.key == offer_key(booking_id), due_table.c.state.in_(_NOT_TOLD)
    )
    return (await connection.execute(statement)).scalar_one() == 0


async def _record(
    connection: AsyncConnection,
    kind: Outcome,
    wait: Wait,
    *,
    now: datetime,
    clinic_id: int | None = None,
    detail: str | None = None,
) -> None:
    about = await referrals.episode_of(connection, wait.person_id)
    await outcomes.append(
        connection, kind, now=now, role=Actor.JOB, about=about, clinic_id=clinic_id, detail=detail
    )
