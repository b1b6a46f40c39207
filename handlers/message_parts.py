"""Read the parts of a message as Telegram, or anybody else, wrote it.

What a conversation cannot do without raises `Malformed` when it is of another type than it must be. What only
makes a message richer (a file, the message it answers, its topic) is then taken as not there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_CALLS = ("bot_command", "mention")  # MessageEntity.type; a tuple, since anything may be looked up in it
_FILES = ("photo", "voice", "video_note", "sticker")  # what can go on to somebody else without saying by whom
_FORWARDED = ("forward_origin", "forward_from", "forward_from_chat", "forward_date", "forward_sender_name")
_LONGEST_FILE_ID = 400  # characters; today's have about 100
_LONGEST_ALBUM = 64  # likewise; about 17


class Malformed(Exception):
    """Something that we need is missing, or is of another type than it must be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A phone number that was shared; whose it is, Telegram says only for its own users."""

    phone: str
    telegram_id: int | None


def mapping(value: Any) -> Mapping[str, Any]:
    """Return an object. Raises Malformed."""
    if not isinstance(value, Mapping):
        raise Malformed
    return value


def text(value: Any) -> str:
    """Return a string. Raises Malformed."""
    if not isinstance(value, str):
        raise Malformed
    return value


def number(value: Any) -> int:
    """Return a whole number of at most 64 bits. Raises Malformed."""
    if not _is_number(value):
        raise Malformed
    return int(value)


def called(message: Mapping[str, Any], words: str) -> tuple[str, ...]:
    """Return the commands and mentions of a text; entities count UTF-16 units (Bot API, MessageEntity)."""
    entities = message.get("entities", message.get("caption_entities", ()))
    units = words.encode("utf-16-le", "surrogatepass")
    found = []
    for entity in entities if isinstance(entities, list) else ():
        if mapping(entity).get("type") in _CALLS:
            start, length = number(entity.get("offset")), number(entity.get("length"))
            found.append(units[2 * start : 2 * (start + length)].decode("utf-16-le", "replace"))
    return tuple(found)


def location(message: Mapping[str, Any]) -> tuple[float, float] | None:
    """Return latitude and longitude, in degrees, of a shared place. Raises Malformed."""
    venue = message.get("venue")
    place = mapping(venue).get("location") if venue is not None else message.get("location")
    if place is None:
        return None
    return _degrees(mapping(place).get("latitude"), 90), _degrees(mapping(place).get("longitude"), 180)


def contact(message: Mapping[str, Any]) -> Contact | None:
    """Return a shared phone number. Raises Malformed."""
    shared = message.get("contact")
    if shared is None:
        return None
    owner = mapping(shared).get("user_id")
    phone = text(mapping(shared).get("phone_number"))
    return Contact(phone=phone, telegram_id=number(owner) if owner is not None else None)


def text_of_person(answered: Any) -> str:
    """Return the text that a screen of ours replied to, when a person wrote it."""
    if not isinstance(answered, Mapping):
        return ""
    sender, words = answered.get("from"), answered.get("text")
    by_person = isinstance(sender, Mapping) and not sender.get("is_bot")
    return words if by_person and isinstance(words, str) else ""


def bot_answered(message: Mapping[str, Any]) -> str:
    """Return the username of the bot whose message this one answers, or "" when it answers none."""
    answered = message.get("reply_to_message")
    sender = answered.get("from") if isinstance(answered, Mapping) else None
    if not isinstance(sender, Mapping) or not sender.get("is_bot"):
        return ""
    username = sender.get("username")
    return username if isinstance(username, str) else ""


def file_id(message: Mapping[str, Any], sent: str) -> str:
    """Return the id of the file that a message of the kind `sent` holds, the largest of a photo, or ""."""
    if sent not in _FILES:
        return ""
    held = message.get(sent)
    if isinstance(held, list):
        held = max((one for one in held if isinstance(one, Mapping)), key=_area, default=None)
    found = held.get("file_id") if isinstance(held, Mapping) else None
    plausible = isinstance(found, str) and found.isascii() and len(found) <= _LONGEST_FILE_ID
    return str(found) if plausible else ""


def album(message: Mapping[str, Any]) -> str:
    """Return what photos that were sent together have in common, or ""."""
    found = message.get("media_group_id")
    return found if isinstance(found, str) and len(found) <= _LONGEST_ALBUM else ""


def thread(message: Mapping[str, Any]) -> int | None:
    """Return the topic that a message stands in, or None; a thread of replies is no topic."""
    found = message.get("message_thread_id")
    return found if message.get("is_topic_message") is True and _is_number(found) else None


def replied_to(message: Mapping[str, Any], topic: int | None) -> int | None:
    """Return the message that this one answers: every message of a topic answers the one that opened it."""
    answered = message.get("reply_to_message")
    found = answered.get("message_id") if isinstance(answered, Mapping) else None
    return found if _is_number(found) and found != topic else None


def forwarded(message: Mapping[str, Any]) -> bool:
    """Return whether a message was first written elsewhere."""
    return any(name in message for name in _FORWARDED)


def _area(size: Mapping[str, Any]) -> int:
    width, height = size.get("width"), size.get("height")
    return width * height if isinstance(width, int) and isinstance(height, int) else 0


def _is_number(value: Any) -> bool:
    return type(value) is int and -(2**63) <= value < 2**63


def _degrees(value: Any, most: int) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -most <= value <= most:
        raise Malformed
    return float(value)
