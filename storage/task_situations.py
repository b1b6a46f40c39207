"""Read where referrals stand, and which tasks they have: what `care.task_rules` look at."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, replace

from sqlalchemy import RowMapping, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from care.absence import past_of
from care.places import Use
from care.referral import State
from care.tasks import Accompanied, Displaced, Kind, Known, Priority, Result, Situation, Talking, Visited
from storage import task_results
from storage.bookings import from_row
from storage.displaced import SETTLED
from storage.schema import areas, bookings, cities, companies, people, referrals, relays, tasks

BEGUN = "begun"  # care.company.State: the person is still saying whom they want
PAUSED = "paused"  # the clinic cancelled the visit: nobody is looked for
FOUND = ("accepted", "met")


async def situations(
    connection: AsyncConnection, ids: Collection[int], *, zone: str, lock: bool = False
) -> list[Situation]:
    """Return where these referrals stand; `zone` (IANA) is the clock where a city is not known.

    With `lock` they stay so until the transaction ends.
    """
    statement = (
        select(*referrals.c, cities.c.zone)
        .select_from(
            referrals.join(people, people.c.id == referrals.c.person_id)
            .outerjoin(areas, areas.c.id == func.coalesce(people.c.area_id, referrals.c.area_id))
            .outerjoin(cities, cities.c.id == areas.c.city_id)
        )
        .where(referrals.c.id.in_(list(ids)))
        .order_by(referrals.c.id)
    )
    if lock:
        statement = statement.with_for_update(of=referrals)  # PostgreSQL only: SQLite has one writer
    rows = (await connection.execute(statement)).mappings().all()
    visits = await _visits(connection, [row["id"] for row in rows])
    wishes = await _wishes(connection, [row["person_id"] for row in rows])
    talks = await _talks(connection, [row["person_id"] for row in rows])
    written = await task_results.of_people(connection, [row["person_id"] for row in rows])
    lost = {row["id"]: _lost(visits[row["id"]]) for row in rows}
    kept = await _kept(connection, [one["id"] for each in lost.values() for one in each])
    return [
        replace(
            _situation(row, visits[row["id"]], wishes, talks, written, zone=zone),
            displaced=tuple(_displaced(one, kept) for one in lost[row["id"]]),
        )
        for row in rows
    ]


async def known(connection: AsyncConnection, ids: Collection[int]) -> dict[int, list[Known]]:
    """Return by referral the tasks that came by themselves, also those that are done."""
    statement = select(tasks).where(tasks.c.referral_id.in_(list(ids)), tasks.c.key.is_not(None))
    found: dict[int, list[Known]] = defaultdict(list)
    for row in (await connection.execute(statement)).mappings():
        found[row["referral_id"]].append(as_known(row))
    return found


def as_known(row: RowMapping) -> Known:
    """Return a row of `tasks` as the rules see it."""
    return Known(
        id=row["id"],
        kind=Kind(row["kind"]),
        key=row["key"],
        due_at=row["promised_at"],
        priority=Priority(row["priority"]),
        snoozed_until=row["snoozed_until"],
        escalated_at=row["escalated_at"],
        done_at=row["done_at"],
        by_hand=row["done_by"] is not None,
    )


async def _visits(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, list[RowMapping]]:
    """Return the visits of referrals, also cancelled ones, by their beginning."""
    ours = select(referrals.c.person_id).where(referrals.c.id.in_(ids))
    statement = (
        select(*bookings.c, task_results.examined(bookings).label("examined"))
        .where(bookings.c.person_id.in_(ours), bookings.c.referral_id.in_(ids))
        .order_by(bookings.c.starts_at, bookings.c.id)
    )
    found: dict[int, list[RowMapping]] = defaultdict(list)
    for row in (await connection.execute(statement)).mappings():
        found[row["referral_id"]].append(row)
    return found


def _lost(visits: Sequence[RowMapping]) -> list[RowMapping]:
    """Return what a clinic cancelled and nothing has become of: `storage.displaced.is_open` in Python."""
    replaced = {one["moved_from"] for one in visits}
    return [
        one
        for one in visits
        if one["closure_id"] is not None
        and one["cancelled_at"] is not None
        and one["said"] not in SETTLED
        and one["id"] not in replaced
    ]


async def _kept(connection: AsyncConnection, ids: Sequence[int]) -> Collection[int]:
    """Return those of these lost visits instead of which another place is kept."""
    if not ids:
        return ()
    statement = select(bookings.c.use_id).where(
        bookings.c.use == Use.DISPLACED.value,
        bookings.c.use_id.in_(ids),
        bookings.c.cancelled_at.is_(None),
    )
    return set((await connection.execute(statement)).scalars().all())


def _displaced(lost: RowMapping, kept: Collection[int]) -> Displaced:
    return Displaced(booking_id=lost["id"], lost_at=lost["cancelled_at"], is_kept=lost["id"] in kept)


async def _wishes(connection: AsyncConnection, person_ids: Sequence[int]) -> dict[int, Accompanied]:
    statement = (
        select(companies, bookings.c.starts_at)
        .join(bookings, bookings.c.id == companies.c.booking_id)
        .where(
            companies.c.person_id.in_(person_ids),
            companies.c.ended_at.is_(None),
            companies.c.state != BEGUN,
            bookings.c.cancelled_at.is_(None),
        )
        .order_by(bookings.c.starts_at.desc())  # the soonest is taken last, and stays
    )
    return {
        row["person_id"]: Accompanied(
            id=row["id"],
            asked_at=row["created_at"],
            starts_at=row["starts_at"],
            is_found=row["state"] in FOUND,
        )
        for row in (await connection.execute(statement)).mappings()
    }


async def _talks(connection: AsyncConnection, person_ids: Sequence[int]) -> dict[int, Talking]:
    statement = select(relays).where(relays.c.person_id.in_(person_ids), relays.c.closed_at.is_(None))
    names = ("id", "opened_at", "promised_at", "topic", "answered_at", "person_wrote_at", "staff_wrote_at")
    return {
        row["person_id"]: Talking(**{name: row[name] for name in names})
        for row in (await connection.execute(statement)).mappings()
    }


def _situation(
    row: RowMapping,
    visits: Iterable[RowMapping],
    wishes: dict[int, Accompanied],
    talks: dict[int, Talking],
    written: Mapping[int, Sequence[Result]],
    *,
    zone: str,
) -> Situation:
    every = list(visits)
    return Situation(
        referral_id=row["id"],
        person_id=row["person_id"],
        state=State(row["state"]),
        zone=row["zone"] or zone,
        staff_id=row["staff_id"],
        is_open=row["closed_at"] is None,
        advice=row["advice"],
        checked_at=row["checked_at"],
        cancelled_at=max((one["cancelled_at"] for one in every if one["cancelled_at"]), default=None),
        visits=tuple(
            Visited(
                created_at=one["created_at"],
                examined=bool(one["examined"]),
                **asdict(past_of(from_row(one))),
            )
            for one in every
            if one["cancelled_at"] is None
        ),
        company=wishes.get(row["person_id"]),
        relay=talks.get(row["person_id"]),
        results=tuple(written.get(row["person_id"], ())),
    )
