"""Many people at once, one who floods, some who press whatever they like (promises B1, C1, F2)."""

import random
import re
from typing import Any

import pytest

from bot.clock import SystemClock
from care.booking import free_slots, start_word
from care.outcomes import Kind
from care.roles import Role
from handlers.buttons import Verb
from locales.catalogue import Words
from simulator.client import Phone, Simulator
from storage import directory
from tests.reliability.program import (
    FIRST_PERSON,
    LONG,
    Stored,
    environment,
    events,
    program,
    stored,
    telegram,
    until,
)
from tests.reliability.taps import calm, tap

pytestmark = pytest.mark.slow
CROWD = 500 if LONG else 60
FLOOD = 500
PRESSES = 20_000 if LONG else 600
t = Words.load()["ru"]


async def last_place(store: Stored) -> str:
    """Return the arguments of a time of which one place is left, some days ahead."""
    now = SystemClock().now()
    async with store.database.writing() as connection:
        clinic = (await directory.clinics_of(connection))[0]
        slot = free_slots(clinic, {}, now=now)[-1]
        await connection.exec_driver_sql("UPDATE sessions SET capacity = 1")
    return f"{clinic.id}:{start_word(slot.local)}"


async def rush(url: str, people: int) -> tuple[int, int, int]:
    """Let people press the same last place at once; return bookings, confirmations, kind refusals."""
    who = [FIRST_PERSON + number for number in range(people)]
    async with telegram() as server, stored(url) as store:
        await store.agreed(who)
        for person in who:
            server.add(person)
        place = await last_place(store)
        async with program(environment(server, store)) as running:
            for person in who:
                server.press(person, f"bky:{place}")
            await calm(server, store)
            assert running.errors() == []
            texts = [text for person in who for text in server.texts(person)]
            assert len(texts) == people
            booked = sum(t("✅ <b>You are booked</b>") in text for text in texts)
            told = sum(
                t("🙏 Somebody was quicker: this time is taken now. These are free:") in x for x in texts
            )
            return await store.one("SELECT count(*) FROM bookings"), booked, told


async def test_one_of_many_people_gets_the_last_place_and_the_others_hear_it_kindly(any_url):
    assert await rush(any_url, CROWD) == (1, 1, CROWD - 1)


async def test_a_flooded_chat_delays_nobody_and_is_told_once_to_slow_down(sqlite_url):
    loud, quiet = FIRST_PERSON, FIRST_PERSON + 1
    async with telegram() as server, stored(sqlite_url) as store:
        await store.agreed([loud, quiet])
        flood, other = server.add(loud), server.add(quiet)
        async with program(environment(server, store, sends_per_second="300")) as running:
            for _ in range(FLOOD):
                flood.say("/help")
            await until(lambda: bool(server.texts(loud)))
            asked = server.seq()
            other.say("/help")
            await until(lambda: bool(server.texts(quiet)))
            answered = server.calls("sendMessage", chat_id=quiet)[0]["seq"]
            between = [c for c in server.calls("sendMessage", chat_id=loud) if asked < c["seq"] < answered]
            assert len(between) <= 10  # of hundreds that wait
            await calm(server, store)

            slow_down = t("That was too much at once. I answer your last messages.")
            assert sum(slow_down in text for text in server.texts(loud)) == 1
            assert len(server.texts(loud)) < FLOOD / 4
            assert server.texts(loud)[-1] == server.texts(quiet)[0]  # the last ones are answered
            assert running.errors() == []


def forged(chance: random.Random, ids: list[int]) -> str:
    """Return callback data with any verb and any arguments."""
    words = [
        *map(str, chance.choices(ids, k=3)),
        *("0", "-1", "1", "2", "3", "9" * 19, "all", "me", "y", "n", "x", "", "20261201", "202612011830"),
        *("s", "syn2", "home", "worker", "registrar:1", "month", "ru", "en", "how-tested", "..", "+" * 20),
    ]
    shape = chance.random()
    if shape < 0.1:
        return "".join(chr(chance.randrange(32, 0x500)) for _ in range(chance.randrange(1, 30)))
    verb = chance.choice(list(Verb)).value
    data = ":".join([verb, *chance.choices(words, k=chance.randrange(4))])
    return (data + chance.choice(["", "", "~ru", "~xx~1", "~uz~AAAA"])).encode()[:64].decode(errors="ignore")


async def test_whoever_presses_anything_breaks_nothing_and_touches_nothing_of_others(sqlite_url):
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)
    victim, *monkeys = [FIRST_PERSON + number for number in range(7)]
    stranger = FIRST_PERSON + 99
    async with telegram() as server, stored(sqlite_url) as store, Simulator(server.url) as simulator:
        people = await store.agreed([victim, *monkeys])
        for person_id, role in zip(people[2:], (Role.WORKER, Role.REGISTRAR), strict=False):
            await store.hire(person_id, role)
        for person in (victim, *monkeys, stranger):
            server.add(person)
        async with program(environment(server, store)) as running:
            phone: Phone = simulator.phone(victim)
            await phone.say("/book")
            await calm(server, store)
            for wish in ("bkt", "bky"):
                await tap(phone, wish)
                await calm(server, store)
            foreign = "SELECT id, person_id, starts_at, cancelled_at, said, child_under_5 FROM bookings "
            foreign += "WHERE person_id = :victim"
            before = [tuple(row) for row in await store.rows(foreign, victim=people[0])]
            ids = [before[0][0], people[0], *range(1, 5)]

            pressers = [person for person in monkeys if person != monkeys[2]] + [stranger]
            for number in range(PRESSES):
                server.press(chance.choice(pressers), forged(chance, ids))
                if number % 100 == 99:
                    await calm(server, store)
            await calm(server, store)

            failed = {(e.get("fault"), e.get("trace")) for e in events(running, "handling failed")}
            assert failed == set()
            assert all(query.answered for query in server.world.bot.queries.values())
            after = [tuple(row) for row in await store.rows(foreign, victim=people[0])]
            assert after == before
            refused = [c for c in server.world.calls if c["status"] not in {200, None}]
            assert refused == []
            assert await store.one("SELECT count(*) FROM staff WHERE ended_at IS NULL") == 2
            assert not any(re.search(r"[{}]", text) for text in every_text(server.calls()))
            assert await store.one("SELECT count(*) FROM people") <= 8
            assert Kind.BOOKED.value in {row[0] for row in await store.rows("SELECT kind FROM outcomes")}


def every_text(calls: list[Any]) -> list[str]:
    return [str(call["params"]["text"]) for call in calls if "text" in call["params"]]
