"""Methods that put a new message into a chat."""

import hashlib
from dataclasses import replace
from typing import Any

from simulator import texts, topics
from simulator import validation as check
from simulator.chats import Call, known_chat, message_in, quoted, writable_chat
from simulator.errors import bad_request
from simulator.world import Chat, Message

Json = dict[str, Any]


def deliver(call: Call, content: Json) -> Json:
    """Put the bot's message into the chat and return it as its Bot API object."""
    chat = writable_chat(call)
    markup = _markup(call)
    json: Json = {
        "message_id": call.world.number(),
        "from": call.bot.user(),
        "chat": call.world.chat_json(chat.id),
        "date": call.world.date(),
        **topics.inside(call, chat, answered := _reply(call, chat)),
        **answered,
        **content,
    }
    if chat.id in call.world.groups and call.world.groups[chat.id].kind == "channel":
        json["sender_chat"] = json["chat"]
        del json["from"]
    if call.params.get("protect_content"):
        json["has_protected_content"] = True
    if markup.get("inline_keyboard"):
        json["reply_markup"] = markup
    chat.messages[json["message_id"]] = Message(json, outgoing=True)
    _show_keyboard(chat, markup)
    chat.action = None
    call.world.changed(chat, by_bot=True)
    return json


def _markup(call: Call) -> Json:
    markup = call.params.get("reply_markup")
    return {} if markup in (None, {}) else check.reply_markup(markup)


def _show_keyboard(chat: Chat, markup: Json) -> None:
    if "keyboard" in markup:
        chat.reply_keyboard = markup
    elif "remove_keyboard" in markup:
        chat.reply_keyboard = None


def _reply(call: Call, chat: Chat) -> Json:
    wanted = call.params.get("reply_parameters")
    if not wanted:
        return {}
    if not isinstance(wanted, dict) or "message_id" not in wanted:
        raise bad_request("object expected as reply parameters")
    message = chat.messages.get(check.integer(wanted["message_id"], "message_id"))
    if message is not None and not message.deleted:
        return {"reply_to_message": quoted(message)}
    if wanted.get("allow_sending_without_reply"):
        return {}
    raise bad_request("message to be replied not found")


def written(call: Call, name: str = "text") -> Json:
    """Return text and entities of the call's text."""
    given = call.params.get("entities")
    text, entities = texts.formatted(call.params[name], call.params.get("parse_mode"), given)
    texts.check_text(text)
    return {"text": text} | ({"entities": entities} if entities else {})


def captioned(call: Call) -> Json:
    """Return caption and its entities, nothing when there is none."""
    given = call.params.get("caption_entities")
    text, entities = texts.formatted(call.params.get("caption", ""), call.params.get("parse_mode"), given)
    texts.check_caption(text)
    caption: Json = {"caption": text} if text else {}
    return caption | ({"caption_entities": entities} if entities else {})


def send_message(call: Call) -> Json:
    """sendMessage."""
    known_chat(call)
    return deliver(call, written(call))


def file_json(call: Call, name: str, mime_type: str) -> tuple[Json, bytes]:
    """Return the Bot API fields of the file in a parameter, uploaded or known by its id, and its content."""
    given = call.params[name]
    if isinstance(given, check.Upload):
        kind = mime_type if given.mime_type == "application/octet-stream" else given.mime_type
        stored = call.world.keep_file(given.name, bytes(given), kind, kind=name)
    elif given in call.world.files:
        stored = call.world.files[given]
        if stored.kind not in ("", name):
            raise bad_request("type of file mismatch")
    elif str(given).startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    else:
        raise bad_request("wrong file identifier/HTTP URL specified")
    return stored_json(stored.id, stored.content) | {
        "file_name": stored.name,
        "mime_type": stored.mime_type,
    }, (stored.content)


def stored_json(file_id: str, content: bytes) -> Json:
    """Return the fields that every kind of file has."""
    unique = hashlib.sha256(file_id.encode()).hexdigest()[:16]
    return {"file_id": file_id, "file_unique_id": unique, "file_size": len(content)}


