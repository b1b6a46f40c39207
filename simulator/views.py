"""What a person sees on the phone, as JSON for the page and for tests."""

from typing import Any

from simulator.html_entities import to_html
from simulator.profile import commands_shown
from simulator.world import Bot, Chat, Message, World

Json = dict[str, Any]

MEDIA = ("photo", "document", "voice", "video_note", "sticker", "venue", "location", "contact")
ANSWERS_SHOWN = 20
TYPING_S = 5  # how long 'typing…' is shown


def chat_view(world: World, bot: Bot, chat: Chat) -> Json:
    """Return a chat: messages oldest first, keyboards, answers to presses, menu."""
    person = world.people.get(chat.id)
    typing = chat.action is not None and world.date() - chat.action["date"] <= TYPING_S
    return {
        "id": chat.id,
        "seq": chat.seq,
        "bot_seq": chat.bot_seq,
        "blocked": chat.blocked,
        "started": chat.started,
        "messages": [message_view(m) for m in chat.messages.values() if not m.deleted],
        "reply_keyboard": chat.reply_keyboard,
        "answers": chat.answers[-ANSWERS_SHOWN:],
        "action": chat.action["action"] if chat.action and typing else None,
        "commands": commands_shown(bot, chat.id, person.language_code if person else None),
        "description": description(bot, person.language_code if person else None),
    }


def description(bot: Bot, language: str | None) -> str:
    """Return what an empty chat says about the bot."""
    own = bot.profile.get(("description", language or ""))
    return own or bot.profile.get(("description", ""), "")


def message_view(message: Message) -> Json:
    """Return one message; `html` is its text or caption with the formatting as tags."""
    json = message.json
    text: str = json.get("text") or json.get("caption") or ""
    entities: list[Json] = json.get("entities") or json.get("caption_entities") or []
    media = next((kind for kind in MEDIA if kind in json), None)
    view: Json = {
        "message_id": message.id,
        "from_bot": message.outgoing,
        "author": json.get("sender_chat", {}).get("title") or json.get("from", {}).get("first_name", ""),
        "date": json["date"],
        "text": text,
        "entities": entities,
        "html": to_html(text, entities),
        "keyboard": message.keyboard,
        "edited": "edit_date" in json,
        "media": media,
        "reactions": message.reactions,
        "thread_id": json.get("message_thread_id"),
        "forwarded": "forward_origin" in json,
        "service": _service(json),
    }
    if media is not None:
        view["content"] = json[media]
        view["file_id"] = _file_id(json[media])
    if "reply_to_message" in json:
        view["reply_to"] = json["reply_to_message"]["message_id"]
    return view


def _service(json: Json) -> str:
    """Return what Telegram itself says in a message, or an empty text."""
    made = json.get("forum_topic_created")
    return f"topic \u201c{made['name']}\u201d was created" if made else ""


def _file_id(content: Any) -> str | None:
    largest = content[-1] if isinstance(content, list) else content
    return str(largest["file_id"]) if "file_id" in largest else None


def people_view(world: World) -> list[Json]:
    """Return the people, in the order they appeared."""
    return [
        person.user() | {"phone": person.phone, "role": person.role, "deactivated": person.deactivated}
        for person in world.people.values()
    ]


def groups_view(world: World) -> list[Json]:
    """Return groups and channels."""
    return [
        group.chat()
        | {"members": sorted(group.members)}
        | {"topics": [{"id": thread, "name": name} for thread, name in group.topics.items()]}
        for group in world.groups.values()
    ]
