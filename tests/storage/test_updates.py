"""An update that cannot be handled is set aside, and those who run the programme hear of it."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from care.roles import Role
from storage import people, staff, updates
from storage.engine import Database
from storage.schema import due, inbox
from storage.vault import Vault


@pytest.fixture
async def staff_ids(any_database: Database, vault: Vault, now) -> dict[Role, int]:
    """One person of each role, and two updates that wait."""
    ids = {}
    async with any_database.writing() as connection:
        for number, role in enumerate(Role):
            person = await people.add(
                connection,
                vault,
                number,
                locale="en",
                consent_version="1",
                link_id=None,
                area_id=None,
                now=now,
            )
            await staff.add(connection, person.id, role, now=now)
            ids[role] = person.id
        for number in (1, 2, 3):
            await connection.execute(insert(inbox).values(update_id=number, received_at=now, payload=b"x"))
    return ids


async def told(database: Database) -> list[int]:
    async with database.reading() as connection:
        rows = await connection.execute(select(due.c.person_id).where(due.c.kind == "fault"))
        return sorted(rows.scalars())


async def test_the_third_failure_tells_coordinators_and_admins_once_an_hour(any_database, staff_ids, now):
    async with any_database.writing() as connection:
        for _ in range(2):
            assert not await updates.failed(connection, 1, fault="KeyError", now=now)
    assert await told(any_database) == []

    async with any_database.writing() as connection:
        assert await updates.failed(connection, 1, fault="KeyError", now=now)
        await updates.set_aside(connection, 2, fault="unreadable", now=now)
    overseers = sorted([staff_ids[Role.COORDINATOR], staff_ids[Role.ADMIN]])
    assert await told(any_database) == overseers

    async with any_database.writing() as connection:
        await updates.set_aside(connection, 3, fault="unreadable", now=now + timedelta(hours=1))
    assert await told(any_database) == sorted([*overseers, *overseers])


async def test_an_update_that_ended_the_process_three_times_is_told_of_too(any_database, staff_ids, now):
    for _ in range(updates.MOST_TRIES - 1):  # the life that received it ended before it could count
        async with any_database.writing() as connection:
            assert len(await updates.open_rows(connection)) == 3
            assert await updates.begin_again(connection, 1, now=now)
    assert await told(any_database) == []

    async with any_database.writing() as connection:
        assert not await updates.begin_again(connection, 1, now=now)
        assert {row.update_id for row in await updates.open_rows(connection)} == {2, 3}

    assert len(await told(any_database)) == 2