def send_photo(call: Call) -> Json:
    """sendPhoto."""
    known_chat(call)
    fields, content = file_json(call, "photo", "image/png")
    width, height = check.image_size(content)
    del fields["file_name"], fields["mime_type"]
    return deliver(call, {"photo": [fields | {"width": width, "height": height}], **captioned(call)})


def send_document(call: Call) -> Json:
    """sendDocument."""
    known_chat(call)
    fields, _ = file_json(call, "document", "application/octet-stream")
    return deliver(call, {"document": fields, **captioned(call)})


def send_voice(call: Call) -> Json:
    """sendVoice; what is no OGG with OPUS becomes a document, as Telegram makes it."""
    known_chat(call)
    fields, content = file_json(call, "voice", "audio/ogg")
    known = not isinstance(call.params["voice"], check.Upload)
    if not known and not (content.startswith(b"OggS") and b"OpusHead" in content[:256]):
        stored = call.world.files[fields["file_id"]]
        call.world.files[stored.id] = replace(stored, kind="document")
        return deliver(call, {"document": fields, **captioned(call)})
    del fields["file_name"]
    return deliver(call, {"voice": fields | {"duration": call.params.get("duration", 1)}, **captioned(call)})


def send_sticker(call: Call) -> Json:
    """sendSticker."""
    known_chat(call)
    fields, _ = file_json(call, "sticker", "image/webp")
    del fields["file_name"], fields["mime_type"]
    return deliver(call, {"sticker": sticker_json(fields)})


def send_video_note(call: Call) -> Json:
    """sendVideoNote: a round video; it has no caption."""
    known_chat(call)
    fields, _ = file_json(call, "video_note", "video/mp4")
    return deliver(call, {"video_note": video_note_json(fields, call.params.get("duration", 1))})


def video_note_json(fields: Json, duration: int) -> Json:
    """Return a VideoNote made of a file's fields; `duration` is in seconds."""
    kept = {name: value for name, value in fields.items() if name not in {"file_name", "mime_type"}}
    return kept | {"length": 240, "duration": duration}


def sticker_json(fields: Json) -> Json:
    """Return a Sticker made of a file's fields."""
    shape = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
    return fields | shape | {"emoji": "👍"}


def send_location(call: Call) -> Json:
    """sendLocation."""
    return deliver(call, {"location": check.place(call.params["latitude"], call.params["longitude"])})


def send_venue(call: Call) -> Json:
    """sendVenue; a venue message carries its place a second time, as `location`."""
    point = check.place(call.params["latitude"], call.params["longitude"])
    title, address = call.params["title"].strip(), call.params["address"].strip()
    if not title or not address:
        raise bad_request(f"venue {'address' if title else 'title'} must be non-empty")
    return deliver(
        call, {"location": point, "venue": {"location": point, "title": title, "address": address}}
    )


def send_contact(call: Call) -> Json:
    """sendContact."""
    names = ("phone_number", "first_name", "last_name", "vcard")
    return deliver(call, {"contact": {n: call.params[n] for n in names if n in call.params}})


def copy_message(call: Call) -> Json:
    """copyMessage: the content again, without its author; the caption may be replaced."""
    source = message_in(known_chat(call, "from_chat_id"), call.params["message_id"], "message to copy")
    left = {
        "message_id",
        "from",
        "chat",
        "date",
        "edit_date",
        "reply_markup",
        "reply_to_message",
        "sender_chat",
        "message_thread_id",
        "is_topic_message",
    }
    content = {key: value for key, value in source.json.items() if key not in left}
    if "caption" in call.params:
        content = {k: v for k, v in content.items() if not k.startswith("caption")} | captioned(call)
    return {"message_id": deliver(call, content)["message_id"]}


def send_chat_action(call: Call) -> bool:
    """sendChatAction."""
    chat = writable_chat(call)
    if call.params["action"] not in check.ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat.action = {"action": call.params["action"], "date": call.world.date()}
    call.world.changed(chat, by_bot=False)
    return True
