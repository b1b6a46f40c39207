"""Updates are taken in once, kept sealed, answered in order for each and side by side for all."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from sqlalchemy.exc import OperationalError

from bot import intake as module
from locales.catalogue import Words
from storage import updates
from storage.engine import Database
from storage.vault import Vault
from tests.bot.stage import Stage, message

ANNA, BORIS, VERA = 7, 8, 9


@pytest.fixture(scope="module")
def words() -> Words:
    return Words.load(strict=False)


@pytest.fixture
async def stage(database: Database, vault: Vault, words: Words, now: datetime) -> AsyncIterator[Stage]:
    made = Stage(database, vault, words, now)
    yield made
    while made.lives:
        await made.end()


async def test_each_person_is_answered_in_order_whatever_the_batches(stage):
    luck = random.Random(5)
    people = [luck.choice((ANNA, BORIS, VERA)) for _ in range(60)]
    batch = [message(number, who, str(number)) for number, who in enumerate(people, 1)]
    intake = await stage.life()
    while batch:
        size = luck.randint(1, 9)
        await intake.receive(batch[:size])
        del batch[:size]
    await stage.calm()

    for who in (ANNA, BORIS, VERA):
        own = [f"re {number}" for number, each in enumerate(people, 1) if each == who]
        assert stage.post.to(who) == own


async def one_hangs_and_the_other_is_answered(stage: Stage) -> None:
    stage.post.before[ANNA] = asyncio.Event()
    intake = await stage.life()
    await intake.receive([message(1, ANNA, "a"), message(2, ANNA, "b")])
    await intake.receive([message(number, BORIS, str(number)) for number in range(3, 30)])

    await stage.post.until(lambda: len(stage.post.to(BORIS)) == 27)


async def test_one_person_whose_reply_hangs_delays_nobody_else(stage):
    await one_hangs_and_the_other_is_answered(stage)
    assert stage.post.to(ANNA) == []

    stage.post.before[ANNA].set()
    await stage.calm()
    assert stage.post.to(ANNA) == ["re a", "re b"]


async def test_with_one_lane_for_all_one_persons_reply_delays_everybody(stage, monkeypatch):
    monkeypatch.setattr(module, "sender", lambda _: 0)
    monkeypatch.setattr("tests.bot.stage.WAIT_S", 0.2)

    with pytest.raises(TimeoutError):
        await one_hangs_and_the_other_is_answered(stage)

    assert stage.post.sent == []


async def test_an_update_that_is_known_is_taken_in_and_does_nothing(stage):
    intake = await stage.life()
    batch = [message(1, ANNA, "a"), message(2, BORIS, "b")]
    await intake.receive([*batch, *batch])
    await stage.calm()
    await intake.receive([*batch, message(3, ANNA, "c")])
    await stage.calm()

    assert sorted(stage.post.sent) == [(ANNA, "re a"), (ANNA, "re c"), (BORIS, "re b")]
    assert sorted(await stage.effects()) == ["a", "b", "c"]


async def receive_among_junk(stage: Stage) -> None:
    intake = await stage.life()
    junk = [5, None, "hello", [], {}, {"update_id": "1"}, {"update_id": True}, {"update_id": 2**63}]
    await intake.receive([*junk, message(1, ANNA, "a"), *junk])
    await intake.receive(junk)
    await stage.calm()


async def test_what_is_no_update_hides_no_neighbour(stage):
    await receive_among_junk(stage)

    assert [row["update_id"] for row in await stage.rows()] == [1]
    assert stage.post.sent == [(ANNA, "re a")]


async def test_junk_that_is_not_sifted_out_hides_its_neighbour(stage, monkeypatch):
    monkeypatch.setattr(module, "_has_id", lambda _: True)

    with pytest.raises(TypeError):
        await receive_among_junk(stage)

    assert await stage.rows() == []
    assert stage.post.sent == []


async def test_an_update_is_kept_sealed_before_receiving_ends(stage):
    stage.talk.gates["my secret"] = asyncio.Event()
    intake = await stage.life()

    await intake.receive([message(1, ANNA, "my secret")])

    (row,) = await stage.rows()
    assert b"my secret" in stage.vault.open(row["payload"])
    assert b"secret" not in row["payload"]
    assert row["person_hash"] == stage.vault.hash(str(ANNA))
    stage.talk.gates["my secret"].set()
    await stage.calm()


async def test_what_could_not_be_kept_is_not_answered(stage, monkeypatch):
    intake = await stage.life()

    async def refuse(*_: object, **__: object) -> frozenset[int]:
        raise OperationalError("insert", None, Exception("disk is full"))

    with monkeypatch.context() as patch:
        patch.setattr(updates, "receive", refuse)
        with pytest.raises(OperationalError):
            await intake.receive([message(1, ANNA, "a")])
    assert stage.talk.begun == []

    await intake.receive([message(1, ANNA, "a")])
    await stage.calm()
    assert stage.post.sent == [(ANNA, "re a")]


async def test_a_full_memory_makes_the_polling_wait_until_somebody_was_answered(stage, monkeypatch):
    monkeypatch.setattr(module, "MOST_OPEN", 5)
    stage.post.before = {who: asyncio.Event() for who in range(1, 6)}
    intake = await stage.life()
    await intake.receive([message(who, who, "x") for who in range(1, 5)])
    await asyncio.wait_for(intake.room(), 1)

    await intake.receive([message(5, 5, "x")])
    assert intake.open == 5
    room = asyncio.create_task(intake.room())
    await asyncio.sleep(0)
    assert not room.done()

    stage.post.before[3].set()
    await asyncio.wait_for(room, 10)
    for gate in stage.post.before.values():
        gate.set()
    await stage.calm()
    await stage.until(lambda: intake.open == 0)


async def test_one_persons_flood_leaves_room_for_others(stage, monkeypatch):
    monkeypatch.setattr(module, "MOST_OPEN", 30)
    monkeypatch.setattr(module, "PER_PERSON", 20)
    stage.post.before[ANNA] = asyncio.Event()
    intake = await stage.life()

    await intake.receive([message(number, ANNA, "x") for number in range(1, 51)])

    assert intake.open == 20
    await asyncio.wait_for(intake.room(), 1)
    stage.post.before[ANNA].set()
    await stage.calm()
    await stage.until(lambda: intake.open == 0)
    assert len(stage.post.to(ANNA)) == 50


async def test_stopping_finishes_what_is_in_hand_and_leaves_the_rest_in_the_inbox(stage):
    stage.post.before[ANNA] = asyncio.Event()
    intake = await stage.life()
    await intake.receive([message(number, ANNA, str(number)) for number in range(1, 6)])
    await stage.until(lambda: "1" in stage.talk.begun)
    asyncio.get_running_loop().call_later(0.05, stage.post.before[ANNA].set)

    await stage.end(within_s=10)

    assert stage.post.to(ANNA) == ["re 1"]
    assert [bool(row["done_at"]) for row in await stage.rows()] == [True, False, False, False, False]
    await stage.life()
    await stage.calm()
    assert stage.post.to(ANNA) == [f"re {number}" for number in range(1, 6)]


async def brought_around_a_stop(stage: Stage, *, within_s: float) -> list[str]:
    """Stop when a reply has arrived and is not marked yet, begin again; return all that arrived."""
    stage.post.after[ANNA] = asyncio.Event()
    intake = await stage.life()
    await intake.receive([message(number, ANNA, str(number)) for number in range(1, 4)])
    await stage.post.until(lambda: stage.post.to(ANNA) == ["re 1"])
    asyncio.get_running_loop().call_later(0.05, stage.post.after[ANNA].set)
    await stage.end(within_s=within_s)
    stage.post.after.clear()
    await stage.life()
    await stage.calm()
    return stage.post.to(ANNA)


async def test_a_stop_in_the_middle_of_a_reply_doubles_nothing(stage):
    assert await brought_around_a_stop(stage, within_s=10) == ["re 1", "re 2", "re 3"]


async def test_a_stop_that_does_not_wait_for_what_is_in_hand_doubles_a_reply(stage):
    assert await brought_around_a_stop(stage, within_s=0) == ["re 1", "re 1", "re 2", "re 3"]


async def test_stopping_does_not_wait_for_whoever_hangs(stage):
    stage.post.before[ANNA] = asyncio.Event()
    intake = await stage.life()
    await intake.receive([message(1, ANNA, "a")])
    await stage.until(lambda: "a" in stage.talk.begun)

    await asyncio.wait_for(stage.end(within_s=0.05), 5)

    assert (await stage.row(1))["done_at"] is None


async def test_what_a_former_life_left_goes_before_what_is_new(stage):
    stage.post.before[ANNA] = asyncio.Event()
    intake = await stage.life()
    await intake.receive([message(1, ANNA, "old"), message(2, ANNA, "older than new")])
    await stage.until(lambda: "old" in stage.talk.begun)
    await stage.end()

    del stage.post.before[ANNA]
    intake = await stage.life()
    await intake.receive([message(3, ANNA, "new")])
    await stage.calm()

    assert stage.post.to(ANNA) == ["re old", "re older than new", "re new"]


async def test_updates_of_nobody_share_a_lane(stage):
    intake = await stage.life()
    await intake.receive([{"update_id": number, "poll": {"id": str(number)}} for number in (1, 2)])
    await stage.calm()

    assert [row["fault"] for row in await stage.rows()] == [None, None]


async def test_an_inline_query_passes_the_inbox_by(stage):
    query = {"update_id": 1, "inline_query": {"id": "q", "from": {"id": 7}, "query": "my name is Aziz"}}
    intake = await stage.life()
    await intake.receive([query, message(2, 7, "hello"), query | {"update_id": 3}])
    await stage.calm()

    assert [row["update_id"] for row in await stage.rows()] == [2]
    assert [one["update_id"] for one in stage.passed_by] == [1, 3]
