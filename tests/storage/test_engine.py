import asyncio
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, StatementError

import storage.engine
import storage.writer
from storage.engine import Database, StoreFault, open_database
from storage.schema import marks, staff

HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
connection.execute("INSERT INTO marks VALUES ('theirs', '1', '2026-11-21 00:00:00')")
connection.execute("COMMIT")
"""
WRITE_ON = """
import asyncio, itertools, sys
from datetime import UTC, datetime
from sqlalchemy import insert
from storage.engine import open_database
from storage.schema import marks

async def main():
    database = open_database(sys.argv[1])
    for number in itertools.count():
        async with database.writing() as connection:
            row = {"name": str(number), "value": "x" * 500, "changed_at": datetime(2026, 11, 21, tzinfo=UTC)}
            await connection.execute(insert(marks), row)
        print(number, flush=True)

asyncio.run(main())
"""


async def put(database: Database, name: str, now: datetime) -> None:
    async with database.writing() as connection:
        await connection.execute(insert(marks).values(name=name, value="1", changed_at=now))


def sync_engine(database: Database) -> Engine:
    return database._writer._engine if database._writer else database._engine.sync_engine


async def names(database: Database) -> set[str]:
    async with database.reading() as connection:
        return set((await connection.execute(select(marks.c.name))).scalars())


@pytest.fixture
def other_writer(database: Database) -> Iterator[subprocess.Popen[str]]:
    """Another process in the middle of a writing transaction; it ends when a line comes in."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(database.file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


async def test_what_was_written_is_read(any_database, now):
    await put(any_database, "mine", now)

    async with any_database.reading() as connection:
        assert (await connection.execute(select(marks.c.changed_at))).scalar() == now


async def test_an_exception_undoes_everything_and_the_next_writer_works(any_database, now):
    async def half() -> None:
        async with any_database.writing() as connection:
            await connection.execute(insert(marks).values(name="half", value="1", changed_at=now))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await half()

    await put(any_database, "whole", now)
    assert await names(any_database) == {"whole"}


async def test_a_row_that_is_refused_undoes_what_came_before_it(any_database, now):
    async def twice() -> None:
        async with any_database.writing() as connection:
            await connection.execute(insert(marks).values(name="other", value="1", changed_at=now))
            await connection.execute(insert(marks).values(name="same", value="1", changed_at=now))
            await connection.execute(insert(marks).values(name="same", value="2", changed_at=now))

    with pytest.raises(IntegrityError):
        await twice()

    assert await names(any_database) == set()


async def test_nobody_reads_what_is_not_committed(any_database, now):
    async with any_database.writing() as connection:
        await connection.execute(insert(marks).values(name="open", value="1", changed_at=now))

        assert await names(any_database) == set()


async def test_a_writer_cancelled_in_its_body_leaves_nothing_and_the_next_one_works(any_database, now):
    begun = asyncio.Event()

    async def stuck() -> None:
        async with any_database.writing() as connection:
            await connection.execute(insert(marks).values(name="stuck", value="1", changed_at=now))
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(stuck())
    await asyncio.wait_for(begun.wait(), 10)
    task.cancel()
    await asyncio.wait([task])

    await put(any_database, "next", now)
    assert task.cancelled()
    assert await names(any_database) == {"next"}


async def test_a_writer_cancelled_in_the_middle_of_its_commit_leaves_a_working_writer(any_database, now):
    loop = asyncio.get_running_loop()
    task = asyncio.create_task(put(any_database, "cancelled", now))
    cancelling = lambda _: loop.call_soon_threadsafe(task.cancel)  # noqa: E731 (to be removed it needs a name)
    event.listen(sync_engine(any_database), "commit", cancelling)

    await asyncio.wait([task])

    event.remove(sync_engine(any_database), "commit", cancelling)
    assert task.cancelled()
    for number in range(3):
        await asyncio.wait_for(put(any_database, f"next {number}", now), 10)
    assert await names(any_database) >= {"next 0", "next 1", "next 2"}
    if any_database.is_sqlite:  # there the commit is waited for
        assert "cancelled" in await names(any_database)


