"""Read what `care.task_rules` know of examinations: that there is something to say, never what."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, String, and_, cast, exists, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from care.roles import Role
from care.tasks import WAITING, Kind, Result
from storage.schema import bookings, examinations, referrals, staff, tasks


def examined(visits: FromClause) -> ColumnElement[bool]:
    """Match rows of `bookings`, or of an alias, whose person was examined.

    The clinic says so, or they came where nobody of the clinic writes examinations here.
    """
    written = exists().where(examinations.c.booking_id == visits.c.id)
    writes = exists().where(
        staff.c.clinic_id == visits.c.clinic_id,
        staff.c.role == Role.CLINICIAN.value,
        staff.c.ended_at.is_(None),
        staff.c.paused_at.is_(None),
    )
    return or_(written, and_(visits.c.came_at.is_not(None), ~writes))


def any_examined(person_id: ColumnElement[Any], referral_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Match where a person was examined at any visit of a referral."""
    visits = bookings.alias("visits")
    return exists().where(
        visits.c.person_id == person_id,
        visits.c.referral_id == referral_id,
        visits.c.cancelled_at.is_(None),
        examined(visits),
    )


async def of_people(connection: AsyncConnection, person_ids: Collection[int]) -> dict[int, list[Result]]:
    """Return by person what clinics have to say to them, or had."""
    statement = select(
        examinations.c.person_id, examinations.c.id, examinations.c.ready_at, examinations.c.given_at
    ).where(examinations.c.person_id.in_(list(person_ids)), examinations.c.ready_at.is_not(None))
    found: dict[int, list[Result]] = defaultdict(list)
    for row in (await connection.execute(statement.order_by(examinations.c.id))).all():
        found[row.person_id].append(Result(id=row.id, ready_at=row.ready_at, given_at=row.given_at))
    return found


def not_fetched(since: ColumnElement[datetime]) -> Select[tuple[Any]]:
    """Select referrals of people who did not come for what a clinic has to say, and have no task for it.

    `since`: what was ready later is still waited for.
    """
    known = exists().where(
        tasks.c.key == _key(examinations.c.id),
        or_(tasks.c.done_at.is_(None), tasks.c.done_at > examinations.c.ready_at),
    )
    waiting = select(examinations.c.person_id).where(
        examinations.c.ready_at <= since,
        examinations.c.given_at.is_(None),
        examinations.c.person_id.is_not(None),
        ~known,
    )
    return select(referrals.c.id).where(referrals.c.closed_at.is_(None), referrals.c.person_id.in_(waiting))


def fetched() -> ColumnElement[bool]:
    """Match tasks to bring somebody to a clinic that has nothing more to say."""
    waiting = exists().where(
        tasks.c.key == _key(examinations.c.id),
        examinations.c.ready_at.is_not(None),
        examinations.c.given_at.is_(None),
    )
    return and_(tasks.c.kind == Kind.RESULT.value, tasks.c.key.startswith(f"{WAITING}:"), ~waiting)


def _key(cause: ColumnElement[int]) -> ColumnElement[str]:
    """Write `care.tasks.Need.key` in SQL."""
    return literal(f"{WAITING}:", String) + cast(cause, String)
