"""Keep what people say that a clinic did wrong, tell the office once a day, and count it."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care import failures
from care.booking import Booking, to_local
from care.failures import Failure, Tally, tally
from care.outcomes import Kind
from care.referral import State, after_cancelling
from care.roles import Actor
from storage import due, referrals
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

    Coordinators and admins are told, once a day for each clinic. Who was written down as missing is missing
    no more.
    """
    first = booking.failure is None
    said = {"failure": failure.value, **({"failure_at": now} if first else {})}
    await connection.execute(update(bookings).where(bookings.c.id == booking.id).values(**said))
    referral = await referrals.of(connection, booking.person_id)
    if referral is not None and (referral["id"], referral["state"]) == (booking.referral_id, State.MISSED):
        stands = after_cancelling(screened=referral["checked_at"] is not None)
        await referrals.move(connection, referral, stands, by=by, now=now)
    if first:
        day = to_local(now, booking.zone).date()
        for person_id in await due.overseers(connection):
            planned = failures.told(booking.clinic_id, person_id, day=day, now=now)
            await due.schedule(connection, planned, now=now)
    return first


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
