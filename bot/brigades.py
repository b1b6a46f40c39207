"""Give back in time what is kept for a brigade and was not confirmed."""

from datetime import datetime, timedelta

import structlog

from care.outcomes import Kind
from care.roles import Actor
from storage import brigades, outcomes
from storage.engine import Database

EVERY = timedelta(minutes=1)
log = structlog.get_logger()


async def give_back(database: Database, *, now: datetime) -> None:
    """End the brigades whose time is over; where there is none it is one short look without a lock."""
    async with database.reading() as store:
        if not await brigades.anything_over(store, now=now):
            return
    async with database.writing() as store:
        ended = await brigades.end_overdue(store, now=now)
        for brigade in ended:
            await outcomes.append(
                store,
                Kind.BRIGADE_GIVEN_BACK,
                now=now,
                role=Actor.JOB,
                clinic_id=brigade.clinic_id,
                staff_id=brigade.staff_id,
                detail="late",
            )
    log.info("brigades over", count=len(ended))
