"""Make ready, beside the first updates, what answering questions needs."""

import asyncio
import gc

from handlers.table import Conversations
from storage.engine import Database


async def prepare_answers(talks: Conversations, database: Database) -> None:
    """Index the example questions, which takes a second, and put to work what coordinators taught."""
    await asyncio.to_thread(talks.prepare)
    async with database.reading() as store:
        await talks.learn(store)
    gc.collect()
    gc.freeze()  # words and index stay for good: looking through them costs a tenth of the time
