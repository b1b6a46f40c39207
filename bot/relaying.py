"""Bring what one person passes on into another's chat: never twice, and who wrote hears if it did not arrive.

To say a thing twice is worse than to hear 'that did not go through', so nothing is sent again here that may
have arrived: not after a time-out, and not in the next life of the program. Only what surely did not leave is
repeated, and what may be done twice without harm: changing or deleting a message.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

import structlog
from sqlalchemy.exc import DBAPIError
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot import delivery
from bot.calls import CHANGES, Call, passed_on
from bot.delivery import EDIT_TRIES, Courier, Destination, Leave, Pause, Result, refused
from bot.lanes import seconds
from bot.request import NotConnected
from bot.sendings import to_others
from handlers.screens import JUST_MADE, Reply, Step, Way
from storage import people, relay_copies, relay_groups
from storage.engine import Database
from storage.vault import Vault

HOLD_S = 60.0  # how long one person's words wait for another's chat that Telegram holds back
REPEATABLE = frozenset({Way.EDIT, Way.EDIT_CAPTION, Way.DELETE})
NOT_MODIFIED, NOT_FOUND = "not modified", "message to delete not found"
TOPIC_GONE = "topic gone"  # in the place of an answer: somebody deleted the topic
TOPIC_GONE_TEXTS = ("message thread not found", "topic_deleted", "topic_id_invalid")
log = structlog.get_logger()


def apart(reply: Reply) -> tuple[Reply, tuple[Step, ...]]:
    """Return what who wrote is shown, and what is passed on."""
    others = tuple(step for step in reply.steps if step.to or step.way in CHANGES)
    if not others:
        return reply, ()
    return replace(reply, steps=tuple(step for step in reply.steps if step not in others)), others


class Marks(Protocol):
    """Remember what is leaving, for the next life of the program."""

    def begin(self, update_id: int) -> None:
        """Note that it leaves now."""

    def end(self, update_id: int) -> None:
        """Note that it did not."""


@dataclass(slots=True)
class _Round:
    """How far the steps of one reply are."""

    update_id: int
    own_chat: int  # of who wrote
    before: bool  # a former life may have brought some of it
    left: bool  # something may have arrived that must not be sent again
    topic: int | None = None  # the one just made
    gone: set[int] = field(default_factory=set)  # chats that cannot be written to


@dataclass(frozen=True, kw_only=True)
class Relaying:
    """What passes things on."""

    database: Database
    vault: Vault
    courier: Courier
    sendings: Marks
    now: Callable[[], datetime]

    async def pass_on(
        self, update_id: int, steps: Sequence[Step], *, own_chat: int, before: bool
    ) -> tuple[str, ...]:
        """Bring steps into their chats, in order; return what who wrote must hear, as HTML, each once.

        `before`: a former life of the program may have brought some of it. What can be known to have arrived
        counts as brought; all else is not sent again.
        """
        round_ = _Round(update_id, own_chat, before=before, left=before)
        said: dict[str, None] = {}
        for number, step in enumerate(steps, 1):
            if not await self._brought(step, steps[number:], round_) and step.otherwise:
                said[step.otherwise] = None
        return tuple(said)

    async def _brought(self, step: Step, later: Sequence[Step], round_: _Round) -> bool:
        """Bring one step; return whether it is where it belongs."""
        chat = step.to or round_.own_chat
        if step.way is Way.TYPING:
            await self._show_typing(step, chat, round_)
            return True
        if round_.before and step.way not in REPEATABLE:
            behind = [one for one in later if one.to == step.to and one.copy]
            return any([await self._known(one) for one in ([step] if step.copy else behind)])
        if chat in round_.gone or (step.thread == JUST_MADE and round_.topic is None):
            return False
        result, answer = await self._bring(step, chat, round_)
        if result is Result.GONE:
            round_.gone.add(chat)
            await self._mark_blocked(chat)
        if step.way is Way.TOPIC and result in (Result.REFUSED, Result.GONE):
            await self._without_topic(step.copy)
        if answer == TOPIC_GONE:
            await self._forget_topic(chat, step.thread)
        if result is Result.DELIVERED:
            await self._note(step, answer, round_)
        return result is Result.DELIVERED

    async def _show_typing(self, step: Step, chat: int, round_: _Round) -> None:
        """Show it where that takes no message's place: two a second would make the next one wait."""
        if round_.before or chat in round_.gone or not self.courier.at_rest(chat):
            return
        try:
            await self.courier.make(passed_on(step)[0], _place(step, chat, round_))
        except TelegramError as error:
            log.info("typing not shown", fault=type(error).__name__)

    async def _bring(self, step: Step, chat: int, round_: _Round) -> tuple[Result, Any]:
        """Make the calls of a step; return how it ended and what the Bot API said to the first."""
        to, answers = _place(step, chat, round_), []
        for call in passed_on(step):
            result, answer = await self._send(call, step, to, round_)
            if result is not Result.DELIVERED:
                return result, answer
            answers.append(answer)
        return Result.DELIVERED, answers[0]

    async def _send(self, call: Call, step: Step, to: Destination, round_: _Round) -> tuple[Result, Any]:
        """Make one call until it is clear how it ended, or until only a second one would tell."""
        repeatable, unclear = step.way in REPEATABLE, 0
        connecting, held = Pause(None), Pause(HOLD_S)
        mark = to_others(round_.update_id)
        while True:
            leave = None if repeatable else Leave(lambda: self.sendings.begin(mark))
            try:
                answer = await self.courier.make(call, to, leave)
                round_.left = round_.left or not repeatable
                return Result.DELIVERED, answer
            except Forbidden:
                return Result.GONE, None
            except BadRequest as error:
                lost = any(text in error.message.lower() for text in TOPIC_GONE_TEXTS)
                return _refusal(call, step, error, round_), TOPIC_GONE if lost else None
            except ChatMigrated as error:
                to = replace(to, chat_id=error.new_chat_id)
            except RetryAfter as error:
                if not await held.over(at_least_s=seconds(error)):
                    return Result.LATER, None
            except (NotConnected, InvalidToken) as error:
                log.warning("bot api unreachable", fault=type(error).__name__, method=call.method)
                if not round_.left:
                    self.sendings.end(mark)
                await connecting.over()
            except TelegramError as error:
                unclear += 1
                log.warning("unclear whether passed on", fault=type(error).__name__, method=call.method)
                if not repeatable or unclear >= EDIT_TRIES:
                    round_.left = True
                    return Result.AMBIGUOUS, None
                await asyncio.sleep(delivery.PAUSE_S)

    async def _known(self, step: Step) -> bool:
        """Return whether the store says that a step arrived."""
        async with self.database.reading() as store:
            if step.way is Way.TOPIC:
                return await relay_copies.topic_of(store, step.copy) is not None
            return await relay_copies.has_arrived(store, step.copy)

    async def _note(self, step: Step, answer: Any, round_: _Round) -> None:
        """Write down what the Bot API made of a step; failing to costs the thread of replies, no message."""
        made = _number(answer, "message_thread_id" if step.way is Way.TOPIC else "message_id")
        if step.way is Way.TOPIC:
            round_.topic = made
        if made is None or not step.copy or step.way in REPEATABLE:
            return
        try:
            async with self.database.writing() as store:
                if step.way is Way.TOPIC:
                    await relay_copies.topic_made(store, step.copy, made)
                else:
                    await relay_copies.arrived(store, step.copy, made, self.now())
        except (DBAPIError, OSError) as error:
            log.error("copy not noted", fault=type(error).__name__)

    async def _without_topic(self, relay_id: int) -> None:
        """Let a talk go on without the topic that Telegram surely will not make."""
        log.warning("no topic can be made", relay_id=relay_id)
        async with self.database.writing() as store:
            await relay_groups.without_topic(store, relay_id, now=self.now())

    async def _forget_topic(self, chat: int, thread: int) -> None:
        async with self.database.writing() as store:
            await relay_copies.topic_gone(store, chat, thread)

    async def _mark_blocked(self, chat: int) -> None:
        """Note that a person cannot be written to; a group is nobody."""
        if chat < 0:
            return
        async with self.database.writing() as store:
            person = await people.by_hash(store, self.vault.hashes(str(chat)))
            if person is not None:
                await people.change(store, person.id, blocked_at=self.now())


def _place(step: Step, chat: int, round_: _Round) -> Destination:
    thread = round_.topic if step.thread == JUST_MADE else step.thread
    return Destination(chat_id=chat, private=chat > 0, thread=thread or None)


def _refusal(call: Call, step: Step, error: BadRequest, round_: _Round) -> Result:
    """Return what a refusal means; what is already as it should be was done."""
    text = error.message.lower()
    if step.way in REPEATABLE and NOT_MODIFIED in text:
        return Result.DELIVERED
    if step.way is Way.DELETE and round_.before and NOT_FOUND in text:
        return Result.DELIVERED  # deleted by the former life
    return refused(call, error)


def _number(answer: Any, name: str) -> int | None:
    found = answer.get(name) if isinstance(answer, dict) else None
    return found if isinstance(found, int) else None
