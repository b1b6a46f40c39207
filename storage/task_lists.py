"""Read what there is to do: a page of somebody's tasks, how many are late, whose visit is today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from care.person import StaffMember
from care.places import SEEN_AT_THE_DESK
from storage.reach import OVERSEERS
from storage.schema import bookings, links, referrals, relays, staff, tasks
from storage.tasks import Task, reachable, task_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How much there is to do of what somebody may do."""

    open: int = 0  # without what is put off
    late: int = 0
    today: int = 0  # late ones included
    put_off: int = 0
    climbed: int = 0  # late, and the coordinator was told
    climbed_people: int = 0  # how many people these are about


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What a day brings for a worker."""

    visits: Sequence[tuple[int, datetime]] = ()  # person id, naive local beginning; soonest first
    new: Sequence[int] = ()  # person ids, newest first


async def page(
    connection: AsyncConnection,
    roles: Sequence[StaffMember],
    *,
    now: datetime,
    first: int,
    most: int,
    put_off: bool = False,
) -> list[Task]:
    """Return tasks from number `first` (0 …) on: what climbed first, then by priority, then by time.

    What is put off stands apart, by when it comes back.
    """
    statement = page_query(roles, now=now, put_off=put_off).offset(first).limit(most)
    return [task_of(row) for row in (await connection.execute(statement)).mappings()]


def page_query(
    roles: Sequence[StaffMember], *, now: datetime, put_off: bool = False
) -> Select[*tuple[Any, ...]]:
    """Select all tasks of `page`, in its order."""
    if put_off:
        asleep = reachable(roles).where(tasks.c.snoozed_until > now)
        return asleep.order_by(tasks.c.snoozed_until, tasks.c.id)
    order: list[ColumnElement[Any]] = [tasks.c.priority, tasks.c.promised_at, tasks.c.id]
    if _oversees(roles):
        order.insert(0, case((tasks.c.escalated_at.is_not(None), 0), else_=1))
    return reachable(roles).where(_awake(now)).order_by(*order)


async def load(
    connection: AsyncConnection, roles: Sequence[StaffMember], *, now: datetime, day_ends: datetime
) -> Load:
    """Count the tasks that somebody with these roles may do; `day_ends` (aware) is the end of their day."""
    row = (await connection.execute(load_query(roles, now=now, day_ends=day_ends))).one()
    return Load(**{name: int(value or 0) for name, value in row._mapping.items()})


def load_query(
    roles: Sequence[StaffMember], *, now: datetime, day_ends: datetime
) -> Select[*tuple[Any, ...]]:
    """Select the counts of `load`."""
    awake = _awake(now)
    counted = {
        "open": awake,
        "late": and_(awake, tasks.c.promised_at < now),
        "today": and_(awake, tasks.c.promised_at < day_ends),
        "put_off": tasks.c.snoozed_until > now,
        "climbed": and_(awake, tasks.c.escalated_at.is_not(None)),
    }
    columns = [func.sum(case((condition, 1), else_=0)).label(name) for name, condition in counted.items()]
    people = func.count(case((counted["climbed"], tasks.c.person_id)).distinct()).label("climbed_people")
    return reachable(roles).with_only_columns(*columns, people)


async def of_person(connection: AsyncConnection, roles: Sequence[StaffMember], person_id: int) -> list[Task]:
    """Return the open tasks about one person that somebody with these roles may do, also those put off."""
    statement = reachable(roles).where(tasks.c.person_id == person_id)
    rows = (await connection.execute(statement.order_by(tasks.c.priority, tasks.c.promised_at))).mappings()
    return [task_of(row) for row in rows]


async def day(
    connection: AsyncConnection,
    staff_ids: Sequence[int],
    *,
    begins: datetime,
    ends: datetime,
    since: datetime,
) -> Day:
    """Return whose visit is between `begins` and `ends`, and who is new since `since`; all aware, UTC."""
    visits = (
        select(bookings.c.person_id, bookings.c.local_start)
        .select_from(bookings.join(referrals, referrals.c.id == bookings.c.referral_id))
        .where(
            of_workers(staff_ids),
            bookings.c.cancelled_at.is_(None),
            bookings.c.came_at.is_(None),
            bookings.c.starts_at >= begins,
            bookings.c.starts_at < ends,
        )
        .order_by(bookings.c.starts_at)
    )
    new = select(referrals.c.person_id).where(of_workers(staff_ids), referrals.c.opened_at >= since)
    return Day(
        visits=[
            (person_id, datetime.fromisoformat(start))
            for person_id, start in (await connection.execute(visits)).all()
        ],
        new=(await connection.execute(new.order_by(referrals.c.opened_at.desc()))).scalars().all(),
    )


async def relays_open(connection: AsyncConnection, staff_ids: Sequence[int]) -> tuple[int, int]:
    """Return how many talks through the bot are open with these members of staff, and in how many the
    person waits for an answer."""
    waits = or_(
        relays.c.answered_at.is_(None),
        relays.c.person_wrote_at > func.coalesce(relays.c.staff_wrote_at, relays.c.answered_at),
    )
    statement = select(func.count(), func.sum(case((waits, 1), else_=0))).where(
        relays.c.closed_at.is_(None), relays.c.staff_id.in_(list(staff_ids))
    )
    row = (await connection.execute(statement)).one()
    return int(row[0]), int(row[1] or 0)


async def relays_queued(connection: AsyncConnection) -> int:
    """Return how many people wait for somebody of the team to talk to."""
    statement = select(func.count()).where(relays.c.closed_at.is_(None), relays.c.staff_id.is_(None))
    return int((await connection.execute(statement)).scalar_one())


async def expected(
    connection: AsyncConnection, clinic_id: int | None, *, begins: datetime, ends: datetime
) -> int:
    """Return how many people are still expected between two moments, at one clinic or at all of them."""
    statement = select(func.count()).where(
        bookings.c.cancelled_at.is_(None),
        bookings.c.use.in_(sorted(SEEN_AT_THE_DESK)),
        bookings.c.came_at.is_(None),
        bookings.c.missed_at.is_(None),
        bookings.c.starts_at >= begins,
        bookings.c.starts_at < ends,
    )
    if clinic_id is not None:
        statement = statement.where(bookings.c.clinic_id == clinic_id)
    return int((await connection.execute(statement)).scalar_one())


def of_workers(staff_ids: Sequence[int]) -> ColumnElement[bool]:
    """Match open referrals of these members of staff: theirs, or nobody's and come through their link."""
    ids = list(staff_ids)
    own_links = select(links.c.id).where(links.c.staff_id.in_(ids))
    itself = select(staff.c.person_id).where(staff.c.id.in_(ids), staff.c.person_id.is_not(None))
    return and_(
        referrals.c.closed_at.is_(None),
        or_(
            referrals.c.staff_id.in_(ids),
            and_(referrals.c.staff_id.is_(None), referrals.c.link_id.in_(own_links)),
        ),
        referrals.c.person_id.not_in(itself),
    )


def _awake(now: datetime) -> ColumnElement[bool]:
    return or_(tasks.c.snoozed_until.is_(None), tasks.c.snoozed_until <= now)


def _oversees(roles: Sequence[StaffMember]) -> bool:
    return any(member.role in OVERSEERS for member in roles)
