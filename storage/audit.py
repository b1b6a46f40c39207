"""Append to the audit log, read it, and see whether anybody changed it."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import RowMapping, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from care.audit import Anchor, Deed, Row, anchor_of, sealed_text
from storage.schema import audit, staff
from storage.vault import Vault

_LOCK = 0x6175646974  # "audit": on PostgreSQL one row is appended after the other
_LOCK_NOW = text("SELECT pg_advisory_xact_lock(:lock)")  # until the transaction ends
_AT_ONCE = 1000  # rows in memory
_COLUMNS = tuple(column for column in audit.c)


async def append(connection: AsyncConnection, vault: Vault, deed: Deed, *, now: datetime) -> None:
    """Write down what was done, chained to the row before."""
    if connection.dialect.name == "postgresql":
        await connection.execute(_LOCK_NOW, {"lock": _LOCK})
    last = (
        await connection.execute(select(audit.c.id, audit.c.mac).order_by(audit.c.id.desc()).limit(1))
    ).first()
    number, before = (last.id + 1, bytes(last.mac)) if last else (1, b"")
    row = Row(id=number, at=now, **asdict(deed))
    await connection.execute(
        insert(audit).values(**{**asdict(row), "mac": vault.hash(sealed_text(row, before))})
    )


async def newest(
    connection: AsyncConnection,
    *,
    most: int,
    before: int | None = None,
    organisation_id: int | None = None,
) -> Sequence[Row]:
    """Return the newest rows, newest first: those before the number `before`, those of an organisation.

    A row is an organisation's when who did it, or the member of staff whom it is about, is one of its people.
    """
    statement = select(*_COLUMNS).order_by(audit.c.id.desc()).limit(most)
    if before is not None:
        statement = statement.where(audit.c.id < before)
    if organisation_id is not None:
        own = select(staff.c.id).where(staff.c.organisation_id == organisation_id)
        about = (audit.c.about == "staff") & audit.c.about_id.in_(own)
        statement = statement.where(audit.c.actor_id.in_(own) | about)
    return [_row(found) for found in (await connection.execute(statement)).mappings()]


async def first_broken(connection: AsyncConnection, vault: Vault, *, since: int | None = None) -> int | None:
    """Return the number of the first row that was changed, cut or moved, or None when the chain is whole.

    With `since`, only rows from that number on are looked at. That the end was cut off is seen by `holds`
    alone.
    """
    statement = select(*_COLUMNS).order_by(audit.c.id).limit(_AT_ONCE)
    before, expected = b"", 1
    if since is not None and since > 1:
        last = await connection.execute(select(audit.c.mac).where(audit.c.id == since - 1))
        before, expected = bytes(last.scalar_one_or_none() or b""), since
    first = statement if expected == 1 else statement.where(audit.c.id >= expected)
    found = (await connection.execute(first)).mappings().all()
    while found:
        for row in map(_row, found):
            if row.id != expected or row.mac not in vault.hashes(sealed_text(row, before)):
                return expected
            before, expected = row.mac, expected + 1
        found = (await connection.execute(statement.where(audit.c.id >= expected))).mappings().all()
    return None


async def holds(connection: AsyncConnection, anchor: Anchor) -> bool:
    """Return whether the row that was written down outside is still there as it was."""
    found = (await connection.execute(select(*_COLUMNS).where(audit.c.id == anchor.row))).mappings().first()
    return found is not None and anchor_of(_row(found)) == anchor


def _row(found: RowMapping) -> Row:
    return Row(**{**found, "mac": bytes(found["mac"])})
