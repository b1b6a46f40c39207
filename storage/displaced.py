"""Keep what becomes of people whose visit a clinic cancelled: what is kept for them, and what they said.

The visit that they lost stays as it was, with the closure that took it. It is *open* until they have another
one (`moved_from`), until they said that they want none, until they moved another visit of theirs to a place
that they waited for instead, or until the clinic sees them after all.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.absence import Said
from care.booking import Booking
from care.closing import OPEN_FOR
from care.outcomes import Kind as Outcome
from care.places import Use
from care.roles import Actor
from care.waiting_list import End, start_key
from storage import company_offers, due, offering, outcomes, places, referrals, waits
from storage.bookings import from_row, upcoming
from storage.places import Kept
from storage.schema import bookings

SETTLED = (Said.DECLINED, Said.HAVE_ONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A visit that the clinic cancelled, and what is kept instead."""

    booking: Booking
    closure_id: int
    kept: Kept | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildLost:
    """A place of a child that the clinic took back, while the adult's visit stands."""

    local: datetime  # naive: when the child would have been seen
    visit: Booking  # the adult's


async def own(
    connection: AsyncConnection, booking_id: int, person_id: int, *, now: datetime, lock: bool = False
) -> Lost | None:
    """Return an open loss of this person; None when it is not theirs, not there, or settled."""
    statement = select(bookings).where(
        bookings.c.id == booking_id, bookings.c.person_id == person_id, *is_open(since=now - OPEN_FOR)
    )
    if lock:
        statement = statement.with_for_update(of=bookings)  # PostgreSQL only: SQLite has one writer
    row = (await connection.execute(statement)).mappings().one_or_none()
    if row is None:
        return None
    kept = await kept_for(connection, booking_id, now=now)
    return Lost(booking=from_row(row), closure_id=row["closure_id"], kept=kept)


async def open_of(
    connection: AsyncConnection, person_id: int, *, now: datetime, lock: bool = False
) -> Sequence[Lost]:
    """Return the open losses of a person, soonest first; with `lock` they stay so."""
    statement = (
        select(bookings)
        .where(bookings.c.person_id == person_id, *is_open(since=now - OPEN_FOR))
        .order_by(bookings.c.starts_at)
    )
    if lock:
        statement = statement.with_for_update(of=bookings)  # PostgreSQL only: SQLite has one writer
    rows = (await connection.execute(statement)).mappings().all()
    return [
        Lost(
            booking=from_row(row),
            closure_id=row["closure_id"],
            kept=await kept_for(connection, row["id"], now=now),
        )
        for row in rows
    ]


def is_open(*, since: datetime | ColumnElement[datetime]) -> Sequence[ColumnElement[bool]]:
    """Match visits that a clinic cancelled and of which nothing has become yet, unless they were before."""
    later = bookings.alias("later")
    replaced = exists().where(later.c.moved_from == bookings.c.id, later.c.person_id == bookings.c.person_id)
    return (
        bookings.c.closure_id.is_not(None),
        bookings.c.cancelled_at.is_not(None),
        bookings.c.use == Use.VISIT.value,
        or_(bookings.c.said.is_(None), bookings.c.said.not_in(SETTLED)),
        bookings.c.starts_at > since,
        ~replaced,
    )


async def kept_for(connection: AsyncConnection, lost_id: int, *, now: datetime) -> Kept | None:
    """Return the place that is kept instead of a visit, unless its time is over."""
    found = await places.of(connection, Use.DISPLACED, lost_id)
    return next((one for one in found if one.held_until is None or one.held_until > now), None)


async def settle(connection: AsyncConnection, lost_id: int, person_id: int, *, now: datetime) -> None:
    """Give back what is kept instead of a visit, and let nobody wait or be told any more because of it."""
    await places.give_back_all(connection, Use.DISPLACED, lost_id, now=now)
    await due.cancel(connection, booking_id=lost_id, now=now)
    await _end_wait(connection, lost_id, person_id, now=now)


async def decline(connection: AsyncConnection, lost: Lost, *, now: datetime) -> None:
    """Write down that they want no other place; the caller has locked it."""
    await _say(connection, lost, Said.DECLINED, now=now)


async def moved_another(connection: AsyncConnection, lost: Lost, *, now: datetime) -> None:
    """Write down that they moved another visit to a place that they waited for because of this loss."""
    await _say(connection, lost, Said.HAVE_ONE, now=now)


async def _say(connection: AsyncConnection, lost: Lost, said: Said, *, now: datetime) -> None:
    await connection.execute(update(bookings).where(bookings.c.id == lost.booking.id).values(said=said))
    await settle(connection, lost.booking.id, lost.booking.person_id, now=now)
    await company_offers.visit_cancelled(connection, lost.booking.id, now=now)


