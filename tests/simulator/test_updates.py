"""Long polling and webhooks, as the real server does them."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from telegram import Bot, Update
from telegram.error import Conflict

from simulator.cast import ALISHER, MADINA
from simulator.client import Phone, Simulator, until
from simulator.world import World

Json = dict[str, Any]


def texts(updates: tuple[Update, ...]) -> list[str | None]:
    return [u.message.text if u.message else None for u in updates]


async def test_a_positive_offset_forgets_what_lies_below(bot: Bot, alisher: Phone):
    await alisher.say("two")
    await alisher.say("three")

    first = await bot.get_updates()
    rest = await bot.get_updates(offset=first[1].update_id)

    assert texts(first) == ["/start", "two", "three"]
    assert texts(rest) == ["two", "three"]
    assert texts(await bot.get_updates(offset=0)) == ["two", "three"]
    assert texts(await bot.get_updates(offset=-1)) == ["three"]
    assert await bot.get_updates(offset=rest[-1].update_id + 1) == ()


async def test_the_same_offset_at_once_gets_only_the_oldest(bot: Bot, alisher: Phone):
    await alisher.say("two")

    assert texts(await bot.get_updates()) == ["/start", "two"]
    assert texts(await bot.get_updates()) == ["/start"]
    assert texts(await bot.get_updates()) == ["/start"]
    await asyncio.sleep(0.55)  # the rule is about real time
    assert texts(await bot.get_updates()) == ["/start", "two"]


async def test_a_batch_is_no_larger_than_the_limit(bot: Bot, alisher: Phone):
    for number in range(105):
        await alisher.say(str(number))

    assert len(await bot.get_updates(limit=7)) == 7
    assert len(await bot.get_updates(offset=1, limit=100)) == 100


async def test_long_polling_ends_when_something_arrives(bot: Bot, alisher: Phone):
    seen = await bot.get_updates()
    waiting = asyncio.create_task(bot.get_updates(offset=seen[-1].update_id + 1, timeout=20))
    await asyncio.sleep(0.05)
    began = time.monotonic()
    await alisher.say("hello")

    assert texts(await waiting) == ["hello"]
    assert time.monotonic() - began < 2


async def test_a_second_poll_ends_the_first_with_a_conflict(bot: Bot, alisher: Phone, url: str):
    seen = await bot.get_updates()
    offset = seen[-1].update_id + 1
    first = asyncio.create_task(bot.get_updates(offset=offset, timeout=20))
    await asyncio.sleep(0.05)
    async with Bot(bot.token, base_url=f"{url}/bot") as rival:
        second = asyncio.create_task(rival.get_updates(offset=offset, timeout=20))
        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await first
        await alisher.say("hello")
        assert texts(await second) == ["hello"]


async def test_an_offset_from_the_future_confirms_nothing(bot: Bot, alisher: Phone):
    assert texts(await bot.get_updates(offset=2_000_000_000)) == ["/start"]


async def test_only_the_kinds_asked_for_are_queued(bot: Bot, alisher: Phone):
    seen = await bot.get_updates(allowed_updates=["callback_query"])
    await alisher.say("not wanted")

    assert await bot.get_updates(offset=seen[-1].update_id + 1, timeout=0) == ()


async def test_presses_expire_before_messages_do(bot: Bot, alisher: Phone, telegram: Simulator):
    sent = await bot.send_message(ALISHER.id, "x")
    await alisher.press_data(sent.message_id, "forged")
    await telegram.advance(300)

    assert texts(await bot.get_updates()) == ["/start"]
    await telegram.advance(25 * 3600)
    assert await bot.get_updates(offset=1) == ()


async def test_a_confirmed_update_can_come_again(bot: Bot, alisher: Phone, telegram: Simulator):
    (update,) = await bot.get_updates()
    offset = update.update_id + 1
    await bot.get_updates(offset=offset, timeout=0)
    await telegram.redeliver(update.update_id)

    assert [u.update_id for u in await bot.get_updates(offset=offset)] == [update.update_id]


Answer = Callable[[web.Request, Json], Awaitable[int]]


class Hook:
    """A webhook of a bot: notes what it gets and answers with the next of `statuses`."""

    def __init__(self) -> None:
        self.got: list[tuple[int, str | None]] = []
        self.statuses: list[int] = []
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        update = await request.json()
        self.got.append((update["update_id"], request.headers.get("X-Telegram-Bot-Api-Secret-Token")))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    taker = Hook()
    app = web.Application()
    app.router.add_post("/hook", taker.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    taker.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield taker
    await runner.cleanup()


async def test_a_webhook_gets_each_update_with_the_secret(bot: Bot, alisher: Phone, hook: Hook, world: World):
    await bot.set_webhook(hook.url, secret_token="a-secret")
    await alisher.say("hello")

    await until(lambda: not world.bot.updates.pending)
    assert [secret for _, secret in hook.got] == ["a-secret", "a-secret"]
    assert (await bot.get_webhook_info()).url == hook.url
    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates(timeout=0) == ()


async def test_a_refused_update_comes_again_and_holds_its_chat_only(
    bot: Bot, alisher: Phone, telegram: Simulator, hook: Hook, world: World
):
    hook.statuses = [500]
    await alisher.say("two")
    await telegram.phone(MADINA).start()
    await bot.set_webhook(hook.url)

    await until(lambda: not world.bot.updates.pending)
    first = world.bot.updates.next_id - 3
    assert [number for number, _ in hook.got] == [first, first + 2, first, first + 1]
    assert "500" in str((await bot.get_webhook_info()).last_error_message)


async def test_a_webhook_gets_a_repeat(
    bot: Bot, alisher: Phone, telegram: Simulator, hook: Hook, world: World
):
    await bot.set_webhook(hook.url)
    await until(lambda: not world.bot.updates.pending)
    await telegram.redeliver(hook.got[0][0])

    await until(lambda: len(hook.got) == 2)
    assert hook.got[0] == hook.got[1]
