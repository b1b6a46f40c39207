"""Keep those who come to a clinic without a booking: a ticket and a language, and nobody's name.

Their places are beyond the capacity (`care.places.OVERFLOW`), so they take none from who has booked. With the
code on the desk's screen somebody makes the visit their own.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from care.booking import Booking, Refusal, to_local, to_utc
from care.pass_on import pass_on
from care.places import OVERFLOW, Use
from care.referral import BEFORE_EXAMINED, State
from care.reminders import Visit
from care.roles import Actor
from storage import appointments, due, referrals
from storage import bookings as bookings_of
from storage.schema import bookings
from storage.schema import referrals as referrals_table
from storage.selling import written

CLAIMED_WITHIN = timedelta(days=1)  # what is said of the visit later belongs to nobody who finds the code
TRIES = 8  # desks that write somebody down in the same minute
_ADD = {
    "sqlite": sqlite.insert(bookings).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(bookings).on_conflict_do_nothing(),
}


async def add(
    connection: AsyncConnection, booking_id: int, *, clinic_id: int, zone: str, locale: str, now: datetime
) -> bool:
    """Write down that somebody came without a booking; return False when this id is there already.

    `booking_id` is a random one that the button carries: a button pressed twice writes one row.
    """
    local = to_local(now, zone).replace(second=0, microsecond=0)
    taken = select(func.coalesce(func.max(bookings.c.place) + 1, OVERFLOW)).where(
        bookings.c.clinic_id == clinic_id,
        bookings.c.local_start == written(local),
        bookings.c.place >= OVERFLOW,
    )
    for _ in range(TRIES):
        values = {
            "id": booking_id,
            "use": Use.WALK_IN.value,
            "clinic_id": clinic_id,
            "starts_at": to_utc(local, zone),
            "local_start": written(local),
            "local_day": local.date().isoformat(),
            "zone": zone,
            "place": (await connection.execute(taken)).scalar_one(),
            "locale": locale,
            "created_at": now,
            "came_at": now,
        }
        if (await connection.execute(_ADD[connection.dialect.name], values)).rowcount == 1:
            return True
        same = select(bookings.c.id).where(bookings.c.id == booking_id)
        if (await connection.execute(same)).first() is not None:
            return False
    raise LookupError("no place is free for a walk-in")


async def open_one(connection: AsyncConnection, booking_id: int, *, now: datetime) -> int | None:
    """Return the clinic of a walk-in that is nobody's so far; None when there is none, it was taken, or it is
    longer ago than a day."""
    statement = select(bookings.c.clinic_id).where(bookings.c.id == booking_id, *_nobodys(now))
    return (await connection.execute(statement)).scalar_one_or_none()


async def take(
    connection: AsyncConnection, booking_id: int, *, person_id: int, referral_id: int, now: datetime
) -> Booking | Refusal:
    """Make a walk-in the person's own visit, or say SAME_DAY (they have one), CANCELLED (taken, or gone).

    The desk saw them: the referral moves by its right.
    """
    statement = (
        update(bookings)
        .where(bookings.c.id == booking_id, *_nobodys(now))
        .values(use=Use.VISIT.value, person_id=person_id, referral_id=referral_id)
        .returning(*bookings.c)
    )
    try:
        async with connection.begin_nested():
            row = (await connection.execute(statement)).mappings().one_or_none()
    except IntegrityError:
        return Refusal.SAME_DAY
    if row is None:
        return Refusal.CANCELLED
    found = select(referrals_table).where(referrals_table.c.id == referral_id)
    referral = (await connection.execute(found)).mappings().one()
    if State(referral["state"]) in BEFORE_EXAMINED:  # refused only where they came before: they are there
        await referrals.move(connection, referral, State.CAME, by=Actor.REGISTRAR, now=now)
    booking = bookings_of.from_row(row)
    visit = Visit(booking_id=booking.id, person_id=person_id, starts_at=booking.starts_at, zone=booking.zone)
    await due.schedule(connection, pass_on(visit, now=now), now=now)
    return booking


async def take_instead(
    connection: AsyncConnection,
    booking_id: int,
    other: Booking,
    *,
    referral_id: int,
    by: Actor,
    now: datetime,
) -> Booking | Refusal:
    """Make a walk-in the visit of who has `other`, which the caller has locked and which is cancelled for it.

    Refused as by `take`; `other` stays then.
    """
    async with connection.begin_nested() as attempt:
        await appointments.cancel(connection, other, by=by, now=now)
        taken = await take(
            connection, booking_id, person_id=other.person_id, referral_id=referral_id, now=now
        )
        if isinstance(taken, Refusal):
            await attempt.rollback()
    return taken


async def same_day(connection: AsyncConnection, booking_id: int, person_id: int) -> Booking | None:
    """Return the visit that somebody has on the day of a walk-in, locked for a change, or None."""
    day = select(bookings.c.local_day).where(bookings.c.id == booking_id).scalar_subquery()
    statement = (
        select(bookings)
        .where(
            bookings.c.person_id == person_id, bookings.c.local_day == day, bookings.c.cancelled_at.is_(None)
        )
        .with_for_update()  # PostgreSQL only: SQLite has one writer
    )
    row = (await connection.execute(statement)).mappings().one_or_none()
    return bookings_of.from_row(row) if row is not None else None


def _nobodys(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        bookings.c.created_at > now - CLAIMED_WITHIN,
        bookings.c.use == Use.WALK_IN.value,
        bookings.c.person_id.is_(None),
        bookings.c.cancelled_at.is_(None),
    )
