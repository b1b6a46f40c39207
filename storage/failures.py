"""Keep what people say that a clinic did wrong, tell the office once a day, and count it."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care import failures
from care.booking import Booking, to_local
from care.failures import Failure, Tally, not_seen, tally
from care.outcomes import Kind
from care.referral import State, after_cancelling
from care.roles import Actor
from storage import due, no_shows, referrals
from storage.cascade import of_people
from storage.schema import bookings, outcomes


async def keep(
    connection: AsyncConnection,
    booking: Booking,
    failure: Failure,
    *,
    by: Actor = Actor.PERSON,
    now: datetime,
) -> bool:
    """Keep what went wrong at a visit, which the caller has locked; return whether it is told first.

    Coordinators and admins are told, once a day for each clinic. Whom the clinic did not see, and who was
    written down as missing, is missing no more.
    """
    first = booking.failure is None
    since = now if first else booking.failure_at
    await _say(connection, booking, failure, since=since, by=by, now=now)
    if first:
        day = to_local(now, booking.zone).date()
        for person_id in await due.overseers(connection):
            planned = failures.told(booking.clinic_id, person_id, day=day, now=now)
            await due.schedule(connection, planned, now=now)
    return first


async def take_back(
    connection: AsyncConnection, booking: Booking, *, by: Actor = Actor.PERSON, now: datetime
) -> bool:
    """Take back that something was wrong at a visit, which the caller has locked; False when nobody said so.

    What the desk or the person said of the visit itself holds again.
    """
    if booking.failure is None:
        return False
    await _say(connection, booking, None, since=None, by=by, now=now)
    return True


async def _say(
    connection: AsyncConnection,
    booking: Booking,
    failure: Failure | None,
    *,
    since: datetime | None,
    by: Actor,
    now: datetime,
) -> None:
    """Keep a failure or none, and let the referral and the count of no-shows follow."""
    before = await no_shows.is_one(connection, booking.id)
    kept = update(bookings).where(bookings.c.id == booking.id)
    await connection.execute(kept.values(failure=failure.value if failure else None, failure_at=since))
    await no_shows.changed(connection, booking.id, before=before, by=by, now=now)
    referral = await referrals.of(connection, booking.person_id)
    if referral is None or referral["id"] != booking.referral_id:
        return
    # refused only where somebody else moved it at this moment: what they wrote stands, with the failure
    if not_seen(failure) and referral["state"] == State.MISSED:
        stands = after_cancelling(screened=referral["checked_at"] is not None)
        await referrals.move(connection, referral, stands, by=by, now=now)
    elif (
        booking.missed_at is not None
        and not_seen(booking.failure)
        and not not_seen(failure)
        and not await _goes_again(connection, booking)
    ):
        await referrals.move(connection, referral, State.MISSED, by=by, now=now)


async def _goes_again(connection: AsyncConnection, booking: Booking) -> bool:
    """Return whether there is a later visit that is ahead, or was kept: it says where the referral stands."""
    other = select(func.count()).where(
        bookings.c.referral_id == booking.referral_id,
        bookings.c.id != booking.id,
        bookings.c.cancelled_at.is_(None),
        bookings.c.starts_at > booking.starts_at,
        bookings.c.missed_at.is_(None),
    )
    return bool((await connection.execute(other)).scalar_one())


async def reported(connection: AsyncConnection, clinic_id: int, *, since: datetime) -> Mapping[Failure, int]:
    """Return how often each failure was reported from `since` (aware, UTC) on, however old the visit was."""
    statement = (
        select(bookings.c.failure, func.count())
        .where(
            bookings.c.clinic_id == clinic_id,
            bookings.c.failure_at >= since,
            bookings.c.failure.is_not(None),
            bookings.c.cancelled_at.is_(None),
        )
        .group_by(bookings.c.failure)
    )
    rows = (await connection.execute(statement)).all()
    return {found: number for word, number in rows if (found := failures.failure_of(word)) is not None}


async def tallies(connection: AsyncConnection, begin: datetime, end: datetime) -> dict[int, Tally]:
    """Count by clinic, from the outcomes alone, what became of visits from `begin` to before `end` (UTC)."""
    statement = (
        select(
            outcomes.c.clinic_id,
            outcomes.c.referral_id,
            outcomes.c.kind,
            outcomes.c.detail,
            func.count(),
        )
        .where(
            outcomes.c.at >= begin,
            outcomes.c.at < end,
            outcomes.c.kind.in_(failures.READ),
            outcomes.c.clinic_id.is_not(None),
            of_people(),
        )
        .group_by(outcomes.c.clinic_id, outcomes.c.referral_id, outcomes.c.kind, outcomes.c.detail)
    )
    each: dict[tuple[int, int], dict[tuple[Kind, str | None], int]] = defaultdict(dict)
    for clinic_id, referral_id, kind, detail, number in (await connection.execute(statement)).all():
        each[clinic_id, referral_id][Kind(kind), detail] = number
    found: dict[int, Tally] = defaultdict(Tally)
    for (clinic_id, _), counts in each.items():
        found[clinic_id] += tally(counts)
    return dict(found)
