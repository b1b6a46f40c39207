"""Read which referrals may need a task, or have one whose cause may be gone: what the rules then look at.

The queries are wider than the rules of `care.tasks` and narrower than the whole store: where nothing has
changed since a task was looked at, nothing comes back, so that a look every minute costs little.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    String,
    and_,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from care.referral import State
from care.tasks import (
    BY_ITSELF,
    NOT_BOOKED,
    NOT_EXAMINED,
    SIGNS,
    Accompanied,
    Kind,
    Known,
    Priority,
    Situation,
    Talking,
    Visited,
)
from storage.schema import areas, bookings, cities, companies, people, referrals, relays, tasks

LOOK_BACK = timedelta(days=60)  # a visit that is longer ago brings no task any more
MOST = 400  # referrals read at a time
_BEFORE_A_VISIT = (State.REACHED, State.INFORMED, State.SCREENED, State.MISSED, State.CAME)
_BEGUN = "begun"  # care.company.State: the person is still saying whom they want
_FOUND = ("accepted", "met")


async def referral_ids(connection: AsyncConnection, *, now: datetime) -> list[int]:
    """Return the referrals to look at, in the order of their ids."""
    found: set[int] = set()
    for statement in statements(now=now):
        found.update((await connection.execute(statement)).scalars())
    return sorted(found)


def statements(*, now: datetime) -> Sequence[Select[tuple[Any]]]:
    """Return the queries: who may need a task, and whose task may be over."""
    return (_unbooked(now), _missed(now), _unexamined(now), _companies(), _relays(), _perhaps_over())


async def situations(
    connection: AsyncConnection, ids: Collection[int], *, zone: str, lock: bool = False
) -> list[Situation]:
    """Return where these referrals stand, at most `MOST`; `zone` (IANA) where a city is not known.

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
    return [_situation(row, visits[row["id"]], wishes, talks, zone=zone) for row in rows]


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


def _unbooked(now: datetime) -> Select[tuple[Any]]:
    return select(referrals.c.id).where(
        referrals.c.closed_at.is_(None),
        referrals.c.state.in_(_BEFORE_A_VISIT),
        referrals.c.checked_at <= now - NOT_BOOKED,
        referrals.c.advice.in_(sorted(SIGNS)),
        ~_looked_at(Kind.UNBOOKED, referrals.c.id),
    )


def _missed(now: datetime) -> Select[tuple[Any]]:
    later = bookings.alias("later")
    return (
        select(bookings.c.referral_id)
        .join(referrals, referrals.c.id == bookings.c.referral_id)
        .where(
            _not_come(),
            bookings.c.starts_at <= now,
            bookings.c.starts_at > now - LOOK_BACK,
            or_(bookings.c.said.is_(None), bookings.c.said != "went", bookings.c.missed_at.is_not(None)),
            referrals.c.closed_at.is_(None),
            ~exists().where(
                later.c.person_id == bookings.c.person_id,
                later.c.cancelled_at.is_(None),
                later.c.starts_at > bookings.c.starts_at,
            ),
            ~_looked_at(Kind.MISSED, bookings.c.id),
        )
    )


def _unexamined(now: datetime) -> Select[tuple[Any]]:
    came = bookings.alias("came")
    return (
        select(bookings.c.referral_id)
        .join(referrals, referrals.c.id == bookings.c.referral_id)
        .where(
            _not_come(),
            bookings.c.starts_at > now - LOOK_BACK,
            bookings.c.created_at <= now - NOT_EXAMINED,
            referrals.c.closed_at.is_(None),
            ~exists().where(
                came.c.person_id == bookings.c.person_id,
                came.c.referral_id == bookings.c.referral_id,
                came.c.cancelled_at.is_(None),
                came.c.came_at.is_not(None),
            ),
            ~_looked_at(Kind.UNEXAMINED, referrals.c.id),
        )
    )


def _companies() -> Select[tuple[Any]]:
    open_wish = and_(companies.c.ended_at.is_(None), companies.c.state.not_in([_BEGUN, *_FOUND]))
    return select(referrals.c.id).where(
        referrals.c.closed_at.is_(None),
        referrals.c.person_id.in_(select(companies.c.person_id).where(open_wish, ~_open(companies.c.id))),
    )


