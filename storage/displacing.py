"""Take places back that a clinic cannot keep, and keep others for those who had them, in one transaction.

What follows from a closure is found in the store and not in anybody's memory: whatever is booked in hours
that are shut has still to be displaced. So the same function serves the desk, the minute after a kill, and a
day that the directory closes; a second time it finds nothing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.booking import Booking, Slot, free_slots, window
from care.closing import Free, held_until, ranked
from care.closing_notices import closed
from care.directory import Clinic, nearest_clinics
from care.outcomes import Kind
from care.places import Use
from care.roles import Actor
from storage import (
    appointments,
    bookings,
    brigades,
    children,
    company_offers,
    directory,
    due,
    no_shows,
    outcomes,
    places,
    referrals,
    waits,
)
from storage.schema import bookings as bookings_table
from storage.unseen import WRITTEN, take_mark_back

TAKEN_BACK = (Use.VISIT, Use.CHILD, Use.WAIT, Use.BRIGADE, Use.DISPLACED)
OF_PEOPLE = (Use.VISIT, Use.CHILD, Use.DISPLACED)  # behind these is somebody who must be told
AT_ONCE = 25  # places taken back in one transaction, so that nobody who writes waits for long


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why places are taken back."""

    closure_id: int
    by: Actor
    now: datetime  # aware, UTC


@dataclass(kw_only=True)
class Elsewhere:
    """The free places of a city, and how many people each still takes."""

    free: Sequence[Free]
    left: dict[tuple[int, datetime], int] = field(default_factory=dict)

    def possible(self) -> list[Free]:
        """Return what has a place left."""
        return [one for one in self.free if self.left[_key(one.slot)] > 0]


def standing(*, now: datetime) -> list[ColumnElement[bool]]:
    """Match rows that are taken back when their hours are shut: nobody came, and nothing was said of it."""
    return [
        bookings_table.c.cancelled_at.is_(None),
        bookings_table.c.came_at.is_(None),
        bookings_table.c.missed_at.is_(None),
        bookings_table.c.said.is_(None),
        bookings_table.c.use.in_([use.value for use in TAKEN_BACK]),
        or_(bookings_table.c.person_id.is_not(None), bookings_table.c.use != Use.VISIT.value),
        bookings_table.c.starts_at > now - timedelta(days=1),
    ]


async def locked(
    connection: AsyncConnection, statement: Select[Any], *, limit: int = AT_ONCE
) -> Sequence[RowMapping]:
    """Return rows of bookings in order to change them, without those that somebody is just changing.

    Whoever moves or cancels a visit holds its row and may wait for the clinic's: waiting for each other here
    would be a deadlock. What is passed over is looked at again within seconds.
    """
    statement = statement.limit(limit).with_for_update(skip_locked=True, of=bookings_table)
    rows: Sequence[RowMapping] = (await connection.execute(statement)).mappings().all()
    return rows


async def elsewhere(connection: AsyncConnection, clinic: Clinic, *, now: datetime) -> Elsewhere:
    """Return the free places of the clinic and of the others of its city."""
    every = [one for one in await directory.clinics_of(connection) if one.city == clinic.city]
    measured = nearest_clinics(every, clinic.position)
    first, last = window(now, clinic.timezone)
    taken = await bookings.taken_in(connection, [one.id for one in every], first, last)
    found = [
        Free(slot=slot, starts_at=slot.starts_at, distance_m=0.0 if one.id == clinic.id else metres)
        for one, metres in measured
        for slot in free_slots(one, taken.get(one.id, {}), now=now)
    ]
    return Elsewhere(free=found, left={_key(one.slot): one.slot.free for one in found})


async def take_back(connection: AsyncConnection, row: RowMapping, cause: Cause) -> bool:
    """Cancel one row that the caller has locked, with what hangs on it; False when that was done before, or a
    clinician has just written of it."""
    counted = row["missed_at"] is not None and await no_shows.is_one(connection, row["id"])
    done = await connection.execute(
        update(bookings_table)
        .where(bookings_table.c.id == row["id"], bookings_table.c.cancelled_at.is_(None), ~WRITTEN)
        .values(cancelled_at=cause.now, closure_id=cause.closure_id, came_at=None, missed_at=None)
    )
    if done.rowcount != 1:
        return False
    await due.cancel(connection, booking_id=row["id"], now=cause.now)
    await take_mark_back(connection, row, by=cause.by, now=cause.now)
    await no_shows.changed(connection, row["id"], before=counted, by=cause.by, now=cause.now)
    if row["use"] == Use.WAIT:
        await waits.withdraw(connection, row["id"])
    if row["use"] in {Use.BRIGADE, Use.VISIT}:
        await brigades.place_lost(connection, row["id"], cause.closure_id, now=cause.now)
    if row["use"] == Use.VISIT:
        visit = bookings.from_row(row)
        await company_offers.visit_displaced(connection, visit.id, now=cause.now)
        await children.visit_displaced(connection, visit.id, cause.closure_id, now=cause.now)
        await appointments.step_back(connection, visit, by=cause.by, now=cause.now)
    return True


