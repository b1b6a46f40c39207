"""Look every minute which tasks have come, are over or are late, and whose morning message is due."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from care.digest import digest
from storage import digests, task_candidates, task_changes
from storage.engine import Database

EVERY = timedelta(minutes=1)


async def look(database: Database, *, now: datetime, zone: str) -> None:
    """Bring tasks in line with the rules, tell of late ones, plan morning messages.

    Writes only where there is something to write. `zone` (IANA) is the clock where a city is not known.
    """
    await _tasks(database, now=now, zone=zone)
    await _late(database, now=now, zone=zone)
    await _digests(database, now=now, zone=zone)


async def _tasks(database: Database, *, now: datetime, zone: str) -> None:
    async with database.reading() as store:
        ids = await task_candidates.referral_ids(store, now=now)
    for start in range(0, len(ids), task_candidates.MOST):
        some = ids[start : start + task_candidates.MOST]
        async with database.reading() as store:
            some = await task_changes.wanting(store, some, now=now, zone=zone)
        await _write(database, some, now=now, zone=zone)


async def _write(database: Database, ids: Sequence[int], *, now: datetime, zone: str) -> None:
    """Change the tasks of these referrals, few in a transaction, so that nobody who writes waits for long."""
    for start in range(0, len(ids), task_candidates.MOST_WRITTEN):
        async with database.writing() as store:
            some = ids[start : start + task_candidates.MOST_WRITTEN]
            await task_changes.look(store, some, now=now, zone=zone)


async def _late(database: Database, *, now: datetime, zone: str) -> None:
    async with database.reading() as store:
        if not await task_changes.late_ones(store, now=now):
            return
    async with database.writing() as store:
        rows = await task_changes.late_ones(store, now=now)
        await task_changes.climb(store, rows, now=now, zone=zone)


async def _digests(database: Database, *, now: datetime, zone: str) -> None:
    async with database.reading() as store:
        readers = await digests.readers(store, zone=zone)
        messages = [message for reader in readers if (message := digest(reader, now=now)) is not None]
        missing = await digests.not_planned(store, messages)
    if missing:
        async with database.writing() as store:
            await digests.plan(store, missing, now=now)
