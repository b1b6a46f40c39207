"""Kill -9 and SIGTERM while updates arrive (promises A2 and A9), under polling and by webhook."""

import asyncio
import contextlib
import itertools
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import pytest

from locales.catalogue import Words
from tests.reliability.program import (
    FIRST_PERSON,
    LONG,
    Program,
    Stored,
    Telegram,
    environment,
    free_port,
    program,
    stored,
    telegram,
    until,
)

pytestmark = pytest.mark.slow
PEOPLE = 8
KILLS = 100 if LONG else 4
BURST = 48  # updates of one life
CALM_EVERY = 4  # kills: then nobody has more waiting than a flood begins with
WISHES = ("/help", "/privacy", "/visits", "/check", "/talk", "/ask")  # each answered with one message


@dataclass(kw_only=True)
class Story:
    """People who write, and what each of them should have been answered, in order."""

    telegram: Telegram
    store: Stored
    program: Program
    who: Sequence[int]
    answers: dict[tuple[int, str], str] = field(default_factory=dict)  # (person, wish) → text
    said: dict[int, list[str]] = field(default_factory=dict)
    ids: list[int] = field(default_factory=list)

    async def learn(self) -> None:
        """Ask everything once, in peace, to know the answers."""
        for wish in WISHES:
            for person in self.who:
                self.telegram.hand(person).say(wish)
        await until(lambda: all(len(self.telegram.texts(person)) == len(WISHES) for person in self.who))
        for person in self.who:
            texts = self.telegram.texts(person)
            assert len(set(texts)) == len(WISHES)
            self.answers |= {(person, wish): told for wish, told in zip(WISHES, texts, strict=True)}
            self.said[person] = list(WISHES)

    def burst(self, count: int, chance: random.Random) -> None:
        """Write, person after person, wish after wish; some updates are delivered twice."""
        wishes = {person: len(self.said[person]) for person in self.who}
        confirmed = self.ids[: len(self.ids) - self.telegram.waiting()]
        for person in itertools.islice(itertools.cycle(self.who), count):
            wish = WISHES[wishes[person] % len(WISHES)]
            wishes[person] += 1
            self.said[person].append(wish)
            self.telegram.hand(person).say(wish)
            self.ids.append(self.telegram.last_id)
            if confirmed and chance.random() < 0.05:
                again = chance.choice(confirmed)
                self.telegram.world.bot.updates.redeliver(again, now=self.telegram.world.clock.timestamp())

    async def finish(self) -> None:
        """Wait until everything that was written is confirmed and done."""
        self.telegram.hurry()
        await until(lambda: not self.telegram.waiting(), what="updates are not confirmed")
        async with asyncio.timeout(60):
            while not await self.store.settled():
                await asyncio.sleep(0.01)

    def copies(self, person: int) -> list[tuple[str, int]]:
        """Return the messages that a person got, in order, with the number of copies."""
        texts = self.telegram.texts(person)
        return [(told, len(list(same))) for told, same in itertools.groupby(texts)]

    def lost(self) -> int:
        """Return how many replies are missing or out of order."""
        missing = 0
        for person in self.who:
            wanted = [self.answers[person, wish] for wish in self.said[person]]
            got = iter([told for told, _ in self.copies(person)])
            missing += sum(1 for told in wanted if told not in got)
        return missing

    def most_copies(self) -> int:
        return max(count for person in self.who for _, count in self.copies(person))

    def doubled(self) -> int:
        return sum(count > 1 for person in self.who for _, count in self.copies(person))

    async def effects(self) -> dict[int, int]:
        """Return how many outcomes each update has."""
        rows = await self.store.rows("SELECT update_id, count(*) FROM outcomes GROUP BY update_id")
        found = {row[0]: row[1] for row in rows}
        return {update_id: found.get(update_id, 0) for update_id in self.ids}


@contextlib.asynccontextmanager
async def story(url: str, mode: str, *command: str) -> AsyncIterator[Story]:
    port = free_port() if mode == "webhook" else None
    who = [FIRST_PERSON + number for number in range(PEOPLE)]
    async with telegram(port=port) as server, stored(url) as store:
        await store.agreed(who, locales=list(Words.load()))
        for person in who:
            server.add(person)
        async with program(environment(server, store, port=port), *command) as running:
            told = Story(telegram=server, store=store, program=running, who=who)
            await told.learn()
            yield told


def seeded(capsys: pytest.CaptureFixture[str]) -> random.Random:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    return random.Random(seed)


async def kill_often(told: Story, chance: random.Random, *, kills: int) -> None:
    """Kill `kills` times, each time while a burst is being answered.

    Now and then all is answered: whoever has very much waiting is told to slow down instead.
    """
    for number in range(kills):
        if number and number % CALM_EVERY == 0:
            await told.finish()
        told.burst(BURST, chance)
        told.telegram.hurry()
        begun = len(told.telegram.calls("sendMessage"))
        after = begun + chance.randrange(1, BURST)
        with contextlib.suppress(TimeoutError):
            await until(lambda: len(told.telegram.calls("sendMessage")) >= after, timeout_s=10)  # noqa: B023
        await asyncio.sleep(chance.uniform(0, 0.01))  # any moment, not only that of a reply
        await told.program.kill()
        await told.program.start()
    await told.finish()


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_a_kill_at_any_moment_loses_no_update_and_doubles_no_effect(mode, any_url, capsys):
    chance = seeded(capsys)
    async with story(any_url, mode) as told:
        await kill_often(told, chance, kills=KILLS)

        assert told.lost() == 0
        assert told.most_copies() <= 2
        assert told.doubled() <= KILLS * PEOPLE  # a person's next update waits for the mark of the last
        assert set((await told.effects()).values()) == {1}
        assert await told.store.one("SELECT count(*) FROM inbox WHERE set_aside_at IS NOT NULL") == 0


async def test_confirming_before_keeping_loses_updates(sqlite_url, capsys):
    chance = seeded(capsys)
    async with story(sqlite_url, "polling", "-m", "tests.reliability.hasty") as told:
        await kill_often(told, chance, kills=2)

        assert told.lost() > 0
        assert 0 in (await told.effects()).values()


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_sigterm_loses_nothing_doubles_nothing_and_takes_less_than_ten_seconds(
    mode, sqlite_url, capsys
):
    chance = seeded(capsys)
    async with story(sqlite_url, mode) as told:
        for _ in range(2):
            told.burst(BURST, chance)
            after = len(told.telegram.calls("sendMessage")) + chance.randrange(1, BURST)
            await until(lambda: len(told.telegram.calls("sendMessage")) >= after)  # noqa: B023
            code, took_s = await told.program.stop()
            assert code == 0
            assert took_s < 10
            await told.program.start()
        await told.finish()

        assert (told.lost(), told.doubled()) == (0, 0)
        assert set((await told.effects()).values()) == {1}
        assert told.program.errors() == []
