"""Sell the places of a clinic, each once: the unique index of clinic, time and place decides who has it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from care.booking import Slot
from care.directory import ClosureKind
from care.places import OVERFLOW
from storage.people import random_id
from storage.schema import bookings, clinics, closures

_SELL = {
    "sqlite": sqlite.insert(bookings).on_conflict_do_nothing().returning(*bookings.c),
    "postgresql": postgresql.insert(bookings).on_conflict_do_nothing().returning(*bookings.c),
}


async def sell(connection: AsyncConnection, slot: Slot, *, now: datetime, **wanted: Any) -> RowMapping | None:
    """Try the free places one after the other; return None when others had them all, or the clinic has
    closed meanwhile.

    `wanted` are the columns that say whose it is, `local_day` among them.
    """
    if await _shut(connection, slot):
        return None
    for place in await _free_places(connection, slot):
        values = {
            "id": random_id(),
            "clinic_id": slot.clinic_id,
            "starts_at": slot.starts_at,
            "local_start": written(slot.local),
            "zone": slot.zone,
            "place": place,
            "created_at": now,
            **wanted,
        }
        statement = _SELL[connection.dialect.name]
        row = (await connection.execute(statement, values)).mappings().one_or_none()
        if row is not None:
            return row
    return None


async def _shut(connection: AsyncConnection, slot: Slot) -> bool:
    """Return whether the clinic closed these hours since the slot was read.

    Whoever closes locks the clinic's row, and so does whoever sells: no place is sold behind the back of a
    closing that tells everybody who is booked. (The lock is for PostgreSQL; SQLite has one writer.)
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(
            select(clinics.c.id).where(clinics.c.id == slot.clinic_id).with_for_update(read=True)
        )
    local = written(slot.local)
    statement = select(closures.c.id).where(
        closures.c.clinic_id == slot.clinic_id,
        closures.c.kind != ClosureKind.FEWER.value,
        closures.c.undone_at.is_(None),
        closures.c.local_from <= local,
        closures.c.local_until > local,
    )
    return (await connection.execute(statement.limit(1))).first() is not None


async def _free_places(connection: AsyncConnection, slot: Slot) -> Sequence[int]:
    """Return the places that look free: as many as the capacity leaves, the lowest first."""
    statement = select(bookings.c.place).where(
        bookings.c.clinic_id == slot.clinic_id,
        bookings.c.local_start == written(slot.local),
        bookings.c.place < OVERFLOW,
        bookings.c.cancelled_at.is_(None),
    )
    sold = set((await connection.execute(statement)).scalars().all())
    if len(sold) >= slot.capacity:
        return ()  # also when the capacity was lowered and a high place is still sold
    return [place for place in range(slot.capacity) if place not in sold]


def written(local: datetime) -> str:
    """Write a local time as the store keeps it: "2026-11-25T18:30"."""
    return local.isoformat(timespec="minutes")
