"""Groups and other people's chats: general answers, the way to the private chat, and silence."""

from typing import Any

import pytest

from handlers.group import Group
from locales.catalogue import Words
from storage import schema

BOT = {"id": 42, "is_bot": True, "first_name": "Hamroh", "username": "Hamroh_bot"}
OTHER = {"id": 43, "is_bot": True, "first_name": "Other", "username": "other_bot"}


@pytest.fixture
def in_group(whole: Any, words: Words) -> Any:
    search = whole.make_search(words)
    parts = {"search": search, "danger": whole.make_danger(search)}
    return Group(words=words, username="hamroh_bot", **parts).show


def said(text: str, /, *, language: str = "ru", answers: Any = None, **changes: Any) -> dict[str, Any]:
    """Return a message in a group, with the mention or the command in it marked."""
    at = next((text.find(sign) for sign in "/@" if sign in text), -1)
    kind = "bot_command" if at >= 0 and text[at] == "/" else "mention"
    length = len(text[at:].split(maxsplit=1)[0]) if at >= 0 else 0
    message = {
        "message_id": 5,
        "date": 1764000000,
        "chat": {"id": -100, "type": "supergroup", "title": "Builders"},
        "from": {"id": 7001, "is_bot": False, "first_name": "Aziz", "language_code": language},
        "text": text,
        "entities": [{"type": kind, "offset": at, "length": length}] if at >= 0 else [],
    }
    if answers is not None:
        before = {"message_id": 4, "date": 1763999999, "chat": message["chat"], "from": answers, "text": "…"}
        message["reply_to_message"] = before
    return {name: value for name, value in (message | changes).items() if value not in (None, [])}


def title(words: Words, topic: str, code: str) -> str:
    answer = words[code].answer(topic)
    assert answer is not None
    return answer.title


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (said("@hamroh_bot меня депортируют, если у меня туберкулёз?"), "ru"),
        (said("/ask@Hamroh_bot мени депорт қилишадими", language="ru"), "uz_Cyrl"),
        (said("meni deport qilishadimi", answers=BOT), "uz"),
    ],
    ids=["mention", "command", "reply"],
)
async def test_a_question_to_the_bot_is_answered_in_its_language_with_the_way_to_us(
    world, words, message, code
):
    reply = await world.answer(message=message)

    [step] = reply.steps
    assert step.text.startswith(f"<b>{title(words, 'deportation', code)}</b>")
    assert f"{code}‧Write to me in a private chat" in step.text
    assert "(/" not in step.text
    assert step.rows[0][0].url == "https://t.me/hamroh_bot?start=__deportation"
    [row] = await world.rows(schema.outcomes)
    assert (row["kind"], row["detail"], row["locale"]) == ("group-answered", "deportation", code)
    assert (row["referral_id"], row["link_id"]) == (None, None)


async def test_what_is_known_of_the_sender_changes_nothing(world, words):
    person = world.somebody()
    await person.agree(locale="kk")

    reply = await world.answer(message=said("@hamroh_bot меня депортируют?", language="tg"))

    assert title(words, "deportation", "ru") in reply.steps[0].text


@pytest.mark.parametrize("answers", [None, BOT], ids=["mention", "reply"])
async def test_danger_is_told_whom_to_call_before_anything_else(world, answers):
    name = "" if answers else "@hamroh_bot "
    reply = await world.answer(message=said(f"{name}у него кровь изо рта, много крови", answers=answers))

    assert reply.steps[0].text.startswith("🚨")
    assert "103" in reply.steps[0].text
    assert await world.outcomes() == ["group-answered"]


@pytest.mark.parametrize("text", ["запиши меня на приём", "спасибо", "какая сегодня погода", "🙂"])
async def test_what_is_no_question_for_everybody_is_invited_to_the_private_chat(world, text):
    reply = await world.answer(message=said(text, answers=BOT))

    assert len(reply.steps[0].text.splitlines()) == 5
    assert await world.outcomes() == ["group-invited"]


@pytest.mark.parametrize(
    "message",
    [
        said("меня депортируют?"),
        said("меня депортируют?", answers=OTHER),
        said("меня депортируют?", answers={"id": 8, "is_bot": False, "first_name": "Hamroh_bot"}),
        said("@hamroh_bot2 меня депортируют?"),
        said("", answers=BOT, text=None, dice={"emoji": "🎲", "value": 3}),
    ],
    ids=["talk", "another bot", "a person", "another name", "no words"],
)
async def test_everything_else_is_left_in_silence(world, message):
    assert not (await world.answer(message=message)).steps
    assert await world.outcomes() == []


@pytest.mark.parametrize(
    "chat",
    [
        {"id": -7, "type": "group", "title": "Builders"},
        {"id": 8, "type": "private", "first_name": "Karim"},
    ],
    ids=["group", "two people"],
)
async def test_a_guest_answers_only_generally_also_between_two_people(world, words, chat):
    person = world.somebody(telegram_id=7001)
    await person.agree(locale="kk")
    message = said("@hamroh_bot меня депортируют?", chat=chat, guest_query_id="g1")

    reply = await world.answer(guest_message=message)

    assert title(words, "deportation", "ru") in reply.steps[0].text
    assert await world.outcomes() == ["group-answered"]


async def test_an_edited_question_is_not_answered_again(world):
    edited = said("@hamroh_bot меня депортируют?", edit_date=1764000009)

    assert not (await world.answer(edited_message=edited)).steps
