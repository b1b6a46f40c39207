"""What people do with their phones; each act becomes the update that Telegram would send."""

import re
import struct
import zlib
from dataclasses import dataclass
from typing import Any

from simulator import texts, topics
from simulator.errors import ControlError
from simulator.inline import note
from simulator.sending import sticker_json, stored_json, video_note_json
from simulator.updates import kind_of
from simulator.world import Bot, CallbackQuery, Chat, Group, Message, Person, World

Json = dict[str, Any]

GROUP_ANONYMOUS_BOT: Json = {
    "id": 1_087_968_824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
EDITED = ("text", "entities", "caption", "caption_entities")
PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Hand:
    """One person's hand on one chat with one bot; `anonymous` hides an admin or speaks as the channel."""

    world: World
    bot: Bot
    person: Person
    chat: Chat
    anonymous: bool = False

    @property
    def group(self) -> Group | None:
        """The group of the chat, None when it is private."""
        return self.world.groups.get(self.chat.id)

    def post(self, content: Json, *, reply_to: int | None = None, thread_id: int | None = None) -> Json:
        """Put a message of this person into the chat and tell the bot. Raises ControlError when blocked."""
        if self.group is None and self.chat.blocked:
            raise ControlError("this person has blocked the bot: unblock it or press start")
        if self.person.deactivated:
            raise ControlError("this account was deleted")
        json: Json = {"message_id": self.world.number(), **self._author(), "date": self.world.date()}
        json |= self._place(reply_to, thread_id) | content
        self.chat.messages[json["message_id"]] = Message(json, outgoing=False)
        self.chat.started = True
        self.world.changed(self.chat, by_bot=False)
        self._tell({"channel_post" if self._is_channel() else "message": json})
        return json

    def say(
        self, text: str, *, reply_to: int | None = None, thread_id: int | None = None, **more: Any
    ) -> Json:
        """Write a text; commands and links in it become entities."""
        plain, entities = texts.formatted(text, None, None)
        if not plain:
            raise ControlError("an empty text cannot be sent")
        content = {"text": plain} | ({"entities": entities} if entities else {})
        return self.post(content | more, reply_to=reply_to, thread_id=thread_id)

    def start(self, payload: str = "") -> Json:
        """Press START, as after a deep link; unblocks the bot. Raises ControlError on a wrong payload."""
        if payload and not PAYLOAD.fullmatch(payload):
            raise ControlError("a start payload has 1-64 characters out of A-Z a-z 0-9 _ -")
        if self.chat.blocked:
            self.block(blocked=False)
        return self.say(f"/start {payload}".strip())

    def edit(self, message_id: int, text: str) -> Json:
        """Edit an own text, or the caption of an own picture or recording; an empty caption goes."""
        message = self._message(message_id)
        name = "text" if "text" in message.json else "caption"
        if message.outgoing or not {"text", "photo", "voice", "document"} & set(message.json):
            raise ControlError("only own texts and captions can be edited")
        plain, entities = texts.formatted(text, None, None)
        if not plain and name == "text":
            raise ControlError("an empty text cannot be sent")
        kept = {k: v for k, v in message.json.items() if k not in EDITED}
        message.json = kept | ({name: plain} if plain else {}) | {"edit_date": self.world.date()}
        message.json |= {"entities" if name == "text" else "caption_entities": entities} if entities else {}
        self.world.changed(self.chat, by_bot=False)
        self._tell({"edited_channel_post" if self._is_channel() else "edited_message": message.json})
        return message.json

    def press(self, message_id: int, data: str, *, forged: bool = False, stale: bool = False) -> str:
        """Press the inline button with this callback data and return the query's id.

        `stale`: a button of an earlier version of the message counts too. `forged`: any data.
        """
        message = self.chat.messages.get(message_id)
        if message is None:
            raise ControlError(f"there is no message {message_id}")
        boards = [message.keyboard, *(message.former_keyboards if stale else [])]
        known = {b.get("callback_data") for board in boards for row in board for b in row}
        if not forged and (data not in known or (message.deleted and not stale)):
            raise ControlError(f"message {message_id} has no button with callback data {data!r}")
        query = CallbackQuery(
            str(4_000_000_000_000 + self.world.number()),
            self.chat.id,
            self.person.id,
            self.world.clock.timestamp(),
        )
        self.bot.queries[query.id] = query
        self._tell(
            {
                "callback_query": {
                    "id": query.id,
                    "from": self.person.user(),
                    "message": self._pressed(message),
                    "chat_instance": str(zlib.crc32(str(self.chat.id).encode())),
                    "data": data,
                }
            }
        )
        return query.id

    def block(self, *, blocked: bool) -> None:
        """Block or unblock the bot; in a group: remove it or let it in."""
        was, self.chat.blocked = self.chat.blocked, blocked
        if was == blocked:
            return
        self.world.changed(self.chat, by_bot=False)
        self._tell({"my_chat_member": self._membership(was=was, blocked=blocked)})

    def _membership(self, *, was: bool, blocked: bool) -> Json:
        def member(out: bool) -> Json:
            status: Json = {"status": "kicked", "until_date": 0} if out else {"status": "member"}
            return {"user": self.bot.user(), **status}

        return {
            "chat": self.world.chat_json(self.chat.id),
            "from": self.person.user(),
            "date": self.world.date(),
            "old_chat_member": member(was),
            "new_chat_member": member(blocked),
        }

    def _author(self) -> Json:
        chat = self.world.chat_json(self.chat.id)
        if self._is_channel():
            return {"sender_chat": chat, "chat": chat}
        if self.anonymous:
            return {"from": GROUP_ANONYMOUS_BOT, "sender_chat": chat, "chat": chat}
        return {"from": self.person.user(), "chat": chat}

    def _is_channel(self) -> bool:
        return self.group is not None and self.group.kind == "channel"

    def _message(self, message_id: int) -> Message:
        message = self.chat.messages.get(message_id)
        if message is None or message.deleted:
            raise ControlError(f"there is no message {message_id}")
        return message

    def open_topic(self, name: str) -> Json:
        """Make a topic in a group that has topics, and tell the bot."""
        if self.group is None or not self.group.is_forum:
            raise ControlError("this chat has no topics")
        made = topics.open_topic(
            self.world, self.chat, self.group, name, author={"from": self.person.user()}, by_bot=False
        )
        self._tell({"message": made.json})
        return made.json

    def delete_topic(self, thread_id: int) -> None:
        """Remove a topic with all in it; the bot is not told."""
        if self.group is None or thread_id not in self.group.topics:
            raise ControlError("there is no such topic")
        topics.delete_topic(self.world, self.chat, self.group, thread_id)

    def _place(self, reply_to: int | None, thread_id: int | None) -> Json:
        """Return the topic and the answered message of a new one: in a topic at least its opening."""
        answered = {} if reply_to is None else {"reply_to_message": self._quoted(reply_to)}
        inside = topics.fields(thread_id) or topics.of_answer(answered.get("reply_to_message", {}))
        if not inside:
            return answered
        thread = inside["message_thread_id"]
        if self.group is None or thread not in self.group.topics:
            raise ControlError("there is no such topic")
        return inside | (answered or {"reply_to_message": self._quoted(thread)})

    def _quoted(self, message_id: int) -> Json:
        return {k: v for k, v in self._message(message_id).json.items() if k != "reply_to_message"}

    def _pressed(self, message: Message) -> Json:
        if message.deleted:
            return {"chat": message.json["chat"], "message_id": message.id, "date": 0}
        return message.json

    def _tell(self, update: Json) -> None:
        self.bot.updates.add(update, now=self.world.clock.timestamp())


def hand(world: World, person_id: int, chat_id: int | None = None, *, bot_id: int | None = None,
         anonymous: bool = False) -> Hand:  # fmt: skip
    """Return the hand of a person on the private chat, or on a group. Raises ControlError when unknown."""
    bot = next((b for b in world.bots if b.id == bot_id), None) if bot_id else world.bot
    if bot is None:
        raise ControlError(f"there is no bot {bot_id}")
    if person_id not in world.people:
        raise ControlError(f"there is no person {person_id}")
    if chat_id is not None and chat_id != person_id and chat_id not in world.groups:
        raise ControlError(f"there is no chat {chat_id}")
    chat = world.chat(bot, chat_id or person_id)
    return Hand(world, bot, world.people[person_id], chat, anonymous)


def inject(world: World, bot: Bot, update: Json, *, update_id: int | None = None) -> int | None:
    """Queue an update exactly as given, however malformed; return its id."""
    inner = update.get(kind_of(update))
    if isinstance(inner, dict) and "inline_query" in update:
        note(world, bot, inner)
    return bot.updates.add(update, now=world.clock.timestamp(), update_id=update_id)


def photo(world: World, caption: str = "") -> Json:
    """Return the content of a photo message: a plain picture in two sizes."""
    sizes = []
    for width, height in ((90, 60), (600, 400)):
        stored = world.keep_file("photo.png", plain_picture(width, height), "image/png", kind="photo")
        sizes.append(stored_json(stored.id, stored.content) | {"width": width, "height": height})
    return {"photo": sizes} | ({"caption": caption} if caption else {})


def voice(world: World, caption: str = "") -> Json:
    """Return the content of a voice message."""
    stored = world.keep_file("voice.ogg", b"OggS stand-in", "audio/ogg", kind="voice")
    fields = stored_json(stored.id, stored.content) | {"duration": 3, "mime_type": "audio/ogg"}
    return {"voice": fields} | ({"caption": caption} if caption else {})


def video_note(world: World) -> Json:
    """Return the content of a round video message."""
    stored = world.keep_file("note.mp4", b"ftyp stand-in", "video/mp4", kind="video_note")
    return {"video_note": video_note_json(stored_json(stored.id, stored.content), 3)}


def sticker(world: World) -> Json:
    """Return the content of a sticker message."""
    stored = world.keep_file("sticker.webp", b"RIFF stand-in", "image/webp", kind="sticker")
    return {"sticker": sticker_json(stored_json(stored.id, stored.content))}


def document(world: World, name: str, mime_type: str, content: bytes) -> Json:
    """Return the content of a document message."""
    stored = world.keep_file(name, content, mime_type, kind="document")
    fields = {"file_name": stored.name, "mime_type": mime_type}
    return {"document": stored_json(stored.id, content) | fields}


def plain_picture(width: int, height: int) -> bytes:
    """Return a PNG of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\x7a\xa8\xc9" * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
