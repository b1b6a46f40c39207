"""Open the store: `reading()` and `writing()` transactions on SQLite and PostgreSQL.

SQLite has one writer at a time, so writers queue at a lock here and each begins as a writer (`BEGIN
IMMEDIATE`): a transaction that reads first and writes later could be refused at once. The writer's statements
run where they are called, and only its commit, which waits for the disk, goes to aiosqlite's thread: a hop
between threads costs more than most statements. Readers have a pool of their own.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiosqlite
from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import StaticPool

BUSY_WAIT_S = 30.0  # how long another process may hold the file before we give up
BUSY_PAUSE_S = 0.02
_PASSING = {  # primary result codes that another moment, or the operator, mends: https://sqlite.org/rescode.html
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
}


class StoreFault(Exception):
    """The store cannot be opened; the text says what is wrong and what to do."""


class _Inline(aiosqlite.Connection):
    """Run statements in the calling thread, and what waits for the disk in aiosqlite's own."""

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if fn in (self._conn.commit, self._conn.close):
            return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]  # aiosqlite has none
        return fn(*args, **kwargs)


class Database:
    """The referral store. Open it with `open_database`."""

    def __init__(self, url: URL, writer: AsyncEngine, reader: AsyncEngine) -> None:
        """Keep the two engines; on PostgreSQL they are one."""
        self.url = url
        self._writer = writer
        self._reader = reader
        self._turn = asyncio.Lock()
        self._held: AsyncConnection | None = (
            None  # SQLite's one writer, kept open: taking it from a pool costs more
        )

    @property
    def is_sqlite(self) -> bool:
        """Whether the store is a SQLite file."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def file(self) -> Path | None:
        """The SQLite file, or None on PostgreSQL."""
        return Path(self.url.database) if self.is_sqlite and self.url.database else None

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection for a transaction that only reads."""
        async with self._reader.connect() as connection:
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection for a transaction that is committed at the end, or undone when the body raises.

        Raises OperationalError when another process holds the SQLite file for more than BUSY_WAIT_S seconds.
        """
        if not self.is_sqlite:
            async with self._writer.begin() as connection:
                yield connection
            return
        async with self._turn:
            if self._held is None:
                self._held = await self._writer.connect()
            connection = self._held
            await _begin_as_writer(connection)
            try:
                yield connection
            except BaseException:
                await connection.rollback()
                raise
            await _finish(connection)

    async def outside_transactions(self, *statements: str) -> list[tuple[Any, ...] | None]:
        """Run statements that allow no transaction around them, such as VACUUM; return the first row of each.

        On SQLite they run on a connection of their own in a thread, while nobody else here writes.
        """
        if self.is_sqlite:
            async with self._turn:
                return await asyncio.to_thread(_run_outside, self.url, statements)
        async with self._writer.connect() as connection:
            free = await connection.execution_options(isolation_level="AUTOCOMMIT")
            found = [await free.exec_driver_sql(statement) for statement in statements]
            return [tuple(result.one()) if result.returns_rows else None for result in found]

    async def close(self) -> None:
        """Close all connections."""
        if self._held is not None:
            await self._held.close()
            self._held = None
        await self._writer.dispose()
        if self._reader is not self._writer:
            await self._reader.dispose()


def _run_outside(url: URL, statements: Sequence[str]) -> list[tuple[Any, ...] | None]:
    connection = _sqlite_file(url, timeout_s=BUSY_WAIT_S)
    try:
        return [connection.execute(statement).fetchone() for statement in statements]
    finally:
        connection.close()


def is_unavailable(error: Exception) -> bool:
    """Return whether the store could not be reached or written, so that the same may work a moment later."""
    if isinstance(error, TimeoutError):
        return False
    if not isinstance(error, DBAPIError):
        return isinstance(error, OSError)
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in _PASSING
    return error.connection_invalidated or isinstance(error, InterfaceError | OperationalError)


async def _begin_as_writer(connection: AsyncConnection) -> None:
    """Begin, and wait without a thread while another process writes."""
    deadline = asyncio.get_running_loop().time() + BUSY_WAIT_S
    while True:
        try:
            await connection.begin()
            return
        except OperationalError as error:
            await connection.rollback()
            late = asyncio.get_running_loop().time() > deadline
            if late or getattr(error.orig, "sqlite_errorcode", None) not in {
                sqlite3.SQLITE_BUSY,
                sqlite3.SQLITE_BUSY_SNAPSHOT,
            }:
                raise
        await asyncio.sleep(BUSY_PAUSE_S)


async def _finish(connection: AsyncConnection) -> None:
    """Commit, and let a cancellation wait until the commit is through: the next writer starts clean."""
    commit = asyncio.ensure_future(connection.commit())
    try:
        await asyncio.shield(commit)
    except asyncio.CancelledError:
        await asyncio.wait([commit])
        raise


def open_database(url: str | URL) -> Database:
    """Open the store at `url` without touching it yet.

    Raises StoreFault when the URL names neither SQLite (aiosqlite) nor PostgreSQL (asyncpg).
    """
    parsed = make_url(url)
    if parsed.drivername == "postgresql+asyncpg":
        engine = create_async_engine(
            parsed, pool_size=10, max_overflow=10, pool_pre_ping=True, hide_parameters=True
        )
        return Database(parsed, engine, engine)
    if parsed.drivername != "sqlite+aiosqlite" or not parsed.database or parsed.database == ":memory:":
        raise StoreFault(
            "HAMROH_DATABASE_URL must be sqlite+aiosqlite:///FILE or postgresql+asyncpg://…, not "
            f"{parsed.drivername}: write one of these two."
        )
    return Database(parsed, _sqlite_writer(parsed), _sqlite_reader(parsed))


def _sqlite_writer(url: URL) -> AsyncEngine:
    def connect(*_: Any, **__: Any) -> aiosqlite.Connection:
        return _connection(_Inline, url, timeout_s=0)

    engine = create_async_engine(
        url, poolclass=StaticPool, hide_parameters=True, connect_args={"async_creator_fn": connect}
    )
    event.listen(engine.sync_engine, "begin", lambda c: c.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _sqlite_reader(url: URL) -> AsyncEngine:
    def connect(*_: Any, **__: Any) -> aiosqlite.Connection:
        return _connection(aiosqlite.Connection, url, timeout_s=BUSY_WAIT_S)

    engine = create_async_engine(
        url, pool_size=4, hide_parameters=True, connect_args={"async_creator_fn": connect}
    )
    event.listen(engine.sync_engine, "begin", lambda c: c.exec_driver_sql("BEGIN"))
    return engine


def _connection(kind: type[aiosqlite.Connection], url: URL, *, timeout_s: float) -> aiosqlite.Connection:
    connection = kind(lambda: _sqlite_file(url, timeout_s=timeout_s), iter_chunk_size=64)
    connection._thread.daemon = (
        True  # SQLAlchemy does the same for connections it makes: a stuck one ends with us
    )
    return connection


def _sqlite_file(url: URL, *, timeout_s: float) -> sqlite3.Connection:
    """Connect as the design asks: WAL, every commit on disk, foreign keys, deleted content overwritten.

    Statements wait `timeout_s` for other processes; connecting itself waits for long, in a thread.
    """
    file = Path(str(url.database)).absolute()
    connection = sqlite3.connect(
        f"{file.as_uri()}?mode=rw",
        uri=True,
        timeout=BUSY_WAIT_S,
        isolation_level=None,
        check_same_thread=False,
    )
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(f"PRAGMA busy_timeout = {int(timeout_s * 1000)}")
    return connection
