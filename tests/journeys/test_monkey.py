"""Whatever people of every role press, type and send, in whatever order: they are answered, and can go on."""

import os
import random
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from bot.excuses import APOLOGY
from care.roles import Role
from handlers.table import COMMANDS
from simulator.acts import Hand, document, photo, sticker, voice
from simulator.cast import PLACES
from storage import directory, people, schema
from tests.journeys.scenes import SCENES, Scene
from tests.journeys.whole import Whole, whole
from tests.reliability.program import FIRST_PERSON, LONG

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("logs_put_back")]
STEPS = 2000 if LONG else 200  # for each role
OF_EACH = 2  # people in a role; they take turns
LIFE = 25  # steps after which whoever was ended is hired again, and the clock moves
WIDEST = 52  # letters of the buttons in a row: more is cut
ROLES: tuple[Role | None, ...] = (None, *Role)
LOCALES = ("en", "ru", "uz", "uz_Cyrl", "tg", "kk")
NAMES = sorted(set(COMMANDS) - {"relayhere", "relayoff"})  # these are for groups
TEXTS = (
    "Aziz",
    "5",
    "+7 701 123 45 67",
    "Is it free?",
    "yo'tal, qon bilan",
    "//",
    "<b>x</b>",
    "x" * 4000,
    "🙂",
    "31.02.2027",
    "２５．１２．２０２６",
    "00:00",
    "-5",
)
PASSED = re.compile(r"^<b>[^<]+:</b>|^👤")  # what the other side of a talk says
BARE = re.compile(rf"t\.me/|^⚠️|{PASSED.pattern}")  # to forward, beside the screen, or goodbye


@dataclass
class Monkey:
    """Somebody who tries everything; what they did is told when it went wrong."""

    world: Whole
    number: int
    role: Role | None
    chance: random.Random
    locale: str
    codes: list[str]  # what stands on cards and behind links, of all people
    did: list[str] = field(default_factory=list)
    tried: set[str] = field(default_factory=set)
    pressed: bool = False  # the last act: its toast is the answer, which is asked about at the end

    @property
    def hand(self) -> Hand:
        return self.world.telegram.hand(self.number)

    def act(self) -> None:
        """Press a button, mostly a new one of the newest screen; or an old one, or type, or send."""
        self.pressed = False
        way, screens = self.chance.random(), self._screens()
        if way < 0.1 or not screens:
            code = self.chance.choice([*self.codes[-20:], ""]) if self.chance.random() < 0.2 else ""
            self._say(f"/start {code}" if code else f"/{self.chance.choice(NAMES)}")
        elif way < 0.8:
            message, keys = self.chance.choice(screens[: self.chance.choice([1, 1, 1, 5])])
            fresh = [data for data in keys if data not in self.tried]
            self._press(message, self.chance.choice(fresh or keys), twice=self.chance.random() < 0.15)
        elif way < 0.86:
            self._press(*self.chance.choice(self._former() or [(screens[0][0], screens[0][1][0])]))
        elif way < 0.93:
            self._say(self.chance.choice(TEXTS))
        else:
            self._send()

    def _screens(self) -> list[tuple[int, list[str]]]:
        """Return the messages with buttons, the newest first."""
        there = [one for one in self.hand.chat.messages.values() if one.outgoing and not one.deleted]
        found = [(one.id, _wishes(one.keyboard)) for one in sorted(there, key=lambda one: -one.id)]
        return [(message, keys) for message, keys in found if keys]

    def _former(self) -> list[tuple[int, str]]:
        """Return buttons of screens that are not there any more."""
        return [
            (one.id, data)
            for one in self.hand.chat.messages.values()
            for board in one.former_keyboards
            for data in _wishes(board)
        ]

    def _press(self, message: int, data: str, *, twice: bool = False) -> None:
        data = f"lang:{self.locale}" if data.startswith("lang:") else data
        self.tried.add(data)
        self.pressed = True
        for _ in range(2 if twice else 1):
            self.did.append(data)
            self.hand.press(message, data, forged=True, stale=True)

    def _say(self, text: str) -> None:
        self.did.append(text)
        self.hand.say(text)

    def _send(self) -> None:
        """Send something that is no text, or press the key below the chat."""
        world, hand = self.world.telegram.world, self.hand
        place = self.chance.choice(PLACES)
        location = {"location": {"latitude": place[1], "longitude": place[2]}}
        contact = {"contact": {"phone_number": "77010000099", "first_name": "A", "user_id": self.number}}
        board = (hand.chat.reply_keyboard or {}).get("keyboard", [])
        key = self.chance.choice([one for row in board for one in row] or [{"text": "hello"}])
        below = location if "request_location" in key else contact if "request_contact" in key else None
        what = self.chance.choice(
            [
                *(location, contact, photo(world), photo(world, "look"), voice(world), sticker(world)),
                document(world, "x.pdf", "application/pdf", b"%PDF-1.4"),
                *[below or {"text": key["text"]}] * 4,
            ]
        )
        self.did.append(str(what)[:40])
        hand.post(what)


