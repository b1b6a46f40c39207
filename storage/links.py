"""Keep links: who brought whom."""

from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.links import Link, new_code, new_short_code, payload_in, short_code_in
from storage.people import random_id
from storage.schema import links, people, referrals, sites, staff

_WHOLE = select(
    links.c.id,
    links.c.code,
    links.c.short_code,
    links.c.kind,
    links.c.staff_id,
    links.c.site_id,
    links.c.ended_at,
    staff.c.ended_at.label("staff_ended_at"),
    func.coalesce(links.c.area_id, sites.c.area_id, staff.c.area_id).label("area_id"),
).select_from(
    links.outerjoin(staff, staff.c.id == links.c.staff_id).outerjoin(sites, sites.c.id == links.c.site_id)
)


async def by_code(connection: AsyncConnection, typed: str) -> Link | None:
    """Return the link with this code or short code, however it was typed or pasted; ended ones, too."""
    payload = payload_in(typed)
    found = await by_full_code(connection, payload)
    short = short_code_in(payload)
    if found is None and short is not None:
        found = await _one(connection, _WHOLE.where(links.c.short_code == short))
    return found


async def by_full_code(connection: AsyncConnection, code: str) -> Link | None:
    """Return the link with this code; what a button remembers is looked up here: it could be a guess."""
    return await _one(connection, _WHOLE.where(links.c.code == code))


async def by_id(connection: AsyncConnection, link_id: int) -> Link | None:
    """Return a link."""
    return await _one(connection, _WHOLE.where(links.c.id == link_id))


async def of_staff(connection: AsyncConnection, staff_id: int) -> list[Link]:
    """Return the links of a member of staff that can be used, oldest first."""
    statement = _WHOLE.where(links.c.staff_id == staff_id, links.c.ended_at.is_(None))
    rows = await connection.execute(statement.order_by(links.c.created_at, links.c.id))
    return [_link(row) for row in rows.mappings()]


async def add(
    connection: AsyncConnection,
    *,
    now: datetime,
    kind: str = "worker",
    staff_id: int | None = None,
    area_id: int | None = None,
    site_id: int | None = None,
) -> int:
    """Make a link with fresh codes and return its id.

    Raises IntegrityError when the short code is taken, which one in a hundred million is with 10,000 links.
    """
    link_id = random_id()
    await connection.execute(
        insert(links).values(
            id=link_id,
            code=new_code(),
            short_code=new_short_code(),
            kind=kind,
            staff_id=staff_id,
            area_id=area_id,
            site_id=site_id,
            created_at=now,
        )
    )
    return link_id


async def end(connection: AsyncConnection, link_id: int, *, now: datetime) -> None:
    """End a link: whoever comes through it is welcome, but belongs to nobody."""
    await connection.execute(
        update(links).where(links.c.id == link_id, links.c.ended_at.is_(None)).values(ended_at=now)
    )


async def adopt(connection: AsyncConnection, person_id: int, link: Link) -> bool:
    """Note the link that brought a person, and let it own their open referral; False when one did before."""
    noted = await connection.execute(
        update(people)
        .where(people.c.id == person_id, people.c.link_id.is_(None))
        .values(link_id=link.id, area_id=func.coalesce(people.c.area_id, link.area_id))
    )
    if not noted.rowcount:
        return False
    await connection.execute(
        update(referrals)
        .where(
            referrals.c.person_id == person_id, referrals.c.closed_at.is_(None), referrals.c.link_id.is_(None)
        )
        .values(
            link_id=link.id,
            staff_id=func.coalesce(referrals.c.staff_id, link.staff_id),
            area_id=func.coalesce(referrals.c.area_id, link.area_id),
            site_id=func.coalesce(referrals.c.site_id, link.site_id),
        )
    )
    return True


async def _one(connection: AsyncConnection, statement: Select[*tuple[Any, ...]]) -> Link | None:
    row = (await connection.execute(statement)).mappings().first()
    return _link(row) if row else None


def _link(row: RowMapping) -> Link:
    gone = row["staff_ended_at"] is not None
    return Link(
        id=row["id"],
        code=row["code"],
        short_code=row["short_code"],
        kind=row["kind"],
        staff_id=None if gone else row["staff_id"],
        area_id=row["area_id"],
        site_id=row["site_id"],
        ended=gone or row["ended_at"] is not None,
    )
