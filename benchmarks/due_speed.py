"""Measure due messages at full speed while people wait for replies (promises C2, C3; at least 95 % of the
rate).

`python -m benchmarks.due_speed [--seconds 20] [--latency-ms 50] [--lane notice|broadcast]` fills the store
with due messages, sends replies in between, and prints the rate that the Bot API saw, the busiest second
and the waiting time of the replies. It fails when a bar is missed.
"""

import argparse
import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import web
from sqlalchemy import update
from telegram.ext import ExtBot

from benchmarks.kill_due import forked, prepare, render
from bot.delivery import Courier, Destination
from bot.due import DueMessages, Tools
from bot.lanes import Lanes, Limits
from bot.request import AiohttpRequest
from care.reminders import Lane
from handlers.screens import screen
from locales.catalogue import Words
from storage import schema
from storage.engine import open_database
from storage.vault import Vault, new_key

REPLY_EVERY_S = 0.23
REPLY_TO = 5_000_000  # chats that get replies begin here
SHARE = 0.95  # of the allowed rate, at least
SLOWEST_REPLY_S = 1.0


async def _serve(log: Path, latency_s: float, tell: Callable[[bytes], None]) -> None:
    """Note when which message arrives, and answer late."""
    loop, lines = asyncio.get_running_loop(), os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    async def take(request: web.Request) -> web.Response:
        chat = int(str((await request.post())["chat_id"]))
        os.write(lines, f"{loop.time()} {int(chat >= REPLY_TO)}\n".encode())
        await asyncio.sleep(latency_s)
        return web.json_response({"ok": True, "result": {"message_id": 1}})

    app = web.Application()
    app.router.add_post("/bot1:x/sendMessage", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    tell(str(runner.addresses[0][1]).encode())
    await asyncio.Event().wait()


async def _send(file: Path, key: str, url: str, seconds: float, lane: Lane) -> Sequence[float]:
    """Send due messages and replies for so long; return how long each reply took, in seconds."""
    database, request = open_database(f"sqlite+aiosqlite:///{file}"), AiohttpRequest()
    bot: ExtBot[Any] = ExtBot("1:x", base_url=url, request=request, rate_limiter=Lanes())
    courier, loop = Courier(bot), asyncio.get_running_loop()
    async with database.writing() as store:
        await store.execute(update(schema.due).values(lane=int(lane)))
    tools = Tools(
        database=database,
        vault=Vault([key]),
        words=Words.load(strict=False),
        courier=courier,
        render=render,
        now=lambda: datetime.now(UTC),
        zone="UTC",
    )
    waits: list[float] = []
    async with request:
        messages = DueMessages(tools)
        running = asyncio.create_task(messages.run())
        ends = loop.time() + seconds
        while loop.time() < ends:
            messages.wake.set()
            began = loop.time()
            await courier.deliver(screen("Hello"), Destination(chat_id=REPLY_TO + len(waits)))
            waits.append(loop.time() - began)
            await asyncio.sleep(REPLY_EVERY_S)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await messages.stop(within_s=3)
    await database.close()
    return waits


def busiest(times: Sequence[float]) -> int:
    """Return the most of `times` (sorted) within any second."""
    first = most = 0
    for last, at in enumerate(times):
        while times[first] <= at - 1.0:
            first += 1
        most = max(most, last - first + 1)
    return most


def run(*, seconds: float, latency_s: float, lane: Lane, folder: Path) -> dict[str, float]:
    """Run for so long and return the figures."""
    file, log, key = folder / "due.db", folder / "arrived.log", new_key()
    prepare(file, key, round(seconds * 40), chats=round(seconds * 40))
    server, port = forked(partial(_serve, log, latency_s))
    try:
        url = f"http://127.0.0.1:{int(os.read(port, 10))}/bot"
        waits = sorted(asyncio.run(_send(file, key, url, seconds, lane)))
    finally:
        os.kill(server, signal.SIGKILL)
        os.waitpid(server, 0)
    arrived = [(float(at), int(reply)) for at, reply in map(str.split, log.read_text().splitlines())]
    began = arrived[0][0]
    steady = [(at, reply) for at, reply in arrived if 1.0 <= at - began < seconds]
    allowed = Limits.per_second if lane is Lane.NOTICE else Limits.broadcast_per_second
    counted = [at for at, reply in steady if lane is Lane.NOTICE or not reply]
    return {
        "per_second": len(counted) / (seconds - 1.0),
        "share": len(counted) / (seconds - 1.0) / allowed,
        "busiest_second": busiest([at for at, _ in arrived]),
        "replies": len(waits),
        "reply_median_s": waits[len(waits) // 2],
        "reply_slowest_s": waits[-1],
    }


def kept(figures: dict[str, float]) -> bool:
    """Return whether the bars were reached."""
    return (
        figures["share"] >= SHARE
        and figures["reply_slowest_s"] < SLOWEST_REPLY_S
        and figures["busiest_second"] <= Limits.per_second
    )


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--latency-ms", type=float, default=50.0)
    parser.add_argument("--lane", choices=("notice", "broadcast"), default="notice")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = run(
            seconds=wanted.seconds,
            latency_s=wanted.latency_ms / 1000,
            lane=Lane[wanted.lane.upper()],
            folder=Path(folder),
        )
    print(" ".join(f"{name}={value:.3f}" for name, value in figures.items()), flush=True)
    return 0 if kept(figures) else 1


if __name__ == "__main__":
    sys.exit(main())
