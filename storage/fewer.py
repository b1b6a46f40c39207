"""Let a clinic see fewer people on a day: free places are blocked first, then those of who booked last.

Who comes together goes or stays together (`care.closing.leaving`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from care.booking import slots
from care.closing import Taken, leaving
from care.directory import Clinic, Closure
from care.places import Use
from storage import bookings, directory, displacing, places
from storage.displacing import Cause
from storage.people import random_id
from storage.schema import bookings as table
from storage.shut_hours import in_hours


async def make(connection: AsyncConnection, clinic: Clinic, closure: Closure, cause: Cause) -> int:
    """Block free places of the day, the latest first; where they do not do, those of who booked last.

    Return how many places were taken back. The caller has locked the clinic.
    """
    missing = (closure.places or 0) - await _blocked(connection, closure.id)
    missing -= await _block_free(connection, clinic, closure, missing, now=cause.now)
    if missing <= 0:
        return 0
    rows = await _locked(connection, clinic.id, closure, missing, now=cause.now)
    children_first = sorted(rows, key=lambda row: row["use"] != Use.CHILD)  # else they go with the adult's
    gone = [row for row in children_first if await displacing.take_back(connection, row, cause)]
    for row in gone[:missing]:
        await _block(connection, row, closure.id, now=cause.now)
    if gone:
        other = await displacing.elsewhere(connection, clinic, now=cause.now)
        for row in sorted(gone, key=lambda one: (one["starts_at"], one["created_at"], one["id"])):
            await displacing.tell(connection, row, cause, other)
    return len(gone)


async def concerned(
    connection: AsyncConnection, clinic: Clinic, closure: Closure, *, now: datetime
) -> Select[Any]:
    """Select the places that would be taken back."""
    day = closure.begins.date()
    taken = await bookings.taken(connection, clinic.id, day, day)
    free = sum(slot.free for slot in slots(clinic, day, taken) if slot.starts_at > now)
    missing = (closure.places or 0) - await _blocked(connection, closure.id) - free
    families = await _leaving(connection, clinic.id, closure, missing, now=now)
    return select(table).where(table.c.id.in_([one for family in families for one in family]))


async def room_to_take(
    connection: AsyncConnection, clinic_id: int, closure: Closure, *, now: datetime
) -> bool:
    """Return whether fewer people than were said are missing, and there is a place to take back."""
    if (closure.places or 0) <= await _blocked(connection, closure.id):
        return False
    clinic = await directory.clinic(connection, clinic_id, also_retired=True)
    if clinic is None:
        return False
    day = closure.begins.date()
    taken = await bookings.taken(connection, clinic.id, day, day)
    if any(slot.free and slot.starts_at > now for slot in slots(clinic, day, taken)):
        return True
    ahead = _ahead(clinic_id, closure, now=now).limit(1)
    return (await connection.execute(ahead)).first() is not None


async def _locked(
    connection: AsyncConnection, clinic_id: int, closure: Closure, missing: int, *, now: datetime
) -> list[RowMapping]:
    """Return the rows of those who go, in order to change them; a family with one busy row stays for now."""
    families = await _leaving(connection, clinic_id, closure, missing, now=now)
    ids = [one for family in families for one in family]
    rows = await displacing.locked(connection, _ahead(clinic_id, closure, now=now).where(table.c.id.in_(ids)))
    there = {row["id"] for row in rows}
    whole = {one for family in families if there.issuperset(family) for one in family}
    return [row for row in rows if row["id"] in whole]


async def _leaving(
    connection: AsyncConnection, clinic_id: int, closure: Closure, missing: int, *, now: datetime
) -> Sequence[Sequence[int]]:
    rows = (await connection.execute(_ahead(clinic_id, closure, now=now))).mappings().all()
    return leaving([_taken(row) for row in rows], missing)


def _taken(row: RowMapping) -> Taken:
    with_whom = row["use_id"] if row["use"] == Use.CHILD else None
    return Taken(id=row["id"], family=with_whom or row["id"], made_at=row["created_at"])


def _ahead(clinic_id: int, closure: Closure, *, now: datetime) -> Select[Any]:
    return in_hours(clinic_id, closure, now=now).where(table.c.starts_at > now)


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
        insert(table).values(
            id=random_id(),
            use=Use.BLOCKED.value,
            use_id=closure_id,
            created_at=now,
            **{name: row[name] for name in same},
        )
    )


async def _blocked(connection: AsyncConnection, closure_id: int) -> int:
    statement = select(func.count()).where(
        table.c.use == Use.BLOCKED.value,
        table.c.use_id == closure_id,
        table.c.cancelled_at.is_(None),
    )
    return int((await connection.execute(statement)).scalar_one())
