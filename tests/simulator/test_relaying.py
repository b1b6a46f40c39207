"""What a bot that passes messages on needs of the simulated Telegram: files by id, topics, replies."""

from typing import Any

import pytest
from telegram import Bot
from telegram.error import BadRequest, Forbidden

from simulator.acts import plain_picture
from simulator.cast import ALISHER, MADINA, WORKER
from simulator.client import ControlRefused, Phone, Simulator

ME = ALISHER.id


@pytest.fixture
async def worker(telegram: Simulator, bot: Bot) -> Phone:
    """The worker's phone, after START."""
    phone = telegram.phone(WORKER)
    await phone.start()
    return phone


@pytest.fixture
async def team(telegram: Simulator, bot: Bot) -> Phone:
    """The worker's phone, open at a group with topics."""
    group = await telegram.add_group("Team", [WORKER.id, MADINA.id], forum=True)
    return telegram.phone(WORKER, chat_id=group)


async def newest(bot: Bot) -> Any:
    return (await bot.get_updates(offset=-1))[-1].effective_message


KINDS = ("photo", "voice", "video_note", "sticker")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_file_goes_on_to_somebody_else_by_its_id(bot: Bot, alisher: Phone, worker: Phone, kind: str):
    await alisher.send(kind)
    held = getattr(await newest(bot), kind)
    file_id = (held[-1] if kind == "photo" else held).file_id
    answered = await worker.say("which?")

    sent = await getattr(bot, f"send_{kind}")(WORKER.id, file_id, reply_to_message_id=answered)

    seen = await worker.newest()
    assert (seen.media, seen.reply_to) == (kind, answered)
    assert getattr(sent, kind)
    with pytest.raises(BadRequest, match=r"(?i)wrong file identifier"):
        await getattr(bot, f"send_{kind}")(WORKER.id, "somebody-else's")


async def test_a_file_is_only_sent_as_what_it_is(bot: Bot, alisher: Phone):
    await alisher.send("sticker")
    sticker = (await newest(bot)).sticker.file_id

    with pytest.raises(BadRequest, match=r"(?i)type of file mismatch"):
        await bot.send_photo(ME, sticker)
    note = await bot.send_video_note(ME, b"ftyp stand-in")
    assert note.video_note is not None
    assert note.video_note.length == 240


async def test_a_person_answers_forwards_and_sends_several(bot: Bot, alisher: Phone):
    first = await bot.send_message(ME, "one")
    await alisher.send("voice", reply_to=first.message_id, caption="hear")
    voice = await newest(bot)
    await alisher.send("location", latitude=43.2, longitude=76.9, reply_to=first.message_id)
    place = await newest(bot)
    await alisher.say("not mine", forwarded=True)
    forwarded = await newest(bot)
    await alisher.send("photo", media_group=7)
    album = await newest(bot)

    assert (voice.reply_to_message.message_id, voice.caption) == (first.message_id, "hear")
    assert place.reply_to_message.message_id == first.message_id
    assert forwarded.forward_origin.sender_user_name == "Somebody else"
    assert album.media_group_id == "7"
    assert (await alisher.messages())[-2].reply_to is None
    with pytest.raises(ControlRefused, match="no message"):
        await alisher.say("x", reply_to=10**6)


async def test_captions_are_edited_by_both(bot: Bot, alisher: Phone):
    sent = await bot.send_photo(ME, plain_picture(9, 9), caption="one")
    mine = await alisher.send("photo", caption="fver")

    await bot.edit_message_caption(ME, sent.message_id, caption="<b>two</b>", parse_mode="HTML")
    await alisher.edit(mine, "fever")
    edited = (await bot.get_updates(offset=-1))[-1].edited_message
    await alisher.edit(mine, "")

    assert edited is not None
    assert edited.caption == "fever"
    shown = {message.id: message.text for message in await alisher.messages()}
    assert (shown[sent.message_id], shown[mine]) == ("two", "")
    with pytest.raises(BadRequest, match=r"(?i)message to edit not found"):
        await bot.edit_message_caption(ME, 10**6, caption="x")
    with pytest.raises(ControlRefused, match="empty"):
        await alisher.edit(await alisher.say("x"), "")
    with pytest.raises(ControlRefused, match="only own"):
        await alisher.edit(await alisher.send("sticker"), "x")


