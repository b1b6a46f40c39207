"""Keep who comes along to the clinic with whom: one open row per visit."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.company import SAME_TIME, TAKEN, Candidate, Company, State, Trip
from care.ownership import Colleague
from care.roles import Role
from care.shift import Schedule, is_away, on_shift
from storage import ownership
from storage.people import random_id
from storage.schema import areas, bookings, clinics, companies, referrals

_OPEN = companies.c.ended_at.is_(None)


@dataclass(frozen=True, slots=True)
class Asked:
    """A wish for company, and the visit that it is for."""

    company: Company
    trip: Trip
    clinic_id: int
    local: datetime  # naive: when the visit begins on the clinic's clock
    areas: frozenset[int]  # of the clinic and of the person
    city_id: int | None  # of the clinic


async def by_id(connection: AsyncConnection, company_id: int) -> Asked | None:
    """Return one by its id, locked for a change; who may touch it is for the caller to look at."""
    return await _first(
        connection, _select().where(companies.c.id == company_id).with_for_update(of=companies)
    )


async def newest_for(connection: AsyncConnection, booking_id: int, person_id: int) -> Asked | None:
    """Return the person's newest one for a visit, whether it is open or over."""
    statement = _select().where(companies.c.booking_id == booking_id, companies.c.person_id == person_id)
    return await _first(connection, statement.order_by(companies.c.created_at.desc(), companies.c.id.desc()))


async def open_for(connection: AsyncConnection, booking_id: int) -> Asked | None:
    """Return the open one for a visit, whosever it is, locked for a change."""
    statement = _select().where(companies.c.booking_id == booking_id, _OPEN)
    return await _first(connection, statement.with_for_update(of=companies))


async def open_of(connection: AsyncConnection, person_id: int) -> Sequence[Asked]:
    """Return the open ones of a person."""
    return await _all(connection, _select().where(companies.c.person_id == person_id, _OPEN))


async def all_open(connection: AsyncConnection) -> Sequence[Asked]:
    """Return all that are open, those whose visit begins first in front."""
    return await _all(connection, _select().where(_OPEN).order_by(bookings.c.starts_at, companies.c.id))


async def anything_open(connection: AsyncConnection) -> bool:
    """Return whether any is open: a look that takes no lock."""
    return (await connection.execute(select(companies.c.id).where(_OPEN).limit(1))).first() is not None


async def of_staff(
    connection: AsyncConnection, staff_ids: Collection[int], *, oversees: bool = False
) -> Sequence[Asked]:
    """Return the open ones that somebody goes to or is being asked for, soonest first.

    Who `oversees` also sees those for which nobody was found.
    """
    mine = list(staff_ids)
    wanted = (companies.c.state.in_([one.value for one in TAKEN]) & companies.c.staff_id.in_(mine)) | (
        (companies.c.state == State.OFFERED.value) & companies.c.offered_to.in_(mine)
    )
    if oversees:
        wanted = wanted | (companies.c.state == State.NOBODY.value)
    return await _all(
        connection, _select().where(_OPEN, wanted).order_by(bookings.c.starts_at, companies.c.id)
    )


async def begin(connection: AsyncConnection, person_id: int, booking_id: int, *, now: datetime) -> int | None:
    """Begin one for a visit of the person and return its id; None when the visit does not stand.

    A clinic that cancels the visit at this moment either sees it, or was first. Raises IntegrityError when
    one is open.
    """
    visit = select(bookings.c.id).where(bookings.c.id == booking_id, bookings.c.cancelled_at.is_(None))
    if (await connection.execute(visit.with_for_update())).first() is None:  # SQLite has one writer
        return None
    company_id = random_id()
    await connection.execute(
        insert(companies).values(
            id=company_id,
            person_id=person_id,
            booking_id=booking_id,
            state=State.BEGUN.value,
            refused_by=[],
            created_at=now,
        )
    )
    return company_id


