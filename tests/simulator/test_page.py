"""The chat page in real Chromium; skipped where there is none."""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, async_playwright, expect
from telegram import (
    Bot,
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputFile,
    InputTextMessageContent,
    KeyboardButton,
)
from telegram import ReplyKeyboardMarkup as Keys

from simulator.acts import plain_picture
from simulator.cast import ALISHER, MADINA
from simulator.client import Phone, Simulator
from tests.ogg import opus

CHROMIUM = Path(os.environ.get("HAMROH_TEST_CHROMIUM", "/usr/bin/chromium"))
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync")
QUIET = ("--disable-background-networking", "--disable-component-update")
ME = ALISHER.id

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no Chromium at {CHROMIUM}"),
]


@pytest.fixture
async def page(url: str) -> AsyncIterator[Page]:
    """The page at 1400 pixels; a test fails when the page logs an error."""
    errors: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *QUIET])
        opened = await browser.new_page(viewport={"width": 1400, "height": 900})
        opened.on("pageerror", lambda error: errors.append(str(error)))
        opened.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
        await opened.goto(url)
        yield opened
        await browser.close()
    assert errors == []


def phone(page: Page, person_id: int = ME) -> Locator:
    return page.locator(f".phone[data-person='{person_id}']")


async def test_a_person_starts_reads_presses_and_writes(page: Page, bot: Bot):
    shown = phone(page)
    await shown.get_by_role("button", name="START").click()
    await expect(shown.locator(".mine .text")).to_have_text("/start")

    go = InlineKeyboardMarkup([[InlineKeyboardButton("Go on", callback_data="go")]])
    sent = await bot.send_message(ME, "<b>Salom</b> <i>&lt;b&gt;</i>", parse_mode="HTML", reply_markup=go)
    await expect(shown.locator(".theirs .text b")).to_have_text("Salom")
    await expect(shown.locator(".theirs .text i")).to_have_text("<b>")
    await shown.get_by_role("button", name="Go on").click()
    await expect(shown.locator(".key.busy")).to_have_count(1)
    query = (await bot.get_updates())[-1].callback_query
    assert query is not None
    await query.answer("Noted")
    await expect(shown.locator(".toast.shown")).to_have_text("Noted")
    await sent.edit_text("Done")
    await expect(shown.locator(".theirs .text")).to_have_text("Done")
    await expect(shown.locator(".keyboard")).to_have_count(0)

    await shown.get_by_role("textbox").fill("Yoʻtal\nnima?")
    await shown.get_by_role("textbox").press("Enter")
    await expect(shown.locator(".mine .text").last).to_have_text("Yoʻtal\nnima?")


async def test_an_alert_waits_for_ok(page: Page, bot: Bot, alisher: Phone):
    button = InlineKeyboardMarkup([[InlineKeyboardButton("Why", callback_data="why")]])
    await bot.send_message(ME, "x", reply_markup=button)
    await phone(page).get_by_role("button", name="Why").click()
    await expect(phone(page).locator(".key.busy")).to_have_count(1)
    query = (await bot.get_updates())[-1].callback_query
    assert query is not None
    await query.answer("Because", show_alert=True)

    await expect(phone(page).get_by_role("alertdialog")).to_contain_text("Because")
    await phone(page).get_by_role("button", name="OK").click()
    await expect(phone(page).get_by_role("alertdialog")).to_have_count(0)


async def test_a_deep_link_is_opened_by_whom_one_chooses(page: Page, bot: Bot, alisher: Phone):
    await bot.send_message(ME, "My link: https://t.me/hamroh_demo_bot?start=w-7")
    await phone(page).get_by_role("link", name="start=w-7").click()
    await page.get_by_role("dialog").get_by_role("button", name="Мадина").click()

    await expect(phone(page, MADINA.id).locator(".mine .text")).to_have_text("/start w-7")


async def test_a_picture_of_a_code_can_be_scanned(page: Page, bot: Bot, alisher: Phone):
    link = "https://t.me/hamroh_demo_bot?start=w-8"
    await bot.send_photo(ME, plain_picture(200, 200), caption=link)
    await phone(page).get_by_role("button", name=link).click()
    await page.get_by_role("dialog").get_by_role("button", name="Мадина").click()

    await expect(phone(page, MADINA.id).locator(".mine .text")).to_have_text("/start w-8")


async def test_documents_are_downloaded_under_their_name(page: Page, bot: Bot, alisher: Phone):
    await bot.send_document(ME, InputFile(b"BEGIN:VCALENDAR", filename="visit.ics"))
    async with page.expect_download() as downloading:
        await phone(page).locator("a.document").click()

    download = await downloading.value
    assert download.suggested_filename == "visit.ics"
    assert Path(await download.path()).read_bytes() == b"BEGIN:VCALENDAR"


