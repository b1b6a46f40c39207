"""Undo a closure: visits come back for those who have not chosen another one, and they are told once.

All places come back in the transaction of the undo, so that nobody else gets one in between. What follows
from it (reminders, the referral, a word) is done for the first ones at once and by `bot/closures.py` for the
rest: until then the visit stands and has still its `closure_id`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, String, and_, cast, exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from care.booking import Booking, to_local
from care.closing_notices import reopened
from care.message_kinds import Kind as Message
from care.outcomes import Kind
from care.places import Use
from care.referral import State
from care.roles import Actor
from storage import (
    appointments,
    bookings,
    children,
    closures,
    company_offers,
    directory,
    displaced,
    due,
    outcomes,
    places,
    referrals,
)
from storage.closures import Said
from storage.displaced import SETTLED
from storage.displacing import AT_ONCE
from storage.schema import bookings as table
from storage.schema import closed_days
from storage.schema import closures as closures_table
from storage.schema import due as due_table
from storage.selling import written


async def undo(connection: AsyncConnection, said: Said, *, by: Actor, now: datetime) -> int | None:
    """Let a clinic see those it had to send away, and return how many; None when that was done before.

    Blocked places are free again. Whoever has another visit by now, or wants none, keeps it so; whoever has
    not been told yet never learns of it. Hours that something else shuts stay shut.
    """
    await closures.lock_clinic(connection, said.clinic_id)
    if not await closures.undo(connection, said.closure.id, now=now):
        return None
    await places.give_back_all(connection, Use.BLOCKED, said.closure.id, now=now)
    await _lock_lost(connection, said.closure.id)
    await _leave_to_others(connection, said)
    begun = await _same_day(connection, said, now=now)
    for use in (Use.VISIT, Use.CHILD):  # a child comes back with the adult
        await _return(connection, _may_return(said.closure.id, use, begun=begun, now=now))
    stand = select(func.count()).select_from(table).where(*_stands(said.closure.id))
    back = int((await connection.execute(stand)).scalar_one())
    await follow(connection, said.closure.id, by=by, now=now)
    return back


async def look(connection: AsyncConnection) -> Sequence[int]:
    """Return the closures that were undone, and whose visits stand without all that follows."""
    statement = (
        select(closures_table.c.id)
        .join(table, and_(table.c.closure_id == closures_table.c.id, table.c.cancelled_at.is_(None)))
        .where(closures_table.c.undone_at.is_not(None))
        .distinct()
    )
    return (await connection.execute(statement)).scalars().all()


async def follow(connection: AsyncConnection, closure_id: int, *, by: Actor, now: datetime) -> int:
    """Let follow what follows from visits that came back, at most AT_ONCE of them; return how many."""
    statement = (
        select(table)
        .where(*_stands(closure_id))
        .order_by(table.c.starts_at, table.c.id)
        .limit(AT_ONCE)
        .with_for_update(of=table)  # PostgreSQL only: SQLite has one writer
    )
    rows = (await connection.execute(statement)).mappings().all()
    for row in rows:
        await connection.execute(update(table).where(table.c.id == row["id"]).values(closure_id=None))
        await _after(connection, row, closure_id, by=by, now=now)
    return len(rows)


def _stands(closure_id: int) -> tuple[ColumnElement[bool], ...]:
    return table.c.closure_id == closure_id, table.c.cancelled_at.is_(None)


async def _lock_lost(connection: AsyncConnection, closure_id: int) -> None:
    """Wait for those who choose something else at this moment: what they have then is seen below."""
    if connection.dialect.name == "postgresql":  # SQLite has one writer
        lost = select(table.c.id).where(table.c.closure_id == closure_id, table.c.cancelled_at.is_not(None))
        await connection.execute(lost.order_by(table.c.id).with_for_update())


async def _leave_to_others(connection: AsyncConnection, said: Said) -> None:
    """Let what another closure shuts, too, come back with that one."""
    clinic = await directory.clinic(connection, said.clinic_id, also_retired=True)
    for other in clinic.closures if clinic is not None else ():
        if other.id != said.closure.id and other.shuts(max(other.begins, said.closure.begins)):
            shut = (table.c.local_start >= written(other.begins), table.c.local_start < written(other.ends))
            lost = (table.c.closure_id == said.closure.id, table.c.cancelled_at.is_not(None))
            await connection.execute(update(table).where(*lost, *shut).values(closure_id=other.id))


async def _same_day(connection: AsyncConnection, said: Said, *, now: datetime) -> bool:
    """Return whether it is still the day on which people were sent away who had come, or should have."""
    clinic = await directory.clinic(connection, said.clinic_id, also_retired=True)
    today = to_local(now, clinic.timezone).date() if clinic is not None else None
    return said.closure.also_begun and said.closure.begins.date() == today


async def _return(connection: AsyncConnection, which: Sequence[ColumnElement[bool]]) -> None:
    """Let visits stand again: all in one statement, or one by one where somebody books at this moment."""
    back = update(table).where(*which).values(cancelled_at=None)
    try:
        async with connection.begin_nested():
            await connection.execute(back)
        return
    except IntegrityError:  # the person has just got a visit on that day
        found = await connection.execute(select(table.c.id).where(*which))
    for booking_id in found.scalars().all():
        try:
            async with connection.begin_nested():
                await connection.execute(back.where(table.c.id == booking_id))
        except IntegrityError:
            continue


def _may_return(closure_id: int, use: Use, *, begun: bool, now: datetime) -> list[ColumnElement[bool]]:
    """Match what a closure took, and what nobody has or wants instead.

    A time that is over comes back only where it had begun before the closure, on the same day (`begun`), and
    nobody was told: whoever was may have gone home, and keeps what is kept for them.
    """
    told = exists().where(due_table.c.booking_id == table.c.id, *_HEARD)
    in_time = or_(table.c.starts_at > now, ~told) if begun else table.c.starts_at > now
    later, other, adult = (table.alias(name) for name in ("later", "other", "adult"))
    mine = or_(later.c.person_id == table.c.person_id, later.c.guardian_id == table.c.guardian_id)
    taken = or_(
        and_(other.c.person_id == table.c.person_id, other.c.local_day == table.c.local_day),
        and_(
            other.c.clinic_id == table.c.clinic_id,
            other.c.local_start == table.c.local_start,
            other.c.place == table.c.place,
        ),
    )
    comes = exists().where(adult.c.id == table.c.use_id, adult.c.cancelled_at.is_(None))
    shut = exists().where(
        closed_days.c.clinic_id == table.c.clinic_id, cast(closed_days.c.day, String) == table.c.local_day
    )
    return [
        table.c.closure_id == closure_id,
        table.c.cancelled_at.is_not(None),
        in_time,
        table.c.use == use.value,
        or_(table.c.said.is_(None), table.c.said.not_in(SETTLED)),
        ~exists().where(later.c.moved_from == table.c.id, mine),
        ~exists().where(taken, other.c.cancelled_at.is_(None)),
        ~shut,
        *([or_(table.c.use_id.is_(None), comes)] if use is Use.CHILD else []),
    ]


async def _after(
    connection: AsyncConnection, row: RowMapping, closure_id: int, *, by: Actor, now: datetime
) -> None:
    """Let follow what follows from a visit that came back: one word, reminders, the referral."""
    is_child = row["use"] == Use.CHILD
    reader = row["guardian_id"] if is_child else row["person_id"]
    if reader is None:
        return
    told = await _was_told(connection, row["id"])
    await due.cancel(connection, booking_id=row["id"], now=now)
    if not is_child:
        await displaced.settle(connection, row["id"], reader, now=now)
        await _plan(connection, bookings.from_row(row), by=by, now=now)
        await children.come_back(connection, row["id"], bookings.from_row(row), now=now)
        await company_offers.visit_moved(connection, row["id"], row["id"], now=now)
    if told:
        notice = reopened(closure_id, _seen(row, reader), reader, now=now, child=is_child)
        await due.schedule(connection, notice, now=now)
    about = await referrals.episode_of(connection, reader)
    await outcomes.append(
        connection, Kind.DISPLACED_BACK, now=now, role=by, about=about, clinic_id=row["clinic_id"]
    )


async def _was_told(connection: AsyncConnection, booking_id: int) -> bool:
    """Return whether somebody may have heard that the visit does not take place, and nothing since."""
    again = due_table.alias("again")
    since = exists().where(
        again.c.booking_id == booking_id,
        again.c.kind == Message.REOPENED.value,
        again.c.created_at > due_table.c.created_at,
    )
    statement = select(due_table.c.id).where(due_table.c.booking_id == booking_id, *_HEARD, ~since)
    return (await connection.execute(statement.limit(1))).first() is not None


_LEFT = [due.State.SENDING.value, due.State.SENT.value, due.State.UNKNOWN.value]
_BAD_NEWS = [Message.CLOSED.value, Message.CALL_ON.value]
_HEARD = (due_table.c.state.in_(_LEFT), due_table.c.kind.in_(_BAD_NEWS))


async def _plan(connection: AsyncConnection, visit: Booking, *, by: Actor, now: datetime) -> None:
    referral = await referrals.of(connection, visit.person_id)
    if referral is not None and referral["id"] == visit.referral_id:
        # refused for whoever was examined meanwhile: they are further on, and the visit stands all the same
        await referrals.move(connection, referral, State.BOOKED, by=by, now=now)
    await appointments.remind(connection, visit, now=now)


def _seen(row: RowMapping, person_id: int) -> Booking:
    values: dict[str, Any] = {name: row[name] for name in ("id", "clinic_id", "zone", "starts_at")}
    local = datetime.fromisoformat(row["local_start"])
    return Booking(**values, person_id=person_id, referral_id=row["referral_id"] or 0, local=local)
