"""Book, move and cancel a visit with all that follows from it, in one transaction.

The place itself (`bookings`), where the referral stands, the reminders, a word to whoever looks after the
person, and the end of what was half-way. The outcome is recorded by the conversation that caused it.
"""

from dataclasses import asdict, replace
from datetime import datetime, timedelta

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection

from care.booking import Booking, Refusal, Slot
from care.links import origin
from care.message_kinds import Kind
from care.person import Person
from care.referral import State, after_cancelling
from care.reminders import Planned, Visit, visit_reminders
from care.roles import Actor
from storage import (
    bookings,
    children,
    company_offers,
    displaced,
    due,
    links,
    looking_after,
    offering,
    ownership,
    referrals,
)
from storage.bookings import Booked
from storage.schema import bookings as bookings_table

NOTICE_USEFUL = timedelta(days=2)


async def book(
    connection: AsyncConnection,
    person: Person,
    slot: Slot,
    *,
    by: Actor = Actor.PERSON,
    child_under_5: bool = False,
    instead_of: Booking | None = None,
    now: datetime,
) -> Booked | Refusal:
    """Book a place at `slot`, with the advice of the person's last symptom check; `by` whom.

    `instead_of`: the visit lost through a clinic for which it stands, locked by the caller; else the nearest
    such loss. Refused, the loss stays open, with what is kept.
    """
    referral = await referral_for(connection, person, zone=slot.zone, now=now)
    booked = await bookings.book(
        connection,
        slot,
        person_id=person.id,
        referral_id=referral["id"],
        advice=referral["advice"],
        child_under_5=child_under_5,
        now=now,
    )
    if isinstance(booked, Booked) and booked.is_new:
        if instead_of is not None:
            await displaced.replace(connection, instead_of, booked.booking, now=now)
        await begin(connection, referral, booked.booking, by=by, now=now)
    return booked


async def begin(
    connection: AsyncConnection,
    referral: RowMapping,
    booking: Booking,
    *,
    by: Actor,
    not_told: int | None = None,
    now: datetime,
) -> None:
    """Let follow what follows from a new visit: the referral moves, reminders wait, its owner is told.

    `not_told`: the person id of an owner who must not hear of it.
    """
    # refused for whoever was examined: they are further on, and a visit more changes nothing of that
    await referrals.go_on(connection, referral, State.BOOKED, by=by, now=now)
    await displaced.booked_another(connection, booking, now=now)
    if (lost_id := await bookings.stands_for(connection, booking.id)) is not None:
        await company_offers.visit_moved(connection, lost_id, booking.id, now=now)
    await children.come_again(connection, booking, now=now)
    await remind(connection, booking, now=now)
    await _tell(connection, booking, "booked", not_told=not_told, now=now)


async def move(
    connection: AsyncConnection, booking: Booking, slot: Slot, *, now: datetime
) -> Booked | Refusal:
    """Move a visit, which the caller has locked, to `slot`; a refusal leaves it where it was."""
    moved = await bookings.move(connection, booking, slot, now=now)
    if isinstance(moved, Booked) and moved.is_new:
        await follow_move(connection, booking, moved.booking, now=now)
    return moved


async def follow_move(connection: AsyncConnection, before: Booking, after: Booking, *, now: datetime) -> None:
    """Let follow what follows from a move: reminders, company, a word to its owner, a place that is free."""
    await due.cancel(connection, booking_id=before.id, now=now)
    await company_offers.visit_moved(connection, before.id, after.id, now=now)
    await children.visit_moved(connection, before, after, now=now)
    await remind(connection, after, now=now)
    await _tell(connection, after, "moved", now=now)
    await offering.visit_freed(connection, before, now=now)


async def cancel(
    connection: AsyncConnection, booking: Booking, *, by: Actor = Actor.PERSON, now: datetime
) -> bool:
    """Cancel a visit, which the caller has locked; return False when that was done before."""
    if not await bookings.cancel(connection, booking.id, now=now):
        return False
    await due.cancel(connection, booking_id=booking.id, now=now)
    await company_offers.visit_cancelled(connection, booking.id, now=now)
    await children.visit_cancelled(connection, booking.id, now=now)
    await step_back(connection, booking, by=by, now=now)
    await _tell(connection, booking, "cancelled", now=now)
    await offering.visit_freed(connection, booking, now=now)
    return True


async def referral_for(
    connection: AsyncConnection, person: Person, *, zone: str, now: datetime
) -> RowMapping:
    """Return the open referral; after the end of an episode a visit opens the next one, by the same link."""
    referral = await referrals.of(connection, person.id)
    if referral is None:
        link = await links.by_id(connection, person.link_id, now=now) if person.link_id is not None else None
        begun = origin(link, area_id=person.area_id)
        await referrals.open_for(connection, person.id, now=now, **asdict(replace(begun, staff_id=None)))
        await ownership.settle(connection, person.id, now=now, zone=zone, link_staff_id=begun.staff_id)
        referral = await referrals.of(connection, person.id)
    if referral is None:
        raise LookupError("the referral that was just opened is not there")
    return referral


async def remind(connection: AsyncConnection, booking: Booking, *, now: datetime) -> None:
    """Plan the messages of a visit that stands."""
    visit = Visit(
        booking_id=booking.id,
        person_id=booking.person_id,
        starts_at=booking.starts_at,
        zone=booking.zone,
    )
    for planned in visit_reminders(visit, now=now):
        await due.schedule(connection, planned, now=now)


async def _tell(
    connection: AsyncConnection, booking: Booking, what: str, *, not_told: int | None = None, now: datetime
) -> None:
    """Tell whose the referral is that the visit was booked, moved or cancelled.

    Coordinators see numbers, not every visit: what they have only because nobody else was there is not told.
    """
    staff_person_id = await looking_after.told_of_visits(connection, booking.person_id)
    if staff_person_id is not None and staff_person_id != not_told:
        notice = Planned(
            key=f"booked:{what}:{booking.id}",
            kind=Kind.BOOKED,
            person_id=staff_person_id,
            due_at=now,
            useful_until=now + NOTICE_USEFUL,
            params={"about": booking.person_id, "booking": booking.id, "what": what},
        )
        await due.schedule(connection, notice, now=now)


async def step_back(connection: AsyncConnection, booking: Booking, *, by: Actor, now: datetime) -> None:
    """Say where a referral stands after its last booking ahead was cancelled.

    Of two bookings that are cancelled at the same moment the second one sees that it is the last.
    """
    await referrals.lock(connection, booking.referral_id)
    others = select(bookings_table.c.came_at).where(
        bookings_table.c.referral_id == booking.referral_id, bookings_table.c.cancelled_at.is_(None)
    )
    left = (await connection.execute(others)).scalars().all()
    referral = await referrals.of(connection, booking.person_id)
    if referral is None or referral["state"] != State.BOOKED or (left and None in left):
        return
    state = State.CAME if left else after_cancelling(screened=referral["checked_at"] is not None)
    # refused only where somebody else moved it at this moment: what they wrote stands
    await referrals.move(connection, referral, state, by=by, now=now)
