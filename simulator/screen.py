"""What a test sees of a chat: frozen screens, messages and buttons."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


class NotSeen(AssertionError):
    """What was waited for did not come; the text shows the screen as it was."""


@dataclass(frozen=True, slots=True)
class Button:
    """An inline button, or one of the keyboard below the chat."""

    text: str
    data: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One message as the person sees it."""

    id: int
    from_bot: bool
    text: str  # or the caption
    html: str  # the same with its formatting as tags
    rows: tuple[tuple[Button, ...], ...]
    edited: bool
    date: int  # seconds since 1970, simulated
    media: str | None  # photo, document, venue, location, contact, voice, video_note, sticker
    content: Any = field(repr=False, default=None)  # the media's Bot API object
    file_id: str | None = None
    reply_to: int | None = None  # the message that it answers
    thread_id: int | None = None  # the topic of a group
    service: str = ""  # what Telegram itself says: a topic was created

    @property
    def buttons(self) -> tuple[Button, ...]:
        """All inline buttons, row by row."""
        return tuple(button for row in self.rows for button in row)


@dataclass(frozen=True, slots=True)
class Screen:
    """A chat at one moment."""

    seq: int
    bot_seq: int
    messages: tuple[Message, ...]  # oldest first
    keys: tuple[str, ...]  # labels of the keyboard below the chat
    toasts: tuple[str, ...]  # texts of answers to presses, oldest first; empty texts left out
    blocked: bool
    raw: Json = field(repr=False)

    @property
    def typing(self) -> str | None:
        """What the bot is shown doing: typing, record_voice …"""
        action: str | None = self.raw["action"]
        return action

    @property
    def newest(self) -> Message:
        """The newest message of the bot. Raises NotSeen when it has written none."""
        for message in reversed(self.messages):
            if message.from_bot and not message.service:
                return message
        raise NotSeen("the bot has written nothing yet")

    def shows(self, text: str) -> bool:
        """Return whether the bot's newest message contains the text."""
        return any(m.from_bot for m in self.messages) and text in self.newest.text


def screen_of(raw: Json) -> Screen:
    """Return the screen of a chat's view."""
    keyboard = (raw["reply_keyboard"] or {}).get("keyboard", [])
    return Screen(
        seq=raw["seq"],
        bot_seq=raw["bot_seq"],
        messages=tuple(_message(m) for m in raw["messages"]),
        keys=tuple(key["text"] for row in keyboard for key in row),
        toasts=tuple(a["text"] for a in raw["answers"] if a["text"]),
        blocked=raw["blocked"],
        raw=raw,
    )


def _message(raw: Json) -> Message:
    rows = tuple(
        tuple(Button(b["text"], b.get("callback_data"), b.get("url")) for b in row) for row in raw["keyboard"]
    )
    return Message(
        id=raw["message_id"],
        from_bot=raw["from_bot"],
        text=raw["text"],
        html=raw["html"],
        rows=rows,
        edited=raw["edited"],
        date=raw["date"],
        media=raw["media"],
        content=raw.get("content"),
        file_id=raw.get("file_id"),
        reply_to=raw.get("reply_to"),
        thread_id=raw["thread_id"],
        service=raw["service"],
    )


def find_button(buttons: Sequence[Button], label: str | re.Pattern[str]) -> Button | None:
    """Return the button with this label, else the first that contains it or matches it."""
    if isinstance(label, re.Pattern):
        return next((b for b in buttons if label.search(b.text)), None)
    exact = next((b for b in buttons if b.text == label), None)
    return exact or next((b for b in buttons if label in b.text), None)


def describe(screen: Screen) -> str:
    """Return the last messages of a chat as text, for the explanation of a failed test."""
    lines = []
    for message in screen.messages[-4:]:
        lines.append(f"{'bot' if message.from_bot else 'person'}: {message.text}")
        lines += ["   " + " ".join(f"[{b.text}]" for b in row) for row in message.rows]
    return "\n".join([*lines, f"keys: {screen.keys}" if screen.keys else ""])
