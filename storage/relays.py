"""Keep talks between a person and the team: who answers, since when; of what is said only message ids."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Delete,
    RowMapping,
    Update,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from care.relay import ASLEEP, KEPT_AFTER, LEFT, Open, Side, Tag
from care.roles import Actor
from care.tasks import Kind as TaskKind
from storage import telling
from storage.people import random_id
from storage.schema import organisations, people, referrals, relay_messages, relays, staff, tasks

_PRIVATE: dict[str, None] = {"forum_chat": None, "thread_id": None}
_LENGTHS = 50  # talks that are looked at to say how long one takes


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """One talk."""

    id: int
    person_id: int
    referral_id: int | None
    staff_id: int | None  # who answers; None: it waits for somebody
    topic: str | None
    promised_at: datetime  # aware, UTC
    forum_chat: int | None
    thread_id: int | None
    tags: tuple[Tag, ...]
    opened_at: datetime  # aware, UTC
    answered_at: datetime | None
    person_wrote_at: datetime | None
    staff_wrote_at: datetime | None
    closed_at: datetime | None

    def for_rules(self) -> Open:
        """Return what the rules look at."""
        return Open(
            id=self.id,
            person_wrote_at=self.person_wrote_at,
            staff_wrote_at=self.staff_wrote_at,
            opened_at=self.opened_at,
        )


_COLUMNS = tuple(relays.c[one.name] for one in fields(Relay))


async def begin(
    connection: AsyncConnection,
    *,
    person_id: int,
    promised_at: datetime,
    now: datetime,
    referral_id: int | None = None,
    staff_id: int | None = None,
    topic: str | None = None,
    forum_chat: int | None = None,
) -> Relay:
    """Begin a talk. Raises IntegrityError when the person has one already."""
    values: dict[str, Any] = {
        "id": random_id(),
        "person_id": person_id,
        "referral_id": referral_id,
        "staff_id": staff_id,
        "topic": topic,
        "promised_at": promised_at,
        "forum_chat": forum_chat,
        "tags": [],
        "opened_at": now,
    }
    made = await connection.execute(insert(relays).values(**values).returning(*_COLUMNS))
    return _relay(made.mappings().one())


async def open_of(connection: AsyncConnection, person_id: int) -> Relay | None:
    """Return the talk that a person has now."""
    return await _one(connection, relays.c.person_id == person_id, relays.c.closed_at.is_(None))


async def by_id(connection: AsyncConnection, relay_id: int) -> Relay | None:
    """Return any talk, open or over: for messages that the program sends by itself, never for a button."""
    return await _one(connection, relays.c.id == relay_id)


async def open_of_staff(connection: AsyncConnection, staff_ids: Collection[int]) -> list[Relay]:
    """Return the open talks of these staff ids, the newest words first."""
    found = await _many(connection, relays.c.staff_id.in_(list(staff_ids)), relays.c.closed_at.is_(None))
    return sorted(found, key=lambda one: (one.for_rules().stirred_at, one.id), reverse=True)


async def of_topic(connection: AsyncConnection, chat_id: int, thread_id: int) -> Relay | None:
    """Return the talk of a topic in a staff group: the open one, else the last."""
    found = await _many(connection, relays.c.forum_chat == chat_id, relays.c.thread_id == thread_id)
    return min(found, key=lambda one: (one.closed_at is not None, -one.opened_at.timestamp()), default=None)


async def busy(connection: AsyncConnection, *, now: datetime) -> Mapping[int, int]:
    """Return by staff id how many talks go on; one in which nobody wrote for two days does not count."""
    awake = now - ASLEEP
    times = (relays.c.opened_at, relays.c.person_wrote_at, relays.c.staff_wrote_at)
    statement = (
        select(relays.c.staff_id, func.count().label("number"))
        .where(
            relays.c.closed_at.is_(None),
            relays.c.staff_id.is_not(None),
            or_(*(column > awake for column in times)),
        )
        .group_by(relays.c.staff_id)
    )
    return {row.staff_id: row.number for row in (await connection.execute(statement)).all()}


async def queue(connection: AsyncConnection) -> list[Relay]:
    """Return the talks that wait for somebody, who asked first comes first."""
    found = await _many(connection, relays.c.staff_id.is_(None), relays.c.closed_at.is_(None))
    return sorted(found, key=lambda one: (one.opened_at, one.id))


async def lengths(connection: AsyncConnection) -> list[timedelta]:
    """Return how long the last talks took that somebody answered."""
    statement = (
        select(relays.c.opened_at, relays.c.closed_at)
        .where(relays.c.closed_at.is_not(None), relays.c.answered_at.is_not(None))
        .order_by(relays.c.closed_at.desc())
        .limit(_LENGTHS)
    )
    return [closed - opened for opened, closed in (await connection.execute(statement)).all()]


async def wrote(connection: AsyncConnection, relay: Relay, side: Side, *, now: datetime) -> None:
    """Write down that a side wrote; the team's first words are its answer."""
    values: dict[str, datetime] = {f"{side.value}_wrote_at": now}
    if side is Side.STAFF and relay.answered_at is None:
        values["answered_at"] = now
    await _change(connection, relay.id, **values)


async def move(connection: AsyncConnection, relay_id: int, staff_id: int | None, *, now: datetime) -> bool:
    """Give an open talk, and the request behind it, to somebody else; False when there is nothing to move.

    Which message is which is forgotten: the ids are those of another chat. The person is told who answers
    now, unless there is nobody: then it waits. A topic stays with colleagues of the staff group; somebody of
    another organisation reads in their private chat, and the group no more.
    """
    relay = await by_id(connection, relay_id)
    if relay is None or relay.closed_at is not None or relay.staff_id == staff_id:
        return False
    stays = relay.forum_chat is not None and await _reads_there(connection, relay.forum_chat, staff_id)
    await _change(connection, relay_id, staff_id=staff_id, **({} if stays else _PRIVATE))
    if not stays:
        await connection.execute(delete(relay_messages).where(relay_messages.c.relay_id == relay_id))
    await _move_tasks(connection, relay.person_id, staff_id)
    if staff_id is not None:
        wrote_at = relay.person_wrote_at
        await telling.who_answers_now(connection, relay.person_id, staff_id, wrote_at=wrote_at, now=now)
    return True


