"""Kill -9 while a clinic closes a day with 300 bookings and everybody is told (promise B4).

Most of its time goes by while messages leave at the allowed rate.
"""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, text

from bot.due import AT_ONCE
from care.booking import day_word, to_utc
from care.roles import Role
from storage import directory
from storage.people import random_id
from storage.schema import bookings
from tests.reliability.forgetful import LOOKED
from tests.reliability.program import (
    FIRST_PERSON,
    LONG,
    PATIENCE_S,
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
BOOKED = 300
FEW = 60  # more than one step of the closing
RATE = 25  # messages a second: no window may hold more than Telegram's 30
WINDOW_MOST = 30
KILLS = 12 if LONG else 4
CLOSURE = 4711
ZONE = ZoneInfo("Asia/Almaty")
EAGER = ("-m", "tests.reliability.eager")  # the lives after the first one
FORGETFUL = ("-m", "tests.reliability.forgetful")
LOOKS = 5  # in which nothing more happens
TOLD = "The clinic cannot see you"


@dataclass(kw_only=True)
class Story:
    """A clinic with many people on one morning, and somebody at its desk."""

    telegram: Telegram
    store: Stored
    program: Program
    people: int = BOOKED
    clinic: int = 0
    day: str = ""
    who: dict[int, int] = field(default_factory=dict)  # chat → booking

    async def fill(self) -> None:
        """Book the next morning that is told of at any hour of the day: see `care.closing.pressing_from`."""
        chats = [FIRST_PERSON + number for number in range(self.people)]
        ids = await self.store.agreed(chats, locales=("en",))
        [desk] = await self.store.agreed([FIRST_PERSON - 1], locales=("en",))
        await self.store.hire(desk, Role.REGISTRAR)
        for chat in (FIRST_PERSON - 1, *chats):
            self.telegram.add(chat, locale="en").chat.started = True
        local = _next_morning(datetime.now(UTC))
        self.day = day_word(local.date())
        referrals = dict(await self.store.rows("SELECT person_id, id FROM referrals"))
        async with self.store.database.writing() as connection:
            await connection.execute(text("UPDATE sessions SET capacity = 30"))
            clinic = (await directory.clinics_of(connection))[0]
            self.clinic = clinic.id
            rows = [
                {
                    "id": random_id(),
                    "person_id": person,
                    "referral_id": referrals[person],
                    "clinic_id": clinic.id,
                    "starts_at": to_utc(local, clinic.timezone),
                    "local_start": local.isoformat(timespec="minutes"),
                    "local_day": local.date().isoformat(),
                    "zone": clinic.timezone,
                    "place": place,
                    "created_at": datetime.now(UTC),
                }
                for place, person in enumerate(ids)
            ]
            await connection.execute(insert(bookings), rows)
            await connection.execute(text("UPDATE referrals SET state = 'booked'"))
        self.who = {chat: row["id"] for chat, row in zip(chats, rows, strict=True)}

    def close(self) -> None:
        """Press the last button of the desk."""
        self.telegram.press(FIRST_PERSON - 1, f"clyes:{self.clinic}:{self.day}:a:0:{CLOSURE}")

    async def cancelled(self) -> int:
        return int(await self.store.one("SELECT count(*) FROM bookings WHERE closure_id = 4711"))

    def told(self) -> list[int]:
        """Return how many copies of the message each person got."""
        counted = dict.fromkeys(self.who, 0)
        for call in self.telegram.calls("sendMessage"):
            chat = int(call["params"]["chat_id"])
            if chat in counted and TOLD in str(call["params"]["text"]):
                counted[chat] += 1
        return list(counted.values())

    async def kill(self, *command: str) -> None:
        """kill -9, let the leases of that life run out, and begin another one with this command."""
        await self.program.kill()
        self.program.command = command
        async with self.store.database.writing() as connection:
            over = text("UPDATE due SET leased_until = created_at WHERE state = 'sending'")
            await connection.execute(over)
        await self.program.start()

    async def settled(self) -> None:
        """Wait until everybody lost their visit and nothing is left to be sent."""
        async with asyncio.timeout(PATIENCE_S):
            while await self.cancelled() < self.people or await self.waiting():
                await asyncio.sleep(0.1)

    async def waiting(self) -> int:
        left = "SELECT count(*) FROM due WHERE kind = 'closed' AND state IN ('pending', 'sending')"
        return int(await self.store.one(left))


def _next_morning(now: datetime) -> datetime:
    """Return the next half past nine (naive, Almaty) that is more than half an hour away."""
    local = now.astimezone(ZONE).replace(tzinfo=None)
    morning = datetime.combine(local.date(), time(9, 30))
    return morning if morning > local + timedelta(minutes=30) else morning + timedelta(days=1)


@contextlib.asynccontextmanager
async def story(url: str, *command: str, people: int = BOOKED) -> AsyncIterator[Story]:
    async with telegram() as server, stored(url) as store:
        made = Story(telegram=server, store=store, program=Program(environment={}), people=people)
        await made.fill()
        settings = environment(server, store) | {"HAMROH_SENDS_PER_SECOND": str(RATE)}
        async with program(settings, *command) as running:
            made.program = running
            yield made


async def reached(count: Callable[[], int], wanted: int) -> None:
    await until(lambda: count() >= wanted, what=f"{wanted} were not reached")


async def closed(told: Story) -> None:
    """Wait until the closing is written down."""
    async with asyncio.timeout(PATIENCE_S):
        while not await told.store.one("SELECT count(*) FROM closures"):
            await asyncio.sleep(0.002)


async def test_a_closing_of_three_hundred_tells_each_once_through_kills(any_url, capsys):
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)
    async with story(any_url) as told:
        told.close()
        await closed(told)
        await asyncio.sleep(chance.uniform(0, 0.05))
        await told.kill(*EAGER)  # while most of them are still booked
        for number in range(1, KILLS):
            wanted = min(BOOKED - 1, number * BOOKED // KILLS + chance.randrange(20))
            await reached(lambda: sum(1 for copies in told.told() if copies), wanted)
            await told.kill(*EAGER)
        await told.settled()

        copies = told.told()
        assert copies.count(0) == 0
        assert max(copies) <= 2
        assert sum(1 for one in copies if one > 1) <= KILLS * AT_ONCE
        assert await told.cancelled() == BOOKED
        assert await told.store.one("SELECT count(*) FROM closures") == 1
        assert await told.store.one("SELECT count(*) FROM due WHERE kind = 'closed'") == BOOKED
        assert await told.store.one("SELECT count(*) FROM outcomes WHERE kind = 'displaced'") == BOOKED
        kept = "SELECT count(DISTINCT use_id) FROM bookings WHERE use = 'displaced' AND cancelled_at IS NULL"
        waiting = "SELECT count(*) FROM waits WHERE lost_booking IS NOT NULL"
        assert await told.store.one(kept) + await told.store.one(waiting) == BOOKED
        assert _most_in_a_second(told) <= WINDOW_MOST
        assert told.program.errors() == []


async def test_a_closing_that_is_kept_in_memory_leaves_people_untold(sqlite_url):
    async with story(sqlite_url, *FORGETFUL, people=FEW) as told:
        told.close()
        await closed(told)
        seen = len(told.program.lines)
        await told.kill(*FORGETFUL, "eager")
        await until(lambda: told.program.lines[seen:].count(LOOKED) >= LOOKS)
        async with asyncio.timeout(PATIENCE_S):
            while await told.waiting():
                await asyncio.sleep(0.1)

        assert 0 < told.told().count(0) == FEW - await told.cancelled()


def _most_in_a_second(told: Story) -> int:
    """Return the most messages to people that were accepted within any second of one life."""
    times = [float(call["at"]) for call in told.telegram.calls("sendMessage")]
    return max(sum(1 for one in times if begun <= one < begun + 1) for begun in times)
