"""Make ready, beside the first updates, what answering questions needs."""

import asyncio
import gc

import structlog
from sqlalchemy.exc import SQLAlchemyError

from handlers.table import Conversations
from storage.engine import Database

log = structlog.get_logger()


async def prepare_answers(talks: Conversations, database: Database) -> None:
    """Index the example questions, which takes a second, and put to work what coordinators taught."""
    await asyncio.to_thread(talks.prepare)
    try:
        async with database.reading() as store:
            await talks.learn(store)
    except (SQLAlchemyError, OSError) as error:  # the bot knows what it was released with
        log.error("taught questions could not be read", fault=type(error).__name__)
    gc.collect()
    gc.freeze()  # words and index stay for good: looking through them costs a tenth of the time
