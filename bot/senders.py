"""Say who sent an update and where its answer goes."""

from collections.abc import Mapping
from typing import Any

from telegram import Chat, InaccessibleMessage, Message, Update

from bot.delivery import Destination

_CARRIERS = ("message", "callback_query", "edited_message", "my_chat_member", "inline_query", "channel_post")


def sender(raw: Mapping[str, Any]) -> int | None:
    """Return the Telegram id of who sent a raw update (else of its chat), or None when nothing says so.

    `raw` was written by whoever wanted to: nothing about its shape is taken for granted.
    """
    for carrier in _CARRIERS:
        content = raw.get(carrier)
        if not isinstance(content, Mapping):
            continue
        for field in ("from", "chat"):
            who = content.get(field)
            identity = who.get("id") if isinstance(who, Mapping) else None
            if isinstance(identity, int) and not isinstance(identity, bool):
                return identity
    return None


def destination(update: Update) -> Destination:
    """Return where the answer to an update goes."""
    query = update.callback_query
    chat = update.effective_chat
    chat_id = chat.id if chat else (update.effective_user.id if update.effective_user else 0)
    private = chat is None or chat.type == Chat.PRIVATE
    if query is None:
        message = update.effective_message
        return Destination(
            chat_id=chat_id,
            private=private,
            reply_to=message.message_id if message is not None and not private else None,
        )
    pressed = query.message
    accessible = isinstance(pressed, Message) and not isinstance(pressed, InaccessibleMessage)
    return Destination(
        chat_id=chat_id,
        private=private,
        callback_query_id=query.id,
        message_id=pressed.message_id if pressed is not None else None,
        editable=accessible and isinstance(pressed, Message) and pressed.text is not None,
    )
