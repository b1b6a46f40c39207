"""Take updates in: none is lost, one person's in order, people side by side.

An update is written, encrypted, to the inbox before Telegram is told that we have it. A lane per busy person
then takes its updates one after another to their end (`bot/handling.py`). Whatever is open after a crash is
taken up at the next start, before anything new.
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog

from bot.former_life import Left
from bot.handling import Handling, Item
from bot.senders import sender
from handlers.incoming import What
from storage import updates
from storage.engine import Database
from storage.updates import Received
from storage.vault import Vault

MOST_OPEN = 1_000  # updates in memory, at most PER_PERSON of one person counted: then polling waits
PER_PERSON = 20
FLOOD = 60  # updates of one person waiting: from there on only the last ones are answered
log = structlog.get_logger()


class Intake:
    """The inbox and its lanes."""

    def __init__(
        self,
        *,
        database: Database,
        vault: Vault,
        handling: Handling,
        now: Callable[[], datetime],
        inline: Callable[[Mapping[str, Any]], None],
    ) -> None:
        """Begin empty; `start` takes up what was left open. `inline` takes what passes the inbox by."""
        self._database = database
        self._vault = vault
        self._handling = handling
        self._now = now
        self._inline = inline
        self._lanes: dict[int, deque[Item]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = asyncio.Event()
        self._room.set()
        self._counted = 0
        self._stopping = False

    @property
    def open(self) -> int:
        """How many updates are in memory, those of a flood counted as PER_PERSON."""
        return self._counted

    async def start(self) -> None:
        """Take up what a former life left open, oldest first. Call before anything new is received."""
        async with self._database.reading() as store:
            rows = await updates.open_rows(store)
        for left in await self._handling.take_over(rows):
            self._take_up(left)

    def _take_up(self, left: Left) -> None:
        row = left.row
        if row.reply is not None:
            to = self._handling.destination_of(row.reply)
            item = Item(row.update_id, reply=row.reply, own=left.own, passed=left.passed)
            self._enqueue(to.chat_id, item)
        elif row.payload is not None:
            raw = json.loads(self._vault.open(row.payload))
            self._enqueue(sender(raw) or 0, Item(row.update_id, raw=raw, begun_before=True))

    async def receive(self, batch: Sequence[Any]) -> None:
        """Keep updates durably, then hand the new ones to their lanes. Returns only after the commit.

        Inline queries are not kept: they come with every letter, nothing but an answer follows from them,
        and a moment later nobody waits for it any more.

        Raises DBAPIError when they could not be kept: Telegram must not be told that we have them.
        """
        kept = {raw["update_id"]: raw for raw in batch if _has_id(raw)}
        for update_id in [one for one, raw in kept.items() if What.INLINE.value in raw]:
            self._inline(kept.pop(update_id))
        if not kept:
            return
        received = [self._received(update_id, raw) for update_id, raw in kept.items()]
        async with self._database.writing() as store:
            new = await updates.receive(store, received, now=self._now())
        for update_id, raw in kept.items():
            if update_id in new:
                self._enqueue(sender(raw) or 0, Item(update_id, raw=raw))

    def _received(self, update_id: int, raw: Mapping[str, Any]) -> Received:
        who = sender(raw)
        hashed = self._vault.hash(str(who)) if who is not None else None
        payload = self._vault.seal(json.dumps(raw, separators=(",", ":")).encode())
        return Received(update_id, payload, hashed)

    async def room(self) -> None:
        """Wait until there is room for more updates in memory."""
        await self._room.wait()

    def _enqueue(self, key: int, item: Item) -> None:
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

    def _leave(self, lane: deque[Item]) -> None:
        lane.popleft()
        if len(lane) < PER_PERSON:
            self._counted -= 1
            if self._counted < MOST_OPEN:
                self._room.set()

    async def _run(self, key: int, lane: deque[Item]) -> None:
        """Handle one person's updates, one after another, each to its end."""
        while lane and not self._stopping:
            item = lane[0]
            try:
                await self._handling.to_its_end(item, key, flooded=len(lane) > FLOOD)
            except Exception as error:
                log.error("lane failed", update_id=item.update_id, fault=type(error).__name__, exc_info=error)
            self._leave(lane)
        del self._lanes[key]

    async def stop(self, *, within_s: float) -> None:
        """Finish what is in hand, at most `within_s` seconds; what is left waits in the inbox."""
        self._stopping = True
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=within_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._handling.close()


def _has_id(raw: Any) -> bool:
    """Return whether something that claims to be an update can at least be told from others."""
    update_id = raw.get("update_id") if isinstance(raw, Mapping) else None
    return isinstance(update_id, int) and not isinstance(update_id, bool) and abs(update_id) < 2**63