async def test_one_that_fails_undoes_nothing_of_those_that_share_its_commit(any_database, now):
    async def fail(name: str) -> None:
        async with any_database.writing() as connection:
            await connection.execute(insert(marks).values(name=name, value="1", changed_at=now))
            raise LookupError(name)

    tasks = [put(any_database, f"good {n}", now) if n % 3 else fail(f"bad {n}") for n in range(30)]
    ended = await asyncio.gather(*tasks, return_exceptions=True)

    assert [type(one) for one in ended if one is not None] == [LookupError] * 10
    assert await names(any_database) == {f"good {n}" for n in range(30) if n % 3}


async def test_a_commit_left_to_somebody_who_is_cancelled_is_made_all_the_same(any_database, now):
    entered = asyncio.Event()

    async def slow() -> None:
        async with any_database.writing() as connection:
            entered.set()
            await asyncio.sleep(0)
            await connection.execute(insert(marks).values(name="first", value="1", changed_at=now))

    first = asyncio.create_task(slow())
    await entered.wait()
    second = asyncio.create_task(put(any_database, "second", now))
    await asyncio.sleep(0)
    second.cancel()

    await asyncio.wait_for(first, 10)
    assert "first" in await names(any_database)


async def test_what_was_said_to_be_written_is_on_the_disk_for_other_connections(any_database, now):
    async def look(name: str) -> bool:
        await put(any_database, name, now)
        return name in await names(any_database)

    assert all(await asyncio.gather(*(look(str(n)) for n in range(40))))


async def test_writers_take_turns_and_none_is_lost(any_database, now):
    await asyncio.wait_for(asyncio.gather(*(put(any_database, str(n), now) for n in range(60))), 30)

    assert len(await names(any_database)) == 60


async def outlasting(
    database: Database, other: subprocess.Popen[str], now: datetime
) -> tuple[bool, set[str]]:
    """Write while another process holds the file; return whether it waited, and what is kept in the end."""
    task = asyncio.create_task(put(database, "ours", now))
    done, _ = await asyncio.wait([task], timeout=0.3)
    other.communicate("\n")
    await asyncio.wait([task], timeout=10)
    assert isinstance(task.exception(), OperationalError | None)
    return not done, await names(database)


async def test_a_writer_waits_for_another_process_and_then_works(database, other_writer, now):
    assert await outlasting(database, other_writer, now) == (True, {"ours", "theirs"})


async def test_a_writer_that_does_not_wait_loses_what_it_had_to_write(
    database, other_writer, now, monkeypatch
):
    """The negative control: without the wait, a lock of a moment is a fault."""
    monkeypatch.setattr(storage.writer, "BUSY_WAIT_S", -1.0)

    assert await outlasting(database, other_writer, now) == (False, {"theirs"})


async def test_reading_goes_on_while_another_process_writes(database, other_writer):
    assert await asyncio.wait_for(names(database), 5) == set()


async def test_a_writer_gives_up_politely_and_works_later(database, other_writer, now, monkeypatch):
    monkeypatch.setattr(storage.writer, "BUSY_WAIT_S", 0.1)

    with pytest.raises(OperationalError):
        await put(database, "ours", now)

    other_writer.communicate("\n")
    await put(database, "later", now)
    assert await names(database) == {"theirs", "later"}


def test_commits_survive_a_kill(sqlite_url, sqlite_template):
    process = subprocess.Popen(
        [sys.executable, "-c", WRITE_ON, sqlite_url],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(storage.engine.__file__).parents[1],
    )
    with process:
        assert process.stdout is not None
        committed = [process.stdout.readline().strip() for _ in range(50)]
        process.kill()
        committed += process.stdout.read().split("\n")[:-1]

    with sqlite3.connect(sqlite_url.partition("///")[2]) as connection:
        kept = {name for (name,) in connection.execute("SELECT name FROM marks")}
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    assert set(committed) - kept == set()


SAFE = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


