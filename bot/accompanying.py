"""Ask the next one of the team to come along to the clinic when the one before did not answer."""

from datetime import datetime, timedelta

from storage import company, company_offers
from storage.engine import Database

LOOK_EVERY = timedelta(minutes=1)


async def ask_the_next(database: Database, *, now: datetime, zone: str) -> None:
    """Do what the time asks for; where nobody wants company it is one short look without a lock."""
    async with database.reading() as store:
        if not await company.anything_open(store):
            return
    async with database.writing() as store:
        await company_offers.advance_all(store, now=now, zone=zone)
