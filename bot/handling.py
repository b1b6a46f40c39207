"""Take one update to its end: its effects in one transaction, then its reply, then its mark.

The reply is kept, encrypted, in the transaction of the effects. So a crash at any moment neither loses a
reply nor repeats an effect, whatever the conversation does; and nobody gets a third copy.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError

from bot.delivery import Courier, Destination, Result
from bot.excuses import Excuses
from bot.former_life import Left, take_over
from bot.marks import DoneMarks
from bot.relaying import Relaying, apart
from bot.senders import destination
from bot.sendings import Sendings, to_others
from handlers.dispatch import Dispatch
from handlers.incoming import Incoming, What, read
from handlers.screens import Reply, Step, Way, from_json, to_json
from storage import people, updates
from storage.engine import Database, is_collision, is_unavailable
from storage.vault import Vault

DEADLINE_S = 5.0  # for the effects of one update, which take milliseconds; then it counts as a failed try
SLOW_DOWN_EVERY_S = 600.0
PAUSES_S = (0.2, 1.0, 5.0)  # before the next try of an update that failed
STORE_PAUSE_S = 1.0  # before the next try when the store could not be reached
COLLISION_PAUSE_S = 0.05  # … when another transaction and this one waited for each other
LATER_S = 5.0  # before a reply is tried again that Telegram asked to hold back
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Item:
    """One update on its way: as it came, or only the reply that a former life could not send."""

    update_id: int
    raw: Mapping[str, Any] | None = None
    reply: bytes | None = None  # sealed
    begun_before: bool = False  # a former life had it, and may have ended by it
    own: bool = True  # of the reply, who wrote may get (another) copy of what they are shown
    passed: bool = False  # … and what goes into other chats may have arrived there


@dataclass(frozen=True, kw_only=True)
class Handling:
    """What happens to one update."""

    database: Database
    vault: Vault
    dispatch: Dispatch
    courier: Courier
    marks: DoneMarks
    sendings: Sendings
    excuses: Excuses
    now: Callable[[], datetime]
    menu: Callable[[int, str], Awaitable[None]]  # tells Telegram which commands a chat has now
    slowed: dict[int, float]  # who was told to slow down, and when by the loop's clock
    old_ones: asyncio.Lock  # held by the one update of a former life that is in hand

    async def to_its_end(self, item: Item, key: int, *, flooded: bool) -> None:
        """Handle an update, or send the reply that is left of it, and mark it as done."""
        if item.raw is None:
            await self._resend(item)
            return
        update = read(item.raw)
        if update is None:
            await self._give_up(item.update_id, "unreadable")
            return
        if item.begun_before:
            reply = await self._effects_of_old(update)
        else:
            reply = await self._effects_in_the_end(update)
        if reply is not None:
            if flooded:
                reply = await self._of_a_flood(key, update, reply)
            await self._deliver(update.update_id, reply, destination(update, reply))

    async def _effects_of_old(self, update: Incoming) -> Reply | None:
        """Handle what a former life left, one at a time: should it end the process, it alone is counted."""
        async with self.old_ones:
            async with self.database.writing() as store:
                again = await updates.begin_again(store, update.update_id, now=self.now())
            if again:
                return await self._effects_in_the_end(update)
        log.error("update set aside", update_id=update.update_id, fault="ended the process")
        return None

    async def _effects_in_the_end(self, update: Incoming) -> Reply | None:
        """Handle an update, again when it fails, up to three times; return what is to be sent, if any."""
        pauses = iter(PAUSES_S)
        while True:
            try:
                return await self._effects(update)
            except Exception as error:
                if is_collision(error):
                    log.info("effects collided", update_id=update.update_id)
                    await asyncio.sleep(COLLISION_PAUSE_S)
                    continue
                if isinstance(error, DBAPIError | OSError) and is_unavailable(error):
                    log.error("store unreachable", fault=type(error).__name__)
                    await asyncio.sleep(STORE_PAUSE_S)
                    continue
                if await self._failed(update.update_id, error):
                    apology = await self.excuses.apologise(update)
                    await self.courier.deliver(apology, destination(update, apology))
                    return None
                await asyncio.sleep(next(pauses))

    async def _effects(self, update: Incoming) -> Reply | None:
        """Handle an update inside one transaction; return what is to be sent, or None for silence."""
        now = self.now()
        async with self.database.writing() as store, asyncio.timeout(DEADLINE_S):
            reply = await self.dispatch.answer(update, store, now)
            silent = not reply.steps and update.what is not What.PRESS
            sealed = None if silent else self._seal(reply, destination(update, reply))
            await updates.handled(store, update.update_id, reply=sealed, now=now)
        return None if silent else reply

    def _seal(self, reply: Reply, to: Destination) -> bytes:
        content = {"reply": to_json(reply), "to": to.to_json()}
        plain = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        return self.vault.seal(plain.encode(errors="replace"))  # half a letter may be passed on

    def destination_of(self, sealed: bytes) -> Destination:
        """Return where a kept reply goes."""
        return Destination(**json.loads(self.vault.open(sealed))["to"])

    async def _of_a_flood(self, key: int, update: Incoming, reply: Reply) -> Reply:
        """Answer only the press of what is followed by much more, and say so once in a while.

        What goes to somebody else goes on: it is not ours to drop.
        """
        others = apart(reply)[1]
        now = asyncio.get_running_loop().time()
        if now - self.slowed.get(key, -SLOW_DOWN_EVERY_S) < SLOW_DOWN_EVERY_S:
            return Reply(others, reply.toast, reply.alert)
        for who in [who for who, at in self.slowed.items() if now - at >= SLOW_DOWN_EVERY_S]:
            del self.slowed[who]
        self.slowed[key] = now
        slower = await self.excuses.slow_down(update)
        return replace(slower, steps=(*slower.steps, *others)) if others else slower

    async def _deliver(
        self, update_id: int, reply: Reply, to: Destination, *, own: bool = True, passed: bool = False
    ) -> None:
        shown, others = apart(reply)
        result = await self._bring(update_id, shown, to) if own else Result.DELIVERED
        if others:
            told = await self._relaying().pass_on(update_id, others, own_chat=to.chat_id, before=passed)
            if told and result is not Result.GONE:
                await self._bring(update_id, _telling(told), _beside(to))
        await self.marks.done(update_id)
        self.sendings.end(update_id)
        if others or passed:
            self.sendings.end(to_others(update_id))
        if reply.menu and result is Result.DELIVERED:
            await self.menu(to.chat_id, reply.menu)

    def _relaying(self) -> Relaying:
        return Relaying(
            database=self.database,
            vault=self.vault,
            courier=self.courier,
            sendings=self.sendings,
            now=self.now,
        )

    async def _bring(self, update_id: int, reply: Reply, to: Destination) -> Result:
        """Bring who wrote what they are shown."""
        reached = 0

        async def note(number: int) -> None:
            nonlocal reached
            reached = number

        while True:
            result = await self.courier.deliver(
                reply,
                to,
                first=reached,
                progress=note,
                may_resend=lambda: self._count_copy(update_id),
                leaving=lambda: self.sendings.begin(update_id),
            )
            if result is not Result.LATER:
                break
            await asyncio.sleep(LATER_S)
        if result is Result.GONE and to.private:
            await self._mark_blocked(to.chat_id)
        return result

    async def _resend(self, item: Item) -> None:
        """Send the reply of an update whose effects a former life committed."""
        content = json.loads(self.vault.open(item.reply or b""))
        reply, to = from_json(content["reply"]), Destination(**content["to"])
        await self._deliver(item.update_id, reply, to, own=item.own, passed=item.passed)

    async def _count_copy(self, update_id: int) -> bool:
        async with self.database.writing() as store:
            return await updates.sending_again(store, update_id)

    async def take_over(self, rows: Sequence[updates.Open]) -> list[Left]:
        """Return what is still to be done of what a former life left."""
        return await take_over(self.database, self.vault, self.sendings, rows, now=self.now())

    async def _mark_blocked(self, telegram_id: int) -> None:
        async with self.database.writing() as store:
            person = await people.by_hash(store, self.vault.hashes(str(telegram_id)))
            if person is not None:
                await people.change(store, person.id, blocked_at=self.now())

    async def _failed(self, update_id: int, error: Exception) -> bool:
        """Count a failed try; return True when it was the last."""
        fault = type(error).__name__
        log.error("handling failed", update_id=update_id, fault=fault, exc_info=error)
        async with self.database.writing() as store:
            return await updates.failed(store, update_id, fault=fault, now=self.now())

    async def _give_up(self, update_id: int, fault: str) -> None:
        async with self.database.writing() as store:
            await updates.set_aside(store, update_id, fault=fault, now=self.now())
        log.error("update set aside", update_id=update_id, fault=fault)

    async def close(self) -> None:
        """Commit the marks that are left."""
        await self.marks.close()


def _telling(told: Sequence[str]) -> Reply:
    """Return what was not passed on, in the words of the conversation."""
    return Reply(tuple(Step(way=Way.SEND, text=text) for text in told))


def _beside(to: Destination) -> Destination:
    """Return where to answer what was not passed on: below the person's own message, not on a press."""
    written = None if to.callback_query_id is not None else to.message_id
    return replace(to, callback_query_id=None, message_id=None, editable=False, reply_to=written)
