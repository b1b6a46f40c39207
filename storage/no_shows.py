"""Write down when a visit begins to count as one to which somebody did not come, and when it does so no more.

The desk and the person may both say it, say it again, and take it back, and the clinic may have failed. What
counts follows from all of it (`care.absence.was_missed`): so it is compared before and after each word, and
each visit is counted by itself.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from care.absence import past_of, was_missed
from care.outcomes import Kind
from care.person import Episode
from care.roles import Actor
from storage import outcomes
from storage.bookings import from_row
from storage.schema import bookings, referrals


async def is_one(connection: AsyncConnection, booking_id: int) -> bool:
    """Return whether a visit counts as not come; what is nobody's own visit never does."""
    row = (
        (await connection.execute(select(bookings).where(bookings.c.id == booking_id)))
        .mappings()
        .one_or_none()
    )
    if row is None or row["person_id"] is None or row["cancelled_at"] is not None:
        return False
    return was_missed(past_of(from_row(row))) is True


async def changed(
    connection: AsyncConnection, booking_id: int, *, before: bool, by: Actor, now: datetime
) -> None:
    """Record that a visit began to count, or does not count any more; `before`: what `is_one` said before."""
    after = await is_one(connection, booking_id)
    if after is before:
        return
    statement = (
        select(referrals, bookings.c.clinic_id)
        .join(bookings, bookings.c.referral_id == referrals.c.id)
        .where(bookings.c.id == booking_id)
    )
    row = (await connection.execute(statement)).mappings().one()
    await outcomes.append(
        connection,
        Kind.NO_SHOW if after else Kind.NO_SHOW_ENDED,
        now=now,
        role=by,
        about=Episode(
            referral_id=row["id"],
            **{name: row[name] for name in ("link_id", "staff_id", "area_id", "site_id")},
        ),
        clinic_id=row["clinic_id"],
    )
