"""The bot in this process against the simulated Telegram, with a clock that can be moved."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.application import Running, program
from bot.clock import MovedClock
from bot.settings import Settings
from locales.catalogue import Locale, Words
from simulator.client import Phone, Simulator
from tests.reliability.program import TOKEN, Stored, Telegram, stored, telegram, until
from tests.reliability.taps import calm, find, tap

NOT_NEUTRAL = re.compile(  # words that a lock screen must not show: the disease, its organ, its clinic, HIV
    r"туберк|tuberk|\bTB\b|\bТБ\b|\bсили?\b|\bsil\b|өкпе|лёгк|легк|oʻpka|ўпка|шуш|рентген|rentgen|диспансер|"
    r"dispanser|фтизи|ВИЧ|АИТВ|ВНМО|OIV|HIV|ОИВ|x-ray|lung",
    re.IGNORECASE,
)
ALLOWED = {
    *("getMe", "deleteWebhook", "getUpdates", "setMyCommands", "setMyName", "setMyDescription"),
    *("setMyShortDescription", "sendMessage", "editMessageText", "answerCallbackQuery", "sendDocument"),
    *("sendPhoto", "sendVenue", "editMessageReplyMarkup", "setChatMenuButton", "deleteMyCommands"),
}


@dataclass(frozen=True, kw_only=True)
class Whole:
    """Everything at hand."""

    telegram: Telegram
    store: Stored
    running: Running
    clock: MovedClock
    simulator: Simulator

    def phone(self, person_id: int) -> Phone:
        return self.simulator.phone(person_id)

    async def calm(self) -> None:
        await calm(self.telegram, self.store)

    async def tap(self, phone: Phone, wish: str, *, last: bool = False) -> None:
        """Press a button and wait until all of it has happened."""
        await tap(phone, wish, last=last)
        await self.calm()

    async def say(self, phone: Phone, said: str) -> None:
        await phone.say(said)
        await self.calm()

    def move_to(self, moment: datetime) -> None:
        """Move the clock of the bot and of Telegram to a time (aware)."""
        offset = moment - datetime.now(UTC)
        self.clock.offset = offset
        self.telegram.world.clock.offset_s = offset.total_seconds()
        self.running.due.wake.set()

    async def until_sent(self, kind: str) -> str:
        """Move the clock to the first waiting message of a kind; return what it says once it is sent."""
        query = "SELECT due_at FROM due WHERE kind = :kind AND state = 'pending' ORDER BY due_at LIMIT 1"
        due_at = datetime.fromisoformat(str(await self.store.one(query, kind=kind))).replace(tzinfo=UTC)
        before = len(self.telegram.calls("sendMessage"))
        self.move_to(due_at + timedelta(seconds=1))
        sent = "SELECT count(*) FROM due WHERE kind = :kind AND state = 'sent'"
        async with asyncio.timeout(60):
            while not await self.store.one(sent, kind=kind):
                await asyncio.sleep(0.01)
        await until(lambda: len(self.telegram.calls("sendMessage")) > before)
        return str(self.telegram.calls("sendMessage")[-1]["params"]["text"])


@contextlib.asynccontextmanager
async def whole(url: str) -> AsyncIterator[Whole]:
    """Run the bot in this process."""
    async with telegram() as server, stored(url) as store, Simulator(server.url) as simulator:
        settings = Settings(
            bot_token=TOKEN,
            api_base_url=server.url,
            database_url=url,
            secret_keys=(store.key,),
            sends_per_second=1000,
            log_level="error",
        )
        clock = MovedClock()
        async with program(settings, clock=clock, stop=asyncio.Event()) as running:
            assert running is not None
            yield Whole(telegram=server, store=store, running=running, clock=clock, simulator=simulator)


def shown(server: Telegram, chat_id: int) -> Iterator[str]:
    """Yield every text and label that a chat was shown, and every toast."""
    for call in server.calls():
        params = call["params"]
        if str(params.get("chat_id")) == str(chat_id):
            for name in ("text", "caption", "title", "address"):
                if name in params:
                    yield str(params[name])
            board = params.get("reply_markup") or {}
            for row in [*board.get("inline_keyboard", []), *board.get("keyboard", [])]:
                for button in row:
                    yield str(button["text"])
        if call["method"] == "answerCallbackQuery" and params.get("text"):
            yield str(params["text"])


def english_in(text: str, words: Words, code: str) -> list[str]:
    """Return pieces of the English source that stand in a text and in no translation of its language."""
    plain = re.sub(r"<[^>]+>", "", text)
    return [piece for piece in _pieces(words, code) if piece in plain]


_KNOWN: dict[str, list[str]] = {}


def _pieces(words: Words, code: str) -> list[str]:
    if code not in _KNOWN:
        locale: Locale = words[code]
        said = "\n".join(text for forms in locale.messages.values() for text in forms)
        sources = {message for _, message in locale.messages}
        answers: list[Any] = [answer.title for answer in words["en"].answers.values()]
        parts = {
            part.strip()
            for source in [*sources, *answers]
            for part in re.split(r"\{[^}]*\}|<[^>]+>|\n", source)
        }
        _KNOWN[code] = [part for part in parts if re.search(r"[A-Za-z]{4}", part) and part not in said]
    return _KNOWN[code]


__all__ = ["ALLOWED", "NOT_NEUTRAL", "Whole", "english_in", "find", "shown", "whole"]
