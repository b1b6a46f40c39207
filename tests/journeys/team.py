"""A team, people on their phones, the program in a process of its own, and a clock that is moved."""

import contextlib
import json
import re
import signal
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from simulator.client import Phone, Simulator
from simulator.screen import Button, Message
from simulator.world import Person
from storage.schema import due
from tests.journeys.moved import SAID
from tests.reliability.program import Program, Stored, Telegram, environment, program, stored, telegram
from tests.reliability.taps import calm, find

WAYS_BACK = ("⬅️", "🏠", "🧰", "✖️")
STEP = timedelta(hours=2)  # the clock stops at least so often, so that what is looked for is found by the way


def somebody(number: int, names: tuple[str, str, str], phone: str, language: str, role: str) -> Person:
    first, last, username = names
    return Person(
        id=number,
        first_name=first,
        last_name=last,
        username=username,
        language_code=language,
        phone=phone,
        role=role,
    )


ADMIN = somebody(
    731_000_101, ("Бибінұр", "Ақжолтаева", "bibinur_office"), "+77015550101", "en", "administrator"
)
BOSS = somebody(731_000_102, ("Клементина", "Ясновская", "klem_yas"), "+77015550102", "ru", "coordinator")
WORKER = somebody(731_000_103, ("Жансерік", "Төлебайұлы", "zhans_field"), "+77015550103", "kk", "worker")
COVER = somebody(731_000_104, ("Виолетта", "Дробышева", "violetta_d"), "+77015550104", "ru", "cover")
UZBEK = somebody(731_000_105, ("Шерзодбек", "Мирқосимов", "sherzod_mq"), "+998935550105", "uz", "migrant")
TAJIK = somebody(731_000_106, ("Фарангис", "Одиназода", "faran_odin"), "+992925550106", "tg", "migrant")
KYRGYZ = somebody(731_000_107, ("Нурсултан", "Чыныбаев", "nur_chyn"), "+996555550107", "ru", "migrant")
STAFF = (ADMIN, BOSS, WORKER, COVER)
MIGRANTS = (UZBEK, TAJIK, KYRGYZ)


@dataclass(kw_only=True)
class Town:
    """Everything at hand."""

    telegram: Telegram
    store: Stored
    program: Program
    simulator: Simulator
    said: list[tuple[int, str]] = field(default_factory=list)  # in talks: who, and what
    by_itself: list[Any] = field(default_factory=list)  # calls of the bot that no update asked for

    def phone(self, person: Person) -> Phone:
        return self.simulator.phone(person.id)

    @property
    def now(self) -> datetime:
        return self.telegram.world.clock.now()

    async def calm(self) -> None:
        """Wait until everything has been answered, and let everything happen that is due by now."""
        await calm(self.telegram, self.store)
        await self.tick()

    async def tick(self) -> None:
        """Let the program do once what it does by itself."""
        process, seen = self.program.process, len(self.program.lines)
        assert process is not None
        before = len(self.telegram.calls())
        process.send_signal(signal.SIGUSR1)
        await self.program.logged(SAID, after=seen)
        self.by_itself += self.telegram.calls()[before:]

    async def move_to(self, moment: datetime) -> None:
        """Let time pass until a moment (aware): from one message that is due to the next, in steps."""
        while (now := self.now) < moment:
            stops = [moment, now + STEP]
            if (first := await self.next_due(now)) is not None:
                stops.append(first)
            await self.simulator.advance((min(stops) - now).total_seconds())
            await self.tick()

    async def next_due(self, now: datetime) -> datetime | None:
        """Return when the next message that waits is due after a moment, to the second."""
        waits = select(func.min(due.c.due_at)).where(due.c.state == "pending", due.c.due_at > now)
        async with self.store.database.reading() as connection:
            found: datetime | None = (await connection.execute(waits)).scalar()
        return found + timedelta(seconds=1) if found else None

    async def wait(self, **span: float) -> None:
        await self.move_to(self.now + timedelta(**span))

    async def kill(self) -> None:
        """kill -9, and start again."""
        await self.program.kill()
        await self.program.start(ready=SAID)

    async def say(self, person: Person, text: str, **fields: Any) -> int:
        number = await self.phone(person).say(text, **fields)
        await self.calm()
        return number

    async def send(self, person: Person, kind: str, **fields: Any) -> int:
        number = await self.phone(person).send(kind, **fields)
        await self.calm()
        return number

    async def tap(self, person: Person, *wishes: str, last: bool = False) -> Message:
        """Press buttons one after the other, by what they wish for; return the newest message then."""
        for wish in wishes:
            message, button = await find(self.phone(person), wish, last=last)
            await self.press(person, message, button)
        return await self.phone(person).newest()

    async def press(self, person: Person, message: Message, button: Button) -> None:
        await self.phone(person).press_button(message.id, button)
        await self.calm()

    async def messages(self, person: Person, *, after: int = 0) -> list[Message]:
        """Return what the bot wrote to somebody after a message, oldest first."""
        there = await self.phone(person).messages()
        return [message for message in there if message.from_bot and message.id > after]

    async def texts(self, person: Person, *, after: int = 0) -> str:
        return "\n".join(message.text for message in await self.messages(person, after=after))

    async def newest_id(self, person: Person) -> int:
        return max((message.id for message in await self.phone(person).messages()), default=0)

    async def person_id(self, person: Person) -> int:
        hashes = self.store.vault.hashes(str(person.id))
        return int(await self.store.one("SELECT id FROM people WHERE telegram_hash = :hash", hash=hashes[0]))

    async def staff_id(self, person: Person) -> int:
        query = "SELECT id FROM staff WHERE person_id = :person ORDER BY id DESC"
        return int(await self.store.one(query, person=await self.person_id(person)))

    async def owner(self, person: Person) -> int | None:
        """Return whose somebody's open referral is: a staff id."""
        query = "SELECT staff_id FROM referrals WHERE person_id = :person AND closed_at IS NULL"
        owner: int | None = await self.store.one(query, person=await self.person_id(person))
        return owner


