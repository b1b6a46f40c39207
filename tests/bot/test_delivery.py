"""The courier: what a reply becomes, how a delivery ends, and how many copies there are."""

import asyncio
import io
import json

import pytest
from aiohttp.test_utils import unused_port
from PIL import Image
from telegram.ext import ExtBot

from bot.calls import qr_png
from bot.delivery import Courier, Destination, Result
from bot.lanes import Lanes
from bot.request import AiohttpRequest
from handlers.screens import SILENCE, Key, Reply, Step, Way, screen
from tests.bot.conftest import StubApi

CHAT = Destination(chat_id=5)
PRESSED = Destination(chat_id=5, callback_query_id="q1", message_id=77, editable=True)
KEYS = [[Key("🏠", data="home"), Key("Map", url="https://example.org")]]
GONE = (400, "Bad Request: message to edit not found")
UNCLEAR = "break"


@pytest.fixture
def courier(bot) -> Courier:
    return Courier(bot)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.delivery.PAUSE_S", 0.001)


def step(way: Way = Way.SEND, **fields) -> Reply:
    return Reply((Step(way=way, **fields),))


async def test_a_screen_is_sent_as_html_without_previews(courier, api):
    assert await courier.deliver(screen("<b>Hi</b>", KEYS), CHAT) is Result.DELIVERED

    [(method, params)] = api.calls
    assert method == "sendMessage"
    assert (params["chat_id"], params["text"], params["parse_mode"]) == ("5", "<b>Hi</b>", "HTML")
    assert json.loads(params["link_preview_options"]) == {"is_disabled": True}
    assert json.loads(params["reply_markup"]) == {
        "inline_keyboard": [
            [{"text": "🏠", "callback_data": "home"}, {"text": "Map", "url": "https://example.org"}]
        ]
    }


async def test_a_pressed_screen_is_changed_and_the_press_answered_once(courier, api):
    assert await courier.deliver(screen("Next", KEYS, toast="Saved"), PRESSED) is Result.DELIVERED

    assert sorted(api.methods()) == ["answerCallbackQuery", "editMessageText"]
    [edit] = api.sent("editMessageText")
    assert (edit["message_id"], edit["text"]) == ("77", "Next")
    assert api.sent("answerCallbackQuery") == [
        {"callback_query_id": "q1", "text": "Saved", "show_alert": "false"}
    ]


async def test_silence_still_answers_the_press(courier, api):
    await courier.deliver(SILENCE, PRESSED)

    assert api.calls == [("answerCallbackQuery", {"callback_query_id": "q1"})]


async def test_a_press_that_is_too_old_counts_as_answered(courier, api):
    api.answers["answerCallbackQuery"] = [(400, "Bad Request: query is too old and response timeout expired")]

    assert await courier.deliver(screen("Next"), PRESSED) is Result.DELIVERED
    assert sorted(api.methods()) == ["answerCallbackQuery", "editMessageText"]


async def test_a_screen_that_cannot_be_changed_comes_as_a_new_message(courier, api):
    api.answers["editMessageText"] = [GONE]

    assert await courier.deliver(screen("Next", KEYS), PRESSED) is Result.DELIVERED

    [sent] = api.sent("sendMessage")
    assert sent["text"] == "Next"
    assert "message_id" not in sent


async def test_a_pressed_message_without_text_is_left_alone(courier, api):
    await courier.deliver(screen("Next"), Destination(chat_id=5, callback_query_id="q1", message_id=77))

    assert sorted(api.methods()) == ["answerCallbackQuery", "sendMessage"]


async def test_a_screen_that_is_as_it_should_be_is_done(courier, api):
    api.answers["editMessageText"] = [(400, "Bad Request: message is not modified: specified new …")]

    assert await courier.deliver(screen("Next"), PRESSED) is Result.DELIVERED
    assert not api.sent("sendMessage")


async def test_the_first_new_message_answers_the_one_it_is_about(courier, api):
    two = Reply((Step(way=Way.SEND, text="1"), Step(way=Way.SEND, text="2")))
    await courier.deliver(two, Destination(chat_id=5, reply_to=9))

    first, second = api.sent("sendMessage")
    assert json.loads(first["reply_parameters"])["message_id"] == 9
    assert "reply_parameters" not in second


