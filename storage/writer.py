"""Write to SQLite: one writer, whose transactions share a commit with those that wait behind them.

SQLite has one writer at a time, and what costs is not its statements but what lies around them: hops to a
thread and back (four for each statement through aiosqlite) and the disk. So the writer's statements run where
they are called, which takes microseconds in WAL mode and never waits, and only the commit, which waits for
the disk, goes to a thread. Whoever is done while others wait leaves the commit to them: each transaction is a
savepoint of the shared one, returns only once that is committed, and is undone alone when it fails. Measured
against a connection of aiosqlite under a lock: a fifth of the processor time.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

BUSY_WAIT_S = 30.0  # how long another process may hold the file before we give up
BUSY_PAUSE_S = 0.02
MOST_TOGETHER = 64  # transactions that share a commit
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY_SNAPSHOT}


class InlineConnection(AsyncConnection):
    """An AsyncConnection whose statements run at once, on a connection that needs no thread."""

    async def execute(self, statement: Any, parameters: Any = None, *, execution_options: Any = None) -> Any:
        """Run a statement."""
        return self._sync().execute(statement, parameters, execution_options=execution_options)

    async def exec_driver_sql(
        self, statement: str, parameters: Any = None, execution_options: Any = None
    ) -> Any:
        """Run a statement in the driver's own words."""
        return self._sync().exec_driver_sql(statement, parameters, execution_options)

    def _sync(self) -> Connection:
        connection = self.sync_connection
        if connection is None:
            raise RuntimeError("the writer is not open")
        return connection


class Writer:
    """The one writer of a SQLite file."""

    def __init__(self, engine: Engine, face: AsyncEngine) -> None:
        """Write through `engine`; `face` is the engine that connections show as theirs."""
        self._engine = engine
        self._face = face
        self._connection: Connection | None = None
        self._turn = asyncio.Lock()
        self._queued = 0
        self._together = 0  # transactions that are done and not committed
        self._committed: asyncio.Future[None] | None = None  # of the open shared transaction

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Give the connection for one transaction; return once it is on the disk.

        Raises OperationalError when another process holds the file for more than BUSY_WAIT_S seconds.
        """
        await self._take_turn()
        try:
            connection = await self._begun()
            committed = self._committed
            try:
                _raw(connection).execute("SAVEPOINT body")
                yield InlineConnection(self._face, connection)
                _raw(connection).execute("RELEASE body")
                self._together += 1
            except BaseException as error:
                self._undo(connection, error)
                raise
            finally:
                if self._queued == 0 or self._together >= MOST_TOGETHER:
                    await self._commit()
        finally:
            self._turn.release()
        if committed is not None:
            await asyncio.shield(committed)

    @asynccontextmanager
    async def quiet(self) -> AsyncIterator[None]:
        """Keep everybody from writing while the body runs; no transaction is open then."""
        await self._take_turn()
        try:
            await self._commit()
            yield
        finally:
            self._turn.release()

    async def close(self) -> None:
        """Commit what is left, and close."""
        async with self.quiet():
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            self._engine.dispose()

    async def _take_turn(self) -> None:
        self._queued += 1
        try:
            await self._turn.acquire()
        except BaseException:
            self._queued -= 1
            if self._committed is not None and not self._turn.locked():
                await self._flush()  # somebody left the commit to us
            raise
        self._queued -= 1

    async def _flush(self) -> None:
        async with self._turn:
            await self._commit()

    async def _begun(self) -> Connection:
        """Return the connection with the shared transaction open; wait while another process writes."""
        if self._connection is None:
            self._connection = await asyncio.to_thread(self._engine.connect)
        if self._committed is not None:
            return self._connection
        loop = asyncio.get_running_loop()
        deadline = loop.time() + BUSY_WAIT_S
        while True:
            try:
                self._connection.begin()
                break
            except OperationalError as error:
                self._connection.rollback()
                if loop.time() > deadline or getattr(error.orig, "sqlite_errorcode", None) not in _BUSY:
                    raise
            await asyncio.sleep(BUSY_PAUSE_S)
        self._committed = loop.create_future()
        self._committed.add_done_callback(_heard)
        return self._connection

    def _undo(self, connection: Connection, error: BaseException) -> None:
        """Undo one transaction; when SQLite has undone all of them, whoever waits for the commit is told."""
        try:
            _raw(connection).execute("ROLLBACK TO body")
            _raw(connection).execute("RELEASE body")
        except sqlite3.Error as lost:  # a full disk or a broken one ends the whole transaction
            self._end(error if isinstance(error, DBAPIError) else OperationalError("ROLLBACK", None, lost))
            connection.rollback()
            connection.invalidate()  # a statement that was not read to its end would stop the next ones, too
            connection.close()
            self._connection = None

    async def _commit(self) -> None:
        """Commit what is done; when cancelled, only after it is through: the next writer starts clean."""
        connection, committed = self._connection, self._committed
        if connection is None or committed is None:
            return
        commit = asyncio.ensure_future(asyncio.to_thread(connection.commit))
        try:
            await asyncio.shield(commit)
        except asyncio.CancelledError:
            await asyncio.wait([commit])
            self._settle(connection, commit)
            raise
        except DBAPIError:
            pass  # whoever waits for this commit hears of it below
        self._settle(connection, commit)

    def _settle(self, connection: Connection, commit: "asyncio.Future[None]") -> None:
        error = commit.exception()
        if error is not None:
            connection.rollback()
        self._end(error)

    def _end(self, error: BaseException | None) -> None:
        committed, self._committed, self._together = self._committed, None, 0
        if committed is not None and not committed.done():
            if error is None:
                committed.set_result(None)
            else:
                committed.set_exception(error)


def _raw(connection: Connection) -> sqlite3.Connection:
    """Return SQLite's own connection: a savepoint needs none of what surrounds a statement."""
    raw = connection.connection.driver_connection
    if not isinstance(raw, sqlite3.Connection):
        raise TypeError("the writer is no connection of sqlite3")
    return raw


def _heard(committed: "asyncio.Future[None]") -> None:
    """Take note of an exception that nobody waits for: the transaction that caused it has raised its own."""
    if not committed.cancelled():
        committed.exception()
