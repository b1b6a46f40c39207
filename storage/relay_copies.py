"""Keep what Telegram made of a relayed message: the id of its copy, the topic of a talk."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import relay_messages, relays


async def arrived(connection: AsyncConnection, row_id: int, copy_id: int, now: datetime) -> None:
    """Keep which message of the other chat is the copy of a relayed one; `now` is when it arrived."""
    await connection.execute(
        update(relay_messages).where(relay_messages.c.id == row_id).values(copy_id=copy_id, at=now)
    )


async def has_arrived(connection: AsyncConnection, row_id: int) -> bool:
    """Return whether a relayed message is known to have arrived."""
    found = select(relay_messages.c.copy_id).where(relay_messages.c.id == row_id)
    return (await connection.execute(found)).scalar_one_or_none() is not None


async def topic_made(connection: AsyncConnection, relay_id: int, thread_id: int) -> None:
    """Keep the topic of a talk in a staff group."""
    await connection.execute(update(relays).where(relays.c.id == relay_id).values(thread_id=thread_id))


async def topic_of(connection: AsyncConnection, relay_id: int) -> int | None:
    """Return the topic of a talk, or None when none is known to have been made."""
    found = select(relays.c.thread_id).where(relays.c.id == relay_id)
    return (await connection.execute(found)).scalar_one_or_none()


async def topic_gone(connection: AsyncConnection, chat_id: int, thread_id: int) -> None:
    """Forget a topic that somebody deleted: the next words of the person open another."""
    await connection.execute(
        update(relays)
        .where(relays.c.forum_chat == chat_id, relays.c.thread_id == thread_id, relays.c.closed_at.is_(None))
        .values(thread_id=None)
    )
