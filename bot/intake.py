"""Take updates in: none is lost, none takes effect twice, one person's in order, people side by side.

An update is written, encrypted, to the inbox before Telegram is told that we have it. A lane per busy person
then handles it: one transaction holds its effects, its outcome and the reply; the reply is sent; the row is
marked done. Whatever is open after a crash is taken up at the next start, before anything new.
"""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.exc import OperationalError
from telegram import Bot, Update

from bot.senders import destination, sender
from bot.delivery import Courier, Destination, Result
from bot.marks import DoneMarks
from handlers.dispatch import Dispatch
from handlers.screens import Reply, from_json, to_json
from storage import people, updates
from storage.engine import Database
from storage.updates import Open, Received
from storage.vault import Vault

AT_ONCE = 128  # people whose updates are handled side by side
DEADLINE_S = 30.0  # for one handling; then it counts as a failed try
MOST_OPEN = 1_000  # updates in memory, at most PER_PERSON of one person counted: then polling waits
PER_PERSON = 20
FLOOD = 60  # updates of one person waiting: from there on only the last ones are answered
SLOW_DOWN_EVERY_S = 600.0
PAUSE_S = (0.2, 1.0, 5.0)  # before the next try of an update that failed
STORE_PAUSE_S = 1.0  # before the next try when the store could not be reached
log = structlog.get_logger()

Apologise = Callable[[Update], Reply]


@dataclass(slots=True)
class _Item:
    """One update on its way through a lane."""

    update_id: int
    raw: Mapping[str, Any] | None  # None when only its reply is left
    sealed_reply: bytes | None = None
    again: bool = False  # the reply may have been sent before


@dataclass(frozen=True, kw_only=True)
class Kit:
    """What intake works with."""

    database: Database
    vault: Vault
    bot: Bot
    dispatch: Dispatch
    courier: Courier
    now: Callable[[], datetime]
    apologise: Apologise  # what a person sees when an update is given up
    slow_down: Apologise  # what a person sees who sends more than can be answered
    poison: Callable[[int, str], Awaitable[None]]  # tells staff of an update that was set aside


