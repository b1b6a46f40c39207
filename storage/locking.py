"""Hold a lock of PostgreSQL's own: it ends with the session or the transaction, however that ends."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


async def try_lock(connection: AsyncConnection, number: int) -> bool:
    """Take the advisory lock `number`, or return False when another session holds it.

    It belongs to the session, so the transaction ends here.
    """
    locked = await connection.execute(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": number})
    await connection.commit()
    return bool(locked.scalar())


async def try_until_commit(connection: AsyncConnection, number: int) -> bool:
    """Take the advisory lock `number` for this transaction, or return False when another one holds it.

    On SQLite there is one writer: whoever writes is alone.
    """
    if connection.dialect.name != "postgresql":
        return True
    locked = await connection.execute(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": number})
    return bool(locked.scalar())
