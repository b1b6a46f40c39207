"""Hold a lock of PostgreSQL's own: it ends with the session that holds it, however that ends."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


async def try_lock(connection: AsyncConnection, number: int) -> bool:
    """Take the advisory lock `number`, or return False when another session holds it.

    It belongs to the session, so the transaction ends here.
    """
    locked = await connection.execute(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": number})
    await connection.commit()
    return bool(locked.scalar())
