"""Methods that change or remove what is in a chat, and answers to presses."""

from typing import Any

from simulator import validation as check
from simulator.chats import Call, known_chat, message_in, writable_chat
from simulator.errors import bad_request
from simulator.sending import captioned, written
from simulator.texts import check_caption
from simulator.world import Chat, Message

Json = dict[str, Any]

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as "
    "a current content and reply markup of the message"
)
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
PRESS_LIVES_S = 150.0
DELETABLE_S = 48 * 3600.0
TEXT_FIELDS = ("text", "entities", "caption", "caption_entities", "reply_markup")


def _editable(call: Call) -> tuple[Chat, Message]:
    if "chat_id" not in call.params or "message_id" not in call.params:
        if "inline_message_id" in call.params:
            raise bad_request("MESSAGE_ID_INVALID")
        raise bad_request("message identifier is not specified")
    chat = writable_chat(call)
    message = message_in(chat, call.params["message_id"], "message to edit")
    if not message.outgoing:
        raise bad_request("message can't be edited")
    return chat, message


def _keyboard(call: Call) -> Json:
    markup = call.params.get("reply_markup")
    if markup in (None, {}):
        return {}
    checked = check.reply_markup(markup)
    if "inline_keyboard" not in checked:
        raise bad_request("inline keyboard expected")
    return {"reply_markup": checked} if checked["inline_keyboard"] else {}


def _change(call: Call, chat: Chat, message: Message, fields: Json) -> Json:
    """Replace text and keyboard of a message; a former keyboard is kept for late presses."""
    kept = {key: value for key, value in message.json.items() if key not in TEXT_FIELDS}
    before = {key: message.json[key] for key in TEXT_FIELDS if key in message.json}
    if before == fields:
        raise bad_request(NOT_MODIFIED)
    if message.keyboard:
        message.former_keyboards.append(message.keyboard)
    message.json = kept | {"edit_date": call.world.date()} | fields
    call.world.changed(chat, by_bot=True)
    return message.json


def edit_text(call: Call) -> Json:
    """editMessageText; without reply_markup the keyboard goes."""
    chat, message = _editable(call)
    if "text" not in message.json:
        raise bad_request("there is no text in the message to edit")
    return _change(call, chat, message, {**written(call), **_keyboard(call)})


def edit_caption(call: Call) -> Json:
    """editMessageCaption."""
    chat, message = _editable(call)
    if not {"photo", "document", "voice"} & set(message.json):
        raise bad_request("there is no caption in the message to edit")
    check_caption(call.params.get("caption", ""))
    return _change(call, chat, message, {**captioned(call), **_keyboard(call)})


def edit_reply_markup(call: Call) -> Json:
    """editMessageReplyMarkup."""
    chat, message = _editable(call)
    kept = {key: message.json[key] for key in TEXT_FIELDS[:-1] if key in message.json}
    return _change(call, chat, message, kept | _keyboard(call))


def _delete(call: Call, chat: Chat, message: Message) -> None:
    private = chat.id > 0
    if call.world.date() - message.json["date"] > DELETABLE_S or not (message.outgoing or private):
        raise bad_request("message can't be deleted for everyone")
    message.deleted = True


def delete_message(call: Call) -> bool:
    """deleteMessage: not after 48 hours."""
    chat = known_chat(call)
    _delete(call, chat, message_in(chat, call.params["message_id"], "message to delete"))
    call.world.changed(chat, by_bot=True)
    return True


def delete_messages(call: Call) -> bool:
    """deleteMessages: those that are not there are passed over."""
    chat, wanted = known_chat(call), call.params["message_ids"]
    if not isinstance(wanted, list) or not 1 <= len(wanted) <= 100:
        raise bad_request("message identifiers are not specified")
    for message in [chat.messages[i] for i in wanted if i in chat.messages]:
        _delete(call, chat, message)
    call.world.changed(chat, by_bot=True)
    return True


def answer_callback_query(call: Call) -> bool:
    """answerCallbackQuery: once for each press, within 150 s."""
    query = call.bot.queries.get(call.params["callback_query_id"])
    now = call.world.clock.timestamp()
    if query is None or query.answered or now - query.pressed_at > PRESS_LIVES_S:
        raise bad_request(QUERY_TOO_OLD)
    text = call.params.get("text", "")
    if len(text) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    query.answered = True
    chat = call.world.chat(call.bot, query.chat_id)
    answer = {"query_id": query.id, "text": text, "show_alert": call.params.get("show_alert", False)}
    chat.answers.append(
        answer | {"person_id": query.person_id, "url": call.params.get("url"), "date": call.world.date()}
    )
    call.world.changed(chat, by_bot=False)
    chat.answers[-1]["seq"] = call.world.seq
    return True


def set_message_reaction(call: Call) -> bool:
    """setMessageReaction."""
    chat = writable_chat(call)
    message = message_in(chat, call.params["message_id"], "message to react")
    reaction = call.params.get("reaction", [])
    if not isinstance(reaction, list) or not all(isinstance(r, dict) and "type" in r for r in reaction):
        raise bad_request("expected an Array of ReactionType")
    message.reactions = reaction
    call.world.changed(chat, by_bot=False)
    return True