async def take(connection: AsyncConnection, relay_id: int, staff_id: int) -> bool:
    """Take a talk that waits, with its tasks; False when somebody else was quicker or it is over."""
    taken = await connection.execute(
        update(relays)
        .where(relays.c.id == relay_id, relays.c.staff_id.is_(None), relays.c.closed_at.is_(None))
        .values(staff_id=staff_id, **_PRIVATE)
        .returning(relays.c.person_id)
    )
    person_id = taken.scalar_one_or_none()
    if person_id is not None:
        await connection.execute(delete(relay_messages).where(relay_messages.c.relay_id == relay_id))
        await _move_tasks(connection, person_id, staff_id)
    return person_id is not None


async def areas_of(connection: AsyncConnection, person_ids: Collection[int]) -> Mapping[int, int | None]:
    """Return by person id the area where they are: their referral's, else their own."""
    statement = (
        select(people.c.id, func.coalesce(referrals.c.area_id, people.c.area_id).label("area_id"))
        .select_from(
            people.outerjoin(
                referrals, and_(referrals.c.person_id == people.c.id, referrals.c.closed_at.is_(None))
            )
        )
        .where(people.c.id.in_(list(person_ids)))
    )
    return {row.id: row.area_id for row in (await connection.execute(statement)).all()}


async def promise(connection: AsyncConnection, relay_id: int, promised_at: datetime) -> None:
    """Write down by when the person was told that somebody answers."""
    await _change(connection, relay_id, promised_at=promised_at)


async def close(connection: AsyncConnection, relay_id: int, by: Actor, *, now: datetime) -> bool:
    """End a talk; False when it was over."""
    closed = await connection.execute(
        update(relays)
        .where(relays.c.id == relay_id, relays.c.closed_at.is_(None))
        .values(closed_at=now, closed_by=by.value)
    )
    return closed.rowcount == 1


async def rate(connection: AsyncConnection, relay_id: int, person_id: int, *, helped: bool) -> bool:
    """Keep what a person says of their own talk that is over, once; False when it is not theirs to say."""
    rated = await connection.execute(
        update(relays)
        .where(
            relays.c.id == relay_id,
            relays.c.person_id == person_id,
            relays.c.closed_at.is_not(None),
            relays.c.helped.is_(None),
        )
        .values(helped=helped)
    )
    return rated.rowcount == 1


async def add_tag(connection: AsyncConnection, relay: Relay, tag: Tag) -> bool:
    """Mark an open talk; False when it is marked so already."""
    if tag in relay.tags:
        return False
    await _change(connection, relay.id, tags=[one.value for one in (*relay.tags, tag)])
    return True


def over(*, now: datetime) -> list[tuple[str, Delete | Update]]:
    """Return what lets go, every night, of talks that are over, each with the name of its table.

    One in which nobody wrote for thirty days ends by itself. Which message is which goes 48 hours after the
    end, and the talk itself thirty days after it.
    """
    left = now - LEFT
    silent = (
        or_(column.is_(None), column < left) for column in (relays.c.person_wrote_at, relays.c.staff_wrote_at)
    )
    ended = select(relays.c.id).where(relays.c.closed_at < now - KEPT_AFTER)
    return [
        (
            "relays",
            update(relays)
            .where(relays.c.closed_at.is_(None), relays.c.opened_at < left, *silent)
            .values(closed_at=now, closed_by=Actor.JOB.value),
        ),
        ("relay_messages", delete(relay_messages).where(relay_messages.c.relay_id.in_(ended))),
        ("relays", delete(relays).where(relays.c.closed_at < left)),
    ]


async def _reads_there(connection: AsyncConnection, chat_id: int, staff_id: int | None) -> bool:
    """Return whether somebody's organisation answers in this group; who waits is left where they are."""
    chats = select(organisations.c.forum_chat).join(staff, staff.c.organisation_id == organisations.c.id)
    found = await connection.execute(chats.where(staff.c.id == staff_id))
    return staff_id is None or found.scalar_one_or_none() == chat_id


async def _move_tasks(connection: AsyncConnection, person_id: int, staff_id: int | None) -> None:
    """Let the same one do what a talk asked for."""
    asked = (TaskKind.TALK.value, TaskKind.STOPPING.value)
    await connection.execute(
        update(tasks)
        .where(tasks.c.person_id == person_id, tasks.c.kind.in_(asked), tasks.c.done_at.is_(None))
        .values(staff_id=staff_id)
    )


async def _change(connection: AsyncConnection, relay_id: int, **values: Any) -> None:
    await connection.execute(update(relays).where(relays.c.id == relay_id).values(**values))


async def _one(connection: AsyncConnection, *which: ColumnElement[bool]) -> Relay | None:
    row = (await connection.execute(select(*_COLUMNS).where(and_(*which)).limit(1))).mappings().first()
    return _relay(row) if row else None


async def _many(connection: AsyncConnection, *which: ColumnElement[bool]) -> Sequence[Relay]:
    rows = (await connection.execute(select(*_COLUMNS).where(and_(*which)))).mappings()
    return [_relay(row) for row in rows]


def _relay(row: RowMapping) -> Relay:
    return Relay(**{**row, "tags": tuple(Tag(one) for one in row["tags"])})