async def test_a_qr_code_is_a_picture_with_quiet_around_it(courier, api):
    await courier.deliver(step(Way.QR, content="https://t.me/h_bot?start=x", text="Scan"), CHAT)

    [photo] = api.sent("sendPhoto")
    assert photo["photo"].startswith(b"\x89PNG")
    assert photo["caption"] == "Scan"


def test_a_qr_code_is_wide_enough_for_a_phone_to_read():
    picture = Image.open(io.BytesIO(qr_png("https://t.me/hamroh_bot?start=Ab3_x9-QrS7uVw2Yz01"))).convert("L")
    width, height = picture.size
    edge = [picture.getpixel((x, 5)) for x in range(width)]

    assert width == height
    assert 700 <= width <= 900
    assert set(edge) == {255}


async def test_a_file_has_its_name_and_content(courier, api):
    await courier.deliver(step(Way.FILE, name="visit.ics", content="BEGIN:ҳ", text="Calendar"), CHAT)

    [sent] = api.sent("sendDocument")
    assert (sent["filename"], sent["document"].decode(), sent["caption"]) == (
        "visit.ics",
        "BEGIN:ҳ",
        "Calendar",
    )


async def test_a_venue_is_a_pin_with_a_plain_name(courier, api):
    pin = step(Way.VENUE, text="<b>A &amp; B</b>", address="1st street", latitude=43.25, longitude=76.9)
    await courier.deliver(pin, CHAT)

    [sent] = api.sent("sendVenue")
    assert (sent["title"], sent["address"], sent["latitude"]) == ("A & B", "1st street", "43.25")


async def test_the_location_is_asked_for_by_a_big_key_that_goes_away(courier, api):
    await courier.deliver(step(text="Where are you?", ask_location="📍 Share"), PRESSED)
    await courier.deliver(step(text="Thanks", close_keyboard=True), CHAT)

    asked, closed = api.sent("sendMessage")
    keyboard = json.loads(asked["reply_markup"])
    assert keyboard["keyboard"] == [[{"text": "📍 Share", "request_location": True}]]
    assert keyboard["one_time_keyboard"]
    assert json.loads(closed["reply_markup"]) == {"remove_keyboard": True}


async def test_the_phone_is_asked_for_by_a_big_key_above_one_that_declines(courier, api):
    asking = step(text="May we call?", ask_contact="📱 Send", ask_nothing="➖ Without")
    await courier.deliver(asking, PRESSED)

    [asked] = api.sent("sendMessage")
    keyboard = json.loads(asked["reply_markup"])
    assert keyboard["keyboard"] == [[{"text": "📱 Send", "request_contact": True}], [{"text": "➖ Without"}]]
    assert keyboard["one_time_keyboard"]


async def test_a_message_has_one_keyboard_so_two_of_them_take_two_messages(courier, api):
    both = Reply((Step(text="Clinics", rows=((Key("🏠", data="home"),),), ask_location="📍 Share"),))
    await courier.deliver(both, CHAT)

    first, second = (json.loads(sent["reply_markup"]) for sent in api.sent("sendMessage"))
    assert "inline_keyboard" in first
    assert "keyboard" in second


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ((403, "Forbidden: bot was blocked by the user"), Result.GONE),
        ((403, "Forbidden: user is deactivated"), Result.GONE),
        ((400, "Bad Request: chat not found"), Result.GONE),
        ((400, "Bad Request: can't parse entities"), Result.REFUSED),
        (UNCLEAR, Result.AMBIGUOUS),
        ((502, "Bad Gateway"), Result.AMBIGUOUS),
    ],
)
async def test_how_a_delivery_ends(courier, api, answer, result):
    api.answers["sendMessage"] = [answer]

    assert await courier.deliver(step(text="x"), CHAT) is result
    assert len(api.calls) == 1


@pytest.mark.parametrize(
    ("allowed", "copies", "result"), [(True, 2, Result.DELIVERED), (False, 1, Result.AMBIGUOUS)]
)
async def test_what_may_have_arrived_is_sent_again_when_the_caller_allows_it(
    courier, api, allowed, copies, result
):
    api.answers["sendMessage"] = [UNCLEAR]

    async def may_resend() -> bool:
        return allowed

    assert await courier.deliver(step(text="x"), CHAT, may_resend=may_resend) is result
    assert len(api.calls) == copies


async def copies_of_what_stays_unclear(courier: Courier, api: StubApi) -> int:
    """Let a sending be unclear twice, each time with leave to repeat it; return the copies."""
    api.answers["sendMessage"] = [UNCLEAR] * 2

    async def may_resend() -> bool:
        return True

    await courier.deliver(step(text="x"), CHAT, may_resend=may_resend)
    return len(api.calls)


