"""Read what a worker sees of the people who came through their links: where each stands, never who it is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Join, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from care.directory import Texts
from care.referral import State
from storage.schema import areas, bookings, cities, links, people, referrals, staff


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One person, without anything that tells who it is."""

    person_id: int  # for the pseudonym
    locale: str
    state: State
    next_start: datetime | None = None  # naive: what the clock at the clinic shows


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What a request for a talk shows of a person."""

    locale: str
    area_names: Texts | None = None
    zone: str | None = None  # IANA name of where they are


async def count(connection: AsyncConnection, staff_id: int) -> int:
    """Return how many people are in a worker's care."""
    statement = select(func.count()).select_from(_cases()).where(_of(staff_id))
    return int((await connection.execute(statement)).scalar_one())


async def page(
    connection: AsyncConnection, staff_id: int, *, now: datetime, first: int, most: int
) -> Sequence[Case]:
    """Return the people in a worker's care from number `first` (0 …) on, the newest change first."""
    visit = (
        select(func.min(bookings.c.local_start))
        .where(
            bookings.c.person_id == people.c.id,
            bookings.c.cancelled_at.is_(None),
            bookings.c.starts_at > now,
        )
        .scalar_subquery()
    )
    statement = (
        select(people.c.id, people.c.locale, referrals.c.state, visit)
        .select_from(_cases())
        .where(_of(staff_id))
        .order_by(referrals.c.changed_at.desc(), referrals.c.id)
        .offset(first)
        .limit(most)
    )
    return [
        Case(
            person_id=person_id,
            locale=locale,
            state=State(state),
            next_start=datetime.fromisoformat(start) if start else None,
        )
        for person_id, locale, state, start in (await connection.execute(statement)).all()
    ]


async def faces(connection: AsyncConnection, person_ids: Collection[int]) -> dict[int, Face]:
    """Return what staff may see of people who asked for a talk, by person id."""
    statement = (
        select(people.c.id, people.c.locale, areas.c.names, cities.c.zone)
        .select_from(
            people.outerjoin(
                referrals, and_(referrals.c.person_id == people.c.id, referrals.c.closed_at.is_(None))
            )
            .outerjoin(areas, areas.c.id == func.coalesce(people.c.area_id, referrals.c.area_id))
            .outerjoin(cities, cities.c.id == areas.c.city_id)
        )
        .where(people.c.id.in_(list(person_ids)))
    )
    return {
        person_id: Face(locale=locale, area_names=names, zone=zone)
        for person_id, locale, names, zone in (await connection.execute(statement)).all()
    }


async def workers(connection: AsyncConnection) -> dict[int, tuple[int | None, int]]:
    """Return of each member of staff their area and a number within it, counted from 1 as they began.

    Those who left are among them, so that a number never changes; there are no names to tell.
    """
    statement = select(staff.c.id, staff.c.area_id).order_by(staff.c.started_at, staff.c.id)
    numbers: dict[int | None, int] = {}
    found: dict[int, tuple[int | None, int]] = {}
    for staff_id, area_id in (await connection.execute(statement)).all():
        numbers[area_id] = numbers.get(area_id, 0) + 1
        found[staff_id] = (area_id, numbers[area_id])
    return found


def _cases() -> Join:
    return referrals.join(people, people.c.id == referrals.c.person_id)


def _of(staff_id: int) -> ColumnElement[bool]:
    """Match open referrals that a worker owns or whose link is theirs; nobody looks after themselves."""
    own_links = select(links.c.id).where(links.c.staff_id == staff_id)
    itself = select(staff.c.person_id).where(staff.c.id == staff_id, staff.c.person_id.is_not(None))
    return and_(
        referrals.c.closed_at.is_(None),
        or_(referrals.c.staff_id == staff_id, referrals.c.link_id.in_(own_links)),
        referrals.c.person_id.not_in(itself),
    )
