"""Keep who of the team is somewhere alone, and tell others when they do not come back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.lone import (
    ESCALATES_AFTER,
    FORGOTTEN_AFTER,
    LoneVisit,
    escalates_to,
    late,
    late_key,
    soon,
    soon_key,
    to_tell,
    well,
)
from care.ownership import Colleague
from care.person import StaffMember
from storage import due as due_rows
from storage.ownership import team
from storage.people import random_id
from storage.schema import due, lone_visits, sites, staff
from storage.sites import cover_of


async def begin(
    connection: AsyncConnection,
    member: StaffMember,
    *,
    ends_at: datetime,
    site_id: int | None,
    now: datetime,
) -> LoneVisit:
    """Keep that somebody is somewhere alone until `ends_at`, and plan the reminder before it."""
    visit_id = random_id()
    await connection.execute(
        insert(lone_visits).values(
            id=visit_id, staff_id=member.id, site_id=site_id, started_at=now, ends_at=ends_at
        )
    )
    visit = await by_id(connection, visit_id)
    if visit is None:
        raise LookupError("the visit that was just kept is not there")
    await _plan_reminder(connection, visit, now=now)
    return visit


async def by_id(connection: AsyncConnection, visit_id: int) -> LoneVisit | None:
    """Return any visit: for messages that the program sends by itself, and after asking who may."""
    row = (await connection.execute(_visits().where(lone_visits.c.id == visit_id))).mappings().first()
    return _visit(row) if row else None


async def open_of(connection: AsyncConnection, roles: Sequence[StaffMember]) -> LoneVisit | None:
    """Return the visit that somebody is at now, or None."""
    statement = _visits().where(
        lone_visits.c.staff_id.in_([member.id for member in roles]), lone_visits.c.ended_at.is_(None)
    )
    row = (await connection.execute(statement.order_by(lone_visits.c.started_at.desc()))).mappings().first()
    return _visit(row) if row else None


async def place_of(connection: AsyncConnection, visit_id: int) -> bytes | None:
    """Return the place of an open visit, "latitude,longitude", sealed with the worker's key; or None."""
    statement = select(lone_visits.c.place).where(
        lone_visits.c.id == visit_id, lone_visits.c.ended_at.is_(None)
    )
    found: bytes | None = (await connection.execute(statement)).scalar_one_or_none()
    return found


async def card_name(connection: AsyncConnection, person_id: int) -> bytes | None:
    """Return the name on a colleague's card, sealed with their key, or None."""
    statement = select(staff.c.name).where(staff.c.person_id == person_id, staff.c.name.is_not(None))
    found: bytes | None = (await connection.execute(statement.limit(1))).scalar_one_or_none()
    return found


async def keep_place(connection: AsyncConnection, visit_id: int, sealed: bytes) -> None:
    """Keep the place of an open visit until it ends."""
    await connection.execute(
        update(lone_visits)
        .where(lone_visits.c.id == visit_id, lone_visits.c.ended_at.is_(None))
        .values(place=sealed)
    )


async def end(connection: AsyncConnection, visit: LoneVisit, *, now: datetime, by_person: int) -> bool:
    """End a visit, erase its place, and tell whoever was alerted that all is well; False when it is over.

    `by_person` ended it and is not told; the worker is, when somebody else did.
    """
    ended = await connection.execute(
        update(lone_visits)
        .where(lone_visits.c.id == visit.id, lone_visits.c.ended_at.is_(None))
        .values(ended_at=now, place=None)
    )
    if ended.rowcount != 1:
        return False
    await due_rows.cancel(connection, key=soon_key(visit.id), now=now)
    told = await _stand_down(connection, visit, now=now, not_this=by_person)
    if visit.person_id is not None and visit.person_id != by_person and visit.person_id not in told:
        await due_rows.schedule(connection, well(visit, visit.person_id, now=now), now=now)
    return True


async def prolong(
    connection: AsyncConnection, visit: LoneVisit, *, ends_at: datetime, now: datetime
) -> LoneVisit:
    """Set a later end, tell whoever was alerted that all is well, and plan the reminder anew."""
    await connection.execute(
        update(lone_visits).where(lone_visits.c.id == visit.id).values(ends_at=ends_at, alerted_at=None)
    )
    await _stand_down(connection, visit, now=now, not_this=visit.person_id)
    later = replace(visit, ends_at=ends_at, alerted_at=None)
    await due_rows.cancel(connection, key=soon_key(visit.id), now=now)
    await _plan_reminder(connection, later, now=now)
    return later


