"""Keep which message of one side is which of the other's: ids only, for replies, changes and deletions."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from care.relay import Side
from storage.relays import Relay
from storage.schema import relay_messages, relays


@dataclass(frozen=True, slots=True)
class Pair:
    """A message and its copy."""

    id: int
    relay_id: int
    side: Side  # who wrote it
    message_id: int  # in the chat of who wrote it
    copy_id: int | None  # in the chat of the other; None: not known to have arrived


_COLUMNS = tuple(relay_messages.c[name] for name in ("id", "relay_id", "side", "message_id", "copy_id"))


async def keep(
    connection: AsyncConnection, relay_id: int, side: Side, message_id: int, *, now: datetime
) -> int:
    """Keep that a message is passed on, and return the id of its row; a second time the same row."""
    known = await of(connection, relay_id, side, message_id)
    if known is not None:
        return known.id
    values = {"relay_id": relay_id, "side": side.value, "message_id": message_id, "at": now}
    row = await connection.execute(insert(relay_messages).values(**values).returning(relay_messages.c.id))
    return int(row.scalar_one())


async def of(connection: AsyncConnection, relay_id: int, side: Side, message_id: int) -> Pair | None:
    """Return what was kept of a message that this side wrote."""
    statement = select(*_COLUMNS).where(
        relay_messages.c.relay_id == relay_id,
        relay_messages.c.side == side.value,
        relay_messages.c.message_id == message_id,
    )
    row = (await connection.execute(statement)).first()
    return Pair(row.id, row.relay_id, Side(row.side), row.message_id, row.copy_id) if row else None


async def beyond(connection: AsyncConnection, relay_id: int, side: Side, message_id: int) -> int:
    """Return which message of the other chat is the one that `side` sees here as `message_id`, or 0."""
    statement = select(*_COLUMNS).where(relay_messages.c.relay_id == relay_id, _seen(side, message_id))
    row = (await connection.execute(statement)).first()
    if row is None:
        return 0
    return int((row.copy_id if row.side == side.value else row.message_id) or 0)


async def relay_of(
    connection: AsyncConnection, side: Side, message_id: int, *, among: Collection[int]
) -> int | None:
    """Return to which of these talks a message belongs that `side` sees in their private chat, or None.

    `among` are staff ids for the team, person ids for a person. Talks in a group are not looked at.
    """
    whose = relays.c.staff_id if side is Side.STAFF else relays.c.person_id
    statement = (
        select(relay_messages.c.relay_id)
        .join(relays, relays.c.id == relay_messages.c.relay_id)
        .where(whose.in_(list(among)), _seen(side, message_id))
        .order_by(relays.c.closed_at.is_not(None), relay_messages.c.id.desc())
        .limit(1)
    )
    if side is Side.STAFF:
        statement = statement.where(relays.c.forum_chat.is_(None))
    return (await connection.execute(statement)).scalar_one_or_none()


async def any_of(connection: AsyncConnection, relay_id: int) -> bool:
    """Return whether anything was passed on between the two who talk now."""
    statement = select(relay_messages.c.id).where(relay_messages.c.relay_id == relay_id).limit(1)
    return (await connection.execute(statement)).first() is not None


async def newest(connection: AsyncConnection, relay: Relay, side: Side) -> Pair | None:
    """Return what was passed on last in the chat where the other side of `side` reads this talk.

    Whoever answers reads all their talks in one chat, but for those in a group.
    """
    statement = select(*_COLUMNS).order_by(relay_messages.c.id.desc()).limit(1)
    if side is Side.PERSON and relay.forum_chat is None:
        statement = statement.join(relays, relays.c.id == relay_messages.c.relay_id).where(
            relays.c.staff_id == relay.staff_id, relays.c.forum_chat.is_(None)
        )
    else:
        statement = statement.where(relay_messages.c.relay_id == relay.id)
    row = (await connection.execute(statement)).first()
    return Pair(row.id, row.relay_id, Side(row.side), row.message_id, row.copy_id) if row else None


async def drop(connection: AsyncConnection, row_id: int) -> None:
    """Forget a message: its copy is deleted."""
    await connection.execute(delete(relay_messages).where(relay_messages.c.id == row_id))


def _seen(side: Side, message_id: int) -> ColumnElement[bool]:
    """Match the message that `side` sees under this id: their own, or the copy of the other's."""
    own = and_(relay_messages.c.side == side.value, relay_messages.c.message_id == message_id)
    copy = and_(relay_messages.c.side != side.value, relay_messages.c.copy_id == message_id)
    return or_(own, copy)
