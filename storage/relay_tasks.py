"""Keep what a talk asks of the team: an answer, a call, somebody with another profession."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.relay import TASK_WITHIN, Tag
from care.tasks import STOPPING_TOPIC, Kind, Priority
from storage.people import random_id
from storage.relays import Relay
from storage.schema import tasks


def key_of(relay: Relay) -> str:
    """Return what makes the task of a talk one, as `care.tasks` names it."""
    return f"{_kind(relay)}:{relay.id}"


async def begin(connection: AsyncConnection, relay: Relay, *, now: datetime) -> int:
    """Let who answers know by a task that somebody waits, and return its id."""
    urgent = _kind(relay) is Kind.STOPPING
    return await _add(
        connection,
        relay,
        kind=_kind(relay).value,
        key=key_of(relay),
        priority=int(Priority.URGENT if urgent else Priority.SOON),
        promised_at=relay.promised_at,
        now=now,
    )


async def waiting(connection: AsyncConnection, relay: Relay) -> int | None:
    """Return the id of the task that somebody waits for an answer, while it is open."""
    statement = select(tasks.c.id).where(tasks.c.key == key_of(relay), tasks.c.done_at.is_(None))
    return (await connection.execute(statement)).scalar_one_or_none()


async def call(
    connection: AsyncConnection, relay: Relay, sealed: bytes, *, promised_at: datetime, now: datetime
) -> int:
    """Keep a phone to call, encrypted with the person's key, and return the id of its task.

    It has no key, so that it does not end by itself with the first written answer. A second number takes the
    place of the first.
    """
    waits = and_(
        tasks.c.person_id == relay.person_id, tasks.c.contact.is_not(None), tasks.c.done_at.is_(None)
    )
    kept = await connection.execute(
        update(tasks)
        .where(waits, tasks.c.kind == Kind.TALK)
        .values(contact=sealed, promised_at=promised_at, staff_id=relay.staff_id)
        .returning(tasks.c.id)
    )
    known = kept.scalars().first()
    if known is not None:
        return int(known)
    return await _add(
        connection,
        relay,
        kind=Kind.TALK.value,
        promised_at=promised_at,
        now=now,
        contact=sealed,
    )


async def waits_for_call(connection: AsyncConnection, person_id: int) -> datetime | None:
    """Return by when a person was told that they are called (aware, UTC), or None when they did not ask."""
    statement = select(tasks.c.promised_at).where(
        tasks.c.person_id == person_id, tasks.c.contact.is_not(None), tasks.c.done_at.is_(None)
    )
    return (await connection.execute(statement.limit(1))).scalar_one_or_none()


async def need(
    connection: AsyncConnection, relay: Relay, tag: Tag, *, staff_id: int | None, now: datetime
) -> int:
    """Ask a coordinator for a psychologist or a lawyer."""
    return await _add(
        connection,
        relay,
        kind=Kind(tag.value).value,
        key=f"{tag}:{relay.id}",
        promised_at=now + TASK_WITHIN,
        now=now,
        staff_id=staff_id,
    )


async def end(connection: AsyncConnection, relay: Relay, *, by: int | None, now: datetime) -> list[int]:
    """End what a talk asked for, with the phone; return the ids of the tasks. A lawyer is still needed."""
    theirs = or_(
        tasks.c.key == key_of(relay),
        and_(tasks.c.person_id == relay.person_id, tasks.c.kind == Kind.TALK),
    )
    ended = await connection.execute(
        update(tasks)
        .where(theirs, tasks.c.done_at.is_(None))
        .values(done_at=now, done_by=by, contact=None)
        .returning(tasks.c.id)
    )
    return list(ended.scalars())


def _kind(relay: Relay) -> Kind:
    return Kind.STOPPING if relay.topic == STOPPING_TOPIC else Kind.TALK


async def _add(connection: AsyncConnection, relay: Relay, *, now: datetime, **values: Any) -> int:
    """Add a task about a talk, once for a key; `values` win over what the talk says."""
    if (key := values.get("key")) is not None:
        known = (await connection.execute(select(tasks.c.id).where(tasks.c.key == key))).scalar_one_or_none()
        if known is not None:
            return int(known)
    row = {
        "id": random_id(),
        "person_id": relay.person_id,
        "referral_id": relay.referral_id,
        "staff_id": relay.staff_id,
        "topic": relay.topic,
        "priority": int(Priority.SOON),
        "created_at": now,
        **values,
    }
    await connection.execute(insert(tasks).values(**row))
    return int(row["id"])
