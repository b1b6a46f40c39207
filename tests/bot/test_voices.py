"""Recordings go up once; an id that Telegram refuses is dropped."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from telegram.error import BadRequest, Forbidden, TimedOut

from bot.voices import Voices
from locales.recordings import Recordings
from storage.schema import uploads
from tests.ogg import opus

NAME = "uz/deportation"


class Telegram:
    """Notes what it is sent, and refuses what a test says."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any]] = []
        self.refusals: list[Exception | None] = []
        self.uploaded = 0

    async def call(self, method: str, params: dict[str, Any], file: Any) -> Any:
        """Take a call."""
        self.calls.append((method, params.get("voice") or (file and file[:2])))
        refusal = self.refusals.pop(0) if self.refusals else None
        if refusal is not None:
            raise refusal
        self.uploaded += file is not None
        return {"voice": {"file_id": f"id{self.uploaded}"}} if method == "sendVoice" else {}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "words" / "uz" / "voice" / "deportation.ogg"
    path.parent.mkdir(parents=True)
    path.write_bytes(opus())
    return path


@pytest.fixture
def telegram() -> Telegram:
    return Telegram()


@pytest.fixture
def make(any_database: Any, file: Path, now: Any = None) -> Any:
    from datetime import UTC, datetime

    def made(bot_id: int = 1) -> Voices:
        return Voices(
            database=any_database,
            recordings=Recordings(file.parents[2]),
            bot_id=bot_id,
            now=lambda: datetime(2026, 11, 23, tzinfo=UTC),
        )

    return made


UPLOAD = ("sendVoice", ("voice", "deportation.ogg"))


async def test_the_file_goes_up_once_and_then_its_id(make, telegram):
    for _ in range(3):
        await make().send(NAME, {}, telegram.call)

    assert telegram.calls == [UPLOAD, ("sendVoice", "id1"), ("sendVoice", "id1")]


async def test_another_bot_and_a_replaced_file_go_up_anew(make, telegram, file):
    await make().send(NAME, {}, telegram.call)
    await make(2).send(NAME, {}, telegram.call)
    file.write_bytes(opus(9))
    await make().send(NAME, {}, telegram.call)

    assert telegram.calls == [UPLOAD, UPLOAD, UPLOAD]


async def test_an_id_that_is_refused_is_dropped_and_the_file_goes_up_again(make, telegram, any_database):
    await make().send(NAME, {}, telegram.call)
    telegram.refusals = [BadRequest("Wrong file identifier/HTTP URL specified")]
    await make().send(NAME, {}, telegram.call)
    await make().send(NAME, {}, telegram.call)

    assert telegram.calls == [UPLOAD, ("sendVoice", "id1"), UPLOAD, ("sendVoice", "id2")]
    async with any_database.reading() as store:
        assert [row.file_id for row in await store.execute(select(uploads))] == ["id2"]


@pytest.mark.parametrize("fault", [BadRequest("Chat not found"), Forbidden("blocked"), TimedOut()])
async def test_what_has_nothing_to_do_with_the_file_keeps_the_id(make, telegram, fault):
    await make().send(NAME, {}, telegram.call)
    telegram.refusals = [fault]
    with pytest.raises(type(fault)):
        await make().send(NAME, {}, telegram.call)
    await make().send(NAME, {}, telegram.call)

    assert telegram.calls[-1] == ("sendVoice", "id1")


async def test_who_takes_no_voice_messages_gets_a_file(make, telegram):
    telegram.refusals = [BadRequest("VOICE_MESSAGES_FORBIDDEN")]
    await make().send(NAME, {}, telegram.call)

    assert telegram.calls == [UPLOAD, ("sendDocument", ("document", "deportation.ogg"))]


async def test_a_recording_that_is_gone_is_refused_and_nothing_is_sent(make, telegram, file):
    voices = make()
    file.unlink()

    with pytest.raises(BadRequest, match="gone"):
        await voices.send(NAME, {}, telegram.call)
    assert telegram.calls == []


async def test_what_telegram_took_for_a_document_is_not_remembered(make, telegram):
    async def as_document(method: str, params: dict[str, Any], file: Any) -> Any:
        await telegram.call(method, params, file)
        return {"document": {"file_id": "doc"}}

    await make().send(NAME, {}, as_document)
    await make().send(NAME, {}, telegram.call)

    assert telegram.calls == [UPLOAD, UPLOAD]
