"""Plan that a person is told who looks after them now."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from care.handover import handed, handed_key
from care.relay import waits_awake
from storage import due


async def who_answers_now(
    connection: AsyncConnection, person_id: int, staff_id: int, *, wrote_at: datetime | None, now: datetime
) -> None:
    """Tell a person who answers their talk now: at any hour when they wrote a moment ago, else by day."""
    urgent = waits_awake(wrote_at, now=now)
    if urgent:  # in place of one that waits for the morning
        await due.cancel(connection, key=handed_key(person_id, staff_id), now=now)
    await due.schedule(connection, handed(person_id, staff_id, now=now, urgent=urgent), now=now)
