"""Describe what a person sees: text and keyboard, as plain values that can be stored and sent later.

A conversation returns a `Reply`. It is kept, encrypted, in the transaction of its effects, and sent
afterwards: a program that dies in between sends it at the next start without doing anything twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from handlers.buttons import Verb, build

Rows = tuple[tuple["Key", ...], ...]


@dataclass(frozen=True, slots=True)
class Key:
    """One button under a message: it either wishes for something or opens an address."""

    label: str  # plain text, at most about 30 characters
    data: str | None = None
    url: str | None = None


def key(label: str, verb: Verb, *args: str | int) -> Key:
    """Make a button that wishes for `verb`."""
    return Key(label, build(verb, *args))


class Way(StrEnum):
    """How a step reaches the person."""

    SHOW = "show"  # edit the screen that was pressed; send a new message when there is none to edit
    SEND = "send"  # a new message
    QR = "qr"  # a picture with the QR code of `content`, and `text` as its caption
    FILE = "file"  # a text file named `name` with `content`, and `text` as its caption
    POSTER = "poster"  # a PDF named `name`, made from `content` (see bot/print) when it is sent
    CARDS = "cards"  # likewise
    TRANSFER = "transfer"  # likewise: a transfer card
    TRANSFER_PICTURE = "transfer_picture"  # the same card as a picture
    TICKET = "ticket"  # a picture named `name`, drawn from `content` likewise, and `text` as its caption
    VENUE = "venue"  # a pin on the map
    VOICE = "voice"  # the recording `name`, and `text` as its caption
    # What is passed on between two chats; a file goes by the id in `content`, with `text` as its caption.
    PHOTO = "photo"
    VOICE_NOTE = "voice_note"
    VIDEO_NOTE = "video_note"
    STICKER = "sticker"
    LOCATION = "location"
    EDIT = "edit"  # the text of the message `target` becomes `text`
    EDIT_CAPTION = "edit_caption"
    DELETE = "delete"  # the message `target`
    TYPING = "typing"  # `content` says what is done: typing, record_voice, upload_photo …
    TOPIC = "topic"  # a new topic `name` in the group `to`


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to show or send."""

    way: Way = Way.SHOW
    text: str = ""  # HTML
    rows: Rows = ()
    ask_location: str | None = None  # label of a reply-keyboard button that shares the location
    ask_contact: str | None = None  # label of a reply-keyboard button that shares the phone number …
    ask_nothing: str = ""  # … and of one below it that sends itself as a text
    close_keyboard: bool = False  # takes a reply keyboard away
    content: str = ""
    name: str = ""
    latitude: float = 0.0  # degrees, WGS 84
    longitude: float = 0.0
    address: str = ""
    to: int = 0  # the other chat that this is passed on to; 0: the chat of who wrote
    thread: int = 0  # topic in `to`; JUST_MADE: the one that a step of the same reply made
    answers: int = 0  # message in the chat where this goes that it replies to
    target: int = 0  # message in the chat where this goes that is edited or deleted
    copy: int = 0  # whose row learns what came of it: of a relayed message, or of a relay by its topic
    otherwise: str = ""  # HTML for who wrote, when it could not be passed on
    silent: bool = False  # comes without a sound: it is night in the other chat


@dataclass(frozen=True, slots=True)
class Reply:
    """Everything one update is answered with; empty means deliberate silence."""

    steps: tuple[Step, ...] = ()
    toast: str = ""  # plain text shown over a pressed button, at most 200 characters
    alert: bool = False  # the toast must be tapped away
    menu: str = ""  # "locale" or "locale:role,role": the commands that the chat has from now on
    quotes: bool = False  # shown as a reply to the person's message: a press below it brings that text back


SILENCE = Reply()
JUST_MADE = -1  # as `Step.thread`
NO_MENU = ":"  # as `Reply.menu`: the chat has no menu of its own any more
_PLAIN = tuple(one.name for one in fields(Step) if one.name != "rows")


def screen(text: str, rows: Sequence[Sequence[Key]] = (), *, toast: str = "") -> Reply:
    """Show one screen: edit the pressed message, or send."""
    return Reply((Step(text=text, rows=frozen(rows)),), toast=toast)


def frozen(rows: Sequence[Sequence[Key]]) -> Rows:
    """Return rows of keys without the empty ones."""
    return tuple(tuple(row) for row in rows if row)


def pairs(keys: Sequence[Key], width: int = 2) -> list[list[Key]]:
    """Lay keys out in rows of `width`."""
    return [list(keys[start : start + width]) for start in range(0, len(keys), width)]


def to_json(reply: Reply) -> dict[str, Any]:
    """Return a reply as JSON values, without what says nothing."""
    return {
        "steps": [_values(step) for step in reply.steps],
        "toast": reply.toast,
        "alert": reply.alert,
        "menu": reply.menu,
        "quotes": reply.quotes,
    }


def _values(step: Step) -> dict[str, Any]:
    values = {name: getattr(step, name) for name in _PLAIN if getattr(step, name)}
    if step.rows:
        values["rows"] = [[[item.label, item.data, item.url] for item in row] for row in step.rows]
    return values


def from_json(value: dict[str, Any]) -> Reply:
    """Return what `to_json` wrote."""
    said = {name: value[name] for name in ("toast", "alert", "menu", "quotes") if name in value}
    return Reply(tuple(_step(step) for step in value["steps"]), **said)


def _step(value: dict[str, Any]) -> Step:
    rows = tuple(tuple(Key(*item) for item in row) for row in value.get("rows", ()))
    return Step(**{**value, "way": Way(value["way"]), "rows": rows})
