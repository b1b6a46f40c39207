"""Close a clinic for a day or some hours, or let it see fewer people: nobody who is booked loses their turn.

The clinic's row is locked first, as selling a place locks it: what is booked before is seen and told, and
nothing is booked behind its back. The first places are taken back at once, the rest within seconds by
`bot/closures.py`, which also finds what a kill or a race left, and days that the directory closes.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from care.booking import slots
from care.closing import all_day
from care.directory import Clinic, Closure, ClosureKind
from care.roles import Actor
from storage import closures, directory, displacing, fewer
from storage.displacing import Cause
from storage.people import random_id
from storage.schema import bookings as bookings_table
from storage.schema import closed_days
from storage.schema import closures as closures_table
from storage.shut_hours import Concerned, begun, counted, shut


async def close(
    connection: AsyncConnection,
    clinic: Clinic,
    closure: Closure,
    *,
    by: Actor,
    staff_id: int | None,
    now: datetime,
) -> bool:
    """Write a closure down and take the first places back; False when it is there already."""
    await closures.lock_clinic(connection, clinic.id)
    if closure.kind is ClosureKind.FEWER:
        ahead = [slot for slot in slots(clinic, closure.begins.date()) if slot.starts_at > now]
        closure = replace(closure, places=min(closure.places or 0, sum(slot.capacity for slot in ahead)))
    if not await closures.add(connection, clinic.id, closure, staff_id=staff_id, now=now):
        return False
    await displace(connection, clinic.id, closure, by=by, now=now)
    return True


async def displace(
    connection: AsyncConnection, clinic_id: int, closure: Closure, *, by: Actor, now: datetime
) -> int:
    """Take back what a closure leaves no room for, at most AT_ONCE places; return how many.

    The caller has locked the clinic.
    """
    clinic = await directory.clinic(connection, clinic_id, also_retired=True)
    if clinic is None:
        return 0
    cause = Cause(closure_id=closure.id, by=by, now=now)
    if closure.kind is ClosureKind.FEWER:
        return await fewer.make(connection, clinic, closure, cause)
    return await _displace(connection, clinic, shut(clinic_id, closure, now=now), cause)


async def concerned(
    connection: AsyncConnection, clinic: Clinic, closure: Closure, *, now: datetime
) -> Concerned:
    """Return whom a closure would concern."""
    if closure.kind is ClosureKind.FEWER:
        leaving = await fewer.concerned(connection, clinic, closure, now=now)
        visits, readers = await counted(connection, leaving)
        return Concerned(visits=visits, readers=readers)
    visits, readers = await counted(connection, shut(clinic.id, closure, now=now))
    left, _ = await counted(connection, begun(clinic.id, closure, now=now))
    return Concerned(visits=visits, readers=readers, begun=0 if closure.also_begun else left)


async def look(connection: AsyncConnection, *, now: datetime) -> Sequence[closures.Said]:
    """Return the closures that have still something to take back; changes nothing."""
    waiting = []
    for said in await closures.in_force(connection, now=now):
        if said.closure.kind is not ClosureKind.FEWER:
            statement = shut(said.clinic_id, said.closure, now=now).limit(1)
            if (await connection.execute(statement)).first() is not None:
                waiting.append(said)
        elif await fewer.room_to_take(connection, said.clinic_id, said.closure, now=now):
            waiting.append(said)
    return waiting


def said_to_be_shut() -> ColumnElement[bool]:
    """Match rows of bookings in hours of which a closure says that the clinic sees nobody."""
    return exists().where(
        closures_table.c.clinic_id == bookings_table.c.clinic_id,
        closures_table.c.kind != ClosureKind.FEWER.value,
        closures_table.c.undone_at.is_(None),
        closures_table.c.local_from <= bookings_table.c.local_start,
        closures_table.c.local_until > bookings_table.c.local_start,
    )


async def closed_by_the_directory(
    connection: AsyncConnection, *, now: datetime
) -> Sequence[tuple[int, date]]:
    """Return clinics with days on which the directory closes them, no closure says so, and people come."""
    same_day = and_(
        bookings_table.c.clinic_id == closed_days.c.clinic_id,
        bookings_table.c.local_day == cast(closed_days.c.day, String),
    )
    statement = (
        select(closed_days.c.clinic_id, closed_days.c.day)
        .join(bookings_table, same_day)
        .where(*displacing.standing(now=now), bookings_table.c.starts_at > now, ~said_to_be_shut())
        .distinct()
        .order_by(closed_days.c.day, closed_days.c.clinic_id)
    )
    return [(row.clinic_id, row.day) for row in (await connection.execute(statement)).all()]


async def close_by_the_directory(
    connection: AsyncConnection, clinic_id: int, day: date, *, now: datetime
) -> bool:
    """Write down that the directory closes a day on which people come, and take their places back."""
    await closures.lock_clinic(connection, clinic_id)  # another process may be about to say the same
    clinic = await directory.clinic(connection, clinic_id, also_retired=True)
    if clinic is None or (clinic_id, day) not in await closed_by_the_directory(connection, now=now):
        return False
    closure = all_day(day, closure_id=random_id(), kind=ClosureKind.CLOSED)
    return await close(connection, clinic, closure, by=Actor.JOB, staff_id=None, now=now)


async def _displace(connection: AsyncConnection, clinic: Clinic, statement: Select[Any], cause: Cause) -> int:
    """Take rows back, in the order of their times, and keep other places in the same order."""
    rows = await displacing.locked(connection, statement)
    gone = [row for row in rows if await displacing.take_back(connection, row, cause)]
    if gone:
        other = await displacing.elsewhere(connection, clinic, now=cause.now)
        for row in gone:
            await displacing.tell(connection, row, cause, other)
    return len(gone)
