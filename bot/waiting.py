"""Offer places that became free to those who wait, when nobody's press did it at once."""

from datetime import datetime, timedelta

from care.places import Use
from storage import offering, places
from storage.engine import Database

LAPSES_EVERY = timedelta(seconds=15)  # a place that nobody answered for goes to the next that soon
EVERY = timedelta(minutes=1)  # clinics are read for it


async def pass_on(database: Database, *, now: datetime) -> None:
    """Offer what was not answered in time to the next; mostly it is one short look without a lock."""
    async with database.reading() as store:
        if not await places.overdue(store, now=now, uses=[Use.WAIT]):
            return
    async with database.writing() as store:
        await offering.advance(store, now=now)


async def offer_places(database: Database, *, now: datetime) -> None:
    """Do what the time asks for; where nobody waits it is one short look without a lock."""
    async with database.reading() as store:
        if not await offering.anything_to_do(store, now=now):
            return
    async with database.writing() as store:
        await offering.advance(store, now=now)
