"""Keep the journeys of people who leave, and the cards for whoever receives them: only the hash of a code."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Delete, RowMapping, delete, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.transfer import (
    VALID,
    Country,
    Field,
    Transfer,
    arrived_key,
    asked_later,
    is_code,
    questions,
    went_on_key,
)
from storage import due, locking, referrals, schema
from storage.people import random_id
from storage.schema import transfers
from storage.staff import code_hash

ENDED_FOR = timedelta(days=90)
BEGUN_FOR = timedelta(days=365)  # of a journey whose end nobody told
_FIELDS = frozenset(Field)
_COUNTRIES = frozenset(Country)


async def open_of(connection: AsyncConnection, person_id: int, *, lock: bool = False) -> Transfer | None:
    """Return the journey that a person is on or plans, the newest; with `lock` it stays so."""
    statement = (
        select(transfers)
        .where(transfers.c.person_id == person_id, transfers.c.ended_at.is_(None))
        .order_by(transfers.c.created_at.desc(), transfers.c.id.desc())
        .limit(1)
    )
    if lock:
        statement = statement.with_for_update()
    row = (await connection.execute(statement)).mappings().first()
    return from_row(row) if row is not None else None


async def arrived_in(connection: AsyncConnection, person_id: int) -> Country | None:
    """Return the country where somebody has arrived and is; None while an episode is open here."""
    here = exists().where(
        schema.referrals.c.person_id == transfers.c.person_id, schema.referrals.c.closed_at.is_(None)
    )
    statement = (
        select(transfers)
        .where(transfers.c.person_id == person_id, transfers.c.arrived.is_(True), ~here)
        .order_by(transfers.c.created_at.desc(), transfers.c.id.desc())
        .limit(1)
    )
    row = (await connection.execute(statement)).mappings().first()
    return from_row(row).country if row is not None else None


async def own(
    connection: AsyncConnection, transfer_id: int, person_id: int, *, lock: bool = False
) -> Transfer | None:
    """Return a journey of this person, or None: the same for 'not theirs' and 'not there'."""
    which = transfers.c.id == transfer_id, transfers.c.person_id == person_id
    return await _one(connection, *which, lock=lock)


async def by_code(connection: AsyncConnection, code: str) -> Transfer | None:
    """Return the journey whose card a code belongs to, locked, also when it opens nothing any more."""
    if not is_code(code):
        return None
    return await _one(connection, transfers.c.code_hash == code_hash(code), lock=True)


async def plan(
    connection: AsyncConnection,
    person_id: int,
    country: Country,
    *,
    leaves_on: date | None,
    referral_id: int | None,
    zone: str,
    now: datetime,
) -> Transfer:
    """Keep where somebody goes and when, and plan the questions that follow; a second time changes it."""
    await locking.person(connection, person_id)
    known = await open_of(connection, person_id, lock=True)
    values = {"country": country.value, "leaves_on": leaves_on}
    if known is None:
        transfer_id = random_id()
        await connection.execute(
            insert(transfers).values(
                id=transfer_id,
                person_id=person_id,
                referral_id=referral_id,
                allowed=None,
                created_at=now,
                **values,
            )
        )
    else:
        transfer_id = known.id
        await change(connection, transfer_id, **values)
        await _cancel_questions(connection, transfer_id, now=now)
    planned = await _one(connection, transfers.c.id == transfer_id)
    if planned is None:
        raise LookupError("the journey that was just kept is not there")
    for question in questions(planned, zone=zone, now=now):
        await due.schedule(connection, question, now=now)
    return planned


async def change(connection: AsyncConnection, transfer_id: int, **values: Any) -> None:
    """Change columns of a journey."""
    await connection.execute(update(transfers).where(transfers.c.id == transfer_id).values(**values))


async def allow(
    connection: AsyncConnection, transfer_id: int, fields: frozenset[Field], written: bytes | None
) -> None:
    """Keep what may stand on the card, and what was typed for it (sealed with the person's key)."""
    allowed = [one.value for one in Field if one in fields]
    await change(connection, transfer_id, allowed=allowed, written=written)


async def give_code(connection: AsyncConnection, transfer_id: int, code: str, *, now: datetime) -> datetime:
    """Let a code open the card, once, and return until when; the code before it opens nothing any more."""
    until = now + VALID
    await change(connection, transfer_id, code_hash=code_hash(code), expires_at=until, opened_at=None)
    return until


async def take_back(connection: AsyncConnection, transfer_id: int) -> None:
    """Let the code of a card open nothing any more."""
    await change(connection, transfer_id, code_hash=None, expires_at=None)


async def open_once(connection: AsyncConnection, code: str, *, now: datetime) -> bool:
    """Use a code up; return False when it opens nothing: used, late, taken back, ended or unknown."""
    used = await connection.execute(
        update(transfers)
        .where(
            transfers.c.code_hash == code_hash(code),
            transfers.c.opened_at.is_(None),
            transfers.c.expires_at > now,
            transfers.c.ended_at.is_(None),
        )
        .values(opened_at=now)
    )
    return used.rowcount == 1


async def taken_over(connection: AsyncConnection, old_id: int, person_id: int) -> None:
    """Ask whoever takes a record over what the record without Telegram was to be asked of its journeys."""
    ours = select(transfers.c.id).where(transfers.c.person_id == old_id)
    keys = [
        key
        for transfer_id in (await connection.execute(ours)).scalars().all()
        for key in (arrived_key(transfer_id), went_on_key(transfer_id))
    ]
    table = schema.due
    await connection.execute(update(table).where(table.c.key.in_(keys)).values(person_id=person_id))


def over(*, now: datetime) -> list[tuple[str, Delete]]:
    """Return what erases journeys past their term: 90 days after the end, a year after the beginning."""
    ended, begun = now - ENDED_FOR, now - BEGUN_FOR
    gone = or_(transfers.c.ended_at < ended, transfers.c.created_at < begun)
    return [("transfers", delete(transfers).where(gone))]


async def referral_of(connection: AsyncConnection, transfer: Transfer) -> RowMapping | None:
    """Return the referral of a journey: the person's open one, else the one that it ended."""
    now_open = await referrals.of(connection, transfer.person_id)
    if now_open is not None or transfer.referral_id is None:
        return now_open
    table = schema.referrals
    statement = select(table).where(
        table.c.id == transfer.referral_id, table.c.person_id == transfer.person_id
    )
    return (await connection.execute(statement)).mappings().first()


async def end(connection: AsyncConnection, transfer_id: int, *, now: datetime, **values: Any) -> None:
    """End a journey: its card opens nothing, nothing is asked any more, and it is erased after its term."""
    ended = {"ended_at": now, "code_hash": None, "expires_at": None, **values}
    await connection.execute(
        update(transfers).where(transfers.c.id == transfer_id, transfers.c.ended_at.is_(None)).values(**ended)
    )
    await _cancel_questions(connection, transfer_id, now=now)


async def ask_later(
    connection: AsyncConnection, transfer: Transfer, *, arrival: datetime, zone: str, now: datetime
) -> None:
    """Move the month's question along: somebody is there for a while before they are asked how it goes."""
    later = asked_later(transfer, arrival=arrival, zone=zone)
    await due.cancel(connection, key=later.key, now=now)
    await due.schedule(connection, later, now=now)


async def _cancel_questions(connection: AsyncConnection, transfer_id: int, *, now: datetime) -> None:
    for key in (arrived_key(transfer_id), went_on_key(transfer_id)):
        await due.cancel(connection, key=key, now=now)


async def _one(
    connection: AsyncConnection, *which: ColumnElement[bool], lock: bool = False
) -> Transfer | None:
    statement = select(transfers).where(*which)
    locked = statement.with_for_update() if lock else statement
    row = (await connection.execute(locked)).mappings().first()
    return from_row(row) if row is not None else None


def from_row(row: RowMapping | Mapping[str, Any]) -> Transfer:
    """Return a row of the table as the rules see it."""
    country = row["country"]
    return Transfer(
        id=row["id"],
        person_id=row["person_id"],
        referral_id=row["referral_id"],
        country=Country(country) if country in _COUNTRIES else Country.OTHER,
        centre_id=row["centre_id"],
        leaves_on=row["leaves_on"],
        allowed=frozenset(Field(one) for one in row["allowed"] or () if one in _FIELDS),
        has_chosen=row["allowed"] is not None,
        written=row["written"],
        has_code=row["code_hash"] is not None,
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        opened_at=row["opened_at"],
        arrived=row["arrived"],
        went_on=row["went_on"],
        ended_at=row["ended_at"],
    )