async def booked_another(connection: AsyncConnection, booking: Booking, *, now: datetime) -> None:
    """Let a new visit stand for the one that was lost nearest to it; nothing happens to who lost none."""
    lost = await open_of(connection, booking.person_id, now=now, lock=True)
    if not lost:
        return
    statement = select(bookings.c.moved_from).where(bookings.c.id == booking.id)
    if (await connection.execute(statement)).scalar_one_or_none() is not None:
        return
    nearest = min(lost, key=lambda one: abs(one.booking.starts_at - booking.starts_at))
    await replace(connection, nearest.booking, booking, now=now)


async def replace(connection: AsyncConnection, lost: Booking, new: Booking, *, now: datetime) -> None:
    """Let a new visit stand for one that was lost."""
    await connection.execute(update(bookings).where(bookings.c.id == new.id).values(moved_from=lost.id))
    await settle(connection, lost.id, lost.person_id, now=now)


async def lapsed(connection: AsyncConnection, *, now: datetime) -> Sequence[Kept]:
    """Return the places that were kept for somebody who has not answered in time; changes nothing."""
    return await places.overdue(connection, now=now, uses=[Use.DISPLACED])


async def _end_wait(connection: AsyncConnection, lost_id: int, person_id: int, *, now: datetime) -> None:
    """End the wait that began with the loss; one that was there before goes on, in its own turn."""
    wait = await waits.for_loss(connection, lost_id, person_id)
    if wait is None:
        return
    began = await connection.execute(select(bookings.c.cancelled_at).where(bookings.c.id == lost_id))
    if began.scalar_one_or_none() == wait.created_at:
        await offering.end(connection, wait, End.BOOKED, now=now)
    else:
        await waits.forget_loss(connection, wait.id)


async def lapse(connection: AsyncConnection, kept: Kept, *, now: datetime) -> bool:
    """Give a place back that nobody wanted in time, and record it; False when that was done before.

    Whoever has no other visit ahead waits from then on, before others, as who found no place at once: in the
    turn of the day on which they lost theirs. What they let go is not offered to them again.
    """
    if not await places.give_back(connection, kept.id, Use.DISPLACED, now=now):
        return False
    owner = select(bookings.c.person_id).where(bookings.c.id == kept.use_id)
    person_id = (await connection.execute(owner)).scalar_one_or_none()
    lost = await own(connection, kept.use_id or 0, person_id, now=now) if person_id is not None else None
    if lost is not None and not await upcoming(connection, lost.booking.person_id, now=now):
        since = lost.booking.cancelled_at
        wait = await waits.begin(
            connection, lost.booking.person_id, lost_booking=lost.booking.id, since=since, now=now
        )
        refused = dataclasses.replace(wait, refused=wait.refused | {start_key(kept)})
        await waits.save(connection, refused, was_offered=wait.offered)
    about = await referrals.episode_of(connection, person_id) if person_id is not None else None
    await outcomes.append(
        connection,
        Outcome.DISPLACED_LAPSED,
        now=now,
        role=Actor.JOB,
        about=about,
        clinic_id=kept.clinic_id,
    )
    return True


async def child_lost(connection: AsyncConnection, booking_id: int, guardian_id: int) -> ChildLost | None:
    """Return the place of a child that the clinic took back.

    None when the adult does not go there either, or the child has another place.
    """
    child, later = bookings.alias("child"), bookings.alias("later")
    statement = (
        select(bookings, child.c.local_start.label("child_start"))
        .join(child, child.c.use_id == bookings.c.id)
        .where(
            bookings.c.person_id == guardian_id,
            bookings.c.cancelled_at.is_(None),
            child.c.id == booking_id,
            child.c.guardian_id == guardian_id,
            child.c.closure_id.is_not(None),
            child.c.cancelled_at.is_not(None),
            ~exists().where(later.c.moved_from == child.c.id, later.c.use == Use.CHILD.value),
        )
    )
    row = (await connection.execute(statement)).mappings().one_or_none()
    if row is None:
        return None
    return ChildLost(local=datetime.fromisoformat(row["child_start"]), visit=from_row(row))


async def stands(
    connection: AsyncConnection, booking_id: int, person_id: int, *, child: bool, now: datetime
) -> datetime | None:
    """Return when a visit of this person, or of their child, begins (naive, local); None when it does not."""
    whose = bookings.c.guardian_id if child else bookings.c.person_id
    statement = select(bookings.c.local_start).where(
        bookings.c.id == booking_id,
        whose == person_id,
        bookings.c.cancelled_at.is_(None),
        bookings.c.starts_at > now,
    )
    local: str | None = (await connection.execute(statement)).scalar_one_or_none()
    return datetime.fromisoformat(local) if local is not None else None
