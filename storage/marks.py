"""Keep single values under a name, such as when a nightly job last ran."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import marks


async def read(connection: AsyncConnection, name: str) -> str | None:
    """Return the value under `name`, or None when there is none."""
    return (await connection.execute(select(marks.c.value).where(marks.c.name == name))).scalar_one_or_none()


async def write(connection: AsyncConnection, name: str, value: str, *, now: datetime) -> None:
    """Put `value` under `name` (at most 60 characters), in place of the former one."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    values = {"value": value, "changed_at": now}
    statement = insert(marks).values(name=name, **values)
    await connection.execute(statement.on_conflict_do_update(index_elements=[marks.c.name], set_=values))
