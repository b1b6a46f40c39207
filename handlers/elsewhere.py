"""Word answers for chats that are not ours, where everybody reads along: general, and with the way to us."""

import re

from sqlalchemy.ext.asyncio import AsyncConnection

from care.invites import deep_link
from care.links import payload
from handlers import emergency
from handlers.answer import body, escaped
from handlers.screens import Key
from locales.catalogue import Html, Locale

_COMMAND = re.compile(r"\s*\(/[a-z]+\)")  # "(/book)": elsewhere it would lead to nothing


async def general(store: AsyncConnection, t: Locale, topic: str) -> Html | None:
    """Return an answer as it may be read by anybody, or None where there is none."""
    answer = t.answer(topic)
    if answer is None:
        return None
    text = _COMMAND.sub("", await body(store, answer))
    if topic == emergency.TOPIC:
        return Html(f"🚨 {text}")
    return Html(f"<b>{escaped(answer.title)}</b>\n\n{text}")


def private_key(t: Locale, username: str, *, code: str | None = None, topic: str | None = None) -> Key:
    """Return the button that opens the private chat, at a topic and with a worker's link."""
    return Key(t.label("💬 Ask in a private chat"), url=deep_link(username, payload(code, topic)))
