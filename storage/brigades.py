"""Keep places for several people: all of them or none, each behind a link of its own.

Of a link's code only the hash is stored. It is made from the place's random id with the secret key, so that a
link can be shown again, used or not, and the store alone tells nobody's. A place that is kept is a row of
`bookings` (`storage.places`): who takes it makes it their visit, and nothing here says who did.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.booking import Slot
from care.brigade import Brigade, code, lost, most_open, over, remind, soon_key
from care.places import Use
from storage import due, locking, places
from storage.people import random_id
from storage.schema import bookings, brigade_places, brigades
from storage.selling import written
from storage.staff import code_hash
from storage.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A link to pass on, with the time that is kept behind it."""

    code: str
    local: datetime  # naive: what the clock at the clinic shows


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What somebody opened: a place, and whose brigade it is of."""

    id: int
    booking_id: int
    used: bool  # a yes or a no was said by it
    local: datetime  # naive: the time in the letter, whatever became of the place
    brigade: Brigade


async def may_make(connection: AsyncConnection, person_id: int, *, of_worker: bool, now: datetime) -> bool:
    """Return whether somebody may keep places once more; locks them, so that two presses count."""
    await locking.person(connection, person_id)
    statement = select(func.count()).select_from(brigades).where(*_open(person_id, now))
    made = int((await connection.execute(statement)).scalar_one())
    return made < most_open(of_worker=of_worker)


async def make(
    connection: AsyncConnection,
    vault: Vault,
    brigade: Brigade,
    spread: Sequence[tuple[Slot, int]],
    *,
    now: datetime,
) -> bool:
    """Keep all places of a new brigade; return False and keep none when fewer are left by now.

    `spread` says how many at which time of the clinic. Who asked is reminded before their time is over.
    """
    async with connection.begin_nested() as attempt:
        await connection.execute(
            insert(brigades).values(
                id=brigade.id,
                person_id=brigade.person_id,
                staff_id=brigade.staff_id,
                clinic_id=brigade.clinic_id,
                confirm_until=brigade.confirm_until,
                created_at=now,
            )
        )
        for slot in [slot for slot, wanted in spread for _ in range(wanted)]:
            if not await _keep(connection, vault, brigade, slot, now=now):
                await attempt.rollback()
                return False
    planned = remind(brigade, spread[0][0].zone, now=now)
    if planned is not None:
        await due.schedule(connection, planned, now=now)
    return True


async def _keep(
    connection: AsyncConnection, vault: Vault, brigade: Brigade, slot: Slot, *, now: datetime
) -> bool:
    kept = await places.keep(
        connection, slot, use=Use.BRIGADE, use_id=brigade.id, until=brigade.confirm_until, now=now
    )
    if kept is None:
        return False
    place_id = random_id()
    await connection.execute(
        insert(brigade_places).values(
            id=place_id,
            brigade_id=brigade.id,
            booking_id=kept.id,
            local_start=written(kept.local),
            code_hash=code_hash(code(vault.hash(_named(place_id)))),
        )
    )
    return True


async def own(connection: AsyncConnection, brigade_id: int, person_id: int) -> Brigade | None:
    """Return somebody's own brigade, open or not; None when it is not theirs or not there."""
    statement = select(brigades).where(brigades.c.id == brigade_id, brigades.c.person_id == person_id)
    row = (await connection.execute(statement)).mappings().one_or_none()
    return _from_row(row) if row is not None else None


async def exists(connection: AsyncConnection, brigade_id: int) -> bool:
    """Return whether a brigade has this id, whosever it is."""
    statement = select(brigades.c.id).where(brigades.c.id == brigade_id)
    return (await connection.execute(statement)).first() is not None


async def open_of(connection: AsyncConnection, person_id: int, *, now: datetime) -> Sequence[Brigade]:
    """Return the brigades of somebody whose links can be answered, the newest first."""
    statement = select(brigades).where(*_open(person_id, now)).order_by(brigades.c.created_at.desc())
    return [_from_row(row) for row in (await connection.execute(statement)).mappings()]


async def letters(connection: AsyncConnection, vault: Vault, brigade_id: int) -> Sequence[Letter]:
    """Return every link of a brigade, soonest first: used ones too, so that nobody can count the answers."""
    statement = (
        select(brigade_places)
        .where(brigade_places.c.brigade_id == brigade_id)
        .order_by(brigade_places.c.local_start, brigade_places.c.id)
    )
    found = []
    for row in (await connection.execute(statement)).mappings():
        made = [code(digest) for digest in vault.hashes(_named(row["id"]))]  # the key may be newer than it
        same = next((one for one in made if code_hash(one) == row["code_hash"]), None)
        if same is not None:
            found.append(Letter(code=same, local=datetime.fromisoformat(row["local_start"])))
    return found


async def times(connection: AsyncConnection, brigade_id: int) -> Sequence[datetime]:
    """Return the local time of each place of a brigade, soonest first, whatever became of it."""
    statement = (
        select(brigade_places.c.local_start)
        .where(brigade_places.c.brigade_id == brigade_id)
        .order_by(brigade_places.c.local_start)
    )
    return [datetime.fromisoformat(one) for one in (await connection.execute(statement)).scalars()]


