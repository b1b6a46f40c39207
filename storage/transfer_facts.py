"""Read what the card of somebody who leaves may say, at the moment at which it is looked at."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, RowMapping, Select, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from care.directory import Clinic, Texts
from care.person import Person
from care.referral import State
from care.results import Result
from care.transfer import Field, Transfer
from storage import directory
from storage.schema import areas, bookings, cities, dose_plans, examinations, people, referrals
from storage.vault import Vault

MOST_VISITS = 6  # the newest


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that is known for a card; what is not there is None or empty. Days are those of the place."""

    locale: str
    city: Texts | None = None
    clinic: Clinic | None = None  # where the person came last
    visits: tuple[date, ...] = ()  # on which they came, oldest first
    examined_on: date | None = None
    result: Result | None = None  # once it was given
    given_on: date | None = None
    care: State | None = None  # where the episode of that examination stands, or stood when the person left
    medicine: tuple[date, date] | None = None  # the first and the last day
    written: Mapping[Field, str] | None = None  # what the person typed

    def offers(self) -> tuple[Field, ...]:
        """Return what can stand on a card: what is typed always can."""
        there = {
            Field.CITY: self.city is not None,
            Field.CLINIC: self.clinic is not None,
            Field.VISITS: bool(self.visits),
            Field.EXAMINED: self.examined_on is not None,
            Field.RESULT: self.result is not None,
            Field.MEDICINE: self.medicine is not None,
        }
        return tuple(one for one in Field if there.get(one, True))


async def of(
    connection: AsyncConnection, vault: Vault, person: Person, transfer: Transfer, *, zone: str
) -> Facts:
    """Return what is known; `zone` (IANA) is where a moment becomes a day."""
    clock = ZoneInfo(zone)
    came = await _visits(connection, person.id)
    examined = await _newest(
        connection,
        select(examinations)
        .where(examinations.c.person_id == person.id, ~_of_a_child())
        .order_by(examinations.c.examined_at.desc(), examinations.c.id),
    )
    given = examined is not None and examined["given_at"] is not None and examined["outcome"] is not None
    return Facts(
        locale=person.locale,
        city=await _city(connection, person.id),
        clinic=await directory.clinic(connection, came[-1][1], also_retired=True) if came else None,
        visits=tuple(day for day, _ in came[-MOST_VISITS:]),
        examined_on=_day(examined["examined_at"], clock) if examined else None,
        result=Result(vault.open_for(person.key, examined["outcome"]).decode())
        if examined and given
        else None,
        given_on=_day(examined["given_at"], clock) if examined and given else None,
        care=await _care(connection, examined["referral_id"]) if examined and given else None,
        medicine=await _medicine(connection, person.id),
        written=written_of(vault, person, transfer),
    )


def written_of(vault: Vault, person: Person, transfer: Transfer) -> dict[Field, str]:
    """Return what the person typed for the card."""
    if transfer.written is None:
        return {}
    values = json.loads(vault.open_for(person.key, transfer.written))
    return {Field(name): text for name, text in values.items() if name in frozenset(Field)}


def sealed(vault: Vault, person: Person, written: Mapping[Field, str]) -> bytes | None:
    """Return what was typed for the card as it is kept, or None when there is nothing."""
    if not written:
        return None
    values = {field.value: text for field, text in written.items()}
    return vault.seal_for(person.key, json.dumps(values, ensure_ascii=False).encode())


async def _visits(connection: AsyncConnection, person_id: int) -> list[tuple[date, int]]:
    """Return the days on which the person came, with the clinic, oldest first."""
    statement = (
        select(bookings.c.local_day, bookings.c.clinic_id)
        .where(bookings.c.person_id == person_id, bookings.c.came_at.is_not(None))
        .where(bookings.c.cancelled_at.is_(None))
        .order_by(bookings.c.starts_at, bookings.c.id)
    )
    return [(date.fromisoformat(row[0]), row[1]) for row in (await connection.execute(statement)).all()]


async def _city(connection: AsyncConnection, person_id: int) -> Texts | None:
    statement = (
        select(cities.c.names)
        .join(areas, areas.c.city_id == cities.c.id)
        .join(people, people.c.area_id == areas.c.id)
        .where(people.c.id == person_id)
    )
    names: Texts | None = (await connection.execute(statement)).scalar_one_or_none()
    return names


async def _care(connection: AsyncConnection, referral_id: int | None) -> State | None:
    """Return where an episode stands; of one that ended because the person left, where it stood before."""
    statement = select(referrals.c.state, referrals.c.ended_from).where(referrals.c.id == referral_id)
    row = (await connection.execute(statement)).one_or_none()
    return State(row.ended_from or row.state) if row is not None else None


async def _medicine(connection: AsyncConnection, person_id: int) -> tuple[date, date] | None:
    """Return the first and the last day of the newest plan."""
    statement = (
        select(dose_plans)
        .where(dose_plans.c.person_id == person_id)
        .order_by(dose_plans.c.created_at.desc(), dose_plans.c.id)
    )
    row = await _newest(connection, statement)
    return (row["starts_on"], row["ends_on"]) if row else None


def _of_a_child() -> ColumnElement[bool]:
    """Match what a clinic wrote of a child that the person brought."""
    return exists().where(bookings.c.id == examinations.c.booking_id, bookings.c.guardian_id.is_not(None))


async def _newest(connection: AsyncConnection, statement: Select[*tuple[Any, ...]]) -> RowMapping | None:
    return (await connection.execute(statement.limit(1))).mappings().first()


def _day(moment: datetime, clock: ZoneInfo) -> date:
    return moment.astimezone(clock).date()
