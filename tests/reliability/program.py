"""Start, kill and watch the real program against a simulated Telegram, with a store of its own."""

import asyncio
import contextlib
import json
import os
import socket
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import text

from bot.directory import read_directory
from care.consent import CONSENT_VERSION
from care.roles import AT_CLINICS, Role
from care.topics import PROMISES
from simulator.acts import Hand, hand
from simulator.cast import CAST
from simulator.server import running as simulating
from simulator.updates import UpdateQueue
from simulator.world import Person, World
from storage import directory, links, people, referrals, staff
from storage.directory_import import replace as replace_directory
from storage.engine import Database, open_database
from storage.vault import Vault, new_key
from tests.reliability.nursery import Child, born

ROOT = Path(__file__).parents[2]
CITY = ROOT / "examples" / "demo-city"
TOKEN = "1000000001:the-simulators-own-token-is-no-secret"
SECRET = "a-secret-of-the-tests-0123456789-abcdefghij"
FIRST_PERSON = 720_000_000
LONG = "HAMROH_TEST_LONG" in os.environ  # `python -m benchmarks.promises`: the same tests at full length
OPEN = "SELECT count(*) FROM inbox WHERE done_at IS NULL"
PATIENCE_S = 600.0 if LONG else 60.0


async def until(condition: Callable[[], bool], *, timeout_s: float = PATIENCE_S, what: str = "") -> None:
    """Wait for something that this process can see. Raises TimeoutError."""
    end = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(what or "not seen in time")
        await asyncio.sleep(0.005)


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


class PlainHooks(UpdateQueue):
    """Telegram delivers to https only; here the same deliveries go to the program's own port."""

    __slots__ = ("port",)

    def set_webhook(self, webhook: dict[str, Any] | None) -> None:
        if webhook is not None:
            webhook = webhook | {"url": f"http://127.0.0.1:{self.port}/hook"}
        super().set_webhook(webhook)


@dataclass(kw_only=True)
class Telegram:
    """The simulated Telegram, in this process."""

    world: World
    url: str

    def add(self, person_id: int, *, name: str = "Aziz", locale: str = "ru", **fields: Any) -> Hand:
        """Let somebody have an account, and return their hand on the chat with the bot."""
        self.world.people[person_id] = Person(person_id, name, language_code=locale[:2], **fields)
        return self.hand(person_id)

    def hand(self, person_id: int) -> Hand:
        return hand(self.world, person_id)

    def inject(self, update: Any, update_id: int | None = None) -> int:
        """Queue an update exactly as given."""
        made = self.world.bot.updates.add(update, now=self.world.clock.timestamp(), update_id=update_id)
        assert made is not None
        return made

    def press(self, person_id: int, data: str) -> str:
        """Press a button of a message that is too old to be changed: the answer is a new message."""
        who = self.hand(person_id)
        who.chat.started = True
        message = who.world.number()
        chat = who.chat
        chat.messages[message] = _button(message, chat.id, data)
        return who.press(message, data, forged=True, stale=True)

    @property
    def last_id(self) -> int:
        """The id of the newest update."""
        return self.world.bot.updates.next_id - 1

    def calls(self, method: str | None = None, *, chat_id: int | None = None, after: int = 0) -> list[Any]:
        """Return accepted calls, oldest first."""
        return [
            call
            for call in self.world.calls
            if call["seq"] > after
            and call["status"] == 200
            and (method is None or call["method"] == method)
            and (chat_id is None or str(call["params"].get("chat_id")) == str(chat_id))
        ]

    def texts(self, chat_id: int, *, after: int = 0) -> list[str]:
        """Return the texts of the messages that a chat got, oldest first."""
        return [
            str(call["params"]["text"]) for call in self.calls("sendMessage", chat_id=chat_id, after=after)
        ]

    def seq(self) -> int:
        """Return the number of the newest call."""
        return int(self.world.calls[-1]["seq"]) if self.world.calls else 0

    def waiting(self) -> int:
        """Return how many updates are not confirmed."""
        queue = self.world.bot.updates
        return len(queue.pending) + len(queue.extra)

    def hurry(self) -> None:
        """Deliver now what a webhook refused before."""
        for pending in self.world.bot.updates.pending:
            pending.tries, pending.retry_at = 0, 0.0
        self.world.bot.updates.wake()


