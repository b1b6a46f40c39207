"""A stage: real inbox and lanes over a real store; conversations and courier do as a test wants."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.delivery import Destination, Leaving, Result
from bot.excuses import Excuses
from bot.handling import Handling
from bot.intake import Intake
from bot.marks import DoneMarks
from bot.sendings import Sendings
from handlers.incoming import Incoming
from handlers.screens import SILENCE, Reply, screen
from handlers.strangers import Strangers
from locales.catalogue import Words
from storage import questions
from storage.engine import Database
from storage.schema import inbox
from storage.schema import questions as effects
from storage.vault import Vault

WAIT_S = 20


def message(update_id: int, person: int, text: str) -> dict[str, Any]:
    """Return an update: somebody wrote a text."""
    who = {"id": person, "is_bot": False, "first_name": "Anna", "language_code": "ru"}
    chat = {"id": person, "type": "private", "first_name": "Anna"}
    head = {"message_id": update_id, "date": 1_790_000_000, "chat": chat, "from": who}
    return {"update_id": update_id, "message": head | {"text": text}}


@dataclass
class Talk:
    """Conversations whose effect is a row with the text; texts may be made to fail, to hang, to be silent."""

    faults: dict[str, list[Exception]] = field(default_factory=lambda: defaultdict(list))
    gates: dict[str, asyncio.Event] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()
    begun: list[str] = field(default_factory=list)
    menu: str = ""

    async def answer(self, update: Incoming, store: AsyncConnection, now: datetime) -> Reply:
        """Echo the text."""
        self.begun.append(update.text)
        await questions.keep(store, update.text, folded=update.text, locale="en", today=now.date())
        if update.text in self.gates:
            await self.gates[update.text].wait()
        if self.faults[update.text]:
            raise self.faults[update.text].pop(0)
        if update.text in self.silent:
            return SILENCE
        return Reply(screen(f"re {update.text}").steps, menu=self.menu)


@dataclass
class Post:
    """A courier that notes what it brought, and hangs before or after that where a test says so."""

    sent: list[tuple[int, str]] = field(default_factory=list)
    before: dict[int, asyncio.Event] = field(default_factory=dict)  # chat → until when it hangs
    after: dict[int, asyncio.Event] = field(default_factory=dict)
    results: dict[int, list[Result]] = field(default_factory=lambda: defaultdict(list))
    moved: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def deliver(
        self, reply: Reply, to: Destination, *, leaving: Leaving | None = None, **_: Any
    ) -> Result:
        """Note the first text of a reply."""
        if to.chat_id in self.before:
            await self.before[to.chat_id].wait()
        if leaving is not None:
            leaving()
        result = self.results[to.chat_id].pop(0) if self.results[to.chat_id] else Result.DELIVERED
        if reply.steps and result is Result.DELIVERED:
            self.sent.append((to.chat_id, reply.steps[0].text))
        async with self.moved:
            self.moved.notify_all()
        if to.chat_id in self.after:
            await self.after[to.chat_id].wait()
        return result

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds after a delivery."""
        async with asyncio.timeout(WAIT_S), self.moved:
            await self.moved.wait_for(holds)

    def to(self, chat: int) -> list[str]:
        """Return what was brought to a chat, in order."""
        return [text for each, text in self.sent if each == chat]


@dataclass
class Stage:
    """The store, and the program's lives on it."""

    database: Database
    vault: Vault
    words: Words
    now: datetime
    talk: Talk = field(default_factory=Talk)
    post: Post = field(default_factory=Post)
    menus: list[tuple[int, str]] = field(default_factory=list)
    lives: list[Intake] = field(default_factory=list)
    sending: Path = field(default_factory=lambda: Path(mkdtemp()) / "sending")
    passed_by: list[Any] = field(default_factory=list)  # what did not go through the inbox

    async def life(self) -> Intake:
        """Begin a life: what a former one left is taken up."""
        intake = Intake(
            database=self.database,
            vault=self.vault,
            handling=self.handling(),
            now=self.clock,
            inline=self.passed_by.append,
        )
        self.lives.append(intake)
        await intake.start()
        return intake

    def clock(self) -> datetime:
        """Return the time, which stands still."""
        return self.now

    def handling(self) -> Handling:
        """Return what handles updates."""
        people = Strangers()
        return Handling(
            database=self.database,
            vault=self.vault,
            dispatch=self.talk,  # type: ignore[arg-type]  # stands for it
            courier=self.post,  # type: ignore[arg-type]  # stands for it
            marks=DoneMarks(self.database, self.clock),
            excuses=Excuses(
                database=self.database, vault=self.vault, words=self.words, strangers=people, now=self.clock
            ),
            sendings=Sendings(self.sending),
            now=self.clock,
            menu=self._menu,
            slowed={},
            old_ones=asyncio.Lock(),
        )

    async def _menu(self, chat: int, menu: str) -> None:
        self.menus.append((chat, menu))

    async def end(self, *, within_s: float = 0.0) -> None:
        """End the present life, in the middle of everything when it is given no time."""
        await self.lives.pop().stop(within_s=within_s)

    async def calm(self) -> None:
        """Wait until no update is open any more."""
        async with asyncio.timeout(WAIT_S):
            while not all(row["done_at"] for row in await self.rows()):
                await asyncio.sleep(0.01)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds."""
        async with asyncio.timeout(WAIT_S):
            while not holds():
                await asyncio.sleep(0.005)

    async def rows(self) -> Sequence[RowMapping]:
        """Return the inbox, in order."""
        async with self.database.reading() as store:
            return (await store.execute(select(inbox).order_by(inbox.c.update_id))).mappings().all()

    async def row(self, update_id: int) -> RowMapping:
        """Return the row of one update."""
        return next(row for row in await self.rows() if row["update_id"] == update_id)

    async def effects(self) -> list[str]:
        """Return the texts whose effects are committed, in order."""
        async with self.database.reading() as store:
            return list((await store.execute(select(effects.c.text).order_by(effects.c.id))).scalars())
