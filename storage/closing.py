"""Close a clinic for a day or some hours, or let it see fewer people: nobody who is booked loses their turn.

The clinic's row is locked first, as selling a place locks it: what is booked before is seen and told, and
nothing is booked behind its back. The first places are taken back at once, the rest within seconds by
`bot/closures.py`, which also finds what a kill or a race left, and days that the directory closes.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, Select, String, and_, cast, exists, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from care.booking import slots
from care.closing import all_day
from care.directory import Clinic, Closure, ClosureKind
from care.places import Use
from care.roles import Actor
from storage import bookings, closures, directory, displacing, places
from storage.displacing import OF_PEOPLE, Cause
from storage.people import random_id
from storage.schema import bookings as bookings_table
from storage.schema import closed_days
from storage.schema import closures as closures_table
from storage.selling import written


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
        return await _make_fewer(connection, clinic, closure, cause)
    statement = _in_hours(clinic_id, closure.begins, closure.ends, now=now)
    return await _displace(connection, clinic, statement, cause)


async def concerned(connection: AsyncConnection, clinic: Clinic, closure: Closure, *, now: datetime) -> int:
    """Return how many people would lose their place."""
    if closure.kind is ClosureKind.FEWER:
        missing = await _missing(connection, clinic, closure, now=now)
        return max(0, min(missing, await _count(connection, clinic.id, closure, now=now)))
    return await _count(connection, clinic.id, closure, now=now)


async def look(connection: AsyncConnection, *, now: datetime) -> Sequence[closures.Said]:
    """Return the closures that have still something to take back; changes nothing."""
    waiting = []
    for said in await closures.in_force(connection, now=now):
        if said.closure.kind is not ClosureKind.FEWER:
            statement = _in_hours(said.clinic_id, said.closure.begins, said.closure.ends, now=now).limit(1)
            if (await connection.execute(statement)).first() is not None:
                waiting.append(said)
        elif await _room_to_take(connection, said, now=now):
            waiting.append(said)
    return waiting


async def closed_by_the_directory(
    connection: AsyncConnection, *, now: datetime
) -> Sequence[tuple[int, date]]:
    """Return clinics with days on which the directory closes them, no closure says so, and people come."""
    said = exists().where(
        closures_table.c.clinic_id == bookings_table.c.clinic_id,
        closures_table.c.kind != ClosureKind.FEWER.value,
        closures_table.c.undone_at.is_(None),
        closures_table.c.local_from <= bookings_table.c.local_start,
        closures_table.c.local_until > bookings_table.c.local_start,
    )
    same_day = and_(
        bookings_table.c.clinic_id == closed_days.c.clinic_id,
        bookings_table.c.local_day == cast(closed_days.c.day, String),
    )
    statement = (
        select(closed_days.c.clinic_id, closed_days.c.day)
        .join(bookings_table, same_day)
        .where(*displacing.standing(now=now), bookings_table.c.starts_at > now, ~said)
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


def _in_hours(clinic_id: int, begins: datetime, ends: datetime, *, now: datetime) -> Select[Any]:
    return (
        select(bookings_table)
        .where(
            bookings_table.c.clinic_id == clinic_id,
            bookings_table.c.local_day.between(begins.date().isoformat(), ends.date().isoformat()),
            bookings_table.c.local_start >= written(begins),
            bookings_table.c.local_start < written(ends),
            *displacing.standing(now=now),
        )
        .order_by(bookings_table.c.local_start, bookings_table.c.created_at, bookings_table.c.id)
    )


async def _count(connection: AsyncConnection, clinic_id: int, closure: Closure, *, now: datetime) -> int:
    found = _in_hours(clinic_id, closure.begins, closure.ends, now=now).order_by(None).subquery()
    of_people = found.c.use.in_([use.value for use in OF_PEOPLE])
    statement = select(func.count()).select_from(found).where(of_people)
    return int((await connection.execute(statement)).scalar_one())


async def _displace(connection: AsyncConnection, clinic: Clinic, statement: Select[Any], cause: Cause) -> int:
    """Take rows back, in the order of their times, and keep other places in the same order."""
    rows = await displacing.locked(connection, statement)
    gone = [row for row in rows if await displacing.take_back(connection, row, cause)]
    if gone:
        other = await displacing.elsewhere(connection, clinic, now=cause.now)
        for row in gone:
            await displacing.tell(connection, row, cause, other)
    return len(gone)


async def _make_fewer(connection: AsyncConnection, clinic: Clinic, closure: Closure, cause: Cause) -> int:
    """Block free places of the day, the latest first; where they do not do, those of who booked last."""
    missing = (closure.places or 0) - await _blocked(connection, closure.id)
    missing -= await _block_free(connection, clinic, closure, missing, now=cause.now)
    if missing <= 0:
        return 0
    newest = (
        _in_hours(clinic.id, closure.begins, closure.ends, now=cause.now)
        .where(bookings_table.c.starts_at > cause.now)
        .order_by(None)
        .order_by(bookings_table.c.created_at.desc(), bookings_table.c.id)
    )
    rows = await displacing.locked(connection, newest, limit=missing)
    gone = [row for row in rows if await displacing.take_back(connection, row, cause)]
    for row in gone:
        await _block(connection, row, closure.id, now=cause.now)
    if gone:
        other = await displacing.elsewhere(connection, clinic, now=cause.now)
        for row in sorted(gone, key=lambda one: (one["starts_at"], one["created_at"], one["id"])):
            await displacing.tell(connection, row, cause, other)
    return len(gone)


async def _block_free(
    connection: AsyncConnection, clinic: Clinic, closure: Closure, most: int, *, now: datetime
) -> int:
    done, day = 0, closure.begins.date()
    taken = await bookings.taken(connection, clinic.id, day, day)
    for slot in reversed(slots(clinic, day, taken)):
        for _ in range(slot.free if slot.starts_at > now else 0):
            if done >= most:
                return done
            kept = await places.keep(
                connection, slot, use=Use.BLOCKED, use_id=closure.id, until=None, now=now
            )
            done += kept is not None
    return done


async def _block(connection: AsyncConnection, row: RowMapping, closure_id: int, *, now: datetime) -> None:
    """Put nobody where somebody was: the place is free only within this transaction."""
    same = ("clinic_id", "starts_at", "local_start", "local_day", "zone", "place")
    await connection.execute(
        insert(bookings_table).values(
            id=random_id(),
            use=Use.BLOCKED.value,
            use_id=closure_id,
            created_at=now,
            **{name: row[name] for name in same},
        )
    )


async def _blocked(connection: AsyncConnection, closure_id: int) -> int:
    statement = select(func.count()).where(
        bookings_table.c.use == Use.BLOCKED.value,
        bookings_table.c.use_id == closure_id,
        bookings_table.c.cancelled_at.is_(None),
    )
    return int((await connection.execute(statement)).scalar_one())


async def _missing(connection: AsyncConnection, clinic: Clinic, closure: Closure, *, now: datetime) -> int:
    """Return how many places are not blocked yet and could not be blocked without displacing somebody."""
    day = closure.begins.date()
    taken = await bookings.taken(connection, clinic.id, day, day)
    free = sum(slot.free for slot in slots(clinic, day, taken) if slot.starts_at > now)
    return (closure.places or 0) - await _blocked(connection, closure.id) - free


async def _room_to_take(connection: AsyncConnection, said: closures.Said, *, now: datetime) -> bool:
    """Return whether fewer people than were said are missing, and there is a place to take back."""
    closure = said.closure
    if (closure.places or 0) <= await _blocked(connection, closure.id):
        return False
    clinic = await directory.clinic(connection, said.clinic_id, also_retired=True)
    if clinic is None:
        return False
    day = closure.begins.date()
    taken = await bookings.taken(connection, clinic.id, day, day)
    if any(slot.free and slot.starts_at > now for slot in slots(clinic, day, taken)):
        return True
    rows = _in_hours(clinic.id, closure.begins, closure.ends, now=now)
    ahead = rows.where(bookings_table.c.starts_at > now).limit(1)
    return (await connection.execute(ahead)).first() is not None