def _relays() -> Select[tuple[Any]]:
    waits = or_(
        relays.c.answered_at.is_(None),
        relays.c.person_wrote_at > func.coalesce(relays.c.staff_wrote_at, relays.c.answered_at),
    )
    waiting = select(relays.c.person_id).where(relays.c.closed_at.is_(None), waits, ~_open(relays.c.id))
    return select(referrals.c.id).where(referrals.c.closed_at.is_(None), referrals.c.person_id.in_(waiting))


def _perhaps_over() -> Select[tuple[Any]]:
    """Select referrals with an open task and a change since it came; talks and company change elsewhere."""
    went = exists().where(
        bookings.c.person_id == tasks.c.person_id, bookings.c.said == "went", bookings.c.came_at.is_(None)
    )
    return (
        select(tasks.c.referral_id)
        .join(referrals, referrals.c.id == tasks.c.referral_id)
        .where(
            tasks.c.done_at.is_(None),
            tasks.c.key.is_not(None),
            tasks.c.kind.in_(sorted(BY_ITSELF)),
            or_(
                referrals.c.changed_at >= tasks.c.created_at,
                referrals.c.closed_at.is_not(None),
                tasks.c.kind.in_([Kind.COMPANY, Kind.TALK, Kind.STOPPING]),
                and_(tasks.c.kind == Kind.MISSED, went),
            ),
        )
    )


def _looked_at(kind: Kind, cause: ColumnElement[int]) -> ColumnElement[bool]:
    """Match what has an open task, or one that was over after the referral last changed."""
    over = tasks.c.done_at > referrals.c.changed_at
    return exists().where(tasks.c.key == _key(kind, cause), or_(tasks.c.done_at.is_(None), over))


def _open(cause: ColumnElement[int]) -> ColumnElement[bool]:
    """Match what has an open task of any of the kinds whose cause this can be."""
    keys = [_key(kind, cause) for kind in (Kind.COMPANY, Kind.TALK, Kind.STOPPING)]
    return exists().where(tasks.c.key.in_(keys), tasks.c.done_at.is_(None))


def _key(kind: Kind, cause: ColumnElement[int]) -> ColumnElement[str]:
    """Write `care.tasks.Need.key` in SQL."""
    return literal(f"{kind}:", String) + cast(cause, String)


def _not_come() -> ColumnElement[bool]:
    return and_(bookings.c.cancelled_at.is_(None), bookings.c.came_at.is_(None))


async def _visits(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, list[RowMapping]]:
    """Return the visits of referrals, also cancelled ones, by their beginning."""
    ours = select(referrals.c.person_id).where(referrals.c.id.in_(ids))
    statement = (
        select(bookings)
        .where(bookings.c.person_id.in_(ours), bookings.c.referral_id.in_(ids))
        .order_by(bookings.c.starts_at, bookings.c.id)
    )
    found: dict[int, list[RowMapping]] = defaultdict(list)
    for row in (await connection.execute(statement)).mappings():
        found[row["referral_id"]].append(row)
    return found


async def _wishes(connection: AsyncConnection, person_ids: Sequence[int]) -> dict[int, Accompanied]:
    statement = (
        select(companies, bookings.c.starts_at)
        .join(bookings, bookings.c.id == companies.c.booking_id)
        .where(
            companies.c.person_id.in_(person_ids),
            companies.c.ended_at.is_(None),
            companies.c.state != _BEGUN,
            bookings.c.cancelled_at.is_(None),
        )
        .order_by(bookings.c.starts_at.desc())  # the soonest is taken last, and stays
    )
    return {
        row["person_id"]: Accompanied(
            id=row["id"],
            asked_at=row["created_at"],
            starts_at=row["starts_at"],
            is_found=row["state"] in _FOUND,
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
    *,
    zone: str,
) -> Situation:
    every = list(visits)
    names = ("created_at", "starts_at", "came_at", "missed_at", "said")
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
            Visited(booking_id=one["id"], **{name: one[name] for name in names})
            for one in every
            if one["cancelled_at"] is None
        ),
        company=wishes.get(row["person_id"]),
        relay=talks.get(row["person_id"]),
    )
