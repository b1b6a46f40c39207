"""Topics of a group (forum): made by the bot or by people, and messages inside them."""

from typing import Any

from simulator.chats import Call, writable_chat
from simulator.errors import bad_request
from simulator.world import Chat, Group, Message, World

Json = dict[str, Any]

COLOUR = 0x6FB9F0
NAME_LENGTH = 128  # characters


def inside(call: Call, chat: Chat, answered: Json) -> Json:
    """Return the fields of a message in the call's topic, else in that of the message it answers.

    Raises ApiError when there is no such topic.
    """
    wanted = call.params.get("message_thread_id")
    if not wanted:
        return of_answer(answered.get("reply_to_message", {}))
    group = call.world.groups.get(chat.id)
    if group is None or wanted not in group.topics:
        raise bad_request("message thread not found")
    return fields(wanted)


def fields(thread_id: int | None) -> Json:
    """Return the fields of a message in a topic; none of one in the general topic."""
    return {"message_thread_id": thread_id, "is_topic_message": True} if thread_id else {}


def of_answer(answered: Json) -> Json:
    """Return the topic's fields of a message that answers this one."""
    return fields(answered.get("message_thread_id") if answered.get("is_topic_message") else None)


def create_forum_topic(call: Call) -> Json:
    """createForumTopic."""
    chat, name = writable_chat(call), call.params["name"].strip()
    group = call.world.groups.get(chat.id)
    if group is None or not group.is_forum:
        raise bad_request("the chat is not a forum")
    if not 1 <= len(name) <= NAME_LENGTH:
        raise bad_request("TOPIC_TITLE_INVALID" if name else "TOPIC_TITLE_EMPTY")
    message = open_topic(call.world, chat, group, name, author={"from": call.bot.user()}, by_bot=True)
    return {"message_thread_id": message.id, "name": name, "icon_color": COLOUR}


def open_topic(world: World, chat: Chat, group: Group, name: str, *, author: Json, by_bot: bool) -> Message:
    """Put the service message that opens a topic into the chat; its id is the topic's."""
    thread_id = world.number()
    json: Json = {
        "message_id": thread_id,
        **author,
        "chat": world.chat_json(chat.id),
        "date": world.date(),
        **fields(thread_id),
        "forum_topic_created": {"name": name, "icon_color": COLOUR},
    }
    group.topics[thread_id] = name
    chat.messages[thread_id] = Message(json, outgoing=by_bot)
    world.changed(chat, by_bot=by_bot)
    return chat.messages[thread_id]


def delete_topic(world: World, chat: Chat, group: Group, thread_id: int) -> None:
    """Remove a topic and its messages, as an admin may; nobody tells the bot."""
    del group.topics[thread_id]
    for message in chat.messages.values():
        if message.json.get("message_thread_id") == thread_id:
            message.deleted = True
    world.changed(chat, by_bot=False)
