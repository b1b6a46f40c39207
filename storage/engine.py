"""Open the store: `reading()` and `writing()` transactions on SQLite and PostgreSQL.

On SQLite every writing transaction begins as a writer (`BEGIN IMMEDIATE`): one that reads first and writes
later could be refused at once. There is one writer (`storage/writer.py`), and readers have a pool of their
own.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiosqlite
from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import StaticPool

from storage.writer import BUSY_WAIT_S, Writer

_PASSING = {  # primary result codes that another moment, or the operator, mends: https://sqlite.org/rescode.html
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
}

_COLLISIONS = {"40P01", "40001"}


class StoreFault(Exception):
    """The store cannot be opened; the text says what is wrong and what to do."""


class Database:
    """The referral store. Open it with `open_database`."""

    def __init__(self, url: URL, engine: AsyncEngine, writer: Writer | None = None) -> None:
        """Read, and on PostgreSQL write, through `engine`; on SQLite write through `writer`."""
        self.url = url
        self._engine = engine
        self._writer = writer

    @property
    def is_sqlite(self) -> bool:
        """Whether the store is a SQLite file."""
        return self._writer is not None

    @property
    def file(self) -> Path | None:
        """The SQLite file, or None on PostgreSQL."""
        return Path(self.url.database) if self.is_sqlite and self.url.database else None

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection for a transaction that only reads."""
        async with self._engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection for a transaction that is committed at the end, or undone when the body raises.

        Raises OperationalError when another process holds the SQLite file for more than BUSY_WAIT_S seconds.
        """
        transaction = self._engine.begin() if self._writer is None else self._writer.writing()
        async with transaction as connection:
            yield connection

    async def outside_transactions(self, *statements: str) -> list[tuple[Any, ...] | None]:
        """Run statements that allow no transaction around them, such as VACUUM; return the first row of each.

        On SQLite they run on a connection of their own in a thread, while nobody else here writes.
        """
        if self._writer is not None:
            async with self._writer.quiet():
                return await asyncio.to_thread(_run_outside, self.url, statements)
        async with self._engine.connect() as connection:
            free = await connection.execution_options(isolation_level="AUTOCOMMIT")
            found = [await free.exec_driver_sql(statement) for statement in statements]
            return [tuple(result.one()) if result.returns_rows else None for result in found]

    async def close(self) -> None:
        """Close all connections."""
        if self._writer is not None:
            await self._writer.close()
        await self._engine.dispose()


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


def is_collision(error: BaseException) -> bool:
    """Return whether PostgreSQL gave up on this transaction for another one, so that the same works at once.

    40P01 deadlock_detected, 40001 serialization_failure: https://www.postgresql.org/docs/current/errcodes-appendix.html
    """
    orig = error.orig if isinstance(error, DBAPIError) else None
    return getattr(orig, "sqlstate", None) in _COLLISIONS


def open_database(url: str | URL) -> Database:
    """Open the store at `url` without touching it yet.

    Raises StoreFault when the URL names neither SQLite (aiosqlite) nor PostgreSQL (asyncpg).
    """
    parsed = make_url(url)
    if parsed.drivername == "postgresql+asyncpg":
        engine = create_async_engine(
            parsed, pool_size=10, max_overflow=10, pool_pre_ping=True, hide_parameters=True
        )
        return Database(parsed, engine)
    if parsed.drivername != "sqlite+aiosqlite" or not parsed.database or parsed.database == ":memory:":
        raise StoreFault(
            "HAMROH_DATABASE_URL must be sqlite+aiosqlite:///FILE or postgresql+asyncpg://…, not "
            f"{parsed.drivername}: write one of these two."
        )
    reader = _sqlite_reader(parsed)
    return Database(parsed, reader, Writer(_sqlite_writer(parsed), reader))


def _sqlite_writer(url: URL) -> Engine:
    engine = create_engine(
        "sqlite://",
        creator=lambda: _sqlite_file(url, timeout_s=0),
        poolclass=StaticPool,
        hide_parameters=True,
    )
    event.listen(engine, "begin", lambda c: c.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _sqlite_reader(url: URL) -> AsyncEngine:
    def connect(*_: Any, **__: Any) -> aiosqlite.Connection:
        connection = aiosqlite.Connection(
            lambda: _sqlite_file(url, timeout_s=BUSY_WAIT_S), iter_chunk_size=64
        )
        connection._thread.daemon = True  # as SQLAlchemy does it: a stuck one ends with the program
        return connection

    engine = create_async_engine(
        url, pool_size=4, hide_parameters=True, connect_args={"async_creator_fn": connect}
    )
    event.listen(engine.sync_engine, "begin", lambda c: c.exec_driver_sql("BEGIN"))
    return engine


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