async def test_a_message_is_deleted_once_and_not_when_it_is_old(
    bot: Bot, alisher: Phone, telegram: Simulator
):
    sent = await bot.send_message(ME, "gone")
    await bot.delete_message(ME, sent.message_id)
    assert "gone" not in [message.text for message in await alisher.messages()]
    with pytest.raises(BadRequest, match=r"(?i)message to delete not found"):
        await bot.delete_message(ME, sent.message_id)

    old = await bot.send_message(ME, "old")
    await telegram.advance(49 * 3600)
    with pytest.raises(BadRequest, match=r"(?i)can't be deleted"):
        await bot.delete_message(ME, old.message_id)


async def test_typing_is_shown_until_the_message_comes(bot: Bot, alisher: Phone):
    await bot.send_chat_action(ME, "record_voice")
    assert (await alisher.screen()).typing == "record_voice"

    await bot.send_message(ME, "hello")
    assert (await alisher.screen()).typing is None


async def test_the_bot_makes_a_topic_and_writes_into_it(bot: Bot, team: Phone):
    topic = await bot.create_forum_topic(team.chat_id, "Lark")
    sent = await bot.send_message(team.chat_id, "hello", message_thread_id=topic.message_thread_id)

    assert (topic.name, sent.message_thread_id, sent.is_topic_message) == (
        "Lark",
        topic.message_thread_id,
        True,
    )
    opened, shown = (await team.messages())[-2:]
    assert (opened.service, shown.thread_id) == ("topic “Lark” was created", topic.message_thread_id)
    [group] = await team.simulator.call("GET", "/groups")
    assert group["topics"] == [{"id": topic.message_thread_id, "name": "Lark"}]


async def test_whoever_writes_in_a_topic_answers_its_opening_or_a_message_in_it(bot: Bot, team: Phone):
    topic = await bot.create_forum_topic(team.chat_id, "Lark")
    thread = topic.message_thread_id
    sent = await bot.send_message(team.chat_id, "hello", message_thread_id=thread)
    await team.say("plain", thread_id=thread)
    plain = await newest(bot)
    await team.say("answer", reply_to=sent.message_id)
    answer = await newest(bot)
    await team.send("voice", thread_id=thread)
    voice = await newest(bot)
    await team.say("to all")
    general = await newest(bot)

    assert (plain.message_thread_id, plain.is_topic_message) == (thread, True)
    assert plain.reply_to_message.message_id == thread
    assert plain.reply_to_message.forum_topic_created.name == "Lark"
    assert (answer.message_thread_id, answer.reply_to_message.message_id) == (thread, sent.message_id)
    assert voice.message_thread_id == thread
    assert (general.message_thread_id, general.is_topic_message) == (None, None)
    assert general.chat.is_forum


async def test_an_answer_of_the_bot_stays_in_the_topic_of_what_it_answers(bot: Bot, team: Phone):
    topic = await bot.create_forum_topic(team.chat_id, "Lark")
    asked = await team.say("who?", thread_id=topic.message_thread_id)

    sent = await bot.send_message(team.chat_id, "me", reply_to_message_id=asked)

    assert sent.message_thread_id == topic.message_thread_id


async def test_people_open_and_delete_topics(bot: Bot, team: Phone):
    opened = await team.act("open_topic", title="Ours")
    told = await newest(bot)
    assert told.forum_topic_created.name == "Ours"
    await bot.send_message(team.chat_id, "x", message_thread_id=opened["message_id"])
    await team.act("delete_topic", thread_id=opened["message_id"])

    with pytest.raises(BadRequest, match=r"(?i)message thread not found"):
        await bot.send_message(team.chat_id, "x", message_thread_id=opened["message_id"])
    assert not [message for message in await team.messages() if message.thread_id]
    with pytest.raises(ControlRefused, match="no such topic"):
        await team.say("x", thread_id=opened["message_id"])


async def test_only_a_group_with_topics_has_topics(
    bot: Bot, telegram: Simulator, alisher: Phone, team: Phone
):
    plain = await telegram.add_group("Builders", [WORKER.id])

    for chat in (plain, ME):
        with pytest.raises(BadRequest, match=r"(?i)not a forum"):
            await bot.create_forum_topic(chat, "x")
        with pytest.raises(BadRequest, match=r"(?i)message thread not found"):
            await bot.send_message(chat, "x", message_thread_id=5)
    with pytest.raises(BadRequest, match=r"(?i)topic_title_invalid"):
        await bot.create_forum_topic(team.chat_id, "x" * 129)
    with pytest.raises(ControlRefused, match="no topics"):
        await telegram.phone(WORKER, chat_id=plain).act("open_topic", title="x")
    await team.block()
    with pytest.raises(Forbidden):
        await bot.create_forum_topic(team.chat_id, "x")
