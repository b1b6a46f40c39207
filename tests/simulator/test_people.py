"""What people and tests can do through the control API."""

import asyncio
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.constants import ChatMemberStatus

from simulator.cast import ALISHER, CAST, WORKER
from simulator.client import ControlRefused, NotSeen, Phone, Simulator

ME = ALISHER.id


async def newest(bot: Bot) -> Update:
    return (await bot.get_updates())[-1]


async def test_the_cast_is_there_with_its_languages(telegram: Simulator):
    people = await telegram.call("GET", "/people")

    assert {p["id"]: p.get("language_code") for p in people} == {p.id: p.language_code for p in CAST}


async def test_start_carries_the_payload_of_a_deep_link(bot: Bot, alisher: Phone):
    await alisher.start("w-CODE_1")

    message = (await newest(bot)).message
    assert message is not None
    assert message.text == "/start w-CODE_1"
    assert message.entities[0].type == "bot_command"
    with pytest.raises(ControlRefused, match="1-64 characters"):
        await alisher.start("not a code")


async def test_blocking_and_coming_back_are_told(bot: Bot, alisher: Phone):
    await alisher.block()
    blocked = (await newest(bot)).my_chat_member
    assert blocked is not None
    assert blocked.new_chat_member.status == ChatMemberStatus.BANNED
    with pytest.raises(ControlRefused, match="blocked the bot"):
        await alisher.say("hello?")
    await alisher.start()

    back, message = (await bot.get_updates(offset=1))[-2:]
    assert back.my_chat_member is not None
    assert back.my_chat_member.new_chat_member.status == ChatMemberStatus.MEMBER
    assert message.message is not None


@pytest.mark.parametrize("kind", ["photo", "voice", "sticker", "document", "location", "contact"])
async def test_everything_a_person_sends_can_be_parsed(bot: Bot, alisher: Phone, kind: str):
    place = {"latitude": 43.2, "longitude": 76.9} if kind == "location" else {}
    await alisher.act(kind, **place)

    message = (await newest(bot)).message
    assert message is not None
    assert getattr(message, kind)
    assert (await alisher.messages())[-1].media == kind


async def test_an_edited_message_comes_as_an_edit(bot: Bot, alisher: Phone):
    message_id = await alisher.say("fver")
    await alisher.edit(message_id, "fever")

    edited = (await newest(bot)).edited_message
    assert edited is not None
    assert (edited.text, edited.message_id) == ("fever", message_id)
    assert edited.edit_date is not None


async def test_stale_and_forged_presses(bot: Bot, alisher: Phone):
    old = InlineKeyboardMarkup([[InlineKeyboardButton("Old", callback_data="old")]])
    sent = await bot.send_message(ME, "x", reply_markup=old)
    button = (await alisher.newest()).buttons[0]
    await sent.edit_text("y")

    with pytest.raises(ControlRefused, match="no button"):
        await alisher.act("press", message_id=sent.message_id, data="old")
    await alisher.press_button(sent.message_id, button)
    await alisher.press_data(sent.message_id, "admin:everything")
    presses = [u.callback_query for u in await bot.get_updates()][-2:]
    assert [p.data for p in presses if p] == ["old", "admin:everything"]
    await sent.delete()
    await alisher.press_button(sent.message_id, button)
    query = (await bot.get_updates(offset=1))[-1].callback_query
    assert query is not None
    assert query.message is not None
    assert not query.message.is_accessible


async def test_groups_channels_and_hidden_admins(bot: Bot, telegram: Simulator):
    group_id = await telegram.add_group("Builders", [WORKER.id])
    group = telegram.phone(WORKER, chat_id=group_id)
    await group.say("/help@hamroh_demo_bot")
    group.anonymous = True
    await group.say("from nobody")
    channel_id = await telegram.add_group("News", [WORKER.id], kind="channel")
    await telegram.phone(WORKER, chat_id=channel_id).say("posted")

    added, said, hidden, _, posted = await bot.get_updates()
    assert added.my_chat_member is not None
    assert said.message is not None
    assert said.message.chat.title == "Builders"
    assert hidden.message is not None
    assert hidden.message.from_user is not None
    assert hidden.message.from_user.username == "GroupAnonymousBot"
    assert hidden.message.sender_chat is not None
    assert posted.channel_post is not None
    assert posted.channel_post.from_user is None
    await bot.send_message(group_id, "hello all")
    await bot.send_message(channel_id, "hello readers")


