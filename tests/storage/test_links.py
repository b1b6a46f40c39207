"""Links are found by their codes, and say whose they are now."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.roles import Role
from storage import links, people, schema, staff
from storage.engine import Database
from storage.vault import Vault


async def worker(
    connection: AsyncConnection,
    vault: Vault,
    now: datetime,
    *,
    area_id: int | None = None,
    telegram_id: int = 1,
) -> int:
    person = await people.add(
        connection,
        vault,
        telegram_id,
        locale="en",
        consent_version="test",
        link_id=None,
        area_id=None,
        now=now,
    )
    return await staff.add(connection, person.id, Role.WORKER, now=now, area_id=area_id)


async def places(connection: AsyncConnection) -> tuple[int, int, int]:
    """Make two areas and a site in the second; return their ids."""
    await connection.execute(insert(schema.regions).values(id=1, code="r", names={}))
    await connection.execute(
        insert(schema.cities).values(id=1, code="c", region_id=1, zone="Asia/Almaty", names={})
    )
    for number in (1, 2):
        await connection.execute(
            insert(schema.areas).values(id=number, code=f"a{number}", city_id=1, names={})
        )
    await connection.execute(insert(schema.sites).values(id=1, code="s", area_id=2, kind="market", names={}))
    return 1, 2, 1


async def test_a_link_is_found_by_code_short_code_and_pasted_whole(
    any_database: Database, vault: Vault, now: datetime
) -> None:
    async with any_database.writing() as connection:
        link = await links.by_id(connection, await links.add(connection, now=now), now=now)
        assert link is not None

        for typed in (link.code, link.short_code.lower(), f"https://t.me/bot?start={link.code}"):
            assert await links.by_code(connection, typed, now=now) == link
        assert await links.by_full_code(connection, link.short_code, now=now) is None
        assert await links.by_code(connection, "", now=now) is None
        assert await links.by_code(connection, link.code.swapcase(), now=now) is None


@pytest.mark.parametrize("own", [True, False])
async def test_the_area_is_that_of_the_link_else_of_its_site_else_of_its_worker(
    any_database: Database, vault: Vault, now: datetime, own: bool
) -> None:
    async with any_database.writing() as connection:
        first, second, site = await places(connection)
        staff_id = await worker(connection, vault, now, area_id=first)
        link_id = await links.add(
            connection, now=now, staff_id=staff_id, area_id=first if own else None, site_id=site
        )
        link = await links.by_id(connection, link_id, now=now)
        assert link is not None
        assert link.area_id == (first if own else second)
        plain = await links.by_id(connection, await links.add(connection, now=now, staff_id=staff_id), now=now)
        assert plain is not None
        assert plain.area_id == first


async def test_a_link_ends_by_itself_or_with_its_worker(
    any_database: Database, vault: Vault, now: datetime
) -> None:
    async with any_database.writing() as connection:
        staff_id = await worker(connection, vault, now)
        first = await links.add(connection, now=now, staff_id=staff_id)
        second = await links.add(connection, now=now + timedelta(minutes=1), staff_id=staff_id)
        assert [link.id for link in await links.of_staff(connection, staff_id, now=now)] == [first, second]

        await links.end(connection, first, now=now)
        assert [link.id for link in await links.of_staff(connection, staff_id, now=now)] == [second]
        ended = await links.by_id(connection, first, now=now)
        assert ended is not None
        assert (ended.ended, ended.staff_id) == (True, staff_id)

        await connection.execute(update(schema.staff).values(ended_at=now))
        orphan = await links.by_id(connection, second, now=now)
        assert orphan is not None
        assert (orphan.ended, orphan.staff_id) == (True, None)


async def test_a_person_is_adopted_once(any_database: Database, vault: Vault, now: datetime) -> None:
    async with any_database.writing() as connection:
        first = await links.by_id(connection, await links.add(connection, now=now), now=now)
        second = await links.by_id(connection, await links.add(connection, now=now), now=now)
        assert first is not None
        assert second is not None
        person = await people.add(
            connection,
            vault,
            5,
            locale="en",
            consent_version="test",
            link_id=None,
            area_id=None,
            now=now,
        )

        assert await links.adopt(connection, person.id, first, now=now, zone="UTC")
        assert not await links.adopt(connection, person.id, second, now=now, zone="UTC")

        kept = await people.by_id(connection, person.id)
        assert kept is not None
        assert kept.link_id == first.id
