"""Keep places for children beside the visit of the adult who brings them.

A child is nobody in the store: a row of `bookings` with a place, an age and the adult's id. It moves, is
cancelled and is forgotten with the adult's visit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.booking import Booking, Slot, slots
from care.children import MOST, Age, beside
from care.places import Use
from storage import bookings as bookings_of
from storage import directory, due, places
from storage.schema import bookings
from storage.unseen import WRITTEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A place for a child."""

    id: int  # of the booking: the ticket's number follows from it
    visit_id: int  # of the adult's visit
    age: Age
    clinic_id: int
    local: datetime  # naive: what the clock at the clinic shows
    starts_at: datetime  # aware, UTC


async def of(connection: AsyncConnection, visit_id: int, guardian_id: int) -> Sequence[Child]:
    """Return the children who come along to somebody's visit, soonest first."""
    statement = select(bookings).where(*_along(visit_id), bookings.c.guardian_id == guardian_id)
    rows = await connection.execute(statement.order_by(bookings.c.starts_at, bookings.c.created_at))
    return [_from_row(row) for row in rows.mappings()]


async def own(connection: AsyncConnection, child_id: int, guardian_id: int) -> Child | None:
    """Return a child's place of this adult; None when it is not theirs, not there, or given back."""
    statement = select(bookings).where(
        bookings.c.id == child_id,
        bookings.c.use == Use.CHILD.value,
        bookings.c.guardian_id == guardian_id,
        bookings.c.cancelled_at.is_(None),
        bookings.c.use_id.is_not(None),
    )
    row = (await connection.execute(statement)).mappings().one_or_none()
    return _from_row(row) if row is not None else None


async def add(
    connection: AsyncConnection, visit: Booking, age: Age, *, after: int, now: datetime
) -> Child | None:
    """Keep a place for one more child beside a visit, which the caller has locked; None when there is none.

    `after` is how many there were when the button was shown: pressed twice it brings one child. A child of
    that visit who lost their place through the clinic counts as the one who comes.
    """
    known = await of(connection, visit.id, visit.person_id)
    if len(known) > after:
        return known[-1]
    if len(known) >= MOST:
        return None
    statement = select(bookings.c.id).where(*_lost(visit.id), bookings.c.guardian_id == visit.person_id)
    lost = (await connection.execute(statement.order_by(bookings.c.child_age != age.value))).scalars().first()
    for slot in await _beside(connection, visit):
        child_id = await _keep(connection, slot, visit, age.value, now=now, instead=lost)
        if child_id is not None:
            if lost is not None:
                await due.cancel(connection, booking_id=lost, now=now)
            return await own(connection, child_id, visit.person_id)
    return None


async def give_back(connection: AsyncConnection, child_id: int, *, now: datetime) -> bool:
    """Give a child's place back; return False when that was done before."""
    return await bookings_of.cancel(connection, child_id, now=now)


async def visit_cancelled(connection: AsyncConnection, visit_id: int, *, now: datetime) -> None:
    """Give back the children's places of a visit that was cancelled."""
    await connection.execute(update(bookings).where(*_along(visit_id)).values(cancelled_at=now))


async def visit_displaced(
    connection: AsyncConnection, visit_id: int, closure_id: int, *, now: datetime
) -> None:
    """Take the children's places of a visit back that the clinic cancelled, also at hours that are not shut.

    Nobody brings them then. They come along to the visit that stands for it, or come back with it. Whoever
    was examined already was there.
    """
    taken = update(bookings).where(*_along(visit_id), ~WRITTEN)
    mark = {"came_at": None, "missed_at": None}
    await connection.execute(taken.values(cancelled_at=now, closure_id=closure_id, **mark))


async def visit_moved(connection: AsyncConnection, before: Booking, after: Booking, *, now: datetime) -> None:
    """Let the children come along to the new time, as far as there are places; the others' are given back.

    So do those who lost their place beside `before` through the clinic.
    """
    children = await of(connection, before.id, before.person_id)
    found = await _beside(connection, after) if children else ()
    for child in children:
        if any(_is_at(child, slot) for slot in found):
            await connection.execute(
                update(bookings).where(bookings.c.id == child.id).values(use_id=after.id)
            )
            continue
        await bookings_of.cancel(connection, child.id, now=now)
        for slot in found:
            if await _keep(connection, slot, after, child.age.value, now=now, instead=child.id) is not None:
                break
    await come_back(connection, before.id, after, now=now)


