from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, make_url, text

from storage.engine import open_database
from storage.migrate import migrate, state
from storage.schema import metadata


@pytest.fixture
async def empty_url(any_url: str) -> str:
    """The URL of a store without tables: on SQLite without a file."""
    if any_url.startswith("sqlite"):
        Path(str(make_url(any_url).database)).unlink()
        return any_url
    database = open_database(any_url)
    async with database.writing() as connection:
        await connection.execute(text("DROP SCHEMA public CASCADE"))
        await connection.execute(text("CREATE SCHEMA public"))
    await database.close()
    return any_url


def differences(connection: Connection) -> list[object]:
    options = {"compare_type": True, "compare_server_default": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


async def test_migrating_an_empty_store_makes_the_tables_of_the_schema(empty_url):
    before = await migrate(empty_url)

    database = open_database(empty_url)
    async with database.reading() as connection:
        assert await connection.run_sync(differences) == []
    await database.close()
    assert before.current is None
    assert (await state(empty_url)).is_ready


async def test_a_table_that_no_migration_makes_is_found_by_the_comparison(any_database):
    async with any_database.writing() as connection:
        await connection.execute(text("DROP TABLE questions"))

        assert await connection.run_sync(differences) != []
