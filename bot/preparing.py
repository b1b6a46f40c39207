"""Make ready what the program needs: the store before it begins, the answers beside the first updates."""

import asyncio
import gc
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.directory import read_directory
from bot.opening import Store
from bot.settings import Settings
from care.topics import PROMISES
from handlers.table import Conversations
from storage import zones
from storage.directory_import import replace
from storage.engine import Database

GARBAGE_AT = 20_000  # new objects before rings among them are looked for; most die by themselves
log = structlog.get_logger()


async def prepare_store(settings: Settings, store: Store, *, now: datetime) -> None:
    """Load the directory that the settings name, and compute times anew where zone rules changed."""
    data = None
    if settings.directory is not None:
        data = read_directory(settings.directory, known_promises=PROMISES, timezone=settings.timezone)
    async with store.database.writing() as connection:
        if data is not None:
            await replace(connection, data, now=now)
        await zones.recompute(connection, now=now)


async def prepare_answers(talks: Conversations, database: Database) -> None:
    """Index the example questions, which takes a second, and put to work what coordinators taught."""
    await asyncio.to_thread(talks.prepare)
    try:
        async with database.reading() as store:
            await talks.learn(store)
    except (SQLAlchemyError, OSError) as error:  # the bot knows what it was released with
        log.error("taught questions could not be read", fault=type(error).__name__)
    gc.collect()
    gc.set_threshold(GARBAGE_AT, 20, 20)
    gc.freeze()  # words and index stay for good: looking through them costs a tenth of the time
