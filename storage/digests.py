"""Read who may get a message in the morning, keep the hour that each chose, and see whose was planned."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import case, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.digest import Reader
from care.reminders import Planned
from care.roles import Role
from storage import due as due_of
from storage import ownership
from storage.schema import due, staff

_ROLES = (Role.WORKER, Role.COORDINATOR)


async def readers(connection: AsyncConnection, *, zone: str) -> list[Reader]:
    """Return who may get a message: each person once, as a worker where they are one, too.

    `zone` (IANA) is the clock of those whose city is not known.
    """
    statement = (
        select(staff.c.id, staff.c.person_id, staff.c.digest_at)
        .where(
            staff.c.role.in_(_ROLES),
            staff.c.ended_at.is_(None),
            staff.c.paused_at.is_(None),
            staff.c.person_id.is_not(None),
        )
        .order_by(case((staff.c.role == Role.WORKER, 0), else_=1), staff.c.started_at, staff.c.id)
    )
    rows = (await connection.execute(statement)).all()
    schedules = await ownership.schedules_of(connection, zone=zone, staff_ids=[row.id for row in rows])
    first = {row.person_id: row for row in reversed(rows)}
    return [
        Reader(staff_id=row.id, person_id=row.person_id, schedule=schedules[row.id], chosen=row.digest_at)
        for row in first.values()
    ]


async def not_planned(connection: AsyncConnection, messages: Collection[Planned]) -> list[Planned]:
    """Return those messages that were never planned."""
    keys = [message.key for message in messages]
    there = set((await connection.execute(select(due.c.key).where(due.c.key.in_(keys)))).scalars())
    return [message for message in messages if message.key not in there]


async def plan(connection: AsyncConnection, messages: Collection[Planned], *, now: datetime) -> None:
    """Keep messages to be worded and sent at their time."""
    for message in messages:
        await due_of.schedule(connection, message, now=now)


async def chosen(connection: AsyncConnection, person_id: int) -> str | None:
    """Return the hour that somebody chose, "08:30", "-" for none, or None when they did not choose."""
    statement = (
        select(staff.c.digest_at)
        .where(staff.c.person_id == person_id, staff.c.ended_at.is_(None), staff.c.role.in_(_ROLES))
        .order_by(case((staff.c.role == Role.WORKER, 0), else_=1), staff.c.started_at, staff.c.id)
        .limit(1)
    )
    hour: str | None = (await connection.execute(statement)).scalar_one_or_none()
    return hour


async def choose(connection: AsyncConnection, person_id: int, hour: str) -> None:
    """Keep the hour, "08:30", or "-" for none, for all roles of a person."""
    await connection.execute(
        update(staff).where(staff.c.person_id == person_id, staff.c.ended_at.is_(None)).values(digest_at=hour)
    )