async def may_end(connection: AsyncConnection, visit: LoneVisit, person_id: int) -> bool:
    """Return whether somebody was alerted about this visit, at its end of now."""
    return person_id in [row.person_id for row in await _alerts(connection, visit)]


async def anything_late(connection: AsyncConnection, *, now: datetime) -> bool:
    """Return whether somebody is late: a look that takes no lock."""
    late_ones = select(lone_visits.c.id).where(lone_visits.c.ended_at.is_(None), lone_visits.c.ends_at <= now)
    return (await connection.execute(late_ones.limit(1))).first() is not None


async def tell_of_late(connection: AsyncConnection, *, now: datetime, zone: str) -> int:
    """Plan what is due about visits that were not ended in time; return how many messages are new.

    First one colleague, after a quarter of an hour the whole office, each once. A visit left open for a day
    ends by itself.
    """
    await _forget_old(connection, now=now)
    late_ones = _visits().where(lone_visits.c.ended_at.is_(None), lone_visits.c.ends_at <= now)
    rows = (await connection.execute(late_ones.order_by(lone_visits.c.ends_at))).mappings().all()
    if not rows:
        return 0
    everybody, planned = await team(connection, now=now, zone=zone), 0
    for visit in map(_visit, rows):
        for one in await _to_tell(connection, everybody, visit, now=now):
            planned += await due_rows.schedule(connection, late(visit, one.person_id, now=now), now=now)
        if visit.alerted_at is None:
            await connection.execute(
                update(lone_visits).where(lone_visits.c.id == visit.id).values(alerted_at=now)
            )
    return planned


async def _to_tell(
    connection: AsyncConnection, everybody: Sequence[Colleague], visit: LoneVisit, *, now: datetime
) -> list[Colleague]:
    if visit.person_id is None:
        return []
    if visit.alerted_at is None:
        return to_tell(everybody, visit, cover_id=await cover_of(connection, visit.area_id))
    return escalates_to(everybody, visit) if now >= visit.alerted_at + ESCALATES_AFTER else []


async def _forget_old(connection: AsyncConnection, *, now: datetime) -> None:
    await connection.execute(
        update(lone_visits)
        .where(lone_visits.c.ended_at.is_(None), lone_visits.c.ends_at <= now - FORGOTTEN_AFTER)
        .values(ended_at=now, place=None)
    )


async def _plan_reminder(connection: AsyncConnection, visit: LoneVisit, *, now: datetime) -> None:
    if visit.person_id is not None:
        await due_rows.schedule(connection, soon(visit, visit.person_id), now=now)


async def _stand_down(
    connection: AsyncConnection, visit: LoneVisit, *, now: datetime, not_this: int | None
) -> set[int]:
    """Cancel alerts that were not sent, and tell who got one that all is well; return their person ids."""
    told = set()
    for row in await _alerts(connection, visit):
        waiting = await due_rows.cancel(connection, key=row.key, now=now)
        if not waiting and row.person_id != not_this:
            await due_rows.schedule(connection, well(visit, row.person_id, now=now), now=now)
            told.add(row.person_id)
    return told


async def _alerts(connection: AsyncConnection, visit: LoneVisit) -> Sequence[Any]:
    """Return the alerts about the agreed end of a visit that were not cancelled."""
    statement = select(due.c.key, due.c.person_id).where(
        due.c.key.startswith(late_key(visit), autoescape=True),
        due.c.state != due_rows.State.CANCELLED.value,
    )
    return (await connection.execute(statement)).all()


def _visits() -> Select[Any]:
    return select(
        lone_visits,
        staff.c.person_id,
        func.coalesce(sites.c.area_id, staff.c.area_id).label("area_id"),
    ).select_from(
        lone_visits.join(staff, staff.c.id == lone_visits.c.staff_id).outerjoin(
            sites, sites.c.id == lone_visits.c.site_id
        )
    )


def _visit(row: RowMapping) -> LoneVisit:
    names = ("id", "staff_id", "person_id", "started_at", "ends_at", "area_id", "site_id")
    return LoneVisit(
        **{name: row[name] for name in names}, alerted_at=row["alerted_at"], ended_at=row["ended_at"]
    )
