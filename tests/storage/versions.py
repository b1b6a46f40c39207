"""Make a store as an older release left it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic.command import upgrade
from alembic.config import Config
from sqlalchemy import create_engine

import storage.migrate

FOLDER = Path(storage.migrate.__file__).parent / "migrations"


def older(file: Path, version: str) -> None:
    """Make a SQLite file with the schema of `version`, without rows."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        upgrade(config, version)
    engine.dispose()
