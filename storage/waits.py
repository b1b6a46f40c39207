"""Keep who waits for a place: at most one open wait per person; `storage/offering.py` makes the offers."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from care.waiting_list import LASTS, Hours, Wait, Wish, may_go_on
from storage.people import random_id
from storage.schema import waits

_OPEN = waits.c.ended_at.is_(None)


async def begin(
    connection: AsyncConnection,
    person_id: int,
    wish: Wish | None = None,
    *,
    sooner_than: datetime | None = None,
    lost_booking: int | None = None,
    since: datetime | None = None,
    now: datetime,
) -> Wait:
    """Let a person wait for what they wish (None: any place), and return how they wait.

    Whoever waits already keeps their turn: the wish is changed, unless it is only about `lost_booking`, a
    visit that the clinic cancelled: then they wait for what they wished before, and go first. What suits and
    was free when they began (`sooner_than`) does not suit: nothing at that time or later is offered. Their
    turn is that of `since` (None: now).
    """
    wanted = wish or Wish()
    wishes = {
        "clinic_id": wanted.clinic_id,
        "days": sorted(wanted.days),
        "hours": wanted.hours.value,
        "sooner_than": sooner_than,
    }
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    new = {
        "id": random_id(),
        "person_id": person_id,
        "refused": [],
        "created_at": since or now,
        "ends_at": now + LASTS,
    }
    statement = insert(waits).values(**new, **wishes, lost_booking=lost_booking).on_conflict_do_nothing()
    await connection.execute(statement)
    changed = {"lost_booking": lost_booking} if lost_booking is not None else wishes
    mine = update(waits).where(waits.c.person_id == person_id, _OPEN).values(**changed, ends_at=now + LASTS)
    row = (await connection.execute(mine.returning(*waits.c))).mappings().one()
    return from_row(row)


async def of(connection: AsyncConnection, person_id: int) -> Wait | None:
    """Return what a person waits for, or None."""
    return await _one(connection, waits.c.person_id == person_id, _OPEN)


async def own(connection: AsyncConnection, wait_id: int, person_id: int) -> Wait | None:
    """Return a wait of this person, also one that is over; None when it is not theirs or not there."""
    return await _one(connection, waits.c.id == wait_id, waits.c.person_id == person_id)


async def by_id(connection: AsyncConnection, wait_id: int) -> Wait | None:
    """Return any wait: for messages that the program sends by itself, never for a button."""
    return await _one(connection, waits.c.id == wait_id)


async def anybody(connection: AsyncConnection) -> bool:
    """Return whether anybody waits: a short look without a lock."""
    return (await connection.execute(select(waits.c.id).where(_OPEN).limit(1))).first() is not None


async def all_offered(connection: AsyncConnection) -> Sequence[Wait]:
    """Return those to whom a place is offered now, in no order."""
    statement = select(waits).where(_OPEN, waits.c.offered.is_not(None))
    return [from_row(row) for row in (await connection.execute(statement)).mappings()]


async def offer(connection: AsyncConnection, wait_id: int, booking_id: int, *, until: datetime) -> bool:
    """Note which place is kept for a wait; return False when it is over, or another one is offered."""
    free = waits.c.id == wait_id, waits.c.offered.is_(None), _OPEN
    statement = update(waits).where(*free).values(offered=booking_id, offered_until=until)
    return (await connection.execute(statement)).rowcount == 1


async def save(connection: AsyncConnection, wait: Wait, *, was_offered: int | None) -> bool:
    """Write down how an open wait stands; return False when somebody else was quicker.

    `was_offered` is the booking that was offered when the wait was read: an answer counts once.
    """
    offered = waits.c.offered.is_(None) if was_offered is None else waits.c.offered == was_offered
    statement = (
        update(waits)
        .where(waits.c.id == wait.id, offered, _OPEN)
        .values(
            offered=wait.offered,
            offered_until=wait.offered_until,
            refused=sorted(wait.refused),
            lapsed=wait.lapsed,
            ended_at=wait.ended_at,
        )
    )
    return (await connection.execute(statement)).rowcount == 1


async def withdraw(connection: AsyncConnection, booking_id: int) -> None:
    """Let who was offered this place, which is kept no more, wait on in their turn: nothing is counted."""
    theirs = waits.c.offered == booking_id, _OPEN
    await connection.execute(update(waits).where(*theirs).values(offered=None, offered_until=None))


async def for_loss(connection: AsyncConnection, lost_booking: int, person_id: int) -> Wait | None:
    """Return the open wait in which somebody goes first because a clinic cancelled this visit, or None."""
    theirs = waits.c.person_id == person_id
    return await _one(connection, waits.c.lost_booking == lost_booking, theirs, _OPEN)


async def forget_loss(connection: AsyncConnection, wait_id: int) -> None:
    """Let somebody wait on in the turn of who lost nothing: the loss is settled."""
    await connection.execute(update(waits).where(waits.c.id == wait_id, _OPEN).values(lost_booking=None))


async def go_on(connection: AsyncConnection, wait: Wait, *, now: datetime) -> Wait | None:
    """Take up a wait that is over, with its turn; None when it is too late, or they wait again by now."""
    current = await of(connection, wait.person_id)
    if current is not None or not may_go_on(wait, now=now):
        return None
    again = {"ended_at": None, "ends_at": now + LASTS, "lapsed": 0, "offered": None, "offered_until": None}
    over = waits.c.id == wait.id, waits.c.ended_at.is_not(None)
    try:
        async with connection.begin_nested():
            changed = await connection.execute(update(waits).where(*over).values(**again).returning(*waits.c))
            found = changed.mappings().one_or_none()
    except IntegrityError:  # they wait again since a moment ago
        return None
    return from_row(found) if found is not None else None


async def join(connection: AsyncConnection, theirs: Wait, own: Wait) -> None:
    """Let `own` stand where the better of two waits stood: a lost visit first, then the longer one."""
    values = {
        "created_at": min(theirs.created_at, own.created_at),
        "lost_booking": own.lost_booking if own.lost_booking is not None else theirs.lost_booking,
    }
    await connection.execute(update(waits).where(waits.c.id == own.id).values(**values))


async def give_to(connection: AsyncConnection, old_id: int, person_id: int) -> None:
    """Give all waits of a record to the person whose it is."""
    await connection.execute(update(waits).where(waits.c.person_id == old_id).values(person_id=person_id))


def from_row(row: RowMapping) -> Wait:
    """Return the wait that a row of the table holds."""
    return Wait(
        id=row["id"],
        person_id=row["person_id"],
        wish=Wish(clinic_id=row["clinic_id"], days=frozenset(row["days"]), hours=Hours(row["hours"])),
        sooner_than=row["sooner_than"],
        lost_booking=row["lost_booking"],
        offered=row["offered"],
        offered_until=row["offered_until"],
        refused=frozenset(row["refused"]),
        lapsed=row["lapsed"],
        created_at=row["created_at"],
        ends_at=row["ends_at"],
        ended_at=row["ended_at"],
    )


async def _one(connection: AsyncConnection, *where: ColumnElement[bool]) -> Wait | None:
    row = (await connection.execute(select(waits).where(*where))).mappings().one_or_none()
    return from_row(row) if row is not None else None
