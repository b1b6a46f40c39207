"""Journeys and their cards in a real store: a code opens once, whoever is quicker; all of it goes in time."""

import asyncio
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from care.person import Person
from care.transfer import VALID, Country, Field, Transfer, new_code, opened
from storage import due, erasing, people, schema, transfer_facts, transfers
from storage.engine import Database
from storage.people import random_id
from storage.taking_over import take_over
from storage.vault import Vault, new_key

ZONE = "Asia/Almaty"


@pytest.fixture
def vault() -> Vault:
    return Vault([new_key()])


async def somebody(database: Database, vault: Vault, now: datetime, *, telegram_id: int = 7) -> Person:
    given = {"locale": "uz", "consent_version": "test", "link_id": None, "area_id": None}
    async with database.writing() as store:
        return await people.add(store, vault, telegram_id, now=now, **given)


async def journey(database: Database, person: Person, now: datetime) -> Transfer:
    async with database.writing() as store:
        return await transfers.plan(
            store,
            person.id,
            Country.TJ,
            leaves_on=date(2026, 12, 1),
            referral_id=None,
            zone=ZONE,
            now=now,
        )


async def test_of_many_who_open_a_card_at_once_one_does(any_database: Database, vault: Vault, now: datetime):
    known, code = await journey(any_database, await somebody(any_database, vault, now), now), new_code()
    async with any_database.writing() as store:
        await transfers.give_code(store, known.id, code, now=now)

    async def opens() -> bool:
        async with any_database.writing() as store:
            there = await transfers.by_code(store, code)
            return there is not None and await transfers.open_once(store, code, now=now)

    assert sum(await asyncio.gather(*(opens() for _ in range(12)))) == 1


async def test_a_code_opens_nothing_once_it_is_late_taken_back_or_replaced(
    any_database: Database, vault: Vault, now: datetime
):
    known = await journey(any_database, await somebody(any_database, vault, now), now)
    late, replaced, taken = new_code(), new_code(), new_code()
    async with any_database.writing() as store:
        await transfers.give_code(store, known.id, late, now=now)
        assert not await transfers.open_once(store, late, now=now + VALID)
        await transfers.give_code(store, known.id, replaced, now=now)
        await transfers.give_code(store, known.id, taken, now=now)
        assert not await transfers.open_once(store, replaced, now=now)
        await transfers.take_back(store, known.id)
        assert not await transfers.open_once(store, taken, now=now)
        assert await transfers.by_code(store, "tc-" + "x" * 22) is None


async def test_two_plans_at_once_make_one_journey(any_database: Database, vault: Vault, now: datetime):
    person = await somebody(any_database, vault, now)

    await asyncio.gather(*(journey(any_database, person, now) for _ in range(8)))

    async with any_database.reading() as store:
        assert len((await store.execute(select(schema.transfers.c.id))).all()) == 1
        kinds = (await store.execute(select(schema.due.c.kind))).scalars().all()
    assert sorted(kinds) == ["arrived", "went-on"]


async def test_journeys_are_erased_ninety_days_after_their_end(
    any_database: Database, vault: Vault, now: datetime
):
    known = await journey(any_database, await somebody(any_database, vault, now), now)
    async with any_database.writing() as store:
        await transfers.end(store, known.id, now=now)

    await erasing.retention(any_database, now=now + timedelta(days=89))
    async with any_database.reading() as store:
        assert (await store.execute(select(schema.transfers.c.id))).all()
    gone = await erasing.retention(any_database, now=now + timedelta(days=91))

    assert gone["transfers"] == 1


async def test_a_journey_whose_end_nobody_told_is_erased_after_a_year(
    any_database: Database, vault: Vault, now: datetime
):
    await journey(any_database, await somebody(any_database, vault, now), now)

    assert (await erasing.retention(any_database, now=now + timedelta(days=364)))["transfers"] == 0
    assert (await erasing.retention(any_database, now=now + timedelta(days=366)))["transfers"] == 1


async def test_who_takes_a_record_over_has_its_card_and_is_asked(
    any_database: Database, vault: Vault, now: datetime
):
    old = await somebody(any_database, vault, now, telegram_id=8)
    person = await somebody(any_database, vault, now)
    known = await journey(any_database, old, now)
    async with any_database.writing() as store:
        sealed = transfer_facts.sealed(vault, old, {Field.NAME: "Фарҳод"})
        await transfers.allow(store, known.id, frozenset({Field.NAME}), sealed)
        await take_over(store, vault, old, person, now=now)

    async with any_database.reading() as store:
        mine = await transfers.open_of(store, person.id)
        assert mine is not None
        assert transfer_facts.written_of(vault, person, mine) == {Field.NAME: "Фарҳод"}
        rows = (await store.execute(select(schema.due.c.person_id, schema.due.c.state))).all()
    assert [tuple(row) for row in rows] == [(person.id, "pending")] * 2


async def test_a_card_is_told_to_be_opened_once_for_each_code(
    any_database: Database, vault: Vault, now: datetime
):
    known = await journey(any_database, await somebody(any_database, vault, now), now)
    async with any_database.writing() as store:
        assert await due.schedule(store, opened(known, b"1" * 32, now=now), now=now)
        assert not await due.schedule(store, opened(known, b"1" * 32, now=now), now=now)
        assert await due.schedule(store, opened(known, b"2" * 32, now=now), now=now)


async def test_what_another_version_wrote_into_a_row_stops_nothing(
    any_database: Database, vault: Vault, now: datetime
):
    person = await somebody(any_database, vault, now)
    async with any_database.writing() as store:
        row = {"id": random_id(), "person_id": person.id, "country": "TM", "allowed": ["name", "horoscope"]}
        await store.execute(insert(schema.transfers).values(**row, created_at=now))
        known = await transfers.open_of(store, person.id)

    assert known is not None
    assert (known.country, known.allowed) == (Country.OTHER, {Field.NAME})
