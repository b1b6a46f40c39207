"""Keep bookings: a place is sold once, and a person has one visit a day.

Both are unique indexes of the schema. What is read beforehand only saves a try or words a refusal: on
PostgreSQL two people may read the same free place, and one insert of them does nothing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care import plan as plans
from care.booking import MOST_UPCOMING, Booking, Refusal, Slot
from care.places import OVERFLOW
from storage.schema import bookings
from storage.selling import sell

_ON_THE_WAY = "moving"  # in place of the day, while the person has the old visit of that day, too
_ACTIVE = bookings.c.cancelled_at.is_(None)


@dataclass(frozen=True, slots=True)
class Booked:
    """A place that the person has."""

    booking: Booking
    is_new: bool  # False: they had it before, so nothing follows from it


async def taken(
    connection: AsyncConnection, clinic_id: int, from_day: date, to_day: date
) -> dict[datetime, int]:
    """Return how many places are taken or kept, by local start, both days included."""
    return (await taken_in(connection, [clinic_id], from_day, to_day)).get(clinic_id, {})


async def taken_in(
    connection: AsyncConnection, clinic_ids: Collection[int], from_day: date, to_day: date
) -> dict[int, dict[datetime, int]]:
    """Return the same for several clinics, by clinic."""
    statement = (
        select(bookings.c.clinic_id, bookings.c.local_start, func.count())
        .where(
            bookings.c.clinic_id.in_(list(clinic_ids)),
            bookings.c.local_day.between(from_day.isoformat(), to_day.isoformat()),
            _ACTIVE,
            bookings.c.place < OVERFLOW,
        )
        .group_by(bookings.c.clinic_id, bookings.c.local_start)
    )
    found: dict[int, dict[datetime, int]] = {}
    for clinic_id, local_start, people in (await connection.execute(statement)).all():
        found.setdefault(clinic_id, {})[datetime.fromisoformat(local_start)] = people
    return found


async def book(
    connection: AsyncConnection,
    slot: Slot,
    *,
    person_id: int,
    referral_id: int,
    now: datetime,
    advice: str | None = None,
    child_under_5: bool = False,
) -> Booked | Refusal:
    """Give the person a place at `slot`, or say FULL, SAME_DAY or ENOUGH.

    Whoever has a place there already gets the same one: a button may be pressed twice, on two phones.
    """
    own = await _on_day(connection, person_id, slot.day)
    if own is not None:
        return Booked(own, is_new=False) if _is_at(own, slot) else Refusal.SAME_DAY
    if len(await upcoming(connection, person_id, now=now)) >= MOST_UPCOMING:
        return Refusal.ENOUGH
    wanted = {"advice": advice, "child_under_5": child_under_5, "local_day": slot.day.isoformat()}
    sold = await _sell(connection, slot, person_id, referral_id, now=now, **wanted)
    if sold is not None:
        return Booked(sold, is_new=True)
    own = await _on_day(connection, person_id, slot.day)  # their other phone was quicker
    if own is None:
        return Refusal.FULL
    return Booked(own, is_new=False) if _is_at(own, slot) else Refusal.SAME_DAY


async def move(
    connection: AsyncConnection, booking: Booking, slot: Slot, *, now: datetime
) -> Booked | Refusal:
    """Give the person a place at `slot` and then free that of `booking`, which the caller has locked.

    The new place comes first, so a refusal (FULL, SAME_DAY) leaves the old one, and nobody holds a freed
    place while waiting for another, so two people who swap never wait for each other. On the same day the new
    row gets its day last, because the index knows one visit a day.
    """
    if _is_at(booking, slot):
        return Booked(booking, is_new=False)
    same_day = booking.local.date() == slot.day
    other = None if same_day else await _on_day(connection, booking.person_id, slot.day)
    if other is not None:
        return Refusal.SAME_DAY
    day = slot.day.isoformat()
    plan = plans.carried(booking.plan, booking.local, slot.local)
    kept: dict[str, Any] = {
        "advice": booking.advice,
        "child_under_5": booking.child_under_5,
        "moved_from": booking.id,
        **({"plan": plan.words()} if plan is not None else {}),
    }
    sold = await _sell(
        connection,
        slot,
        booking.person_id,
        booking.referral_id,
        now=now,
        local_day=_ON_THE_WAY if same_day else day,
        **kept,
    )
    if sold is None:
        return Refusal.FULL
    await cancel(connection, booking.id, now=now)
    if same_day:
        await connection.execute(update(bookings).where(bookings.c.id == sold.id).values(local_day=day))
    return Booked(sold, is_new=True)


async def cancel(connection: AsyncConnection, booking_id: int, *, now: datetime) -> bool:
    """Give a place back; return False when that was done before."""
    done = await connection.execute(
        update(bookings).where(bookings.c.id == booking_id, _ACTIVE).values(cancelled_at=now)
    )
    return done.rowcount == 1


async def change(connection: AsyncConnection, booking_id: int, **values: Any) -> None:
    """Change columns of a booking that hold no place: child_under_5, said, reason, plan."""
    await connection.execute(update(bookings).where(bookings.c.id == booking_id).values(**values))


async def own(connection: AsyncConnection, booking_id: int, person_id: int) -> Booking | None:
    """Return a booking of this person; None when it is not theirs or not there."""
    return await _own(connection, booking_id, person_id, lock=False)


async def lock_own(connection: AsyncConnection, booking_id: int, person_id: int) -> Booking | None:
    """Return a booking of this person in order to change it; None when it is not theirs or not there."""
    return await _own(connection, booking_id, person_id, lock=True)


async def moved_to(connection: AsyncConnection, booking_id: int, person_id: int) -> Booking | None:
    """Return the person's visit that replaced this one, if it was moved and the new one stands."""
    last = await newest(connection, booking_id, person_id)
    return last if last is not None and last.cancelled_at is None else None


