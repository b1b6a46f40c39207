"""Let messages out in lanes, under Telegram's limits: who waits for a reply goes first.

Telegram's guide (core.telegram.org/bots/faq, "My bot is hitting limits"): about 30 messages a second in
all, one a second per chat with short bursts, 20 a minute per group. A refusal with `retry_after` does not
say whom it means, so it pauses the chat that was told so, and everything once a second chat is told so
within a second.
"""

import asyncio
import itertools
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from heapq import heappop, heappush
from typing import Any

from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from bot.pacing import Pace, Window
from care.reminders import Lane

Chat = int | str
COUNTED = (
    "send",
    "edit",
    "copy",
    "forward",
    "createForumTopic",
)  # methods that reach a chat; the others are not limited
BURST_BEHIND = 2  # how many reminders or broadcast messages may follow each other at once
MOST_REMEMBERED = 2_000  # chats; those that are at rest are forgotten beyond it


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much may go out."""

    per_second: int = 30  # messages in any second, over all chats
    broadcast_per_second: int = 25  # of them at most so many of Lane.BROADCAST
    chat_per_second: float = 1.0
    chat_burst: int = 3  # messages to one chat at once after a pause
    group_per_minute: int = 20
    slack: float = 0.015  # part of a second by which a second is longer here: what is on its way may bunch
    patience_s: float = 60.0  # a longer pause is not waited for: the caller hears of it (RetryAfter)


@dataclass(order=True, slots=True)
class _Waiting:
    number: int
    chat: Chat = field(compare=False)
    since: float = field(compare=False)
    go: asyncio.Future[None] = field(compare=False)


class _Queue:
    """Who waits in one lane: first come, first served among the chats that may get something now."""

    def __init__(self) -> None:
        self.chats: dict[Chat, list[_Waiting]] = {}
        self.ready: list[tuple[int, Chat]] = []  # heap by number
        self.later: list[tuple[float, int, Chat]] = []  # heap by the time at which the chat may get something

    def add(self, waiting: _Waiting, at: float, now: float) -> None:
        line = self.chats.get(waiting.chat)
        if line is not None:
            heappush(line, waiting)
            return
        self.chats[waiting.chat] = [waiting]
        self.place(waiting.chat, at, now)

    def place(self, chat: Chat, at: float, now: float) -> None:
        number = self.chats[chat][0].number
        if at <= now:
            heappush(self.ready, (number, chat))
        else:
            heappush(self.later, (at, number, chat))

    def wake(self, now: float) -> None:
        while self.later and self.later[0][0] <= now:
            _, number, chat = heappop(self.later)
            heappush(self.ready, (number, chat))


class Lanes(BaseRateLimiter[Lane]):
    """The rate limiter of the bot: `rate_limit_args` is the lane; without one it is a reply."""

    def __init__(self, limits: Limits | None = None) -> None:
        """Begin with nothing sent."""
        self.limits = limits or Limits()
        second = 1.0 + self.limits.slack
        self._all = Window(self.limits.per_second, second)
        self._broadcast = Window(self.limits.broadcast_per_second, second)
        self._behind = Pace(second / self.limits.per_second, BURST_BEHIND)
        self._chat_gap = second / self.limits.chat_per_second
        self._chats: dict[Chat, Pace] = {}
        self._groups: dict[Chat, Window] = {}
        self._paused: dict[Chat, float] = {}
        self._paused_all = 0.0
        self._told: tuple[Chat, float] | None = None  # who was refused last, and when
        self._queues = {lane: _Queue() for lane in Lane}
        self._numbers = itertools.count()
        self._timer: asyncio.TimerHandle | None = None

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Stop the timer; whoever still waits is cancelled by its owner."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    @property
    def waiting(self) -> int:
        """How many messages wait for their turn."""
        return sum(len(line) for queue in self._queues.values() for line in queue.chats.values())

    def at_rest(self, chat: Chat) -> bool:
        """Return whether several messages could go to one person's chat now, without waiting."""
        now, pace = asyncio.get_running_loop().time(), self._chats.get(chat)
        rests = (pace is None or pace.empty_at <= now) and max(self._chat_at(chat), self._paused_all) <= now
        return rests and not _is_group(chat)

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Lane | None,
    ) -> Any:
        """Call when it is the message's turn; again when Telegram asks to wait.

        Raises RetryAfter when the chat is paused for more than `limits.patience_s` seconds.
        """
        chat = data.get("chat_id")
        if chat is None or not endpoint.startswith(COUNTED):
            return await callback(*args, **kwargs)
        lane = Lane.REPLY if rate_limit_args is None else Lane(rate_limit_args)
        loop = asyncio.get_running_loop()
        since, number = loop.time(), next(self._numbers)
        while True:
            self._lose_patience(chat, since, loop.time())
            if not self._pass(lane, chat, loop.time()):
                await self._queue(lane, chat, since, number, loop)
            try:
                return await callback(*args, **kwargs)
            except RetryAfter as refusal:
                self._pause(chat, seconds(refusal), loop.time())

    def _lose_patience(self, chat: Chat, since: float, now: float) -> None:
        until = max(self._paused.get(chat, 0.0), self._paused_all)
        if until > max(now, since + self.limits.patience_s):
            raise RetryAfter(timedelta(seconds=until - now))

    def _pass(self, lane: Lane, chat: Chat, now: float) -> bool:
        """Let a message out at once when nobody is before it and there is room: no task switch."""
        if chat in self._queues[lane].chats or any(
            self._queues[other].ready for other in Lane if other <= lane
        ):
            return False
        if self._room_at(lane) > now or self._chat_at(chat) > now:
            return False
        self._note(lane, chat, now)
        return True

    async def _queue(
        self, lane: Lane, chat: Chat, since: float, number: int, loop: asyncio.AbstractEventLoop
    ) -> None:
        waiting = _Waiting(number, chat, since, loop.create_future())
        self._queues[lane].add(waiting, self._chat_at(chat), loop.time())
        self._set_timer(loop, loop.time())
        await waiting.go

    def _room_at(self, lane: Lane) -> float:
        at = max(self._all.free_at(), self._paused_all)
        if lane is Lane.REPLY:
            return at
        at = max(at, self._behind.free_at())
        return max(at, self._broadcast.free_at()) if lane is Lane.BROADCAST else at

    def _chat_at(self, chat: Chat) -> float:
        pace, group = self._chats.get(chat), self._groups.get(chat)
        return max(
            pace.free_at() if pace else 0.0, group.free_at() if group else 0.0, self._paused.get(chat, 0.0)
        )

    def _note(self, lane: Lane, chat: Chat, now: float) -> None:
        self._all.note(now)
        if lane is not Lane.REPLY:
            self._behind.note(now)
        if lane is Lane.BROADCAST:
            self._broadcast.note(now)
        pace = self._chats.get(chat)
        if pace is None:
            if len(self._chats) >= MOST_REMEMBERED:
                self._chats = {other: its for other, its in self._chats.items() if its.empty_at > now}
            pace = self._chats[chat] = Pace(self._chat_gap, self.limits.chat_burst)
        pace.note(now)
        if _is_group(chat):
            minute = 60.0 + self.limits.slack
            self._groups.setdefault(chat, Window(self.limits.group_per_minute, minute)).note(now)

    def _pause(self, chat: Chat, seconds_: float, now: float) -> None:
        self._paused = {other: until for other, until in self._paused.items() if until > now}
        self._paused[chat] = max(self._paused.get(chat, 0.0), now + seconds_)
        if self._told and self._told[0] != chat and now - self._told[1] <= 1.0:
            self._paused_all = max(self._paused_all, self._paused[chat], self._paused.get(self._told[0], 0.0))
        self._told = (chat, now)
        self._send_back(now)

    def _send_back(self, now: float) -> None:
        """Tell those whose patience ends before the pause."""
        for queue in self._queues.values():
            for chat, line in queue.chats.items():
                until = max(self._paused.get(chat, 0.0), self._paused_all)
                for waiting in line:
                    if until > waiting.since + self.limits.patience_s and not waiting.go.done():
                        waiting.go.set_exception(RetryAfter(timedelta(seconds=until - now)))

    def _let_out(self, now: float) -> None:
        """Wake whoever may go, best lane first."""
        for lane, queue in self._queues.items():
            queue.wake(now)
            while queue.ready and self._room_at(lane) <= now:
                _, chat = heappop(queue.ready)
                line = queue.chats[chat]
                while line and line[0].go.done():  # cancelled by its owner
                    heappop(line)
                if line and self._chat_at(chat) <= now:
                    self._note(lane, chat, now)
                    heappop(line).go.set_result(None)
                if line:
                    queue.place(chat, self._chat_at(chat), now)
                else:
                    del queue.chats[chat]

    def _set_timer(self, loop: asyncio.AbstractEventLoop, now: float) -> None:
        """Be called when the next message may go."""
        times = [self._room_at(lane) for lane, queue in self._queues.items() if queue.ready]
        times += [
            max(queue.later[0][0], self._room_at(lane)) for lane, queue in self._queues.items() if queue.later
        ]
        if not times:
            return
        at = max(min(times), now)
        if self._timer is not None:
            if self._timer.when() <= at:
                return
            self._timer.cancel()
        self._timer = loop.call_at(at, self._ring, at)

    def _ring(self, at: float) -> None:
        loop = asyncio.get_running_loop()
        self._timer = None
        now = max(loop.time(), at)  # a timer may ring a little before its time
        self._let_out(now)
        self._set_timer(loop, now)


def seconds(refusal: RetryAfter) -> float:
    """Return how long Telegram asks to wait, in seconds."""
    asked = refusal.retry_after
    wait: float = asked.total_seconds() if isinstance(asked, timedelta) else float(asked)
    return wait


def _is_group(chat: Chat) -> bool:
    return isinstance(chat, str) or chat < 0
