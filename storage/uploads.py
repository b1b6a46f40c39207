"""Keep the ids of files that Telegram holds already, by bot and by the hash of the file."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import uploads


async def known(connection: AsyncConnection, bot_id: int, digest: bytes) -> str | None:
    """Return the id under which Telegram holds a file for this bot, or None."""
    statement = select(uploads.c.file_id).where(uploads.c.bot_id == bot_id, uploads.c.digest == digest)
    found: str | None = (await connection.execute(statement)).scalar_one_or_none()
    return found


async def keep(
    connection: AsyncConnection, bot_id: int, digest: bytes, file_id: str, *, now: datetime
) -> None:
    """Note the id of a file that was uploaded; a newer one takes the place of an older one."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    noted = {"file_id": file_id, "uploaded_at": now}
    statement = insert(uploads).values(bot_id=bot_id, digest=digest, **noted)
    await connection.execute(
        statement.on_conflict_do_update(index_elements=[uploads.c.bot_id, uploads.c.digest], set_=noted)
    )


async def forget(connection: AsyncConnection, bot_id: int, digest: bytes, file_id: str) -> None:
    """Drop an id that Telegram refuses, unless another one took its place."""
    await connection.execute(
        delete(uploads).where(
            uploads.c.bot_id == bot_id, uploads.c.digest == digest, uploads.c.file_id == file_id
        )
    )
