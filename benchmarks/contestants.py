"""Start the bots that are compared, each in a process of its own with a database of its own."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from care.consent import CONSENT_VERSION
from storage import people, referrals
from storage.engine import open_database
from storage.migrate import migrate
from storage.vault import Vault, new_key

HERE = Path(__file__).parent
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Contestant:
    """One bot of the comparison."""

    name: str
    script: str | None  # None: Hamroh itself
    text: str  # what people write to it


CONTESTANTS = (
    Contestant("Hamroh, /language", None, "/language"),
    Contestant("Hamroh, a long answer", None, "/help"),
    Contestant("python-telegram-bot, stock", "echo_ptb.py", "hello"),
    Contestant("aiogram", "echo_aiogram.py", "hello"),
)


@dataclass(frozen=True, slots=True)
class Process:
    """A bot that runs."""

    pid: int

    def cpu_s(self) -> float:
        """Return the processor time used so far, in seconds."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory_mb(self) -> float:
        """Return the memory in use now (RSS), in MB."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextlib.asynccontextmanager
async def started(contestant: Contestant, *, url: str, folder: Path, chats: range) -> AsyncIterator[Process]:
    """Start a bot against the Bot API at `url`; it is killed at the end."""
    file = folder / "bench.db"
    if contestant.script is None:
        environment = os.environ | await _hamroh(url, file, chats)
        command = [sys.executable, "-m", "bot.cli", "run"]
    else:
        environment = dict(os.environ)
        command = [sys.executable, str(HERE / contestant.script), url, str(file)]
    with (folder / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=log, stderr=log)
    try:
        yield Process(process.pid)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _hamroh(url: str, file: Path, chats: range) -> dict[str, str]:
    """Make a store in which these people agreed to be remembered, and the settings to run on it."""
    key, address = new_key(), f"sqlite+aiosqlite:///{file}"
    await migrate(address)
    database, vault, now = open_database(address), Vault([key]), datetime.now(UTC)
    async with database.writing() as store:
        for chat in chats:
            person = await people.add(
                store,
                vault,
                chat,
                locale="en",
                consent_version=CONSENT_VERSION,
                link_id=None,
                area_id=None,
                now=now,
            )
            await referrals.open_for(store, person.id, now=now)
    await database.close()
    return {
        "HAMROH_BOT_TOKEN": "100000001:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "HAMROH_API_BASE_URL": url,
        "HAMROH_DATABASE_URL": address,
        "HAMROH_SECRET_KEYS": key,
        "HAMROH_SENDS_PER_SECOND": "10000",
        "HAMROH_LOG_LEVEL": "warning",
    }