async def test_there_is_never_a_third_copy(courier, api):
    assert await copies_of_what_stays_unclear(courier, api) == 2


async def test_without_counting_there_is_a_third_copy(courier, api, monkeypatch):
    async def always(*_: object) -> bool:
        return True

    monkeypatch.setattr("bot.delivery._again", always)

    assert await copies_of_what_stays_unclear(courier, api) > 2


async def test_an_unclear_change_of_a_screen_is_simply_repeated(courier, api):
    api.answers["editMessageText"] = [UNCLEAR, (400, "Bad Request: message is not modified")]

    assert await courier.deliver(screen("Next"), PRESSED) is Result.DELIVERED
    assert not api.sent("sendMessage")


async def test_a_refusal_to_take_more_is_waited_for_and_nothing_is_lost(courier, api):
    api.answers["sendMessage"] = [(429, "Too Many Requests: retry after 1", {"retry_after": 1})]
    loop = asyncio.get_running_loop()
    began = loop.time()

    assert await courier.deliver(step(text="x"), CHAT) is Result.DELIVERED
    assert loop.time() - began >= 1.0
    assert len(api.calls) == 2


async def test_a_pause_longer_than_patience_puts_it_off(courier, api):
    api.answers["sendMessage"] = [(429, "Too Many Requests: retry after 600", {"retry_after": 600})]

    assert await courier.deliver(step(text="x"), CHAT, patience_s=30) is Result.LATER


async def test_a_group_that_moved_is_followed(courier, api):
    moved = {"migrate_to_chat_id": -1005}
    api.answers["sendMessage"] = [(400, "Bad Request: group chat was upgraded", moved)]

    assert await courier.deliver(step(text="x"), Destination(chat_id=-5)) is Result.DELIVERED
    assert [sent["chat_id"] for sent in api.sent("sendMessage")] == ["-5", "-1005"]


async def test_what_was_accepted_is_not_sent_again_when_the_rest_is(courier, api):
    three = Reply(tuple(Step(way=Way.SEND, text=str(number)) for number in range(3)))
    api.answers["sendMessage"] = [None, UNCLEAR]
    done: list[int] = []

    async def progress(number: int) -> None:
        done.append(number)

    assert await courier.deliver(three, CHAT, progress=progress) is Result.AMBIGUOUS
    assert done == [1]
    assert await courier.deliver(three, CHAT, first=done[-1]) is Result.DELIVERED
    assert [sent["text"] for sent in api.sent("sendMessage")] == ["0", "1", "1", "2"]


async def test_without_a_connection_it_goes_as_soon_as_there_is_one_and_only_once():
    port = unused_port()
    request = AiohttpRequest(connect_s=1, read_s=1)
    bot = ExtBot("1:x", base_url=f"http://127.0.0.1:{port}/bot", request=request, rate_limiter=Lanes())
    async with request:
        assert await Courier(bot).deliver(step(text="x"), CHAT, patience_s=0.01) is Result.LATER
        sending = asyncio.create_task(Courier(bot).deliver(step(text="x"), CHAT))
        await asyncio.sleep(0)
        forward = await asyncio.start_server(_answer, "127.0.0.1", port)
        assert await asyncio.wait_for(sending, 5) is Result.DELIVERED
        forward.close()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    body = b'{"ok":true,"result":{}}'
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()
    writer.close()


def test_a_destination_survives_being_stored():
    stored = json.loads(json.dumps(PRESSED.to_json()))

    assert Destination(**stored) == PRESSED


async def test_it_is_told_once_that_the_first_message_leaves(courier, api):
    told = []
    two = Reply((Step(way=Way.SEND, text="1"), Step(way=Way.SEND, text="2")))

    assert await courier.deliver(two, CHAT, leaving=lambda: told.append(len(api.calls))) is Result.DELIVERED

    assert told == [0]
    assert len(api.sent("sendMessage")) == 2


async def test_what_waits_for_its_turn_does_not_leave(bot, api):
    courier = Courier(bot)
    left = []
    waiting = [
        asyncio.create_task(courier.deliver(screen("Hi"), CHAT, leaving=lambda: left.append(1)))
        for _ in range(30)
    ]
    while not left:
        await asyncio.sleep(0)
    assert len(left) < 30, "a chat gets a few messages at once and the rest one a second"

    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
