"""What the bot does not know today it knows after two taps, and who waited is told."""

from datetime import UTC, datetime, timedelta

import pytest

from care.roles import Role
from locales.catalogue import Words
from simulator.cast import ALISHER, COORDINATOR, MADINA
from simulator.client import Phone
from simulator.screen import NotSeen
from tests.journeys.whole import NOT_NEUTRAL, Whole, find, shown, whole

pytestmark = pytest.mark.usefixtures("logs_put_back")
QUESTION = "qwertz plokij mnbvcx +7 700 123 45 67"
CODE = "en"


async def test_a_question_without_an_answer_is_taught_and_answered(any_url: str) -> None:
    t = Words.load()[CODE]
    async with whole(any_url) as world:
        await begin(world)
        asking, office, other = (world.phone(one.id) for one in (ALISHER, COORDINATOR, MADINA))
        await ask_and_wait(world, asking)
        assert await world.store.one("SELECT text FROM questions") == "qwertz plokij mnbvcx [number]"

        topic = await teach(world, office)

        answer = t.answer(topic)
        assert answer is not None
        await world.say(other, "QWERTZ, plokij mnbvcx?")
        assert answer.title in (await other.newest()).text
        told = await world.until_sent("answered")
        assert told == t("🔔 There is an answer to your question.")
        assert not NOT_NEUTRAL.search(told)
        await world.tap(asking, "topic")
        assert answer.title in (await asking.newest()).text
        texts = "\n".join(shown(world.telegram, COORDINATOR.id))
        assert "plokij" in texts
        assert "700" not in texts


async def begin(world: Whole) -> None:
    """Let it be noon, and let everybody be known."""
    everybody = (ALISHER, COORDINATOR, MADINA)
    for one in everybody:
        world.telegram.hand(one.id).chat.started = True
    made = await world.store.agreed([one.id for one in everybody], locales=[CODE])
    await world.store.hire(made[1], Role.COORDINATOR)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    world.move_to(tomorrow.replace(hour=7, minute=0))


async def ask_and_wait(world: Whole, phone: Phone) -> None:
    """Ask what nobody knows, and want to be told."""
    await world.say(phone, QUESTION)
    if await _offered(phone, "nope"):
        await world.tap(phone, "nope")
    await world.tap(phone, "tell")
    assert await world.store.one("SELECT count(*) FROM waiting") == 1


async def teach(world: Whole, phone: Phone) -> str:
    """Give the question to the first topic of the first shelf; return the topic."""
    await world.say(phone, "/questions")
    for wish in ("q", "qsh", "qt"):
        await world.tap(phone, wish)
    return str(await world.store.one("SELECT topic FROM decisions"))


async def _offered(phone: Phone, wish: str) -> bool:
    try:
        await find(phone, wish)
    except NotSeen:
        return False
    return True
