"""Send messages that are due: claim → look whether it is still true → send → write down how it ended.

The claim is committed before anything is sent, so a kill at any moment loses no message and makes at most
two copies of one. Rows are compared with the program's clock only; what this process has in hand it never
claims again, even when that clock jumps.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import structlog
from sqlalchemy import RowMapping
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.delivery import Courier, Destination, Result
from bot.group_notices import passed_into_group
from bot.readers import reader_of, tell_who_looks_after
from care import reminders
from care.medicine import PRIVATE
from care.message_kinds import TO_STAFF, Kind
from care.outcomes import Kind as Outcome
from care.person import Person
from care.reminders import Lane, is_urgent, next_allowed
from care.roles import Actor
from care.without_telegram import WITHOUT
from care.wording import sent_as
from handlers.screens import Reply
from handlers.worker.call_on import passed_on
from locales.catalogue import Locale, Words
from storage import due, outcomes, people, referrals, wellbeing
from storage.due import State
from storage.engine import Database, is_collision, is_unavailable
from storage.vault import Vault

AT_ONCE = 16  # messages claimed and not finished: a kill costs each of them one of its two copies
LEASE = timedelta(minutes=5)  # longer than one message may be on its way, pauses included
PATIENCE_S = 30.0  # for a missing connection, before a message is put back
UNCLEAR_AGAIN = timedelta(seconds=30)  # before the second copy of what may have arrived
LATER_AGAIN = timedelta(minutes=1)
STORE_TRIES = 5  # to write down how a message ended: forgetting it would send it twice
STORE_PAUSE_S = 1.0
log = structlog.get_logger()


class Render(Protocol):
    """Say what a message due now shows, or None when it is no longer true."""

    async def __call__(
        self, kind: Kind, row: RowMapping, person: Person, t: Locale, store: AsyncConnection, now: datetime
    ) -> Reply | None:
        """Return the reply; `row` is one of storage.schema.due."""


@dataclass(frozen=True, kw_only=True)
class Tools:
    """What due messages are sent with."""

    database: Database
    vault: Vault
    words: Words
    courier: Courier
    render: Render
    now: Callable[[], datetime]
    zone: str  # where a person's own zone is not known
    menu: Callable[[int, str], Awaitable[None]] | None = None  # tells Telegram which commands a chat has now


@dataclass(frozen=True, slots=True)
class _Ready:
    reply: Reply
    to: Destination
    reader_id: int  # the person, or their friend


@dataclass(frozen=True, slots=True)
class _Ended:
    state: State
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class _Wait:
    until: datetime


class DueMessages:
    """Send what is due. `wake` is set whenever a look may be worth while."""

    def __init__(self, tools: Tools) -> None:
        """Begin with nothing in hand."""
        self._tools = tools
        self._in_hand: dict[int, asyncio.Task[None]] = {}
        self._more = False  # whether the last claim was a full one
        self.wake = asyncio.Event()

    async def run(self) -> None:
        """Send whenever woken, until cancelled."""
        while True:
            await self.wake.wait()
            self.wake.clear()
            try:
                await self._fill()
            except Exception as error:
                log.error("due messages failed", fault=type(error).__name__, exc_info=error)

    async def tick(self) -> None:
        """Send all that is due now, and return when it is done."""
        while await self._fill() or self._in_hand:
            await asyncio.wait(self._in_hand.values())

    async def stop(self, *, within_s: float) -> None:
        """Finish what is in hand; what is late goes again after the next start, as far as it may."""
        if self._in_hand:
            _, late = await asyncio.wait(self._in_hand.values(), timeout=within_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _fill(self) -> int:
        """Claim as many as may be in hand and begin to send them; return how many were claimed."""
        tools, room = self._tools, AT_ONCE - len(self._in_hand)
        now = tools.now()
        async with tools.database.reading() as store:
            if room < 1 or not await due.anything_to_do(store, now=now):
                return 0
        token, mine = secrets.token_hex(16), list(self._in_hand)
        async with tools.database.writing() as store:
            await due.expire(store, now=now)
            for row in await due.give_up(store, now=now, lease=LEASE, not_these=mine):
                await _tell_staff(store, row, now=now)
            rows = await due.claim(store, now=now, token=token, lease=LEASE, limit=room, not_these=mine)
        self._more = len(rows) == room
        give_back = asyncio.get_running_loop().time() + LEASE.total_seconds()
        for row in rows:
            task = asyncio.create_task(self._one(row, token, give_back))
            self._in_hand[row["id"]] = task
            task.add_done_callback(partial(self._leave, row["id"]))
        return len(rows)

    def _leave(self, row_id: int, _: asyncio.Task[None]) -> None:
        del self._in_hand[row_id]
        if self._more and len(self._in_hand) <= AT_ONCE // 2:
            self.wake.set()

    async def _one(self, row: RowMapping, token: str, give_back: float) -> None:
        try:
            await self._send(row, token, give_back)
        except Exception as error:
            log.error(
                "due message failed",
                row=row["id"],
                kind=row["kind"],
                fault=type(error).__name__,
                exc_info=error,
            )
            await self._ended(row, token, _Ended(State.FAILED, type(error).__name__))

    async def _send(self, row: RowMapping, token: str, give_back: float) -> None:
        tools = self._tools
        async with tools.database.reading() as store:
            step = await self._prepare(row, store)
        if isinstance(step, _Wait):
            await self._postponed(row, token, step.until, copies=row["attempts"] - 1)
        elif isinstance(step, _Ended):
            await self._ended(row, token, step)
        elif (
            asyncio.get_running_loop().time() < give_back
        ):  # a program that was stopped meanwhile holds no lease
            await self._deliver(row, token, step)

    async def _prepare(self, row: RowMapping, store: AsyncConnection) -> _Ready | _Ended | _Wait:
        """Decide what becomes of a claimed message."""
        tools, now = self._tools, self._tools.now()
        person = await people.by_id(store, row["person_id"])
        if person is None:
            return _Ended(State.CANCELLED, "forgotten")
        if person.blocked_at is not None:
            return _Ended(State.FAILED, "blocked")
        kind = Kind(row["kind"])
        zone = row["zone"] or await due.zone_of(store, person.id) or tools.zone
        quiet = None
        if kind in TO_STAFF and (hours := await wellbeing.hours_of(store, person.id)) is not None:
            zone, quiet = row["zone"] or hours.zone or zone, hours.quiet
        allowed = next_allowed(now, zone, urgent=is_urgent(row["params"], now=now), quiet=quiet)
        if allowed >= row["useful_until"]:
            return _Ended(State.EXPIRED)
        if allowed > now:
            return _Wait(allowed)
        reads = await reader_of(person, kind, store)
        t = tools.words[reads.locale if reads.locale in tools.words else tools.words.choices[0][0]]
        reply = await tools.render(kind, row, person, t, store, now)
        if reply is None:
            return _Ended(State.CANCELLED, "no longer true")
        if reads.telegram_id is None:
            return _Ended(State.CANCELLED, WITHOUT)
        to = Destination(chat_id=people.telegram_id(tools.vault, reads), lane=Lane(row["lane"]))
        return _Ready(passed_on(t, reply, person) if reads.id != person.id else reply, to, reads.id)

    async def _deliver(self, row: RowMapping, token: str, ready: _Ready) -> None:
        if await passed_into_group(self._tools, ready.reply, ready.to, before=row["attempts"] > 1):
            await self._ended(row, token, _Ended(State.SENT), reader_id=ready.reader_id)
            return
        parts = 0

        async def progress(number: int) -> None:
            nonlocal parts
            parts = number

        result = await self._tools.courier.deliver(
            ready.reply, ready.to, progress=progress, patience_s=PATIENCE_S
        )
        if result in _ENDINGS:
            await self._ended(row, token, _ENDINGS[result], reader_id=ready.reader_id)
            if ready.reply.menu and self._tools.menu and result is Result.DELIVERED:
                await self._tools.menu(ready.to.chat_id, ready.reply.menu)
            return
        unclear = result is Result.AMBIGUOUS or parts > 0
        copies = row["attempts"] if unclear else row["attempts"] - 1
        until = self._tools.now() + (UNCLEAR_AGAIN if unclear else LATER_AGAIN)
        if copies >= due.MOST_COPIES or (copies and until >= row["useful_until"]):
            await self._ended(row, token, _Ended(State.UNKNOWN, result.value))
        else:
            await self._postponed(row, token, until, copies=copies)

    async def _postponed(self, row: RowMapping, token: str, until: datetime, *, copies: int) -> None:
        async def write(store: AsyncConnection) -> None:
            await due.postpone(store, row["id"], token, until=until, copies=copies)

        await self._write(write)

    async def _ended(
        self, row: RowMapping, token: str, ended: _Ended, *, reader_id: int | None = None
    ) -> None:
        """Write down the end of a message with all that follows from it, in one transaction."""
        now = self._tools.now()

        async def write(store: AsyncConnection) -> None:
            if not await due.finish(store, row["id"], token, ended.state, now=now, fault=ended.fault):
                return
            if ended.state is State.UNKNOWN:
                await _tell_staff(store, row, now=now)
            reader, gone = reader_id or row["person_id"], ended.fault == Result.GONE
            if gone:
                await people.change(store, reader, blocked_at=now)
                await due.block(store, reader, now=now)
            if ended.fault == WITHOUT or (gone and reader != row["person_id"]):
                await tell_who_looks_after(store, row, now=now)
            await _record(store, row, ended.state, now=now)

        await self._write(write)

    async def _write(self, write: Callable[[AsyncConnection], Awaitable[None]]) -> None:
        """Write in a transaction of its own, again when the store cannot be reached."""
        for attempt in range(1, STORE_TRIES + 1):
            try:
                async with self._tools.database.writing() as store:
                    await write(store)
                return
            except (DBAPIError, OSError) as error:
                if attempt == STORE_TRIES or not (is_collision(error) or is_unavailable(error)):
                    raise
                log.error("store unreachable", fault=type(error).__name__, attempt=attempt)
            await asyncio.sleep(STORE_PAUSE_S)


_ENDINGS = {
    Result.DELIVERED: _Ended(State.SENT),
    Result.GONE: _Ended(State.FAILED, Result.GONE.value),
    Result.REFUSED: _Ended(State.FAILED, Result.REFUSED.value),
}


async def _record(store: AsyncConnection, row: RowMapping, state: State, *, now: datetime) -> None:
    """Record that a person was reminded, or could not be reached; notices that reached staff are not
    counted, and of private messages not whose they are."""
    if state not in {State.SENT, State.FAILED} or (state is State.SENT and row["kind"] in TO_STAFF):
        return
    kind = Outcome.REMINDED if state is State.SENT else Outcome.UNDELIVERABLE
    private = row["kind"] in PRIVATE
    about = await referrals.episode_of(store, row["person_id"]) if not private else None
    detail = sent_as(row["kind"], row["person_id"]) if state is State.SENT else row["kind"]
    await outcomes.append(store, kind, now=now, role=Actor.JOB, about=about, detail=detail)


async def _tell_staff(store: AsyncConnection, row: RowMapping, *, now: datetime) -> None:
    """Plan a notice about a message that may not have arrived; none about such a notice."""
    log.warning("message may not have arrived", row=row["id"], kind=row["kind"])
    kind = Kind(row["kind"])
    if kind is Kind.UNKNOWN or kind in PRIVATE:
        return
    for staff_person_id in await due.responsible_for(store, row["person_id"]):
        planned = reminders.unknown(row["id"], staff_person_id, kind, row["person_id"], now=now)
        await due.schedule(store, planned, now=now)
