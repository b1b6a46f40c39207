"""How the program begins when something is wrong: a sentence, exit code 2 (promises D1, D3)."""

import asyncio
import sqlite3
from contextlib import closing

import pytest

from tests.reliability.program import FIRST_PERSON, environment, free_port, program, stored, telegram, until
from tests.reliability.taps import calm

pytestmark = pytest.mark.slow


async def refused(settings: dict[str, str]) -> str:
    """Start where it cannot run; return the one sentence."""
    async with program(settings, ready=None, afresh=True) as running:
        await running.start(ready=None)
        assert await running.ended() == 2, running.log
    said = [line for line in running.lines if line.startswith("hamroh: ")]
    assert len(said) == 1, running.log
    assert "Traceback" not in running.log
    return said[0]


async def test_a_token_that_telegram_refuses(sqlite_url):
    async with telegram() as server, stored(sqlite_url) as store:
        server.world.faults.append(_refusal())
        assert "HAMROH_BOT_TOKEN" in await refused(environment(server, store))


def _refusal():
    from simulator.faults import Fault

    return Fault(method="getMe", error_code=401, description="Unauthorized")


async def test_a_port_that_is_taken(sqlite_url):
    async with telegram() as server, stored(sqlite_url) as store:
        taken = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        port = taken.sockets[0].getsockname()[1]
        async with taken:
            said = await refused(environment(server, store, port=port))
        assert "HAMROH_LISTEN" in said
        assert str(port) in said


async def test_an_api_that_cannot_be_reached_is_waited_for_and_then_told(sqlite_url):
    async with telegram() as server, stored(sqlite_url) as store:
        settings = environment(server, store, api_base_url=f"http://127.0.0.1:{free_port()}")
        async with program(settings, ready="bot api unreachable", afresh=True) as running:
            assert running.alive  # it tries again for a while
            code, took_s = await running.stop()
            assert (code, took_s < 5) == (0, True)


async def test_a_file_that_cannot_be_written_is_refused_and_left_alone(sqlite_url):
    async with telegram() as server, stored(sqlite_url) as store:
        settings = environment(server, store)
        content = store.file.read_bytes()
        damaged = store.file.with_name("damaged.db")
        damaged.write_bytes(b"not a database at all, but long enough to be looked at" * 200)
        said = await refused(settings | {"HAMROH_DATABASE_URL": f"sqlite+aiosqlite:///{damaged}"})
        assert "database" in said
        assert damaged.read_bytes().startswith(b"not a database")

        vanished = store.file.parent / "gone" / "hamroh.db"
        said = await refused(settings | {"HAMROH_DATABASE_URL": f"sqlite+aiosqlite:///{vanished}"})
        assert not vanished.parent.exists()
        assert store.file.read_bytes() == content


async def test_a_locked_database_loses_nothing(sqlite_url):
    async with telegram() as server, stored(sqlite_url) as store:
        await store.agreed([FIRST_PERSON])
        who = server.add(FIRST_PERSON)
        async with program(environment(server, store), afresh=True) as running:
            with closing(sqlite3.connect(store.file, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                who.say("/help")
                await until(lambda: any(c["method"] == "getUpdates" for c in server.world.calls))
                assert server.waiting() == 1  # not confirmed while it cannot be kept
                assert server.texts(FIRST_PERSON) == []
                other.execute("COMMIT")
            await until(lambda: len(server.texts(FIRST_PERSON)) == 1)
            await calm(server, store)
            assert "database is locked" not in running.log
            assert running.alive
