"""Ask whoever looks after a person to help them: the team learns that, and nothing of why."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from care.medicine import support
from care.person import Person
from storage import appointments, task_changes


async def ask(connection: AsyncConnection, person: Person, *, now: datetime, zone: str) -> bool:
    """Make the task, or open it again; False when it is open already. `zone`: where a city is not known."""
    referral = await appointments.referral_for(connection, person, zone=zone, now=now)
    need = support(referral["id"], now=now)
    return await task_changes.ask(connection, referral, need, now=now, zone=zone)
