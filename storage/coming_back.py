"""Write again to somebody who had blocked the bot: what waited meanwhile and is of use comes still."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import people
from storage.due import State
from storage.schema import due


async def come_back(connection: AsyncConnection, person_id: int, *, now: datetime) -> int:
    """Let somebody be written to, and return how many messages wait for them again.

    Whether each is still true is looked at when it is worded; what Telegram itself refused stays refused.
    """
    await people.change(connection, person_id, blocked_at=None)
    waited = (
        due.c.person_id == person_id,
        due.c.state == State.FAILED.value,
        due.c.fault == "blocked",
        due.c.useful_until > now,
    )
    again = {"state": State.PENDING.value, "fault": None, "finished_at": None}
    released = {"token": None, "leased_until": None}
    return (await connection.execute(update(due).where(*waited).values(**again, **released))).rowcount
