"""Keep what somebody asked to be reminded of, what was expected of each day, and what they said of it.

Each reminder is a row of `due` and a row of `doses`, made together: the first is what is sent, the second
what was expected. Whoever makes or changes them holds the plan's row, so that the job that plans ahead and a
conversation that changes the hours never plan side by side.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import RowMapping, and_, delete, exists, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from care import medicine as rules
from care.dose_days import MISSED_DAYS
from care.medicine import Answer, Dose, DosePlan
from care.message_kinds import Kind
from storage import due
from storage.people import random_id
from storage.schema import dose_plans, doses, people
from storage.schema import due as due_table

_PERHAPS_AHEAD = timedelta(days=1)  # between the day in UTC and that of any clock
KEPT = timedelta(days=400)  # of the days that a streak and the totals are read from


async def open_of(connection: AsyncConnection, person_id: int) -> DosePlan | None:
    """Return the plan that somebody has, or None."""
    statement = select(dose_plans).where(dose_plans.c.person_id == person_id, dose_plans.c.ended_at.is_(None))
    return _first((await connection.execute(statement)).mappings().all())


async def last_of(connection: AsyncConnection, person_id: int) -> DosePlan | None:
    """Return the plan of somebody that ended last, or None."""
    ended = dose_plans.c.person_id == person_id, dose_plans.c.ended_at.is_not(None)
    statement = select(dose_plans).where(*ended).order_by(dose_plans.c.ended_at.desc()).limit(1)
    return _first((await connection.execute(statement)).mappings().all())


async def own(
    connection: AsyncConnection, plan_id: int, person_id: int, *, lock: bool = False
) -> DosePlan | None:
    """Return a plan of this person, also one that ended; None when it is not theirs or not there."""
    statement = select(dose_plans).where(dose_plans.c.id == plan_id, dose_plans.c.person_id == person_id)
    if lock:
        statement = statement.with_for_update()  # PostgreSQL only: SQLite has one writer
    return _first((await connection.execute(statement)).mappings().all())


async def begin(
    connection: AsyncConnection,
    person_id: int,
    *,
    times: Sequence[time],
    weekdays: Sequence[int],
    zone: str,
    ends_on: date,
    now: datetime,
) -> DosePlan | None:
    """Begin a plan today and plan its first reminders; None when the person has one."""
    plan = DosePlan(
        id=random_id(),
        person_id=person_id,
        times=tuple(times),
        weekdays=tuple(weekdays),
        zone=zone,
        starts_on=date.min,
        ends_on=ends_on,
        created_at=now,
    )
    plan = replace(plan, starts_on=plan.today(now))
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    made = await connection.execute(
        insert(dose_plans)
        .values(
            id=plan.id,
            person_id=person_id,
            times=_hours(times),
            weekdays=list(weekdays),
            zone=zone,
            starts_on=plan.starts_on,
            ends_on=ends_on,
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(dose_plans.c.id)
    )
    if made.first() is None:
        return None
    await plan_ahead(connection, plan, now=now)
    return plan


async def change(connection: AsyncConnection, plan: DosePlan, *, now: datetime, **values: Any) -> DosePlan:
    """Change columns of a plan that the caller has locked, and plan its reminders anew."""
    stored = dict(values)
    if "times" in stored:
        stored["times"] = _hours(stored["times"])
    if "weekdays" in stored:
        stored["weekdays"] = list(stored["weekdays"])
    await connection.execute(update(dose_plans).where(dose_plans.c.id == plan.id).values(**stored))
    if set(values) == {"word"}:
        return replace(plan, **values)
    changed = replace(plan, **values)
    await _clear(connection, changed, now=now)
    await due.cancel(connection, key=rules.last_day_key(plan), now=now)
    await plan_ahead(connection, changed, now=now)
    return changed


async def plan_ahead(connection: AsyncConnection, plan: DosePlan, *, now: datetime) -> int:
    """Plan the reminders of the next days that are not planned yet, and return how many are new."""
    new = 0
    for dose in rules.ahead(plan, now=now):
        if await _expect(connection, plan, dose, now=now):
            new += await due.schedule(connection, rules.reminder(plan, dose), now=now)
    last = rules.last_day(plan)
    if plan.ended_at is None and now < last.due_at:
        new += await due.schedule(connection, last, now=now)
    return new


async def _expect(connection: AsyncConnection, plan: DosePlan, dose: Dose, *, now: datetime) -> bool:
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    made = await connection.execute(
        insert(doses)
        .values(plan_id=plan.id, day=dose.day, hour=f"{dose.hour:%H:%M}", answer=Answer.ASKED.value, at=now)
        .on_conflict_do_nothing(index_elements=[doses.c.plan_id, doses.c.day, doses.c.hour])
        .returning(doses.c.id)
    )
    return made.first() is not None


async def _clear(connection: AsyncConnection, plan: DosePlan, *, now: datetime) -> None:
    """Expect nothing any more of what is still ahead, and send nothing of it.

    What was asked for already stays, and may be answered. `plan` is as it is from now on: where it has no
    reminders today, nothing is asked for again either.
    """
    today = plan.today(now)
    statement = select(doses).where(
        doses.c.plan_id == plan.id, doses.c.day >= today, doses.c.answer != Answer.TAKEN.value
    )
    for row in (await connection.execute(statement)).mappings().all():
        dose = _dose(row)
        is_ahead = rules.moment(dose, plan.zone) > now
        if is_ahead or not plan.has(today):
            await silence(connection, plan.id, dose, now=now)
        if is_ahead and dose.answer is Answer.ASKED:
            await connection.execute(delete(doses).where(doses.c.id == row["id"]))


async def silence(connection: AsyncConnection, plan_id: int, dose: Dose, *, now: datetime) -> None:
    """Send no reminder of a dose any more."""
    for key in rules.keys(plan_id, dose):
        await due.cancel(connection, key=key, now=now)


async def dose(connection: AsyncConnection, plan_id: int, day: date, hour: time) -> Dose | None:
    """Return a dose that was expected, with what is known of it; None when none was."""
    row = (await connection.execute(select(doses).where(_is(plan_id, Dose(day, hour))))).mappings().first()
    return _dose(row) if row else None


async def say(
    connection: AsyncConnection, plan_id: int, dose: Dose, answer: Answer, *, now: datetime
) -> bool:
    """Keep what somebody says of a dose; False when that was said before, or nothing was expected."""
    changed = await connection.execute(
        update(doses)
        .where(_is(plan_id, dose), doses.c.answer != answer.value)
        .values(answer=answer.value, at=now)
    )
    return changed.rowcount == 1


async def history(connection: AsyncConnection, plan_id: int, *, since: date, until: date) -> list[Dose]:
    """Return what was expected from day to day, both included, sorted."""
    statement = select(doses).where(doses.c.plan_id == plan_id, doses.c.day >= since, doses.c.day <= until)
    return sorted(_dose(row) for row in (await connection.execute(statement)).mappings())


async def asked(connection: AsyncConnection, plan: DosePlan, *, until: date) -> list[Dose]:
    """Return what was expected until that day and asked for, sorted: what somebody may have missed.

    Not what no reminder of left: the program was asleep, or the person could not be written to.
    """
    unsent = (due.State.PENDING.value, due.State.EXPIRED.value, due.State.FAILED.value)
    statement = select(due_table.c.key).where(
        due_table.c.person_id == plan.person_id,
        due_table.c.kind == Kind.DOSE.value,
        due_table.c.state.in_(unsent),
    )
    silent = set((await connection.execute(statement)).scalars())
    doses_of_it = await history(connection, plan.id, since=until - KEPT, until=until)
    return [
        one for one in doses_of_it if one.answer is not Answer.ASKED or rules.key(plan.id, one) not in silent
    ]


async def not_planned(connection: AsyncConnection, *, now: datetime) -> list[int]:
    """Return the ids of the plans of which something is to be planned, or that are over."""
    newest = select(doses.c.plan_id, func.max(doses.c.day).label("day")).group_by(doses.c.plan_id).subquery()
    last = select(newest.c.day).where(newest.c.plan_id == dose_plans.c.id).scalar_subquery()
    reachable = exists().where(people.c.id == dose_plans.c.person_id, people.c.blocked_at.is_(None))
    statement = select(dose_plans, last.label("planned_to")).where(dose_plans.c.ended_at.is_(None), reachable)
    return [
        row["id"]
        for row in (await connection.execute(statement)).mappings()
        if _wants(_plan(row), row["planned_to"], now)
    ]


def _wants(plan: DosePlan, planned_to: date | None, now: datetime) -> bool:
    if plan.is_to_end(now):
        return True
    coming = rules.ahead(plan, now=now)
    return bool(coming) and (planned_to is None or coming[-1].day > planned_to)


async def lock(connection: AsyncConnection, plan_id: int) -> DosePlan | None:
    """Return a plan that goes on, for the caller alone to change; None when it ended."""
    statement = select(dose_plans).where(dose_plans.c.id == plan_id, dose_plans.c.ended_at.is_(None))
    return _first((await connection.execute(statement.with_for_update())).mappings().all())


async def end(connection: AsyncConnection, plan: DosePlan, *, now: datetime) -> bool:
    """End a plan that the caller has locked: no reminder comes any more; False when it had ended."""
    if plan.ended_at is not None:
        return False
    await change(connection, plan, now=now, ended_at=now)
    return True


async def perhaps_missed(connection: AsyncConnection, *, now: datetime) -> list[DosePlan]:
    """Return the plans that go on and of which nothing was taken for about two days: to be looked at."""
    lately = now.date() - timedelta(days=MISSED_DAYS) + _PERHAPS_AHEAD
    taken = exists().where(
        doses.c.plan_id == dose_plans.c.id, doses.c.day >= lately, doses.c.answer == Answer.TAKEN.value
    )
    expected = exists().where(doses.c.plan_id == dose_plans.c.id, doses.c.day < lately)
    reachable = exists().where(people.c.id == dose_plans.c.person_id, people.c.blocked_at.is_(None))
    statement = select(dose_plans).where(dose_plans.c.ended_at.is_(None), reachable, expected, ~taken)
    return [_plan(row) for row in (await connection.execute(statement)).mappings()]


def _first(rows: Sequence[RowMapping]) -> DosePlan | None:
    return _plan(rows[0]) if rows else None


def _plan(row: RowMapping) -> DosePlan:
    names = (
        "id",
        "person_id",
        "zone",
        "starts_on",
        "ends_on",
        "paused_until",
        "word",
        "created_at",
        "ended_at",
    )
    return DosePlan(
        **{name: row[name] for name in names},
        times=tuple(time.fromisoformat(hour) for hour in row["times"]),
        weekdays=tuple(row["weekdays"]),
    )


def _dose(row: RowMapping) -> Dose:
    return Dose(row["day"], time.fromisoformat(row["hour"]), Answer(row["answer"]))


def _is(plan_id: int, dose: Dose) -> Any:
    return and_(doses.c.plan_id == plan_id, doses.c.day == dose.day, doses.c.hour == f"{dose.hour:%H:%M}")


def _hours(times: Iterable[time]) -> list[str]:
    return [f"{hour:%H:%M}" for hour in times]
