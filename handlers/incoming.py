"""Read an update as Telegram, or anybody else, wrote it: only what we use, and nothing taken for granted.

The library's own objects cost a quarter of the time of a whole answer, and one missing field that we do not
use would make them refuse an update that we understand. (Bot API, Update, Message, CallbackQuery,
ChatMemberUpdated.)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from handlers import message_parts as parts
from handlers.message_parts import Contact, mapping, number, text

__all__ = ["Contact", "Incoming", "What", "read"]

PRIVATE = "private"
_GONE = frozenset({"kicked", "left"})  # ChatMember.status: the bot was blocked, or the account is gone
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
    file_id: str = ""  # of a photo (the largest), voice, video_note or sticker, as `sent` says
    replied_to: int | None = None  # message_id of the message that this one answers
    thread_id: int | None = None  # topic of a group that the message stands in
    forwarded: bool = False  # first written elsewhere, perhaps by somebody else
    album: str = ""  # what photos that were sent together have in common
    topics: bool = False  # the group has topics
    quoted: "Incoming | None" = None  # the person's own message that the pressed screen replied to


def read(raw: Mapping[str, Any]) -> Incoming | None:
    """Return what an update says, or None when that cannot be understood. `update_id` is a whole number."""
    try:
        for what, reader in _READERS.items():
            if what.value in raw:
                return reader(raw["update_id"], mapping(raw[what.value]))
    except parts.Malformed:
        return None
    return Incoming(update_id=raw["update_id"], what=What.OTHER)


def _message(update_id: int, message: Mapping[str, Any], what: What = What.MESSAGE) -> Incoming:
    chat = mapping(message.get("chat"))
    sender = mapping(message["from"]) if "from" in message else {}
    private = text(chat.get("type")) == PRIVATE
    sent = next((kind for kind in _KINDS if kind in message), "")
    words = text(message.get("text", message.get("caption", "")))
    thread = parts.thread(message)
    return Incoming(
        update_id=update_id,
        what=what,
        chat_id=number(chat.get("id")),
        private=private,
        sender_id=number(sender.get("id")) if sender else None,
        language_code=text(sender.get("language_code") or ""),
        by_program=bool(sender.get("is_bot")) or "sender_chat" in message or "via_bot" in message,
        message_id=number(message.get("message_id")),
        sent=sent,
        text=words,
        called=() if private else parts.called(message, words),
        answered_to="" if private else parts.bot_answered(message),
        location=parts.location(message),
        contact=parts.contact(message),
        file_id=parts.file_id(message, sent),
        replied_to=parts.replied_to(message, thread),
        thread_id=thread,
        forwarded=parts.forwarded(message),
        album=parts.album(message),
        topics=chat.get("is_forum") is True,
    )


def _edited(update_id: int, message: Mapping[str, Any]) -> Incoming:
    return _message(update_id, message, What.EDITED)


def _press(update_id: int, query: Mapping[str, Any]) -> Incoming:
    sender = mapping(query.get("from"))
    pressed = mapping(query["message"]) if "message" in query else {}
    chat = mapping(pressed.get("chat")) if pressed else {}
    return Incoming(
        update_id=update_id,
        what=What.PRESS,
        chat_id=number(chat.get("id")) if chat else number(sender.get("id")),
        private=not chat or chat.get("type") == PRIVATE,
        thread_id=parts.thread(pressed),
        sender_id=number(sender.get("id")),
        language_code=text(sender.get("language_code") or ""),
        message_id=number(pressed.get("message_id")) if pressed else None,
        query_id=text(query.get("id")),
        data=text(query.get("data") or ""),
        editable=isinstance(pressed.get("text"), str) and pressed.get("date") != 0,  # 0: no longer accessible
        asked=parts.text_of_person(pressed.get("reply_to_message")),
        quoted=_quoted(update_id, pressed.get("reply_to_message")),
        replied_to=parts.replied_to(pressed, parts.thread(pressed)),
    )


def _quoted(update_id: int, answered: Any) -> Incoming | None:
    """Read the message that a screen of ours replied to, when a person wrote it."""
    try:
        found = _message(update_id, mapping(answered))
    except parts.Malformed:
        return None
    return found if found.sender_id is not None and not found.by_program else None


def _guest(update_id: int, message: Mapping[str, Any]) -> Incoming:
    """Read a mention in any chat, also in one of two people: to the bot it is never a private one."""
    query_id = text(message.get("guest_query_id"))
    return replace(_message(update_id, message, What.GUEST), private=False, query_id=query_id)


def _inline(update_id: int, query: Mapping[str, Any]) -> Incoming:
    return replace(
        _from_anywhere(update_id, What.INLINE, query),
        query_id=text(query.get("id")),
        text=text(query.get("query", "")),
        offset=text(query.get("offset", "")),
    )


def _chosen(update_id: int, result: Mapping[str, Any]) -> Incoming:
    return replace(_from_anywhere(update_id, What.CHOSEN, result), data=text(result.get("result_id")))


def _from_anywhere(update_id: int, what: What, content: Mapping[str, Any]) -> Incoming:
    """Read who did something in a chat that the bot does not see."""
    sender = mapping(content.get("from"))
    return Incoming(
        update_id=update_id,
        what=what,
        sender_id=number(sender.get("id")),
        language_code=text(sender.get("language_code") or ""),
        by_program=bool(sender.get("is_bot")),
    )


def _membership(update_id: int, change: Mapping[str, Any]) -> Incoming:
    chat, sender, member = (mapping(change.get(name)) for name in ("chat", "from", "new_chat_member"))
    return Incoming(
        update_id=update_id,
        what=What.MEMBERSHIP,
        chat_id=number(chat.get("id")),
        private=chat.get("type") == PRIVATE,
        sender_id=number(sender.get("id")),
        gone=text(member.get("status")) in _GONE,
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