async def pragmas(database: Database) -> list[dict[str, object]]:
    """Return how the connections of a writer and of a reader are set."""
    found = []
    for using in (database.writing, database.reading):
        async with using() as connection:
            found.append(
                {name: (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar() for name in SAFE}
            )
    return found


async def test_every_commit_waits_for_the_disk_and_deleted_bytes_are_overwritten(database):
    assert await pragmas(database) == [SAFE, SAFE]


async def test_a_connection_that_waits_for_no_disk_is_found(database, monkeypatch):
    connect = storage.engine._sqlite_file

    def hasty(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection = connect(*arguments, **options)
        connection.execute("PRAGMA synchronous = OFF")
        return connection

    monkeypatch.setattr(storage.engine, "_sqlite_file", hasty)

    assert [found["synchronous"] for found in await pragmas(database)] == [0, 0]


async def test_a_row_that_points_nowhere_is_refused(any_database, now):
    async def lost() -> None:
        async with any_database.writing() as connection:
            await connection.execute(insert(staff).values(id=1, person_id=404, role="worker", started_at=now))

    with pytest.raises(IntegrityError):
        await lost()


async def test_a_time_without_a_zone_is_refused(any_database):
    async def naive() -> None:
        async with any_database.writing() as connection:
            await connection.execute(
                insert(marks).values(name="x", value="1", changed_at=datetime(2026, 11, 21))  # noqa: DTZ001 (on purpose)
            )

    with pytest.raises(StatementError, match="without a zone"):
        await naive()


async def test_a_time_of_another_zone_comes_back_as_the_same_moment_in_utc(any_database, now):
    from datetime import timezone

    await put(any_database, "x", now.astimezone(timezone(timedelta(hours=5))))

    async with any_database.reading() as connection:
        found = (await connection.execute(select(marks.c.changed_at))).scalar_one()
    assert found == now
    assert found.tzinfo is UTC


async def test_the_text_of_a_fault_holds_no_values(any_database, now):
    async def twice() -> None:
        async with any_database.writing() as connection:
            for _ in range(2):
                await connection.execute(insert(marks).values(name="a", value="canary77", changed_at=now))

    with pytest.raises(DBAPIError) as fault:
        await twice()

    assert "canary77" not in str(fault.value)


@pytest.mark.parametrize(
    "url",
    ["sqlite:///x.db", "sqlite+aiosqlite://", "sqlite+aiosqlite:///:memory:", "postgresql://me:geheim@h/d"],
)
def test_an_address_of_another_kind_is_refused_without_its_password(url):
    with pytest.raises(StoreFault, match="HAMROH_DATABASE_URL") as fault:
        open_database(url)

    assert "geheim" not in str(fault.value)


async def test_a_file_that_is_not_there_is_not_made(tmp_path):
    database = open_database(f"sqlite+aiosqlite:///{tmp_path / 'missing.db'}")

    async def begin() -> None:
        async with database.writing() as connection:
            await connection.execute(text("SELECT 1"))

    with pytest.raises(OperationalError):
        await begin()

    await database.close()
    for thread in threading.enumerate():  # aiosqlite's own says goodbye to our loop
        if "_connection_worker" in thread.name:
            await asyncio.to_thread(thread.join, 10)
    assert list(tmp_path.iterdir()) == []


async def test_a_result_that_nobody_read_in_time_stops_no_other_writer(database, now):
    """SQLite gives no savepoint while a statement is half read: one faulty function must not block all."""
    await put(database, "before", now)
    unread = []

    async def half() -> None:
        async with database.writing() as connection, connection.begin_nested():
            changed = marks.update().values(value="2").returning(marks.c.name)
            unread.append(await connection.execute(changed))

    with pytest.raises(OperationalError):
        await half()

    for name in ("after", "later"):
        await put(database, name, now)
    async with database.reading() as connection:
        found = (await connection.execute(select(marks.c.name, marks.c.value))).all()
    assert set(found) == {("before", "1"), ("after", "1"), ("later", "1")}
    assert unread
