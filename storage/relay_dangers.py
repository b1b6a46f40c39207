"""Read who of the team was told that a person in a talk may need help."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from care.message_kinds import Kind
from storage.schema import due


async def was_told(connection: AsyncConnection, relay_id: int, person_id: int, *, since: datetime) -> bool:
    """Return whether somebody of the team was told so of this talk, at `since` or later."""
    statement = select(due.c.params).where(
        due.c.kind == Kind.TALK_DANGER.value, due.c.person_id == person_id, due.c.created_at >= since
    )
    found = (await connection.execute(statement)).scalars()
    return any(params.get("relay") == relay_id for params in found)
