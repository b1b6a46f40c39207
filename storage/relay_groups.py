"""Keep in which groups with topics organisations answer their people."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care import talk
from care.audit import Act
from storage import due, relay_tasks
from storage.ownership import works
from storage.relays import by_id
from storage.schema import audit, organisations, relay_messages, relays, staff


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


async def without_topic(connection: AsyncConnection, relay_id: int, *, now: datetime) -> None:
    """Let a talk go on in the private chat of who answers: no topic can be made for it in the group.

    Who answers hears that somebody waits, and who chose the group hears once that it does not do.
    """
    relay = await by_id(connection, relay_id)
    if (
        relay is None
        or relay.closed_at is not None
        or relay.forum_chat is None
        or relay.thread_id is not None
    ):
        return
    await connection.execute(delete(relay_messages).where(relay_messages.c.relay_id == relay_id))
    await connection.execute(update(relays).where(relays.c.id == relay_id).values(forum_chat=None))
    task_id = await relay_tasks.waiting(connection, relay)
    reads = select(staff.c.person_id).where(staff.c.id == relay.staff_id, staff.c.person_id.is_not(None))
    to = (await connection.execute(reads)).scalar_one_or_none()
    if task_id is not None and to is not None:
        at = now + talk.WAITS_FOR_WORDS
        waits = talk.notice(task_id, to, promised_at=relay.promised_at, at=at)
        await due.schedule(connection, waits, now=now)
    chosen = await _chosen_by(connection, relay.forum_chat)
    if chosen is not None:
        await due.schedule(connection, talk.no_topic(*chosen, now=now), now=now)


async def _chosen_by(connection: AsyncConnection, chat_id: int) -> tuple[int, int] | None:
    """Return the row of the audit log in which a group was chosen last, and the person id of who did."""
    statement = (
        select(audit.c.id, staff.c.person_id)
        .join(staff, staff.c.id == audit.c.actor_id)
        .where(
            audit.c.act == Act.FORUM_CHOSEN.value,
            audit.c.about_id.in_(await of_chat(connection, chat_id)),
            works(),
        )
        .order_by(audit.c.id.desc())
        .limit(1)
    )
    row = (await connection.execute(statement)).first()
    return (row.id, row.person_id) if row is not None and row.person_id is not None else None
