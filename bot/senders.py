"""Say who sent an update and where its answer goes."""

from collections.abc import Mapping
from typing import Any

from bot.delivery import Destination
from handlers.incoming import Incoming, What
from handlers.screens import Reply

_CARRIERS = (
    "message",
    "callback_query",
    "edited_message",
    "my_chat_member",
    "inline_query",
    "channel_post",
    "guest_message",
    "chosen_inline_result",
)


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


def destination(update: Incoming, reply: Reply) -> Destination:
    """Return where the reply to an update goes."""
    pressed, guest = update.what is What.PRESS, update.what is What.GUEST
    answers = not pressed and not guest and (reply.quotes or not update.private)
    passes = any(step.to for step in reply.steps)  # who wrote may have to hear what became of it
    return Destination(
        chat_id=update.chat_id,
        private=update.private,
        callback_query_id=update.query_id if pressed else None,
        guest_query_id=update.query_id if guest else None,
        message_id=update.message_id if pressed or passes else None,
        editable=update.editable,
        reply_to=update.message_id if answers else None,
        thread=update.thread_id,
    )
