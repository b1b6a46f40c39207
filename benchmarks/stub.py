"""A Bot API stub that costs as little as possible: it feeds updates to one bot and times the answers.

One process, one asyncio protocol, hand-made HTTP/1.1: what is measured is the bot. It keeps those rules
that matter to a poller: a positive offset forgets what is below it, long polling waits only when nothing is
pending.
"""

import asyncio
import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any
from urllib.parse import parse_qs

OK = b'{"ok":true,"result":true}'
ME = (
    b'{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"Bench","username":"bench_bot",'
    b'"can_join_groups":true,"can_read_all_group_messages":false,"supports_inline_queries":false}}'
)


@dataclass(slots=True)
class Feed:
    """Updates to hand out, and when each was answered."""

    latency_s: float = 0.0  # how long the API takes to answer a message
    pending: list[bytes] = field(default_factory=list)  # raw updates, oldest first
    first_id: int = 1  # update id of pending[0]
    pushed_at: dict[int, float] = field(default_factory=dict)  # by chat: since when an update waits
    times_s: list[float] = field(default_factory=list)
    answered: int = 0
    polls: int = 0
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    on_answer: Callable[[], None] | None = None

    def push(self, update_id: int, chat: int, text: str) -> None:
        """Offer one text message of a private chat; ids must be given in order, without gaps."""
        if not self.pending:
            self.first_id = update_id
        self.pending.append(_update(update_id, chat, text))
        self.pushed_at.setdefault(chat, perf_counter())
        self.woken.set()

    def take(self, offset: int, limit: int) -> bytes:
        """Forget what is below `offset`, and return what is there from it on."""
        done = max(0, min(offset - self.first_id, len(self.pending)))
        del self.pending[:done]
        self.first_id += done
        if not self.pending:
            self.woken.clear()
        return b'{"ok":true,"result":[' + b",".join(self.pending[:limit]) + b"]}"

    def answer(self, chat: int) -> None:
        """Note that a chat was written to."""
        at = self.pushed_at.pop(chat, None)
        if at is not None:
            self.times_s.append(perf_counter() - at)
        self.answered += 1
        if self.on_answer is not None:
            self.on_answer()


def _update(update_id: int, chat: int, text: str) -> bytes:
    person = {"id": chat, "is_bot": False, "first_name": "P", "language_code": "ru"}
    message = {
        "message_id": update_id,
        "date": 1_790_000_000,
        "chat": {"id": chat, "type": "private", "first_name": "P"},
        "from": person,
        "text": text,
    }
    if text.startswith("/"):
        message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}]
    return json.dumps({"update_id": update_id, "message": message}).encode()


class Api(asyncio.Protocol):
    """One connection of the bot."""

    def __init__(self, feed: Feed) -> None:
        """Serve `feed`."""
        self._feed = feed
        self._buffer = b""
        self._queue: list[asyncio.Task[None]] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every whole request in the buffer."""
        self._buffer += data
        while True:
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            length = _length(head)
            if len(rest) < length:
                return
            body, self._buffer = rest[:length], rest[length:]
            path = head.split(b" ", 2)[1].decode()
            self._queue.append(asyncio.get_running_loop().create_task(self._answer(path, head, body)))
            self._queue = [task for task in self._queue if not task.done()]

    async def _answer(self, path: str, head: bytes, body: bytes) -> None:
        method = path.partition("?")[0].rsplit("/", 1)[-1]
        fields = _fields(path, head, body)
        if method == "getUpdates":
            await self._updates(fields)
        elif method == "getMe":
            self._send(ME)
        elif method == "sendMessage":
            if self._feed.latency_s:
                await asyncio.sleep(self._feed.latency_s)
            chat = int(fields.get("chat_id", 0))
            self._feed.answer(chat)
            self._send(
                b'{"ok":true,"result":{"message_id":1,"date":1790000000,"chat":{"id":%d,"type":"private"},"text":"x"}}'
                % chat
            )
        else:
            self._send(OK)

    async def _updates(self, fields: dict[str, Any]) -> None:
        feed = self._feed
        feed.polls += 1
        offset, limit = int(fields.get("offset") or 0), int(fields.get("limit") or 100)
        feed.take(offset, 0)
        if not feed.pending:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(feed.woken.wait(), float(fields.get("timeout") or 0))
        self._send(feed.take(offset, limit))

    def _send(self, body: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                b"Content-Length: %d\r\n\r\n" % len(body) + body
            )


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line[:15].lower() == b"content-length:":
            return int(line[15:])
    return 0


def _fields(path: str, head: bytes, body: bytes) -> dict[str, Any]:
    fields: dict[str, Any] = {key: values[-1] for key, values in parse_qs(path.partition("?")[2]).items()}
    if b"multipart/form-data" in head:
        for part in body.split(b"--" + head.split(b"boundary=")[1].split(b"\r\n")[0].strip(b'"')):
            name, found, value = part.partition(b"\r\n\r\n")
            if found and b'name="' in name:
                fields[name.split(b'name="')[1].split(b'"')[0].decode()] = value.rstrip(b"\r\n").decode()
    elif body[:1] == b"{":
        fields |= json.loads(body)
    elif body:
        fields |= {key: values[-1] for key, values in parse_qs(body.decode()).items()}
    return fields
