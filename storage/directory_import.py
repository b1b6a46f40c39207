"""Write the directory into the store: an import replaces what is in force.

A code keeps its row for good, since outcomes, bookings and links point at it: what is known is updated, what
vanished is retired, and what comes back is in force again.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.directory import Centre, Clinic, DirectoryData, Position, Programme
from storage import schema
from storage.directory import clinics_of
from storage.retired import visits_ahead

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Changes:
    """How many things of the directory an import touched: regions, cities, clinics, centres …"""

    added: int = 0
    changed: int = 0  # a clinic counts once, whatever changed of it
    retired: int = 0
    visits: int = 0  # visits ahead at clinics that left the directory: those people are told within seconds

    def __add__(self, other: "Changes") -> "Changes":
        """Return both together."""
        return Changes(
            self.added + other.added,
            self.changed + other.changed,
            self.retired + other.retired,
            self.visits + other.visits,
        )


async def replace(connection: AsyncConnection, data: DirectoryData, *, now: datetime) -> Changes:
    """Make `data` what is in force, and return what that changed; all zero when the store says it already."""
    regions = {each.code: {"names": dict(each.names)} for each in data.regions}
    changes, region_ids = await _replace(connection, schema.regions, regions, now=now)
    organisations: dict[str, Values] = {
        each.code: {
            "region_id": region_ids[each.region] if each.region else None,
            "names": dict(each.names),
        }
        for each in data.organisations
    }
    of_organisations, _ = await _replace(connection, schema.organisations, organisations, now=now)
    changes += of_organisations
    cities = {
        each.code: {"region_id": region_ids[each.region], "zone": each.timezone, "names": dict(each.names)}
        for each in data.cities
    }
    of_cities, city_ids = await _replace(connection, schema.cities, cities, now=now)
    areas = {
        each.code: {"city_id": city_ids[each.city], "names": dict(each.names), **_point(each.position)}
        for each in data.areas
    }
    of_areas, area_ids = await _replace(connection, schema.areas, areas, now=now)
    sites = {
        each.code: {
            "area_id": area_ids[each.area],
            "kind": each.kind.value,
            "names": dict(each.names),
            **_point(each.position),
        }
        for each in data.sites
    }
    of_sites, _ = await _replace(connection, schema.sites, sites, now=now)
    of_clinics = await _replace_clinics(connection, data.clinics, area_ids, now=now)
    centres: dict[str, Values] = {each.code: _centre_values(each) for each in data.centres}
    of_centres, _ = await _replace(connection, schema.centres, centres, now=now)
    of_programme = await _replace_programme(connection, data.programme, now=now)
    concerned = Changes(visits=await visits_ahead(connection, now=now))
    return changes + of_cities + of_areas + of_sites + of_clinics + of_centres + of_programme + concerned


async def _replace(
    connection: AsyncConnection,
    table: Table,
    wanted: dict[str, Values],
    *,
    now: datetime,
    touched: frozenset[str] = frozenset(),
) -> tuple[Changes, dict[str, int]]:
    """Bring the rows of one table in line; `touched` are codes that count as changed whatever their row says.

    Return what changed, and the ids by code.
    """
    stored = await connection.execute(select(table).with_for_update())
    known = {row["code"]: row for row in stored.mappings()}
    changed = 0
    ids: dict[str, int] = {}
    for code, values in wanted.items():
        row = known.get(code)
        if row is None:
            added = await connection.execute(insert(table).values(code=code, **values).returning(table.c.id))
            ids[code] = added.scalar_one()
            continue
        ids[code] = row["id"]
        in_force = {**values, "retired_at": None}
        if code in touched or any(row[name] != value for name, value in in_force.items()):
            await connection.execute(update(table).where(table.c.id == row["id"]).values(in_force))
            changed += 1
    gone = [
        row["id"]
        for code, row in known.items()
        if code not in wanted and row["retired_at"] is None and row.get("added_at") is None
    ]  # a site that was told in the chat is not the directory's to retire
    if gone:
        await connection.execute(update(table).where(table.c.id.in_(gone)).values(retired_at=now))
    return Changes(len(wanted.keys() - known.keys()), changed, len(gone)), ids


async def _replace_clinics(
    connection: AsyncConnection, clinics: tuple[Clinic, ...], area_ids: dict[str, int], *, now: datetime
) -> Changes:
    stored = {each.code: _parts(each) for each in await clinics_of(connection, also_retired=True)}
    renewed = frozenset(each.code for each in clinics if stored.get(each.code) != _parts(each))
    wanted = {each.code: _clinic_values(each, area_ids) for each in clinics}
    changes, ids = await _replace(connection, schema.clinics, wanted, now=now, touched=renewed)
    for each in clinics:
        if each.code in renewed:
            await _write_parts(connection, each, ids[each.code])
    return changes


def _parts(clinic: Clinic) -> tuple[object, ...]:
    return clinic.services, clinic.sessions, clinic.closed_days


def _clinic_values(clinic: Clinic, area_ids: dict[str, int]) -> Values:
    return {
        "area_id": area_ids[clinic.area],
        "names": dict(clinic.names),
        "address": dict(clinic.address),
        "directions": dict(clinic.directions),
        "hours": dict(clinic.hours),
        "bring": dict(clinic.bring),
        "phone": clinic.phone,
        **_point(clinic.position),
    }


def _centre_values(centre: Centre) -> Values:
    return {
        "country": centre.country,
        "region": dict(centre.region) if centre.region else None,
        "names": dict(centre.names),
        "address": dict(centre.address),
        "phone": centre.phone,
        "hours": dict(centre.hours) if centre.hours else None,
        "source": centre.source,
    }


async def _write_parts(connection: AsyncConnection, clinic: Clinic, clinic_id: int) -> None:
    """Write services, sessions and closed days anew: nothing points at their rows."""
    services: list[Values] = [
        {"kind": each.kind.value, "payer": each.payer.value, "note": each.note, "position": number}
        for number, each in enumerate(clinic.services)
    ]
    sessions: list[Values] = [
        {
            "weekday": each.weekday,
            "starts": f"{each.start:%H:%M}",
            "ends": f"{each.end:%H:%M}",
            "slot_minutes": each.slot_minutes,
            "capacity": each.capacity,
            "valid_from": each.valid_from,
            "valid_until": each.valid_until,
        }
        for each in clinic.sessions
    ]
    closed: list[Values] = [{"day": each.day, "reason": each.reason} for each in clinic.closed_days]
    parts = {schema.services: services, schema.sessions: sessions, schema.closed_days: closed}
    for table, rows in parts.items():
        await connection.execute(delete(table).where(table.c.clinic_id == clinic_id))
        for row in rows:  # one by one: their ids keep the order
            await connection.execute(insert(table).values(clinic_id=clinic_id, **row))


async def _replace_programme(connection: AsyncConnection, programme: Programme, *, now: datetime) -> Changes:
    table = schema.programme
    content = {
        "names": dict(programme.names),
        "operator": dict(programme.operator),
        "contact": dict(programme.contact),
        "purpose": dict(programme.purpose),
        "retention_days": {kind.value: days for kind, days in programme.retention_days.items()},
        "promises": sorted(programme.promises),
    }
    stored = (await connection.execute(select(table.c.content))).scalar_one_or_none()
    if stored == content:
        return Changes()
    if stored is None:
        await connection.execute(insert(table).values(id=1, content=content, changed_at=now))
        return Changes(added=1)
    await connection.execute(update(table).values(content=content, changed_at=now))
    return Changes(changed=1)


def _point(position: Position | None) -> Values:
    return {
        "latitude": position.latitude if position else None,
        "longitude": position.longitude if position else None,
    }
