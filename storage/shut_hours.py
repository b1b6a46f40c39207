"""Find whose places a closure leaves no room for, and how many visits and readers that are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from care.directory import Closure
from care.places import Use
from storage.displacing import OF_PEOPLE, standing
from storage.schema import bookings
from storage.selling import written
from storage.unseen import unseen

_ORDER = (bookings.c.local_start, bookings.c.created_at, bookings.c.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """Whom a closure concerns."""

    visits: int  # of people and their children, and what was kept for people
    readers: int  # who are told: one for an adult with children
    begun: int = 0  # visits that had begun or are marked, and are left as they are


def in_hours(clinic_id: int, closure: Closure, *, now: datetime) -> Select[Any]:
    """Select what stands in the hours of a closure, soonest first."""
    return select(bookings).where(_in_hours(clinic_id, closure, now=now)).order_by(*_ORDER)


def shut(clinic_id: int, closure: Closure, *, now: datetime) -> Select[Any]:
    """Select what has to be taken back because of a closure that shuts, soonest first."""
    where = _in_hours(clinic_id, closure, now=now)
    if closure.also_begun:
        where = or_(where, and_(bookings.c.clinic_id == clinic_id, unseen(closure, now=now)))
    return select(bookings).where(where).order_by(*_ORDER)


def begun(clinic_id: int, closure: Closure, *, now: datetime) -> Select[Any]:
    """Select who came or should have come by the time of a closure, and was not examined."""
    return select(bookings).where(bookings.c.clinic_id == clinic_id, unseen(closure, now=now))


async def counted(connection: AsyncConnection, statement: Select[Any]) -> tuple[int, int]:
    """Return how many visits of people a selection of places has, and how many people are told of them."""
    found = statement.order_by(None).subquery()
    lost = bookings.alias("lost")
    first = select(lost.c.person_id).where(lost.c.id == found.c.use_id).scalar_subquery()
    instead = case((found.c.use == Use.DISPLACED.value, first))
    reader = func.coalesce(found.c.person_id, found.c.guardian_id, instead)
    counts = select(func.count(), func.count(reader.distinct())).select_from(found)
    of_people = found.c.use.in_([use.value for use in OF_PEOPLE])
    row = (await connection.execute(counts.where(of_people))).one()
    return int(row[0]), int(row[1])


def _in_hours(clinic_id: int, closure: Closure, *, now: datetime) -> ColumnElement[bool]:
    begins, ends = closure.begins, closure.ends
    return and_(
        bookings.c.clinic_id == clinic_id,
        bookings.c.local_day.between(begins.date().isoformat(), ends.date().isoformat()),
        bookings.c.local_start >= written(begins),
        bookings.c.local_start < written(ends),
        *standing(now=now),
    )
