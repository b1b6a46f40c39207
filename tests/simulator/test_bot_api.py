import json
from typing import Any

import aiohttp
import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    KeyboardButton,
    ReactionTypeEmoji,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram.error import BadRequest, Forbidden

from simulator.acts import plain_picture
from simulator.cast import ALISHER, COORDINATOR, MADINA
from simulator.client import Phone, Simulator

ME = ALISHER.id
GO = InlineKeyboardMarkup([[InlineKeyboardButton("Go", callback_data="go")]])


async def test_the_bot_learns_who_it_is(bot: Bot):
    me = await bot.get_me()

    assert (me.id, me.username, me.is_bot, me.can_join_groups) == (123456, "hamroh_demo_bot", True, True)


async def test_a_message_arrives_with_its_formatting_and_buttons(bot: Bot, alisher: Phone):
    sent = await bot.send_message(ME, "<b>Salom</b> &amp; xush kelibsiz", parse_mode="HTML", reply_markup=GO)

    seen = await alisher.newest()
    assert sent.text == seen.text == "Salom & xush kelibsiz"
    assert seen.html == "<b>Salom</b> &amp; xush kelibsiz"
    assert seen.buttons[0].data == "go"
    assert sent.from_user is not None
    assert sent.from_user.is_bot


async def test_an_edit_replaces_text_and_takes_the_keyboard_away(bot: Bot, alisher: Phone):
    sent = await bot.send_message(ME, "one", reply_markup=GO)

    edited = await sent.edit_text("two")

    seen = await alisher.newest()
    assert (seen.text, seen.buttons, seen.edited) == ("two", (), True)
    assert edited is not True
    assert edited.edit_date is not None


async def test_an_edit_that_changes_nothing_is_refused(bot: Bot, alisher: Phone):
    sent = await bot.send_message(ME, "<i>one</i>", parse_mode="HTML", reply_markup=GO)

    with pytest.raises(BadRequest, match=r"(?i)message is not modified: specified new message content"):
        await sent.edit_text("<em>one</em> ", parse_mode="HTML", reply_markup=GO)
    with pytest.raises(BadRequest, match=r"(?i)message is not modified"):
        await sent.edit_reply_markup(GO)


async def test_only_own_messages_that_are_there_can_be_edited(bot: Bot, alisher: Phone):
    theirs = await alisher.say("mine")
    gone = await bot.send_message(ME, "gone")
    await gone.delete()
    picture = await bot.send_photo(ME, plain_picture(10, 10))

    for message_id, complaint in (
        (theirs, "message can't be edited"),
        (gone.message_id, "message to edit not found"),
        (99_999, "message to edit not found"),
        (picture.message_id, "there is no text in the message to edit"),
    ):
        with pytest.raises(BadRequest, match=rf"(?i){complaint}"):
            await bot.edit_message_text("new", chat_id=ME, message_id=message_id)
    with pytest.raises(BadRequest, match=r"(?i)message to delete not found"):
        await gone.delete()


async def test_old_messages_cannot_be_deleted(bot: Bot, alisher: Phone, telegram: Simulator):
    sent = await bot.send_message(ME, "old")
    await telegram.advance(49 * 3600)

    with pytest.raises(BadRequest, match="can't be deleted"):
        await sent.delete()


async def test_a_reply_names_the_message_it_answers(bot: Bot, alisher: Phone):
    first = await bot.send_message(ME, "first", reply_markup=GO)
    await alisher.say("an answer", reply_to=first.message_id)

    update = (await bot.get_updates())[-1]
    assert update.message is not None
    quoted = update.message.reply_to_message
    assert quoted is not None
    assert (quoted.message_id, quoted.reply_markup) == (first.message_id, GO)
    answer = await bot.send_message(ME, "ok", reply_to_message_id=update.message.message_id)
    assert answer.reply_to_message is not None
    assert answer.reply_to_message.reply_to_message is None
    with pytest.raises(BadRequest, match=r"(?i)message to be replied not found"):
        await bot.send_message(ME, "ok", reply_to_message_id=99_999)


async def test_a_press_is_answered_once(bot: Bot, alisher: Phone):
    await bot.send_message(ME, "choose", reply_markup=GO)
    await alisher.press("Go")

    query = (await bot.get_updates())[-1].callback_query
    assert query is not None
    assert query.data == "go"
    assert query.message is not None
    await query.answer("Done", show_alert=True)
    assert await alisher.toast() == "Done"
    with pytest.raises(
        BadRequest, match=r"(?i)query is too old and response timeout expired or query ID is invalid"
    ):
        await query.answer()
    with pytest.raises(BadRequest, match=r"(?i)query ID is invalid"):
        await bot.answer_callback_query("12345")


