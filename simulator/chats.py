"""One call of a bot, and the chats it may read and write."""

from dataclasses import dataclass
from typing import Any

from simulator.errors import bad_request, forbidden
from simulator.world import Bot, Chat, Message, World

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """A Bot API call with checked parameters."""

    world: World
    bot: Bot
    params: Json


def known_chat(call: Call, name: str = "chat_id") -> Chat:
    """Return the chat of a parameter. Raises ApiError when there is no such person or group."""
    chat_id = call.params[name]
    if chat_id not in call.world.people and chat_id not in call.world.groups:
        raise bad_request("chat not found")
    return call.world.chat(call.bot, chat_id)


def writable_chat(call: Call) -> Chat:
    """Return the chat to write to. Raises ApiError 403 when the bot may not."""
    chat = known_chat(call)
    person = call.world.people.get(chat.id)
    if person is None:
        if chat.blocked:
            raise forbidden(f"bot was kicked from the {call.world.groups[chat.id].kind} chat")
        return chat
    if person.deactivated:
        raise forbidden("user is deactivated")
    if chat.blocked:
        raise forbidden("bot was blocked by the user")
    if not chat.started:
        raise forbidden("bot can't initiate conversation with a user")
    return chat


def message_in(chat: Chat, message_id: int, purpose: str) -> Message:
    """Return a message that is still there. Raises ApiError naming the purpose, such as 'message to edit'."""
    message = chat.messages.get(message_id)
    if message is None or message.deleted:
        raise bad_request(f"{purpose} not found")
    return message


def quoted(message: Message) -> Json:
    """Return a message as reply_to_message: without the message that it answers itself."""
    return {key: value for key, value in message.json.items() if key != "reply_to_message"}
