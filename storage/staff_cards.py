"""Keep the card of a worker: what people see first who come through their link.

Name, photo and voice are encrypted with the worker's own key, and are gone with it.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import people, staff
from storage.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a worker shows of themselves; all of it may be missing."""

    name: str = ""  # first name or nickname, plain
    languages: tuple[str, ...] = ()  # codes; empty: they did not say
    photo: str = ""  # file id
    voice: str = ""  # file id


async def of(connection: AsyncConnection, vault: Vault, staff_id: int) -> Card | None:
    """Return the card of a member of staff, or None when they do not work now."""
    statement = (
        select(staff.c.name, staff.c.languages, staff.c.photo, staff.c.voice, people.c.key)
        .join(people, people.c.id == staff.c.person_id)
        .where(staff.c.id == staff_id, staff.c.ended_at.is_(None), staff.c.paused_at.is_(None))
    )
    row = (await connection.execute(statement)).mappings().first()
    if row is None:
        return None
    opened = {name: _opened(vault, row, name) for name in ("name", "photo", "voice")}
    return Card(languages=tuple(row["languages"] or ()), **opened)


async def change(connection: AsyncConnection, vault: Vault, staff_id: int, key: bytes, **values: str) -> None:
    """Change name, photo or voice of a card; an empty text takes it away. `key` is the worker's, wrapped."""
    sealed: dict[str, Any] = {
        name: vault.seal_for(key, value.encode()) if value else None for name, value in values.items()
    }
    await connection.execute(update(staff).where(staff.c.id == staff_id).values(**sealed))


def _opened(vault: Vault, row: RowMapping, name: str) -> str:
    return vault.open_for(row["key"], row[name]).decode() if row[name] is not None else ""
