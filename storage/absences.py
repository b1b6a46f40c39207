"""Read to which visits somebody did not come, and keep why."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.absence import Past, Reason, Said, goes_to_a_person, past_of
from care.booking import Booking
from care.roles import Actor
from care.tasks import Kind
from storage import no_shows, referrals, task_changes
from storage.bookings import change, from_row
from storage.schema import bookings, tasks

MOST = 10  # visits looked back


async def past(connection: AsyncConnection, person_id: int, *, now: datetime) -> Sequence[Past]:
    """Return the visits of the person's open referral whose time has come, newest first."""
    referral = await referrals.of(connection, person_id)
    if referral is None:
        return ()
    statement = (
        select(bookings)
        .where(
            bookings.c.person_id == person_id,
            bookings.c.referral_id == referral["id"],
            bookings.c.cancelled_at.is_(None),
            bookings.c.starts_at <= now,
        )
        .order_by(bookings.c.starts_at.desc(), bookings.c.id.desc())
        .limit(MOST)
    )
    rows = (await connection.execute(statement)).mappings()
    return [past_of(from_row(row)) for row in rows]


async def person_writes(connection: AsyncConnection, person_id: int, *, now: datetime) -> bool:
    """Return whether one of the team writes to the person now, instead of another reminder."""
    return goes_to_a_person(await past(connection, person_id, now=now))


async def say(
    connection: AsyncConnection, booking: Booking, said: Said, *, by: Actor = Actor.PERSON, now: datetime
) -> bool:
    """Keep what somebody says of their visit, which the caller has locked; False when they said so before."""
    if booking.said == said:
        return False
    before = await no_shows.is_one(connection, booking.id)
    await change(connection, booking.id, said=said)
    await no_shows.changed(connection, booking.id, before=before, by=by, now=now)
    return True


async def tell_the_team(
    connection: AsyncConnection, booking: Booking, *, reason: Reason | None = None, now: datetime
) -> None:
    """Bring the tasks about the person's referral in line with what was just said of a visit.

    With a `reason`, who helps reads what is in the way.
    """
    referral = await referrals.of(connection, booking.person_id)
    if referral is not None:
        await task_changes.look(connection, [referral["id"]], now=now, zone=booking.zone)
    if reason is not None:
        keys = [f"{kind}:{booking.id}" for kind in (Kind.MISSED, Kind.MISSED_TWICE, Kind.REMEDY)]
        open_ones = update(tasks).where(tasks.c.key.in_(keys), tasks.c.done_at.is_(None))
        await connection.execute(open_ones.values(topic=reason.value))