class Intake:
    """The inbox and its lanes."""

    def __init__(self, kit: Kit) -> None:
        """Begin empty; `start` takes up what was left open."""
        self._kit = kit
        self._lanes: dict[int, deque[_Item]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._room = asyncio.Event()
        self._room.set()
        self._counted = 0
        self._slowed: dict[int, float] = {}
        self._marks = DoneMarks(kit.database, kit.now)
        self._stopping = False

    @property
    def open(self) -> int:
        """How many updates are in memory, those of a flood counted as PER_PERSON."""
        return self._counted

    async def start(self) -> None:
        """Take up what a former life left open, oldest first. Call before anything new is received."""
        async with self._kit.database.writing() as store:
            rows = await updates.open_rows(store, now=self._kit.now())
        for row in rows:
            self._take_up(row)

    def _take_up(self, row: Open) -> None:
        if row.reply is not None:
            key = self._destination_of(row).chat_id
            self._enqueue(key, _Item(row.update_id, None, row.reply, again=row.sends > 0))
        elif row.payload is not None:
            raw = json.loads(self._kit.vault.open(row.payload))
            self._enqueue(sender(raw) or 0, _Item(row.update_id, raw))

    def _destination_of(self, row: Open) -> Destination:
        content = json.loads(self._kit.vault.open(row.reply or b""))
        return Destination(**content["to"])

    async def receive(self, batch: Sequence[Mapping[str, Any]]) -> None:
        """Keep updates durably, then hand the new ones to their lanes. Returns only after the commit.

        Raises DBAPIError when they could not be kept: Telegram must not be told that we have them.
        """
        kept: dict[int, tuple[Received, Mapping[str, Any]]] = {}
        for raw in batch:
            if not isinstance(raw, Mapping):
                continue
            update_id = raw.get("update_id")
            if isinstance(update_id, int) and not isinstance(update_id, bool) and abs(update_id) < 2**63:
                who = sender(raw)
                hashed = self._kit.vault.hash(str(who)) if who is not None else None
                payload = self._kit.vault.seal(json.dumps(raw, separators=(",", ":")).encode())
                kept[update_id] = (Received(update_id, payload, hashed), raw)
        if not kept:
            return
        async with self._kit.database.writing() as store:
            received = [one for one, _ in kept.values()]
            new = await updates.receive(store, received, now=self._kit.now())
        for update_id, (_, raw) in kept.items():
            if update_id in new:
                self._enqueue(sender(raw) or 0, _Item(update_id, raw))

    async def room(self) -> None:
        """Wait until there is room for more updates in memory."""
        await self._room.wait()

    def _enqueue(self, key: int, item: _Item) -> None:
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = deque()
            task = asyncio.get_running_loop().create_task(self._run(key, lane))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        lane.append(item)
        if len(lane) <= PER_PERSON:
            self._counted += 1
            if self._counted >= MOST_OPEN:
                self._room.clear()

    def _leave(self, lane: deque[_Item]) -> None:
        lane.popleft()
        if len(lane) < PER_PERSON:
            self._counted -= 1
            if self._counted < MOST_OPEN:
                self._room.set()

    async def _run(self, key: int, lane: deque[_Item]) -> None:
        """Handle one person's updates, one after another, each to its end."""
        while lane and not self._stopping:
            item = lane[0]
            try:
                if item.raw is not None:
                    await self._handle(key, item, lane)
                else:
                    await self._resend(item)
            except asyncio.CancelledError:
                raise
            except Exception as error:
                log.error("lane failed", update_id=item.update_id, fault=type(error).__name__)
            self._leave(lane)
        del self._lanes[key]

    async def _handle(self, key: int, item: _Item, lane: deque[_Item]) -> None:
        update = self._parse(item)
        if update is None:
            await self._give_up(item.update_id, "unreadable")
            return
        for pause_s in (*PAUSE_S, 0.0):
            try:
                reply = await self._effects(update)
            except (OperationalError, ConnectionError, OSError) as error:
                await self._wait_for_store(error)
                await self._handle(key, item, lane)
                return
            except Exception as error:
                if await self._failed(item.update_id, error):
                    await self._deliver_once(self._kit.apologise(update), update)
                    return
                await asyncio.sleep(pause_s)
                continue
            if reply is not None:
                await self._send(key, update, reply, flooded=len(lane) > FLOOD)
            return

    def _parse(self, item: _Item) -> Update | None:
        try:
            return Update.de_json(dict(item.raw or {}), self._kit.bot)
        except Exception as error:
            log.warning("unreadable update", update_id=item.update_id, fault=type(error).__name__)
            return None

    async def _effects(self, update: Update) -> Reply | None:
        """Handle an update inside one transaction; return what is to be sent, or None for silence."""
        kit, now = self._kit, self._kit.now()
        async with asyncio.timeout(DEADLINE_S), kit.database.writing() as store:
            reply = await kit.dispatch.answer(update, store, now)
            silent = not reply.steps and update.callback_query is None
            sealed = None if silent else self._seal(reply, destination(update))
            await updates.handled(store, update.update_id, reply=sealed, now=now)
        return None if silent else reply

    def _seal(self, reply: Reply, to: Destination) -> bytes:
        content = {"reply": to_json(reply), "to": to.to_json()}
        return self._kit.vault.seal(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())

    async def _send(self, key: int, update: Update, reply: Reply, *, flooded: bool) -> None:
        to = destination(update)
        if flooded:
            reply = Reply((), reply.toast, reply.alert)
            if self._may_say_slow_down(key):
                reply = self._kit.slow_down(update)
        await self._through(update.update_id, reply, to)

    async def _through(self, update_id: int, reply: Reply, to: Destination) -> None:
        result = await self._kit.courier.deliver(reply, to)
        if result is Result.GONE and to.private:
            await self._mark_blocked(to.chat_id)
        await self._marks.done(update_id)

    async def _resend(self, item: _Item) -> None:
        """Send the reply of an update whose effects a former life committed; never a third copy."""
        content = json.loads(self._kit.vault.open(item.sealed_reply or b""))
        async with self._kit.database.writing() as store:
            allowed = await updates.sending_again(store, item.update_id)
        if allowed:
            await self._through(item.update_id, from_json(content["reply"]), Destination(**content["to"]))
        else:
            await self._marks.done(item.update_id)

    async def _mark_blocked(self, telegram_id: int) -> None:
        kit = self._kit
        async with kit.database.writing() as store:
            person = await people.by_hash(store, kit.vault.hashes(str(telegram_id)))
            if person is not None:
                await people.change(store, person.id, blocked_at=kit.now())

    async def _failed(self, update_id: int, error: Exception) -> bool:
        fault = type(error).__name__
        log.error("handling failed", update_id=update_id, fault=fault, exc_info=error)
        async with self._kit.database.writing() as store:
            last = await updates.failed(store, update_id, fault=fault, now=self._kit.now())
        if last:
            await self._kit.poison(update_id, fault)
        return last

    async def _give_up(self, update_id: int, fault: str) -> None:
        async with self._kit.database.writing() as store:
            await updates.set_aside(store, update_id, fault=fault, now=self._kit.now())
        log.error("update set aside", update_id=update_id, fault=fault)

    async def _deliver_once(self, reply: Reply, update: Update) -> None:
        await self._kit.courier.deliver(reply, destination(update))

    async def _wait_for_store(self, error: Exception) -> None:
        log.error("store unreachable", fault=type(error).__name__)
        await asyncio.sleep(STORE_PAUSE_S)

    def _may_say_slow_down(self, key: int) -> bool:
        now = asyncio.get_running_loop().time()
        if now - self._slowed.get(key, -SLOW_DOWN_EVERY_S) < SLOW_DOWN_EVERY_S:
            return False
        self._slowed = {who: at for who, at in self._slowed.items() if now - at < SLOW_DOWN_EVERY_S}
        self._slowed[key] = now
        return True

    async def stop(self, *, within_s: float) -> None:
        """Finish what is in hand, at most `within_s` seconds; what is left waits in the inbox."""
        self._stopping = True
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=within_s)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)
        await self._marks.close()
