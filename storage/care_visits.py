"""Keep visits that somebody wants to be reminded of: their own notes, which nobody of the team reads."""

from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care import care_visits as rules
from care.absence import Said
from care.care_visits import CareVisit, What
from care.message_kinds import Kind
from storage import due, locking
from storage.people import random_id
from storage.schema import care_visits


async def add(
    connection: AsyncConnection, person_id: int, what: What, local: datetime, *, zone: str, now: datetime
) -> tuple[CareVisit | None, bool]:
    """Note a visit and plan its reminders; the same one is noted once.

    Returns the visit and whether it is new; None where there are as many ahead as may be.
    """
    await locking.person(connection, person_id)
    known = await ahead(connection, person_id, now=now)
    for one in known:
        if (one.what, one.local) == (what, local):
            return one, False
    if len(known) >= rules.MOST:
        return None, False
    visit = CareVisit(id=random_id(), person_id=person_id, what=what, local=local, zone=zone)
    await connection.execute(
        insert(care_visits).values(
            id=visit.id,
            person_id=person_id,
            kind=what.value,
            local_start=f"{local:%Y-%m-%dT%H:%M}",
            zone=zone,
            created_at=now,
        )
    )
    for planned in rules.reminders(visit, now=now):
        await due.schedule(connection, planned, now=now)
    return visit, True


async def ahead(connection: AsyncConnection, person_id: int, *, now: datetime) -> list[CareVisit]:
    """Return the visits that somebody has ahead, soonest first."""
    found = [_visit(row) for row in (await connection.execute(_of(person_id))).mappings()]
    return [one for one in found if one.starts_at > now]


async def not_said(connection: AsyncConnection, person_id: int, *, now: datetime) -> list[CareVisit]:
    """Return the last visits of which somebody has not said whether they went, soonest first."""
    found = [_visit(row) for row in (await connection.execute(_of(person_id))).mappings()]
    return [one for one in found if one.said is None and rules.may_say(one, now=now)]


async def own(connection: AsyncConnection, visit_id: int, person_id: int) -> CareVisit | None:
    """Return a visit of this person that was not cancelled; None when it is not theirs or not there."""
    row = (await connection.execute(_of(person_id).where(care_visits.c.id == visit_id))).mappings().first()
    return _visit(row) if row else None


async def cancel(connection: AsyncConnection, visit: CareVisit, *, now: datetime) -> bool:
    """Remind of a visit no more; False when that was said before."""
    done = await connection.execute(
        update(care_visits)
        .where(care_visits.c.id == visit.id, care_visits.c.ended_at.is_(None))
        .values(ended_at=now)
    )
    for kind in rules.KINDS.values():
        await due.cancel(connection, key=rules.key(kind, visit.id), now=now)
    return done.rowcount == 1


async def cancel_noted(
    connection: AsyncConnection, person_id: int, *, until: datetime, now: datetime
) -> None:
    """Remind somebody no more of what they noted until then (aware)."""
    rows = await connection.execute(_of(person_id).where(care_visits.c.created_at <= until))
    for one in [_visit(row) for row in rows.mappings()]:
        if one.starts_at > now:
            await cancel(connection, one, now=now)


async def say(connection: AsyncConnection, visit: CareVisit, said: Said, *, now: datetime) -> bool:
    """Keep whether somebody went; False when they said so before."""
    done = await connection.execute(
        update(care_visits)
        .where(care_visits.c.id == visit.id, care_visits.c.said.is_distinct_from(said.value))
        .values(said=said.value)
    )
    await due.cancel(connection, key=rules.key(Kind.CARE_AFTER, visit.id), now=now)
    return done.rowcount == 1


def _of(person_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(care_visits)
        .where(care_visits.c.person_id == person_id, care_visits.c.ended_at.is_(None))
        .order_by(care_visits.c.local_start, care_visits.c.id)
    )


def _visit(row: RowMapping) -> CareVisit:
    return CareVisit(
        id=row["id"],
        person_id=row["person_id"],
        what=What(row["kind"]),
        local=datetime.fromisoformat(row["local_start"]),
        zone=row["zone"],
        said=Said(row["said"]) if row["said"] else None,
        ended_at=row["ended_at"],
    )
