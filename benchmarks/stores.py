"""Make throw-away stores to measure on: a SQLite file, and a PostgreSQL database when there is a server."""

import os
import secrets
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import Table, insert, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from storage import schema
from storage.engine import Database, open_database

BATCH = 500  # rows in one statement
Rows = Iterable[tuple[Table, Sequence[Mapping[str, Any]]]]


async def on_each(title: str, rows: Rows, measure: Callable[[Database], Awaitable[bool]]) -> bool:
    """Fill a store on each database there is, measure it, and return whether all were fast.

    HAMROH_TEST_POSTGRES names the server of PostgreSQL; `.ci/postgres run` starts one.
    """
    fast, tables = True, [(table, list(many)) for table, many in rows]
    async with _urls() as urls:
        for name, url in urls.items():
            print(f"{name}: {title}")
            await fill(url, tables)
            database = open_database(url)
            fast &= await measure(database)
            await database.close()
    return fast


async def fill(url: str, rows: Rows) -> None:
    """Fill an empty database with these rows, table by table."""
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(schema.metadata.create_all)
        for table, many in rows:
            for start in range(0, len(many), BATCH):
                await connection.execute(insert(table), list(many[start : start + BATCH]))
    if engine.dialect.name == "postgresql":  # its autovacuum does so by itself after a while
        async with engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.execute(text("ANALYZE"))
    await engine.dispose()


@asynccontextmanager
async def _urls() -> AsyncIterator[dict[str, str]]:
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        urls = {"SQLite": f"sqlite+aiosqlite:///{Path(folder) / 'store.db'}"}
        if server := os.environ.get("HAMROH_TEST_POSTGRES"):
            urls["PostgreSQL"] = await _fresh_postgres(server, stack)
        yield urls


async def _fresh_postgres(server: str, stack: AsyncExitStack) -> str:
    """Make a database of our own on the server, dropped in the end, and return its URL."""
    name, url = f"measured_{secrets.token_hex(4)}", make_url(server)
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)

    async def run(statement: str) -> None:
        connection = await asyncpg.connect(plain)
        await connection.execute(statement)
        await connection.close()

    await run(f"CREATE DATABASE {name}")
    stack.push_async_callback(run, f"DROP DATABASE {name} WITH (FORCE)")
    return url.set(database=name).render_as_string(hide_password=False)
