"""Ask Telegram for updates, keep them, and only then move on: the offset confirms what lies below it."""

import asyncio
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.request import BaseRequest

from bot.intake import Intake
from bot.lanes import seconds
from bot.request import form

ALLOWED = (
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
    "channel_post",
    "guest_message",
    "inline_query",
    "chosen_inline_result",
)
LONG_POLL_S = 25
READ_S = 10.0  # on top of it, before a connection counts as dead
MOST_AT_ONCE = 100  # Bot API, getUpdates
PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
STAND_BY_S = 15.0  # after another poller was met
log = structlog.get_logger()


class Polling:
    """Long polling into the inbox."""

    def __init__(self, base_url: str, request: BaseRequest, intake: Intake) -> None:
        """Fetch from the bot's address `base_url` (with its token) over a connection of its own."""
        self._address = f"{base_url}/getUpdates"
        self._request = request
        self._intake = intake
        self._offset: int | None = None
        self._failures = 0

    async def run(self) -> None:
        """Poll until cancelled."""
        while True:
            await self._intake.room()
            pause_s = await self._once()
            if pause_s:
                await asyncio.sleep(pause_s)

    async def _once(self) -> float:
        """Fetch one batch and keep it; return how long to wait before the next, in seconds."""
        try:
            batch = await self._fetch()
            await self._intake.receive(batch)
        except Conflict:
            log.warning("another program polls with this token; standing by", seconds=STAND_BY_S)
            return STAND_BY_S
        except RetryAfter as error:
            return seconds(error)
        except (TelegramError, DBAPIError, OSError, TimeoutError) as error:
            return self._pause(error)
        self._failures = 0
        ids = [
            one["update_id"]
            for one in batch
            if isinstance(one, dict) and isinstance(one.get("update_id"), int)
        ]
        if ids:
            self._offset = max(ids) + 1
        return 0.0

    async def _fetch(self) -> list[Any]:
        """Return raw updates: parsed one by one later, so that a malformed one hides no other."""
        params: dict[str, Any] = {"timeout": LONG_POLL_S, "limit": MOST_AT_ONCE, "allowed_updates": ALLOWED}
        if self._offset is not None:
            params["offset"] = self._offset
        found = await self._request.post(self._address, form(params), read_timeout=LONG_POLL_S + READ_S)
        return found if isinstance(found, list) else []

    def _pause(self, error: Exception) -> float:
        self._failures += 1
        pause_s: float = min(PAUSE_S * 2 ** (self._failures - 1), LONGEST_PAUSE_S)
        if isinstance(error, InvalidToken):
            log.error("Telegram refuses the token; get the right one from @BotFather and restart")
        elif not isinstance(error, NetworkError) or self._failures in (1, 10):
            log.warning("updates could not be fetched", fault=type(error).__name__, seconds=pause_s)
        return pause_s
