"""Keep the team: who of it somebody may see and change, and what leaving ends.

A row is loaded by its id *and* by the reach of who asks: what is not theirs is like what is not there.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    and_,
    delete,
    func,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from care.roles import Role
from care.team import Reach
from storage.posts import vacate
from storage.schema import (
    companies,
    drafts,
    links,
    people,
    referrals,
    relays,
    shifts,
    staff,
    tasks,
)
from storage.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody of the team in one role."""

    id: int
    role: Role
    started_at: datetime  # aware, UTC
    person_id: int | None = None  # None: they left and were forgotten
    area_id: int | None = None
    clinic_id: int | None = None
    organisation_id: int | None = None
    languages: tuple[str, ...] = ()  # codes; those of their screens where they said none
    name: bytes | None = None  # sealed with `key`
    key: bytes | None = None
    telegram_id: bytes | None = None  # likewise
    paused_at: datetime | None = None  # aware, UTC
    ended_at: datetime | None = None  # aware, UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What is open of a member of staff."""

    people: int = 0  # of whom anything is theirs
    relays: int = 0  # talks through the bot


_MEMBERS = select(staff, people.c.locale, people.c.key, people.c.telegram_id).outerjoin(
    people, people.c.id == staff.c.person_id
)


def nickname(vault: Vault, member: Member) -> str:
    """Return what a member of staff calls themselves on their card, or "". Raises VaultFault when changed."""
    if member.name is None or member.key is None:
        return ""
    return vault.open_for(member.key, member.name).decode()


async def members(connection: AsyncConnection, reach: Reach) -> list[Member]:
    """Return everybody who has not left and whom `reach` includes, and oneself; longest there first."""
    statement = _reachable(reach).order_by(staff.c.started_at, staff.c.id)
    return [_member(row) for row in (await connection.execute(statement)).mappings()]


async def member(
    connection: AsyncConnection, staff_id: int | None, reach: Reach, *, lock: bool = False
) -> Member | None:
    """Return somebody of the team; None when they left, are not in reach or never were.

    `lock` keeps the row until the transaction ends.
    """
    if staff_id is None:
        return None
    statement = _reachable(reach).where(staff.c.id == staff_id)
    if lock:
        statement = statement.with_for_update(of=staff)
    row = (await connection.execute(statement)).mappings().first()
    return _member(row) if row else None


async def of_person(connection: AsyncConnection, person_id: int) -> list[Member]:
    """Return the roles that a person has not left, paused ones too."""
    statement = _MEMBERS.where(staff.c.person_id == person_id, staff.c.ended_at.is_(None))
    found = (await connection.execute(statement.order_by(staff.c.id))).mappings()
    return [_member(row) for row in found]


async def known(connection: AsyncConnection, staff_ids: Collection[int]) -> dict[int, Member]:
    """Return members of the team by id, also those who left: to word something, never for a button."""
    statement = _MEMBERS.where(staff.c.id.in_(list(staff_ids)))
    return {row["id"]: _member(row) for row in (await connection.execute(statement)).mappings()}


async def loads(connection: AsyncConnection, staff_ids: Collection[int]) -> dict[int, Load]:
    """Return what is open of each of these members of staff; who has nothing is left out."""
    wanted = list(staff_ids)
    parts = [
        select(table.c.staff_id, table.c.person_id).where(table.c.staff_id.in_(wanted), ended.is_(None))
        for table, ended in (
            (referrals, referrals.c.closed_at),
            (tasks, tasks.c.done_at),
            (relays, relays.c.closed_at),
            (companies, companies.c.ended_at),
        )
    ]
    every = parts[0].union(*parts[1:]).subquery()
    counted = select(every.c.staff_id, func.count()).group_by(every.c.staff_id)
    talks = (
        select(relays.c.staff_id, func.count().label("talks"))
        .where(relays.c.staff_id.in_(wanted), relays.c.closed_at.is_(None))
        .group_by(relays.c.staff_id)
    )
    open_talks = {one.staff_id: one.talks for one in (await connection.execute(talks)).all()}
    return {
        staff_id: Load(people=number, relays=open_talks.get(staff_id, 0))
        for staff_id, number in (await connection.execute(counted)).all()
    }


