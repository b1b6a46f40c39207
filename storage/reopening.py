"""Undo a closure: visits come back for those who have not chosen another one, and they are told once."""

from datetime import datetime

from sqlalchemy import RowMapping, exists, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from care.booking import Booking
from care.closing_notices import reopened
from care.directory import Clinic
from care.outcomes import Kind
from care.places import Use
from care.referral import State
from care.reminders import Kind as Message
from care.reminders import Visit, visit_reminders
from care.roles import Actor
from storage import bookings, closures, directory, displaced, due, outcomes, places, referrals
from storage.closures import Said
from storage.displaced import DECLINED
from storage.schema import bookings as bookings_table
from storage.schema import due as due_table


async def undo(connection: AsyncConnection, said: Said, *, by: Actor, now: datetime) -> int | None:
    """Let a clinic see those it had to send away, and return how many; None when that was done before.

    Blocked places are free again. Whoever has another visit by now, or wants none, keeps it so; whoever has
    not been told yet never learns of it. Hours that something else shuts stay shut.
    """
    await closures.lock_clinic(connection, said.clinic_id)
    if not await closures.undo(connection, said.closure.id, now=now):
        return None
    await places.give_back_all(connection, Use.BLOCKED, said.closure.id, now=now)
    clinic = await directory.clinic(connection, said.clinic_id, also_retired=True)
    back = 0
    for row in await _lost(connection, said.closure.id, now=now) if clinic is not None else ():
        if clinic is not None:
            back += await _return(connection, row, clinic, said.closure.id, by=by, now=now)
    return back


async def _lost(connection: AsyncConnection, closure_id: int, *, now: datetime) -> list[RowMapping]:
    """Return what a closure took and may come back, in order to change it: adults before children."""
    later = bookings_table.alias("later")
    same = (
        later.c.person_id == bookings_table.c.person_id,
        later.c.guardian_id == bookings_table.c.guardian_id,
    )
    statement = (
        select(bookings_table)
        .where(
            bookings_table.c.closure_id == closure_id,
            bookings_table.c.cancelled_at.is_not(None),
            bookings_table.c.starts_at > now,
            bookings_table.c.use.in_([Use.VISIT.value, Use.CHILD.value]),
            or_(bookings_table.c.said.is_(None), bookings_table.c.said != DECLINED),
            ~exists().where(later.c.moved_from == bookings_table.c.id, or_(*same)),
        )
        .order_by(bookings_table.c.use.desc(), bookings_table.c.starts_at, bookings_table.c.id)
        .with_for_update(of=bookings_table)  # PostgreSQL only: SQLite has one writer
    )
    return list((await connection.execute(statement)).mappings())


async def _return(
    connection: AsyncConnection, row: RowMapping, clinic: Clinic, closure_id: int, *, by: Actor, now: datetime
) -> bool:
    local = datetime.fromisoformat(row["local_start"])
    other = next((one for one in clinic.closures if one.shuts(local) and one.id != closure_id), None)
    if other is not None:  # it comes back with that one
        await _set(connection, row["id"], closure_id=other.id)
        return False
    if any(one.day == local.date() for one in clinic.closed_days):
        return False
    if row["use"] == Use.CHILD and not await _adult_comes(connection, row["use_id"]):
        return False
    try:
        async with connection.begin_nested():
            await _set(connection, row["id"], cancelled_at=None, closure_id=None)
    except IntegrityError:  # the place is somebody else's, or the person has a visit on that day
        return False
    await _after(connection, row, closure_id, by=by, now=now)
    return True


async def _after(
    connection: AsyncConnection, row: RowMapping, closure_id: int, *, by: Actor, now: datetime
) -> None:
    """Let follow what follows from a visit that came back: one word, reminders, the referral."""
    is_child = row["use"] == Use.CHILD
    reader = row["guardian_id"] if is_child else row["person_id"]
    if reader is None:
        return
    told = await _was_told(connection, row)
    await due.cancel(connection, booking_id=row["id"], now=now)
    if not is_child:
        await displaced.settle(connection, row["id"], reader, now=now)
        await _plan(connection, bookings.from_row(row), by=by, now=now)
    if told:
        visit = _seen(row, reader)
        await due.schedule(connection, reopened(closure_id, visit, reader, now=now, child=is_child), now=now)
    about = await referrals.episode_of(connection, reader)
    await outcomes.append(
        connection, Kind.DISPLACED_BACK, now=now, role=by, about=about, clinic_id=row["clinic_id"]
    )


async def _adult_comes(connection: AsyncConnection, visit_id: int | None) -> bool:
    """Return whether the visit to which a child comes along stands; a child without one comes by itself."""
    visit = await bookings.by_id(connection, visit_id) if visit_id is not None else None
    return visit_id is None or (visit is not None and visit.cancelled_at is None)


async def _was_told(connection: AsyncConnection, row: RowMapping) -> bool:
    """Return whether somebody has, or may have, heard that the visit does not take place."""
    left = [due.State.SENDING.value, due.State.SENT.value, due.State.UNKNOWN.value]
    statement = select(due_table.c.id).where(
        due_table.c.booking_id == row["id"],
        due_table.c.kind.in_([Message.CLOSED.value, Message.CALL_ON.value]),
        due_table.c.created_at >= row["cancelled_at"],
        due_table.c.state.in_(left),
    )
    return (await connection.execute(statement.limit(1))).first() is not None


async def _plan(connection: AsyncConnection, visit: Booking, *, by: Actor, now: datetime) -> None:
    referral = await referrals.of(connection, visit.person_id)
    if referral is not None and referral["id"] == visit.referral_id:
        await referrals.move(connection, referral, State.BOOKED, by=by, now=now)
    reminded = Visit(
        booking_id=visit.id, person_id=visit.person_id, starts_at=visit.starts_at, zone=visit.zone
    )
    for planned in visit_reminders(reminded, now=now):
        await due.schedule(connection, planned, now=now)


async def _set(connection: AsyncConnection, booking_id: int, **values: object) -> None:
    await connection.execute(update(bookings_table).where(bookings_table.c.id == booking_id).values(**values))


def _seen(row: RowMapping, person_id: int) -> Booking:
    return Booking(
        id=row["id"],
        person_id=person_id,
        referral_id=row["referral_id"] or 0,
        clinic_id=row["clinic_id"],
        local=datetime.fromisoformat(row["local_start"]),
        zone=row["zone"],
        starts_at=row["starts_at"],
    )
