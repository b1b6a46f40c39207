"""What is not text gets one kind sentence; groups get silence until they call the bot."""

from collections.abc import Callable
from typing import Any

import pytest

from handlers.group import Group
from handlers.other import Other
from handlers.routes import Routes
from locales.catalogue import Words

FILE = {"file_id": "f", "file_unique_id": "u"}
SIZE = {"width": 1, "height": 1}
STICKER = {**FILE, **SIZE, "type": "regular", "is_animated": False, "is_video": False}


@pytest.fixture
def routes(make_table: Callable[..., Routes]) -> Routes:
    return make_table(other=Other().show)


@pytest.fixture
def in_group(whole: Any, words: Words) -> Any:
    search = whole.make_search(words)
    parts = {"search": search, "danger": whole.make_danger(search)}
    return Group(words=words, username="hamroh_bot", **parts).show


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"voice": {**FILE, "duration": 1}}, "I cannot listen yet"),
        ({"audio": {**FILE, "duration": 1}}, "I cannot listen yet"),
        ({"video_note": {**FILE, "duration": 1, "length": 1}}, "I cannot listen yet"),
        ({"photo": [{**FILE, **SIZE}], "caption": "my passport"}, "do not send photos of papers"),
        ({"document": FILE}, "do not send photos of papers"),
        ({"video": {**FILE, **SIZE, "duration": 1}}, "do not send photos of papers"),
        ({"contact": {"phone_number": "+7", "first_name": "A"}}, "do not need a phone number"),
        ({"sticker": STICKER}, "Thank you"),
        ({"animation": {**FILE, **SIZE, "duration": 1}, "document": FILE}, "Thank you"),
        ({"dice": {"emoji": "🎲", "value": 3}}, "Thank you"),
        ({"something_new": {}}, "text only"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
async def test_what_is_not_text_gets_one_kind_sentence(
    world: Any, content: dict[str, Any], said: str
) -> None:
    someone = world.somebody()
    await someone.agree()

    await someone.send(**content)

    assert said in someone.text
    assert await world.outcomes() == ["not-understood"]


async def test_a_pinned_message_is_left_in_silence(world: Any) -> None:
    someone = world.somebody()
    await someone.agree()

    reply = await someone.send(
        pinned_message={"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}}
    )

    assert not reply.steps


def group_message(said: str, *, kind: str = "mention", **changes: Any) -> dict[str, Any]:
    at = said.find("/") if kind == "bot_command" else said.find("@")
    length = len(said[at:].split(maxsplit=1)[0]) if at >= 0 else 0
    message = {
        "message_id": 5,
        "date": 1764000000,
        "chat": {"id": -100, "type": "supergroup", "title": "Builders"},
        "from": {"id": 8, "is_bot": False, "first_name": "Aziz", "language_code": "uz"},
        "text": said,
        "entities": [{"type": kind, "offset": at, "length": length}] if at >= 0 else [],
    } | changes
    return {name: value for name, value in message.items() if value not in (None, [])}


@pytest.mark.parametrize(
    "message",
    [
        group_message("/start@hamroh_bot", kind="bot_command"),
        group_message("/nosuch@Hamroh_Bot please", kind="bot_command"),
        group_message("hey @hamroh_bot what a nice day"),
    ],
    ids=["start", "command", "mention"],
)
async def test_who_calls_the_bot_in_a_group_is_invited_in_every_language(world: Any, message: Any) -> None:
    reply = await world.answer(message=message)

    lines = reply.steps[0].text.splitlines()
    assert [line.partition("‧")[0] for line in lines] == ["ru", "uz", "uz_Cyrl", "tg", "kk"]
    assert reply.steps[0].rows[0][0].url == "https://t.me/hamroh_bot"
    assert await world.outcomes() == ["group-invited"]


@pytest.mark.parametrize(
    "message",
    [
        group_message("hello all"),
        group_message("", text=None, sticker=STICKER),
        group_message("/start", kind="bot_command"),
        group_message("/start@other_bot", kind="bot_command"),
        group_message("ask @other_bot"),
        group_message("@hamroh_bot", sender_chat={"id": -100, "type": "supergroup", "title": "Builders"}),
        group_message("@hamroh_bot", **{"from": {"id": 9, "is_bot": True, "first_name": "B"}}),
        group_message("@hamroh_bot", via_bot={"id": 9, "is_bot": True, "first_name": "B"}),
    ],
    ids=[
        "talk",
        "sticker",
        "bare command",
        "other bot",
        "other mention",
        "anonymous admin",
        "bot",
        "via bot",
    ],
)
async def test_everything_else_in_a_group_is_left_in_silence(world: Any, message: Any) -> None:
    assert not (await world.answer(message=message)).steps


async def test_a_mention_under_a_photo_counts(world: Any) -> None:
    caption = {"caption": "@hamroh_bot", "caption_entities": [{"type": "mention", "offset": 0, "length": 11}]}
    message = group_message("", text=None, photo=[{**FILE, **SIZE}], **caption)

    assert (await world.answer(message=message)).steps