def _wishes(board: Any) -> list[str]:
    return [str(key["callback_data"]) for row in board for key in row if "callback_data" in key]


async def hire(world: Whole, monkeys: list[Monkey]) -> None:
    """Give everybody their role who does not hold it: they begin, were ended or deleted everything."""
    for monkey in monkeys:
        if monkey.role is None:
            continue
        async with world.store.database.reading() as store:
            found = await people.by_hash(store, world.store.vault.hashes(str(monkey.number)))
        person_id = (
            found.id if found else (await world.store.agreed([monkey.number], locales=[monkey.locale]))[0]
        )
        if found is None or found.holds(monkey.role) is None:
            async with world.store.database.writing() as store:  # one that is paused would stand in the way
                ended = schema.staff.update().where(schema.staff.c.person_id == person_id)
                await store.execute(ended.values(ended_at=world.clock.now()))
            await world.store.hire(person_id, monkey.role)
        monkey.hand.chat.started = True


async def bring(world: Whole, monkey: Monkey) -> None:
    """Bring somebody into the middle of everything: visits, places kept, a wait, a plan, a card, a result."""
    now, store = world.clock.now(), world.store
    async with store.database.writing() as connection:
        person = await people.by_hash(connection, store.vault.hashes(str(monkey.number)))
        if person is None:
            return
        clinic = (await directory.clinics_of(connection))[0]
        scene = Scene(
            store=connection,
            vault=store.vault,
            person_id=person.id,
            clinic=clinic,
            now=now,
            staff_id=person.id,
            codes=monkey.codes,
        )
        await scene.some(monkey.chance.sample(range(len(SCENES)), 6))
    world.running.due.wake.set()


def faults(world: Whole, monkey: Monkey, after: int) -> list[str]:
    """Return what is wrong with what somebody was answered."""
    calls = [one["params"] | {"method": one["method"]} for one in world.telegram.calls(after=after)]
    mine = [one for one in calls if str(one.get("chat_id")) == str(monkey.number)]
    texts = [one for one in mine if one["method"] in {"sendMessage", "editMessageText"}]
    sorry = {str(world.running.words[code](APOLOGY)) for code in world.running.words}
    found = ["an apology" for one in texts for each in sorry if each in one["text"]]
    for one in texts:
        board = one.get("reply_markup") or {}
        left = monkey.did and monkey.did[-1].startswith("erase")  # goodbye
        if not board and not left and not BARE.search(one["text"]):
            found.append(f"no way on from {one['text']!r}")
        found += [
            f"a label that is cut: {key['text']!r}"
            for row in board.get("inline_keyboard", [])
            for key in row
            if len(key["text"]) > WIDEST / len(row)
        ]
    said = [str(one.get("text", one.get("caption", ""))) for one in calls]
    heard = mine or monkey.pressed or any(PASSED.search(one) for one in said)  # or somebody else has it now
    return found if heard else [*found, "silence"]


def refusals(world: Whole, after: int) -> list[str]:
    """Return what Telegram refused, except that a screen is as it was."""
    refused = [one for one in world.telegram.world.calls if one["seq"] > after]
    return [
        str(one) for one in refused if one["status"] not in {200, None} and "not modified" not in str(one)
    ]


async def test_whatever_is_pressed_typed_and_sent_is_answered_and_leads_on(
    sqlite_url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    seed = int(os.environ.get("HAMROH_TEST_SEED", random.randrange(10**6)))
    print(f"seed {seed}")
    chance = random.Random(seed)
    async with whole(sqlite_url) as world:
        monkeys: list[Monkey] = []
        codes: list[str] = []
        for place, role in enumerate(ROLES * OF_EACH):
            locale = LOCALES[(place + seed) % len(LOCALES)]
            world.telegram.add(FIRST_PERSON + place, locale=locale)
            monkeys.append(Monkey(world, FIRST_PERSON + place, role, chance, locale, codes))
        for step in range(STEPS):
            if step % LIFE == 0:
                await hire(world, monkeys)
                for monkey in chance.sample(monkeys, 3):
                    await bring(world, monkey)
                world.move_to(world.clock.now() + timedelta(hours=chance.choice([1, 3, 10])))
                await world.calm()
            turns = chance.sample(monkeys[: len(ROLES)], len(ROLES)) if step % 2 else monkeys[len(ROLES) :]
            after = world.telegram.seq()
            for monkey in turns:
                monkey.act()
            await world.calm()
            for monkey in turns:
                assert faults(world, monkey, after) == [], (seed, monkey.role, monkey.did[-6:])
            assert refusals(world, after) == [], (seed, step)
        assert all(query.answered for query in world.telegram.world.bot.queries.values())
        assert await world.store.one("SELECT count(*) FROM inbox WHERE set_aside_at IS NOT NULL") == 0
        assert await world.store.one("SELECT count(*) FROM due WHERE state = 'failed'") == 0
    log = "".join(capfd.readouterr())
    assert "Traceback" not in log, log[-3000:]
    assert "error" not in log.replace(f"seed {seed}", ""), log[-3000:]
