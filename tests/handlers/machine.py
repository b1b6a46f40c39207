"""A machine that sleeps and whose clock jumps, over a store in which everything that is sent by itself waits.

The jobs of the timetable look and everything due is sent, whenever the machine is awake. What leaves is noted
with its row and the moment.
"""

from collections import Counter
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.delivery import Destination, Result
from bot.due import DueMessages, Tools
from bot.timetable import timetable
from care.children import Checklist
from care.message_kinds import Kind
from care.person import Person
from care.reminders import is_quiet, is_urgent
from care.roles import Role
from care.waiting_list import LASTS
from handlers.notices import Notices
from handlers.screens import Reply
from locales.catalogue import Locale
from storage import checklists, referrals, schema
from tests.handlers.clinician.desk import arrived, given, hired

ALMATY = "Asia/Almaty"
_ROW: ContextVar[RowMapping] = ContextVar("row")  # what a task of its own sends


@dataclass
class Machine:
    """The program, and what left it."""

    world: Any
    left: list[tuple[datetime, RowMapping]] = field(default_factory=list)  # when, row of due
    gone: set[int] = field(default_factory=set)  # chats that have blocked the bot
    who: dict[str, Any] = field(default_factory=dict)

    async def deliver(self, _: Reply, to: Destination, **__: Any) -> Result:
        """Note what leaves; whoever blocked the bot gets nothing."""
        if to.chat_id in self.gone:
            return Result.GONE
        self.left.append((self.world.now, _ROW.get()))
        return Result.DELIVERED

    async def awake(self) -> None:
        """Let the jobs look, and send what is due."""
        world = self.world
        notices = Notices(words=world.words, vault=world.vault, zone=ZoneInfo(ALMATY))

        async def render(
            kind: Kind, row: RowMapping, person: Person, t: Locale, store: AsyncConnection, now: datetime
        ) -> Reply | None:
            _ROW.set(row)
            return await notices.render(kind, row, person, t, store, now)

        jobs = timetable(
            database=world.database,
            vault=world.vault,
            words=world.words,
            now=lambda: world.now,
            zone=ALMATY,
            wake=lambda: None,
        )
        for job in jobs:
            if job.every is not None:  # what runs each night counts and erases
                await job.work()
        tools = Tools(
            database=world.database,
            vault=world.vault,
            words=world.words,
            courier=self,  # type: ignore[arg-type]  # stands for it
            render=render,
            now=lambda: world.now,
            zone=ALMATY,
        )
        await DueMessages(tools).tick()

    async def run(self, length: timedelta, *, step: timedelta = timedelta(hours=1)) -> None:
        """Be awake for so long."""
        end = self.world.now + length
        while self.world.now < end:
            self.world.now = min(self.world.now + step, end)
            await self.awake()

    async def sleep(self, length: timedelta) -> None:
        """Stand still for so long, or let the clock jump; awake afterwards."""
        self.world.now += length
        await self.awake()

    async def end(self) -> None:
        """Run on until all is over: five days and nights, then at each second noon."""
        await self.run(timedelta(days=5), step=timedelta(hours=4))
        self.world.now = self.world.now.replace(hour=7, minute=0) + timedelta(days=1)
        await self.run(timedelta(days=46), step=timedelta(days=2))

    def sent(self, *kinds: Kind) -> Counter[str]:
        """Return how often each message of these kinds left, by its key."""
        return Counter(row["key"] for _, row in self.left if not kinds or row["kind"] in kinds)

    async def rows(self, kind: Kind) -> list[Any]:
        """Return the messages of a kind."""
        return list(await self.world.rows(schema.due, kind=kind.value))

    async def begin(self) -> "Machine":
        """Let everything wait: visits, a closed day, offers, a brigade, results, doses, a journey, a list."""
        world = self.world
        self.area = await world.area()
        self.clinic = await world.clinic(self.area)
        staff = await (await self._somebody("worker")).hire(Role.WORKER, area_id=self.area)
        await (await self._somebody("office")).hire(Role.COORDINATOR)
        desk = await hired(world, Role.REGISTRAR, self.clinic)
        for name, taps in {
            "visitor": [f"bky:{self.clinic}:202611251830"],
            "displaced": [f"bky:{self.clinic}:202611261830"],
            "foreman": [],
            "taking": ["mednew:3:05.08.20:all:20261213:y"],
            "noting": ["cvnew:doctor:20261125:11"],
            "leaving": ["leav:TJ:two"],
            "parent": ["papers"],
        }.items():
            someone = await self._somebody(name)
            for tap in taps:
                await someone.tap(tap)
        foreman = self.who["foreman"]
        await foreman.tap(f"bgd:3:{self.clinic}:20261127")
        await foreman.press("Yes, keep them")
        await desk.command("/closed")
        await desk.press("Thu")
        await desk.press("Closed all day")
        await desk.press("Yes, it is so")
        self.who["examined"], visit = await arrived(world, self.clinic, staff_id=staff)
        clinician = await hired(world, Role.CLINICIAN, self.clinic)
        await clinician.tap(f"rsex:{visit}")
        await clinician.tap(f"rsrdy:{visit}:R2")
        self.who["given"], second = await arrived(world, self.clinic, staff_id=staff)
        await given(world, clinician, second, "R2")
        waiter = await (await self._somebody("waiting")).person()
        wish = {"days": [], "hours": "any", "refused": [], "ends_at": world.now + LASTS}
        await world.add(schema.waits, id=9, person_id=waiter.id, created_at=world.now, **wish)
        await self._ticked()
        return self

    async def _somebody(self, name: str) -> Any:
        self.who[name] = someone = self.world.somebody()
        await someone.agree(area_id=self.area)
        return someone

    async def _ticked(self) -> None:
        """Let who looks after the parent tick something on their list."""
        world, parent = self.world, await self.who["parent"].person()
        async with world.database.writing() as store:
            worker = await self.who["worker"].person()
            staff_id = worker.roles[0].id
            await referrals.open_for(store, parent.id, now=world.now, area_id=self.area, staff_id=staff_id)
            listed = await checklists.begin(store, parent.id, Checklist.WITHOUT_PAPERS, now=world.now)
        await self.who["worker"].tap(f"ptick:{listed.id}:record:y")

    def woken(self) -> list[Any]:
        """Return what left at night though it could wait."""
        return [
            (at, row["kind"])
            for at, row in self.left
            if is_quiet(at, ALMATY) and not is_urgent(row["params"], now=at)
        ]

    async def hanging(self) -> list[Any]:
        """Return the places that are still kept though their time is over."""
        return [
            row
            for row in await self.world.rows(schema.bookings, cancelled_at=None, person_id=None)
            if row["held_until"] is not None and row["held_until"] <= self.world.now
        ]
