"""Keep tasks: what a member of staff must do by a time. A person has one open request for a talk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, Select, and_, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.person import Person, StaffMember
from care.roles import Role
from care.tasks import Kind
from storage.people import random_id
from storage.reach import OVERSEERS, by_office
from storage.schema import referrals, tasks
from storage.vault import Vault

TALK = Kind.TALK.value
UNDO_WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something a member of staff must do."""

    id: int
    kind: str
    person_id: int  # about whom
    promised_at: datetime  # aware, UTC
    created_at: datetime  # aware, UTC
    referral_id: int | None = None
    staff_id: int | None = None  # the owner; None: nobody yet
    topic: str | None = None
    done_at: datetime | None = None  # aware, UTC
    contact: bytes | None = None  # a phone to call, encrypted with the person's key
    priority: int = 1  # care.tasks.Priority
    snoozed_until: datetime | None = None  # aware, UTC
    snooze_reason: str | None = None  # care.tasks.Snooze
    escalated_at: datetime | None = None  # aware, UTC

    def may_be_called_by(self, roles: Sequence[StaffMember]) -> bool:
        """Return whether somebody with these roles may see the phone: the owner, or any while there is none.

        It says so of requests that these roles reach; see `reachable`.
        """
        return self.staff_id is None or any(member.id == self.staff_id for member in roles)


async def add(
    connection: AsyncConnection,
    *,
    person_id: int,
    promised_at: datetime,
    now: datetime,
    kind: str = TALK,
    referral_id: int | None = None,
    staff_id: int | None = None,
    topic: str | None = None,
) -> Task:
    """Keep a task."""
    values = {
        "id": random_id(),
        "kind": kind,
        "person_id": person_id,
        "referral_id": referral_id,
        "staff_id": staff_id,
        "topic": topic,
        "promised_at": promised_at,
        "created_at": now,
    }
    row = (await connection.execute(insert(tasks).values(**values).returning(*tasks.c))).mappings().one()
    return task_of(row)


async def open_of(connection: AsyncConnection, person_id: int, *, kind: str = TALK) -> Task | None:
    """Return what this person asked for and nobody has done yet."""
    statement = select(tasks).where(
        tasks.c.person_id == person_id, tasks.c.kind == kind, tasks.c.done_at.is_(None)
    )
    row = (await connection.execute(statement.order_by(tasks.c.created_at))).mappings().first()
    return task_of(row) if row else None


async def by_id(connection: AsyncConnection, task_id: int) -> Task | None:
    """Return any task: for messages that the program sends by itself, never for a button."""
    row = (await connection.execute(select(tasks).where(tasks.c.id == task_id))).mappings().first()
    return task_of(row) if row else None


async def reach(connection: AsyncConnection, task_id: int, roles: Sequence[StaffMember]) -> Task | None:
    """Return an open task that somebody with these roles may do, or None: not theirs, not there, or done."""
    row = (await connection.execute(reachable(roles).where(tasks.c.id == task_id))).mappings().first()
    return task_of(row) if row else None


async def done(
    connection: AsyncConnection, task_id: int, roles: Sequence[StaffMember], *, now: datetime
) -> Task | None:
    """Mark a task as done by one of these roles; None when it is not theirs, not there or done already."""
    row = (await connection.execute(reachable(roles).where(tasks.c.id == task_id))).mappings().first()
    member = _member_for(row, roles) if row else None
    if row is None or member is None:
        return None
    marked = await connection.execute(
        update(tasks)
        .where(tasks.c.id == task_id, tasks.c.done_at.is_(None))
        .values(done_at=now, done_by=member.id, contact=None)
        .returning(*tasks.c)
    )
    changed = marked.mappings().first()
    return task_of(changed) if changed else None


async def needless(connection: AsyncConnection, key: str, *, now: datetime) -> None:
    """Close an open task whose cause is gone, by its key: by nobody."""
    still = (tasks.c.key == key, tasks.c.done_at.is_(None))
    await connection.execute(update(tasks).where(*still).values(done_at=now, contact=None))


async def undo(
    connection: AsyncConnection, task_id: int, roles: Sequence[StaffMember], *, now: datetime
) -> Task | None:
    """Open a task again that one of these roles marked as done within a day; None when there is none."""
    opened = await connection.execute(
        update(tasks)
        .where(
            tasks.c.id == task_id,
            tasks.c.done_at > now - UNDO_WITHIN,
            tasks.c.done_by.in_([member.id for member in roles]),
        )
        .values(done_at=None, done_by=None)
        .returning(*tasks.c)
    )
    row = opened.mappings().first()
    return task_of(row) if row else None


async def put_off(
    connection: AsyncConnection, task_id: int, *, until: datetime | None, reason: str | None
) -> None:
    """Put an open task off until `until` (aware, UTC) for a reason of care.tasks.Snooze; None: take it up."""
    await connection.execute(
        update(tasks)
        .where(tasks.c.id == task_id, tasks.c.done_at.is_(None))
        .values(snoozed_until=until, snooze_reason=reason)
    )


async def hand_on(connection: AsyncConnection, task_id: int, staff_id: int) -> None:
    """Make an open task somebody else's."""
    await connection.execute(
        update(tasks).where(tasks.c.id == task_id, tasks.c.done_at.is_(None)).values(staff_id=staff_id)
    )


def phone(vault: Vault, person: Person, task: Task) -> str | None:
    """Return the phone that a person left with a request, or None. Raises VaultFault when it was changed."""
    return vault.open_for(person.key, task.contact).decode() if task.contact else None


def reachable(roles: Sequence[StaffMember]) -> Select[*tuple[Any, ...]]:
    """Select open tasks: one's own, those of nobody in one's area, and those that one oversees."""
    statement = (
        select(*tasks.c, referrals.c.area_id.label("area_id"))
        .select_from(tasks.outerjoin(referrals, referrals.c.id == tasks.c.referral_id))
        .where(tasks.c.done_at.is_(None))
    )
    office = by_office(roles, tasks.c.staff_id)
    if office is not None:
        return statement.where(or_(office, tasks.c.staff_id.in_([member.id for member in roles])))
    workers = [member for member in roles if member.role is Role.WORKER]
    areas = [member.area_id for member in workers if member.area_id is not None]
    return statement.where(
        or_(
            tasks.c.staff_id.in_([member.id for member in workers]),
            and_(tasks.c.staff_id.is_(None), referrals.c.area_id.in_(areas)),
        )
    )


def _member_for(row: RowMapping, roles: Sequence[StaffMember]) -> StaffMember | None:
    """Return in which of their roles somebody does a task: its owner's first."""
    owners = [member for member in roles if member.id == row["staff_id"]]
    others = [member for member in roles if member.role in {Role.WORKER, *OVERSEERS}]
    return next(iter([*owners, *others]), None)


def task_of(row: RowMapping) -> Task:
    """Return a row of `tasks` as a task."""
    return Task(
        id=row["id"],
        kind=row["kind"],
        person_id=row["person_id"],
        promised_at=row["promised_at"],
        created_at=row["created_at"],
        referral_id=row["referral_id"],
        staff_id=row["staff_id"],
        topic=row["topic"],
        done_at=row["done_at"],
        contact=row["contact"],
        priority=row["priority"],
        snoozed_until=row["snoozed_until"],
        snooze_reason=row["snooze_reason"],
        escalated_at=row["escalated_at"],
    )
