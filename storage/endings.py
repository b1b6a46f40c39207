"""End an episode because the person does not want to go on, or could not be reached for long; take that back.

Nobody is told. A visit that is ahead is not ended silently: as long as there is one, nothing ends.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import RowMapping, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from care.person import StaffMember
from care.referral import CLOSING_UNDONE, Refusal, State, refusal
from care.roles import Actor, Role
from storage import bookings, displaced, locking, moving_away, referrals
from storage.reach import OVERSEERS, by_office
from storage.schema import referrals as table

BY_THE_TEAM = (State.DECLINED, State.LOST)


async def close(
    connection: AsyncConnection, referral_id: int, to: State, *, by: Actor, now: datetime
) -> Refusal | datetime | None:
    """End an episode; return why it does not end, when the visit is that is still ahead (naive: what the
    clock at the clinic shows), or None when it ended.

    A wait for a place and what was kept instead of a lost visit end with it, and tasks are closed by nobody.
    An open talk with its task goes on, and so do the person's own reminders.
    """
    async with connection.begin_nested() as whole:
        held = await _held(connection, referral_id, to, by=by, now=now)
        if held is None:
            person_id = await _person(connection, referral_id)
            await locking.all_visits_of(connection, person_id)
            await moving_away.wait_no_more(connection, person_id, by=by, now=now)  # places, then the referral
            for lost in await displaced.open_of(connection, person_id, now=now):
                await displaced.decline(connection, lost, now=now)
            await moving_away.close_tasks(connection, person_id, goes_on=True, now=now)
            await _lock(connection, referral_id)
            held = await _held(connection, referral_id, to, by=by, now=now)  # also what was booked just now
        if held is None:
            referral = await _open(connection, referral_id)
            held = Refusal.OVER
            if referral is not None:
                held = await referrals.move(connection, referral, to, by=by, now=now)
        if held is not None:
            await whole.rollback()
    return held


async def take_back(
    connection: AsyncConnection, roles: Sequence[StaffMember], person_id: int, *, by: Actor, now: datetime
) -> tuple[Refusal, State] | None:
    """Let an episode go on that the team ended; return why it does not, with its end, or None.

    It is LookupError where these roles did not look after the person: the same for 'not there'.
    """
    ended = await referrals.ended_of(connection, person_id)
    if ended is None or not await _theirs(connection, roles, ended):
        raise LookupError("nobody of theirs was ended")
    refused = await referrals.take_up(connection, ended, by=by, now=now)
    return (refused, State(ended["state"])) if refused is not None else None


async def newest(connection: AsyncConnection, staff_id: int, *, now: datetime) -> Sequence[int]:
    """Return the people of a worker whose episode the team ended within a day, the newest first."""
    following = table.alias("following")
    again = select(following.c.id).where(
        following.c.person_id == table.c.person_id, following.c.closed_at.is_(None)
    )
    statement = (
        select(table.c.person_id)
        .where(table.c.staff_id == staff_id, table.c.state.in_([one.value for one in BY_THE_TEAM]))
        .where(table.c.closed_at > now - CLOSING_UNDONE, ~again.exists())
        .order_by(table.c.closed_at.desc(), table.c.id)
    )
    return (await connection.execute(statement)).scalars().all()


async def _held(
    connection: AsyncConnection, referral_id: int, to: State, *, by: Actor, now: datetime
) -> Refusal | datetime | None:
    """Return what keeps an episode open, or None."""
    referral = await _open(connection, referral_id)
    if referral is None:
        return Refusal.OVER
    refused = refusal(State(referral["state"]), to, by)
    if refused is not None:
        return refused
    ahead = await bookings.upcoming(connection, referral["person_id"], now=now)
    return ahead[0].local if ahead else None


async def _open(connection: AsyncConnection, referral_id: int) -> RowMapping | None:
    statement = select(table).where(table.c.id == referral_id, table.c.closed_at.is_(None))
    return (await connection.execute(statement)).mappings().one_or_none()


async def _person(connection: AsyncConnection, referral_id: int) -> int:
    statement = select(table.c.person_id).where(table.c.id == referral_id)
    return int((await connection.execute(statement)).scalar_one())


async def _lock(connection: AsyncConnection, referral_id: int) -> None:
    """Let a booking of this moment be seen, and the next one wait: it holds the key of the referral."""
    await connection.execute(select(table.c.id).where(table.c.id == referral_id).with_for_update())


async def _theirs(connection: AsyncConnection, roles: Sequence[StaffMember], ended: RowMapping) -> bool:
    mine = [one.id for one in roles if one.role in {Role.WORKER, *OVERSEERS}]
    office = by_office(roles, table.c.staff_id)
    seen = or_(table.c.staff_id.in_(mine), *([office] if office is not None else []))
    states = table.c.state.in_([one.value for one in BY_THE_TEAM])
    statement = select(table.c.id).where(table.c.id == ended["id"], states, seen)
    return (await connection.execute(statement)).first() is not None
