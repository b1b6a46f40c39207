"""Inline mode and guest mode: queries typed behind the bot's name, cards, and mentions where it is no member.

What is refused follows core.telegram.org/bots/api (answerInlineQuery, answerGuestQuery) and the words of
tdlib/telegram-bot-api.
"""

import re
from typing import Any

from simulator import texts
from simulator import validation as check
from simulator.chats import Call
from simulator.errors import ControlError, bad_request
from simulator.html_entities import is_link
from simulator.world import Bot, Chat, InlineQuery, Message, World

Json = dict[str, Any]

TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
LIVES_S = 30.0  # how long an answer is waited for
MOST_RESULTS = 50
ID_BYTES = OFFSET_BYTES = 64
START_PARAMETER = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ARTICLE = {
    *("type", "id", "title", "input_message_content", "reply_markup", "url", "description"),
    *("thumbnail_url", "thumbnail_width", "thumbnail_height"),
}
_CONTENT = {"message_text", "parse_mode", "entities", "link_preview_options"}


def answer_inline_query(call: Call) -> bool:
    """answerInlineQuery: once for each query, soon."""
    p = call.params
    results = p["results"]
    if not isinstance(results, list):
        raise bad_request("expected an Array of InlineQueryResult")
    if len(results) > MOST_RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    checked = [_article(result) for result in results]
    if len({result["id"] for result in checked}) < len(checked):
        raise bad_request("RESULT_ID_DUPLICATE")
    if len(p.get("next_offset", "").encode()) > OFFSET_BYTES:
        raise bad_request("NEXT_OFFSET_INVALID")
    if p.get("cache_time", 300) < 0:
        raise bad_request("cache time must be non-negative")
    answer = {"results": checked, "next_offset": p.get("next_offset", ""), "button": _button(p.get("button"))}
    query = call.bot.inline_queries.get(p["inline_query_id"])
    late = query is not None and call.world.clock.timestamp() - query.asked_at > LIVES_S
    if query is None or query.answer is not None or late:
        raise bad_request(TOO_OLD)
    query.answer = answer | {
        "cache_time": p.get("cache_time", 300),
        "is_personal": p.get("is_personal", False),
    }
    call.world.announce()
    return True


def _article(result: Any) -> Json:
    """Return a result with its text and entities in place of the markup."""
    if not isinstance(result, dict) or result.get("type") != "article":
        raise bad_request("can't parse inline query result: the simulator knows articles only")
    _only(result, _ARTICLE, "InlineQueryResultArticle")
    identity, title = result.get("id"), result.get("title")
    if not isinstance(identity, str) or not 1 <= len(identity.encode()) <= ID_BYTES:
        raise bad_request("RESULT_ID_INVALID")
    if not isinstance(title, str) or not title.strip():
        raise bad_request("ARTICLE_TITLE_EMPTY")
    if "url" in result and not is_link(str(result["url"])):
        raise bad_request("ARTICLE_URL_INVALID")
    content = result.get("input_message_content")
    if not isinstance(content, dict) or not isinstance(content.get("message_text"), str):
        raise bad_request("can't parse inline query result: there is no text in the input message content")
    _only(content, _CONTENT, "InputTextMessageContent")
    text, entities = texts.formatted(
        content["message_text"], content.get("parse_mode"), content.get("entities")
    )
    texts.check_text(text)
    article: Json = {"id": identity, "title": title, "description": result.get("description", "")}
    article |= {"text": text, "entities": entities}
    if "reply_markup" in result:
        markup = check.reply_markup(result["reply_markup"])
        if "inline_keyboard" not in markup:
            raise bad_request("inline keyboard expected")
        article["reply_markup"] = markup
    return article


def _only(given: Json, known: set[str], name: str) -> None:
    unknown = sorted(set(given) - known)
    if unknown:
        raise bad_request(
            f'unknown field "{unknown[0]}" of {name} (Telegram would ignore it, the simulator does not)'
        )