async def left_if_moved(
    connection: AsyncConnection, visit: Booking, clinic_id: int, local: datetime, *, kept: bool
) -> int:
    """Return for how many children there would be no place, were a visit moved there; changes nothing.

    `local` is naive, the clock of that clinic; `kept`: the adult's new place is taken already.
    """
    known = await of(connection, visit.id, visit.person_id)
    clinic = await directory.clinic(connection, clinic_id) if known else None
    if clinic is None:
        return len(known)
    day = local.date()
    taken = await bookings_of.taken(connection, clinic_id, day, day)
    found = beside(slots(clinic, day, taken), local)
    stay = sum(any(_is_at(child, slot) for slot in found) for child in known)
    freed = sum((slot.clinic_id, slot.local) == (visit.clinic_id, visit.local) for slot in found)
    free = sum(slot.free for slot in found) + freed - (0 if kept else 1)
    return max(0, len(known) - stay - max(0, free))


async def come_again(connection: AsyncConnection, visit: Booking, *, now: datetime) -> None:
    """Let the children come along to a visit that stands for one which the clinic cancelled, if it does."""
    statement = select(bookings.c.moved_from).where(bookings.c.id == visit.id)
    lost_id = (await connection.execute(statement)).scalar_one_or_none()
    if lost_id is None:
        return
    lost = await bookings_of.by_id(connection, lost_id)
    if lost is not None:
        await visit_moved(connection, lost, visit, now=now)


async def come_back(connection: AsyncConnection, lost_id: int, visit: Booking, *, now: datetime) -> None:
    """Keep places beside a visit for the children who lost theirs with `lost_id`, as far as there are any.

    It may be the same visit, which stands again while somebody else has the child's old place.
    """
    statement = select(bookings).where(*_lost(lost_id), bookings.c.guardian_id == visit.person_id)
    rows = (await connection.execute(statement.order_by(bookings.c.created_at))).mappings().all()
    found = await _beside(connection, visit) if rows else ()
    for row in rows:
        for slot in found:
            age = row["child_age"]
            if await _keep(connection, slot, visit, age, now=now, instead=row["id"]) is not None:
                await due.cancel(connection, booking_id=row["id"], now=now)
                break


async def lost_with(connection: AsyncConnection, visit_id: int) -> int:
    """Return how many children lost their place with a visit that a clinic cancelled, and have no other."""
    statement = select(func.count()).select_from(bookings).where(*_lost(visit_id))
    return int((await connection.execute(statement)).scalar_one())


async def left_by_loss(connection: AsyncConnection, visit_id: int) -> int:
    """Return how many children have no place at a visit that stands for one which the clinic cancelled."""
    statement = select(bookings.c.moved_from).where(bookings.c.id == visit_id)
    lost_id = (await connection.execute(statement)).scalar_one_or_none()
    return await lost_with(connection, lost_id) if lost_id is not None else 0


async def taken_over(connection: AsyncConnection, old_id: int, person_id: int) -> None:
    """Let the children of a record come along with whoever took it over."""
    await connection.execute(
        update(bookings).where(bookings.c.guardian_id == old_id).values(guardian_id=person_id)
    )


async def _beside(connection: AsyncConnection, visit: Booking) -> Sequence[Slot]:
    clinic = await directory.clinic(connection, visit.clinic_id)
    if clinic is None:
        return ()
    return beside(slots(clinic, visit.local.date()), visit.local)


async def _keep(
    connection: AsyncConnection,
    slot: Slot,
    visit: Booking,
    age: str,
    *,
    now: datetime,
    instead: int | None = None,
) -> int | None:
    kept = await places.keep(
        connection,
        slot,
        use=Use.CHILD,
        use_id=visit.id,
        until=None,
        now=now,
        guardian_id=visit.person_id,
        child_age=age,
    )
    if kept is not None and instead is not None:
        await connection.execute(update(bookings).where(bookings.c.id == kept.id).values(moved_from=instead))
    return kept.id if kept is not None else None


def _lost(visit_id: int) -> tuple[ColumnElement[bool], ...]:
    """Match children of a visit whose place a closure took, and who have no other."""
    later = bookings.alias("later")
    return (
        bookings.c.use == Use.CHILD.value,
        bookings.c.use_id == visit_id,
        bookings.c.cancelled_at.is_not(None),
        bookings.c.closure_id.is_not(None),
        ~exists().where(later.c.moved_from == bookings.c.id, later.c.use == Use.CHILD.value),
    )


def _is_at(child: Child, slot: Slot) -> bool:
    return (child.clinic_id, child.local) == (slot.clinic_id, slot.local)


def _along(visit_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        bookings.c.use == Use.CHILD.value,
        bookings.c.use_id == visit_id,
        bookings.c.cancelled_at.is_(None),
    )


def _from_row(row: RowMapping) -> Child:
    return Child(
        id=row["id"],
        visit_id=row["use_id"],
        age=Age(row["child_age"]),
        clinic_id=row["clinic_id"],
        local=datetime.fromisoformat(row["local_start"]),
        starts_at=row["starts_at"],
    )
