"""Close a clinic that left the directory to those who are booked there, and open it again when it is back.

It is a closure like any other (`storage.closing`), of all that can be booked: so people are told, and other
places are kept. Whoever waits for that clinic alone waits for any clinic of their city from then on.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.booking import AHEAD_DAYS, to_local
from care.closing_notices import waits_for_any
from care.directory import Closure, ClosureKind
from care.places import Use
from care.roles import Actor
from storage import closing, closures, directory, due, reopening
from storage.closures import Said
from storage.displacing import standing
from storage.people import random_id
from storage.schema import bookings, clinics, waits
from storage.schema import closures as closures_table


async def with_visits(connection: AsyncConnection, *, now: datetime) -> Sequence[int]:
    """Return the clinics that are not in the directory, and to which people would come; changes nothing."""
    statement = select(bookings.c.clinic_id).where(*_ahead(now=now)).distinct().order_by(bookings.c.clinic_id)
    return (await connection.execute(statement)).scalars().all()


async def visits_ahead(connection: AsyncConnection, *, now: datetime) -> int:
    """Return how many visits of people and their children are still to be taken back because of that."""
    of_people = bookings.c.use.in_([Use.VISIT.value, Use.CHILD.value])
    statement = select(func.count()).select_from(bookings).where(*_ahead(now=now), of_people)
    return int((await connection.execute(statement)).scalar_one())


async def close(connection: AsyncConnection, clinic_id: int, *, now: datetime) -> bool:
    """Write down that a clinic is gone, and take back the first places; False when that was done before."""
    await closures.lock_clinic(connection, clinic_id)  # another process may be about to say the same
    clinic = await directory.clinic(connection, clinic_id, also_retired=True)
    if clinic is None or clinic_id not in await with_visits(connection, now=now):
        return False
    local = to_local(now, clinic.timezone).replace(second=0, microsecond=0)
    beyond = local.date() + timedelta(days=AHEAD_DAYS + 1)
    gone = Closure(id=random_id(), kind=ClosureKind.GONE, begins=local, ends=datetime.combine(beyond, time()))
    return await closing.close(connection, clinic, gone, by=Actor.JOB, staff_id=None, now=now)


async def returned(connection: AsyncConnection, *, now: datetime) -> Sequence[Said]:
    """Return the closures of clinics that are in the directory again; changes nothing."""
    gone = closures_table.c.kind == ClosureKind.GONE.value, closures_table.c.undone_at.is_(None)
    back = select(closures_table.c.id).join(clinics).where(*gone, clinics.c.retired_at.is_(None))
    ids = set((await connection.execute(back)).scalars())
    in_force = await closures.in_force(connection, now=now) if ids else ()
    return [one for one in in_force if one.closure.id in ids]


async def open_again(connection: AsyncConnection, said: Said, *, now: datetime) -> None:
    """Give people their visits back, unless they chose otherwise."""
    await reopening.undo(connection, said, by=Actor.JOB, now=now)


async def waited_for(connection: AsyncConnection) -> bool:
    """Return whether anybody waits for a clinic that is not in the directory; changes nothing."""
    statement = select(waits.c.id).join(clinics).where(*_in_vain())
    return (await connection.execute(statement.limit(1))).first() is not None


async def let_wait_for_any(connection: AsyncConnection, *, now: datetime) -> None:
    """Let those who wait for such a clinic wait for any, in their turn, and tell them."""
    gone = select(clinics.c.id).where(clinics.c.retired_at.is_not(None))
    wider = (
        update(waits)
        .where(waits.c.ended_at.is_(None), waits.c.clinic_id.in_(gone))
        .values(clinic_id=None, sooner_than=None)
        .returning(waits.c.id, waits.c.person_id)
    )
    for row in (await connection.execute(wider)).all():
        await due.schedule(connection, waits_for_any(row.id, row.person_id, now=now), now=now)


def _ahead(*, now: datetime) -> list[ColumnElement[bool]]:
    gone = exists().where(clinics.c.id == bookings.c.clinic_id, clinics.c.retired_at.is_not(None))
    return [gone, *standing(now=now), bookings.c.starts_at > now, ~closing.said_to_be_shut()]


def _in_vain() -> tuple[ColumnElement[bool], ...]:
    return waits.c.ended_at.is_(None), clinics.c.retired_at.is_not(None)
