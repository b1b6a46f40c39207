"""Keep what could not be answered: scrubbed, without the person, for 90 days."""

from datetime import date

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import questions


async def keep(connection: AsyncConnection, scrubbed: str, *, locale: str, today: date) -> None:
    """Keep a text that `care.scrubbing.scrub` has been through."""
    await connection.execute(insert(questions).values(text=scrubbed, locale=locale, asked_on=today))