async def test_the_keyboard_below_asks_for_place_and_contact(page: Page, bot: Bot, alisher: Phone):
    keys = [
        [KeyboardButton("Where I am", request_location=True), KeyboardButton("Call me", request_contact=True)]
    ]
    await bot.send_message(ME, "x", reply_markup=Keys(keys))
    await phone(page).get_by_role("button", name="Where I am").click()
    await page.get_by_role("dialog").get_by_role("button", name="Old Market").click()
    await expect(phone(page).locator(".mine .place")).to_have_count(1)
    await phone(page).get_by_role("button", name="Call me").click()
    await expect(phone(page).locator(".mine .contact")).to_contain_text(str(ALISHER.phone))

    place, contact = (u.message for u in (await bot.get_updates())[-2:])
    assert place is not None
    assert place.location is not None
    assert place.location.latitude == 46.408
    assert contact is not None
    assert contact.contact is not None


async def test_stand_ins_are_sent_from_the_menu(page: Page, bot: Bot, alisher: Phone):
    for name, kind in (
        ("Photo", "photo"),
        ("Voice", "voice"),
        ("Sticker", "sticker"),
        ("Document", "document"),
    ):
        await phone(page).get_by_role("button", name="Attach").click()
        await phone(page).locator(".sheet").get_by_role("button", name=name).click()
        await expect(phone(page).locator(f".mine .has-{kind}")).to_have_count(1)


async def test_the_menu_lists_commands_in_the_language_of_the_phone(page: Page, bot: Bot, alisher: Phone):
    await bot.set_my_commands([BotCommand("help", "Help")])
    await bot.set_my_commands([BotCommand("help", "Yordam")], language_code="uz")
    await phone(page).get_by_role("button", name="Commands").click()
    await phone(page).get_by_role("button", name="/help Yordam").click()

    await expect(phone(page).locator(".mine .text").last).to_have_text("/help")


async def test_the_clock_moves_to_the_next_message(page: Page, telegram: Simulator):
    await page.get_by_role("button", name="+1 day").click()
    await expect(page.locator("#offset")).to_have_text("Almaty, +1 d")
    due = (await telegram.clock())["now"].replace("+00:00", "")
    await telegram.call("POST", "/clock/bot", body={"next_due": f"{due[:-6]}999999+00:00"})
    await telegram.advance(-7200)
    await page.get_by_role("button", name="To next message").click()

    await expect(page.locator("#due")).to_be_disabled()
    assert (await telegram.clock())["offset_s"] > 86_000


async def test_people_block_and_come_back(page: Page, alisher: Phone):
    await phone(page).get_by_role("button", name="More").click()
    await phone(page).get_by_role("button", name="Block the bot").click()
    await phone(page).get_by_role("button", name="RESTART").click()

    await expect(phone(page).locator(".mine .text")).to_have_text(["/start", "/start"])


async def test_a_person_is_added(page: Page):
    await page.get_by_role("button", name="+ person").click()
    await page.get_by_role("dialog").get_by_label("First name").fill("<img src=x onerror=alert(1)>")
    await page.get_by_role("dialog").get_by_role("button", name="Add").click()

    await expect(page.locator(".phone .who b", has_text="<img src=x")).to_have_count(1)


async def test_a_voice_message_can_be_played(page: Page, bot: Bot, alisher: Phone):
    await bot.send_voice(ME, InputFile(opus(65), filename="a.ogg"), caption="<b>Hear</b>", duration=65)

    shown = phone(page).locator(".theirs .has-voice")
    await expect(shown.locator("audio")).to_have_attribute("src", re.compile("^/sim/files/"))
    await expect(shown.locator(".voice small")).to_have_text("1:05")


async def test_cards_are_shown_while_the_bots_name_is_typed_and_one_is_sent(
    page: Page, bot: Bot, alisher: Phone, telegram: Simulator
):
    await alisher.say("hello")
    await phone(page).get_by_label("Message of").fill("@hamroh_demo_bot cough")
    async with asyncio.timeout(10):
        while not any("inline_query" in update for update in await telegram.pending()):
            await asyncio.sleep(0.02)
    query = (await telegram.pending())[-1]["inline_query"]
    assert query["query"] == "cough"
    card = InlineQueryResultArticle("1", "Is it TB?", InputTextMessageContent("Perhaps."))
    await bot.answer_inline_query(query["id"], [card])
    await phone(page).locator(".sheet").get_by_role("button", name="Is it TB?").click()

    await expect(phone(page).locator(".mine .text").last).to_have_text("Perhaps.")
    await expect(phone(page).get_by_label("Message of")).to_have_value("")


async def do(page: Page, bubble: Locator, what: str, person_id: int = ME) -> None:
    """Choose what to do with a message."""
    await bubble.locator(".do").click()
    await phone(page, person_id).locator(".sheet").get_by_role("button", name=what).click()


