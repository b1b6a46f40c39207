"""Look every few seconds what closures have still to take back, and which kept places nobody wanted."""

from datetime import datetime, timedelta

from care.roles import Actor
from storage import closing, closures, displaced, reopening, retired
from storage.closures import Said
from storage.displacing import AT_ONCE
from storage.engine import Database

EVERY = timedelta(seconds=5)  # whoever is booked should not wait to hear; nothing to do is a short look


async def look(database: Database, *, now: datetime) -> None:
    """Finish what was begun, close what the directory closes, give back what lapsed.

    Where there is nothing of that it is a short look without a lock. What a killed program left is found.
    """
    await _give_back(database, now=now)
    await _by_the_directory(database, now=now)
    await _retired(database, now=now)
    async with database.reading() as store:
        waiting = await closing.look(store, now=now)
        undone = await reopening.look(store)
    for closure_id in undone:
        while await _follow(database, closure_id, now=now) >= AT_ONCE:
            pass
    for said in waiting:
        while await _displace(database, said, now=now) >= AT_ONCE:
            pass


async def _give_back(database: Database, *, now: datetime) -> None:
    async with database.reading() as store:
        lapsed = await displaced.lapsed(store, now=now)
    if lapsed:
        async with database.writing() as store:
            for kept in lapsed:
                await displaced.lapse(store, kept, now=now)


async def _by_the_directory(database: Database, *, now: datetime) -> None:
    async with database.reading() as store:
        days = await closing.closed_by_the_directory(store, now=now)
    for clinic_id, day in days:
        async with database.writing() as store:
            await closing.close_by_the_directory(store, clinic_id, day, now=now)


async def _retired(database: Database, *, now: datetime) -> None:
    """Close what left the directory, and open what is back in it."""
    async with database.reading() as store:
        gone, back = await retired.with_visits(store, now=now), await retired.returned(store, now=now)
        waited_for = await retired.waited_for(store)
    for clinic_id in gone:
        async with database.writing() as store:
            await retired.close(store, clinic_id, now=now)
    for said in back:
        async with database.writing() as store:
            await retired.open_again(store, said, now=now)
    if waited_for:
        async with database.writing() as store:
            await retired.let_wait_for_any(store, now=now)


async def _follow(database: Database, closure_id: int, *, now: datetime) -> int:
    """Plan what follows from some visits that came back, and return of how many."""
    async with database.writing() as store:
        return await reopening.follow(store, closure_id, by=Actor.JOB, now=now)


async def _displace(database: Database, said: Said, *, now: datetime) -> int:
    """Take some places back in a transaction of their own, and return how many."""
    async with database.writing() as store:
        await closures.lock_clinic(store, said.clinic_id)
        current = await closures.by_id(store, said.closure.id, None)
        if current is None or current.undone:
            return 0
        return await closing.displace(store, said.clinic_id, said.closure, by=Actor.JOB, now=now)
