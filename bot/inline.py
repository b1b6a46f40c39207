"""Answer inline queries as they come, without the inbox: only the newest of a person is worth an answer.

A query comes with every letter that somebody types behind the bot's name. So it is answered from memory and
from a reading transaction; while one of a person is in hand, a newer one takes the place of those that wait.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import structlog
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError

from bot.cards import inline_answer
from bot.delivery import Courier
from bot.lanes import seconds
from bot.senders import sender
from care.reminders import Lane
from handlers.incoming import read
from handlers.inline import Inline
from storage.engine import Database

MOST_PEOPLE = 200  # whose queries are in hand at once; those of more are left without an answer
DEADLINE_S = 5.0  # for reading, which takes milliseconds; Telegram gives a query up after ten seconds or so
TRIES = 2
PAUSE_S = 0.25  # between them
log = structlog.get_logger()


class InlineQueries:
    """The newest query of each person who types."""

    def __init__(
        self, *, database: Database, inline: Inline, courier: Courier, now: Callable[[], datetime]
    ) -> None:
        """Begin with none."""
        self._database = database
        self._inline = inline
        self._courier = courier
        self._now = now
        self._newest: dict[int, Mapping[str, Any]] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._paused_until = 0.0  # by the loop's clock

    def take(self, raw: Mapping[str, Any]) -> None:
        """Take a query to be answered soon, in place of an older one of the same person."""
        who, loop = sender(raw), asyncio.get_running_loop()
        if who is None or loop.time() < self._paused_until:
            return
        if who in self._tasks:
            self._newest[who] = raw
        elif len(self._tasks) < MOST_PEOPLE:
            self._newest[who] = raw
            self._tasks[who] = loop.create_task(self._run(who))

    async def idle(self) -> None:
        """Wait until nothing is in hand."""
        while self._tasks:
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def close(self) -> None:
        """Drop what is in hand: nobody waits for it."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, who: int) -> None:
        try:
            while (raw := self._newest.pop(who, None)) is not None:
                await self._answer(raw)
        except Exception as error:
            log.error("inline query failed", fault=type(error).__name__, exc_info=error)
        finally:
            self._newest.pop(who, None)
            del self._tasks[who]

    async def _answer(self, raw: Mapping[str, Any]) -> None:
        query = read(raw)
        if query is None or query.query_id is None or query.by_program:
            return
        async with self._database.reading() as store, asyncio.timeout(DEADLINE_S):
            cards = await self._inline.cards(store, query, self._now())
        await self._send(inline_answer(query.query_id, cards))

    async def _send(self, params: dict[str, Any]) -> None:
        """Make the call, once more when it is not clear that it arrived: a second one changes nothing."""
        for attempt in range(TRIES):
            try:
                await self._courier.call("answerInlineQuery", params, lane=Lane.REPLY)
                return
            except (BadRequest, Forbidden) as error:  # too old, mostly: the person typed on
                log.info("inline query not answered", fault=type(error).__name__)
                return
            except RetryAfter as refusal:
                self._paused_until = asyncio.get_running_loop().time() + seconds(refusal)
                log.warning("inline answers pause", seconds=seconds(refusal))
                return
            except TelegramError as error:
                log.info("inline query not answered", fault=type(error).__name__, attempt=attempt + 1)
                await asyncio.sleep(PAUSE_S)
