"""Answers that somebody has read aloud."""

from pathlib import Path
from typing import Any

import pytest

from handlers.buttons import Verb
from handlers.screens import Way
from storage import schema
from tests.ogg import opus


@pytest.fixture(autouse=True)
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one recording, in Uzbek."""
    file = tmp_path / "words" / "uz" / "voice" / "deportation.ogg"
    file.parent.mkdir(parents=True)
    file.write_bytes(opus())
    monkeypatch.setattr("locales.recordings.HERE", tmp_path / "words")
    return file


@pytest.fixture
def routes(recorded: Path, whole: Any, words: Any, vault: Any, strangers: Any) -> Any:
    parts = whole.Parts(
        words=words, vault=vault, strangers=strangers, zone="Asia/Almaty", username="hamroh_bot"
    )
    return whole.conversations(parts).routes


@pytest.mark.parametrize("code", ["uz", "uz_Cyrl"])
async def test_a_recording_is_offered_first_and_sent_with_the_title(world, words, code):
    someone = world.somebody()
    await someone.agree(locale=code)
    await someone.tap("topic:deportation")
    assert someone.wishes[0] is Verb.LISTEN

    reply = await someone.press("🔊")

    [step] = reply.steps
    answer = words[code].answer("deportation")
    assert (step.way, step.name) == (Way.VOICE, "uz/deportation")
    assert step.text == f"🔊 <b>{answer.title}</b>"
    assert [row["detail"] for row in await world.rows(schema.outcomes, kind="listened")] == ["deportation"]


async def test_where_nothing_was_recorded_nothing_is_offered(world):
    someone = world.somebody()
    await someone.agree(locale="ru")
    for topic in ("deportation", "test-cost"):
        await someone.tap(f"topic:{topic}")
        assert Verb.LISTEN not in someone.wishes


async def test_an_answer_read_in_another_language_is_heard_in_it(world, words):
    someone = world.somebody()
    await someone.agree(locale="ru")
    await someone.tap("topic:deportation:uz")

    reply = await someone.press("🔊")

    assert reply.steps[0].name == "uz/deportation"
    assert words["uz"].answer("deportation").title in reply.steps[0].text


@pytest.mark.parametrize("data", ["play", "play:nosuch", "play:test-cost", "play:deportation:ru"])
async def test_a_wish_for_what_was_not_recorded_opens_the_questions(world, data):
    someone = world.somebody()
    await someone.agree(locale="uz")

    await someone.tap(data)

    assert "Write your question" in someone.text
    assert "listened" not in await world.outcomes()