@contextlib.asynccontextmanager
async def town(url: str, *, begins: datetime) -> AsyncIterator[Town]:
    """Run the program at a moment (aware) in an invented city; only the administrator is known to it."""
    async with telegram() as server, stored(url) as store, Simulator(server.url) as simulator:
        server.world.people = {one.id: one for one in (*STAFF, *MIGRANTS)}
        await simulator.advance((begins - server.world.clock.now()).total_seconds())
        settings = environment(server, store, admin_ids=str(ADMIN.id))
        async with program(settings, "-m", "tests.journeys.moved", ready=SAID) as running:
            yield Town(telegram=server, store=store, program=running, simulator=simulator)


async def invite(
    town: Town, inviter: Person, person: Person, role: str, code: str, languages: Sequence[str]
) -> None:
    before = await town.newest_id(inviter)
    await town.say(inviter, "/invite")
    wish = f"inv:{role}"
    while not any(button.text.startswith("▫️") for button in (await town.tap(inviter, wish)).buttons):
        pass
    for language in languages:
        await press_text(town, inviter, re.compile(rf"^(✅|▫️) {language}$"), only="▫️")
    await press_data(town, inviter, ":y")
    [code_of_invite] = set(re.findall(r"\?start=([\w-]+)", await town.texts(inviter, after=before)))
    await town.phone(person).start(code_of_invite)
    await town.calm()
    await town.tap(person, f"lang:{code}", "agree", "join")
    assert (
        await town.store.one("SELECT role FROM staff WHERE id = :id", id=await town.staff_id(person)) == role
    )


async def press_text(town: Town, person: Person, label: re.Pattern[str], *, only: str = "") -> None:
    """Press a button of the newest message with buttons by its label, if it begins with `only`."""
    message = next(one for one in reversed(await town.messages(person)) if one.buttons)
    button = next(button for button in message.buttons if label.search(button.text))
    if button.text.startswith(only):
        await town.press(person, message, button)


async def press_data(town: Town, person: Person, ending: str) -> None:
    message = next(one for one in reversed(await town.messages(person)) if one.buttons)
    [button] = [button for button in message.buttons if (button.data or "").endswith(ending)]
    await town.press(person, message, button)


def requests(server: Telegram, *, after: int = 0) -> Iterator[tuple[int | None, str, str]]:
    """Yield every request of the bot: whose chat it is for, the method, and all that it says."""
    for call in server.calls(after=after):
        params = call["params"]
        said = json.dumps(params, ensure_ascii=False)
        yield _for_whom(server, call), call["method"], said


def _for_whom(server: Telegram, call: Any) -> int | None:
    params = call["params"]
    if "callback_query_id" in params:
        return int(server.world.bot.queries[params["callback_query_id"]].person_id)
    scope = params.get("scope") or {}
    chat = params.get("chat_id", scope.get("chat_id"))
    return int(chat) if chat is not None else None


def names(person: Person) -> Iterator[re.Pattern[str]]:
    """Yield what would say who somebody is."""
    yield re.compile(rf"(?<!\d){person.id}(?!\d)")
    digits = (person.phone or "").lstrip("+")
    for word in (person.first_name, person.last_name, person.username, digits):
        assert word
        yield re.compile(re.escape(word), re.IGNORECASE)