async def tell(connection: AsyncConnection, row: RowMapping, cause: Cause, other: Elsewhere) -> None:
    """Keep another place for whoever had the row, and plan the one message about it."""
    if row["use"] == Use.CHILD and row["guardian_id"] is not None:
        if await _is_lost(connection, row["use_id"]):
            return  # the adult is told of both, and the child comes along to the other visit
        if await _sibling_told(connection, row, cause):
            return
        lost = _as_booking(row, row["guardian_id"])
        notice = closed(cause.closure_id, lost, row["guardian_id"], now=cause.now, child=True)
        await due.schedule(connection, notice, now=cause.now)
        await _record(connection, row["guardian_id"], row["clinic_id"], "child", cause)
        return
    visit = await _visit_of(connection, row)
    if visit is not None:
        await due.cancel(connection, booking_id=visit.id, now=cause.now)  # what was not told yet is told anew
        kept = await _keep(connection, visit, other, now=cause.now)
        if not kept:
            await waits.begin(connection, visit.person_id, lost_booking=visit.id, now=cause.now)
        notice = closed(cause.closure_id, visit, visit.person_id, now=cause.now)
        await due.schedule(connection, notice, now=cause.now)
        await _record(connection, visit.person_id, visit.clinic_id, "kept" if kept else "waits", cause)


async def _is_lost(connection: AsyncConnection, visit_id: int | None) -> bool:
    """Return whether the visit of the adult is lost, too."""
    statement = select(bookings_table.c.id).where(
        bookings_table.c.id == visit_id,
        bookings_table.c.closure_id.is_not(None),
        bookings_table.c.cancelled_at.is_not(None),
    )
    return (await connection.execute(statement)).first() is not None


async def _sibling_told(connection: AsyncConnection, row: RowMapping, cause: Cause) -> bool:
    """Return whether the adult hears of that hour for another child of the same visit: once is enough."""
    statement = select(bookings_table.c.id).where(
        bookings_table.c.use == Use.CHILD.value,
        bookings_table.c.use_id == row["use_id"],
        bookings_table.c.closure_id == cause.closure_id,
        bookings_table.c.local_start == row["local_start"],
        bookings_table.c.id < row["id"],
    )
    return (await connection.execute(statement.limit(1))).first() is not None


async def _visit_of(connection: AsyncConnection, row: RowMapping) -> Booking | None:
    """Return the visit that its owner loses: of a place that was kept instead of one, that first one."""
    if row["use"] == Use.VISIT:
        return bookings.from_row(row)
    if row["use"] == Use.DISPLACED and row["use_id"] is not None:
        first = await bookings.by_id(connection, row["use_id"])
        return first if first is not None and first.cancelled_at is not None else None
    return None


async def _keep(connection: AsyncConnection, lost: Booking, other: Elsewhere, *, now: datetime) -> bool:
    """Keep the best other place for somebody; False when there is none."""
    not_on = await _days_of(connection, lost.person_id)
    for one in ranked(slot_of(lost), other.possible(), not_on=not_on, now=now):
        until = held_until(one.starts_at, now=now)
        kept = await places.keep(
            connection, one.slot, use=Use.DISPLACED, use_id=lost.id, until=until, now=now
        )
        other.left[_key(one.slot)] = other.left[_key(one.slot)] - 1 if kept is not None else 0
        if kept is not None:
            return True
    return False


def slot_of(lost: Booking) -> Slot:
    """Return when and where a lost visit was: what other places are compared with."""
    return Slot(clinic_id=lost.clinic_id, zone=lost.zone, local=lost.local, minutes=0, capacity=0)


async def _days_of(connection: AsyncConnection, person_id: int) -> Collection[date]:
    """Return the local days on which a person has a visit, or a place that is kept for them."""
    own = select(bookings_table.c.id).where(bookings_table.c.person_id == person_id)
    kept = and_(bookings_table.c.use == Use.DISPLACED.value, bookings_table.c.use_id.in_(own))
    statement = select(bookings_table.c.local_day).where(
        bookings_table.c.cancelled_at.is_(None), or_(bookings_table.c.person_id == person_id, kept)
    )
    return {date.fromisoformat(day) for day in (await connection.execute(statement)).scalars()}


async def _record(
    connection: AsyncConnection, person_id: int, clinic_id: int, detail: str, cause: Cause
) -> None:
    """Record it apart from the update of the desk, which has one outcome of a kind and displaces many."""
    about = await referrals.episode_of(connection, person_id)
    await outcomes.append(
        connection,
        Kind.DISPLACED,
        now=cause.now,
        role=cause.by,
        about=about,
        clinic_id=clinic_id,
        detail=detail,
    )


def _as_booking(row: RowMapping, person_id: int) -> Booking:
    return Booking(
        id=row["id"],
        person_id=person_id,
        referral_id=row["referral_id"] or 0,
        clinic_id=row["clinic_id"],
        local=datetime.fromisoformat(row["local_start"]),
        zone=row["zone"],
        starts_at=row["starts_at"],
    )


def _key(slot: Slot) -> tuple[int, datetime]:
    return slot.clinic_id, slot.local
