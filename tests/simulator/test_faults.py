import time

import aiohttp
import pytest
from telegram import Bot
from telegram.error import NetworkError, TelegramError

from simulator.cast import ALISHER, MADINA
from simulator.client import Phone, Simulator

ME = ALISHER.id


async def test_too_many_requests_for_one_chat(bot: Bot, alisher: Phone, telegram: Simulator):
    await telegram.phone(MADINA).start()
    await telegram.fault(chat_id=ME, retry_after=7, times=1)

    await bot.send_message(MADINA.id, "not hit")
    call = f"{telegram.url}/bot{bot.token}/sendMessage"
    async with (
        aiohttp.ClientSession() as session,
        session.post(call, json={"chat_id": ME, "text": "hit"}) as answer,
    ):
        assert answer.status == 429
        assert await answer.json() == {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 7",
            "parameters": {"retry_after": 7},
        }
    await bot.send_message(ME, "over")


async def test_an_error_of_choice_for_one_method(bot: Bot, alisher: Phone, telegram: Simulator):
    await telegram.fault(method="sendMessage", error_code=500, description="Internal Server Error: oops")

    with pytest.raises(TelegramError, match="oops"):
        await bot.send_message(ME, "hit")
    await bot.get_me()
    await telegram.heal()
    await bot.send_message(ME, "healed")


@pytest.mark.parametrize(("drop", "copies"), [("before", 0), ("after", 1)])
async def test_a_cut_connection_leaves_the_bot_in_doubt(
    bot: Bot, alisher: Phone, telegram: Simulator, drop: str, copies: int
):
    await telegram.fault(method="sendMessage", drop=drop, times=1)

    with pytest.raises(NetworkError):
        await bot.send_message(ME, "once")
    assert [m.text for m in await alisher.messages()].count("once") == copies
    (call,) = await telegram.calls("sendMessage")
    assert (call["status"], call["params"]["text"]) == (0, "once")


async def test_a_slow_method(bot: Bot, alisher: Phone, telegram: Simulator):
    await telegram.fault(method="sendMessage", latency_ms=200)
    began = time.monotonic()

    await bot.send_message(ME, "slow")

    assert time.monotonic() - began >= 0.2
    assert (await telegram.calls("sendMessage"))[0]["took_s"] >= 0.2


async def test_an_outage_ends_by_itself(bot: Bot, url: str, alisher: Phone, telegram: Simulator):
    await telegram.fault(drop="before", seconds=0.3)
    began = time.monotonic()

    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientError):
            await session.get(f"{url}/bot{bot.token}/getUpdates")
        while True:
            try:
                async with session.get(f"{url}/bot{bot.token}/getMe") as answer:
                    assert answer.status == 200
                    break
            except aiohttp.ClientError:
                assert time.monotonic() - began < 5
    assert time.monotonic() - began >= 0.25
