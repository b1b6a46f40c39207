"""Let the clock run over somebody's plan: the jobs look, what is due is sent, the person sees it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot import medicine
from bot.delivery import Destination, Result
from bot.due import DueMessages, Tools
from care.message_kinds import Kind
from handlers.answering import Answering
from handlers.notices import Notices
from handlers.screens import Reply

ALMATY = "Asia/Almaty"


@dataclass
class Letter:
    """What was brought, when on the clock of Almaty, and to whom."""

    at: datetime  # naive, local
    to: int
    reply: Reply

    @property
    def text(self) -> str:
        return "\n".join(step.text for step in self.reply.steps)


@dataclass
class Reminding:
    """The jobs and the messages of a world."""

    world: Any
    sent: list[Letter] = field(default_factory=list)

    async def deliver(self, reply: Reply, to: Destination, **_: Any) -> Result:
        """Bring a message: it is on the phone from then on."""
        local = self.world.now.astimezone(ZoneInfo(ALMATY)).replace(tzinfo=None)
        self.sent.append(Letter(local, to.chat_id, reply))
        for someone in self.world.people:
            if someone.telegram_id == to.chat_id:
                someone._see(reply, asked=None)
        return Result.DELIVERED

    def due(self) -> DueMessages:
        """Return what sends, as a fresh start of the program has it."""
        world = self.world
        notices = Notices(words=world.words, vault=world.vault, zone=ZoneInfo(ALMATY))
        return DueMessages(
            Tools(
                database=world.database,
                vault=world.vault,
                words=world.words,
                courier=self,  # type: ignore[arg-type]  # stands for it
                render=notices.render,
                now=lambda: world.now,
                zone=ALMATY,
            )
        )

    async def tick(self) -> list[Letter]:
        """Let everything run once, as after a restart, and return what came."""
        before = len(self.sent)
        await medicine.look(self.world.database, now=self.world.now)
        world = self.world
        answering = Answering(words=world.words, vault=world.vault, zone=ZoneInfo(ALMATY))
        await medicine.ask_what_is_in_the_way(world.database, answering, now=world.now)
        await self.due().tick()
        return self.sent[before:]

    async def until(self, local: str, *, step: timedelta = timedelta(hours=1)) -> list[Letter]:
        """Let the clock run to a time in Almaty and return what came meanwhile."""
        before = len(self.sent)
        end = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(ALMATY))
        while self.world.now < end:
            self.world.now = min(self.world.now + step, end.astimezone(self.world.now.tzinfo))
            await self.tick()
        return self.sent[before:]


def kinds(rows: Any) -> list[Kind]:
    """Return the kinds of rows of due messages."""
    return [Kind(row["kind"]) for row in rows]
