"""Put a directory that was read into the store."""

from bot.clock import SystemClock
from bot.opening import open_store
from bot.settings import Settings
from care.directory import DirectoryData
from storage.directory_import import Changes, replace


async def import_into(settings: Settings, data: DirectoryData) -> Changes:
    """Make `data` the directory in force, in one transaction. Raises StoreFault when there is no store."""
    store = await open_store(settings)
    try:
        async with store.database.writing() as connection:
            return await replace(connection, data, now=SystemClock().now())
    finally:
        await store.database.close()