def _button(message_id: int, chat_id: int, data: str) -> Any:
    from simulator.world import Message

    json = {
        "message_id": message_id,
        "chat": {"id": chat_id, "type": "private"},
        "from": {"id": 1000000001, "is_bot": True, "first_name": "Hamroh"},
        "date": 0,
        "reply_markup": {"inline_keyboard": [[{"text": "…", "callback_data": data}]]},
    }
    return Message(json, outgoing=True, deleted=True)


@contextlib.asynccontextmanager
async def telegram(*, port: int | None = None) -> AsyncIterator[Telegram]:
    """Simulate Telegram; with `port`, webhooks are delivered there."""
    world = World(CAST)
    if port is not None:
        queue = PlainHooks()
        queue.port = port
        world.bot.updates = queue
    async with simulating(world) as url:
        yield Telegram(world=world, url=url)


@dataclass(kw_only=True)
class Stored:
    """A store that a program may be started on, seen from outside."""

    url: str
    key: str
    database: Database
    vault: Vault
    _looking: sqlite3.Connection | None = None

    @property
    def file(self) -> Path:
        assert self.database.file is not None
        return self.database.file

    async def rows(self, query: str, **values: Any) -> list[Any]:
        """Read."""
        async with self.database.reading() as connection:
            return list((await connection.execute(text(query), values)).all())

    async def one(self, query: str, **values: Any) -> Any:
        """Read one value."""
        return (await self.rows(query, **values))[0][0]

    async def agreed(self, telegram_ids: Sequence[int], *, locales: Sequence[str] = ("ru",)) -> list[int]:
        """Store people who agreed, as the consent screen does; return their ids."""
        now = datetime.now(UTC)
        made = []
        async with self.database.writing() as connection:
            area = (await directory.areas(connection))[0]
            for number, telegram_id in enumerate(telegram_ids):
                person = await people.add(
                    connection,
                    self.vault,
                    telegram_id,
                    locale=locales[number % len(locales)],
                    consent_version=CONSENT_VERSION,
                    link_id=None,
                    area_id=area.id,
                    now=now,
                )
                await referrals.open_for(connection, person.id, now=now, area_id=area.id)
                made.append(person.id)
        return made

    async def hire(self, person_id: int, role: Role) -> int:
        """Give a role in the first area or clinic; a worker gets a link. Returns the staff id."""
        now = datetime.now(UTC)
        async with self.database.writing() as connection:
            area = (await directory.areas(connection))[0]
            clinic = (await directory.clinics_of(connection))[0]
            area_id = area.id if role is Role.WORKER else None
            clinic_id = clinic.id if role in AT_CLINICS else None
            staff_id = await staff.add(
                connection, person_id, role, now=now, area_id=area_id, clinic_id=clinic_id
            )
            if role is Role.WORKER:
                await links.add(connection, now=now, staff_id=staff_id, area_id=area.id)
        return staff_id

    async def settled(self) -> bool:
        """Return whether nothing is open in the inbox."""
        if self.database.file is None:
            return not await self.one(OPEN)
        if self._looking is None:  # asked hundreds of times a second: without a thread and a pool
            self._looking = sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)
        return not self._looking.execute(OPEN).fetchone()[0]

    async def close(self) -> None:
        """Let go of the store."""
        if self._looking is not None:
            self._looking.close()
        await self.database.close()


@contextlib.asynccontextmanager
async def stored(url: str) -> AsyncIterator[Stored]:
    """Fill a store that has its tables with the invented city; closes it at the end."""
    key = new_key()
    made = Stored(url=url, key=key, database=open_database(url), vault=Vault([key]))
    data = read_directory(CITY, known_promises=PROMISES, timezone="Asia/Almaty")
    async with made.database.writing() as connection:
        await replace_directory(connection, data, now=datetime.now(UTC))
    try:
        yield made
    finally:
        await made.close()


