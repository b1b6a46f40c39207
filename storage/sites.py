"""Keep sites as the team uses them: who waits there, when somebody was there, pins, notes."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    and_,
    false,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from care.directory import Position, SiteKind, Texts
from care.person import StaffMember
from care.roles import Role
from care.sites import WAITING, Place
from storage.schema import area_posts, areas, cities, referrals, site_visits, sites, staff

_OFFICE = (Role.COORDINATOR, Role.ADMIN)


async def reachable(connection: AsyncConnection, roles: Sequence[StaffMember]) -> list[Place]:
    """Return the sites in force that somebody with these roles looks after, in no order.

    Workers: those of their area, and of areas that they own or cover. Coordinators and administrators: all.
    """
    statement = _places(roles).where(_theirs(roles), sites.c.retired_at.is_(None))
    return [_place(row) for row in (await connection.execute(statement)).mappings()]


async def one(
    connection: AsyncConnection, site_id: int, roles: Sequence[StaffMember], *, also_retired: bool = False
) -> Place | None:
    """Return a site that somebody with these roles looks after; None when it is not theirs or not there."""
    statement = _places(roles).where(_theirs(roles), sites.c.id == site_id)
    if not also_retired:
        statement = statement.where(sites.c.retired_at.is_(None))
    row = (await connection.execute(statement)).mappings().first()
    return _place(row) if row else None


async def any_place(connection: AsyncConnection, site_id: int) -> Place | None:
    """Return any site, retired ones too: for what the program says by itself, never for a button."""
    row = (await connection.execute(_places(()).where(sites.c.id == site_id))).mappings().first()
    return _place(row) if row else None


async def of_area(connection: AsyncConnection, area_id: int) -> list[Place]:
    """Return the sites of an area in force, pins that wait included: to know one that is told twice."""
    statement = _places(()).where(sites.c.area_id == area_id, sites.c.retired_at.is_(None))
    return [_place(row) for row in (await connection.execute(statement)).mappings()]


async def may_change(connection: AsyncConnection, area_id: int, roles: Sequence[StaffMember]) -> bool:
    """Return whether somebody with these roles says what is a site of an area: its owner, and the office.

    Where nobody is named as the owner, the area's workers are.
    """
    if any(member.role in _OFFICE for member in roles):
        return True
    owner_id = await owner_of(connection, area_id)
    workers = [member for member in roles if member.role is Role.WORKER]
    if owner_id is not None:
        return any(member.id == owner_id for member in workers)
    return any(member.area_id == area_id for member in workers)


async def owner_of(connection: AsyncConnection, area_id: int) -> int | None:
    """Return the staff id of whose an area is, or None when nobody who works now is named."""
    statement = (
        select(area_posts.c.owner_id)
        .join(staff, staff.c.id == area_posts.c.owner_id)
        .where(area_posts.c.area_id == area_id, _works())
    )
    found: int | None = (await connection.execute(statement)).scalar_one_or_none()
    return found


async def cover_of(connection: AsyncConnection, area_id: int | None) -> int | None:
    """Return the staff id of who stands in for an area's owner, or None."""
    statement = select(area_posts.c.cover_id).where(area_posts.c.area_id == area_id)
    found: int | None = (await connection.execute(statement)).scalar_one_or_none()
    return found


async def to_tell(connection: AsyncConnection, area_id: int) -> list[int]:
    """Return the person ids of who is told of a new place: its owner, else its workers, else the office."""
    stages: tuple[ColumnElement[bool], ...] = (
        staff.c.id.in_(select(area_posts.c.owner_id).where(area_posts.c.area_id == area_id)),
        and_(staff.c.area_id == area_id, staff.c.role == Role.WORKER.value),
        staff.c.role == Role.COORDINATOR.value,
        staff.c.role == Role.ADMIN.value,
    )
    for stage in stages:
        statement = select(staff.c.person_id).where(stage, _works()).distinct()
        found = (await connection.execute(statement)).scalars().all()
        if found:
            return sorted(one for one in found if one is not None)
    return []


async def add(
    connection: AsyncConnection,
    *,
    area_id: int,
    kind: SiteKind,
    names: Texts,
    position: Position,
    added_at: datetime,
    added_by: int | None,
) -> int:
    """Keep a pin and return the site's id.

    `added_by` is a staff id: such a pin is a site at once. None is somebody from outside, of whom nothing is
    kept: their pin waits until somebody of the area confirms it.
    """
    values = {
        "code": f"pin-{secrets.token_hex(8)}",
        "area_id": area_id,
        "kind": kind.value,
        "names": dict(names),
        "latitude": position.latitude,
        "longitude": position.longitude,
        "added_by": added_by,
        "added_at": added_at,
        "confirmed_at": added_at if added_by is not None else None,
    }
    added = await connection.execute(insert(sites).values(**values).returning(sites.c.id))
    return int(added.scalar_one())