async def test_a_press_cannot_be_answered_after_minutes(bot: Bot, alisher: Phone, telegram: Simulator):
    await bot.send_message(ME, "choose", reply_markup=GO)
    await alisher.press("Go")
    query = (await bot.get_updates())[-1].callback_query
    await telegram.advance(200)

    assert query is not None
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await query.answer()


async def test_pictures_and_documents_arrive_whole(bot: Bot, alisher: Phone, telegram: Simulator):
    picture = plain_picture(40, 30)
    sent = await bot.send_photo(ME, picture, caption="<b>QR</b>", parse_mode="HTML", reply_markup=GO)
    document = await bot.send_document(ME, InputFile(b"BEGIN:VCALENDAR\r\n--x", filename="визит.ics"))

    shown, file = (await alisher.messages())[-2:]
    assert (sent.photo[-1].width, sent.photo[-1].height, shown.html) == (40, 30, "<b>QR</b>")
    assert await telegram.file(str(shown.file_id)) == picture
    assert await telegram.file(str(file.file_id)) == b"BEGIN:VCALENDAR\r\n--x"
    assert document.document is not None
    assert document.document.file_name == "визит.ics"
    again = await bot.send_document(ME, document.document.file_id)
    assert again.document is not None
    content = await (await bot.get_file(document.document.file_id)).download_as_bytearray()
    assert bytes(content) == b"BEGIN:VCALENDAR\r\n--x"
    with pytest.raises(BadRequest, match=r"(?i)IMAGE_PROCESS_FAILED"):
        await bot.send_photo(ME, b"no picture at all")


async def test_a_caption_is_edited_and_media_keeps_its_file(bot: Bot, alisher: Phone):
    sent = await bot.send_photo(ME, plain_picture(10, 10), caption="one")

    await bot.edit_message_caption(ME, sent.message_id, caption="two")

    assert (await alisher.newest()).text == "two"
    text = await bot.send_message(ME, "text")
    with pytest.raises(BadRequest, match=r"(?i)there is no caption in the message to edit"):
        await bot.edit_message_caption(ME, text.message_id, caption="two")


async def test_venues_contacts_places_stickers_and_voices_are_sent(bot: Bot, alisher: Phone):
    venue = await bot.send_venue(ME, 43.2, 76.9, "Clinic", "Street 1")
    contact = await bot.send_contact(ME, "+77010000000", "Aigul")
    place = await bot.send_location(ME, 43.2, 76.9)
    await bot.send_sticker(ME, InputFile(b"RIFF", filename="s.webp"))
    await bot.send_voice(ME, InputFile(b"OggS OpusHead", filename="v.ogg"), duration=2)

    assert venue.venue is not None
    assert contact.contact is not None
    assert place.location is not None
    assert [m.media for m in await alisher.messages()][-5:] == [
        "venue",
        "contact",
        "location",
        "sticker",
        "voice",
    ]


async def test_a_copy_has_no_author_and_its_own_id(bot: Bot, alisher: Phone, telegram: Simulator):
    madina = telegram.phone(MADINA)
    await madina.start()
    theirs = await alisher.say("please call me")

    copied = await bot.copy_message(MADINA.id, ME, theirs)

    seen = await madina.newest()
    assert (seen.id, seen.text, seen.from_bot) == (copied.message_id, "please call me", True)


async def test_reply_keyboards_are_shown_pressed_and_removed(bot: Bot, alisher: Phone):
    rows = [
        [KeyboardButton("Where am I", request_location=True), KeyboardButton("Me", request_contact=True)],
        ["Back"],
    ]
    await bot.send_message(ME, "keys", reply_markup=ReplyKeyboardMarkup(rows))

    assert (await alisher.screen()).keys == ("Where am I", "Me", "Back")
    for label in ("Where", "Me", "Back"):
        await alisher.press(label)
    place, contact, text = [u.message for u in (await bot.get_updates())[-3:]]
    assert place is not None
    assert place.location is not None
    assert contact is not None
    assert contact.contact is not None
    assert contact.contact.user_id == ME
    assert text is not None
    assert text.text == "Back"
    await bot.send_message(ME, "no keys", reply_markup=ReplyKeyboardRemove())
    assert (await alisher.screen()).keys == ()


async def test_command_menus_follow_chat_and_language(bot: Bot, alisher: Phone, telegram: Simulator):
    await bot.set_my_commands([BotCommand("help", "Help")])
    await bot.set_my_commands([BotCommand("help", "Yordam")], language_code="uz")
    await bot.set_my_commands([BotCommand("today", "Today")], scope=BotCommandScopeChat(COORDINATOR.id))

    assert [c["description"] for c in (await alisher.screen()).raw["commands"]] == ["Yordam"]
    assert [c["command"] for c in (await telegram.phone(COORDINATOR).screen()).raw["commands"]] == ["today"]
    assert [c.description for c in await bot.get_my_commands(language_code="uz")] == ["Yordam"]
    await bot.delete_my_commands(language_code="uz")
    assert [c["description"] for c in (await alisher.screen()).raw["commands"]] == ["Help"]


