"""Find who reads a message: the person, a friend of somebody without Telegram, or who looks after them."""

from datetime import datetime

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from care.claims import TO_FRIEND, TO_WORKER
from care.message_kinds import Kind
from care.person import Person
from care.without_telegram import call_on
from storage import due, people


async def reader_of(person: Person, kind: Kind, store: AsyncConnection) -> Person:
    """Return the person, or the friend whose Telegram takes this message for somebody without."""
    if person.telegram_id is not None or person.reminders_to is None or kind not in TO_FRIEND:
        return person
    friend = await people.by_id(store, person.reminders_to)
    return friend if friend is not None and friend.blocked_at is None else person


async def tell_who_looks_after(store: AsyncConnection, row: RowMapping, *, now: datetime) -> None:
    """Let who looks after somebody without Telegram tell them what the message of `row` would have said."""
    if Kind(row["kind"]) not in TO_WORKER:
        return
    for staff_person_id in await due.responsible_for(store, row["person_id"]):
        await due.schedule(store, call_on(dict(row), staff_person_id, now=now), now=now)
