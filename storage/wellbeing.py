"""Keep what cares for workers: their quiet hours, what they carry, how they are."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from care.person import StaffMember
from care.reminders import Quiet
from care.roles import Role
from care.wellbeing import Load, ask
from storage.due import schedule
from storage.people import random_id
from storage.schema import areas, cities, clinics, moods, referrals, staff, tasks

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Hours:
    """On whose clock somebody of the team is left alone, and when."""

    zone: str | None  # IANA name of the clock of their area; None: not known
    quiet: Quiet | None  # None: they chose none


async def hours_of(connection: AsyncConnection, person_id: int) -> Hours | None:
    """Return the quiet hours of somebody of the team, or None of anybody else."""
    row = (await connection.execute(_hours().where(staff.c.person_id == person_id))).first()
    return Hours(row.zone, _quiet(row.quiet_from, row.quiet_until)) if row else None


async def keep_hours(connection: AsyncConnection, roles: Sequence[StaffMember], quiet: Quiet) -> None:
    """Keep the quiet hours of a person, in all their roles."""
    await connection.execute(
        update(staff)
        .where(staff.c.id.in_([member.id for member in roles]))
        .values(quiet_from=f"{quiet.begins:%H:%M}", quiet_until=f"{quiet.ends:%H:%M}")
    )


async def loads(connection: AsyncConnection, *, now: datetime) -> dict[int, Load]:
    """Return by staff id how much each worker who works now carries."""
    open_people = (
        select(referrals.c.staff_id, func.count().label("n"))
        .where(referrals.c.closed_at.is_(None), referrals.c.staff_id.is_not(None))
        .group_by(referrals.c.staff_id)
        .subquery()
    )
    open_tasks = (
        select(tasks.c.staff_id, func.count().label("n"))
        .where(tasks.c.done_at.is_(None), tasks.c.staff_id.is_not(None))
        .group_by(tasks.c.staff_id)
        .subquery()
    )
    done = (
        select(tasks.c.done_by, func.count().label("n"))
        .where(tasks.c.done_at > now - WEEK)
        .group_by(tasks.c.done_by)
        .subquery()
    )
    statement = select(staff.c.id, open_people.c.n, open_tasks.c.n, done.c.n).select_from(
        staff.outerjoin(open_people, open_people.c.staff_id == staff.c.id)
        .outerjoin(open_tasks, open_tasks.c.staff_id == staff.c.id)
        .outerjoin(done, done.c.done_by == staff.c.id)
    )
    rows = (await connection.execute(statement.where(*_workers()))).all()
    return {
        staff_id: Load(people=of_people or 0, tasks=of_tasks or 0, done=of_done or 0)
        for staff_id, of_people, of_tasks, of_done in rows
    }


async def keep_mood(
    connection: AsyncConnection, staff_id: int, week: str, answers: Mapping[str, int]
) -> None:
    """Keep how a worker is in a week, in place of what they said before."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    given = dict(answers)
    statement = insert(moods).values(id=random_id(), staff_id=staff_id, week=week, answers=given)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=[moods.c.staff_id, moods.c.week], set_={"answers": given}
        )
    )


async def moods_of(
    connection: AsyncConnection, staff_id: int, weeks: Collection[str]
) -> dict[str, Mapping[str, int]]:
    """Return what one worker answered in these weeks, for that worker alone."""
    statement = select(moods.c.week, moods.c.answers).where(
        moods.c.staff_id == staff_id, moods.c.week.in_(list(weeks))
    )
    return {row.week: row.answers for row in (await connection.execute(statement)).all()}


async def moods_of_team(
    connection: AsyncConnection, weeks: Collection[str]
) -> dict[str, list[Mapping[str, int]]]:
    """Return what all answered in these weeks, without whose it is, for `care.wellbeing.averages` alone."""
    statement = select(moods.c.week, moods.c.answers).where(moods.c.week.in_(list(weeks)))
    found: dict[str, list[Mapping[str, int]]] = {week: [] for week in weeks}
    for week, answers in (await connection.execute(statement)).all():
        found[week].append(answers)
    return found


async def plan_moods(connection: AsyncConnection, *, now: datetime, zone: str) -> int:
    """Plan this week's question to each worker, once; return how many are new. `zone`: of unknown places."""
    planned = 0
    for row in (await connection.execute(_hours().where(*_workers()))).all():
        quiet = _quiet(row.quiet_from, row.quiet_until)
        question = ask(row.id, row.person_id, zone=row.zone or zone, now=now, quiet=quiet)
        if question.useful_until > now:
            planned += await schedule(connection, question, now=now)
    return planned


def _hours() -> Select[Any]:
    """Select members of staff who did not leave, with the clock of their area's city."""
    return (
        select(staff.c.id, staff.c.person_id, staff.c.quiet_from, staff.c.quiet_until, cities.c.zone)
        .select_from(
            staff.outerjoin(clinics, clinics.c.id == staff.c.clinic_id)
            .outerjoin(areas, areas.c.id == func.coalesce(staff.c.area_id, clinics.c.area_id))
            .outerjoin(cities, cities.c.id == areas.c.city_id)
        )
        .where(staff.c.ended_at.is_(None))
        .order_by(cities.c.zone.is_(None), staff.c.started_at, staff.c.id)
    )


def _workers() -> tuple[Any, ...]:
    return (
        staff.c.role == Role.WORKER.value,
        staff.c.ended_at.is_(None),
        staff.c.paused_at.is_(None),
        staff.c.person_id.is_not(None),
    )


def _quiet(begins: str | None, ends: str | None) -> Quiet | None:
    if begins is None or ends is None:
        return None
    return Quiet(time.fromisoformat(begins), time.fromisoformat(ends))
