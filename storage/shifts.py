"""Keep when somebody of the team is there, and what decides who comes to them: their languages, woman or man.

A person may hold several roles: what they say of themselves holds in all of them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.person import StaffMember
from care.roles import Role
from care.shift import Hours
from storage.ownership import works
from storage.schema import shifts, staff

_HELPERS = frozenset({Role.WORKER, Role.COORDINATOR, Role.ADMIN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """Somebody whose time away is over."""

    staff_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody of the team said of themselves."""

    languages: frozenset[str]  # codes; empty: that of their screens
    gender: str | None  # f, m


def helping(roles: Sequence[StaffMember]) -> list[int]:
    """Return the staff ids of those roles in which somebody looks after people."""
    return [one.id for one in roles if one.role in _HELPERS]


async def keep_week(connection: AsyncConnection, staff_ids: Collection[int], week: Sequence[Hours]) -> None:
    """Keep weekly hours in place of those before; none: every day from 09:00 to 21:00."""
    await connection.execute(delete(shifts).where(shifts.c.staff_id.in_(list(staff_ids))))
    rows = [
        {
            "staff_id": staff_id,
            "weekday": one.weekday,
            "starts": f"{one.starts:%H:%M}",
            "ends": f"{one.ends:%H:%M}",
        }
        for staff_id in staff_ids
        for one in week
    ]
    if rows:
        await connection.execute(insert(shifts), rows)


async def keep_here(connection: AsyncConnection, staff_ids: Collection[int], until: datetime | None) -> None:
    """Keep until when somebody said 'I am here' (aware); None: they are there in their hours."""
    await connection.execute(update(staff).where(staff.c.id.in_(list(staff_ids))).values(here_until=until))


async def keep_away(connection: AsyncConnection, staff_ids: Collection[int], until: datetime | None) -> None:
    """Keep until when somebody is away (aware); None: they are not. Being away ends being here."""
    values: dict[str, datetime | None] = {"away_until": until}
    if until is not None:
        values["here_until"] = None
    await connection.execute(update(staff).where(staff.c.id.in_(list(staff_ids))).values(**values))


async def said(connection: AsyncConnection, staff_id: int) -> Said:
    """Return what somebody said of themselves."""
    statement = select(staff.c.languages, staff.c.gender).where(staff.c.id == staff_id)
    row = (await connection.execute(statement)).one()
    return Said(frozenset(row.languages or ()), row.gender)


async def keep_said(connection: AsyncConnection, staff_ids: Collection[int], said_now: Said) -> None:
    """Keep what somebody says of themselves."""
    await connection.execute(
        update(staff)
        .where(staff.c.id.in_(list(staff_ids)))
        .values(languages=sorted(said_now.languages) or None, gender=said_now.gender)
    )


async def over(connection: AsyncConnection, *, now: datetime) -> list[Absent]:
    """Return who works and whose time away is over, but who was not taken back yet."""
    statement = (
        select(staff.c.id, staff.c.person_id)
        .where(staff.c.away_until <= now, works())
        .order_by(staff.c.person_id, staff.c.id)
    )
    return [
        Absent(staff_id=staff_id, person_id=person_id)
        for staff_id, person_id in (await connection.execute(statement)).all()
    ]
