"""Keep what clinics said of days and hours: nobody is seen, or fewer people."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import RowMapping, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from care.directory import Closure, ClosureKind
from care.places import Use
from storage import locking
from storage.schema import bookings, clinics, closures
from storage.selling import written

A_DAY = timedelta(days=1)  # zones differ by less from UTC, in which the store is asked
_LOST = bookings.alias("lost")
_INSTEAD = select(_LOST.c.person_id).where(
    bookings.c.use == Use.DISPLACED.value, _LOST.c.id == bookings.c.use_id
)
_READER = func.coalesce(bookings.c.person_id, bookings.c.guardian_id, _INSTEAD.scalar_subquery())
_TOLD = func.count(_READER.distinct())


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A closure with whose it is."""

    closure: Closure
    clinic_id: int
    undone: bool = False
    people: int = 0  # who are told that they, or children of theirs, lost a place through it


async def lock_clinic(connection: AsyncConnection, clinic_id: int) -> None:
    """Let nobody sell a place of the clinic until the transaction ends (SQLite has one writer anyway).

    One clinic closes at a time: who keeps places elsewhere for those who lost theirs would else wait for who
    closes there, and that one for us. Rows that only name the clinic are not held up (FOR NO KEY UPDATE).
    """
    await locking.hold_until_commit(connection, locking.PLACES)
    locked = select(clinics.c.id).where(clinics.c.id == clinic_id).with_for_update(key_share=True)
    await connection.execute(locked)


async def add(
    connection: AsyncConnection, clinic_id: int, closure: Closure, *, staff_id: int | None, now: datetime
) -> bool:
    """Write a closure down; False when one with its id is there: the button was pressed twice."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = (
        insert(closures)
        .values(
            id=closure.id,
            clinic_id=clinic_id,
            kind=closure.kind.value,
            local_from=written(closure.begins),
            local_until=written(closure.ends),
            places=closure.places,
            also_begun=closure.also_begun,
            staff_id=staff_id,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=[closures.c.id])
        .returning(closures.c.id)
    )
    return (await connection.execute(statement)).first() is not None


async def by_id(
    connection: AsyncConnection, closure_id: int, clinic_ids: Collection[int] | None
) -> Said | None:
    """Return a closure of one of these clinics (None: of any), also one that was undone."""
    statement = select(closures).where(closures.c.id == closure_id)
    if clinic_ids is not None:
        statement = statement.where(closures.c.clinic_id.in_(list(clinic_ids)))
    row = (await connection.execute(statement)).mappings().one_or_none()
    return from_row(row, people=await _people(connection, closure_id)) if row is not None else None


async def in_force(
    connection: AsyncConnection, *, now: datetime, clinic_id: int | None = None
) -> Sequence[Said]:
    """Return what is not over on any clock and was not undone, soonest first; of one clinic or of all."""
    people = select(_TOLD).where(bookings.c.closure_id == closures.c.id).scalar_subquery()
    over = written((now - A_DAY).replace(tzinfo=None))
    statement = (
        select(closures, people.label("people"))
        .where(closures.c.undone_at.is_(None), closures.c.local_until > over)
        .order_by(closures.c.local_from, closures.c.id)
    )
    if clinic_id is not None:
        statement = statement.where(closures.c.clinic_id == clinic_id)
    rows = (await connection.execute(statement)).mappings()
    return [from_row(row, people=row["people"]) for row in rows]


async def undo(connection: AsyncConnection, closure_id: int, *, now: datetime) -> bool:
    """Let a closure be of no force any more; False when that was so."""
    statement = (
        update(closures)
        .where(closures.c.id == closure_id, closures.c.undone_at.is_(None))
        .values(undone_at=now)
    )
    return (await connection.execute(statement)).rowcount == 1


async def _people(connection: AsyncConnection, closure_id: int) -> int:
    statement = select(_TOLD).where(bookings.c.closure_id == closure_id)
    return int((await connection.execute(statement)).scalar_one())


def from_row(row: RowMapping, *, people: int = 0) -> Said:
    """Return the closure that a row of the table holds."""
    closure = Closure(
        id=row["id"],
        kind=ClosureKind(row["kind"]),
        begins=datetime.fromisoformat(row["local_from"]),
        ends=datetime.fromisoformat(row["local_until"]),
        places=row["places"],
        also_begun=row["also_begun"],
    )
    return Said(
        closure=closure, clinic_id=row["clinic_id"], undone=row["undone_at"] is not None, people=people
    )
