"""Delivery of updates to webhooks: in order per chat, chats side by side, repeated until the bot says 2xx."""

import asyncio
import contextlib
import json
import time
from typing import Any

import aiohttp

from simulator.updates import Pending
from simulator.world import Bot, World

Json = dict[str, Any]

FIRST_PAUSE_S = 0.25  # after a failed delivery; doubles each time
LONGEST_PAUSE_S = 60.0
ANSWER_WITHIN_S = 60.0
IDLE_S = 0.2  # how often new bots and ripe repeats are looked for


class Webhooks:
    """The sender of one world."""

    def __init__(self, world: World) -> None:
        """Send for all bots of this world."""
        self.world = world
        self.busy: dict[tuple[int, tuple[str, int]], asyncio.Task[None]] = {}  # (bot, lane) → delivery

    async def run(self) -> None:
        """Deliver until cancelled."""
        timeout = aiohttp.ClientTimeout(total=ANSWER_WITHIN_S)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            try:
                while True:
                    await self._wait(self._deliver_ripe(session))
            finally:
                for task in self.busy.values():
                    task.cancel()
                await asyncio.gather(*self.busy.values(), return_exceptions=True)

    def _deliver_ripe(self, session: aiohttp.ClientSession) -> list[asyncio.Event]:
        """Start what may start now; return the events that may bring more."""
        arrivals = []
        for bot in self.world.bots:
            arrivals.append(bot.updates.arrival)
            if bot.updates.webhook is not None:
                self._start_lanes(bot, session)
        return arrivals

    def _start_lanes(self, bot: Bot, session: aiohttp.ClientSession) -> None:
        queue = bot.updates
        queue.forget_expired(self.world.clock.timestamp())
        blocked = {lane for owner, lane in self.busy if owner == bot.id}
        for pending in queue.pending:
            if len(blocked) >= (queue.webhook or {}).get("max_connections", 40):
                return
            if pending.lane not in blocked and pending.retry_at <= time.monotonic():
                key = (bot.id, pending.lane)
                self.busy[key] = asyncio.create_task(self._deliver(bot, pending, session))
                self.busy[key].add_done_callback(lambda _, key=key: self._free(key))  # type: ignore[misc]
            blocked.add(pending.lane)

    def _free(self, key: tuple[int, tuple[str, int]]) -> None:
        del self.busy[key]
        for bot in self.world.bots:
            bot.updates.wake()

    async def _deliver(self, bot: Bot, pending: Pending, session: aiohttp.ClientSession) -> None:
        hook = bot.updates.webhook
        if hook is None:
            return
        headers = {"Content-Type": "application/json"}
        if hook["secret"]:
            headers["X-Telegram-Bot-Api-Secret-Token"] = hook["secret"]
        try:
            async with session.post(hook["url"], data=json.dumps(pending.json), headers=headers) as answer:
                await answer.read()
                failure = (
                    "" if 200 <= answer.status < 300 else f"Wrong response from the webhook: {answer.status}"
                )
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            failure = f"Connection failed: {type(error).__name__}"
        self._settle(bot, pending, failure)

    def _settle(self, bot: Bot, pending: Pending, failure: str) -> None:
        if failure:
            pending.retry_at = time.monotonic() + min(FIRST_PAUSE_S * 2**pending.tries, LONGEST_PAUSE_S)
            pending.tries += 1
            bot.updates.last_error = {"last_error_date": self.world.date(), "last_error_message": failure}
        else:
            with contextlib.suppress(ValueError):  # gone meanwhile, as after a reset
                bot.updates.pending.remove(pending)
        self.world.announce()

    async def _wait(self, arrivals: list[asyncio.Event]) -> None:
        waits = [asyncio.ensure_future(event.wait()) for event in arrivals]
        try:
            await asyncio.wait(waits, timeout=IDLE_S, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
