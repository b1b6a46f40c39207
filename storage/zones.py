"""Keep the agreed hour: when the rules of a time zone change, the hour stays and the moment moves."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfoNotFoundError

from sqlalchemy import Table, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.booking import to_utc
from storage.schema import bookings, due

_LARGEST_SHIFT = timedelta(days=1)  # a country may even change the day, as Samoa did at the end of 2011


async def recompute(connection: AsyncConnection, *, now: datetime) -> int:
    """Compute the UTC times of coming visits and pending messages anew, at start; return how many moved.

    A place that is kept moves like a visit. Until when it is kept was said as a moment, and stays.
    """
    recent = now - _LARGEST_SHIFT
    visits = select(
        bookings.c.id,
        bookings.c.starts_at.label("at"),
        bookings.c.local_start.label("local"),
        bookings.c.zone,
    ).where(bookings.c.cancelled_at.is_(None), bookings.c.starts_at > recent)
    messages = select(due.c.id, due.c.due_at.label("at"), due.c.local_due.label("local"), due.c.zone).where(
        due.c.state == "pending", due.c.local_due.is_not(None), due.c.zone.is_not(None)
    )
    moved = 0
    for row in (await connection.execute(visits)).all():
        right = _moment(row.local, row.zone)
        moved += await _move(connection, bookings, "starts_at", row.id, row.at, right)
        await _of_use_until(connection, row.id, row.at, right)
    for row in (await connection.execute(messages)).all():
        moved += await _move(connection, due, "due_at", row.id, row.at, _moment(row.local, row.zone))
    return moved


async def _of_use_until(
    connection: AsyncConnection, booking_id: int, found: datetime, right: datetime | None
) -> None:
    """Let messages that are of use until the visit begins be so until it begins by the new rules."""
    if right is not None and right != found:
        of_it = (due.c.booking_id == booking_id, due.c.state == "pending", due.c.useful_until == found)
        await connection.execute(update(due).where(*of_it).values(useful_until=right))


def _moment(local: str, zone: str) -> datetime | None:
    """Return the UTC moment of "2026-11-25T18:30", or None in a zone that this machine does not know."""
    try:
        return to_utc(datetime.fromisoformat(local), zone)
    except ZoneInfoNotFoundError:
        return None


async def _move(
    connection: AsyncConnection,
    table: Table,
    column: str,
    row_id: int,
    found: datetime,
    right: datetime | None,
) -> int:
    if right is None or right == found:
        return 0
    await connection.execute(update(table).where(table.c.id == row_id).values({column: right}))
    return 1
