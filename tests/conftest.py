"""What many tests need: a store of their own, a vault, and a time that stands still."""

import asyncio
import functools
import gc
import logging
import os
import secrets
import shutil
import sqlite3
import sys
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import structlog
from hypothesis import HealthCheck, settings
from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

import storage.migrate
from bot import logs
from locales.catalogue import Words
from storage.engine import Database, open_database
from storage.migrate import NEEDED
from storage.schema import metadata
from storage.vault import Vault, new_key

POSTGRES = os.environ.get("HAMROH_TEST_POSTGRES")  # postgresql+asyncpg://… of a throw-away server

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")  # a busy machine is no fault of the code

_read = Words.load.__func__  # type: ignore[attr-defined]
_read_once = functools.cache(_read)


def _load(cls: type[Words], folder: Path | None = None, *, strict: bool = True) -> Words:
    return (_read if folder else _read_once)(cls, folder, strict=strict)  # type: ignore[no-any-return]


Words.load = classmethod(_load)  # type: ignore[assignment]  # frozen and large: read once, whoever asks


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what kills and restarts the program: no worker is left alone with it at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_collection_finish() -> None:
    """Look for garbage among new objects only: thousands of tests and all words stay for good."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: many tests wait, for a kill, for a start, for the other process."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture
def now() -> datetime:
    """A Saturday morning in Almaty (UTC+5)."""
    return datetime(2026, 11, 21, 4, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def vault() -> Vault:
    return Vault([new_key()])


@pytest.fixture
def logs_put_back() -> Iterator[None]:
    """Put the logs of this process back as they were, whatever the test makes of them."""
    root = logging.getLogger()
    before = root.handlers[:], root.level, logging.raiseExceptions
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    levels = {name: logging.getLogger(name).level for name in (*logs.OURS, *logs.LIBRARIES)}
    yield
    root.handlers[:], root.level, logging.raiseExceptions = before
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the newest schema, to be copied. A test of the migrations holds that they make the same."""
    file = tmp_path_factory.mktemp("template") / "template.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(file), poolclass=NullPool)
    with engine.begin() as connection:
        metadata.create_all(connection)
        connection.execute(
            text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        )
        connection.execute(text("INSERT INTO alembic_version VALUES (:needed)"), {"needed": NEEDED})
    engine.dispose()
    return file


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of a fresh SQLite file with the newest schema."""
    shutil.copy(sqlite_template, tmp_path / "hamroh.db")
    return f"sqlite+aiosqlite:///{tmp_path / 'hamroh.db'}"


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[str]:
    """The name of a PostgreSQL database with the newest schema, to be copied."""
    name = f"hamroh_{secrets.token_hex(4)}"
    _outside(_make_template(name))
    yield name
    _outside(_on_server(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def postgres_url(postgres_template: str) -> Iterator[str]:
    """The URL of a fresh PostgreSQL database with the newest schema."""
    name = f"hamroh_{secrets.token_hex(4)}"
    _outside(_on_server(f"CREATE DATABASE {name} TEMPLATE {postgres_template}"))
    yield _url_of(name)
    _outside(_on_server(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
async def database(sqlite_url: str) -> AsyncIterator[Database]:
    """A fresh store in a SQLite file."""
    opened = open_database(sqlite_url)
    yield opened
    await opened.close()


@pytest.fixture(params=["sqlite", *(["postgres"] if POSTGRES else [])])
def any_url(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh store: in a SQLite file, then on PostgreSQL when there is a server for tests."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def best_url(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh store: on PostgreSQL when there is a server for tests, else in a SQLite file.

    For what is long and whose part in the store is tried on both elsewhere.
    """
    return str(request.getfixturevalue("postgres_url" if POSTGRES else "sqlite_url"))


@pytest.fixture
async def any_database(any_url: str) -> AsyncIterator[Database]:
    """A fresh store: in a SQLite file, then on PostgreSQL when there is a server for tests."""
    opened = open_database(any_url)
    yield opened
    await opened.close()


def _url_of(name: str) -> str:
    return make_url(str(POSTGRES)).set(database=name).render_as_string(hide_password=False)


def _outside(work: Coroutine[Any, Any, None]) -> None:
    """Run in a thread of its own: the loops of the tests stay untouched."""
    with ThreadPoolExecutor(max_workers=1) as threads:
        threads.submit(asyncio.run, work).result()


async def _on_server(statement: str) -> None:
    connection = await asyncpg.connect(str(POSTGRES).replace("postgresql+asyncpg", "postgresql"))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _make_template(name: str) -> None:
    await _on_server(f"CREATE DATABASE {name}")
    engine = create_async_engine(_url_of(name), poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(_make_schema)
    await engine.dispose()


def _make_schema(store: Connection) -> None:
    """Migrate: SQLAlchemy would mark the references of its metadata as made, for SQLite, too."""
    storage.migrate._walk(store)
