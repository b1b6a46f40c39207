"""Ask the team one after the other to come along, and keep up with what happens to the visit.

Each change of a wish for company goes through `settle`: it writes the row and plans or takes back the
messages that follow from the change, in the caller's transaction.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from care import company as rules
from care import company_notices as notices
from care import company_visit as visits
from care.booking import start_word
from care.company import Company, State, Trip
from care.outcomes import Kind
from care.roles import Actor
from storage import company, due, outcomes, reach, referrals
from storage.company import Asked, Team
from storage.schema import staff


async def advance_all(connection: AsyncConnection, *, now: datetime, zone: str) -> int:
    """Do for every open wish what its time asks for, and return how many changed.

    `zone` is the IANA name of the clock of those whose city is not known.
    """
    every = await company.all_open(connection)
    team = await company.team(connection, now=now, zone=zone) if every else None
    changed = 0
    for asked in every if team else ():
        if team is None or not _goes_on(asked, team, now=now):
            continue
        current = await company.by_id(connection, asked.company.id)  # locked: the visit may just be lost
        if current is not None and await _advance(connection, current, team, now=now) != current.company:
            changed += 1
            team = await company.team(connection, now=now, zone=zone)
    return changed


def _goes_on(asked: Asked, team: Team, *, now: datetime) -> bool:
    return rules.advanced(asked.company, asked.trip, team.candidates(asked), now=now) != asked.company


async def advance(
    connection: AsyncConnection, asked: Asked, *, now: datetime, zone: str, told: bool = False
) -> Company:
    """Do what the time asks for with one wish, and return how it stands; `told`: the person reads it now."""
    team = await company.team(connection, now=now, zone=zone)
    return await _advance(connection, asked, team, now=now, told=told)


async def _advance(
    connection: AsyncConnection, asked: Asked, team: Team, *, now: datetime, told: bool = False
) -> Company:
    after = rules.advanced(asked.company, asked.trip, team.candidates(asked), now=now)
    if after != asked.company:
        await settle(connection, asked, after, now=now, told=told)
    return after


async def settle(
    connection: AsyncConnection,
    asked: Asked,
    after: Company,
    *,
    now: datetime,
    told: bool = False,
    by: int | None = None,
) -> None:
    """Write down a change with all that follows; `told`: the person knows, `by`: staff id who did it."""
    before, trip = asked.company, asked.trip
    await company.save(connection, after)
    await _take_back(connection, before, after, now=now)
    if after.state is State.OFFERED and after.offered_to is not None:
        await _offer(connection, before, after, trip, now=now)
    if after.state is State.ACCEPTED and before.state is not State.ACCEPTED:
        await _remind(connection, after, trip, now=now)
    if after.state is State.NOBODY and before.state is not State.NOBODY:
        await _look_for_somebody(connection, asked, after, now=now)
    off = after.state in {State.CANCELLED, State.PAUSED} and before.state in rules.TAKEN
    if off and before.staff_id != by:
        await _call_off(connection, asked, now=now, about=before.person_id)
    if not told:
        await _tell(connection, before, after, trip, now=now)


async def visit_cancelled(connection: AsyncConnection, booking_id: int, *, now: datetime) -> None:
    """End the company to a visit that was cancelled, and tell who would have come."""
    asked = await company.open_for(connection, booking_id)
    after = rules.cancelled(asked.company, now=now) if asked else None
    if asked is not None and after is not None:
        await settle(connection, asked, after, now=now, told=True)


async def visit_displaced(connection: AsyncConnection, booking_id: int, *, now: datetime) -> None:
    """Pause the company to a visit that the clinic cancelled, and tell who would have come."""
    asked = await company.open_for(connection, booking_id)
    after = visits.paused(asked.company, now=now) if asked else None
    if asked is not None and after is not None:
        await settle(connection, asked, after, now=now, told=True)


async def visit_moved(connection: AsyncConnection, booking_id: int, to: int, *, now: datetime) -> None:
    """Ask who comes along whether the new time fits, or begin anew to ask; `to` is the new booking.

    Likewise where `to` stands for what the clinic cancelled, or is that visit itself, which stands again.
    """
    asked = await company.open_for(connection, booking_id)
    if asked is None:
        return
    after = visits.moved(asked.company, to, now=now)
    await company.save(connection, after)
    there = await company.by_id(connection, after.id)
    if there is not None:
        await settle(connection, replace(there, company=asked.company), after, now=now, told=True)


async def person_forgotten(connection: AsyncConnection, person_id: int, *, now: datetime) -> None:
    """Tell those who would have come along, before somebody and their visits are deleted: not with whom."""
    for asked in await company.open_of(connection, person_id):
        await _take_back(connection, asked.company, None, now=now)
        if asked.company.state is State.ACCEPTED:
            await _call_off(connection, asked, now=now, about=None)


async def _take_back(
    connection: AsyncConnection, before: Company, after: Company | None, *, now: datetime
) -> None:
    """Take back what waits to be sent to who is no longer asked, or no longer comes along."""
    if before.state is State.OFFERED and before.offered_to is not None:
        await due.cancel(connection, key=notices.offer_key(before.id, before.offered_to), now=now)
    stays = after is not None and after.state in rules.TAKEN and after.staff_id == before.staff_id
    if before.state in rules.TAKEN and before.staff_id is not None and not stays:
        for key in notices.reminder_keys(before.id, before.offered_to or before.staff_id):
            await due.cancel(connection, key=key, now=now)


async def _offer(
    connection: AsyncConnection, before: Company, after: Company, trip: Trip, *, now: datetime
) -> None:
    asked_now = (before.state, before.offered_to, before.offered_at, before.booking_id)
    if asked_now == (State.OFFERED, after.offered_to, after.offered_at, after.booking_id):
        return
    person_id = await _person_of(connection, after.offered_to)
    if person_id is not None and after.offered_to is not None:
        moved = before.booking_id != after.booking_id
        planned = notices.offer(after, trip, after.offered_to, person_id, moved=moved, now=now)
        await due.schedule(connection, planned, now=now)


async def _remind(connection: AsyncConnection, after: Company, trip: Trip, *, now: datetime) -> None:
    person_id = await _person_of(connection, after.staff_id)
    if person_id is not None and after.staff_id is not None:
        for planned in notices.reminders(after, trip, after.staff_id, person_id, now=now):
            await due.schedule(connection, planned, now=now)


async def _look_for_somebody(
    connection: AsyncConnection, asked: Asked, after: Company, *, now: datetime
) -> None:
    """Count that nobody was found, and tell those who can look further, while there is time."""
    about = await referrals.episode_of(connection, after.person_id)
    await outcomes.append(
        connection, Kind.COMPANY_NOBODY, now=now, role=Actor.JOB, about=about, clinic_id=asked.clinic_id
    )
    if after.ended_at is not None:
        return
    for person_id in await reach.overseers_of(connection, after.person_id):
        await due.schedule(connection, notices.needed(after, asked.trip, person_id, now=now), now=now)


async def _call_off(connection: AsyncConnection, asked: Asked, *, now: datetime, about: int | None) -> None:
    person_id = await _person_of(connection, asked.company.staff_id)
    if person_id is not None:
        planned = notices.called_off(
            asked.company, asked.trip, start_word(asked.local), person_id, about=about, now=now
        )
        await due.schedule(connection, planned, now=now)


async def _tell(
    connection: AsyncConnection, before: Company, after: Company, trip: Trip, *, now: datetime
) -> None:
    """Tell the person who comes along, that nobody does yet, or that who said yes cannot."""
    gone = before.state is State.ACCEPTED and after.state in {State.ASKED, State.OFFERED}
    news = after.state in {State.ACCEPTED, State.NOBODY, State.CANCELLED} and before.state is not after.state
    begun = before.state is State.BEGUN or (after.state is State.NOBODY and after.ended_at is not None)
    if gone or (news and not begun):
        await due.schedule(connection, notices.news(after, trip, gone=gone, now=now), now=now)


async def _person_of(connection: AsyncConnection, staff_id: int | None) -> int | None:
    statement = select(staff.c.person_id).where(staff.c.id == staff_id, staff.c.ended_at.is_(None))
    person_id: int | None = (await connection.execute(statement)).scalar_one_or_none()
    return person_id
