"""What is passed on, against the simulated Telegram, which validates as the real one does."""

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
from telegram.ext import ExtBot

from bot.delivery import Courier
from bot.lanes import Lanes
from bot.relaying import Relaying
from bot.request import AiohttpRequest
from handlers.incoming import Incoming, read
from handlers.screens import JUST_MADE, Key, Step, Way
from simulator.cast import ALISHER, CAST, WORKER
from simulator.client import Phone, Simulator
from simulator.server import running
from simulator.world import World
from storage import relay_copies

TOKEN = "123456:a-token_for-tests"
KEYS = ((Key("🏁 End", data="end"),),)
TOLD = "It did not arrive."


@pytest.fixture
async def telegram() -> AsyncIterator[Simulator]:
    async with running(World(CAST)) as url, Simulator(url) as simulator:
        yield simulator


@pytest.fixture
async def relaying(telegram: Simulator, vault: Any, database: Any, now: Any) -> AsyncIterator[Relaying]:
    request = AiohttpRequest()
    bot: ExtBot[Any] = ExtBot(TOKEN, base_url=f"{telegram.url}/bot", request=request, rate_limiter=Lanes())
    marks: Any = SimpleNamespace(begin=lambda _: None, end=lambda _: None)
    async with request:
        await bot.get_me()
        yield Relaying(database=database, vault=vault, courier=Courier(bot), sendings=marks, now=lambda: now)


@pytest.fixture
async def alisher(telegram: Simulator, relaying: Relaying) -> Phone:
    phone = telegram.phone(ALISHER)
    await phone.start()
    return phone


@pytest.fixture
async def worker(telegram: Simulator, relaying: Relaying) -> Phone:
    phone = telegram.phone(WORKER)
    await phone.start()
    return phone


async def pass_on(relaying: Relaying, *steps: Step) -> tuple[str, ...]:
    return await relaying.pass_on(1, steps, own_chat=ALISHER.id, before=False)


async def newest(telegram: Simulator) -> Incoming:
    """Return the newest update as the program reads it."""
    found = read((await telegram.pending())[-1])
    assert found is not None
    return found


WAYS = {"photo": Way.PHOTO, "voice": Way.VOICE_NOTE, "video_note": Way.VIDEO_NOTE, "sticker": Way.STICKER}


@pytest.mark.parametrize("kind", list(WAYS))
@pytest.mark.parametrize("rows", [(), KEYS], ids=["plain", "keys"])
async def test_every_kind_of_file_arrives_as_an_answer_to_what_it_answered(
    telegram, relaying, alisher, worker, kind, rows
):
    asked = await worker.say("show me")
    await alisher.send(kind)
    sent = await newest(telegram)
    step = Step(way=WAYS[kind], to=WORKER.id, content=sent.file_id, rows=rows, answers=asked, otherwise=TOLD)

    assert await pass_on(relaying, step) == ()

    seen = await worker.newest()
    assert (sent.sent, seen.media, seen.reply_to, len(seen.rows)) == (kind, kind, asked, len(rows))


async def test_texts_places_changes_and_deletions_arrive(relaying, alisher, worker):
    to = {"to": WORKER.id, "otherwise": TOLD}
    assert await pass_on(relaying, Step(way=Way.SEND, text="one &lt;1&gt;", answers=10**6, **to)) == ()
    text = await worker.newest()
    assert await pass_on(relaying, Step(way=Way.LOCATION, latitude=43.2, longitude=76.9, **to)) == ()
    place = await worker.newest()
    assert await pass_on(relaying, Step(way=Way.EDIT, target=text.id, text="two", rows=KEYS, **to)) == ()
    assert await pass_on(relaying, Step(way=Way.EDIT, target=text.id, text="two", rows=KEYS, **to)) == ()
    assert await pass_on(relaying, Step(way=Way.DELETE, target=place.id, **to)) == ()

    assert text.text == "one <1>"
    assert place.media == "location"
    last = [message for message in await worker.messages() if message.from_bot]
    assert [(message.text, message.edited) for message in last] == [("two", True)]
    assert await pass_on(relaying, Step(way=Way.DELETE, target=place.id, **to)) == (TOLD,)
    assert await pass_on(relaying, Step(way=Way.EDIT, target=10**6, text="x", **to)) == (TOLD,)


async def test_a_caption_changes_and_goes(telegram, relaying, alisher, worker):
    await alisher.send("photo", caption="fver")
    sent = await newest(telegram)
    step = Step(way=Way.PHOTO, to=WORKER.id, content=sent.file_id, text="fver")
    assert await pass_on(relaying, step) == ()
    for caption in ("fever", ""):
        copy = await worker.newest()
        assert (
            await pass_on(relaying, Step(way=Way.EDIT_CAPTION, to=WORKER.id, target=copy.id, text=caption))
            == ()
        )
        assert (await worker.newest()).text == caption


async def test_typing_is_shown_to_the_other(relaying, alisher, worker):
    assert await pass_on(relaying, Step(way=Way.TYPING, to=WORKER.id, content="record_voice")) == ()

    assert (await worker.screen()).typing == "record_voice"


async def test_a_topic_takes_every_kind_and_a_deleted_one_is_told(telegram, relaying, alisher, worker):
    group = await telegram.add_group("Team", [WORKER.id], forum=True)
    team = telegram.phone(WORKER, chat_id=group)
    inside = {"to": group, "thread": JUST_MADE, "otherwise": TOLD}
    steps = [Step(way=Way.TOPIC, to=group, name="Lark" * 99), Step(way=Way.SEND, text="hello", **inside)]
    for kind, way in WAYS.items():
        await alisher.send(kind)
        steps.append(Step(way=way, content=(await newest(telegram)).file_id, **inside))
    steps.append(Step(way=Way.LOCATION, latitude=43.2, longitude=76.9, **inside))

    assert await pass_on(relaying, *steps) == ()

    opened, *seen = [message for message in await team.messages() if message.from_bot]
    assert opened.service
    assert [message.media for message in seen] == [None, *WAYS, "location"]
    assert {message.thread_id for message in seen} == {opened.id}
    await team.say("who is it?", thread_id=opened.id)
    read_ = await newest(telegram)
    assert (read_.thread_id, read_.replied_to, read_.private) == (opened.id, None, False)
    await team.act("delete_topic", thread_id=opened.id)
    assert await pass_on(
        relaying, Step(way=Way.SEND, text="x", to=group, thread=opened.id, otherwise=TOLD)
    ) == (TOLD,)


async def test_who_blocked_the_bot_hears_nothing_and_the_other_hears_that(relaying, alisher, worker):
    await worker.block()

    assert await pass_on(relaying, Step(way=Way.SEND, text="x", to=WORKER.id, otherwise=TOLD)) == (TOLD,)


async def test_an_unknown_copy_is_not_known_to_have_arrived(database):
    async with database.reading() as store:
        assert not await relay_copies.has_arrived(store, 5)
        assert await relay_copies.topic_of(store, 5) is None
