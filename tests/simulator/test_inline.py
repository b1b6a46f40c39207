"""Inline mode and guest mode: what the simulated Telegram tells the bot, and what it refuses."""

import json
from typing import Any

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputFile,
    InputTextMessageContent,
    Update,
)
from telegram.error import BadRequest

from simulator import methods
from simulator.cast import ALISHER, WORKER
from simulator.client import ControlRefused, Phone, Simulator
from simulator.errors import ApiError
from simulator.world import World

OPUS = b"OggS" + bytes(24) + b"OpusHead" + bytes(40)


def article(**changes: Any) -> dict[str, Any]:
    content = {"message_text": "<b>Yes.</b>", "parse_mode": "HTML"}
    return {"type": "article", "id": "1", "title": "Cough", "input_message_content": content} | changes


async def updates(bot: Bot, telegram: Simulator) -> list[Update]:
    """Return what waits for the bot, as its library reads it."""
    await bot.get_me()
    return [Update.de_json(update, bot) for update in await telegram.pending()]


async def asked(bot: Bot, phone: Phone, query: str = "cough") -> str:
    """Type a query, and return its id as the bot gets it."""
    await phone.act("inline", query=query)
    [*_, update] = await updates(bot, phone.simulator)
    assert update.inline_query is not None
    assert (update.inline_query.query, update.inline_query.from_user.id) == (query, phone.person_id)
    return update.inline_query.id


async def answer(world: World, query_id: str, *results: Any, **more: Any) -> Any:
    """Answer a query with what no library would write. Raises ApiError."""
    data = {"inline_query_id": query_id, "results": json.dumps(results)} | more
    return await methods.run(world, world.bot, "answerInlineQuery", data)


async def test_a_query_is_answered_and_a_card_sent(bot: Bot, alisher: Phone, telegram: Simulator):
    await alisher.start()
    query = await asked(bot, alisher)
    keys = InlineKeyboardMarkup([[InlineKeyboardButton("Open", url="https://t.me/hamroh_demo_bot?start=x")]])
    text = InputTextMessageContent("<b>Come.</b>", parse_mode="HTML")
    button = InlineQueryResultsButton("Ask", start_parameter="__ask")
    await bot.answer_inline_query(
        query, [InlineQueryResultArticle("cough", "Cough", text, reply_markup=keys)], button=button
    )
    shown = await telegram.call("GET", f"/inline/{query}")
    assert [(card["id"], card["title"], card["text"]) for card in shown["results"]] == [
        ("cough", "Cough", "Come.")
    ]

    await alisher.act("choose", query_id=query, result_id="cough")

    *_, sent, chosen = await updates(bot, telegram)
    assert sent.message.via_bot.id == bot.id
    assert sent.message.text == "Come."
    assert chosen.chosen_inline_result.result_id == "cough"
    with pytest.raises(ControlRefused, match="no card"):
        await alisher.act("choose", query_id=query, result_id="nosuch")


async def test_a_query_is_answered_once_and_soon(bot: Bot, alisher: Phone, world: World):
    first, second = await asked(bot, alisher), await asked(bot, alisher)
    await answer(world, first)
    with pytest.raises(ApiError, match="too old"):
        await answer(world, first)
    await alisher.simulator.advance(60)

    for late in (second, "77"):
        with pytest.raises(ApiError, match="too old"):
            await answer(world, late)


@pytest.mark.parametrize(
    ("results", "more", "refusal"),
    [
        ([article(type="gif")], {}, "articles only"),
        ([article(id="")], {}, "RESULT_ID_INVALID"),
        ([article(id="x" * 65)], {}, "RESULT_ID_INVALID"),
        ([article(), article()], {}, "RESULT_ID_DUPLICATE"),
        ([article(id=str(n)) for n in range(51)], {}, "RESULTS_TOO_MUCH"),
        ([article(title=" ")], {}, "ARTICLE_TITLE_EMPTY"),
        ([article(titel="x")], {}, "unknown field"),
        ([article(input_message_content={})], {}, "no text"),
        ([article(input_message_content={"message_text": " "})], {}, "text is empty"),
        ([article(input_message_content={"message_text": "x" * 4097})], {}, "too long"),
        ([article(input_message_content={"message_text": "<b>x", "parse_mode": "HTML"})], {}, "entities"),
        ([article(reply_markup={"keyboard": [[{"text": "x"}]]})], {}, "inline keyboard expected"),
        (
            [article(reply_markup={"inline_keyboard": [[{"text": "x", "url": "nowhere to go"}]]})],
            {},
            "URL",
        ),
        ([], {"next_offset": "x" * 65}, "NEXT_OFFSET_INVALID"),
        ([], {"cache_time": -1}, "non-negative"),
        ([], {"button": '{"text": "x", "start_parameter": "a b"}'}, "START_PARAM_INVALID"),
        ([], {"button": '{"text": " ", "start_parameter": "ab"}'}, "text is expected"),
    ],
)
async def test_what_telegram_refuses_is_refused(
    bot: Bot, alisher: Phone, world: World, results, more, refusal
):
    query = await asked(bot, alisher)

    with pytest.raises(ApiError, match=refusal):
        await answer(world, query, *results, **more)
    await answer(world, query, article())


async def test_results_that_are_no_list_are_refused(bot: Bot, alisher: Phone, world: World):
    query = await asked(bot, alisher)

    with pytest.raises(ApiError, match="Array"):
        await answer(world, query, results='{"id": 1}')


async def test_a_guest_is_told_of_a_mention_and_answers_once(bot: Bot, telegram: Simulator):
    group = await telegram.add_group("Builders", [ALISHER.id, WORKER.id])
    phone = telegram.phone(ALISHER, chat_id=group)
    await phone.act("guest", text="@hamroh_demo_bot is it free?")
    message = (await updates(bot, telegram))[-1].guest_message
    assert message.text == "@hamroh_demo_bot is it free?"
    result = InlineQueryResultArticle("a", "Free", InputTextMessageContent("Yes."))

    await bot.answer_guest_query(message.guest_query_id, result)

    assert (await phone.newest()).text == "Yes."
    with pytest.raises(BadRequest, match="too old"):
        await bot.answer_guest_query(message.guest_query_id, result)


async def test_only_ogg_with_opus_is_a_voice_message(bot: Bot, alisher: Phone, telegram: Simulator):
    await alisher.start()
    sent = await bot.send_voice(ALISHER.id, InputFile(OPUS, filename="a.ogg"), caption="Listen")
    again = await bot.send_voice(ALISHER.id, sent.voice.file_id)
    other = await bot.send_voice(ALISHER.id, InputFile(b"ID3 an mp3", filename="a.mp3"))

    assert again.voice.file_unique_id == sent.voice.file_unique_id
    assert (other.voice, other.document.file_name) == (None, "a.mp3")
    assert await telegram.file(sent.voice.file_id) == OPUS
    with pytest.raises(BadRequest, match=r"(?i)type of file mismatch"):
        await bot.send_voice(ALISHER.id, other.document.file_id)
    with pytest.raises(BadRequest, match=r"(?i)wrong file identifier"):
        await bot.send_voice(ALISHER.id, "nosuch")
