"""What the courier sends, against the simulated Telegram, which validates as the real one does."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from telegram.ext import ExtBot

from bot.delivery import Courier, Destination, Result
from bot.lanes import Lanes
from bot.request import AiohttpRequest
from handlers.screens import Key, Reply, Step, Way, screen
from locales.markup import fill_html
from simulator.cast import ALISHER, CAST
from simulator.client import Phone, Simulator
from simulator.server import running
from simulator.world import World
from tests.bot.leaflets import content

TOKEN = "123456:a-token_for-tests"
KEYS = ((Key("🏠 Home", data="home"), Key("Map", url="https://example.org/")),)


@pytest.fixture
async def telegram() -> AsyncIterator[Simulator]:
    async with running(World(CAST)) as url, Simulator(url) as simulator:
        yield simulator


@pytest.fixture
async def courier(telegram: Simulator) -> AsyncIterator[Courier]:
    request = AiohttpRequest()
    bot: ExtBot[Any] = ExtBot(TOKEN, base_url=f"{telegram.url}/bot", request=request, rate_limiter=Lanes())
    async with request:
        await bot.get_me()
        yield Courier(bot)


@pytest.fixture
async def alisher(telegram: Simulator, courier: Courier) -> Phone:
    phone = telegram.phone(ALISHER)
    await phone.start()
    return phone


CHAT = Destination(chat_id=ALISHER.id)


@pytest.mark.parametrize(
    "step",
    [
        Step(way=Way.SEND, text="<b>Салом</b>", rows=KEYS),
        Step(way=Way.SHOW, text="Ўзбекча <i>oʻz</i>", rows=KEYS),
        Step(way=Way.QR, text="<b>Scan</b>", content="https://t.me/h_bot?start=abc", rows=KEYS),
        Step(way=Way.POSTER, text="Print it", name="poster.pdf", content=content("ru")),
        Step(way=Way.CARDS, text="Print it", name="cards.pdf", content=content("ru", "tg")),
        Step(way=Way.FILE, text="Calendar", name="visit.ics", content="BEGIN:VCALENDAR", rows=KEYS),
        Step(
            way=Way.VENUE,
            text="Clinic &amp; Co",
            address="1st street",
            latitude=43.2,
            longitude=76.9,
            rows=KEYS,
        ),
        Step(text="Where are you?", rows=KEYS, ask_location="📍 Share"),
        Step(text="Thanks", rows=KEYS, close_keyboard=True),
    ],
    ids=lambda step: f"{step.way}{'-asks' * bool(step.ask_location)}{'-closes' * step.close_keyboard}",
)
async def test_telegram_takes_every_kind_of_step(courier, alisher, step):
    assert await courier.deliver(Reply((step,)), CHAT) is Result.DELIVERED

    assert (await alisher.screen()).messages[-1].from_bot


async def test_a_pressed_screen_changes_in_its_place_and_the_toast_is_seen(courier, alisher):
    await courier.deliver(screen("First", KEYS), CHAT)
    shown = (await alisher.screen()).newest
    query = await alisher.press("Home")
    pressed = Destination(chat_id=ALISHER.id, callback_query_id=query, message_id=shown.id, editable=True)
    assert await courier.deliver(screen("Second", KEYS, toast="Saved"), pressed) is Result.DELIVERED
    assert (
        await courier.deliver(screen("Second", KEYS), pressed) is Result.DELIVERED
    )  # nothing left to change

    after = await alisher.screen()
    assert [message.text for message in after.messages if message.from_bot] == ["Second"]
    assert after.toasts == ("Saved",)


NASTY = ("<b>", "</i>", "a < b & c", "<a href='https://evil.example'>x</a>", "&lt;", "<script>1</script>")


async def shown_with(courier: Courier, alisher: Phone, name: str) -> str | None:
    """Greet somebody by what they wrote; return what they see, or None when Telegram refuses it."""
    greeting = fill_html("Hello <b>{name}</b>", {"name": name})
    if await courier.deliver(screen(greeting), CHAT) is not Result.DELIVERED:
        return None
    return (await alisher.screen()).newest.text


@pytest.mark.parametrize("name", NASTY)
async def test_markup_that_somebody_wrote_is_shown_as_it_was_written(courier, alisher, name):
    assert await shown_with(courier, alisher, name) == f"Hello {name}"


@pytest.mark.parametrize("name", NASTY)
async def test_markup_that_is_not_escaped_is_refused_or_changes_the_message(
    courier, alisher, monkeypatch, name
):
    monkeypatch.setattr("locales.markup.escape", lambda text, quote: text)

    assert await shown_with(courier, alisher, name) != f"Hello {name}"


async def test_who_blocked_the_bot_is_gone(courier, alisher):
    await alisher.block()

    assert await courier.deliver(screen("Hello"), CHAT) is Result.GONE


async def test_who_never_wrote_is_gone(courier):
    assert await courier.deliver(screen("Hello"), Destination(chat_id=123_456_789)) is Result.GONE