async def newest(connection: AsyncConnection, booking_id: int, person_id: int) -> Booking | None:
    """Return the last of the person's visits that came instead of this one, cancelled or not; None: none."""
    last: Booking | None = None
    while True:
        replaced = last.id if last is not None else booking_id
        statement = select(bookings).where(
            bookings.c.moved_from == replaced, bookings.c.person_id == person_id
        )
        row = (await connection.execute(statement)).mappings().first()
        if row is None:
            return last
        last = from_row(row)
        if last.cancelled_at is None:
            return last


async def stands_for(connection: AsyncConnection, booking_id: int) -> int | None:
    """Return the id of the visit that this one came instead of, or None."""
    statement = select(bookings.c.moved_from).where(bookings.c.id == booking_id)
    found: int | None = (await connection.execute(statement)).scalar_one_or_none()
    return found


async def booked_first(connection: AsyncConnection, booking: Booking) -> tuple[Booking, int]:
    """Return the visit that `booking` was before it was ever moved, and how often it was moved since.

    Where the oldest rows are past their term, the oldest one left counts as the first.
    """
    first, moves = booking, 0
    while True:
        before = bookings.alias()
        statement = (
            select(before)
            .join(bookings, bookings.c.moved_from == before.c.id)
            .where(bookings.c.id == first.id, before.c.person_id == booking.person_id)
        )
        row = (await connection.execute(statement)).mappings().first()
        if row is None:
            return first, moves
        first, moves = from_row(row), moves + 1


async def by_id(connection: AsyncConnection, booking_id: int) -> Booking | None:
    """Return any booking: for messages that the program sends by itself, never for a button."""
    statement = select(bookings).where(bookings.c.id == booking_id)
    row = (await connection.execute(statement)).mappings().one_or_none()
    return from_row(row) if row is not None else None


async def upcoming(connection: AsyncConnection, person_id: int, *, now: datetime) -> Sequence[Booking]:
    """Return the person's visits that have not begun, soonest first."""
    statement = (
        select(bookings)
        .where(bookings.c.person_id == person_id, _ACTIVE, bookings.c.starts_at > now)
        .order_by(bookings.c.starts_at)
    )
    return [from_row(row) for row in (await connection.execute(statement)).mappings()]


async def past(
    connection: AsyncConnection, person_id: int, *, now: datetime, most: int = 5
) -> Sequence[Booking]:
    """Return the person's last visits that have begun, newest first."""
    statement = (
        select(bookings)
        .where(bookings.c.person_id == person_id, _ACTIVE, bookings.c.starts_at <= now)
        .order_by(bookings.c.starts_at.desc())
        .limit(most)
    )
    return [from_row(row) for row in (await connection.execute(statement)).mappings()]


async def _sell(
    connection: AsyncConnection, slot: Slot, person_id: int, referral_id: int, *, now: datetime, **wanted: Any
) -> Booking | None:
    row = await sell(connection, slot, now=now, person_id=person_id, referral_id=referral_id, **wanted)
    return from_row(row) if row is not None else None


async def _on_day(connection: AsyncConnection, person_id: int, day: date) -> Booking | None:
    statement = select(bookings).where(
        bookings.c.person_id == person_id, bookings.c.local_day == day.isoformat(), _ACTIVE
    )
    row = (await connection.execute(statement)).mappings().one_or_none()
    return from_row(row) if row is not None else None


async def _own(connection: AsyncConnection, booking_id: int, person_id: int, *, lock: bool) -> Booking | None:
    statement = select(bookings).where(bookings.c.id == booking_id, bookings.c.person_id == person_id)
    if lock:
        statement = statement.with_for_update()  # PostgreSQL only: SQLite has one writer
    row = (await connection.execute(statement)).mappings().one_or_none()
    return from_row(row) if row is not None else None


def _is_at(booking: Booking, slot: Slot) -> bool:
    return (booking.clinic_id, booking.local) == (slot.clinic_id, slot.local)


def from_row(row: RowMapping) -> Booking:
    """Return the booking that a row of the table holds."""
    return Booking(
        id=row["id"],
        person_id=row["person_id"],
        referral_id=row["referral_id"],
        clinic_id=row["clinic_id"],
        local=datetime.fromisoformat(row["local_start"]),
        zone=row["zone"],
        starts_at=row["starts_at"],
        advice=row["advice"],
        child_under_5=row["child_under_5"],
        cancelled_at=row["cancelled_at"],
        came_at=row["came_at"],
        missed_at=row["missed_at"],
        said=row["said"],
        on_way_at=row["on_way_at"],
        reason=row["reason"],
        failure=row["failure"],
        failure_at=row["failure_at"],
        plan=plans.read(row["plan"]),
    )
