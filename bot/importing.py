"""Put a directory that was read into the store."""

from bot.clock import SystemClock
from bot.opening import open_store
from bot.settings import Settings
from care.directory import DirectoryData
from care.lock_screen import telling_addresses
from storage.directory_import import Changes, replace


def warnings(data: DirectoryData) -> list[str]:
    """Return one sentence for each address of `data` that tells too much on a lock screen."""
    return [
        f'the address of the clinic "{clinic.code}" ({language}) says "{word}": reminders show it, and '
        "others may read it on a locked phone; write the street and the house only"
        for clinic, language, word in telling_addresses(data.clinics)
    ]


async def import_into(settings: Settings, data: DirectoryData) -> Changes:
    """Make `data` the directory in force, in one transaction. Raises StoreFault when there is no store."""
    store = await open_store(settings)
    try:
        async with store.database.writing() as connection:
            return await replace(connection, data, now=SystemClock().now())
    finally:
        await store.database.close()
