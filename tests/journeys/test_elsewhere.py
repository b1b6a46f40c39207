"""Outside the private chat, and heard instead of read: the whole bot against the simulated Telegram."""

import asyncio
from pathlib import Path

import pytest

from care.roles import Role
from locales.catalogue import Words
from simulator.cast import ALISHER, WORKER
from tests.journeys.whole import Whole, whole
from tests.ogg import opus

pytestmark = pytest.mark.usefixtures("logs_put_back")
WORDS = Words.load()


def title(topic: str, code: str) -> str:
    answer = WORDS[code].answer(topic)
    assert answer is not None
    return answer.title


async def hired(world: Whole) -> str:
    """Make the worker of the cast one with a link; return the link's code."""
    world.telegram.hand(WORKER.id).chat.started = True
    made = await world.store.agreed([WORKER.id], locales=["ru"])
    await world.store.hire(made[0], Role.WORKER)
    return str(await world.store.one("SELECT code FROM links"))


async def test_a_workers_card_brings_somebody_to_the_answer(any_url: str) -> None:
    async with whole(any_url) as world:
        code = await hired(world)
        worker, other = world.phone(WORKER.id), world.phone(ALISHER.id)
        cards = await worker.inline("депортируют ли меня")
        card = cards["results"][0]
        assert (card["id"], cards["is_personal"]) == ("deportation", True)
        await worker.act("choose", query_id=cards["query_id"], result_id="deportation")
        [[button]] = card["reply_markup"]["inline_keyboard"]

        await other.start(button["url"].partition("start=")[2])
        await world.calm()
        await world.tap(other, "lang:uz")

        assert title("deportation", "uz") in (await other.newest()).text
        owned = "SELECT count(*) FROM outcomes WHERE kind = 'card-opened' AND detail = 'deportation'"
        assert await world.store.one(owned) == 1
        assert await world.store.one("SELECT count(*) FROM outcomes WHERE kind = 'card-chosen'") == 1
        assert code in button["url"]


async def test_queries_leave_no_trace_in_the_store(any_url: str) -> None:
    async with whole(any_url) as world:
        phone = world.phone(ALISHER.id)
        typed = "mening ismim Aziz"
        for length in range(1, len(typed)):
            await phone.act("inline", query=typed[:length])
        cards = await phone.inline(typed)

        assert cards["button"]["start_parameter"]
        for table in ("inbox", "outcomes", "people", "questions"):
            assert await world.store.one(f"SELECT count(*) FROM {table}") == 0
        answers = world.telegram.calls("answerInlineQuery")
        assert len(answers) <= len(typed)
        assert [call for call in answers if call["status"] != 200] == []


async def test_a_guest_is_answered_where_the_bot_is_no_member(any_url: str) -> None:
    async with whole(any_url) as world:
        group = await world.simulator.add_group("Builders", [ALISHER.id])
        phone = world.simulator.phone(ALISHER.id, chat_id=group)
        await phone.act("guest", text="@hamroh_demo_bot meni deport qilishadimi?")
        await world.calm()

        newest = await phone.newest()

        assert title("deportation", "uz") in newest.text
        assert newest.buttons[0].url == "https://t.me/hamroh_demo_bot?start=__deportation"


async def test_a_reply_to_the_bot_in_a_group_is_answered(any_url: str) -> None:
    async with whole(any_url) as world:
        group = await world.simulator.add_group("Builders", [ALISHER.id])
        phone = world.simulator.phone(ALISHER.id, chat_id=group)
        await phone.say("@hamroh_demo_bot")
        invitation = await phone.reply()
        await phone.say("meni deport qilishadimi?", reply_to=invitation.id)

        assert title("deportation", "uz") in (await phone.reply()).text


async def test_a_recording_goes_up_once_and_is_heard_by_all(
    any_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "words" / "uz" / "voice" / "deportation.ogg"
    file.parent.mkdir(parents=True)
    file.write_bytes(opus(7))
    monkeypatch.setattr("locales.recordings.HERE", tmp_path / "words")
    async with whole(any_url) as world:
        for person in (ALISHER, WORKER):
            phone = world.phone(person.id)
            await phone.start("__deportation")
            await world.calm()
            await world.tap(phone, "lang:uz_Cyrl")
            await world.tap(phone, "play:deportation")
            voice = (await phone.screen()).raw["messages"][-1]
            assert (voice["media"], voice["content"]["duration"]) == ("voice", 7)
            assert title("deportation", "uz_Cyrl") in voice["text"]

        sent = [call["params"]["voice"] for call in world.telegram.calls("sendVoice")]
        assert [type(voice) for voice in sent] == [dict, str]
        world.telegram.world.files.clear()  # as when Telegram forgets a file
        await world.tap(phone, "play:deportation")
        async with asyncio.timeout(60):
            assert await world.simulator.file(voice["file_id"])
        assert await world.store.one("SELECT count(*) FROM uploads") == 1
