from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from care.person import Person
from care.roles import Role
from storage import people, referrals, staff
from storage.engine import Database
from storage.people import random_id
from storage.schema import areas, cities, inbox, links, regions, tasks
from storage.schema import people as people_table
from storage.schema import referrals as referrals_table
from storage.schema import staff as staff_table
from storage.vault import Vault, new_key

TELEGRAM_ID = 7701234567


@pytest.fixture
async def person(any_database: Database, vault: Vault, now: datetime) -> Person:
    async with any_database.writing() as connection:
        await connection.execute(insert(regions).values(id=1, code="r", names={}))
        await connection.execute(insert(cities).values(id=1, code="c", region_id=1, zone="UTC", names={}))
        await connection.execute(insert(areas).values(id=1, code="a", city_id=1, names={}))
        return await people.add(
            connection, vault, TELEGRAM_ID, locale="tg", consent_version="2", link_id=None, area_id=1, now=now
        )


async def found(database: Database, vault: Vault) -> Person | None:
    async with database.reading() as connection:
        return await people.by_hash(connection, vault.hashes(str(TELEGRAM_ID)))


async def test_a_person_is_found_by_telegram_id_and_can_be_written_to(any_database, vault, person):
    assert await found(any_database, vault) == person
    assert people.telegram_id(vault, person) == TELEGRAM_ID


async def test_a_person_is_found_by_id(any_database, person):
    async with any_database.reading() as connection:
        assert await people.by_id(connection, person.id) == person
        assert await people.by_id(connection, person.id + 1) is None


async def test_a_stranger_is_nobody(any_database, vault, person):
    async with any_database.reading() as connection:
        assert await people.by_hash(connection, vault.hashes("1")) is None


async def test_a_person_is_kept_once(any_database, vault, person, now):
    async def again() -> None:
        async with any_database.writing() as connection:
            await people.add(
                connection,
                vault,
                TELEGRAM_ID,
                locale="ru",
                consent_version="2",
                link_id=None,
                area_id=None,
                now=now,
            )

    with pytest.raises(IntegrityError):
        await again()


async def test_a_person_is_found_after_the_key_was_changed(any_database, now):
    old, new = new_key(), new_key()
    async with any_database.writing() as connection:
        added = await people.add(
            connection,
            Vault([old]),
            TELEGRAM_ID,
            locale="ru",
            consent_version="2",
            link_id=None,
            area_id=None,
            now=now,
        )
    both = Vault([new, old])

    assert await found(any_database, both) == added
    assert people.telegram_id(both, added) == TELEGRAM_ID


async def test_consent_is_kept_with_version_language_and_time(any_database, person, now):
    async with any_database.reading() as connection:
        row = (await connection.execute(select(people_table))).mappings().one()

    assert (row["consent_version"], row["consent_locale"], row["consented_at"]) == ("2", "tg", now)


async def test_roles_come_with_the_person_and_end_at_once(any_database, vault, person, now):
    async with any_database.writing() as connection:
        await staff.add(connection, person.id, Role.WORKER, now=now, area_id=1)
        coordinator = await staff.add(connection, person.id, Role.COORDINATOR, now=now)

    both = await found(any_database, vault)
    async with any_database.writing() as connection:
        ended = staff_table.update().where(staff_table.c.id == coordinator).values(ended_at=now)
        await connection.execute(ended)
    one = await found(any_database, vault)

    assert both is not None
    assert {member.role for member in both.roles} == {Role.WORKER, Role.COORDINATOR}
    assert one is not None
    assert [(member.role, member.area_id) for member in one.roles] == [(Role.WORKER, 1)]


async def test_changing_the_language_changes_nothing_else(any_database, vault, person, now):
    async with any_database.writing() as connection:
        await people.change(connection, person.id, locale="kk", blocked_at=now)

    changed = await found(any_database, vault)
    assert changed is not None
    assert (changed.locale, changed.blocked_at, changed.area_id) == ("kk", now, 1)


async def test_a_forgotten_person_is_nobody_and_their_open_updates_are_gone(any_database, vault, person, now):
    hashes = vault.hashes(str(TELEGRAM_ID))
    async with any_database.writing() as connection:
        await referrals.open_for(connection, person.id, now=now)
        about = {"received_at": now, "person_hash": hashes[0]}
        await connection.execute(insert(inbox).values(update_id=1, payload=b"sealed", **about))
        await connection.execute(insert(inbox).values(update_id=2, received_at=now, payload=b"another's"))
        await connection.execute(
            insert(tasks).values(
                id=random_id(),
                kind="talk",
                person_id=person.id,
                promised_at=now + timedelta(hours=2),
                created_at=now,
            )
        )

    async with any_database.writing() as connection:
        await people.forget(connection, person, hashes, now=now)

    assert await found(any_database, vault) is None
    async with any_database.reading() as connection:
        payloads = (await connection.execute(select(inbox.c.payload).order_by(inbox.c.update_id))).scalars()
        assert list(payloads) == [None, b"another's"]
        for table in (people_table, referrals_table, tasks):
            assert (await connection.execute(select(func.count()).select_from(table))).scalar() == 0


async def test_a_worker_who_is_forgotten_leaves_role_and_links_without_the_person(
    any_database, vault, person, now
):
    async with any_database.writing() as connection:
        staff_id = await staff.add(connection, person.id, Role.WORKER, now=now, area_id=1)
        await connection.execute(
            insert(links).values(
                id=1,
                code="c" * 20,
                short_code="abc",
                kind="worker",
                staff_id=staff_id,
                area_id=1,
                created_at=now,
            )
        )

    async with any_database.writing() as connection:
        await people.forget(connection, person, vault.hashes(str(TELEGRAM_ID)), now=now)

    async with any_database.reading() as connection:
        role = (await connection.execute(select(staff_table))).mappings().one()
        link = (await connection.execute(select(links))).mappings().one()
    assert (role["person_id"], role["ended_at"]) == (None, now)
    assert link["ended_at"] == now


async def test_random_ids_are_positive_and_fit_in_63_bits():
    assert all(0 < random_id() < 2**63 for _ in range(1000))