async def made_by(connection: AsyncConnection, staff_ids: Sequence[int], *, since: datetime) -> int:
    """Return how many pins these members of staff made since then."""
    statement = select(func.count()).where(sites.c.added_by.in_(list(staff_ids)), sites.c.added_at > since)
    return int((await connection.execute(statement)).scalar_one())


async def number_in(connection: AsyncConnection, area_id: int, kind: SiteKind) -> int:
    """Return how many sites of a kind an area has and had: a site without a name is called by the next."""
    statement = select(func.count()).where(sites.c.area_id == area_id, sites.c.kind == kind.value)
    return int((await connection.execute(statement)).scalar_one())


async def change(connection: AsyncConnection, site_id: int, **values: Any) -> None:
    """Change columns of a site: names, notes, confirmed_at, retired_at."""
    await connection.execute(update(sites).where(sites.c.id == site_id).values(**values))


async def name_pin(
    connection: AsyncConnection, site_id: int, names: Texts, *, by: Sequence[int] | None
) -> bool:
    """Name a pin in force that one of the staff `by` made; None: one from outside that nobody confirmed yet.

    Return whether there is such a pin.
    """
    whose = (
        sites.c.added_by.in_(list(by))
        if by is not None
        else and_(sites.c.added_by.is_(None), sites.c.confirmed_at.is_(None))
    )
    statement = (
        update(sites)
        .where(sites.c.id == site_id, sites.c.added_at.is_not(None), sites.c.retired_at.is_(None), whose)
        .values(names=dict(names))
    )
    return (await connection.execute(statement)).rowcount == 1


def _works() -> ColumnElement[bool]:
    return and_(staff.c.ended_at.is_(None), staff.c.paused_at.is_(None), staff.c.person_id.is_not(None))


def _theirs(roles: Sequence[StaffMember]) -> ColumnElement[bool]:
    if any(member.role in _OFFICE for member in roles):
        return sites.c.id.is_not(None)
    workers = [member for member in roles if member.role is Role.WORKER]
    if not workers:
        return false()
    ids = [member.id for member in workers]
    own = [member.area_id for member in workers if member.area_id is not None]
    posts = select(area_posts.c.area_id).where(
        or_(area_posts.c.owner_id.in_(ids), area_posts.c.cover_id.in_(ids))
    )
    return or_(sites.c.area_id.in_(own), sites.c.area_id.in_(posts))


def _places(roles: Sequence[StaffMember]) -> Select[Any]:
    waits = (
        select(referrals.c.site_id, func.count().label("waiting"))
        .where(
            referrals.c.closed_at.is_(None),
            referrals.c.site_id.is_not(None),
            referrals.c.state.in_([state.value for state in WAITING]),
        )
        .group_by(referrals.c.site_id)
        .subquery()
    )
    visits = (
        select(site_visits.c.site_id, func.max(site_visits.c.at).label("visited_at"))
        .group_by(site_visits.c.site_id)
        .subquery()
    )
    own = (
        select(site_visits.c.site_id, func.max(site_visits.c.at).label("own_visit_at"))
        .where(site_visits.c.staff_id.in_([member.id for member in roles]))
        .group_by(site_visits.c.site_id)
        .subquery()
    )
    return select(
        sites,
        cities.c.zone,
        func.coalesce(waits.c.waiting, 0).label("waiting"),
        visits.c.visited_at,
        own.c.own_visit_at,
    ).select_from(
        sites.join(areas, areas.c.id == sites.c.area_id)
        .join(cities, cities.c.id == areas.c.city_id)
        .outerjoin(waits, waits.c.site_id == sites.c.id)
        .outerjoin(visits, visits.c.site_id == sites.c.id)
        .outerjoin(own, own.c.site_id == sites.c.id)
    )


def _place(row: RowMapping) -> Place:
    known = row["latitude"] is not None and row["longitude"] is not None
    return Place(
        id=row["id"],
        area_id=row["area_id"],
        zone=row["zone"],
        kind=SiteKind(row["kind"]),
        names=row["names"],
        position=Position(row["latitude"], row["longitude"]) if known else None,
        notes=row["notes"],
        waiting=row["waiting"],
        visited_at=row["visited_at"],
        own_visit_at=row["own_visit_at"],
        confirmed=row["added_at"] is None or row["confirmed_at"] is not None,
        retired=row["retired_at"] is not None,
    )
