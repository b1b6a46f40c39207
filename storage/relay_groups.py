"""Keep in which groups with topics organisations answer their people."""

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import organisations, relay_messages, relays, staff


async def of_staff(connection: AsyncConnection, staff_id: int) -> int | None:
    """Return the staff group of somebody's organisation, or None."""
    statement = (
        select(organisations.c.forum_chat)
        .join(staff, staff.c.organisation_id == organisations.c.id)
        .where(staff.c.id == staff_id, organisations.c.retired_at.is_(None))
    )
    return (await connection.execute(statement)).scalar_one_or_none()


async def of_chat(connection: AsyncConnection, chat_id: int) -> list[int]:
    """Return the ids of the organisations that answer in this chat."""
    statement = select(organisations.c.id).where(organisations.c.forum_chat == chat_id)
    return list((await connection.execute(statement)).scalars())


async def is_one(connection: AsyncConnection, chat_id: int) -> bool:
    """Return whether anybody answers in this chat, or a talk that goes on has its topic there."""
    if await of_chat(connection, chat_id):
        return True
    statement = select(relays.c.id).where(relays.c.forum_chat == chat_id).limit(1)
    return (await connection.execute(statement)).first() is not None


async def begin(connection: AsyncConnection, organisation_id: int, chat_id: int) -> None:
    """Let an organisation answer in a group; talks that go on stay where they are."""
    await connection.execute(
        update(organisations).where(organisations.c.id == organisation_id).values(forum_chat=chat_id)
    )


async def leave(connection: AsyncConnection, organisation_id: int) -> bool:
    """Let an organisation answer in private chats, its open talks included; False when it does already."""
    statement = select(organisations.c.forum_chat).where(organisations.c.id == organisation_id)
    chat_id = (await connection.execute(statement)).scalar_one_or_none()
    if chat_id is None:
        return False
    await connection.execute(
        update(organisations).where(organisations.c.id == organisation_id).values(forum_chat=None)
    )
    members = select(staff.c.id).where(staff.c.organisation_id == organisation_id)
    theirs = (
        relays.c.forum_chat == chat_id,
        relays.c.closed_at.is_(None),
        relays.c.staff_id.in_(members),
    )
    going_on = list((await connection.execute(select(relays.c.id).where(*theirs))).scalars())
    await connection.execute(delete(relay_messages).where(relay_messages.c.relay_id.in_(going_on)))
    await connection.execute(
        update(relays).where(relays.c.id.in_(going_on)).values(forum_chat=None, thread_id=None)
    )
    return True
