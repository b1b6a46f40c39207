"""Do each night what follows from results that were given.

They are counted, those that they replaced are let go of, and what is over is ended.
"""

from datetime import datetime

from storage import releasing, result_counts, results
from storage.engine import Database
from storage.vault import Vault


async def settle(database: Database, vault: Vault, *, now: datetime) -> None:
    """Count results so that they lead to nobody, let go of what was replaced, and close what outreach has no
    more to do with.

    Writes only where there is something to write. Raises VaultFault when a result was changed.
    """
    await _count(database, vault, now=now)
    await _let_go(database, now=now)
    await _release(database, now=now)


async def _count(database: Database, vault: Vault, *, now: datetime) -> None:
    async with database.reading() as store:
        if not await result_counts.waiting(store) and not await result_counts.replaced(store):
            return
    async with database.writing() as store:
        await result_counts.count(store, vault, now=now)


async def _let_go(database: Database, *, now: datetime) -> None:
    async with database.reading() as store:
        if not await results.anything_settled(store, now=now):
            return
    async with database.writing() as store:
        await results.settle(store, now=now)


async def _release(database: Database, *, now: datetime) -> None:
    """Close them a few at a time, so that nobody who writes waits for long."""
    while True:
        async with database.reading() as store:
            if not await releasing.anybody(store, now=now):
                return
        async with database.writing() as store:
            if await releasing.release(store, now=now) < releasing.AT_ONCE:
                return
