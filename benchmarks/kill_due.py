"""Kill the program at random moments while due messages go out, and count what the chats got (promise A1).

`python -m benchmarks.kill_due [--kills 200] [--seed N] [--control mark-first|no-limit]` prints a line of
figures and fails when a message was lost, had a third copy, or was sent again after it was written down.
The two controls switch a guard off, and must fail: `mark-first` writes a message down before it is sent,
`no-limit` repeats without counting. Half of the kills come as soon as something was accepted, which is when
a message may be doubled, and so do all of a control, or as soon as something is written down too early.
"""

import argparse
import asyncio
import logging
import os
import random
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from aiohttp import web
from sqlalchemy import RowMapping, create_engine, insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.pool import NullPool
from telegram.ext import ExtBot

import bot.due
import storage.due
from bot.delivery import Courier
from bot.due import AT_ONCE, LEASE, DueMessages, Tools
from bot.lanes import Lanes, Limits
from bot.request import AiohttpRequest
from care.message_kinds import Kind
from care.person import Person
from handlers.screens import Reply, Step, Way
from locales.catalogue import Locale, Words
from storage import people, schema
from storage.engine import Database, open_database
from storage.vault import Vault, new_key

CONTROLS = ("mark-first", "no-limit")
PER_KILL = 40  # messages for every life
PEOPLE = 20
LIVES_TO_FINISH = 4  # undisturbed ones at the end, each after all leases ran out
MOST_S = 0.5
UNLIMITED = Limits(per_second=10_000, chat_per_second=10_000, chat_burst=10_000)


@dataclass(frozen=True, kw_only=True)
class Story:
    """One run."""

    file: Path  # SQLite
    log: Path  # one line per message that the server accepted
    url: str
    key: str
    words: Words
    control: str | None


class MarksFirst(DueMessages):
    """The control that says a message was sent before it is."""

    async def _deliver(self, row: RowMapping, token: str, ready: Any) -> None:
        await self._ended(row, token, bot.due._Ended(storage.due.State.SENT))
        await self._tools.courier.deliver(ready.reply, ready.to)


async def render(
    kind: Kind, row: RowMapping, person: Person, t: Locale, store: AsyncConnection, now: datetime
) -> Reply | None:
    """Show the key of the message, so that copies can be counted."""
    del kind, person, t, store, now
    return Reply((Step(way=Way.SEND, text=row["key"]),))


async def live(story: Story, life: int, ready: Callable[[], None]) -> None:
    """One life of the program: send what is due until nothing is, a lease later than the life before."""
    database = open_database(f"sqlite+aiosqlite:///{story.file}")
    request = AiohttpRequest()
    sender: ExtBot[Any] = ExtBot("1:x", base_url=story.url, request=request, rate_limiter=Lanes(UNLIMITED))
    tools = Tools(
        database=database,
        vault=Vault([story.key]),
        words=story.words,
        courier=Courier(sender),
        render=render,
        now=lambda: datetime.now(UTC) + life * (LEASE + timedelta(seconds=1)),
        zone="UTC",
    )
    async with request:
        messages = MarksFirst(tools) if story.control == "mark-first" else DueMessages(tools)
        ready()
        await messages.tick()
    await database.close()


async def _live(story: Story, life: int, tell: Callable[[bytes], None]) -> None:
    await live(story, life, lambda: tell(b"r"))


