"""What waits for a bot: long polling by the rules of Telegram's server, and delivery to a webhook.

Rules read in tdlib/telegram-bot-api 10.0, Client.cpp, process_get_updates_query and do_get_updates.
"""

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from simulator.errors import ApiError

Json = dict[str, Any]

FIRST_UPDATE_ID = 100_000_001
ARCHIVE = 20_000  # updates kept for redelivery
LIVES_S = {"callback_query": 150.0}  # how long an update waits; 24 h for all others
DAY_S = 86_400.0
UNASKED = {"chat_member", "message_reaction", "message_reaction_count"}  # sent only to who names them
CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
WEBHOOK_SET = "Conflict: terminated by setWebhook request"
CONFLICT_PAUSE_S = 3.0


@dataclass(slots=True)
class Pending:
    """An update that nobody confirmed yet."""

    id: int
    json: Json
    born: float  # simulated, seconds since 1970
    lane: tuple[str, int] = ("chat", 0)  # webhook: one at a time per chat, presses per person
    tries: int = 0
    retry_at: float = 0.0  # time.monotonic()

    def expired(self, now: float) -> bool:
        """Return whether Telegram would have given the update up."""
        return now - self.born > LIVES_S.get(kind_of(self.json), DAY_S)


def kind_of(update: Json) -> str:
    """Return the update's kind, such as `message`; empty when it has none."""
    return next((key for key in update if key != "update_id"), "")


@dataclass(slots=True)
class UpdateQueue:
    """The updates of one bot."""

    pending: list[Pending] = field(default_factory=list)
    archive: OrderedDict[int, Json] = field(default_factory=OrderedDict)
    extra: list[Json] = field(default_factory=list)  # redeliveries: handed out once, whatever the offset
    next_id: int = FIRST_UPDATE_ID
    allowed: set[str] | None = None
    webhook: Json | None = None
    last_error: Json = field(default_factory=dict)
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _poll: asyncio.Future[str] | None = None  # the waiting poll; its result is why it must end
    _offset: int | None = None
    _started: float = 0.0
    _conflict_free_at: float = 0.0

    def add(self, update: Json, *, now: float, update_id: int | None = None) -> int | None:
        """Queue an update under a new id, or the given one; None when the bot did not ask for its kind."""
        kind = kind_of(update)
        if kind in UNASKED and kind not in (self.allowed or ()):
            return None
        if self.allowed and kind and kind not in self.allowed:
            return None
        number = self.next_id if update_id is None else update_id
        self.next_id = max(self.next_id, number + 1)
        numbered = {"update_id": number} | {k: v for k, v in update.items() if k != "update_id"}
        self.pending.append(Pending(number, numbered, now, lane_of(numbered)))
        self.archive[number] = numbered
        while len(self.archive) > ARCHIVE:
            self.archive.popitem(last=False)
        self.wake()
        return number

    def redeliver(self, update_id: int, *, now: float) -> bool:
        """Hand an update out again, although it may be confirmed; False when the id is not known."""
        update = self.archive.get(update_id)
        if update is None:
            return False
        if self.webhook is None:
            self.extra.append(update)
        else:
            self.pending.append(Pending(update_id, update, now, lane_of(update)))
        self.wake()
        return True

    def wake(self) -> None:
        """Let waiting polls and the webhook look again."""
        before, self._arrived = self._arrived, asyncio.Event()
        before.set()

    @property
    def arrival(self) -> asyncio.Event:
        """The event that the next arrival sets."""
        return self._arrived

    def close(self) -> None:
        """End a waiting poll."""
        self._end_poll("")

    def forget_expired(self, now: float) -> None:
        """Drop what Telegram would not keep any longer."""
        self.pending = [p for p in self.pending if not p.expired(now)]

    def set_webhook(self, webhook: Json | None) -> None:
        """Switch to a webhook, or back to polling when None."""
        self._end_poll(WEBHOOK_SET)
        self.webhook, self.last_error = webhook, {}
        self.wake()

    async def poll(self, offset: int, limit: int, timeout: int, *, now: float) -> list[Json]:
        """Answer getUpdates. Raises ApiError 409 when a webhook is set or another poll comes."""
        if self.webhook is not None:
            raise ApiError(409, WEBHOOK_ACTIVE)
        started = time.monotonic()
        if offset == self._offset and timeout < 3 and started < self._started + 3.0:
            timeout = 3
        if offset == self._offset and started < self._started + 0.5:
            limit = 1
        self._offset, self._started = offset, started
        self._confirm(offset)
        self.forget_expired(now)
        self._end_poll(CONFLICT)
        batch = self._batch(limit)
        if batch or timeout == 0:
            return batch
        return await self._wait(limit, timeout)

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            self.pending = self.pending[offset:]
        elif 0 < offset <= self.next_id:  # an offset from the future confirms nothing
            self.pending = [p for p in self.pending if p.id >= offset]

    def _batch(self, limit: int) -> list[Json]:
        extra, self.extra = self.extra, []
        return extra + [p.json for p in self.pending][: max(limit - len(extra), 0)]

    async def _wait(self, limit: int, timeout: int) -> list[Json]:
        poll: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._poll = poll
        arrival = asyncio.ensure_future(self._arrived.wait())
        try:
            waits: set[asyncio.Future[Any]] = {poll, arrival}
            await asyncio.wait(waits, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        finally:
            arrival.cancel()
            if self._poll is poll:
                self._poll = None
        if poll.done() and poll.result():
            await self._pause_conflict()
            raise ApiError(409, poll.result())
        return self._batch(limit)

    async def _pause_conflict(self) -> None:
        """Answer the second of two quarrelling polls late, as Telegram does."""
        now = time.monotonic()
        if now < self._conflict_free_at:
            await asyncio.sleep(CONFLICT_PAUSE_S)
        else:
            self._conflict_free_at = now + CONFLICT_PAUSE_S

    def _end_poll(self, reason: str) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(reason)
        self._poll = None


def lane_of(update: Json) -> tuple[str, int]:
    """Return the queue of an update: presses wait per person, all else per chat."""
    try:
        if "callback_query" in update:
            return "person", int(update["callback_query"]["from"]["id"])
        return "chat", int(update[kind_of(update)]["chat"]["id"])
    except (KeyError, TypeError, ValueError):
        return "chat", 0
