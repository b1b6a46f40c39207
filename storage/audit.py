"""Append to the audit log, read it, and see whether anybody changed it."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from care.audit import Deed, Row, sealed_text
from storage.schema import audit
from storage.vault import Vault

_LOCK = 0x6175646974  # "audit": on PostgreSQL one row is appended after the other
_COLUMNS = tuple(column for column in audit.c)


async def append(connection: AsyncConnection, vault: Vault, deed: Deed, *, now: datetime) -> None:
    """Write down what was done, chained to the row before."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    last = (
        await connection.execute(select(audit.c.id, audit.c.mac).order_by(audit.c.id.desc()).limit(1))
    ).first()
    number, before = (last.id + 1, bytes(last.mac)) if last else (1, b"")
    row = Row(id=number, at=now, **asdict(deed))
    await connection.execute(
        insert(audit).values(**{**asdict(row), "mac": vault.hash(sealed_text(row, before))})
    )


async def newest(connection: AsyncConnection, *, most: int, before: int | None = None) -> Sequence[Row]:
    """Return the newest rows, newest first; those before the number `before`."""
    statement = select(*_COLUMNS).order_by(audit.c.id.desc()).limit(most)
    if before is not None:
        statement = statement.where(audit.c.id < before)
    return [Row(**row) for row in (await connection.execute(statement)).mappings()]


async def count(connection: AsyncConnection) -> int:
    """Return how many rows there are."""
    return int((await connection.execute(select(func.count()).select_from(audit))).scalar_one())


async def first_broken(connection: AsyncConnection, vault: Vault) -> int | None:
    """Return the number of the first row that was changed, cut or moved, or None when the chain is whole."""
    before, expected = b"", 1
    rows = await connection.stream(select(*_COLUMNS).order_by(audit.c.id))
    async for found in rows.mappings():
        row = Row(**found)
        if row.id != expected or bytes(row.mac) not in vault.hashes(sealed_text(row, before)):
            return expected
        before, expected = bytes(row.mac), expected + 1
    return None
