"""Kill -9 in the middle of talks (promises A5 and G4): each word arrives once, or who wrote it is told."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from care.roles import Role
from simulator.faults import Fault
from storage import relays
from tests.reliability.program import (
    FIRST_PERSON,
    LONG,
    Program,
    Stored,
    Telegram,
    environment,
    program,
    stored,
    telegram,
    until,
)

pytestmark = pytest.mark.slow
PAIRS = 3  # each a person and who answers them, in one talk
KILLS = 100 if LONG else 6
BURST = 24  # messages of one life
CALM_EVERY = 2  # kills: then nobody has more waiting than a flood begins with
WIRE_MS = 25.0  # from when a call leaves until it has its effect: most kills come in between
TOLD = "⚠️"  # how the words begin that say that something may not have arrived


@dataclass(frozen=True)
class Word:
    """One message that somebody wrote in a talk."""

    author: int
    reader: int
    text: str
    message_id: int


@dataclass(kw_only=True)
class Talks:
    """People and who answers them, and all that they wrote to each other."""

    telegram: Telegram
    store: Stored
    program: Program
    pairs: Sequence[tuple[int, int]]
    words: list[Word] = field(default_factory=list)

    def burst(self, count: int) -> None:
        """Let everybody write in turn."""
        authors = [(one, other) for pair in self.pairs for one, other in (pair, pair[::-1])]
        for number in range(count):
            author, reader = authors[number % len(authors)]
            text = f"number {len(self.words)} of this day"
            message = self.telegram.hand(author).say(text)
            self.words.append(Word(author, reader, text, message["message_id"]))

    async def finish(self) -> None:
        """Wait until everything that was written is confirmed and done."""
        await until(lambda: not self.telegram.waiting(), what="updates are not confirmed")
        async with asyncio.timeout(120):
            while not await self.store.settled():
                await asyncio.sleep(0.01)

    def shown(self, chat_id: int) -> list[dict[str, Any]]:
        """Return the messages of the bot in a chat."""
        world = self.telegram.world
        return [one.json for one in world.chat(world.bot, chat_id).messages.values() if one.outgoing]

    def copies(self, word: Word) -> int:
        return sum(str(one.get("text", "")).endswith(word.text) for one in self.shown(word.reader))

    def told(self, word: Word) -> int:
        """Return how often the author heard, below their own message, that it may not have arrived."""
        return sum(
            str(one.get("text", "")).startswith(TOLD)
            and one.get("reply_to_message", {}).get("message_id") == word.message_id
            for one in self.shown(word.author)
        )

    def lost(self) -> list[Word]:
        """Return what did not arrive without being told."""
        return [word for word in self.words if not self.copies(word) and not self.told(word)]

    def doubled(self) -> list[Word]:
        return [word for word in self.words if self.copies(word) > 1]

    def leaks(self) -> list[str]:
        """Return what of the other side's account, whose name holds its number, is in what was passed on."""
        return [
            found
            for pair in self.pairs
            for reader, author in (pair, pair[::-1])
            for one in self.shown(reader)
            for found in (str(author), "forward_origin")
            if found in str({key: value for key, value in one.items() if key not in ("chat", "from")})
        ]


@contextlib.asynccontextmanager
async def talks(url: str, *command: str) -> AsyncIterator[Talks]:
    async with telegram() as server, stored(url) as store:
        people = [FIRST_PERSON + number for number in range(PAIRS)]
        helpers = [FIRST_PERSON + 100 + number for number in range(PAIRS)]
        await talking(store, people, helpers)
        for one in (*people, *helpers):
            server.add(one, name=f"Aziz{one}", username=f"aziz_{one}")
            server.hand(one).chat.started = True
        async with program(environment(server, store), *command) as running:
            pairs = list(zip(people, helpers, strict=True))
            yield Talks(telegram=server, store=store, program=running, pairs=pairs)


async def talking(store: Stored, people: Sequence[int], helpers: Sequence[int]) -> None:
    """Store that each of the people talks to one of the team."""
    asking = await store.agreed(people)
    now = datetime.now(UTC)
    for person_id, helper_id in zip(asking, await store.agreed(helpers), strict=True):
        staff_id = await store.hire(helper_id, Role.WORKER)
        async with store.database.writing() as connection:
            late = {"promised_at": now + timedelta(hours=2), "now": now}
            await relays.begin(connection, person_id=person_id, staff_id=staff_id, **late)


async def kill_often(told: Talks, chance: random.Random, *, kills: int) -> None:
    """Kill `kills` times, each time while words are on their way into other chats."""
    told.telegram.world.faults.append(Fault(method="sendMessage", latency_ms=WIRE_MS))
    for number in range(kills):
        if number and number % CALM_EVERY == 0:
            await told.finish()
        told.burst(BURST)
        after = len(told.telegram.calls("sendMessage")) + chance.randrange(1, BURST // 2)
        with contextlib.suppress(TimeoutError):
            await until(lambda: len(told.telegram.calls("sendMessage")) >= after, timeout_s=10)  # noqa: B023
        await asyncio.sleep(chance.uniform(0, WIRE_MS / 1000))  # any moment, not only that of an answer
        await told.program.kill()
        await told.program.start()
    await told.finish()


def seeded() -> random.Random:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    return random.Random(seed)


async def test_a_kill_in_the_middle_of_talks_loses_no_word_untold_and_doubles_none(any_url):
    async with talks(any_url) as told:
        await kill_often(told, seeded(), kills=KILLS)

        assert told.lost() == []
        assert told.doubled() == []
        assert max(told.told(word) for word in told.words) <= 2
        assert told.leaks() == []
        assert await told.store.one("SELECT count(*) FROM inbox WHERE set_aside_at IS NOT NULL") == 0
        unsure = sum(told.told(word) > 0 for word in told.words)
        print(f"{len(told.words)} words, {unsure} told of, {KILLS} kills")


async def test_without_a_mark_what_is_passed_on_a_kill_doubles_words(sqlite_url):
    async with talks(sqlite_url, "-m", "tests.reliability.heedless") as told:
        await kill_often(told, seeded(), kills=6)

        assert told.doubled() != []
