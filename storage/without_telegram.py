"""Keep people without Telegram: registered by somebody of the team, and taken over by themselves later."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.ownership import Reason
from care.person import Person
from storage import ownership, people, referrals
from storage.people import random_id
from storage.schema import people as people_table
from storage.schema import referrals as referrals_table
from storage.vault import Vault

MOST_LISTED = 10


async def register(
    connection: AsyncConnection,
    vault: Vault,
    *,
    staff_id: int,
    locale: str,
    consent_version: str,
    area_id: int | None,
    now: datetime,
) -> Person:
    """Remember somebody without Telegram who has just agreed; their referral is the worker's.

    Raises LookupError when they cannot be read back.
    """
    person_id = random_id()
    await connection.execute(
        insert(people_table).values(
            id=person_id,
            registered_by=staff_id,
            key=vault.new_person_key(),
            locale=locale,
            consent_version=consent_version,
            consent_locale=locale,
            consented_at=now,
            area_id=area_id,
            seen_on=now.date(),
            created_at=now,
        )
    )
    referral_id = await referrals.open_for(connection, person_id, now=now, area_id=area_id)
    await ownership.assign(connection, referral_id, staff_id, Reason.TAKEN, now=now)
    person = await people.by_id(connection, person_id)
    if person is None:
        raise LookupError("the person who was just registered is not there")
    return person


async def one_of(connection: AsyncConnection, person_id: int, staff_ids: Collection[int]) -> Person | None:
    """Return somebody without Telegram whom one of `staff_ids` registered or looks after; else None."""
    statement = select(people_table.c.id).where(people_table.c.id == person_id, _theirs(staff_ids))
    found = (await connection.execute(_joined(statement))).first()
    return await people.by_id(connection, person_id) if found is not None else None


async def all_of(connection: AsyncConnection, staff_ids: Collection[int]) -> Sequence[RowMapping]:
    """Return id and locale of those whom `staff_ids` registered or look after, the last seen in front."""
    statement = _joined(select(people_table.c.id, people_table.c.locale)).where(_theirs(staff_ids))
    newest = statement.order_by(people_table.c.seen_on.desc(), people_table.c.created_at.desc())
    return list((await connection.execute(newest.limit(MOST_LISTED))).mappings())


async def give_telegram(
    connection: AsyncConnection,
    vault: Vault,
    person: Person,
    telegram_id: int,
    *,
    locale: str,
    consent_version: str,
    now: datetime,
) -> None:
    """Write a Telegram account to the record of somebody who had none. Raises IntegrityError when it is
    another person's."""
    await connection.execute(
        update(people_table)
        .where(people_table.c.id == person.id, people_table.c.telegram_hash.is_(None))
        .values(
            telegram_hash=vault.hash(str(telegram_id)),
            telegram_id=vault.seal_for(person.key, str(telegram_id).encode()),
            reminders_to=None,
            locale=locale,
            consent_version=consent_version,
            consent_locale=locale,
            consented_at=now,
            seen_on=now.date(),
        )
    )


async def stop_reminders(connection: AsyncConnection, person_id: int, friend_id: int) -> bool:
    """Send a person's reminders to a friend no more; return False when the friend did not get them."""
    stopped = await connection.execute(
        update(people_table)
        .where(people_table.c.id == person_id, people_table.c.reminders_to == friend_id)
        .values(reminders_to=None)
    )
    return stopped.rowcount == 1


def _joined(statement: Select[Any]) -> Select[Any]:
    return statement.select_from(
        people_table.outerjoin(
            referrals_table,
            (referrals_table.c.person_id == people_table.c.id) & referrals_table.c.closed_at.is_(None),
        )
    )


def _theirs(staff_ids: Collection[int]) -> ColumnElement[bool]:
    mine = list(staff_ids)
    return people_table.c.telegram_hash.is_(None) & or_(
        people_table.c.registered_by.in_(mine), referrals_table.c.staff_id.in_(mine)
    )
