"""Append outcomes: what happened, once per update and kind."""

from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from care.outcomes import Kind
from care.person import Episode
from care.roles import Actor
from storage.schema import outcomes

_COLUMNS = ("referral_id", "link_id", "staff_id", "area_id", "site_id", "clinic_id", "locale", "detail")
_APPEND = {
    "sqlite": sqlite.insert(outcomes).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(outcomes).on_conflict_do_nothing(),
}


async def append(
    connection: AsyncConnection,
    kind: Kind,
    *,
    now: datetime,
    role: Actor,
    update_id: int | None = None,
    about: Episode | None = None,
    **fields: Any,
) -> None:
    """Record an outcome; a second one of the same kind for the same update is ignored.

    `about` (a referral, with its link, owner, area and site) fills what `fields` do not say.
    """
    values = {name: fields.get(name, getattr(about, name, None)) for name in _COLUMNS}
    statement = _APPEND[connection.dialect.name]
    await connection.execute(
        statement, {"update_id": update_id, "kind": kind.value, "at": now, "role": role.value, **values}
    )
