"""Keep the register of a clinic: who is expected, who came; only that clinic's own visits can be touched."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import RowMapping, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.booking import Booking
from care.pass_on import pass_on, pass_on_key
from care.referral import State
from care.register import Mark
from care.reminders import Visit, visit_reminders
from care.roles import Actor
from storage import due, referrals
from storage.bookings import from_row
from storage.schema import bookings, people
from storage.schema import referrals as referrals_table


@dataclass(frozen=True, slots=True)
class Expected:
    """A visit as the desk sees it."""

    booking: Booking
    locale: str  # the language to speak with the person


async def of_day(connection: AsyncConnection, clinic_id: int, day: date) -> Sequence[Expected]:
    """Return the visits of a clinic on its local day, soonest first, without cancelled ones."""
    statement = (
        select(bookings, people.c.locale)
        .join(people, people.c.id == bookings.c.person_id)
        .where(
            bookings.c.clinic_id == clinic_id,
            bookings.c.local_day == day.isoformat(),
            bookings.c.cancelled_at.is_(None),
        )
        .order_by(bookings.c.local_start, bookings.c.place)
    )
    rows = (await connection.execute(statement)).mappings()
    return [Expected(from_row(row), row["locale"]) for row in rows]


async def lock(
    connection: AsyncConnection, booking_id: int, clinic_ids: Collection[int] | None
) -> Expected | None:
    """Return a visit of one of these clinics (None: of any) in order to mark it; None when there is none."""
    statement = (
        select(bookings, people.c.locale)
        .join(people, people.c.id == bookings.c.person_id)
        .where(bookings.c.id == booking_id, bookings.c.cancelled_at.is_(None))
        .with_for_update(of=bookings)  # PostgreSQL only: SQLite has one writer
    )
    if clinic_ids is not None:
        statement = statement.where(bookings.c.clinic_id.in_(list(clinic_ids)))
    row = (await connection.execute(statement)).mappings().one_or_none()
    return Expected(from_row(row), row["locale"]) if row is not None else None


async def mark(
    connection: AsyncConnection, booking: Booking, what: Mark, *, by: Actor, now: datetime
) -> None:
    """Say what became of a visit, which the caller has locked: the referral moves, reminders have no use.

    Whoever is missing is still asked in the evening whether they went: the answer leads to another visit.
    """
    column = bookings.c.came_at if what is Mark.CAME else bookings.c.missed_at
    await connection.execute(update(bookings).where(bookings.c.id == booking.id).values({column: now}))
    if what is Mark.CAME:
        await due.cancel(connection, booking_id=booking.id, now=now)
        await due.schedule(connection, pass_on(_visit(booking), now=now), now=now)
    await _move(connection, booking, State.CAME if what is Mark.CAME else State.MISSED, by=by, now=now)


async def undo(connection: AsyncConnection, booking: Booking, *, by: Actor, now: datetime) -> None:
    """Take back what was said about a visit, which the caller has locked; its reminders wait again."""
    await connection.execute(
        update(bookings).where(bookings.c.id == booking.id).values(came_at=None, missed_at=None)
    )
    await _move(connection, booking, State.BOOKED, by=by, now=now)
    await due.cancel(connection, key=pass_on_key(booking.person_id), now=now)
    for planned in visit_reminders(_visit(booking), now=now):
        await due.schedule(connection, planned, now=now)


def _visit(booking: Booking) -> Visit:
    return Visit(
        booking_id=booking.id,
        person_id=booking.person_id,
        starts_at=booking.starts_at,
        zone=booking.zone,
    )


async def referral_of(connection: AsyncConnection, booking: Booking) -> RowMapping | None:
    """Return the referral of a visit, with `referral_id` beside its columns, also when it is closed."""
    statement = select(referrals_table, referrals_table.c.id.label("referral_id")).where(
        referrals_table.c.id == booking.referral_id
    )
    return (await connection.execute(statement)).mappings().one_or_none()


async def _move(
    connection: AsyncConnection, booking: Booking, to: State, *, by: Actor, now: datetime
) -> None:
    referral = await referral_of(connection, booking)
    if referral is not None and referral["closed_at"] is None:
        await referrals.move(connection, referral, to, by=by, now=now)
