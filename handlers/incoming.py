"""Read an update as Telegram, or anybody else, wrote it: only what we use, and nothing taken for granted.

The library's own objects cost a quarter of the time of a whole answer, and one missing field that we do not
use would make them refuse an update that we understand. (Bot API, Update, Message, CallbackQuery,
ChatMemberUpdated.)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

PRIVATE = "private"
_GONE = frozenset({"kicked", "left"})  # ChatMember.status: the bot was blocked, or the account is gone
_CALLS = ("bot_command", "mention")  # MessageEntity.type; a tuple, since anything may be looked up in it
_KINDS = (  # what a message holds; a venue is a location, too, and an animation a document: they come first
    "text",
    "venue",
    "location",
    "contact",
    "photo",
    "voice",
    "sticker",
    "animation",
    "document",
    "video",
    "video_note",
    "audio",
    "poll",
    "dice",
    "game",
    "story",
    "paid_media",
    "checklist",
    "invoice",
    "giveaway",
    # what Telegram itself says about a private chat: nobody waits for an answer to it
    "pinned_message",
    "message_auto_delete_timer_changed",
    "chat_background_set",
    "write_access_allowed",
    "connected_website",
    "users_shared",
    "chat_shared",
    "web_app_data",
    "passport_data",
    "successful_payment",
    "refunded_payment",
    "gift",
    "unique_gift",
    "checklist_tasks_done",
    "checklist_tasks_added",
)


class What(Enum):
    """What an update tells."""

    MESSAGE = "message"
    EDITED = "edited_message"
    PRESS = "callback_query"
    MEMBERSHIP = "my_chat_member"  # somebody blocked the bot, or came back
    GUEST = "guest_message"  # the bot was mentioned in a chat of which it is no member
    INLINE = "inline_query"  # somebody types behind the bot's name, in any chat
    CHOSEN = "chosen_inline_result"  # and sent one of the cards
    OTHER = "other"  # a channel's post, a poll …: nothing we answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A phone number that was shared; whose it is, Telegram says only for its own users."""

    phone: str
    telegram_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One update."""

    update_id: int
    what: What
    chat_id: int = 0
    private: bool = False  # one person's chat, not a group
    sender_id: int | None = None
    language_code: str | None = None  # of the sender's client
    by_program: bool = (
        False  # sent by a bot, through one, or in the name of a chat: a channel, an anonymous admin
    )
    message_id: int | None = None  # of the message, or of the one under whose text a button was pressed
    sent: str = ""  # what kind of message came, in Telegram's words: text, sticker, voice, photo …
    text: str = ""  # text or caption
    called: tuple[str, ...] = ()  # commands and mentions in it
    location: tuple[float, float] | None = None  # latitude, longitude in degrees
    contact: Contact | None = None
    answered_to: str = ""  # username of the bot whose message this one answers
    query_id: str | None = None  # of the press, the mention or the query
    data: str = ""  # what the pressed button carries, or which card was sent
    offset: str = ""  # from where on cards are asked for
    editable: bool = False  # whether the pressed message has a text that can be changed
    asked: str = ""  # text of the person's own message that the pressed screen replied to
    gone: bool = False  # the bot was blocked


class _Malformed(Exception):
    """Something that we need is missing, or is of another type than it must be."""


def read(raw: Mapping[str, Any]) -> Incoming | None:
    """Return what an update says, or None when that cannot be understood. `update_id` is a whole number."""
    try:
        for what, reader in _READERS.items():
            if what.value in raw:
                return reader(raw["update_id"], _map(raw[what.value]))
    except _Malformed:
        return None
    return Incoming(update_id=raw["update_id"], what=What.OTHER)


def _message(update_id: int, message: Mapping[str, Any], what: What = What.MESSAGE) -> Incoming:
    chat = _map(message.get("chat"))
    sender = _map(message["from"]) if "from" in message else {}
    private = _text(chat.get("type")) == PRIVATE
    sent = next((kind for kind in _KINDS if kind in message), "")
    text = _text(message.get("text", message.get("caption", "")))
    return Incoming(
        update_id=update_id,
        what=what,
        chat_id=_number(chat.get("id")),
        private=private,
        sender_id=_number(sender.get("id")) if sender else None,
        language_code=_text(sender.get("language_code") or ""),
        by_program=bool(sender.get("is_bot")) or "sender_chat" in message or "via_bot" in message,
        message_id=_number(message.get("message_id")),
        sent=sent,
        text=text,
        called=() if private else _called(message, text),
        answered_to="" if private else _bot_answered(message),
        location=_location(message),
        contact=_contact(message),
    )


def _edited(update_id: int, message: Mapping[str, Any]) -> Incoming:
    return _message(update_id, message, What.EDITED)


def _press(update_id: int, query: Mapping[str, Any]) -> Incoming:
    sender = _map(query.get("from"))
    pressed = _map(query["message"]) if "message" in query else {}
    chat = _map(pressed.get("chat")) if pressed else {}
    answered = pressed.get("reply_to_message")
    return Incoming(
        update_id=update_id,
        what=What.PRESS,
        chat_id=_number(chat.get("id")) if chat else _number(sender.get("id")),
        private=not chat or chat.get("type") == PRIVATE,
        sender_id=_number(sender.get("id")),
        language_code=_text(sender.get("language_code") or ""),
        message_id=_number(pressed.get("message_id")) if pressed else None,
        query_id=_text(query.get("id")),
        data=_text(query.get("data") or ""),
        editable=isinstance(pressed.get("text"), str) and pressed.get("date") != 0,  # 0: no longer accessible
        asked=_asked(answered) if isinstance(answered, Mapping) else "",
    )


def _guest(update_id: int, message: Mapping[str, Any]) -> Incoming:
    """Read a mention in any chat, also in one of two people: to the bot it is never a private one."""
    query_id = _text(message.get("guest_query_id"))
    return replace(_message(update_id, message, What.GUEST), private=False, query_id=query_id)


def _inline(update_id: int, query: Mapping[str, Any]) -> Incoming:
    return replace(
        _from_anywhere(update_id, What.INLINE, query),
        query_id=_text(query.get("id")),
        text=_text(query.get("query", "")),
        offset=_text(query.get("offset", "")),
    )


def _chosen(update_id: int, result: Mapping[str, Any]) -> Incoming:
    return replace(_from_anywhere(update_id, What.CHOSEN, result), data=_text(result.get("result_id")))


def _from_anywhere(update_id: int, what: What, content: Mapping[str, Any]) -> Incoming:
    """Read who did something in a chat that the bot does not see."""
    sender = _map(content.get("from"))
    return Incoming(
        update_id=update_id,
        what=what,
        sender_id=_number(sender.get("id")),
        language_code=_text(sender.get("language_code") or ""),
        by_program=bool(sender.get("is_bot")),
    )


def _membership(update_id: int, change: Mapping[str, Any]) -> Incoming:
    chat, sender, member = (_map(change.get(name)) for name in ("chat", "from", "new_chat_member"))
    return Incoming(
        update_id=update_id,
        what=What.MEMBERSHIP,
        chat_id=_number(chat.get("id")),
        private=chat.get("type") == PRIVATE,
        sender_id=_number(sender.get("id")),
        gone=_text(member.get("status")) in _GONE,
    )


_READERS: Mapping[What, Callable[[int, Mapping[str, Any]], Incoming]] = {
    What.MESSAGE: _message,
    What.PRESS: _press,
    What.EDITED: _edited,
    What.MEMBERSHIP: _membership,
    What.GUEST: _guest,
    What.INLINE: _inline,
    What.CHOSEN: _chosen,
}


def _asked(answered: Mapping[str, Any]) -> str:
    """Return the text that a screen of ours replied to, when a person wrote it."""
    sender, text = answered.get("from"), answered.get("text")
    by_person = isinstance(sender, Mapping) and not sender.get("is_bot")
    return text if by_person and isinstance(text, str) else ""


def _bot_answered(message: Mapping[str, Any]) -> str:
    """Return the username of the bot whose message this one answers, or "" when it answers none."""
    answered = message.get("reply_to_message")
    sender = answered.get("from") if isinstance(answered, Mapping) else None
    if not isinstance(sender, Mapping) or not sender.get("is_bot"):
        return ""
    username = sender.get("username")
    return username if isinstance(username, str) else ""


def _location(message: Mapping[str, Any]) -> tuple[float, float] | None:
    venue = message.get("venue")
    place = _map(venue).get("location") if venue is not None else message.get("location")
    if place is None:
        return None
    return _degrees(_map(place).get("latitude"), 90), _degrees(_map(place).get("longitude"), 180)


def _contact(message: Mapping[str, Any]) -> Contact | None:
    contact = message.get("contact")
    if contact is None:
        return None
    owner = _map(contact).get("user_id")
    phone = _text(_map(contact).get("phone_number"))
    return Contact(phone=phone, telegram_id=_number(owner) if owner is not None else None)


def _called(message: Mapping[str, Any], text: str) -> tuple[str, ...]:
    """Return the commands and mentions of a text; entities count UTF-16 units (Bot API, MessageEntity)."""
    entities = message.get("entities", message.get("caption_entities", ()))
    units = text.encode("utf-16-le", "surrogatepass")
    found = []
    for entity in entities if isinstance(entities, list) else ():
        if _map(entity).get("type") in _CALLS:
            start, length = _number(entity.get("offset")), _number(entity.get("length"))
            found.append(units[2 * start : 2 * (start + length)].decode("utf-16-le", "replace"))
    return tuple(found)


def _map(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _Malformed
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _Malformed
    return value


def _number(value: Any) -> int:
    if type(value) is not int or not -(2**63) <= value < 2**63:
        raise _Malformed
    return value


def _degrees(value: Any, most: int) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -most <= value <= most:
        raise _Malformed
    return float(value)
