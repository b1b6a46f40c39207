"""Keep when somebody of the team was at a site, how many people they talked to, and what they left there."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import RowMapping, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from care.person import StaffMember
from storage.schema import site_visits


async def log_visit(
    connection: AsyncConnection,
    visit_id: int,
    *,
    site_id: int,
    staff_id: int,
    people: int,
    leaflets: int,
    minutes: int,
    now: datetime,
) -> bool:
    """Keep a visit; False when it is kept already: `visit_id` came with the button, which may come twice."""
    insert_into = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert_into(site_visits).values(
        id=visit_id,
        site_id=site_id,
        staff_id=staff_id,
        at=now,
        people=people,
        leaflets=leaflets,
        minutes=minutes,
    )
    kept = await connection.execute(statement.on_conflict_do_nothing().returning(site_visits.c.id))
    return kept.first() is not None


async def own_visit(
    connection: AsyncConnection, visit_id: int, roles: Sequence[StaffMember]
) -> RowMapping | None:
    """Return a visit that one of these roles logged, or None."""
    statement = select(site_visits).where(
        site_visits.c.id == visit_id, site_visits.c.staff_id.in_([member.id for member in roles])
    )
    return (await connection.execute(statement)).mappings().first()


async def take_back(connection: AsyncConnection, visit_id: int) -> None:
    """Delete a visit."""
    await connection.execute(delete(site_visits).where(site_visits.c.id == visit_id))


async def of_site(connection: AsyncConnection, site_id: int, *, most: int) -> Sequence[RowMapping]:
    """Return the last visits of a site, the newest first: when, how many people, leaflets, minutes."""
    statement = (
        select(site_visits.c.at, site_visits.c.people, site_visits.c.leaflets, site_visits.c.minutes)
        .where(site_visits.c.site_id == site_id)
        .order_by(site_visits.c.at.desc(), site_visits.c.id)
        .limit(most)
    )
    return (await connection.execute(statement)).mappings().all()
