"""The program with the simulator's clock: what runs by itself runs when the signal says so, and at once.

SIGUSR1 asks for it: the clock is read, every job runs, what is due is sent. Then one line says so.
"""

import asyncio
import signal
from datetime import timedelta

from bot.application import Running, program
from bot.clock import MovedClock
from bot.jobs import Jobs
from bot.settings import load
from simulator.client import Simulator

SAID = '"event": "moved"'
KEPT: list[Jobs] = []


def keep(self: Jobs) -> None:
    """Keep the jobs instead of ticking."""
    KEPT.append(self)


async def everything(running: Running) -> None:
    """Do once what the program does by itself from minute to minute."""
    [jobs] = KEPT
    for job in jobs._table:
        await jobs.run(job)
    await running.due.tick()


async def main() -> None:
    """Run until killed."""
    asked = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, asked.set)
    settings, clock = load(), MovedClock()
    async with Simulator(settings.api_base_url) as simulator:
        await follow(simulator, clock)
        async with program(settings, clock=clock, stop=asyncio.Event()) as running:
            assert running is not None
            while True:
                await everything(running)
                print(f"{{{SAID}}}", flush=True)
                await asked.wait()
                asked.clear()
                await follow(simulator, clock)


async def follow(simulator: Simulator, clock: MovedClock) -> None:
    """Let the clock go as the simulator's does."""

    clock.offset = timedelta(seconds=(await simulator.clock())["offset_s"])


if __name__ == "__main__":
    Jobs.start = keep  # type: ignore[method-assign]
    asyncio.run(main())