async def other_admins(connection: AsyncConnection, staff_id: int) -> int:
    """Return how many admins can work besides this one; their rows stay as they are until the end.

    Two admins who stop each other at once come one after the other: the second finds nobody else.
    """
    statement = (
        select(staff.c.id)
        .where(
            staff.c.role == Role.ADMIN,
            staff.c.ended_at.is_(None),
            staff.c.paused_at.is_(None),
            staff.c.person_id.is_not(None),
        )
        .order_by(staff.c.id)
        .with_for_update()
    )
    found = (await connection.execute(statement)).scalars().all()
    return sum(one != staff_id for one in found)


async def pause(connection: AsyncConnection, staff_id: int, *, now: datetime) -> bool:
    """Let a role rest; return False when it does already. What they were in the middle of is dropped."""
    paused = await _change(connection, staff_id, staff.c.paused_at.is_(None), paused_at=now)
    if paused:
        await _drop_draft(connection, staff_id)
    return paused


async def resume(connection: AsyncConnection, staff_id: int) -> bool:
    """Take a role up again; return False when it did not rest."""
    return await _change(connection, staff_id, staff.c.paused_at.is_not(None), paused_at=null())


async def move(
    connection: AsyncConnection, one: Member, *, area_id: int | None = None, clinic_id: int | None = None
) -> bool:
    """Bind a role to another area or clinic; return False when it is there already.

    Whoever comes through their own link from now on is of the new area. The old area is not theirs any more.
    """
    elsewhere = or_(staff.c.area_id.is_distinct_from(area_id), staff.c.clinic_id.is_distinct_from(clinic_id))
    moved = await _change(connection, one.id, elsewhere, area_id=area_id, clinic_id=clinic_id)
    if moved and area_id is not None:
        await connection.execute(
            update(links)
            .where(links.c.staff_id == one.id, links.c.kind == "worker", links.c.ended_at.is_(None))
            .values(area_id=area_id)
        )
    if moved and one.area_id is not None:
        await vacate(connection, one.id, area_id=one.area_id)
    return moved


async def end(connection: AsyncConnection, staff_id: int, *, now: datetime) -> bool:
    """End a role for good, with its links, hours and posts; return False when it has ended already.

    The people and what is open of them are given to colleagues by `storage.handover`, afterwards.
    """
    if not await _change(connection, staff_id, staff.c.id == staff_id, ended_at=now, here_until=null()):
        return False
    await connection.execute(
        update(links).where(links.c.staff_id == staff_id, links.c.ended_at.is_(None)).values(ended_at=now)
    )
    await _drop_draft(connection, staff_id)
    await connection.execute(delete(shifts).where(shifts.c.staff_id == staff_id))
    await vacate(connection, staff_id)
    return True


def _reachable(reach: Reach) -> Select[*tuple[Any, ...]]:
    managed: list[ColumnElement[bool]] = [staff.c.role.in_([role.value for role in reach.roles])]
    if reach.organisation_id is not None:
        managed.append(staff.c.organisation_id == reach.organisation_id)
    oneself = staff.c.person_id == reach.person_id
    return _MEMBERS.where(
        staff.c.ended_at.is_(None), staff.c.person_id.is_not(None), or_(and_(*managed), oneself)
    )


async def _change(
    connection: AsyncConnection, staff_id: int, when: ColumnElement[bool], **values: Any
) -> bool:
    changed = await connection.execute(
        update(staff).where(staff.c.id == staff_id, staff.c.ended_at.is_(None), when).values(**values)
    )
    return changed.rowcount == 1


async def _drop_draft(connection: AsyncConnection, staff_id: int) -> None:
    """Forget what somebody was about to type or to send: it may belong to the work that they have no more."""
    who = select(staff.c.person_id).where(staff.c.id == staff_id)
    await connection.execute(delete(drafts).where(drafts.c.person_id == who.scalar_subquery()))


def _member(row: RowMapping) -> Member:
    names = (
        "id",
        "started_at",
        "person_id",
        "area_id",
        "clinic_id",
        "organisation_id",
        "name",
        "key",
        "telegram_id",
        "paused_at",
        "ended_at",
    )
    own = (row["locale"],) if row["locale"] else ()
    languages = tuple(row["languages"] or own)
    return Member(role=Role(row["role"]), languages=languages, **{name: row[name] for name in names})
