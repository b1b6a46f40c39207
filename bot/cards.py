"""Write answers for other chats: cards of inline mode, and what is said where the bot is no member.

Both are results of inline mode (Bot API, InlineQueryResultArticle, answerInlineQuery, answerGuestQuery).
"""

import html
import json
import re
from typing import Any

from bot.calls import Call, keyboard
from handlers.inline import Cards
from handlers.screens import Reply, Rows

MOST_CARDS = 50  # Bot API, answerInlineQuery
DESCRIBED = 120  # letters of the text that stand below a title: clients show about two lines
CACHE_S = 60  # how long Telegram may give the same person the same cards without asking again
_TAG = re.compile(r"<[^>]*>")
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def inline_answer(query_id: str, cards: Cards) -> dict[str, Any]:
    """Return the parameters of answerInlineQuery."""
    results = [article(card.id, card.title, card.text, card.rows) for card in cards.cards[:MOST_CARDS]]
    params: dict[str, Any] = {
        "inline_query_id": query_id,
        "results": _json(results),
        "cache_time": CACHE_S,
        "is_personal": True,  # the language and a worker's link are the sender's own
        "next_offset": cards.next_offset,
    }
    if cards.start is not None:
        params["button"] = _json({"text": cards.label, "start_parameter": cards.start})
    return params


def article(card_id: str, title: str, text: str, rows: Rows) -> dict[str, Any]:
    """Return an InlineQueryResultArticle that sends `text` (HTML) with its buttons."""
    plain = " ".join(html.unescape(_TAG.sub("", text)).removeprefix(title).split())
    result: dict[str, Any] = {
        "type": "article",
        "id": card_id,
        "title": title,
        "input_message_content": {
            "message_text": text,
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
        },
    }
    if plain:
        result["description"] = plain if len(plain) <= DESCRIBED else f"{plain[: DESCRIBED - 1]}…"
    return result | ({"reply_markup": keyboard(rows)} if rows else {})


def guest_call(reply: Reply, query_id: str) -> tuple[Call, ...]:
    """Return the one call that answers a mention in a chat where the bot is no member."""
    if not reply.steps:
        return ()
    step = reply.steps[0]
    title = html.unescape(_TAG.sub("", step.text)).partition("\n")[0][:DESCRIBED] or "Hamroh"
    result = _json(article("answer", title, step.text, step.rows))
    params = {"guest_query_id": query_id, "result": result}
    return (Call(method="answerGuestQuery", params=params, to_chat=False),)
