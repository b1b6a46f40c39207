"""Offer places that became free to those who wait, when nobody's press did it at once."""

from datetime import datetime, timedelta

from storage import offering
from storage.engine import Database

EVERY = timedelta(seconds=15)  # a place that nobody took in time is offered to the next that soon


async def offer_places(database: Database, *, now: datetime) -> None:
    """Do what the time asks for; where nobody waits it is one short look without a lock."""
    async with database.reading() as store:
        if not await offering.anything_to_do(store, now=now):
            return
    async with database.writing() as store:
        await offering.advance(store, now=now)
