"""Read what a worker sees of the people who came through their links: where each stands, never who it is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Join, Row, Select, and_, case, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from care.directory import Texts
from care.referral import State
from storage.schema import areas, bookings, cities, people, referrals, staff, tasks
from storage.task_lists import of_workers

SILENT_AFTER = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One person, without anything that tells who it is."""

    person_id: int  # for the pseudonym
    locale: str
    state: State
    changed_at: datetime | None = None  # aware, UTC: since when it stands so
    next_start: datetime | None = None  # naive: what the clock at the clinic shows
    next_task: str | None = None  # care.tasks.Kind: what is to be done first
    next_due: datetime | None = None  # aware, UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What a request for a talk shows of a person."""

    locale: str
    area_names: Texts | None = None
    zone: str | None = None  # IANA name of where they are


class Filter(StrEnum):
    """Which of the people are shown."""

    ALL = "all"
    NEEDS = "needs"  # there is something to do
    BOOKED = "booked"  # a visit is ahead
    SILENT = "silent"  # has not written for two weeks, and no visit is ahead


async def counts(connection: AsyncConnection, staff_id: int, *, now: datetime) -> dict[Filter, int]:
    """Return how many people each filter shows."""
    row = (await connection.execute(counts_query(staff_id, now=now))).one()
    return {which: int(row._mapping[which.value] or 0) for which in Filter}


def counts_query(staff_id: int, *, now: datetime) -> Select[*tuple[Any, ...]]:
    """Select the numbers of `counts`."""
    numbers = [
        func.sum(case((and_(*_filters(which, now)), 1), else_=0)).label(which.value)
        for which in Filter
        if which is not Filter.ALL
    ]
    everybody = func.count().label(Filter.ALL.value)
    return select(everybody, *numbers).select_from(_cases()).where(of_workers([staff_id]))


async def page(
    connection: AsyncConnection,
    staff_id: int,
    *,
    now: datetime,
    first: int,
    most: int,
    which: Filter = Filter.ALL,
) -> Sequence[Case]:
    """Return the people in a worker's care from number `first` (0 …) on, the newest change first."""
    statement = page_query(staff_id, now=now, which=which).offset(first).limit(most)
    return [case_of(row) for row in (await connection.execute(statement)).all()]


def page_query(staff_id: int, *, now: datetime, which: Filter = Filter.ALL) -> Select[*tuple[Any, ...]]:
    """Select all people of `page`, in its order."""
    return (
        select(*case_columns(now))
        .select_from(_cases())
        .where(*_chosen(staff_id, which, now))
        .order_by(referrals.c.changed_at.desc(), referrals.c.id)
    )


def case_columns(now: datetime) -> list[ColumnElement[Any]]:
    """Return what is read of somebody, with the next visit and what is to be done first."""
    visit = (
        select(func.min(bookings.c.local_start))
        .where(
            bookings.c.person_id == people.c.id,
            bookings.c.cancelled_at.is_(None),
            bookings.c.starts_at > now,
        )
        .scalar_subquery()
    )
    waiting = (
        select(tasks.c.kind, tasks.c.promised_at)
        .where(_to_do(now))
        .order_by(tasks.c.priority, tasks.c.promised_at)
        .limit(1)
    )
    kind = waiting.with_only_columns(tasks.c.kind).scalar_subquery()
    due_at = waiting.with_only_columns(tasks.c.promised_at).scalar_subquery()
    return [
        people.c.id.label("person_id"),
        people.c.locale,
        referrals.c.state,
        referrals.c.changed_at,
        visit.label("next_start"),
        kind.label("next_task"),
        due_at.label("next_due"),
    ]


def case_of(row: Row[*tuple[Any, ...]]) -> Case:
    """Return a row of `case_columns` as a person of the caseload."""
    return Case(
        person_id=row.person_id,
        locale=row.locale,
        state=State(row.state),
        changed_at=row.changed_at,
        next_start=datetime.fromisoformat(row.next_start) if row.next_start else None,
        next_task=row.next_task,
        next_due=row.next_due,
    )


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


def _chosen(staff_id: int, which: Filter, now: datetime) -> list[ColumnElement[bool]]:
    return [of_workers([staff_id]), *_filters(which, now)]


def _filters(which: Filter, now: datetime) -> list[ColumnElement[bool]]:
    ahead = exists().where(
        bookings.c.person_id == people.c.id, bookings.c.cancelled_at.is_(None), bookings.c.starts_at > now
    )
    quiet = people.c.seen_on <= (now - SILENT_AFTER).date()
    filters: dict[Filter, list[ColumnElement[bool]]] = {
        Filter.ALL: [],
        Filter.NEEDS: [exists().where(_to_do(now))],
        Filter.BOOKED: [ahead],
        Filter.SILENT: [quiet, referrals.c.state != State.CAME, ~ahead],
    }
    return filters[which]


def _to_do(now: datetime) -> ColumnElement[bool]:
    awake = or_(tasks.c.snoozed_until.is_(None), tasks.c.snoozed_until <= now)
    return and_(tasks.c.person_id == people.c.id, tasks.c.done_at.is_(None), awake)
