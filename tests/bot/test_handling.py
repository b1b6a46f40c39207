"""One update to its end: effects and reply in one commit, two copies at most, three tries, an apology."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import pytest
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import handling
from bot.delivery import Result
from bot.excuses import APOLOGY, SLOW_DOWN
from bot.intake import FLOOD
from locales.catalogue import Words
from storage import people, updates
from storage.engine import Database
from storage.vault import Vault
from tests.bot.stage import Stage, message

ANNA, BORIS, VERA = 7, 8, 9


@pytest.fixture(scope="module")
def words() -> Words:
    return Words.load(strict=False)


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handling, "PAUSES_S", (0.001, 0.001, 0.001))
    monkeypatch.setattr(handling, "STORE_PAUSE_S", 0.001)
    monkeypatch.setattr(handling, "COLLISION_PAUSE_S", 0.001)
    monkeypatch.setattr(handling, "LATER_S", 0.001)


@pytest.fixture
async def stage(database: Database, vault: Vault, words: Words, now: datetime) -> AsyncIterator[Stage]:
    made = Stage(database, vault, words, now)
    yield made
    while made.lives:
        await made.end()


async def agree(stage: Stage, telegram_id: int, *, locale: str) -> None:
    async with stage.database.writing() as store:
        await people.add(
            store,
            stage.vault,
            telegram_id,
            locale=locale,
            consent_version="1",
            link_id=None,
            area_id=None,
            now=stage.now,
        )


def store_is_busy() -> OperationalError:
    fault = sqlite3.OperationalError("database is locked")
    fault.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return OperationalError("insert", None, fault)


def they_waited_for_each_other() -> DBAPIError:
    fault = Exception("deadlock detected")
    fault.sqlstate = "40P01"  # type: ignore[attr-defined]
    return DBAPIError("update", None, fault)


async def test_the_reply_is_kept_in_the_transaction_of_the_effects_and_gone_when_it_was_brought(stage):
    stage.post.before[ANNA] = asyncio.Event()
    intake = await stage.life()
    await intake.receive([message(1, ANNA, "hello")])
    async with asyncio.timeout(60):
        while not await stage.effects():
            await asyncio.sleep(0.005)

    row = await stage.row(1)
    assert (row["payload"], row["handled_at"], row["done_at"]) == (None, stage.now, None)
    kept = json.loads(stage.vault.open(row["reply"]))
    assert kept["reply"]["steps"][0]["text"] == "re hello"
    assert kept["to"]["chat_id"] == ANNA
    assert b"hello" not in row["reply"]

    stage.post.before[ANNA].set()
    await stage.calm()
    row = await stage.row(1)
    assert (row["reply"], row["person_hash"], row["done_at"]) == (None, None, stage.now)
    assert stage.post.sent == [(ANNA, "re hello")]


async def test_silence_is_done_with_its_effects(stage):
    stage.talk.silent = frozenset({"hello"})
    intake = await stage.life()
    await intake.receive([message(1, ANNA, "hello")])
    await stage.calm()

    row = await stage.row(1)
    assert (row["reply"], row["done_at"]) == (None, stage.now)
    assert await stage.effects() == ["hello"]
    assert stage.post.sent == []


async def end_before_the_reply_leaves_and_begin_again(stage: Stage) -> None:
    stage.post.before[ANNA] = asyncio.Event()
    intake = await stage.life()
    await intake.receive([message(1, ANNA, "hello")])
    async with asyncio.timeout(60):
        while not await stage.effects():
            await asyncio.sleep(0.005)
    await stage.end()
    assert stage.post.sent == []

    del stage.post.before[ANNA]
    await stage.life()
    await stage.calm()


async def test_what_was_committed_and_not_sent_is_sent_once_at_the_next_start(stage):
    await end_before_the_reply_leaves_and_begin_again(stage)

    assert stage.post.sent == [(ANNA, "re hello")]
    assert await stage.effects() == ["hello"], "no effect is repeated"
    assert stage.talk.begun == ["hello"]


async def test_a_reply_that_is_not_kept_with_its_effects_makes_the_next_start_repeat_them(stage, monkeypatch):
    async def kept_nowhere(*_: object, **__: object) -> None:
        pass

    monkeypatch.setattr(updates, "handled", kept_nowhere)
    await end_before_the_reply_leaves_and_begin_again(stage)

    assert stage.talk.begun == ["hello", "hello"]


async def test_however_often_the_program_ends_after_a_sending_there_is_no_third_copy(stage):
    stage.post.after[ANNA] = asyncio.Event()
    intake = await stage.life()
    await intake.receive([message(1, ANNA, "hello")])
    await stage.post.until(lambda: len(stage.post.sent) == 1)
    await stage.end()
    await stage.life()
    await stage.post.until(lambda: len(stage.post.sent) == 2)
    await stage.end()
    assert (await stage.row(1))["done_at"] is None

    await stage.life()
    await stage.calm()

    assert stage.post.to(ANNA) == ["re hello", "re hello"]


async def effects_of_a_failing_update(stage: Stage) -> list[str]:
    stage.talk.faults["poison"] = [LookupError()] * 3
    intake = await stage.life()
    await intake.receive([message(1, ANNA, "poison"), message(2, BORIS, "next")])
    await stage.calm()
    return await stage.effects()


async def test_a_failed_try_leaves_nothing_behind(stage):
    assert await effects_of_a_failing_update(stage) == ["next"]


async def test_a_transaction_that_commits_what_failed_leaves_half_of_it_behind(stage, monkeypatch):
    whole = Database.writing

    @asynccontextmanager
    async def careless(database: Database) -> AsyncIterator[AsyncConnection]:
        fault: Exception | None = None
        async with whole(database) as connection:
            try:
                yield connection
            except LookupError as error:
                fault = error
        if fault is not None:
            raise fault

    monkeypatch.setattr(Database, "writing", careless)

    assert "poison" in await effects_of_a_failing_update(stage)


async def tries_of_what_always_fails(stage: Stage) -> int:
    """Return after how many tries, at most eight, the next update of the same person had its turn."""
    stage.talk.faults["poison"] = [LookupError()] * 7
    intake = await stage.life()
    await intake.receive([message(1, ANNA, "poison"), message(2, ANNA, "next")])
    await stage.calm()
    return stage.talk.begun.index("next")


async def test_what_always_fails_blocks_the_next_one_for_three_tries(stage):
    assert await tries_of_what_always_fails(stage) == 3


async def test_without_a_last_try_what_fails_blocks_the_next_one_for_as_long_as_it_fails(stage, monkeypatch):
    monkeypatch.setattr(updates, "MOST_TRIES", 1_000)
    monkeypatch.setattr(handling, "PAUSES_S", (0.001,) * 9)

    assert await tries_of_what_always_fails(stage) == 8


async def test_a_failing_update_is_tried_three_times_then_set_aside_with_an_apology(stage, words):
    await agree(stage, ANNA, locale="tg")
    stage.talk.faults["poison"] = [LookupError("with a secret in it")] * 3
    intake = await stage.life()
    await intake.receive([message(1, ANNA, "poison"), message(2, ANNA, "next")])
    await stage.calm()

    row = await stage.row(1)
    assert (row["tries"], row["fault"], row["set_aside_at"]) == (3, "LookupError", stage.now)
    assert (row["payload"], row["reply"], row["person_hash"]) == (None, None, None)
    assert stage.post.to(ANNA) == [words["tg"](APOLOGY), "re next"]
    assert await stage.effects() == ["next"], "a failed try leaves nothing behind"


async def test_a_reply_that_never_came_to_its_turn_is_sent_however_often_the_program_ended(stage):
    stage.post.before[ANNA] = asyncio.Event()
    intake = await stage.life()
    await intake.receive([message(1, ANNA, "hello")])
    async with asyncio.timeout(60):
        while not await stage.effects():
            await asyncio.sleep(0.005)
    for _ in range(3):
        assert (await stage.row(1))["sends"] == 0, "it never left"
        await stage.end()
        await stage.life()
    del stage.post.before[ANNA]
    await stage.end()

    await stage.life()
    await stage.post.until(lambda: stage.post.to(ANNA) == ["re hello"])
    assert len(await stage.effects()) == 1


async def test_an_update_that_works_at_the_third_try_is_answered(stage):
    stage.talk.faults["hello"] = [LookupError(), TimeoutError()]
    intake = await stage.life()
    await intake.receive([message(1, ANNA, "hello")])
    await stage.calm()

    row = await stage.row(1)
    assert (row["tries"], row["set_aside_at"]) == (3, None)
    assert stage.post.sent == [(ANNA, "re hello")]
    assert await stage.effects() == ["hello"]


async def test_an_update_whose_effects_take_too_long_counts_as_failed(stage, monkeypatch):
    monkeypatch.setattr(handling, "DEADLINE_S", 0.02)
    stage.talk.gates["hang"] = asyncio.Event()
    intake = await stage.life()
    await intake.receive([message(1, ANNA, "hang"), message(2, BORIS, "hello")])
    await stage.calm()

    assert (await stage.row(1))["fault"] == "TimeoutError"
    assert stage.post.to(BORIS) == ["re hello"]


@pytest.mark.parametrize(
    "fault",
    [store_is_busy(), OSError("no route to host"), they_waited_for_each_other()],
    ids=["busy", "unreachable", "deadlock"],
)
async def test_a_store_that_is_away_is_waited_for_and_counts_as_no_try(stage, fault):
    stage.talk.faults["hello"] = [fault] * 7
    intake = await stage.life()
    await intake.receive([message(1, ANNA, "hello")])
    await stage.calm()

    row = await stage.row(1)
    assert (row["tries"], row["fault"], row["set_aside_at"]) == (1, None, None)
    assert stage.post.sent == [(ANNA, "re hello")]


async def brought_to_a_flooder(stage: Stage) -> list[str]:
    await agree(stage, ANNA, locale="kk")
    intake = await stage.life()
    await intake.receive([message(number, ANNA, f"text {number}") for number in range(1, FLOOD + 21)])
    await stage.calm()
    return stage.post.to(ANNA)


async def test_a_flood_is_told_once_to_slow_down_and_only_its_last_messages_are_answered(stage, words):
    slow_down, *answers = await brought_to_a_flooder(stage)
    assert slow_down == words["kk"](SLOW_DOWN)
    assert answers == [f"re text {number}" for number in range(21, FLOOD + 21)]
    assert len(await stage.effects()) == FLOOD + 20, "nothing is left undone"


async def test_without_a_bound_every_message_of_a_flood_is_answered(stage, words, monkeypatch):
    monkeypatch.setattr("bot.intake.FLOOD", 100_000)
    texts = await brought_to_a_flooder(stage)

    assert words["kk"](SLOW_DOWN) not in texts
    assert len(texts) == FLOOD + 20


async def test_an_unreadable_update_is_set_aside_at_once_and_holds_up_nobody(stage):
    intake = await stage.life()
    broken = {"update_id": 1, "message": {"from": {"id": ANNA}, "text": 5}}
    await intake.receive([broken, message(2, ANNA, "hello")])
    await stage.calm()

    row = await stage.row(1)
    assert (row["fault"], row["payload"]) == ("unreadable", None)
    assert stage.post.sent == [(ANNA, "re hello")]


async def test_of_what_a_former_life_left_only_the_one_in_hand_is_counted(stage):
    stage.post.before = {who: asyncio.Event() for who in (ANNA, BORIS, VERA)}
    stage.talk.gates["poison"] = asyncio.Event()
    intake = await stage.life()
    texts = [(1, ANNA, "poison"), (2, BORIS, "b"), (3, VERA, "v")]
    await intake.receive([message(*text) for text in texts])
    await stage.until(lambda: "poison" in stage.talk.begun)
    await stage.end()  # in the middle of the first: the others had no turn yet
    assert {row["done_at"] for row in await stage.rows()} == {None}

    for life in (1, 2):
        stage.talk.begun.clear()
        await stage.life()
        await stage.until(lambda: "poison" in stage.talk.begun)
        await stage.end()
        assert [row["tries"] for row in await stage.rows()] == [life, 0, 0]

    stage.post.before.clear()
    await stage.life()
    await stage.calm()
    assert (await stage.row(1))["fault"] == "ended the process"
    assert sorted(stage.post.sent) == [(BORIS, "re b"), (VERA, "re v")]


async def test_whoever_blocked_the_bot_is_marked_and_the_update_is_done(stage):
    await agree(stage, ANNA, locale="ru")
    stage.post.results[ANNA] = [Result.GONE]
    intake = await stage.life()
    await intake.receive([message(1, ANNA, "hello")])
    await stage.calm()

    async with stage.database.reading() as store:
        person = await people.by_hash(store, stage.vault.hashes(str(ANNA)))
    assert person.blocked_at == stage.now


async def test_what_telegram_holds_back_is_brought_later(stage):
    stage.post.results[ANNA] = [Result.LATER, Result.LATER]
    intake = await stage.life()
    await intake.receive([message(1, ANNA, "hello")])
    await stage.calm()

    assert stage.post.sent == [(ANNA, "re hello")]


@pytest.mark.parametrize(("result", "told"), [(Result.DELIVERED, [(ANNA, "kk:")]), (Result.REFUSED, [])])
async def test_a_new_menu_follows_the_reply_that_was_brought(stage, result, told):
    stage.talk.menu = "kk:"
    stage.post.results[ANNA] = [result]
    intake = await stage.life()
    await intake.receive([message(1, ANNA, "hello")])
    await stage.calm()
    await stage.end(within_s=10)

    assert stage.menus == told
