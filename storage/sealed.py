"""Take samples of what is sealed: whether the keys fit is seen by opening them."""

from sqlalchemy import func, select

from storage.engine import Database
from storage.schema import inbox, people


async def samples(database: Database) -> list[bytes]:
    """Return a few things that the keys must open: of the oldest and the newest person, of the inbox."""
    first, last = people.c.created_at.asc(), people.c.created_at.desc()
    waiting = func.coalesce(inbox.c.payload, inbox.c.reply)
    queries = (
        select(people.c.key).order_by(first).limit(1),
        select(people.c.key).order_by(last).limit(1),
        select(waiting).where(waiting.is_not(None)).limit(1),
    )
    async with database.reading() as connection:
        return [row for query in queries for row in (await connection.execute(query)).scalars()]
