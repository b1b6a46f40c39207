"""Keep whose a referral is, with its history, and read who of the team could take it."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, time

from sqlalchemy import ColumnElement, RowMapping, and_, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.ownership import Colleague, Reason, Wish, choose, gives_way
from care.roles import Role
from care.shift import Hours, Schedule, is_away, on_shift
from storage.people import random_id
from storage.schema import (
    area_posts,
    areas,
    cities,
    clinics,
    ownerships,
    people,
    referrals,
    shifts,
    staff,
    tasks,
)

_HELPERS = (Role.WORKER, Role.COORDINATOR, Role.ADMIN)


async def team(
    connection: AsyncConnection, *, now: datetime, zone: str, staff_ids: Collection[int] | None = None
) -> list[Colleague]:
    """Return who of the team can look after people now: workers, coordinators, admins; all, or some of them.

    `zone` is the IANA name of the clock of those whose city is not known.
    """
    schedules = await schedules_of(connection, zone=zone, staff_ids=staff_ids)
    counts = (
        select(referrals.c.staff_id, func.count().label("open"))
        .where(referrals.c.closed_at.is_(None), referrals.c.staff_id.is_not(None))
        .group_by(referrals.c.staff_id)
        .subquery()
    )
    statement = (
        select(staff, people.c.locale, func.coalesce(counts.c.open, 0).label("open"))
        .join(people, people.c.id == staff.c.person_id)
        .outerjoin(counts, counts.c.staff_id == staff.c.id)
        .where(works(), staff.c.role.in_(_HELPERS))
    )
    if staff_ids is not None:
        statement = statement.where(staff.c.id.in_(list(staff_ids)))
    rows = (await connection.execute(statement.order_by(staff.c.started_at, staff.c.id))).mappings().all()
    return [_colleague(row, schedules[row["id"]], now=now) for row in rows]


async def schedules_of(
    connection: AsyncConnection, *, zone: str, staff_ids: Collection[int] | None = None
) -> dict[int, Schedule]:
    """Return by staff id when each works, on the clock of their area's city, or else of `zone`."""
    own_area = func.coalesce(staff.c.area_id, clinics.c.area_id)
    statement = (
        select(staff.c.id, staff.c.here_until, staff.c.away_until, cities.c.zone)
        .select_from(
            staff.outerjoin(clinics, clinics.c.id == staff.c.clinic_id)
            .outerjoin(areas, areas.c.id == own_area)
            .outerjoin(cities, cities.c.id == areas.c.city_id)
        )
        .where(staff.c.ended_at.is_(None))
    )
    hours = select(shifts.c.staff_id, shifts.c.weekday, shifts.c.starts, shifts.c.ends)
    if staff_ids is not None:
        statement = statement.where(staff.c.id.in_(list(staff_ids)))
        hours = hours.where(shifts.c.staff_id.in_(list(staff_ids)))
    weekly: dict[int, list[Hours]] = {}
    for staff_id, weekday, starts, ends in (await connection.execute(hours)).all():
        one = Hours(weekday, time.fromisoformat(starts), time.fromisoformat(ends))
        weekly.setdefault(staff_id, []).append(one)
    return {
        row.id: Schedule(
            zone=row.zone or zone,
            hours=tuple(sorted(weekly.get(row.id, ()))),
            here_until=row.here_until,
            away_until=row.away_until,
        )
        for row in (await connection.execute(statement)).all()
    }


async def owner_for(
    connection: AsyncConnection, wish: Wish, *, now: datetime, zone: str
) -> tuple[Colleague, Reason] | None:
    """Return whose a person should be now and why, or None when the team is empty.

    The owner and the cover of the area are read here; `zone` is as for `team`.
    """
    colleagues = await team(connection, now=now, zone=zone)
    return choose(colleagues, with_posts(wish, await posts(connection)))


async def posts(connection: AsyncConnection) -> dict[int, tuple[int | None, int | None]]:
    """Return by area id the staff ids of its owner and its cover."""
    rows = (await connection.execute(select(area_posts))).mappings()
    return {row["area_id"]: (row["owner_id"], row["cover_id"]) for row in rows}


