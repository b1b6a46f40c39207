"""Keep places that are nobody's visit yet: for who waits, for a brigade, instead of a cancelled visit.

A kept place is a row of `bookings` without a person, so that nobody else can get it; taking it fills in the
person, and giving it back cancels the row. Each change asks for what it believes: it happens once, whoever
comes at the same time.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, and_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from care.booking import MOST_UPCOMING, Booking, Refusal, Slot
from care.places import KEPT, Use
from storage import bookings as bookings_of
from storage import selling
from storage.schema import bookings


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A place that is kept, or was."""

    id: int  # of the booking that it becomes
    use: Use
    use_id: int | None
    clinic_id: int
    local: datetime  # naive: what the clock at the clinic shows
    zone: str  # IANA name
    starts_at: datetime  # aware, UTC
    held_until: datetime | None  # aware, UTC; None: for good


async def keep(
    connection: AsyncConnection,
    slot: Slot,
    *,
    use: Use,
    use_id: int,
    until: datetime | None,
    now: datetime,
    guardian_id: int | None = None,
    child_age: str | None = None,
) -> Kept | None:
    """Keep a free place at `slot` until then (None: for good); None when no place is left."""
    values = {"use": use.value, "use_id": use_id, "held_until": until, "local_day": slot.day.isoformat()}
    child = {"guardian_id": guardian_id, "child_age": child_age} if guardian_id is not None else {}
    row = await selling.sell(connection, slot, now=now, **values, **child)
    return _from_row(row) if row is not None else None


async def by_id(connection: AsyncConnection, booking_id: int, use: Use, use_id: int) -> Kept | None:
    """Return a place that is still kept for that; None when it was taken, given back or is for something
    else."""
    statement = select(bookings).where(bookings.c.id == booking_id, *_kept(use, use_id))
    row = (await connection.execute(statement)).mappings().one_or_none()
    return _from_row(row) if row is not None else None


async def of(connection: AsyncConnection, use: Use, use_id: int) -> Sequence[Kept]:
    """Return what is still kept for that, soonest first."""
    statement = select(bookings).where(*_kept(use, use_id)).order_by(bookings.c.starts_at, bookings.c.place)
    return [_from_row(row) for row in (await connection.execute(statement)).mappings()]


async def lock(connection: AsyncConnection, booking_id: int | None) -> None:
    """Let nobody else answer for a kept place until the transaction ends; None: there is no place.

    Whoever changes a place and what it is kept for (a wait, a brigade) begins with the place: two who began
    at the two ends would wait for each other.
    """
    if booking_id is not None:
        await _lock(connection, bookings.c.id == booking_id)


async def lock_all(connection: AsyncConnection, use: Use, use_id: int) -> None:
    """Let nobody else answer for the places that are kept for that until the transaction ends."""
    await _lock(connection, *_kept(use, use_id))


async def _lock(connection: AsyncConnection, *which: ColumnElement[bool]) -> None:
    if connection.dialect.name == "postgresql":  # SQLite has one writer
        locked = select(bookings.c.id).where(*which).order_by(bookings.c.id).with_for_update()
        await connection.execute(locked)


async def take(
    connection: AsyncConnection,
    kept: Kept,
    *,
    person_id: int,
    referral_id: int,
    now: datetime,
    advice: str | None = None,
    moved_from: int | None = None,
) -> Booking | Refusal:
    """Make a kept place the person's visit, or say FULL (it was given back), SAME_DAY or ENOUGH.

    Reminders and all else that follows from a visit is the caller's: `storage.appointments.begin`.
    """
    ahead = await bookings_of.upcoming(connection, person_id, now=now)
    if any(one.local.date() == kept.local.date() for one in ahead):
        return Refusal.SAME_DAY
    if len(ahead) >= MOST_UPCOMING:
        return Refusal.ENOUGH
    statement = (
        update(bookings)
        .where(bookings.c.id == kept.id, *_kept(kept.use, kept.use_id), bookings.c.starts_at > now)
        .values(
            use=Use.VISIT.value,
            use_id=None,
            held_until=None,
            person_id=person_id,
            referral_id=referral_id,
            advice=advice,
            moved_from=moved_from,
        )
        .returning(*bookings.c)
    )
    try:
        async with connection.begin_nested():
            row = (await connection.execute(statement)).mappings().one_or_none()
    except IntegrityError:  # their other phone was quicker
        return Refusal.SAME_DAY
    return bookings_of.from_row(row) if row is not None else Refusal.FULL


async def give_back(connection: AsyncConnection, booking_id: int, use: Use, *, now: datetime) -> bool:
    """Give a kept place back; return False when it was taken or given back before."""
    statement = (
        update(bookings).where(bookings.c.id == booking_id, *_kept(use, None)).values(cancelled_at=now)
    )
    return (await connection.execute(statement)).rowcount == 1


async def give_back_all(connection: AsyncConnection, use: Use, use_id: int, *, now: datetime) -> None:
    """Give back all that is still kept for that.

    Where a clinic keeps another one instead at this moment, that one is given back, too: it is seen after the
    lock.
    """
    await lock_all(connection, use, use_id)
    await connection.execute(update(bookings).where(*_kept(use, use_id)).values(cancelled_at=now))


async def overdue(
    connection: AsyncConnection, *, now: datetime, uses: Collection[Use] = tuple(KEPT)
) -> Sequence[Kept]:
    """Return kept places whose time is over, longest first: the owner of each use gives them back."""
    statement = (
        select(bookings)
        .where(
            bookings.c.held_until <= now,
            bookings.c.cancelled_at.is_(None),
            bookings.c.person_id.is_(None),
            bookings.c.use.in_([use.value for use in uses]),
        )
        .order_by(bookings.c.held_until, bookings.c.id)
    )
    return [_from_row(row) for row in (await connection.execute(statement)).mappings()]


def _kept(use: Use, use_id: int | None) -> list[ColumnElement[bool]]:
    same = [bookings.c.use_id == use_id] if use_id is not None else []
    return [
        and_(bookings.c.use == use.value, bookings.c.person_id.is_(None), bookings.c.cancelled_at.is_(None)),
        *same,
    ]


def _from_row(row: RowMapping) -> Kept:
    return Kept(
        id=row["id"],
        use=Use(row["use"]),
        use_id=row["use_id"],
        clinic_id=row["clinic_id"],
        local=datetime.fromisoformat(row["local_start"]),
        zone=row["zone"],
        starts_at=row["starts_at"],
        held_until=row["held_until"],
    )
