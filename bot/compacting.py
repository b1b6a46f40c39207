"""Do by hand what is done every night: let go of what is past its term, and make it true on disk."""

from bot.clock import SystemClock
from bot.opening import open_store
from bot.settings import Settings
from storage.erasing import nightly


async def compact(settings: Settings) -> None:
    """Erase for good. Raises StoreFault when the store cannot be opened, or is read by others for long."""
    store = await open_store(settings)
    try:
        await nightly(store.database, now=SystemClock().now())
    finally:
        await store.database.close()