def _button(given: Any) -> Json | None:
    if given is None:
        return None
    if not isinstance(given, dict) or not isinstance(given.get("text"), str) or not given["text"].strip():
        raise bad_request("can't parse inline query results button: text is expected")
    start = given.get("start_parameter")
    if not isinstance(start, str) or not START_PARAMETER.fullmatch(start):
        raise bad_request("START_PARAM_INVALID")
    return {"text": given["text"], "start_parameter": start}


def answer_guest_query(call: Call) -> Json:
    """answerGuestQuery: once for each mention; the bot writes as a guest."""
    article = _article(call.params["result"])
    chat_id = call.bot.guest_queries.pop(call.params["guest_query_id"], None)
    if chat_id is None:
        raise bad_request(TOO_OLD)
    chat = call.world.chat(call.bot, chat_id)
    json = _message(call.world, chat, article) | {"from": call.bot.user()}
    chat.messages[json["message_id"]] = Message(json, outgoing=True)
    call.world.changed(chat, by_bot=True)
    return {"inline_message_id": f"guest{json['message_id']}"}


def _message(world: World, chat: Chat, article: Json) -> Json:
    json: Json = {
        "message_id": world.number(),
        "chat": world.chat_json(chat.id),
        "date": world.date(),
        "text": article["text"],
    }
    json |= {"entities": article["entities"]} if article["entities"] else {}
    return json | ({"reply_markup": article["reply_markup"]} if "reply_markup" in article else {})


def ask(world: World, bot: Bot, person: Json, query: str, offset: str = "") -> str:
    """Type a query behind the bot's name, as the person of this User object; return the query's id."""
    identity = str(5_000_000_000_000 + world.number())
    content: Json = {"id": identity, "from": person, "query": query[:256], "offset": offset}
    note(world, bot, content)
    bot.updates.add({"inline_query": content}, now=world.clock.timestamp())
    return identity


def note(world: World, bot: Bot, content: Json) -> None:
    """Remember a query that waits for its answer."""
    bot.inline_queries[str(content.get("id"))] = InlineQuery(world.clock.timestamp())


def choose(world: World, bot: Bot, person: Json, chat: Chat, query_id: str, result_id: str) -> Json:
    """Send a card into a chat, and tell the bot which one. Raises ControlError when there is no such card."""
    query = bot.inline_queries.get(query_id)
    results = query.answer["results"] if query is not None and query.answer is not None else []
    article = next((result for result in results if result["id"] == result_id), None)
    if article is None:
        raise ControlError(f"the query {query_id} has no card {result_id!r}")
    json = _message(world, chat, article) | {"from": person, "via_bot": bot.user()}
    chat.messages[json["message_id"]] = Message(json, outgoing=False)
    world.changed(chat, by_bot=False)
    now = world.clock.timestamp()
    if not chat.blocked and (chat.id > 0 or chat.id in world.groups):
        bot.updates.add({"message": json}, now=now)
    bot.updates.add({"chosen_inline_result": {"result_id": result_id, "from": person, "query": ""}}, now=now)
    return json


def mention(world: World, bot: Bot, person: Json, chat: Chat, text: str) -> Json:
    """Mention the bot in a chat of which it is no member; it is told once, and may answer once."""
    plain, entities = texts.formatted(text, None, None)
    if not plain:
        raise ControlError("an empty text cannot be sent")
    identity = str(6_000_000_000_000 + world.number())
    json: Json = {
        "message_id": world.number(),
        "from": person,
        "chat": world.chat_json(chat.id),
        "date": world.date(),
        "text": plain,
    }
    json |= {"entities": entities} if entities else {}
    chat.messages[json["message_id"]] = Message(json, outgoing=False)
    bot.guest_queries[identity] = chat.id
    world.changed(chat, by_bot=False)
    bot.updates.add({"guest_message": json | {"guest_query_id": identity}}, now=world.clock.timestamp())
    return json
