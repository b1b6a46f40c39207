"""Care for who works in the field: tell of somebody who is late, and ask once a week how they are."""

from datetime import datetime, timedelta

import structlog

from storage import lone, wellbeing
from storage.engine import Database

WATCH_EVERY = timedelta(seconds=20)
log = structlog.get_logger()


async def tell_of_late(database: Database, *, now: datetime, zone: str) -> None:
    """Plan messages about who is alone somewhere and has not come back. `zone`: of unknown places."""
    async with database.reading() as store:
        if not await lone.anything_late(store, now=now):
            return
    async with database.writing() as store:
        planned = await lone.tell_of_late(store, now=now, zone=zone)
    if planned:
        log.info("lone visit late", count=planned)


async def plan_moods(database: Database, *, now: datetime, zone: str) -> None:
    """Plan this week's 'how are you?' to every worker. `zone`: of unknown places."""
    async with database.writing() as store:
        await wellbeing.plan_moods(store, now=now, zone=zone)
