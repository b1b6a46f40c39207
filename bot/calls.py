"""Say which calls of the Bot API show a reply: one flat list, so that what is left to send is a number."""

import html
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from handlers.screens import Key, Reply, Rows, Step, Way

NO_PREVIEW = '{"is_disabled":true}'
SILENT = {"disable_notification": "true"}
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
TOPIC_NAME_LENGTH = 128  # characters (Bot API, createForumTopic)
CHANGES = frozenset({Way.EDIT, Way.EDIT_CAPTION, Way.DELETE, Way.TYPING, Way.TOPIC})  # no new messages
QR_PIXELS = 720  # about the width of a phone's chat
QR_QUIET = 4  # modules around the code that stay empty (ISO/IEC 18004, 9.1)
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call that brings something into the chat."""

    method: str
    params: dict[str, Any]
    edits: bool = False  # it changes the pressed screen, and may be done as `sendMessage` instead
    file: tuple[str, str, bytes] | None = None  # parameter, file name, content
    recording: str | None = None  # a name of locales.recordings: its file, or the id of it, is still to come
    printed: Step | None = None  # a poster, cards, a ticket: the PDF or the picture is still to be made
    to_chat: bool = True  # it says which chat it is for


def calls(reply: Reply, *, pressed: int | None, reply_to: int | None = None) -> tuple[Call, ...]:
    """Return the calls for `reply`, in order and always the same ones for the same reply.

    `pressed` is the message whose text may be changed, `reply_to` the message that the first new one answers.
    Raises ValueError for a step that goes to another chat: it would reach the wrong one.
    """
    if any(step.to for step in reply.steps):
        raise ValueError("a step for another chat is passed on, see bot/relaying.py")
    return tuple(
        call for number, step in enumerate(reply.steps) for call in _step(step, number, pressed, reply_to)
    )


def passed_on(step: Step) -> tuple[Call, ...]:
    """Return the calls that bring a step into another chat, or change what stands in one."""
    first, *rest = _step(replace(step, way=Way.SEND) if step.way is Way.SHOW else step, 1, None, None)
    if step.answers and step.way not in CHANGES:
        answering = {"reply_parameters": _answering(step.answers)}
        first = replace(first, params={**first.params, **answering})
    if step.silent and step.way not in CHANGES:
        first, *rest = (replace(one, params={**one.params, **SILENT}) for one in (first, *rest))
    return first, *rest


def _step(step: Step, number: int, pressed: int | None, reply_to: int | None) -> Iterator[Call]:
    asking = _asking(step)
    shows = step.way is Way.SHOW and not asking and not step.close_keyboard
    if step.way in _SPECIAL:
        yield _SPECIAL[step.way](step)
        return
    if shows and pressed is not None:
        yield Call(
            method="editMessageText",
            params={"message_id": pressed, **_text(step.text, _inline(step))},
            edits=True,
        )
        return
    if step.close_keyboard and step.rows:
        yield Call(method="sendMessage", params=_text("👌", _closing()))  # one message cannot do both
    markup = _inline(step) or (_closing() if step.close_keyboard else asking)
    answers = reply_to if number == 0 else None
    yield Call(method="sendMessage", params=_text(step.text, markup, reply_to=answers))
    if step.rows and asking:
        yield Call(method="sendMessage", params=_text("👇", asking))


def as_new(call: Call) -> Call:
    """Return an edit as a new message: for a screen that is gone."""
    return Call(
        method="sendMessage",
        params={name: value for name, value in call.params.items() if name != "message_id"},
    )


def _text(text: str, markup: str | None, *, reply_to: int | None = None) -> dict[str, Any]:
    params: dict[str, Any] = {"text": text, "parse_mode": "HTML", "link_preview_options": NO_PREVIEW}
    if markup is not None:
        params["reply_markup"] = markup
    if reply_to is not None:
        params["reply_parameters"] = _answering(reply_to)
    return params


def _answering(message_id: int) -> str:
    return _json({"message_id": message_id, "allow_sending_without_reply": True})


def _captioned(step: Step) -> dict[str, Any]:
    params = {"caption": step.text, "parse_mode": "HTML"} if step.text else {}
    return _with_keys(params, step)


def _with_keys(params: dict[str, Any], step: Step) -> dict[str, Any]:
    markup = _inline(step)
    return {**params, "reply_markup": markup} if markup else params


def _qr(step: Step) -> Call:
    return Call(method="sendPhoto", params=_captioned(step), file=("photo", "qr.png", qr_png(step.content)))


def _file(step: Step) -> Call:
    return Call(
        method="sendDocument", params=_captioned(step), file=("document", step.name, step.content.encode())
    )


def _printed(step: Step) -> Call:
    return Call(method="sendDocument", params=_captioned(step), printed=step)


def _drawn(step: Step) -> Call:
    return Call(method="sendPhoto", params=_captioned(step), printed=step)


def _venue(step: Step) -> Call:
    params = {
        "latitude": step.latitude,
        "longitude": step.longitude,
        "title": html.unescape(_TAG.sub("", step.text)),
        "address": step.address,
    }
    return Call(method="sendVenue", params=_with_keys(params, step))


def _voice(step: Step) -> Call:
    return Call(method="sendVoice", params=_captioned(step), recording=step.name)


def _photo(step: Step) -> Call:
    return Call(method="sendPhoto", params={"photo": step.content, **_captioned(step)})


def _voice_note(step: Step) -> Call:
    return Call(method="sendVoice", params={"voice": step.content, **_captioned(step)})


def _video_note(step: Step) -> Call:
    return Call(method="sendVideoNote", params=_with_keys({"video_note": step.content}, step))


def _sticker(step: Step) -> Call:
    return Call(method="sendSticker", params=_with_keys({"sticker": step.content}, step))


def _location(step: Step) -> Call:
    point = {"latitude": step.latitude, "longitude": step.longitude}
    return Call(method="sendLocation", params=_with_keys(point, step))


def _edit(step: Step) -> Call:
    return Call(
        method="editMessageText", params={"message_id": step.target, **_text(step.text, _inline(step))}
    )


def _edit_caption(step: Step) -> Call:
    return Call(method="editMessageCaption", params={"message_id": step.target, **_captioned(step)})


def _delete(step: Step) -> Call:
    return Call(method="deleteMessage", params={"message_id": step.target})


def _typing(step: Step) -> Call:
    return Call(method="sendChatAction", params={"action": step.content or "typing"})


def _topic(step: Step) -> Call:
    return Call(method="createForumTopic", params={"name": step.name[:TOPIC_NAME_LENGTH]})


_SPECIAL = {
    Way.QR: _qr,
    Way.FILE: _file,
    Way.POSTER: _printed,
    Way.CARDS: _printed,
    Way.TRANSFER: _printed,
    Way.TRANSFER_PICTURE: _drawn,
    Way.TICKET: _drawn,
    Way.VENUE: _venue,
    Way.VOICE: _voice,
    Way.PHOTO: _photo,
    Way.VOICE_NOTE: _voice_note,
    Way.VIDEO_NOTE: _video_note,
    Way.STICKER: _sticker,
    Way.LOCATION: _location,
    Way.EDIT: _edit,
    Way.EDIT_CAPTION: _edit_caption,
    Way.DELETE: _delete,
    Way.TYPING: _typing,
    Way.TOPIC: _topic,
}


def qr_png(content: str) -> bytes:
    """Return a QR code of `content` as PNG, big enough for a phone to read from another one's screen."""
    import segno

    code = segno.make(content, error="m", micro=False)
    side = code.symbol_size(border=QR_QUIET)[0]
    picture = io.BytesIO()
    code.save(picture, kind="png", scale=max(1, -(-QR_PIXELS // side)), border=QR_QUIET)
    return picture.getvalue()


def _inline(step: Step) -> str | None:
    return _json(keyboard(step.rows)) if step.rows else None


def keyboard(rows: Rows) -> dict[str, Any]:
    """Return rows of buttons as an InlineKeyboardMarkup."""
    return {"inline_keyboard": [[_button(item) for item in row] for row in rows]}


def _button(item: Key) -> dict[str, str]:
    return (
        {"text": item.label, "url": item.url}
        if item.url
        else {"text": item.label, "callback_data": item.data or ""}
    )


def _asking(step: Step) -> str | None:
    """Return the reply keyboard of a step that asks to share something, or None."""
    keys: list[list[dict[str, str | bool]]] = []
    if step.ask_location is not None:
        keys.append([{"text": step.ask_location, "request_location": True}])
    if step.ask_contact is not None:
        keys.append([{"text": step.ask_contact, "request_contact": True}])
    if step.ask_nothing:
        keys.append([{"text": step.ask_nothing}])
    if not keys:
        return None
    return _json({"keyboard": keys, "resize_keyboard": True, "one_time_keyboard": True})


def _closing() -> str:
    return '{"remove_keyboard":true}'
