"""Checklists and brigades that are over are let go of in time."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, insert, select

from care.children import Checklist, Step
from care.person import Person
from care.roles import Actor
from storage import checklists, erasing, people, schema
from storage.engine import Database
from storage.vault import Vault


@pytest.fixture
async def person(any_database: Database, vault: Vault, now: datetime) -> Person:
    async with any_database.writing() as store:
        await store.execute(insert(schema.regions).values(id=1, code="r", names={}))
        await store.execute(insert(schema.cities).values(id=1, code="c", region_id=1, zone="UTC", names={}))
        await store.execute(insert(schema.areas).values(id=1, code="a", city_id=1, names={}))
        texts: dict[str, dict[str, str]] = {
            name: {} for name in ("names", "address", "directions", "hours", "bring")
        }
        await store.execute(
            insert(schema.clinics).values(id=1, code="k", area_id=1, latitude=0.0, longitude=0.0, **texts)
        )
        return await people.add(
            store, vault, 7701, locale="tg", consent_version="2", link_id=None, area_id=1, now=now
        )


async def left(database: Database, now: datetime) -> tuple[int, ...]:
    await erasing.retention(database, now=now)
    async with database.reading() as store:
        tables = (schema.checklists, schema.brigades, schema.brigade_places)
        return tuple(
            [(await store.execute(select(func.count()).select_from(table))).scalar_one() for table in tables]
        )


async def test_what_is_over_goes_after_thirty_days_and_what_is_left_after_a_year(
    any_database: Database, person: Person, now: datetime
) -> None:
    async with any_database.writing() as store:
        done = await checklists.begin(store, person.id, Checklist.WITHOUT_PAPERS, now=now)
        for step in Step:
            await checklists.tick(store, done.id, step, by=Actor.WORKER, done=True, now=now)
        again = now + timedelta(minutes=1)
        await checklists.begin(store, person.id, Checklist.WITHOUT_PAPERS, now=again, anew=True)
        await store.execute(
            insert(schema.brigades).values(
                id=5, person_id=person.id, clinic_id=1, confirm_until=now, created_at=now, ended_at=now
            )
        )
        await store.execute(
            insert(schema.brigade_places).values(
                id=6, brigade_id=5, booking_id=7, local_start="2026-11-25T18:30", code_hash=b"c" * 32
            )
        )

    assert await left(any_database, now + timedelta(days=29)) == (2, 1, 1)
    assert await left(any_database, now + timedelta(days=31)) == (1, 0, 0)
    assert await left(any_database, now + timedelta(days=364)) == (1, 0, 0)
    assert await left(any_database, now + timedelta(days=367)) == (0, 0, 0)


async def test_who_begins_twice_begins_one_list(
    any_database: Database, person: Person, now: datetime
) -> None:
    ids = set()
    for _ in range(2):
        async with any_database.writing() as store:
            ids.add((await checklists.begin(store, person.id, Checklist.WITHOUT_PAPERS, now=now)).id)

    assert len(ids) == 1