@dataclass(kw_only=True)
class Program:
    """The program in a process of its own."""

    environment: dict[str, str]
    command: tuple[str, ...] = ("-m", "bot.cli", "run")
    afresh: bool = False  # by a new interpreter, which imports everything: two seconds for each start
    lines: list[str] = field(default_factory=list)
    process: asyncio.subprocess.Process | Child | None = None
    _reading: asyncio.Task[None] | None = None

    async def start(self, *, ready: str | None = '"event": "running"') -> None:
        """Start, and return once the log says that it is ready; at once when `ready` is None."""
        seen = len(self.lines)
        settings = _clean() | self.environment
        if self.afresh:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                *self.command,
                cwd=ROOT,
                env=settings,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
        else:
            dash, module, *arguments = self.command
            assert dash == "-m"
            self.process = await born(module, arguments, settings)
        self._reading = asyncio.create_task(self._read(self.process))
        if ready is not None:
            await self.logged(ready, after=seen)

    async def _read(self, process: asyncio.subprocess.Process | Child) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            self.lines.append(line.decode().rstrip())

    @property
    def log(self) -> str:
        """All it said in all its lives."""
        return "\n".join(self.lines)

    async def logged(self, words: str, *, after: int = 0, timeout_s: float = PATIENCE_S) -> None:
        """Wait for a line with these words. Raises AssertionError when it ends before, or is late."""
        end = time.monotonic() + timeout_s
        while not any(words in line for line in self.lines[after:]):
            ended = self._reading is not None and self._reading.done()
            code = self.process.returncode if self.process else None
            assert not ended, f"ended with {code} before saying {words!r}:\n{self.log}"
            assert time.monotonic() < end, f"did not say {words!r}:\n{self.log}"
            await asyncio.sleep(0.005)

    async def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.ended()

    async def stop(self) -> tuple[int, float]:
        """SIGTERM; return the exit code and how many seconds it took."""
        assert self.process is not None
        begun = time.monotonic()
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        return await self.ended(), time.monotonic() - begun

    async def ended(self, *, timeout_s: float = PATIENCE_S) -> int:
        """Wait for its end and return the exit code."""
        assert self.process is not None
        assert self._reading is not None
        async with asyncio.timeout(timeout_s):
            code = await self.process.wait()
            await self._reading
        return code

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.returncode is None

    def errors(self) -> list[str]:
        """Return the lines of its log that are errors."""
        return [line for line in self.lines if '"level": "error"' in line or "Traceback" in line]


def _clean() -> dict[str, str]:
    """Return this process's environment without settings of the program."""
    return {name: value for name, value in os.environ.items() if not name.startswith("HAMROH_")}


def environment(telegram: Telegram, store: Stored, *, port: int | None = None, **more: str) -> dict[str, str]:
    """Return the settings of a program; with `port` by webhook. `more`: settings without HAMROH_."""
    settings = {
        "bot_token": TOKEN,
        "api_base_url": telegram.url,
        "database_url": store.url,
        "secret_keys": store.key,
        "log_format": "json",
        "sends_per_second": "2000",
    }
    if port is not None:
        settings |= {"webhook_url": "https://example.invalid/hook", "webhook_secret": SECRET}
        settings |= {"listen": f"127.0.0.1:{port}"}
    return {f"HAMROH_{name.upper()}": value for name, value in (settings | more).items()}


@contextlib.asynccontextmanager
async def program(
    environment: dict[str, str],
    *command: str,
    ready: str | None = '"event": "running"',
    afresh: bool = False,
) -> AsyncIterator[Program]:
    """Run the program while the body runs; `command` runs another one. `ready` None: do not start it yet."""
    made = Program(environment=environment, afresh=afresh)
    if command:
        made.command = command
    try:
        if ready is not None:
            await made.start(ready=ready)
        yield made
    finally:
        if made.alive:
            await made.kill()


def events(program: Program, name: str) -> list[dict[str, Any]]:
    """Return what the log says of an event."""
    return [one for one in _parsed(program.lines) if one.get("event") == name]


def _parsed(lines: Sequence[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        with contextlib.suppress(ValueError):
            parsed = json.loads(line)
            if isinstance(parsed, dict):
                yield parsed


@contextlib.asynccontextmanager
async def posting(port: int) -> AsyncIterator[Callable[[Any], Any]]:
    """Post updates to the webhook as Telegram does; the body calls with an update and gets the status."""
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", headers=headers) as session:

        async def post(update: Any) -> int:
            async with session.post("/hook", json=update) as answer:
                return answer.status

        yield post


__all__ = ["Role", "environment", "events", "posting", "program", "replace", "stored", "telegram", "until"]