@pytest.mark.parametrize(
    ("command", "description", "complaint"),
    [
        ("Help", "x", "BOT_COMMAND_INVALID"),
        ("a" * 33, "x", "BOT_COMMAND_INVALID"),
        ("help", "", "description must be non-empty"),
        ("help", "x" * 257, "must not exceed 256"),
    ],
)
async def test_wrong_commands_are_refused(bot: Bot, command: str, description: str, complaint: str):
    with pytest.raises(BadRequest, match=rf"(?i){complaint}"):
        await bot.set_my_commands([(command, description)])
    with pytest.raises(BadRequest, match=r"(?i)BOT_COMMANDS_TOO_MUCH"):
        await bot.set_my_commands([(f"c{n}", "x") for n in range(101)])


async def test_profile_texts_are_kept_per_language(bot: Bot, alisher: Phone):
    await bot.set_my_description("About", language_code=None)
    await bot.set_my_description("Haqida", language_code="uz")
    await bot.set_my_short_description("Short")
    await bot.set_my_name("Ҳамроҳ")

    assert (await bot.get_my_description("uz")).description == "Haqida"
    assert (await bot.get_my_description("ru")).description == "About"
    assert (await bot.get_my_short_description()).short_description == "Short"
    assert (await bot.get_my_name()).name == "Ҳамроҳ"
    assert (await alisher.screen()).raw["description"] == "Haqida"


async def test_chats_and_members_can_be_looked_up(bot: Bot, alisher: Phone, telegram: Simulator):
    group_id = await telegram.add_group("Workers", [ME])

    assert (await bot.get_chat(ME)).first_name == ALISHER.first_name
    assert (await bot.get_chat(group_id)).title == "Workers"
    assert (await bot.get_chat_member(group_id, ME)).status == "member"
    assert (await bot.get_chat_member(group_id, MADINA.id)).status == "left"
    assert await bot.leave_chat(group_id)
    with pytest.raises(Forbidden, match=r"(?i)bot was kicked from the supergroup chat"):
        await bot.send_message(group_id, "still here?")


async def test_chat_actions_and_reactions_are_taken(bot: Bot, alisher: Phone):
    theirs = await alisher.say("thanks")

    await bot.send_chat_action(ME, "typing")
    await bot.set_message_reaction(ME, theirs, [ReactionTypeEmoji("👍")])

    screen = await alisher.screen()
    assert screen.raw["action"] == "typing"
    assert screen.raw["messages"][-1]["reactions"] == [{"type": "emoji", "emoji": "👍"}]
    with pytest.raises(BadRequest, match=r"(?i)wrong parameter action in request"):
        await bot.send_chat_action(ME, "dancing")


async def test_nobody_is_written_to_who_did_not_begin(bot: Bot, alisher: Phone, telegram: Simulator):
    with pytest.raises(Forbidden, match=r"(?i)bot can't initiate conversation with a user"):
        await bot.send_message(MADINA.id, "hello")
    with pytest.raises(BadRequest, match=r"[Cc]hat not found"):
        await bot.send_message(5, "hello")
    await alisher.block()
    with pytest.raises(Forbidden, match=r"(?i)bot was blocked by the user"):
        await bot.send_message(ME, "hello")
    await alisher.act("delete_account")
    with pytest.raises(Forbidden, match=r"(?i)user is deactivated"):
        await bot.send_message(ME, "hello")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("   \n", "message text is empty"),
        ("x" * 4097, "message is too long"),
        ("😀" * 2049, "message is too long"),
        ("<b>x", "can't parse entities: Can't find end tag corresponding to start tag"),
    ],
)
async def test_wrong_texts_are_refused(bot: Bot, alisher: Phone, text: str, complaint: str):
    with pytest.raises(BadRequest, match=rf"(?i){complaint}"):
        await bot.send_message(ME, text, parse_mode="HTML")


async def test_markup_does_not_count_towards_the_limit(bot: Bot, alisher: Phone):
    await bot.send_message(ME, "<b>" + "x" * 4096 + "</b>", parse_mode="HTML")

    with pytest.raises(BadRequest, match=r"(?i)caption is too long"):
        await bot.send_photo(ME, plain_picture(5, 5), caption="x" * 1025)


