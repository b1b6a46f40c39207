import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from care.roles import Role
from storage import people, staff
from storage.engine import Database
from storage.schema import invites
from storage.schema import staff as staff_table
from storage.vault import Vault

CODE = "Zk3v9QmT1xYp0aBcDeFgHi"
TERM = timedelta(hours=72)


@pytest.fixture
async def person_id(any_database: Database, vault: Vault, now: datetime) -> int:
    async with any_database.writing() as connection:
        person = await people.add(
            connection, vault, 5, locale="ru", consent_version="1", link_id=None, area_id=None, now=now
        )
        await staff.invite(connection, CODE, Role.WORKER, now=now, expires_at=now + TERM, created_by=None)
    return person.id


async def use(database: Database, person_id: int, now: datetime) -> bool:
    async with database.writing() as connection:
        invite = await staff.open_invite(connection, CODE, now=now)
        if invite is None:
            return False
        member = await staff.add(connection, person_id, Role(invite["role"]), now=now)
        return await staff.use_invite(connection, invite["id"], member, now=now)


async def test_a_role_is_held_once(any_database, person_id, now):
    async def twice() -> None:
        async with any_database.writing() as connection:
            for _ in range(2):
                await staff.add(connection, person_id, Role.WORKER, now=now)

    with pytest.raises(IntegrityError):
        await twice()


async def test_a_role_that_ended_can_be_given_again(any_database, person_id, now):
    async with any_database.writing() as connection:
        await staff.add(connection, person_id, Role.WORKER, now=now)
        await connection.execute(staff_table.update().values(ended_at=now))
        again = await staff.add(connection, person_id, Role.WORKER, now=now)

    assert again


async def test_an_invite_works_once(any_database, person_id, now):
    assert await use(any_database, person_id, now)
    assert not await use(any_database, person_id, now)


async def test_an_invite_used_by_two_at_once_makes_one_member(any_database, person_id, now, vault):
    async with any_database.writing() as connection:
        other = await people.add(
            connection, vault, 6, locale="ru", consent_version="1", link_id=None, area_id=None, now=now
        )

    async def try_it(who: int) -> bool:
        async with any_database.writing() as connection:
            invite = await staff.open_invite(connection, CODE, now=now)
            if invite is None:
                return False
            await asyncio.sleep(0)
            member = await staff.add(connection, who, Role.WORKER, now=now)
            used = await staff.use_invite(connection, invite["id"], member, now=now)
            if not used:
                raise LookupError
            return used

    won = await asyncio.wait_for(
        asyncio.gather(try_it(person_id), try_it(other.id), return_exceptions=True), 30
    )

    assert won.count(True) == 1
    async with any_database.reading() as connection:
        assert len((await connection.execute(select(staff_table.c.id))).all()) == 1


async def test_an_invite_ends_after_its_term(any_database, person_id, now):
    assert not await use(any_database, person_id, now + TERM)
    assert await use(any_database, person_id, now + TERM - timedelta(seconds=1))


async def test_the_code_itself_is_not_stored(any_database, person_id):
    async with any_database.reading() as connection:
        row = (await connection.execute(select(invites))).mappings().one()

    assert CODE.encode() not in bytes(row["code_hash"])
    assert CODE not in str(dict(row))


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMIN])
async def test_an_invite_ends_with_the_role_of_whoever_made_it(any_database, person_id, now, role):
    async with any_database.writing() as connection:
        maker = await staff.add(connection, person_id, role, now=now)
        term = {"now": now, "expires_at": now + TERM}
        await staff.invite(connection, "theirs", Role.WORKER, created_by=maker, **term)
        assert await staff.open_invite(connection, "theirs", now=now) is not None
        await connection.execute(staff_table.update().values(ended_at=now))

        assert await staff.open_invite(connection, "theirs", now=now) is None
        assert await staff.open_invite(connection, CODE, now=now) is not None


async def test_an_invite_of_somebody_who_may_not_invite_is_not_valid(any_database, person_id, now):
    async with any_database.writing() as connection:
        maker = await staff.add(connection, person_id, Role.WORKER, now=now)
        await staff.invite(connection, "forged", Role.ADMIN, now=now, expires_at=now + TERM, created_by=maker)

        assert await staff.open_invite(connection, "forged", now=now) is None


async def test_an_invite_rests_while_whoever_made_it_is_paused(any_database, person_id, now):
    async with any_database.writing() as connection:
        maker = await staff.add(connection, person_id, Role.COORDINATOR, now=now)
        term = {"now": now, "expires_at": now + TERM}
        await staff.invite(connection, "theirs", Role.WORKER, created_by=maker, **term)
        await connection.execute(staff_table.update().values(paused_at=now))
        assert await staff.open_invite(connection, "theirs", now=now) is None
        await connection.execute(staff_table.update().values(paused_at=None))

        assert await staff.open_invite(connection, "theirs", now=now) is not None


async def test_an_admin_of_the_settings_is_one_again_when_the_role_was_paused(any_database, person_id, now):
    async with any_database.writing() as connection:
        await staff.give_admin(connection, person_id, now=now)
        await connection.execute(staff_table.update().values(paused_at=now))
        await staff.give_admin(connection, person_id, now=now)

        rows = (await connection.execute(select(staff_table.c.role, staff_table.c.paused_at))).all()

    assert [tuple(row) for row in rows] == [("admin", None)]