async def save(connection: AsyncConnection, company: Company) -> None:
    """Write down how one stands now."""
    await connection.execute(
        update(companies)
        .where(companies.c.id == company.id)
        .values(
            booking_id=company.booking_id,
            wanted_gender=company.gender,
            wanted_locale=company.locale,
            place=company.place,
            phone=company.phone,
            state=company.state.value,
            staff_id=company.staff_id,
            offered_to=company.offered_to,
            offered_at=company.offered_at,
            refused_by=list(company.refused),
            accepted_at=company.accepted_at,
            met_at=company.met_at,
            ended_at=company.ended_at,
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """Who could come along: read once for all that are looked at together."""

    colleagues: Sequence[Colleague]
    schedules: dict[int, Schedule]
    cities: dict[int, int]  # area → city
    engaged: Sequence[tuple[int, int, datetime]]  # staff id, company id, when that visit begins
    now: datetime

    def candidates(self, asked: Asked) -> list[Candidate]:
        """Return everybody of the team as they are at the hour of one visit."""
        return [self._candidate(one, asked) for one in self.colleagues]

    def _candidate(self, one: Colleague, asked: Asked) -> Candidate:
        schedule, starts_at = self.schedules[one.staff_id], asked.trip.starts_at
        city_id = self.cities.get(one.area_id) if one.area_id is not None else asked.city_id
        at_the_hour = replace(schedule, here_until=None)  # 'I am here' is said of now
        return Candidate(
            staff_id=one.staff_id,
            person_id=one.person_id,
            since=one.since,
            languages=one.languages,
            gender=one.gender,
            on_shift=on_shift(at_the_hour, now=starts_at),
            away=one.away or is_away(schedule, now=starts_at),
            asks=one.role is Role.WORKER and city_id == asked.city_id,
            same_area=one.area_id in asked.areas,
            open_referrals=one.open_referrals,
            busy=any(
                staff_id == one.staff_id
                and company_id != asked.company.id
                and abs(moment - starts_at) < SAME_TIME
                for staff_id, company_id, moment in self.engaged
            ),
        )


async def team(connection: AsyncConnection, *, now: datetime, zone: str) -> Team:
    """Read who could come along; `zone` is as for `ownership.team`."""
    colleagues = await ownership.team(connection, now=now, zone=zone)
    schedules = await ownership.schedules_of(
        connection, zone=zone, staff_ids=[one.staff_id for one in colleagues]
    )
    cities = (await connection.execute(select(areas.c.id, areas.c.city_id))).all()
    going = (
        select(companies.c.staff_id, companies.c.id, bookings.c.starts_at)
        .join(bookings, bookings.c.id == companies.c.booking_id)
        .where(_OPEN, companies.c.staff_id.is_not(None))
    )
    engaged = [(row[0], row[1], row[2]) for row in (await connection.execute(going)).all()]
    return Team(
        colleagues=colleagues,
        schedules=schedules,
        cities={row.id: row.city_id for row in cities},
        engaged=engaged,
        now=now,
    )


def _select() -> Select[Any]:
    return (
        select(
            companies,
            bookings.c.starts_at,
            bookings.c.local_start,
            bookings.c.zone,
            bookings.c.clinic_id,
            clinics.c.area_id.label("clinic_area"),
            areas.c.city_id,
            referrals.c.staff_id.label("owner_id"),
            referrals.c.area_id.label("person_area"),
        )
        .join(bookings, bookings.c.id == companies.c.booking_id)
        .join(referrals, referrals.c.id == bookings.c.referral_id)
        .join(clinics, clinics.c.id == bookings.c.clinic_id)
        .join(areas, areas.c.id == clinics.c.area_id)
    )


async def _first(connection: AsyncConnection, statement: Select[Any]) -> Asked | None:
    row = (await connection.execute(statement.limit(1))).mappings().first()
    return _asked(row) if row is not None else None


async def _all(connection: AsyncConnection, statement: Select[Any]) -> Sequence[Asked]:
    return [_asked(row) for row in (await connection.execute(statement)).mappings()]


def _asked(row: RowMapping) -> Asked:
    return Asked(
        company=_company(row),
        trip=Trip(starts_at=row["starts_at"], zone=row["zone"], owner_id=row["owner_id"]),
        clinic_id=row["clinic_id"],
        local=datetime.fromisoformat(row["local_start"]),
        areas=frozenset(one for one in (row["clinic_area"], row["person_area"]) if one is not None),
        city_id=row["city_id"],
    )


def _company(row: RowMapping) -> Company:
    return Company(
        id=row["id"],
        person_id=row["person_id"],
        booking_id=row["booking_id"],
        state=State(row["state"]),
        created_at=row["created_at"],
        gender=row["wanted_gender"],
        locale=row["wanted_locale"],
        staff_id=row["staff_id"],
        offered_to=row["offered_to"],
        offered_at=row["offered_at"],
        refused=tuple(row["refused_by"]),
        accepted_at=row["accepted_at"],
        met_at=row["met_at"],
        ended_at=row["ended_at"],
        place=row["place"],
        phone=row["phone"],
    )