@pytest.mark.parametrize(
    ("markup", "complaint"),
    [
        ("[]", "object expected as reply markup"),
        ("{", "can't parse reply_markup JSON object"),
        ({"inline_keyboard": [{"text": "x"}]}, "must be an Array of Arrays"),
        ({"inline_keyboard": [[{"text": "x"}]]}, "Text buttons are unallowed in the inline keyboard"),
        ({"inline_keyboard": [[{"text": " ", "callback_data": "x"}]]}, "button text must be non-empty"),
        ({"inline_keyboard": [[{"text": "x", "callback_data": "ў" * 33}]]}, "BUTTON_DATA_INVALID"),
        ({"inline_keyboard": [[{"text": "x", "callback_data": ""}]]}, "Text buttons are unallowed"),
        ({"inline_keyboard": [[{"text": "x", "url": "ftp://x.y"}]]}, "is invalid: Wrong HTTP URL"),
        ({"inline_keyboard": [[{"text": "x", "url": "http://localhost/"}]]}, "is invalid: Wrong HTTP URL"),
        ({"inline_keyboard": [[{"text": "x", "callback_dat": "x"}]]}, 'unknown field "callback_dat"'),
        ({"keyboard": [[{"text": ""}]]}, "keyboard button text must be non-empty"),
        ({"keyboard": [["x"]], "resize": True}, 'unknown field "resize"'),
        ({"inline_keyboard": [[{"text": "x", "callback_data": "x"}] * 101]}, "reply markup is too long"),
    ],
)
async def test_wrong_keyboards_are_refused(bot: Bot, alisher: Phone, url: str, markup: Any, complaint: str):
    fields = {
        "chat_id": ME,
        "text": "x",
        "reply_markup": markup if isinstance(markup, str) else json.dumps(markup),
    }
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{url}/bot123456:a-token_for-tests/sendMessage", data=fields) as answer,
    ):
        refused = await answer.json()

    assert answer.status == refused["error_code"] == 400
    assert complaint in refused["description"]


async def test_an_edit_takes_inline_keyboards_only(bot: Bot, alisher: Phone, url: str):
    sent = await bot.send_message(ME, "x")
    fields = {
        "chat_id": ME,
        "message_id": sent.message_id,
        "text": "y",
        "reply_markup": {"keyboard": [["k"]]},
    }

    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{url}/bot{bot.token}/editMessageText", json=fields) as answer,
    ):
        assert "inline keyboard expected" in (await answer.json())["description"]


@pytest.mark.parametrize(
    ("path", "fields", "status", "complaint"),
    [
        ("bot1:x/sendMessage", {"chat_id": ME}, 400, "Bad Request: message text is empty"),
        ("bot1:x/sendMessage", {"text": "x"}, 400, "Bad Request: chat_id is empty"),
        (
            "bot1:x/sendMessage",
            {"chat_id": ME, "text": "x", "reply_mark": "x"},
            400,
            'unknown parameter "reply_mark"',
        ),
        ("bot1:x/sendMessage", {"chat_id": "me", "text": "x"}, 400, 'parameter "chat_id" must be an Integer'),
        ("bot1:x/deleteMessage", {"chat_id": ME}, 400, 'parameter "message_id" is required'),
        (
            "bot1:x/sendVenue",
            {"chat_id": ME, "latitude": 1, "longitude": 1, "title": "x"},
            400,
            '"address" is required',
        ),
        (
            "bot1:x/sendLocation",
            {"chat_id": ME, "latitude": 91, "longitude": 1},
            400,
            "wrong geo coordinates",
        ),
        ("bot1:x/sendMassage", {}, 404, "Not Found: method not found"),
        ("botx/getMe", {}, 401, "Unauthorized"),
        ("nowhere", {}, 404, "Not Found"),
    ],
)
async def test_wrong_calls_are_refused(url: str, path: str, fields: Any, status: int, complaint: str):
    async with aiohttp.ClientSession() as session, session.post(f"{url}/{path}", json=fields) as answer:
        refused = await answer.json()

    assert (answer.status, refused["ok"], refused["error_code"]) == (status, False, status)
    assert complaint in refused["description"]


async def test_parameters_may_come_in_every_form(url: str, alisher: Phone):
    form = aiohttp.FormData({"chat_id": str(ME), "text": "multipart"})
    form.add_field("disable_notification", "true", content_type="text/plain")
    path = f"{url}/bot123456:a-token_for-tests/sendMessage"
    async with aiohttp.ClientSession() as session:
        for request in (
            session.get(path, params={"chat_id": ME, "text": "query"}),
            session.post(path, data={"chat_id": ME, "text": "form"}),
            session.post(path, json={"chat_id": ME, "text": "json"}),
            session.post(path, data=form),
        ):
            async with request as answer:
                assert (await answer.json())["ok"]

    assert [m.text for m in await alisher.messages()][1:] == ["query", "form", "json", "multipart"]


async def test_each_token_is_a_bot_of_its_own(url: str, alisher: Phone):
    async with Bot("777:other", base_url=f"{url}/bot") as other:
        assert (await other.get_me()).id == 777
        assert await other.get_updates() == ()
        with pytest.raises(Forbidden):
            await other.send_message(ME, "hello")
