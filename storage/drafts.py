"""Keep what a person is in the middle of: at most one thing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import drafts


@dataclass(frozen=True, slots=True)
class Draft:
    """Something begun and not finished."""

    kind: str  # booking, code …
    content: Mapping[str, Any]  # ids and closed words only
    changed_at: datetime  # aware, UTC


async def put(
    connection: AsyncConnection, person_id: int, kind: str, content: Mapping[str, Any], *, now: datetime
) -> None:
    """Remember what the person is in the middle of, in place of what was before."""
    values = {"kind": kind, "content": dict(content), "changed_at": now}
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(drafts).values(person_id=person_id, **values)
    await connection.execute(
        statement.on_conflict_do_update(index_elements=[drafts.c.person_id], set_=values)
    )


async def get(connection: AsyncConnection, person_id: int, kind: str) -> Draft | None:
    """Return what the person is in the middle of, when it is of this kind."""
    statement = select(drafts.c.kind, drafts.c.content, drafts.c.changed_at).where(
        drafts.c.person_id == person_id, drafts.c.kind == kind
    )
    row = (await connection.execute(statement)).one_or_none()
    return Draft(*row) if row is not None else None


async def drop_any(connection: AsyncConnection, person_id: int, kinds: Collection[str]) -> None:
    """Forget the person's draft when it is of one of these kinds."""
    await connection.execute(
        delete(drafts).where(drafts.c.person_id == person_id, drafts.c.kind.in_(sorted(kinds)))
    )


async def other_than(connection: AsyncConnection, person_id: int, kind: str) -> bool:
    """Return whether the person is in the middle of something, and not of this kind."""
    statement = select(drafts.c.kind).where(drafts.c.person_id == person_id, drafts.c.kind != kind)
    return (await connection.execute(statement)).first() is not None


async def drop(connection: AsyncConnection, person_id: int, kind: str) -> None:
    """Forget the person's draft of this kind: it is finished or given up."""
    await connection.execute(delete(drafts).where(drafts.c.person_id == person_id, drafts.c.kind == kind))
