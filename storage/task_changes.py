"""Let tasks come, close and climb: what the rules of `care.tasks` decide, for some referrals, in one
transaction.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import RowMapping, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from care.digest import climbs_to, late, not_examined, told
from care.ownership import Colleague, Wish
from care.roles import Role
from care.shift import Schedule, next_shift
from care.task_rules import needs
from care.tasks import AT_ONCE, TO_OFFICE, TO_PERSON, Changes, Known, Need, Situation, climbs, settle
from storage import due, ownership, task_situations
from storage.people import random_id
from storage.schema import people, referrals, staff, tasks

_OFFICE = (Role.COORDINATOR, Role.ADMIN)


async def look(connection: AsyncConnection, ids: Collection[int], *, now: datetime, zone: str) -> int:
    """Bring the tasks of these referrals in line with the rules, and return how many changed.

    `zone` (IANA) is the clock of those whose city is not known. A second time it changes nothing.
    """
    known = await task_situations.known(connection, ids)
    changed = 0
    for one in await task_situations.situations(connection, ids, zone=zone, lock=True):
        changes = settle(needs(one, now=now), known.get(one.referral_id, ()))
        for need in changes.opened:
            await _open(connection, one, need, now=now, zone=zone)
        for task, need in changes.reopened:
            await _reopen(connection, one, task, need, now=now, zone=zone)
        for task in changes.closed:
            await _close(connection, task, now=now)
        changed += len(changes.opened) + len(changes.reopened) + len(changes.closed)
    return changed


async def wanting(
    connection: AsyncConnection, ids: Collection[int], *, now: datetime, zone: str
) -> list[int]:
    """Return those of these referrals of which `look` would change something; it changes nothing itself."""
    known = await task_situations.known(connection, ids)
    return [
        one.referral_id
        for one in await task_situations.situations(connection, ids, zone=zone)
        if settle(needs(one, now=now), known.get(one.referral_id, ())) != Changes()
    ]


async def ask(
    connection: AsyncConnection, referral: RowMapping, need: Need, *, now: datetime, zone: str
) -> bool:
    """Make a task that a conversation asks for: a result to be given, a lawyer needed, and the like.

    `referral` is a row of `storage.referrals`. Returns whether the task is new, or open again.
    """
    ids = [referral["id"]]
    known = (await task_situations.known(connection, ids)).get(referral["id"], [])
    [one] = await task_situations.situations(connection, ids, zone=zone, lock=True)
    changes = settle([need], [task for task in known if task.key == need.key])
    for opened in changes.opened:
        await _open(connection, one, opened, now=now, zone=zone)
    for task, again in changes.reopened:
        await _reopen(connection, one, task, again, now=now, zone=zone)
    return bool(changes.opened or changes.reopened)


async def tell_owner(
    connection: AsyncConnection, task_id: int, staff_id: int, *, now: datetime, zone: str
) -> None:
    """Tell a member of staff of a task of theirs as soon as they are there."""
    statement = select(staff.c.person_id).where(staff.c.id == staff_id, staff.c.ended_at.is_(None))
    person_id = (await connection.execute(statement)).scalar_one_or_none()
    schedules = await ownership.schedules_of(connection, zone=zone, staff_ids=[staff_id])
    schedule = schedules.get(staff_id)
    at = next_shift(schedule, now=now) if schedule else None
    if person_id is not None and schedule is not None and at is not None:
        notice = told(task_id, person_id, at=at, now=now, zone=schedule.zone)
        await due.schedule(connection, notice, now=now)


async def late_ones(connection: AsyncConnection, *, now: datetime) -> list[RowMapping]:
    """Return the open tasks that are late now and of which the coordinator was not told."""
    statement = select(tasks).where(
        tasks.c.done_at.is_(None),
        tasks.c.escalated_at.is_(None),
        tasks.c.promised_at <= now,
        or_(tasks.c.snoozed_until.is_(None), tasks.c.snoozed_until <= now),
    )
    rows = (await connection.execute(statement.order_by(tasks.c.promised_at))).mappings().all()
    return [row for row in rows if climbs(task_situations.as_known(row), now=now)]


async def climb(
    connection: AsyncConnection, rows: Collection[RowMapping], *, now: datetime, zone: str
) -> int:
    """Tell coordinators of tasks that are late, once of each, and return how many were told.

    Where nobody of the office will be there a task is left as it is, and looked at again.
    """
    office = await _office(connection, now=now, zone=zone) if rows else []
    organisations = await _organisations(connection, {row["staff_id"] for row in rows})
    return sum([await _tell_office(connection, row, office, organisations, now=now) for row in rows])


async def _open(connection: AsyncConnection, one: Situation, need: Need, *, now: datetime, zone: str) -> None:
    """Make a task, unless somebody else has just made it."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    made = await connection.execute(
        insert(tasks)
        .values(
            id=random_id(),
            kind=need.kind.value,
            key=need.key,
            priority=int(need.priority),
            person_id=one.person_id,
            referral_id=one.referral_id,
            staff_id=await _owner(connection, one, now=now, zone=zone),
            topic=need.topic or (one.relay.topic if one.relay and one.relay.id == need.cause else None),
            promised_at=need.due_at,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=[tasks.c.key])
        .returning(*tasks.c)
    )
    row = made.mappings().first()
    if row is not None:
        await _tell(connection, one, row, now=now, zone=zone)


