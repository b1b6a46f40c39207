"""Two processes on one store: one takes updates, the other stands by and takes over."""

import asyncio
import contextlib
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.alone import alone
from storage.engine import open_database

ROOT = Path(__file__).parents[2]
WAIT_S = 30
PROGRAM = """
import asyncio, sys
from bot.alone import alone
from storage.engine import open_database

async def main():
    database = open_database(sys.argv[1])
    async with alone(database):
        print("alone", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
    print("left", flush=True)
    await database.close()

asyncio.run(main())
"""


@contextlib.asynccontextmanager
async def process(url: str) -> AsyncIterator[Process]:
    made = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, url, cwd=ROOT, stdin=PIPE, stdout=PIPE
    )
    try:
        yield made
    finally:
        if made.returncode is None:
            made.kill()
        await made.communicate()


async def says(running: Process, word: str) -> bool:
    """Read on until the process says something with the word."""
    assert running.stdout is not None
    async with asyncio.timeout(WAIT_S):
        while line := await running.stdout.readline():
            if word in line.decode():
                return True
    return False


async def tell(running: Process) -> None:
    assert running.stdin is not None
    running.stdin.write(b"\n")
    await running.stdin.drain()


@pytest.mark.parametrize("how", ["killed", "stopped"])
async def test_the_second_process_stands_by_until_the_first_is_gone(any_url, how):
    async with process(any_url) as first:
        assert await says(first, "alone")
        async with process(any_url) as second:
            assert await says(second, "standing by")

            if how == "killed":
                first.kill()
            else:
                await tell(first)

            assert await says(second, "taking over")
            assert await says(second, "alone")


async def test_who_leaves_lets_others_in(any_url):
    database = open_database(any_url)
    for _ in range(2):
        async with asyncio.timeout(WAIT_S), alone(database):
            pass
    await database.close()


async def test_whoever_breaks_off_lets_others_in(any_url):
    database = open_database(any_url)
    with pytest.raises(LookupError):
        async with alone(database):
            raise LookupError
    async with asyncio.timeout(WAIT_S), alone(database):
        pass
    await database.close()


async def test_two_stores_are_taken_from_side_by_side(sqlite_url, tmp_path):
    other = open_database(f"sqlite+aiosqlite:///{tmp_path / 'other.db'}")
    database = open_database(sqlite_url)

    async with asyncio.timeout(WAIT_S), alone(database), alone(other):
        pass

    await other.close()
    await database.close()


async def test_nobody_else_may_read_the_lock(sqlite_url):
    database = open_database(sqlite_url)
    async with alone(database):
        assert database.file is not None
        lock = Path(f"{database.file}.lock")
        assert lock.stat().st_mode & 0o077 == 0
    await database.close()
