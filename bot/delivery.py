"""Bring a stored reply to a person, and say how it ended.

What may have arrived already is sent a second time only when the caller allows it, and never a third time;
what surely did not arrive is repeated until it goes.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

import structlog
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot.calls import Call, as_new, calls
from bot.cards import guest_call
from bot.lanes import Lanes, Limits, seconds
from bot.request import NotConnected, form
from bot.voices import Voices
from care.reminders import Lane
from handlers.screens import Reply, Step

__all__ = ["Courier", "Destination", "Lanes", "Leave", "Limits", "Pause", "Result"]

PAUSE_S = 0.25  # before the first repetition of what surely did not arrive; doubled each time
LONGEST_PAUSE_S = 15.0
ANSWER_TRIES = 3  # for the answer to a press: after some seconds nobody looks at the button any more
EDIT_TRIES = 3  # changing a screen again changes nothing
GONE_TEXTS = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "user_is_deactivated",
    "user is deactivated",
)
log = structlog.get_logger()

Progress = Callable[[int], Awaitable[None]]
MayResend = Callable[[], Awaitable[bool]]
Leaving = Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where a reply goes."""

    chat_id: int
    callback_query_id: str | None = None  # of the press that is answered
    guest_query_id: str | None = None  # of the mention that is answered in a chat where we are no member
    message_id: int | None = None  # the pressed message
    editable: bool = False  # whether the pressed message has a text that can be changed
    reply_to: int | None = None  # message that the first new one answers
    private: bool = True  # one person's chat, not a group
    thread: int | None = None  # topic of a group
    lane: Lane = Lane.REPLY

    def to_json(self) -> dict[str, Any]:
        """Return JSON values; `Destination(**values)` makes it again."""
        return {name: getattr(self, name) for name in _FIELDS}


_FIELDS = tuple(one.name for one in fields(Destination))


class Result(StrEnum):
    """How a delivery ended."""

    DELIVERED = "delivered"
    GONE = "gone"  # blocked, deleted or never there: write to this chat no more
    AMBIGUOUS = "ambiguous"  # part of it may have arrived, and may not be sent again
    REFUSED = "refused"  # Telegram will never take it; repeating is of no use
    LATER = "later"  # nothing more arrived; it may go later


class Courier:
    """Deliver replies."""

    def __init__(self, bot: ExtBot[Any], voices: Voices | None = None) -> None:
        """Use the request object, the address and the rate limiter of `bot`; without voices send none."""
        self._bot = bot
        self._voices = voices

    async def deliver(
        self,
        reply: Reply,
        to: Destination,
        *,
        first: int = 0,
        progress: Progress | None = None,
        may_resend: MayResend | None = None,
        leaving: Leaving | None = None,
        patience_s: float | None = None,
    ) -> Result:
        """Send what `reply` shows, beginning with its call number `first`, and answer the press.

        After each accepted call that is not the last, `progress` is told the number of the next one: with
        it as `first` a later delivery goes on there. `may_resend` is asked before something is sent that
        may have arrived; without it nothing is sent twice. `leaving` is called just before the first message
        leaves. What surely did not arrive is repeated for `patience_s` seconds, or until it goes when that
        is None (then the result is never LATER).
        """
        policy = _Policy(may_resend, patience_s, Leave(leaving))
        if to.callback_query_id is None:
            return await self._send_all(reply, to, first, progress, policy)
        answering = asyncio.create_task(self._answer(to.callback_query_id, reply))
        try:
            result = await self._send_all(reply, to, first, progress, policy)
        except BaseException:
            answering.cancel()
            raise
        await answering
        return result

    async def _send_all(
        self, reply: Reply, to: Destination, first: int, progress: Progress | None, policy: "_Policy"
    ) -> Result:
        if to.guest_query_id is not None:
            left = guest_call(reply, to.guest_query_id)
        else:
            left = calls(reply, pressed=to.message_id if to.editable else None, reply_to=to.reply_to)
        for number, call in enumerate(left[first:], first):
            result = await self._send(call, to, policy)
            if result is not Result.DELIVERED:
                return result
            if progress is not None and number + 1 < len(left):
                await progress(number + 1)
        return Result.DELIVERED

    async def _send(self, call: Call, to: Destination, policy: "_Policy") -> Result:
        """Make one call until it is clear how it ended."""
        pause = Pause(policy.patience_s)
        unclear = 0
        while True:
            try:
                await self.make(call, to, policy.leave)
                return Result.DELIVERED
            except Forbidden:
                return Result.GONE
            except BadRequest as error:
                if call.edits and "not modified" not in error.message.lower():
                    call = as_new(call)  # the screen is gone, too old or without text
                    continue
                return _refusal(call, error)
            except ChatMigrated as error:
                to = replace(to, chat_id=error.new_chat_id)
            except RetryAfter as error:
                if not await pause.over(at_least_s=seconds(error)):
                    return Result.LATER
            except (NotConnected, InvalidToken) as error:
                log.warning("bot api unreachable", fault=type(error).__name__, method=call.method)
                if not await pause.over():
                    return Result.LATER
            except TelegramError as error:
                unclear += 1
                log.warning(
                    "unclear whether sent", fault=type(error).__name__, method=call.method, copy=unclear
                )
                if not await _again(call, unclear, policy):
                    return Result.AMBIGUOUS
                await asyncio.sleep(PAUSE_S)

    async def make(self, call: Call, to: Destination, leave: "Leave | None" = None) -> Any:
        """Make one call, once, and return what the Bot API says. Raises TelegramError."""

        async def made(method: str, params: dict[str, Any], file: tuple[str, str, bytes] | None) -> Any:
            return await self.call(method, params, lane=to.lane, file=file, leave=leave)

        params = {"chat_id": to.chat_id, **call.params} if call.to_chat else call.params
        if to.thread is not None and call.method.startswith("send"):
            params["message_thread_id"] = to.thread
        if call.recording is not None and self._voices is not None:
            return await self._voices.send(call.recording, params, made)
        file = call.file if call.printed is None else await _printed(call.printed)
        return await made(call.method, params, file)

    def at_rest(self, chat_id: int) -> bool:
        """Return whether a chat has room for what is only nice to have."""
        limiter = self._bot.rate_limiter
        return limiter.at_rest(chat_id) if isinstance(limiter, Lanes) else True

    async def call(
        self,
        method: str,
        params: dict[str, Any],
        *,
        lane: Lane,
        file: tuple[str, str, bytes] | None = None,
        leave: "Leave | None" = None,
    ) -> Any:
        """Call the Bot API through the lanes; no library objects are built or parsed, which halves the cost.

        `file` is parameter, file name and content. Raises TelegramError.
        """
        bot, limiter = self._bot, self._bot.rate_limiter
        arguments = (f"{bot.base_url}/{method}", form(params, file))
        post = bot.request.post if leave is None or leave.told else leave.then(bot.request.post)
        if limiter is None:
            return await post(*arguments)
        return await limiter.process_request(post, arguments, {}, method, params, lane)

    async def _answer(self, query_id: str, reply: Reply) -> None:
        """Answer a press; what Telegram refuses (too old, answered before) counts as answered."""
        params: dict[str, Any] = {"callback_query_id": query_id}
        if reply.toast:
            params |= {"text": reply.toast, "show_alert": reply.alert}
        for attempt in range(ANSWER_TRIES):
            try:
                await self.call("answerCallbackQuery", params, lane=Lane.REPLY)
                return
            except (BadRequest, Forbidden):
                return
            except TelegramError as error:
                log.info("press not answered", fault=type(error).__name__, attempt=attempt + 1)
                await asyncio.sleep(PAUSE_S * 2**attempt)