async def by_code(connection: AsyncConnection, typed: str) -> Opened | None:
    """Return the place behind a link, whatever became of it; None for an unknown code."""
    statement = (
        select(
            brigades,
            brigade_places.c.id.label("place_id"),
            brigade_places.c.booking_id,
            brigade_places.c.used_at,
            brigade_places.c.local_start,
        )
        .join(brigade_places, brigade_places.c.brigade_id == brigades.c.id)
        .where(brigade_places.c.code_hash == code_hash(typed))
    )
    row = (await connection.execute(statement)).mappings().first()
    if row is None:
        return None
    return Opened(
        id=row["place_id"],
        booking_id=row["booking_id"],
        used=row["used_at"] is not None,
        local=datetime.fromisoformat(row["local_start"]),
        brigade=_from_row(row),
    )


async def asked_for(connection: AsyncConnection, brigade_id: int | None) -> int | None:
    """Return the id of the person who asked for the places of a brigade; None when it is gone."""
    statement = select(brigades.c.person_id).where(brigades.c.id == brigade_id)
    return (await connection.execute(statement)).scalar_one_or_none()


async def use(connection: AsyncConnection, booking_id: int, *, now: datetime) -> bool:
    """Use up the link of a place, which the caller has locked: it is good once. False when it was used."""
    used = await connection.execute(
        update(brigade_places)
        .where(brigade_places.c.booking_id == booking_id, brigade_places.c.used_at.is_(None))
        .values(used_at=now)
    )
    return used.rowcount == 1


async def decline(connection: AsyncConnection, booking_id: int, *, now: datetime) -> bool:
    """Say no to a place; return False when its link was answered before.

    The place stays kept until the brigade is over. If it were free at once, who asked for it could see that
    in the free times of the clinic, and knows to whom they gave that time.
    """
    await places.lock(connection, booking_id)
    return await use(connection, booking_id, now=now)


async def end(connection: AsyncConnection, brigade_id: int, *, now: datetime) -> bool:
    """Give back what nobody took; return False when the brigade was over before."""
    await places.lock_all(connection, Use.BRIGADE, brigade_id)
    ended = await connection.execute(
        update(brigades)
        .where(brigades.c.id == brigade_id, brigades.c.ended_at.is_(None))
        .values(ended_at=now)
    )
    if ended.rowcount != 1:
        return False
    await places.give_back_all(connection, Use.BRIGADE, brigade_id, now=now)
    await due.cancel(connection, key=soon_key(brigade_id), now=now)
    return True


async def place_lost(connection: AsyncConnection, booking_id: int, closure_id: int, *, now: datetime) -> None:
    """Tell who asked for a place that the clinic took some back: the same whatever was answered.

    Where none of them stands any more the brigade is over. Nothing happens for what is no place of a brigade.
    """
    own = brigade_places.c.brigade_id == brigades.c.id
    statement = select(brigades).join(brigade_places, own).where(brigade_places.c.booking_id == booking_id)
    row = (await connection.execute(statement.where(brigades.c.ended_at.is_(None)))).mappings().first()
    if row is None:
        return
    if not await _any_stands(connection, row["id"]):
        await end(connection, row["id"], now=now)
    await due.schedule(connection, lost(_from_row(row), closure_id, now=now), now=now)


async def _any_stands(connection: AsyncConnection, brigade_id: int) -> bool:
    """Return whether any place of a brigade stands, taken or not."""
    statement = (
        select(bookings.c.id)
        .join(brigade_places, brigade_places.c.booking_id == bookings.c.id)
        .where(brigade_places.c.brigade_id == brigade_id, bookings.c.cancelled_at.is_(None))
    )
    return (await connection.execute(statement.limit(1))).first() is not None


async def anything_over(connection: AsyncConnection, *, now: datetime) -> bool:
    """Return whether the time of a brigade is over: a look that takes no lock."""
    statement = select(brigades.c.id).where(brigades.c.ended_at.is_(None), brigades.c.confirm_until <= now)
    return (await connection.execute(statement.limit(1))).first() is not None


async def end_overdue(connection: AsyncConnection, *, now: datetime) -> Sequence[Brigade]:
    """End each brigade whose time is over, tell who asked for it, and return them.

    They are told the same whether anybody said yes or not.
    """
    statement = select(brigades).where(brigades.c.ended_at.is_(None), brigades.c.confirm_until <= now)
    rows = (await connection.execute(statement.order_by(brigades.c.confirm_until))).mappings().all()
    ended = [one for row in rows if await end(connection, (one := _from_row(row)).id, now=now)]
    for brigade in ended:
        await due.schedule(connection, over(brigade, now=now), now=now)
    return ended


def _named(place_id: int) -> str:
    """Return what the code of a place is made from."""
    return f"brigade-place:{place_id}"


def _open(person_id: int, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        brigades.c.person_id == person_id,
        brigades.c.ended_at.is_(None),
        brigades.c.confirm_until > now,
    )


def _from_row(row: RowMapping) -> Brigade:
    return Brigade(
        id=row["id"],
        person_id=row["person_id"],
        staff_id=row["staff_id"],
        clinic_id=row["clinic_id"],
        confirm_until=row["confirm_until"],
        ended_at=row["ended_at"],
    )
