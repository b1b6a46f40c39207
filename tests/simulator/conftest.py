from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from simulator.cast import ALISHER, CAST
from simulator.client import Phone, Simulator
from simulator.server import running
from simulator.world import World

TOKEN = "123456:a-token_for-tests"


@pytest.fixture
def world() -> World:
    return World(CAST)


@pytest.fixture
async def url(world: World) -> AsyncIterator[str]:
    async with running(world) as base:
        yield base


@pytest.fixture
async def telegram(url: str) -> AsyncIterator[Simulator]:
    async with Simulator(url) as simulator:
        yield simulator


@pytest.fixture
async def bot(url: str) -> AsyncIterator[Bot]:
    async with Bot(TOKEN, base_url=f"{url}/bot", base_file_url=f"{url}/file/bot") as connected:
        yield connected


@pytest.fixture
async def alisher(telegram: Simulator, bot: Bot) -> Phone:
    """Alisher's phone, after he pressed START."""
    phone = telegram.phone(ALISHER)
    await phone.start()
    return phone