async def test_malformed_updates_are_handed_on_as_they_are(url: str, telegram: Simulator):
    number = await telegram.inject({"message": "x"})
    await telegram.inject({"message": {"message_id": 1, "chat": {"id": 1, "type": "private"}}}, update_id=7)
    await telegram.inject({"unheard_of": {"text": "y" * 1_000_000}})

    async with aiohttp.ClientSession() as session, session.get(f"{url}/bot1:x/getUpdates") as answer:
        got = (await answer.json())["result"]
    assert got[0] == {"update_id": number, "message": "x"}
    assert got[1]["update_id"] == 7
    assert len(got[2]["unheard_of"]["text"]) == 1_000_000


async def test_calls_are_listed_with_their_parameters(bot: Bot, alisher: Phone, telegram: Simulator):
    waiting = asyncio.create_task(telegram.calls("sendMessage", chat_id=ME, count=2, wait_s=5))
    await bot.send_message(ME, "one", reply_markup=InlineKeyboardMarkup([]))
    await bot.send_message(ME, "two")

    calls = await waiting
    assert [c["params"]["text"] for c in calls] == ["one", "two"]
    assert [c["status"] for c in calls] == [200, 200]
    assert calls[0]["at"] <= calls[1]["at"]


async def test_the_clock_moves_messages_and_the_bot(url: str, bot: Bot, alisher: Phone, telegram: Simulator):
    await telegram.advance(86_400)
    sent = await bot.send_message(ME, "tomorrow")
    assert timedelta(hours=23) < sent.date - datetime.now(UTC) < timedelta(hours=25)

    due = sent.date + timedelta(hours=3)
    told = await telegram.call("POST", "/clock/bot", body={"next_due": due.isoformat()})
    assert told["offset_s"] == 86_400
    await telegram.to_next_due()
    clock = await telegram.clock()
    assert clock["next_due"] == due.isoformat()
    assert timedelta(0) < datetime.fromisoformat(clock["now"]) - due < timedelta(seconds=10)
    with pytest.raises(ControlRefused, match="no due time"):
        await telegram.to_next_due()


async def test_waiting_shows_the_screen_when_nothing_comes(bot: Bot, alisher: Phone):
    await bot.send_message(ME, "something else")

    with pytest.raises(NotSeen, match="something else"):
        await alisher.wait_for_text("wanted", timeout_s=0.1)
    waiting = asyncio.create_task(alisher.wait_for_text("wanted"))
    await bot.send_message(ME, "the wanted text")
    assert (await waiting).newest.text == "the wanted text"


async def test_a_reply_is_what_came_after_the_act(bot: Bot, alisher: Phone):
    await bot.send_message(ME, "before")
    await alisher.say("question")
    await alisher.silence(for_s=0.1)
    await bot.send_message(ME, "answer")

    assert (await alisher.reply()).text == "answer"


async def test_reset_forgets_all_but_the_cast(bot: Bot, alisher: Phone, telegram: Simulator):
    await telegram.add_person("Somebody", language_code="kk")
    await telegram.advance(100)
    await telegram.reset()

    assert len(await telegram.call("GET", "/people")) == len(CAST)
    assert await alisher.messages() == ()
    assert (await telegram.clock())["offset_s"] == 0


async def test_wrong_wishes_are_explained(telegram: Simulator, alisher: Phone):
    for path, body, why in (
        ("/people/1/say", {"text": "x"}, "no person 1"),
        (f"/people/{ME}/dance", {}, "unknown act"),
        (f"/people/{ME}/say", {}, "wrong request: KeyError"),
        (f"/people/{ME}/press", {"message_id": 99, "row": 0, "col": 0}, "no such button"),
        ("/faults", {"metod": "x"}, "wrong request"),
    ):
        with pytest.raises(ControlRefused, match=why):
            await telegram.call("POST", path, body=body)
