"""Keep links: who brought whom."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, and_, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.links import (
    Link,
    LinkKind,
    closing,
    new_code,
    new_short_code,
    origin,
    payload_in,
    short_code_in,
)
from care.outcomes import Kind
from storage import cascade, ownership
from storage.people import random_id
from storage.schema import links, outcomes, people, referrals, sites, staff

_FRIEND = referrals.alias("friend")  # the open episode of who passes a link on
_OWNER = func.coalesce(links.c.staff_id, _FRIEND.c.staff_id)
_PLAIN = ("id", "code", "short_code", "kind", "label", "site_id", "ends_at", "most_people", "ended_at")
_WHOLE = select(
    *(links.c[name] for name in _PLAIN),
    _OWNER.label("staff_id"),
    staff.c.ended_at.label("staff_ended_at"),
    func.coalesce(links.c.area_id, sites.c.area_id, _FRIEND.c.area_id, staff.c.area_id).label("area_id"),
).select_from(
    links.outerjoin(_FRIEND, and_(_FRIEND.c.person_id == links.c.person_id, _FRIEND.c.closed_at.is_(None)))
    .outerjoin(staff, staff.c.id == _OWNER)
    .outerjoin(sites, sites.c.id == links.c.site_id)
)


async def by_code(connection: AsyncConnection, typed: str, *, now: datetime) -> Link | None:
    """Return the link with this code or short code, however it was typed or pasted; closed ones, too."""
    payload = payload_in(typed)
    found = await by_full_code(connection, payload, now=now)
    short = short_code_in(payload)
    if found is None and short is not None:
        found = await _one(connection, _WHOLE.where(links.c.short_code == short), now)
    return found


async def by_full_code(connection: AsyncConnection, code: str, *, now: datetime) -> Link | None:
    """Return the link with this code; what a button remembers is looked up here: it could be a guess."""
    return await _one(connection, _WHOLE.where(links.c.code == code), now)


async def by_id(connection: AsyncConnection, link_id: int, *, now: datetime) -> Link | None:
    """Return a link."""
    return await _one(connection, _WHOLE.where(links.c.id == link_id), now)


async def all_of_staff(
    connection: AsyncConnection, staff_id: int, *, now: datetime
) -> list[tuple[Link, int]]:
    """Return every link of a member of staff with how many people came through it, oldest first."""
    statement = _WHOLE.where(links.c.staff_id == staff_id).order_by(links.c.created_at, links.c.id)
    return await _counted(connection, statement, now)


async def of_staff(connection: AsyncConnection, staff_id: int, *, now: datetime) -> list[Link]:
    """Return the links of a member of staff that can be used, oldest first: the first one is their own."""
    statement = _WHOLE.where(links.c.staff_id == staff_id, links.c.ended_at.is_(None))
    statement = statement.order_by(links.c.created_at, links.c.id)
    counted = await _counted(connection, statement, now, only_capped=True)
    return sorted((link for link, _ in counted if not link.closed), key=_own_first)


async def own(
    connection: AsyncConnection, link_id: int, staff_id: int, *, now: datetime
) -> tuple[Link, int] | None:
    """Return a link of a member of staff with how many came through it; None when it is not theirs."""
    statement = _WHOLE.where(links.c.id == link_id, links.c.staff_id == staff_id)
    found = await _counted(connection, statement, now)
    return found[0] if found else None


async def of_friend(connection: AsyncConnection, person_id: int, *, now: datetime) -> Link | None:
    """Return the link that a person passes on, or None when there is none that can be used."""
    statement = _WHOLE.where(links.c.person_id == person_id, links.c.kind == LinkKind.FRIEND)
    return await _one(connection, statement.where(links.c.ended_at.is_(None)), now)


async def brought(connection: AsyncConnection, staff_id: int) -> int:
    """Return how many people came through those whom a member of staff looked after; never who."""
    statement = select(func.count(outcomes.c.referral_id.distinct())).where(
        outcomes.c.kind == Kind.BROUGHT, outcomes.c.staff_id == staff_id
    )
    return int((await connection.execute(statement)).scalar_one())


async def add(
    connection: AsyncConnection,
    *,
    now: datetime,
    kind: str = LinkKind.WORKER,
    label: str | None = None,
    staff_id: int | None = None,
    person_id: int | None = None,
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
            label=label,
            staff_id=staff_id,
            person_id=person_id,
            area_id=area_id,
            site_id=site_id,
            created_at=now,
        )
    )
    return link_id


async def add_friend(
    connection: AsyncConnection, person_id: int, *, now: datetime, area_id: int | None
) -> int:
    """Make the link that a person passes on, and return its id; one that is closed makes room for it."""
    await connection.execute(
        update(links)
        .where(links.c.person_id == person_id, links.c.kind == LinkKind.FRIEND, links.c.ended_at.is_(None))
        .values(ended_at=now)
    )
    return await add(connection, now=now, kind=LinkKind.FRIEND, person_id=person_id, area_id=area_id)


async def end(connection: AsyncConnection, link_id: int, *, now: datetime) -> bool:
    """End a link: whoever comes through it is welcome, but belongs to nobody; False when it was ended."""
    ended = await connection.execute(
        update(links).where(links.c.id == link_id, links.c.ended_at.is_(None)).values(ended_at=now)
    )
    return ended.rowcount == 1


async def change(connection: AsyncConnection, link_id: int, **values: Any) -> None:
    """Change columns of a link: ends_at, most_people, ended_at (None takes it up again)."""
    await connection.execute(update(links).where(links.c.id == link_id).values(**values))


async def adopt(connection: AsyncConnection, person_id: int, link: Link, *, now: datetime, zone: str) -> bool:
    """Note the link that brought a person, and whose their open referral is by it; False when one did before.

    `zone` is as for `ownership.team`.
    """
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
            area_id=func.coalesce(referrals.c.area_id, link.area_id),
            site_id=func.coalesce(referrals.c.site_id, link.site_id),
        )
    )
    await ownership.settle(connection, person_id, now=now, zone=zone, link_staff_id=origin(link).staff_id)
    return True


async def _one(
    connection: AsyncConnection, statement: Select[*tuple[Any, ...]], now: datetime
) -> Link | None:
    found = await _counted(connection, statement.limit(1), now, only_capped=True)
    return found[0][0] if found else None


async def _counted(
    connection: AsyncConnection,
    statement: Select[*tuple[Any, ...]],
    now: datetime,
    *,
    only_capped: bool = False,
) -> list[tuple[Link, int]]:
    """Return links as they stand at `now`, with how many came; that is counted where it is asked for."""
    rows = (await connection.execute(statement)).mappings().all()
    counts = await _counts(
        connection, [row["id"] for row in rows if row["most_people"] is not None or not only_capped]
    )
    return [(_link(row, counts.get(row["id"], 0), now), counts.get(row["id"], 0)) for row in rows]


async def _counts(connection: AsyncConnection, link_ids: Sequence[int]) -> dict[int, int]:
    return await cascade.through_links(connection, link_ids) if link_ids else {}


def _link(row: RowMapping, people_: int, now: datetime) -> Link:
    gone = row["staff_ended_at"] is not None
    link = Link(
        **{name: row[name] for name in _PLAIN},
        staff_id=None if gone else row["staff_id"],
        area_id=row["area_id"],
    )
    left = gone and link.kind != LinkKind.FRIEND
    return replace(link, closed=closing(link, now=now, gone=left, people=people_))


def _own_first(link: Link) -> bool:
    return link.kind != LinkKind.WORKER
