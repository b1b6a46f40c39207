"""SQL stands only in storage/."""

import pytest

from tests.architecture.source import Module, modules

TYPES = {  # of values that others hand on; nothing can be asked with them
    "sqlalchemy.URL",
    "sqlalchemy.make_url",
    "sqlalchemy.RowMapping",
    "sqlalchemy.Row",
    "sqlalchemy.ext.asyncio.AsyncConnection",
}
FAULTS = "sqlalchemy.exc."
ASKING = (
    ".exec_driver_sql",
    ".outside_transactions",
    "sqlite3.connect",
    "aiosqlite.connect",
    "asyncpg.connect",
)


def asks(module: Module) -> list[str]:
    """Return what a module imports or calls to ask the database something by itself."""
    imported = [
        name
        for name in module.imports()
        if name.split(".")[0] in {"sqlalchemy", "aiosqlite", "asyncpg", "sqlite3"}
        and name not in TYPES
        and not name.startswith(FAULTS)
    ]
    tables = [name for name in module.imports() if name.startswith("storage.schema")]
    return [*imported, *tables, *(name for _, name in module.names() if name.endswith(ASKING))]


def test_only_the_storage_speaks_sql():
    found = {
        module.name: wrong
        for module in modules(["bot", "handlers", "care", "locales", "simulator"])
        if (wrong := asks(module))
    }

    assert found == {}


@pytest.mark.parametrize(
    "code",
    [
        "from sqlalchemy import select",
        "import sqlalchemy as sa",
        "from storage.schema import people",
        "import sqlite3",
        "def f(c):\n    return c.exec_driver_sql('SELECT 1')",
    ],
)
def test_sql_elsewhere_is_noticed(code: str):
    assert asks(Module("handlers.book", code))
