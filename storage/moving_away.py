"""Let follow what follows when a person has left: the episode ends, and so does what waited for them here.

Whoever is staying after all takes that end back.
"""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.referral import Refusal, State
from care.roles import Actor
from care.tasks import Kind
from care.waiting_list import End
from storage import (
    appointments,
    bookings,
    brigades,
    care_visits,
    displaced,
    locking,
    offering,
    referrals,
    waits,
)
from storage.schema import relays, tasks

_OF_A_TALK = (Kind.TALK.value, Kind.STOPPING.value)


async def leave(
    connection: AsyncConnection,
    person_id: int,
    *,
    by: Actor,
    now: datetime,
    left_on: datetime | None = None,
    goes_on: bool = False,
) -> bool:
    """End a person's episode because they have left; return whether one was open and ended.

    Visits ahead are cancelled with all that hangs on them (reminders, company, children), tasks about them
    are closed, and what is kept for them, or by them for others, is given back. Visits that they noted
    themselves until `left_on` (aware; None: now) were here, and are not reminded of any more. A talk goes on:
    whoever waits for a word still gets it. So does their plan of reminders, and their wish for help there,
    unless they go on (`goes_on`). A later booking opens a new episode.
    """
    await locking.all_visits_of(connection, person_id)  # first of all: a clinic may open again, or close
    ahead = await bookings.upcoming(connection, person_id, now=now)
    await wait_no_more(connection, person_id, by=by, now=now)  # else the freed places are offered to them
    for lost in await displaced.open_of(connection, person_id, now=now):
        await displaced.decline(connection, lost, now=now)
    for brigade in await brigades.open_of(connection, person_id, now=now):
        if brigade.staff_id is None:  # what a member of the team keeps is their work
            await brigades.end(connection, brigade.id, now=now)
    if not goes_on:
        await care_visits.cancel_noted(connection, person_id, until=left_on or now, now=now)
    for visit in ahead:
        await appointments.cancel(connection, visit, by=by, now=now)
    await close_tasks(connection, person_id, goes_on=goes_on, now=now)
    referral = await referrals.of(connection, person_id)
    if referral is None:
        return False
    # whatever is open may end so: refused is only what somebody else ended at this moment
    return await referrals.move(connection, referral, State.MOVED_AWAY, by=by, now=now) is None


async def stay(connection: AsyncConnection, person_id: int, *, by: Actor, now: datetime) -> Refusal | None:
    """Let the episode that ended because a person left go on where it stood; return why it does not, or None.

    Visits that were cancelled stay so. Whoever has left longer ago, or has begun the next episode, goes on
    with that one.
    """
    ended = await referrals.ended_of(connection, person_id)
    if ended is None or ended["state"] not in {State.MOVED_AWAY, State.COMPLETED}:
        return Refusal.OVER
    return await referrals.take_up(connection, ended, by=by, now=now)


async def close_tasks(connection: AsyncConnection, person_id: int, *, goes_on: bool, now: datetime) -> None:
    """Close what was to be done here, by nobody; a talk that goes on keeps its task."""
    talks = select(relays.c.id).where(relays.c.person_id == person_id, relays.c.closed_at.is_(None))
    talking = (await connection.execute(talks)).first() is not None
    stay = [*(_OF_A_TALK if talking else ()), *(() if goes_on else (Kind.ABROAD.value,))]
    ours = [tasks.c.person_id == person_id, tasks.c.done_at.is_(None), tasks.c.kind.not_in(stay)]
    await connection.execute(update(tasks).where(*ours).values(done_at=now, contact=None))


async def wait_no_more(connection: AsyncConnection, person_id: int, *, by: Actor, now: datetime) -> None:
    """End the wait for a free place, and give back the one that is offered just now."""
    wait = await waits.of(connection, person_id)
    if wait is not None:
        await offering.end(connection, wait, End.STOPPED, by=by, now=now)