async def _reopen(
    connection: AsyncConnection, one: Situation, task: Known, need: Need, *, now: datetime, zone: str
) -> None:
    opened = await connection.execute(
        update(tasks)
        .where(tasks.c.id == task.id, tasks.c.done_at.is_not(None))
        .values(
            done_at=None,
            done_by=None,
            snoozed_until=None,
            snooze_reason=None,
            escalated_at=None,
            priority=int(need.priority),
            promised_at=max(need.due_at, now),
            **({"topic": need.topic} if need.topic else {}),
            created_at=now,
            staff_id=await _owner(connection, one, now=now, zone=zone),
        )
        .returning(*tasks.c)
    )
    row = opened.mappings().first()
    if row is not None:
        await _tell(connection, one, row, now=now, zone=zone)


async def _close(connection: AsyncConnection, task: Known, *, now: datetime) -> None:
    """Close a task whose cause is gone: by nobody."""
    await connection.execute(
        update(tasks)
        .where(tasks.c.id == task.id, tasks.c.done_at.is_(None))
        .values(done_at=now, contact=None)
    )


async def _owner(connection: AsyncConnection, one: Situation, *, now: datetime, zone: str) -> int | None:
    """Return whose task it is: the referral's owner, else whose the referral should be; None: nobody's."""
    if one.staff_id is not None:
        return one.staff_id
    statement = (
        select(people.c.locale, referrals.c.area_id, referrals.c.wanted_gender)
        .join(referrals, referrals.c.person_id == people.c.id)
        .where(referrals.c.id == one.referral_id)
    )
    row = (await connection.execute(statement)).one()
    wish = Wish(person_id=one.person_id, locale=row.locale, area_id=row.area_id, gender=row.wanted_gender)
    found = await ownership.owner_for(connection, wish, now=now, zone=zone)
    return found[0].staff_id if found else None


async def _tell(
    connection: AsyncConnection, one: Situation, task: RowMapping, *, now: datetime, zone: str
) -> None:
    """Plan what is said of a new task: to its owner when they are there, to the office, to the person."""
    known = task_situations.as_known(task)
    if known.kind in AT_ONCE and task["staff_id"] is not None:
        await tell_owner(connection, task["id"], task["staff_id"], now=now, zone=zone)
    if known.kind in TO_OFFICE:
        await climb(connection, [task], now=now, zone=zone)
    if known.kind in TO_PERSON:
        notice = not_examined(known.id, one.person_id, now=now, zone=one.zone)
        await due.schedule(connection, notice, now=now)


async def _tell_office(
    connection: AsyncConnection,
    row: RowMapping,
    office: list[tuple[Colleague, Schedule]],
    organisations: Mapping[int, int | None],
    *,
    now: datetime,
) -> int:
    owner_id = row["staff_id"]
    chosen = climbs_to(office, owner_id=owner_id, organisation_id=organisations.get(owner_id), now=now)
    if chosen is None:
        return 0
    colleague, at = chosen
    zone = next(schedule.zone for one, schedule in office if one.staff_id == colleague.staff_id)
    notice = late(colleague.person_id, at=at, zone=zone)
    if not await due.schedule(connection, notice, now=now) and not await due.waits(connection, notice.key):
        return 0  # it is being worded just now, without this one: the next look plans another
    await connection.execute(
        update(tasks).where(tasks.c.id == row["id"], tasks.c.escalated_at.is_(None)).values(escalated_at=now)
    )
    return 1


async def _office(
    connection: AsyncConnection, *, now: datetime, zone: str
) -> list[tuple[Colleague, Schedule]]:
    """Return the coordinators and admins, with when each is there."""
    statement = select(staff.c.id).where(staff.c.ended_at.is_(None), staff.c.role.in_(_OFFICE))
    ids = (await connection.execute(statement)).scalars().all()
    if not ids:
        return []
    schedules = await ownership.schedules_of(connection, zone=zone, staff_ids=ids)
    team = await ownership.team(connection, now=now, zone=zone, staff_ids=ids)
    return [(one, schedules[one.staff_id]) for one in team]


async def _organisations(connection: AsyncConnection, ids: Collection[int | None]) -> dict[int, int | None]:
    known = [one for one in ids if one is not None]
    statement = select(staff.c.id, staff.c.organisation_id).where(staff.c.id.in_(known))
    return {row.id: row.organisation_id for row in (await connection.execute(statement)).all()}
