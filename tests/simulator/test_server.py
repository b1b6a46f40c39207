import asyncio
import sys

import aiohttp
import pytest
from telegram import Bot

from simulator.client import Phone, Simulator
from simulator.server import running, serve


async def test_a_taken_port_is_an_error_of_the_caller(url: str):
    with pytest.raises(OSError, match="in use"):
        async with running(port=int(url.rpartition(":")[2])):
            pass


async def test_serving_ends_when_it_is_cancelled():
    ready = asyncio.Event()
    task = asyncio.create_task(serve(port=0, ready=ready))
    await asyncio.wait_for(ready.wait(), 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_the_command_serves_on_a_free_port():
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "simulator", "--port", "0", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    url = (await asyncio.wait_for(process.stdout.readline(), 10)).decode().split()[-1]
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert "<script" in await answer.text()
    process.terminate()
    await process.communicate()


async def test_updates_after_a_reset_are_not_taken_for_repeats(bot: Bot, alisher: Phone, telegram: Simulator):
    before = (await bot.get_updates())[-1].update_id
    await telegram.reset()
    await bot.get_me()
    await alisher.start()

    assert (await bot.get_updates(offset=before + 1))[0].update_id == before + 1