async def assign(
    connection: AsyncConnection, referral_id: int, staff_id: int | None, reason: Reason, *, now: datetime
) -> bool:
    """Make a referral somebody's, with the open tasks of whose it was; keep the history.

    None: nobody's; then coordinators see its tasks. Returns False when it was theirs already, or is closed.
    """
    statement = select(referrals.c.staff_id, referrals.c.person_id).where(
        referrals.c.id == referral_id, referrals.c.closed_at.is_(None)
    )
    found = (await connection.execute(statement.with_for_update())).first()
    if found is None or found.staff_id == staff_id:
        return False
    await connection.execute(update(referrals).where(referrals.c.id == referral_id).values(staff_id=staff_id))
    await note(connection, referral_id, staff_id, reason, now=now)
    before = or_(tasks.c.staff_id.is_(None), tasks.c.staff_id == found.staff_id)
    await connection.execute(
        update(tasks)
        .where(tasks.c.person_id == found.person_id, tasks.c.done_at.is_(None), before)
        .values(staff_id=staff_id)
    )
    return True


async def settle(
    connection: AsyncConnection,
    person_id: int,
    *,
    now: datetime,
    zone: str,
    link_staff_id: int | None = None,
) -> bool:
    """See to it that a person's open referral is somebody's who works here; return whether that changed.

    Whoever has it only because nobody had brought the person gives way to `link_staff_id`, whose link did.
    Where there is nobody it stays nobody's, and coordinators see it. `zone` is as for `team`.
    """
    row = await needs(connection, person_id)
    if row is None or row["referral_id"] is None:
        return False
    colleagues = await team(connection, now=now, zone=zone)
    held = Reason(row["reason"]) if row["reason"] else Reason.HANDED
    works = any(one.staff_id == row["staff_id"] for one in colleagues)
    wish = with_posts(wish_of(row, link_staff_id=link_staff_id), await posts(connection))
    found = choose(colleagues, wish)
    if found is None or not gives_way(held if works else None, found[1]):
        return False
    return await assign(connection, row["referral_id"], found[0].staff_id, found[1], now=now)


async def needs(connection: AsyncConnection, person_id: int) -> RowMapping | None:
    """Return what the rules ask of a person with their open referral, if any; None: no such person."""
    statement = (
        select(
            people.c.id.label("person_id"),
            people.c.locale,
            func.coalesce(referrals.c.area_id, people.c.area_id).label("area_id"),
            referrals.c.id.label("referral_id"),
            referrals.c.staff_id,
            referrals.c.wanted_gender,
            ownerships.c.reason,
        )
        .select_from(
            people.outerjoin(
                referrals, and_(referrals.c.person_id == people.c.id, referrals.c.closed_at.is_(None))
            ).outerjoin(
                ownerships,
                and_(ownerships.c.referral_id == referrals.c.id, ownerships.c.until.is_(None)),
            )
        )
        .where(people.c.id == person_id)
    )
    return (await connection.execute(statement)).mappings().first()


def wish_of(row: RowMapping, *, link_staff_id: int | None = None) -> Wish:
    """Return what `needs` found as the rules take it; posts are not in it yet."""
    return Wish(
        person_id=row["person_id"],
        locale=row["locale"],
        area_id=row["area_id"],
        gender=row["wanted_gender"],
        link_staff_id=link_staff_id,
    )


async def note(
    connection: AsyncConnection, referral_id: int, staff_id: int | None, reason: Reason, *, now: datetime
) -> None:
    """Write into the history whose a referral is from now on; None: nobody's."""
    await connection.execute(
        update(ownerships)
        .where(ownerships.c.referral_id == referral_id, ownerships.c.until.is_(None))
        .values(until=now)
    )
    if staff_id is not None:
        await connection.execute(
            insert(ownerships).values(
                id=random_id(), referral_id=referral_id, staff_id=staff_id, reason=reason.value, since=now
            )
        )


def with_posts(wish: Wish, posts: Mapping[int, tuple[int | None, int | None]]) -> Wish:
    """Return the wish with the owner and the cover of its area, as `posts` gives them."""
    owner_id, cover_id = posts.get(wish.area_id, (None, None)) if wish.area_id is not None else (None, None)
    return replace(wish, owner_id=wish.owner_id or owner_id, cover_id=wish.cover_id or cover_id)


def works() -> ColumnElement[bool]:
    """Match who of the team works now: has neither left nor rests, and is still somebody."""
    return and_(staff.c.ended_at.is_(None), staff.c.paused_at.is_(None), staff.c.person_id.is_not(None))


def _colleague(row: RowMapping, schedule: Schedule, *, now: datetime) -> Colleague:
    return Colleague(
        staff_id=row["id"],
        person_id=row["person_id"],
        role=Role(row["role"]),
        since=row["started_at"],
        area_id=row["area_id"],
        organisation_id=row["organisation_id"],
        languages=frozenset(row["languages"] or (row["locale"],)),
        gender=row["gender"],
        open_referrals=row["open"],
        on_shift=on_shift(schedule, now=now),
        away=is_away(schedule, now=now),
    )
