"""Keep the inbox: every update until it is handled, its id for a week.

An update is confirmed to Telegram only after `receive` was committed, and its text is gone once it is done.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import due
from storage.schema import inbox

MOST_TRIES = 3  # handling
MOST_SENDS = 2  # copies of a reply

_RECEIVE = {
    "sqlite": sqlite.insert(inbox).on_conflict_do_nothing().returning(inbox.c.update_id),
    "postgresql": postgresql.insert(inbox).on_conflict_do_nothing().returning(inbox.c.update_id),
}
_HANDLED = (
    update(inbox)
    .where(inbox.c.update_id == bindparam("which"))
    .values(
        tries=inbox.c.tries + 1,
        handled_at=bindparam("now"),
        reply=bindparam("sealed"),
        payload=None,
        person_hash=None,
        done_at=bindparam("done"),
    )
)


@dataclass(frozen=True, slots=True)
class Received:
    """An update as it came."""

    update_id: int
    payload: bytes  # encrypted JSON
    person_hash: bytes | None


@dataclass(frozen=True, slots=True)
class Open:
    """A row that a former life of the program left open."""

    update_id: int
    payload: bytes | None  # encrypted; None when the effects are committed
    reply: bytes | None  # encrypted; what is still to be sent
    tries: int
    sends: int


async def receive(
    connection: AsyncConnection, received: Sequence[Received], *, now: datetime
) -> frozenset[int]:
    """Keep updates; return the ids of those that were new."""
    rows = [
        {
            "update_id": one.update_id,
            "payload": one.payload,
            "person_hash": one.person_hash,
            "received_at": now,
            "tries": 0,
            "sends": 0,
        }
        for one in received
    ]
    new = await connection.execute(_RECEIVE[connection.dialect.name], rows)
    return frozenset(new.scalars())


async def handled(connection: AsyncConnection, update_id: int, *, reply: bytes | None, now: datetime) -> None:
    """Note, in the transaction of its effects, that an update was handled and what is to be sent.

    Without a reply it is done at once. Its text is gone either way.
    """
    await connection.execute(
        _HANDLED, {"which": update_id, "now": now, "sealed": reply, "done": now if reply is None else None}
    )


async def sending_again(connection: AsyncConnection, update_id: int) -> bool:
    """Count the copy that this life has sent and may send again; return False when it may not."""
    counted = await connection.execute(
        update(inbox)
        .where(inbox.c.update_id == update_id, inbox.c.sends < MOST_SENDS - 1)
        .values(sends=inbox.c.sends + 1)
    )
    return counted.rowcount == 1


async def sent_before(connection: AsyncConnection, update_ids: Sequence[int]) -> None:
    """Count the copies that a former life may have sent."""
    await connection.execute(
        update(inbox).where(inbox.c.update_id.in_(list(update_ids))).values(sends=inbox.c.sends + 1)
    )


async def done(connection: AsyncConnection, update_ids: Sequence[int], *, now: datetime) -> None:
    """Mark updates as done; nothing of their content stays."""
    await connection.execute(
        update(inbox)
        .where(inbox.c.update_id.in_(list(update_ids)))
        .values(done_at=now, payload=None, reply=None, person_hash=None)
    )


async def failed(connection: AsyncConnection, update_id: int, *, fault: str, now: datetime) -> bool:
    """Count a failed try; return True when it was the last one and the update is set aside."""
    tries = (
        await connection.execute(
            update(inbox)
            .where(inbox.c.update_id == update_id)
            .values(tries=inbox.c.tries + 1, fault=fault[:200])
            .returning(inbox.c.tries)
        )
    ).scalar_one_or_none()
    if tries is not None and tries < MOST_TRIES:
        return False
    await set_aside(connection, update_id, fault=fault, now=now)
    return True


async def set_aside(connection: AsyncConnection, update_id: int, *, fault: str, now: datetime) -> None:
    """Give an update up: it blocks nobody, and coordinators are told. Its content is not kept."""
    await connection.execute(
        update(inbox)
        .where(inbox.c.update_id == update_id)
        .values(set_aside_at=now, done_at=now, fault=fault[:200], payload=None, reply=None, person_hash=None)
    )
    await due.tell_overseers_of_a_fault(connection, now=now)


async def begin_again(connection: AsyncConnection, update_id: int, *, now: datetime) -> bool:
    """Count a try of an update that a former life left; return False when it is set aside instead.

    The life that received it ended before its commit and counted nothing, so this count is one too low.
    """
    tries = (
        await connection.execute(
            update(inbox)
            .where(inbox.c.update_id == update_id)
            .values(tries=inbox.c.tries + 1)
            .returning(inbox.c.tries)
        )
    ).scalar_one_or_none()
    if tries is not None and tries < MOST_TRIES:
        return True
    await set_aside(connection, update_id, fault="ended the process", now=now)
    return False


async def open_rows(connection: AsyncConnection) -> Sequence[Open]:
    """Return what a former life left open, oldest first."""
    rows = await connection.execute(
        select(inbox.c.update_id, inbox.c.payload, inbox.c.reply, inbox.c.tries, inbox.c.sends)
        .where(inbox.c.done_at.is_(None))
        .order_by(inbox.c.update_id)
    )
    return [Open(*row) for row in rows]