@dataclass(frozen=True, slots=True)
class _Policy:
    may_resend: MayResend | None
    patience_s: float | None
    leave: "Leave"


class Leave:
    """Tell once, when the first message's turn has come, that it leaves."""

    __slots__ = ("_tell",)

    def __init__(self, tell: Leaving | None) -> None:
        """Have `tell` called; None: nobody."""
        self._tell = tell

    @property
    def told(self) -> bool:
        """Whether it was told."""
        return self._tell is None

    def then(self, post: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Coroutine[Any, Any, Any]]:
        """Return `post`, telling first."""

        def telling(*arguments: Any) -> Coroutine[Any, Any, Any]:
            tell, self._tell = self._tell, None
            if tell is not None:
                tell()
            return post(*arguments)

        return telling


class Pause:
    """Wait longer and longer, as long as patience lasts."""

    __slots__ = ("_left_s", "_next_s")

    def __init__(self, patience_s: float | None) -> None:
        """Have patience for so many seconds; None: for ever."""
        self._left_s = patience_s
        self._next_s = PAUSE_S

    async def over(self, *, at_least_s: float = 0.0) -> bool:
        """Wait, or return False when patience does not reach so far."""
        wait_s = max(self._next_s, at_least_s)
        if self._left_s is not None:
            if wait_s > self._left_s:
                return False
            self._left_s -= wait_s
        self._next_s = min(2 * self._next_s, LONGEST_PAUSE_S)
        await asyncio.sleep(wait_s)
        return True


async def _printed(step: Step) -> tuple[str, str, bytes]:
    """Make the PDF, or the picture, of a step in a thread; parameter, file name and content."""
    from bot.print.pdf import PICTURES, pdf

    parameter = "photo" if step.way in PICTURES else "document"
    return parameter, step.name, await asyncio.to_thread(pdf, step)


async def _again(call: Call, unclear: int, policy: _Policy) -> bool:
    if call.edits:
        return unclear < EDIT_TRIES
    return policy.may_resend is not None and unclear == 1 and await policy.may_resend()


def _refusal(call: Call, error: BadRequest) -> Result:
    if call.edits:  # 'message is not modified': the screen is as it should be
        return Result.DELIVERED
    return refused(call, error)


def refused(call: Call, error: BadRequest) -> Result:
    """Return whether the chat is gone or only this was refused; the log learns why, without its content."""
    text = error.message.lower()
    if any(gone in text for gone in GONE_TEXTS):
        return Result.GONE
    log.error("refused by the bot api", method=call.method, reason=error.message.partition('"')[0][:60])
    return Result.REFUSED
