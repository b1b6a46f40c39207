"""Bring the schema of a store to the version of this program.

Alembic takes half a second and 41 MB to import, so it is imported only when there is something to do.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlalchemy import URL, Connection, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateIndex, CreateTable

from storage import files
from storage.engine import StoreFault, open_database
from storage.schema import metadata
from storage.writer import BUSY_WAIT_S

NEEDED = "0005"  # the newest module of `storage/migrations/versions`
KNOWN = ("0001", "0002", "0003", "0004", "0005")  # all of them, oldest first
_FOLDER = Path(__file__).parent / "migrations"
T = TypeVar("T")
_LOCK = 0x48616D726F68  # "Hamroh": two programs on one PostgreSQL migrate one after the other


@dataclass(frozen=True, slots=True)
class State:
    """Which version the store has, and which one this program needs."""

    current: str | None  # None: the store is empty
    needed: str = NEEDED

    @property
    def is_ready(self) -> bool:
        """Whether the program can work with the store as it is."""
        return self.current == self.needed


async def state(url: str | URL, *, wait_s: float = BUSY_WAIT_S) -> State:
    """Examine the store and return its version; change nothing.

    Raises StoreFault when it cannot be used: unreachable, locked for `wait_s` seconds, read-only, damaged,
    not ours, or written by a newer program.
    """
    parsed = _checked(url)
    file = _file(parsed)
    if file is None:
        async with _postgres(parsed) as connection:
            return await connection.run_sync(_state)
    if not files.exists(file):
        return State(None)
    return await asyncio.to_thread(_examined, file, wait_s)


async def migrate(url: str | URL, *, wait_s: float = BUSY_WAIT_S) -> State:
    """Make a missing SQLite file, bring the store to NEEDED in one transaction; return what it was before.

    Raises StoreFault as `state` does, and when a new file cannot be made.
    """
    found = await state(url, wait_s=wait_s)
    if found.is_ready:
        return found
    parsed = make_url(url)
    file = _file(parsed)
    if file is None:
        async with _postgres(parsed) as connection:
            await connection.run_sync(_upgrade)
        return found
    files.make(file)
    await asyncio.to_thread(_on_file, file, _upgrade, wait_s)
    return found


def _checked(url: str | URL) -> URL:
    return open_database(url).url


def _file(url: URL) -> Path | None:
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


def _examined(file: Path, wait_s: float) -> State:
    files.examine(file, wait_s=wait_s)
    return _on_file(file, _state, wait_s)


def _on_file(file: Path, work: Callable[[Connection], T], wait_s: float) -> T:
    """Do `work` in one writing transaction on a connection of its own.

    Foreign keys are checked at its end and not before: a table that is rebuilt is dropped for a moment, and
    would take its dependent rows with it.
    """

    def connect() -> sqlite3.Connection:
        uri = f"{file.absolute().as_uri()}?mode=rw"
        connection = sqlite3.connect(uri, uri=True, timeout=wait_s, isolation_level=None)
        for pragma in (
            "journal_mode = WAL",
            "foreign_keys = OFF",
            "secure_delete = ON",
            "synchronous = FULL",
        ):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool, hide_parameters=True)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    try:
        with engine.begin() as connection:
            result = work(connection)
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise StoreFault(
                    f"the database {file} has rows that belong to nothing: restore it from your backup"
                )
            return result
    except DBAPIError as error:
        if isinstance(error.orig, sqlite3.Error):
            raise files.fault_of(file, error.orig) from error
        raise
    finally:
        engine.dispose()


@asynccontextmanager
async def _postgres(url: URL) -> AsyncIterator[AsyncConnection]:
    """Give a connection in a transaction of its own; say in a sentence why there is none."""
    where = f"{url.host or 'localhost'}:{url.port or 5432}"
    engine = create_async_engine(url, poolclass=NullPool, hide_parameters=True)
    try:
        try:
            connection = await engine.connect()
        except Exception as error:
            if not _is_theirs(error):
                raise
            raise StoreFault(
                f"PostgreSQL at {where} does not let us in ({_kind(error)}): see whether it runs, and "
                "correct the name, password and database of HAMROH_DATABASE_URL"
            ) from None  # the cause's text may hold the password
        try:
            async with connection.begin():
                yield connection
        finally:
            await connection.close()
    finally:
        await engine.dispose()


def _is_theirs(error: Exception) -> bool:
    """Return whether the driver or the network says no, and not a slip of our own."""
    return isinstance(error, OSError | SQLAlchemyError) or type(error).__module__.startswith("asyncpg.")


def _kind(error: BaseException) -> str:
    """Return the kind of a fault; its text may hold the password."""
    orig = getattr(error, "orig", None)
    return type(getattr(orig, "__cause__", None) or orig or error).__name__


def _state(connection: Connection) -> State:
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" not in tables:
        if tables:
            raise StoreFault(
                "the database has tables of another program: give Hamroh a database of its own in "
                "HAMROH_DATABASE_URL"
            )
        return State(None)
    current = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if current is not None and current not in KNOWN:
        raise StoreFault(
            f"the database was written by a newer Hamroh (schema {current}, this program knows {NEEDED}): "
            "upgrade the program, or restore the backup you made before upgrading"
        )
    return State(current)


def _make(connection: Connection) -> None:
    """Make the tables of an empty SQLite file at once: a first start should not cost what Alembic costs.

    A test holds that this gives the same as all migrations one after the other.
    """
    for table in metadata.tables.values():  # in any order: SQLite takes references to tables yet to come
        references = list(table.foreign_key_constraints)
        connection.execute(CreateTable(table, include_foreign_key_constraints=references))
        for index in table.indexes:
            connection.execute(CreateIndex(index))
    connection.execute(
        text("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
    )
    connection.execute(text("INSERT INTO alembic_version VALUES (:version)"), {"version": NEEDED})


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    tables = set(inspect(connection).get_table_names())
    empty = tables <= {"alembic_version"} and _state(connection).current is None
    if empty and connection.dialect.name == "sqlite":
        _make(connection)
    else:
        _walk(connection)


def _walk(connection: Connection) -> None:
    """Do all migrations that the store has not seen."""
    from alembic.command import upgrade
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    upgrade(config, "head")
