"""Updates are marked as done together, and whoever waits goes on only after the commit."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import OperationalError

from bot import marks
from bot.marks import DoneMarks
from storage.engine import Database
from storage.schema import inbox

WAIT_S = 10


class Watched:
    """A store that counts its commits, and refuses or holds them as a test wants."""

    def __init__(self, inner: Database) -> None:
        self.inner = inner
        self.commits = 0
        self.refusals = 0
        self.open = asyncio.Event()
        self.open.set()
        self.begun = asyncio.Event()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Any]:
        self.begun.set()
        await self.open.wait()
        if self.refusals:
            self.refusals -= 1
            raise OperationalError("mark", None, Exception("database is locked"))
        async with self.inner.writing() as store:
            yield store
        self.commits += 1


@pytest.fixture
async def store(database: Database, now: datetime) -> Watched:
    """A store whose inbox holds the updates 1 to 50, handled and not yet done."""
    rows = [
        {"update_id": number, "received_at": now, "handled_at": now, "reply": b"r", "payload": b"p"}
        for number in range(1, 51)
    ]
    async with database.writing() as connection:
        await connection.execute(insert(inbox), rows)
    return Watched(database)


@pytest.fixture
def done(store: Watched, now: datetime, monkeypatch: pytest.MonkeyPatch) -> DoneMarks:
    monkeypatch.setattr(marks, "RETRY_S", 0.01)
    return DoneMarks(store, lambda: now)


async def still_open(store: Watched) -> list[int]:
    async with store.inner.reading() as connection:
        rows = await connection.execute(select(inbox.c.update_id).where(inbox.c.done_at.is_(None)))
        return sorted(rows.scalars())


async def test_after_the_mark_nothing_of_the_content_is_left(store, done, now):
    await done.done(1)

    async with store.inner.reading() as connection:
        row = (await connection.execute(select(inbox).where(inbox.c.update_id == 1))).mappings().one()
    assert (row["done_at"], row["payload"], row["reply"]) == (now, None, None)


async def test_what_comes_while_a_commit_runs_shares_the_next_one(store, done):
    store.open.clear()
    first = asyncio.create_task(done.done(1))
    await asyncio.wait_for(store.begun.wait(), WAIT_S)
    others = [asyncio.create_task(done.done(number)) for number in range(2, 51)]
    await asyncio.sleep(0)
    store.open.set()

    await asyncio.wait_for(asyncio.gather(first, *others), WAIT_S)

    assert store.commits == 2
    assert await still_open(store) == []


async def test_nobody_goes_on_before_the_commit(store, done):
    store.open.clear()
    waiting = asyncio.create_task(done.done(1))
    await asyncio.wait_for(store.begun.wait(), WAIT_S)
    assert not waiting.done()
    assert 1 in await still_open(store)

    store.open.set()
    await asyncio.wait_for(waiting, WAIT_S)
    assert 1 not in await still_open(store)


async def test_a_store_that_refuses_is_asked_again_until_it_takes_the_mark(store, done):
    store.refusals = 3

    await asyncio.wait_for(asyncio.gather(done.done(1), done.done(2)), WAIT_S)

    assert store.refusals == 0
    assert {1, 2}.isdisjoint(await still_open(store))


async def test_the_same_update_is_marked_once_for_all_who_wait(store, done):
    await asyncio.wait_for(asyncio.gather(done.done(1), done.done(1)), WAIT_S)

    assert store.commits == 1


async def test_whoever_gives_up_waiting_takes_nobodys_mark_away(store, done):
    store.open.clear()
    impatient, patient = asyncio.create_task(done.done(1)), asyncio.create_task(done.done(1))
    await asyncio.wait_for(store.begun.wait(), WAIT_S)
    impatient.cancel()
    await asyncio.wait([impatient])
    store.open.set()

    await asyncio.wait_for(patient, WAIT_S)
    assert 1 not in await still_open(store)


async def test_closing_commits_what_is_left(store, done):
    store.open.clear()
    waiting = asyncio.create_task(done.done(1))
    await asyncio.wait_for(store.begun.wait(), WAIT_S)
    store.open.set()

    await done.close()

    assert 1 not in await still_open(store)
    await asyncio.wait_for(waiting, WAIT_S)


async def test_closing_without_anything_to_mark_is_quick(done):
    await asyncio.wait_for(done.close(), 1)
