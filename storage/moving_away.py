"""Let follow what follows when a person has left: the episode ends, and so does what waited for them here."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.referral import State
from care.roles import Actor
from care.tasks import Kind
from storage import appointments, bookings, referrals
from storage.schema import relays, tasks, waits

_OF_A_TALK = (Kind.TALK.value, Kind.STOPPING.value)


async def leave(connection: AsyncConnection, person_id: int, *, by: Actor, now: datetime) -> bool:
    """End a person's episode because they have left; return whether one was open and ended.

    Visits ahead are cancelled with all that hangs on them (reminders, company), tasks about them are closed.
    A talk goes on: whoever waits for a word still gets it. So do reminders that the person asked for
    themselves. A later booking opens a new episode.
    """
    for booking in await bookings.upcoming(connection, person_id, now=now):
        locked = await bookings.lock_own(connection, booking.id, person_id)
        if locked is not None:
            await appointments.cancel(connection, locked, by=by, now=now)
    await _wait_no_more(connection, person_id, now=now)
    await _close_tasks(connection, person_id, now=now)
    referral = await referrals.of(connection, person_id)
    if referral is None:
        return False
    return await referrals.move(connection, referral, State.MOVED_AWAY, by=by, now=now) is None


async def _close_tasks(connection: AsyncConnection, person_id: int, *, now: datetime) -> None:
    """Close what was to be done here, by nobody; a talk that goes on keeps its task."""
    talks = select(relays.c.id).where(relays.c.person_id == person_id, relays.c.closed_at.is_(None))
    goes_on = (await connection.execute(talks)).first() is not None
    ours = [tasks.c.person_id == person_id, tasks.c.done_at.is_(None)]
    if goes_on:
        ours.append(tasks.c.kind.not_in(_OF_A_TALK))
    await connection.execute(update(tasks).where(*ours).values(done_at=now, contact=None))


async def _wait_no_more(connection: AsyncConnection, person_id: int, *, now: datetime) -> None:
    """End the wait for a free place; one that is offered just now is given back when its time is over."""
    waiting = waits.c.person_id == person_id, waits.c.ended_at.is_(None)
    await connection.execute(update(waits).where(*waiting).values(ended_at=now))
