"""Keep what a worker and a parent tick together; each tick with the role of who ticked it, never a name."""

from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.children import Checklist, Step, Ticked, all_done, ticks
from care.roles import Actor
from storage import locking
from storage.people import random_id
from storage.schema import checklists


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A checklist of somebody."""

    id: int
    person_id: int
    ticked: Ticked
    ended_at: datetime | None = None  # aware, UTC: when the last step was ticked


async def of(connection: AsyncConnection, person_id: int, kind: Checklist) -> Listed | None:
    """Return the newest checklist of somebody, or None."""
    statement = (
        select(checklists)
        .where(checklists.c.person_id == person_id, checklists.c.kind == kind.value)
        .order_by(checklists.c.created_at.desc(), checklists.c.id)
        .limit(1)
    )
    row = (await connection.execute(statement)).mappings().first()
    return _from_row(row) if row is not None else None


async def by_id(connection: AsyncConnection, checklist_id: int) -> Listed | None:
    """Return a checklist: who may see it is for the caller to say."""
    row = (
        (await connection.execute(select(checklists).where(checklists.c.id == checklist_id)))
        .mappings()
        .first()
    )
    return _from_row(row) if row is not None else None


async def begin(
    connection: AsyncConnection, person_id: int, kind: Checklist, *, now: datetime, anew: bool = False
) -> Listed:
    """Return the checklist of somebody, begun now where there is none; `anew`: or where it is done.

    Locks the person, so that two who begin at once begin one. Raises LookupError when it cannot be read back.
    """
    await locking.person(connection, person_id)
    found = await of(connection, person_id, kind)
    if found is not None and not (anew and found.ended_at is not None):
        return found
    await connection.execute(
        insert(checklists).values(
            id=(made := random_id()),
            person_id=person_id,
            kind=kind.value,
            ticked={},
            created_at=now,
            changed_at=now,
        )
    )
    begun = await by_id(connection, made)
    if begun is None:
        raise LookupError("the checklist that was just begun is not there")
    return begun


async def tick(
    connection: AsyncConnection, checklist_id: int, step: Step, *, by: Actor, done: bool, now: datetime
) -> bool:
    """Tick a step or take it back; return False when it stood so before, or the list is gone."""
    statement = select(checklists).where(checklists.c.id == checklist_id).with_for_update()
    row = (await connection.execute(statement)).mappings().first()
    if row is None or (step in row["ticked"]) is done:
        return False
    ticked = ticks(row["ticked"], step, by=by, done=done)
    await connection.execute(
        update(checklists)
        .where(checklists.c.id == checklist_id)
        .values(ticked=ticked, changed_at=now, ended_at=now if all_done(ticked) else None)
    )
    return True


async def taken_over(connection: AsyncConnection, old_id: int, person_id: int) -> None:
    """Give the checklists of a record to whoever took it over."""
    await connection.execute(
        update(checklists).where(checklists.c.person_id == old_id).values(person_id=person_id)
    )


def _from_row(row: RowMapping) -> Listed:
    return Listed(
        id=row["id"],
        person_id=row["person_id"],
        ticked=MappingProxyType(dict(row["ticked"])),
        ended_at=row["ended_at"],
    )
