"""Links are found by their codes, and say whose they are now."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.links import Closed
from care.roles import Role
from storage import links, people, referrals, schema, staff
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
        plain = await links.by_id(
            connection, await links.add(connection, now=now, staff_id=staff_id), now=now
        )
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


async def consented(connection: AsyncConnection, link_id: int, *referral_ids: int, now: datetime) -> None:
    for referral_id in referral_ids:
        await connection.execute(
            insert(schema.outcomes).values(
                kind="consented", at=now, role="person", referral_id=referral_id, link_id=link_id
            )
        )


async def test_a_link_is_closed_by_its_date_and_by_how_many_came(
    any_database: Database, vault: Vault, now: datetime
) -> None:
    async with any_database.writing() as connection:
        staff_id = await worker(connection, vault, now)
        late = await links.add(connection, now=now, staff_id=staff_id, kind="event", label="Navruz")
        full = await links.add(connection, now=now, staff_id=staff_id, kind="event", label="Market")
        await links.change(connection, late, ends_at=now)
        await links.change(connection, full, most_people=2)
        await consented(connection, full, 1, 1, 2, now=now)
        await consented(connection, late, 3, now=now)

        found = {
            link.label: (link.closed, people)
            for link, people in await links.all_of_staff(connection, staff_id, now=now)
        }

        assert found == {"Navruz": (Closed.LATE, 1), "Market": (Closed.FULL, 2)}
        assert await links.of_staff(connection, staff_id, now=now) == []
        for link_id, why in ((late, Closed.LATE), (full, Closed.FULL)):
            link = await links.by_id(connection, link_id, now=now)
            assert link is not None
            assert link.closed is why
        sooner = await links.by_id(connection, late, now=now - timedelta(seconds=1))
        assert sooner is not None
        assert sooner.closed is None


async def test_the_workers_own_link_comes_before_labelled_ones(
    any_database: Database, vault: Vault, now: datetime
) -> None:
    async with any_database.writing() as connection:
        staff_id = await worker(connection, vault, now)
        event = await links.add(connection, now=now, staff_id=staff_id, kind="event", label="Navruz")
        own = await links.add(connection, now=now + timedelta(minutes=1), staff_id=staff_id)

        assert [link.id for link in await links.of_staff(connection, staff_id, now=now)] == [own, event]


async def test_a_link_of_somebody_else_is_not_found_as_ones_own(
    any_database: Database, vault: Vault, now: datetime
) -> None:
    async with any_database.writing() as connection:
        mine, other = [await worker(connection, vault, now, telegram_id=number) for number in (1, 2)]
        link_id = await links.add(connection, now=now, staff_id=other)

        assert await links.own(connection, link_id, mine, now=now) is None
        found = await links.own(connection, link_id, other, now=now)
        assert found is not None
        assert (found[0].id, found[1]) == (link_id, 0)


async def test_a_friends_link_leads_to_who_looks_after_the_friend_now(
    any_database: Database, vault: Vault, now: datetime
) -> None:
    async with any_database.writing() as connection:
        await places(connection)
        first = await worker(connection, vault, now, area_id=1)
        second = await worker(connection, vault, now, telegram_id=2, area_id=2)
        friend = await people.add(
            connection, vault, 3, locale="en", consent_version="t", link_id=None, area_id=None, now=now
        )
        referral = await referrals.open_for(connection, friend.id, now=now, staff_id=first, area_id=1)
        await links.add_friend(connection, friend.id, now=now, area_id=None)

        async def leads_to() -> tuple[int | None, int | None, Closed | None]:
            link = await links.of_friend(connection, friend.id, now=now)
            assert link is not None
            return link.staff_id, link.area_id, link.closed

        assert await leads_to() == (first, 1, None)
        moved = schema.referrals.c.id == referral
        await connection.execute(update(schema.referrals).where(moved).values(staff_id=second))
        assert await leads_to() == (second, 1, None)
        left = schema.staff.c.id == second
        await connection.execute(update(schema.staff).where(left).values(ended_at=now))
        assert await leads_to() == (None, 1, None)
        assert await links.of_staff(connection, first, now=now) == []


async def test_a_person_passes_on_one_link_at_a_time(
    any_database: Database, vault: Vault, now: datetime
) -> None:
    async with any_database.writing() as connection:
        friend = await people.add(
            connection, vault, 3, locale="en", consent_version="t", link_id=None, area_id=None, now=now
        )
        old = await links.add_friend(connection, friend.id, now=now, area_id=None)
        new = await links.add_friend(connection, friend.id, now=now, area_id=None)

        found = await links.of_friend(connection, friend.id, now=now)
        assert found is not None
        assert (found.id, new != old) == (new, True)
        await people.forget(connection, friend, [], now=now)
        assert await links.of_friend(connection, friend.id, now=now) is None
        ended = await links.by_id(connection, new, now=now)
        assert ended is not None
        assert ended.closed is Closed.ENDED
