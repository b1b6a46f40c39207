"""Let only one process take updates from a store: a second one stands by until the first is gone.

The lock is the operating system's (a locked file beside SQLite) or PostgreSQL's (an advisory lock of a
session). Both end with their holder, however it ends, so a restart never waits for a lease to run out.
"""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from storage.engine import Database
from storage.locking import try_lock

LOOK_AGAIN_S = 1.0
_LOCK = 0x496E74616B65  # "Intake", as a number for pg_try_advisory_lock
log = structlog.get_logger()


@asynccontextmanager
async def alone(database: Database) -> AsyncIterator[None]:
    """Wait until no other process takes updates from this store, and keep others out while the body runs."""
    if database.file is not None:
        descriptor = os.open(Path(f"{database.file}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            await _until(lambda: _locked_file(descriptor))
            yield
        finally:
            os.close(descriptor)
        return
    async with database.reading() as connection:
        await _until(lambda: try_lock(connection, _LOCK))
        yield


async def _until(locked: Callable[[], Awaitable[bool]]) -> None:
    if await locked():
        return
    log.warning("another process takes updates from this store; standing by")
    while not await locked():
        await asyncio.sleep(LOOK_AGAIN_S)
    log.info("taking over")


async def _locked_file(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
