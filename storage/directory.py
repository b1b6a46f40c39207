"""Read the directory from the store: places, clinics with their sessions, the programme.

Lists hold what is in force, in the order of the first import. What vanished from the directory is retired and
never deleted, since outcomes, bookings and links point at it: ask for it with `also_retired`.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, time
from typing import Any, TypeVar

from sqlalchemy import Column, ColumnElement, RowMapping, Select, Table, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from care.directory import (
    Area,
    City,
    Clinic,
    ClosedDay,
    Closure,
    ClosureKind,
    DataKind,
    Organisation,
    Payer,
    Position,
    Programme,
    Service,
    ServiceKind,
    Session,
    Site,
    SiteKind,
)
from storage import schema

T = TypeVar("T")
Parts = dict[int, tuple[T, ...]]  # of each clinic, by its id

_ORGANISATIONS = select(schema.organisations, schema.regions.c.code.label("region")).outerjoin(
    schema.regions, schema.regions.c.id == schema.organisations.c.region_id
)
_CITIES = select(schema.cities, schema.regions.c.code.label("region")).join(schema.regions)
_AREAS = select(schema.areas, schema.cities.c.code.label("city")).join(schema.cities)
_SITES = select(schema.sites, schema.areas.c.code.label("area")).join(schema.areas)
_CLINICS = (
    select(
        schema.clinics,
        schema.areas.c.code.label("area"),
        schema.cities.c.code.label("city"),
        schema.cities.c.zone,
    )
    .join(schema.areas, schema.clinics.c.area_id == schema.areas.c.id)
    .join(schema.cities, schema.areas.c.city_id == schema.cities.c.id)
)


_PROGRAMME = select(schema.programme.c.content)


async def organisations(connection: AsyncConnection, *, also_retired: bool = False) -> list[Organisation]:
    """Return the organisations whose people work here."""
    rows = await _rows(connection, _ORGANISATIONS, schema.organisations, also_retired=also_retired)
    return [
        Organisation(id=row["id"], code=row["code"], region=row["region"], names=row["names"]) for row in rows
    ]


async def cities(connection: AsyncConnection, *, also_retired: bool = False) -> list[City]:
    """Return the cities."""
    rows = await _rows(connection, _CITIES, schema.cities, also_retired=also_retired)
    return [_city(row) for row in rows]


async def areas(
    connection: AsyncConnection, *, city_id: int | None = None, also_retired: bool = False
) -> list[Area]:
    """Return the areas, all or those of a city."""
    query = _where(_AREAS, schema.areas.c.city_id, city_id)
    return [_area(row) for row in await _rows(connection, query, schema.areas, also_retired=also_retired)]


async def area(connection: AsyncConnection, area_id: int, *, also_retired: bool = False) -> Area | None:
    """Return one area; None when there is none with the id."""
    query = _where(_AREAS, schema.areas.c.id, area_id)
    rows = await _rows(connection, query, schema.areas, also_retired=also_retired)
    return _area(rows[0]) if rows else None


async def sites(
    connection: AsyncConnection, *, area_id: int | None = None, also_retired: bool = False
) -> list[Site]:
    """Return the sites, all or those of an area; pins that nobody confirmed yet only with `also_retired`."""
    query = _where(_SITES, schema.sites.c.area_id, area_id)
    if not also_retired:
        query = query.where(or_(schema.sites.c.added_at.is_(None), schema.sites.c.confirmed_at.is_not(None)))
    return [_site(row) for row in await _rows(connection, query, schema.sites, also_retired=also_retired)]


async def site(connection: AsyncConnection, site_id: int, *, also_retired: bool = False) -> Site | None:
    """Return one site; None when there is none with the id."""
    query = _where(_SITES, schema.sites.c.id, site_id)
    rows = await _rows(connection, query, schema.sites, also_retired=also_retired)
    return _site(rows[0]) if rows else None


async def clinics_of(
    connection: AsyncConnection,
    *,
    city_id: int | None = None,
    area_id: int | None = None,
    also_retired: bool = False,
) -> list[Clinic]:
    """Return the clinics, all or those of a city or an area, with services, sessions and closed days."""
    query = _where(_where(_CLINICS, schema.areas.c.city_id, city_id), schema.clinics.c.area_id, area_id)
    return await _whole_clinics(connection, query, also_retired=also_retired)


async def clinic(connection: AsyncConnection, clinic_id: int, *, also_retired: bool = False) -> Clinic | None:
    """Return one clinic; None when there is none with the id."""
    query = _where(_CLINICS, schema.clinics.c.id, clinic_id)
    found = await _whole_clinics(connection, query, also_retired=also_retired)
    return found[0] if found else None


async def programme(connection: AsyncConnection) -> Programme | None:
    """Return who runs this bot; None before the first import."""
    content = (await connection.execute(_PROGRAMME)).scalar_one_or_none()
    if content is None:
        return None
    texts = {name: content[name] for name in ("names", "operator", "contact", "purpose")}
    retention = {DataKind(kind): days for kind, days in content["retention_days"].items()}
    return Programme(**texts, retention_days=retention, promises=frozenset(content["promises"]))


def _where(query: Select[Any], column: Column[int], wanted: int | None) -> Select[Any]:
    return query if wanted is None else query.where(column == wanted)


async def _rows(
    connection: AsyncConnection, query: Select[Any], table: Table, *, also_retired: bool
) -> Sequence[RowMapping]:
    if not also_retired:
        query = query.where(table.c.retired_at.is_(None))
    found: Sequence[RowMapping] = (await connection.execute(query.order_by(table.c.id))).mappings().all()
    return found


async def _whole_clinics(
    connection: AsyncConnection, query: Select[Any], *, also_retired: bool
) -> list[Clinic]:
    rows = await _rows(connection, query, schema.clinics, also_retired=also_retired)
    ids = [row["id"] for row in rows]
    services = await _parts(connection, schema.services, ids, _service)
    sessions = await _parts(connection, schema.sessions, ids, _session)
    closed_days = await _parts(connection, schema.closed_days, ids, _closed_day)
    closures = await _parts(connection, schema.closures, ids, _closure, schema.closures.c.undone_at.is_(None))
    return [
        _clinic(
            row,
            services=services.get(row["id"], ()),
            sessions=sessions.get(row["id"], ()),
            closed_days=closed_days.get(row["id"], ()),
            closures=closures.get(row["id"], ()),
        )
        for row in rows
    ]


async def _parts(
    connection: AsyncConnection,
    table: Table,
    clinic_ids: Iterable[int],
    read: Callable[[RowMapping], T],
    *only: ColumnElement[bool],
) -> Parts[T]:
    """Return what belongs to each clinic, in the order in which it was written."""
    query = select(table).where(table.c.clinic_id.in_(clinic_ids), *only).order_by(table.c.id)
    found: Parts[T] = {}
    for row in (await connection.execute(query)).mappings():
        found[row["clinic_id"]] = (*found.get(row["clinic_id"], ()), read(row))
    return found


def _position(row: RowMapping) -> Position | None:
    if row["latitude"] is None or row["longitude"] is None:
        return None
    return Position(row["latitude"], row["longitude"])


def _city(row: RowMapping) -> City:
    return City(
        id=row["id"], code=row["code"], region=row["region"], names=row["names"], timezone=row["zone"]
    )


def _area(row: RowMapping) -> Area:
    return Area(id=row["id"], code=row["code"], city=row["city"], names=row["names"], position=_position(row))


def _site(row: RowMapping) -> Site:
    return Site(
        id=row["id"],
        code=row["code"],
        area=row["area"],
        kind=SiteKind(row["kind"]),
        names=row["names"],
        position=_position(row),
    )


def _clinic(
    row: RowMapping,
    *,
    services: tuple[Service, ...],
    sessions: tuple[Session, ...],
    closed_days: tuple[ClosedDay, ...],
    closures: tuple[Closure, ...],
) -> Clinic:
    plain = ("id", "code", "city", "area", "names", "address", "directions", "hours", "bring", "phone")
    return Clinic(
        **{name: row[name] for name in plain},
        timezone=row["zone"],
        position=Position(row["latitude"], row["longitude"]),
        services=services,
        sessions=sessions,
        closed_days=closed_days,
        closures=closures,
    )


def _service(row: RowMapping) -> Service:
    return Service(kind=ServiceKind(row["kind"]), payer=Payer(row["payer"]), note=row["note"])


def _session(row: RowMapping) -> Session:
    return Session(
        weekday=row["weekday"],
        start=time.fromisoformat(row["starts"]),
        end=time.fromisoformat(row["ends"]),
        slot_minutes=row["slot_minutes"],
        capacity=row["capacity"],
        valid_from=row["valid_from"],
        valid_until=row["valid_until"],
    )


def _closed_day(row: RowMapping) -> ClosedDay:
    return ClosedDay(day=row["day"], reason=row["reason"])


def _closure(row: RowMapping) -> Closure:
    return Closure(
        id=row["id"],
        kind=ClosureKind(row["kind"]),
        begins=datetime.fromisoformat(row["local_from"]),
        ends=datetime.fromisoformat(row["local_until"]),
        places=row["places"],
        also_begun=row["also_begun"],
    )