async def serve(log: Path, tell_port: Callable[[int], None], seed: int) -> None:
    """Accept every message, note it, and answer half of them late."""
    chance = random.Random(seed)
    lines = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    async def take(request: web.Request) -> web.Response:
        text = str((await request.post())["text"])
        os.write(lines, f"{text}\n".encode())
        if chance.random() < 0.5:
            await asyncio.sleep(0.03)
        return web.json_response({"ok": True, "result": {"message_id": 1}})

    app = web.Application()
    app.router.add_post("/bot1:x/sendMessage", take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    tell_port(runner.addresses[0][1])
    await asyncio.Event().wait()


def forked(work: Callable[[Callable[[bytes], None]], Awaitable[None]]) -> tuple[int, int]:
    """Run `work` in a process of its own; return its id and where to read what it tells."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    code = 1
    try:
        os.close(reading)
        asyncio.run(_awaited(work(lambda told: _told(writing, told))))
        code = 0
    finally:
        os._exit(code)


async def _awaited(work: Awaitable[None]) -> None:
    await work


def _told(writing: int, told: bytes) -> None:
    os.write(writing, told)


def prepare(file: Path, key: str, messages: int, *, chats: int = PEOPLE) -> None:
    """Make the store with people, one chat each, and their messages, all due."""
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(file), poolclass=NullPool)
    schema.metadata.create_all(engine)
    engine.dispose()
    asyncio.run(_fill(open_database(f"sqlite+aiosqlite:///{file}"), Vault([key]), messages, chats))


async def _fill(database: Database, vault: Vault, messages: int, chats: int) -> None:
    now = datetime.now(UTC)
    async with database.writing() as store:
        made = [
            await people.add(
                store,
                vault,
                1_000 + number,
                locale="en",
                consent_version="1",
                link_id=None,
                area_id=None,
                now=now,
            )
            for number in range(chats)
        ]
        rows = [
            {
                "key": f"m:{number}",
                "kind": Kind.NUDGE.value,
                "person_id": made[number % chats].id,
                "params": {"urgent": 1},
                "due_at": now,
                "useful_until": now + timedelta(days=400),
                "lane": 1,
                "created_at": now,
            }
            for number in range(messages)
        ]
        await store.execute(insert(schema.due), rows)
    await database.close()


def copies(log: Path) -> Counter[str]:
    """Count how often each message was accepted."""
    return Counter(log.read_text().split()) if log.exists() else Counter()


def states(file: Path) -> dict[str, str]:
    """Read how each message ended."""
    with sqlite3.connect(file) as connection:
        found = dict(connection.execute("SELECT key, state FROM due").fetchall())
    connection.close()
    return found


def run(*, kills: int, seed: int, control: str | None, folder: Path) -> dict[str, int]:
    """Kill `kills` times, let the program finish, and return the figures."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    chance = random.Random(seed)
    file, log, key = folder / "kill.db", folder / "accepted.log", new_key()
    prepare(file, key, kills * PER_KILL)
    server, port = forked(lambda tell: serve(log, lambda number: tell(str(number).encode()), seed))
    url = f"http://127.0.0.1:{int(os.read(port, 10))}/bot"
    story = Story(file=file, log=log, url=url, key=key, words=Words.load(strict=False), control=control)
    resent, recorded = 0, Counter[str]()
    try:
        for life in range(kills + LIVES_TO_FINISH):
            pid, told = forked(partial(_live, story, life))
            os.read(told, 1)
            if life < kills:
                _let_run(story, chance)
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            os.close(told)
            now = copies(log)
            resent += sum(1 for name, count in recorded.items() if now[name] > count)
            recorded = Counter({name: now[name] for name in _sent(file)})
    finally:
        os.kill(server, signal.SIGKILL)
        os.waitpid(server, 0)
    ended = states(file)
    return {
        "messages": len(ended),
        "kills": kills,
        "accepted": now.total(),
        "lost": sum(1 for name in ended if not now[name] and ended[name] != "unknown"),
        "unfinished": sum(1 for state in ended.values() if state in {"pending", "sending"}),
        "unknown": sum(1 for state in ended.values() if state == "unknown"),
        "doubled": sum(1 for count in now.values() if count > 1),
        "most_copies": max(now.values()),
        "resent_after_recorded": resent,
    }


def _let_run(story: Story, chance: random.Random) -> None:
    """Wait for the moment to kill."""
    before = copies(story.log).total()
    if story.control == "mark-first":
        _until(lambda: any(one not in copies(story.log) for one in _sent(story.file)))
    elif story.control or chance.random() < 0.5:
        _until(lambda: copies(story.log).total() > before)
    else:
        time.sleep(chance.uniform(0.02, 0.25))


def _until(condition: Callable[[], bool]) -> None:
    """Wait for it, or for as long as a life may take in which it does not happen."""
    end = time.monotonic() + MOST_S
    while time.monotonic() < end and not condition():
        time.sleep(0.001)


def _sent(file: Path) -> list[str]:
    return [key for key, state in states(file).items() if state == "sent"]


def kept(figures: dict[str, int]) -> bool:
    """Return whether the promise was kept."""
    return (
        figures["lost"] == figures["unfinished"] == figures["resent_after_recorded"] == 0
        and figures["most_copies"] <= 2
        and figures["doubled"] <= figures["kills"] * AT_ONCE
    )


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--control", choices=CONTROLS)
    wanted = parser.parse_args()
    print(f"seed {wanted.seed}, control {wanted.control}", flush=True)
    if wanted.control == "no-limit":
        storage.due.MOST_COPIES = 1_000
    with tempfile.TemporaryDirectory() as folder:
        figures = run(kills=wanted.kills, seed=wanted.seed, control=wanted.control, folder=Path(folder))
    print(" ".join(f"{name}={value}" for name, value in figures.items()), flush=True)
    return 0 if kept(figures) else 1


if __name__ == "__main__":
    sys.exit(main())
