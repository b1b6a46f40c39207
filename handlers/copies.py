"""Make the copy of a message for the other side: what was said, and nothing of who said it.

Texts go as new texts without their formatting, which may name an account; files go again by their id.
"""

from dataclasses import dataclass, replace
from typing import Any

from care.relay import LONGEST_CAPTION, LONGEST_TEXT, pieces
from handlers.answer import escaped
from handlers.incoming import Incoming, What
from handlers.screens import Step, Way
from handlers.turn import Turn

FILES = {
    "photo": Way.PHOTO,
    "voice": Way.VOICE_NOTE,
    "video_note": Way.VIDEO_NOTE,
    "sticker": Way.STICKER,
}
_WITHOUT_WORDS = frozenset({"video_note", "sticker"})
_DOING = {"photo": "upload_photo", "voice": "record_voice", "video_note": "record_video_note"}
_CAPTIONED = frozenset({"photo", "voice"})
_CHANGING = frozenset({Way.EDIT, Way.EDIT_CAPTION, Way.DELETE})
BELOW = "⬇️"  # behind a name in front of something that carries no words


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message that somebody wants to bring to the other side."""

    sent: str  # what kind it is, in Telegram's words
    message_id: int
    text: str = ""  # text or caption, as it was typed
    file_id: str = ""
    location: tuple[float, float] | None = None  # latitude, longitude in degrees
    replied_to: int | None = None
    edited: bool = False
    forwarded: bool = False
    album: str = ""  # what photos that were sent together have in common


@dataclass(frozen=True, slots=True, kw_only=True)
class To:
    """Where a copy goes."""

    chat_id: int
    thread: int = 0  # topic of a staff group
    head: str = ""  # HTML in front: who says it
    answers: int = 0  # message there that it replies to
    otherwise: str = ""  # HTML for who wrote, when it could not be brought there
    silent: bool = False  # without a sound


def of_turn(turn: Turn) -> Said | None:
    """Return what somebody wrote in their private chat, or None when it was no message."""
    if turn.message_id is None or turn.press is not None:
        return None
    return Said(
        sent=turn.sent,
        message_id=turn.message_id,
        text=turn.words,
        file_id=turn.file_id,
        location=turn.location,
        replied_to=turn.replied_to,
        edited=turn.edited,
        forwarded=turn.forwarded,
        album=turn.album,
    )


def of_update(update: Incoming) -> Said | None:
    """Return what somebody wrote in a group, or None when it was no message."""
    if update.message_id is None or update.what not in (What.MESSAGE, What.EDITED):
        return None
    return Said(
        sent=update.sent,
        message_id=update.message_id,
        text=update.text.strip(),
        file_id=update.file_id,
        location=update.location,
        replied_to=update.replied_to,
        edited=update.what is What.EDITED,
        forwarded=update.forwarded,
        album=update.album,
    )


def copies(said: Said, to: To, *, row_id: int) -> tuple[Step, ...]:
    """Return the steps that bring a message to the other side; the first one that says it is `row_id`'s."""
    typing = Step(way=Way.TYPING, content=_DOING.get(said.sent, "typing"), to=to.chat_id, thread=to.thread)
    if said.location is not None:
        latitude, longitude = said.location
        pin = _step(to, Way.LOCATION, latitude=latitude, longitude=longitude, copy=row_id)
        return (typing, *_name(to), pin)
    if said.sent in FILES:
        return (typing, *_file(said, to, row_id))
    first, *more = pieces(said.text)
    said_first = _step(to, Way.SEND, text=_with_head(to, first), copy=row_id)
    return (typing, said_first, *_more(to, more))


def change(said: Said, to: To, *, target: int) -> Step | None:
    """Return the step that carries a change over, or None when the new words are too long for one message."""
    most = LONGEST_CAPTION if said.sent in _CAPTIONED else LONGEST_TEXT
    if len(said.text) > most:
        return None
    way = Way.EDIT_CAPTION if said.sent in _CAPTIONED else Way.EDIT
    return _step(to, way, text=_with_head(to, said.text), target=target)


def deletion(to: To, *, target: int) -> Step:
    """Return the step that deletes a copy."""
    return _step(to, Way.DELETE, target=target)


def _file(said: Said, to: To, row_id: int) -> tuple[Step, ...]:
    way = FILES[said.sent]
    if said.sent in _WITHOUT_WORDS:
        return (*_name(to), _step(to, way, content=said.file_id, copy=row_id))
    if len(said.text) <= LONGEST_CAPTION:
        return (_step(to, way, content=said.file_id, text=_with_head(to, said.text), copy=row_id),)
    shown = _step(to, way, content=said.file_id, text=to.head, copy=row_id)
    return (shown, *_more(to, pieces(said.text)))


def _name(to: To) -> tuple[Step, ...]:
    """Return the name in front of what carries no words, where there is one."""
    return (_step(to, Way.SEND, text=f"{to.head} {BELOW}", answers=0),) if to.head else ()


def _more(to: To, texts: list[str]) -> tuple[Step, ...]:
    return tuple(_step(to, Way.SEND, text=escaped(text), answers=0) for text in texts)


def _with_head(to: To, text: str) -> str:
    return " ".join(part for part in (to.head, escaped(text)) if part)


def _step(to: To, way: Way, **values: Any) -> Step:
    answers = 0 if way in _CHANGING else to.answers
    base = Step(way=way, to=to.chat_id, thread=to.thread, otherwise=to.otherwise, answers=answers)
    return replace(base, silent=to.silent and way not in _CHANGING, **values)
