"""Show everything without Telegram: the simulator, the invented city, a fresh store, the bot against them.

`make run` ends here when no token is set. Nothing is kept: the store lives in a temporary folder.
"""

import asyncio
import contextlib
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from importlib.resources import as_file, files
from pathlib import Path

import aiohttp

from bot.application import Running, program
from bot.clock import MovedClock, SystemClock
from bot.opening import Store
from bot.settings import Settings
from care.consent import CONSENT_VERSION
from care.directory import Area, Clinic
from care.roles import Role
from simulator import cast
from simulator.client import Simulator
from simulator.server import running as simulating
from storage import directory, links, people, referrals, staff
from storage.due import next_due

TOKEN = "1000000001:the-simulators-own-token-is-no-secret"  # noqa: S105
TELL_S = 0.2  # how often the bot and the simulator tell each other the time


async def run(settings: Settings) -> int:
    """Run the simulator and the bot until interrupted; return the exit code."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with _telegram(settings) as url:
        with tempfile.TemporaryDirectory(prefix="hamroh-") as folder, _city() as city:
            chosen = {
                "bot_token": TOKEN,
                "api_base_url": url,
                "database_url": f"sqlite+aiosqlite:///{folder}/demo.db",
                "directory": settings.directory or city,
                "webhook_url": None,
            }
            await _show(settings.model_copy(update=chosen), url, stop)
    return 0


async def _show(settings: Settings, url: str, stop: asyncio.Event) -> None:
    clock = MovedClock(SystemClock())
    async with program(settings, clock=clock, stop=stop) as running:
        if running is None:
            return
        await _seed(running.store, clock.now())
        async with Simulator(url) as telegram:
            for somebody in (cast.WORKER, cast.REGISTRAR, cast.CLINICIAN, cast.COORDINATOR):
                await telegram.phone(somebody).start()
        print(f"\n  Hamroh's demonstration: open {url} in a browser. Ctrl+C ends it.\n", flush=True)  # noqa: T201
        telling = asyncio.create_task(_tell_the_time(running, clock, url))
        await stop.wait()
        telling.cancel()


@contextlib.asynccontextmanager
async def _telegram(settings: Settings) -> AsyncIterator[str]:
    """Serve the simulator where the settings say, or at any free port when that one is taken."""
    host, port = settings.listen
    async with contextlib.AsyncExitStack() as stack:
        try:
            url = await stack.enter_async_context(simulating(host=host, port=port))
        except OSError:
            print(f"port {port} is taken; using another one", file=sys.stderr)  # noqa: T201
            url = await stack.enter_async_context(simulating(host=host, port=0))
        yield url


def _city() -> contextlib.AbstractContextManager[Path]:
    return as_file(files("examples") / "demo-city")


async def _seed(store: Store, now: datetime) -> None:
    """Give the demonstration its staff: a worker with a link, a registrar, a doctor, a coordinator."""
    async with store.database.writing() as connection:
        area: Area = (await directory.areas(connection))[0]
        clinic: Clinic = (await directory.clinics_of(connection))[0]
        posts = (
            (cast.WORKER, Role.WORKER, area.id, None),
            (cast.REGISTRAR, Role.REGISTRAR, None, clinic.id),
            (cast.CLINICIAN, Role.CLINICIAN, None, clinic.id),
            (cast.COORDINATOR, Role.COORDINATOR, None, None),
        )
        for somebody, role, area_id, clinic_id in posts:
            person = await people.add(
                connection,
                store.vault,
                somebody.id,
                locale=somebody.language_code or "ru",
                consent_version=CONSENT_VERSION,
                link_id=None,
                area_id=area_id or area.id,
                now=now,
            )
            await referrals.open_for(connection, person.id, now=now, area_id=area_id)
            staff_id = await staff.add(
                connection, person.id, role, now=now, area_id=area_id, clinic_id=clinic_id
            )
            if role is Role.WORKER:
                await links.add(connection, now=now, staff_id=staff_id, area_id=area_id)


async def _tell_the_time(running: Running, clock: MovedClock, url: str) -> None:
    """Follow the simulator's clock, and tell it when the bot will next write by itself."""
    async with aiohttp.ClientSession(url) as session:
        while True:
            async with running.store.database.reading() as store:
                due = await next_due(store)
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                told = {"next_due": due.isoformat() if due else None}
                async with session.post("/sim/clock/bot", json=told) as answer:
                    offset = timedelta(seconds=(await answer.json())["offset_s"])
                if offset != clock.offset:
                    clock.offset = offset
                    running.due.wake.set()
            await asyncio.sleep(TELL_S)
