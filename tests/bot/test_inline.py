"""Inline queries: the newest of a person is answered, nothing is kept, and Telegram is not pressed."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from bot import inline as module
from bot.cards import DESCRIBED, article, inline_answer
from bot.delivery import Courier, Destination, Result
from bot.inline import InlineQueries
from handlers.inline import Card, Cards
from handlers.screens import SILENCE, Key, screen

ROWS = ((Key("Open", url="https://t.me/h_bot?start=__ask"),),)
SHOWN = Cards(
    (Card("test-cost", "Is it free?", "<b>Is it free?</b>\n\nYes &amp; no.", ROWS),), "10", "Ask", "__ask"
)
GUEST = Destination(chat_id=-5, guest_query_id="g1", private=False)


class Reader:
    """Answers each query with the same cards, when its gate is open."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.gates: dict[str, asyncio.Event] = {}
        self.faults: dict[str, Exception] = {}

    async def cards(self, store: Any, query: Any, now: Any) -> Cards:
        """Note the query."""
        self.asked.append(query.text)
        if query.text in self.gates:
            await self.gates[query.text].wait()
        if query.text in self.faults:
            raise self.faults[query.text]
        return SHOWN


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
async def queries(reader: Reader, bot: Any, database: Any) -> Any:
    made = InlineQueries(
        database=database,
        inline=reader,  # type: ignore[arg-type]  # stands for it
        courier=Courier(bot),
        now=lambda: None,  # type: ignore[arg-type,return-value]  # nobody looks
    )
    yield made
    await made.close()


def typed(text: str, *, who: int = 7, query_id: str | None = None) -> dict[str, Any]:
    content = {
        "id": query_id or f"q-{text}",
        "from": {"id": who, "is_bot": False},
        "query": text,
        "offset": "",
    }
    return {"update_id": 1, "inline_query": content}


async def reached(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not holds():
            await asyncio.sleep(0.005)


async def test_a_query_is_answered_with_cards(queries, api):
    queries.take(typed("cough"))
    await queries.idle()

    [(method, sent)] = api.calls
    assert method == "answerInlineQuery"
    assert (sent["inline_query_id"], sent["is_personal"], sent["next_offset"]) == ("q-cough", "true", "10")
    assert int(sent["cache_time"]) <= 300
    assert json.loads(sent["button"]) == {"text": "Ask", "start_parameter": "__ask"}
    [card] = json.loads(sent["results"])
    assert (card["type"], card["id"], card["title"]) == ("article", "test-cost", "Is it free?")
    assert card["description"] == "Yes & no."
    assert card["input_message_content"]["parse_mode"] == "HTML"
    assert card["reply_markup"]["inline_keyboard"][0][0]["url"].endswith("start=__ask")


async def test_who_types_on_is_answered_for_the_newest_only(queries, reader, api):
    reader.gates["c"] = asyncio.Event()
    queries.take(typed("c"))
    await reached(lambda: reader.asked == ["c"])
    for text in ("co", "cou", "coug", "cough"):
        queries.take(typed(text))
    reader.gates["c"].set()
    await queries.idle()

    assert reader.asked == ["c", "cough"]


async def test_one_who_hangs_delays_nobody_else(queries, reader, api):
    reader.gates["slow"] = asyncio.Event()
    queries.take(typed("slow", who=1))
    queries.take(typed("quick", who=2))
    await reached(lambda: len(api.calls) == 1)

    assert [sent["inline_query_id"] for sent in api.sent("answerInlineQuery")] == ["q-quick"]


async def test_more_people_than_can_be_served_are_left_without_an_answer(queries, reader, monkeypatch):
    monkeypatch.setattr(module, "MOST_PEOPLE", 2)
    reader.gates["x"] = asyncio.Event()
    for who in range(5):
        queries.take(typed("x", who=who))
    await reached(lambda: len(reader.asked) == 2)
    reader.gates["x"].set()
    await queries.idle()

    assert len(reader.asked) == 2


async def test_what_telegram_refuses_is_given_up_and_what_is_unclear_tried_once_more(
    queries, api, monkeypatch
):
    monkeypatch.setattr(module, "PAUSE_S", 0.001)
    api.answers["answerInlineQuery"] = [(400, "Bad Request: query is too old"), "break", None]
    queries.take(typed("late"))
    await queries.idle()
    queries.take(typed("unclear"))
    await queries.idle()

    asked = [sent["inline_query_id"] for sent in api.sent("answerInlineQuery")]
    assert asked == ["q-late", "q-unclear", "q-unclear"]


async def test_when_telegram_asks_to_wait_nothing_is_answered_until_then(queries, api, reader):
    api.answers["answerInlineQuery"] = [(429, "Too Many Requests: retry after 30", {"retry_after": 30})]
    queries.take(typed("first"))
    await queries.idle()
    queries.take(typed("second"))
    await queries.idle()

    assert reader.asked == ["first"]


@pytest.mark.parametrize(
    "raw",
    [
        {"update_id": 1, "inline_query": None},
        {"update_id": 1, "inline_query": {"from": {"id": 7}}},
        {"update_id": 1, "inline_query": {"id": "q", "from": {"id": 7}, "query": 5}},
        {"update_id": 1, "inline_query": {"id": "q", "query": "x"}},
        {"update_id": 1, "inline_query": {"id": "q", "from": {"id": 7, "is_bot": True}, "query": "x"}},
    ],
)
async def test_what_cannot_be_read_is_passed_over(queries, api, raw):
    queries.take(raw)
    queries.take(typed("cough", who=8))
    await queries.idle()

    assert [sent["inline_query_id"] for sent in api.sent("answerInlineQuery")] == ["q-cough"]


async def test_a_fault_of_ours_ends_that_answer_only(queries, reader, api):
    reader.faults["bad"] = RuntimeError("x")
    queries.take(typed("bad"))
    await queries.idle()
    queries.take(typed("good"))
    await queries.idle()

    assert [sent["inline_query_id"] for sent in api.sent("answerInlineQuery")] == ["q-good"]


def test_a_long_text_is_described_in_short():
    card = article("x", "Title", "<b>Title</b>\n\n" + "word " * 100, ())

    assert len(card["description"]) <= DESCRIBED
    assert card["description"].startswith("word word")
    assert "reply_markup" not in card


def test_cards_without_a_button_above_have_none():
    assert "button" not in inline_answer("q", Cards())


async def test_a_guest_answers_through_the_query(bot, api):
    reply = screen("<b>Yes.</b>\nIt is free.", ROWS)

    assert await Courier(bot).deliver(reply, GUEST) is Result.DELIVERED
    assert await Courier(bot).deliver(SILENCE, GUEST) is Result.DELIVERED

    [(method, sent)] = api.calls
    result = json.loads(sent["result"])
    assert (method, sent["guest_query_id"]) == ("answerGuestQuery", "g1")
    assert "chat_id" not in sent
    assert (result["title"], result["input_message_content"]["message_text"]) == (
        "Yes.",
        "<b>Yes.</b>\nIt is free.",
    )


async def test_a_guest_whose_query_is_too_old_gives_up(bot, api):
    api.answers["answerGuestQuery"] = [(400, "Bad Request: query is too old")]

    assert await Courier(bot).deliver(screen("x"), GUEST) is Result.REFUSED


def test_where_a_kept_answer_of_a_guest_goes_is_kept_too():
    assert Destination(**GUEST.to_json()) == GUEST