async def test_a_message_is_answered_edited_deleted_and_forwarded(page: Page, bot: Bot, alisher: Phone):
    sent = await bot.send_message(ME, "How are you?")
    shown = phone(page)
    await do(page, shown.locator(".theirs .bubble"), "Reply")
    await expect(shown.locator(".answering")).to_contain_text("Reply to: How are you?")
    await shown.get_by_role("textbox").fill("fien")
    await shown.get_by_role("textbox").press("Enter")
    mine = shown.locator(".mine .bubble").last
    await expect(mine.locator(".quote")).to_have_text("How are you?")
    await expect(shown.locator(".answering")).to_be_hidden()

    await do(page, mine, "Edit")
    await shown.get_by_role("textbox").fill("fine")
    await shown.get_by_role("textbox").press("Enter")
    await expect(mine.locator(".text")).to_have_text("fine")
    edited = mine
    await do(page, edited, "Delete")
    await expect(shown.locator(".mine .text").last).to_have_text("/delete")
    await do(page, shown.locator(".theirs .bubble"), "Forward")
    await expect(shown.locator(".mine .label")).to_have_text("forwarded")

    said, changed, deleting, forwarded = (await bot.get_updates())[-4:]
    assert said.message is not None
    assert said.message.reply_to_message is not None
    assert said.message.reply_to_message.message_id == sent.message_id
    assert changed.edited_message is not None
    assert changed.edited_message.text == "fine"
    assert deleting.message is not None
    assert deleting.message.reply_to_message is not None
    assert deleting.message.reply_to_message.message_id == said.message.message_id
    assert forwarded.message is not None
    assert forwarded.message.forward_origin is not None


async def test_what_is_attached_answers_too_and_what_is_typed_becomes_the_caption(
    page: Page, bot: Bot, alisher: Phone
):
    sent = await bot.send_message(ME, "Show me")
    shown = phone(page)
    await do(page, shown.locator(".theirs .bubble"), "Reply")
    await shown.get_by_role("textbox").fill("here")
    await shown.get_by_role("button", name="Attach").click()
    await shown.locator(".sheet").get_by_role("button", name="Photo").click()
    await expect(shown.locator(".mine .has-photo .quote")).to_have_text("Show me")
    await shown.get_by_role("button", name="Attach").click()
    await shown.locator(".sheet").get_by_role("button", name="Round video").click()
    await expect(shown.locator(".mine .has-video_note .round")).to_have_text("▶ 3 s")
    await do(page, shown.locator(".mine .has-photo"), "Edit")
    await shown.get_by_role("textbox").fill("there")
    await shown.get_by_role("textbox").press("Enter")
    await expect(shown.locator(".mine .has-photo .text")).to_have_text("there")

    photo = (await bot.get_updates())[-3].message
    assert photo is not None
    assert photo.reply_to_message is not None
    assert (photo.caption, photo.reply_to_message.message_id) == ("here", sent.message_id)


async def test_typing_is_shown(page: Page, bot: Bot, alisher: Phone):
    await bot.send_chat_action(ME, "typing")
    await expect(phone(page).locator(".status")).to_have_text("bot is typing…")
    await bot.send_message(ME, "hello")

    await expect(phone(page).locator(".status")).not_to_have_text("bot is typing…")


async def test_a_group_with_topics_is_made_and_used(page: Page, bot: Bot, telegram: Simulator):
    await page.get_by_role("button", name="+ group").click()
    await page.get_by_role("dialog").get_by_label("Title").fill("Team")
    await page.get_by_role("dialog").get_by_role("button", name="Add").click()
    await expect(page.locator(".phone .who b", has_text="Team")).to_have_count(1)
    [group] = await telegram.call("GET", "/groups")
    room = phone(page, group["id"])

    topic = await bot.create_forum_topic(group["id"], "Lark")
    await bot.send_message(group["id"], "A new talk", message_thread_id=topic.message_thread_id)
    await bot.send_message(group["id"], "To all")
    await expect(room.locator(".day", has_text="Lark")).to_have_count(1)
    await expect(room.locator(".theirs .text")).to_have_text(["A new talk", "To all"])
    await room.get_by_label("Topic").select_option("Lark")
    await expect(room.locator(".theirs .text")).to_have_text(["A new talk"])
    await room.get_by_label("Who speaks").select_option(label="Ольга Петрова")
    await room.get_by_label("Message of").fill("Hello, this is Olga")
    await room.get_by_label("Message of").press("Enter")

    await expect(room.locator(".mine .label")).to_have_text("Ольга")
    said = (await bot.get_updates())[-1].message
    assert said is not None
    assert said.from_user is not None
    assert (said.from_user.first_name, said.message_thread_id) == ("Ольга", topic.message_thread_id)
    await room.get_by_role("button", name="More").click()
    await room.get_by_role("button", name="Delete this topic").click()
    await expect(room.locator(".theirs .text")).to_have_text(["To all"])
