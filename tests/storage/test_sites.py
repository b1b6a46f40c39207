"""Sites in the store, on both databases: whose they are, pins, visits, and what an import leaves alone."""

from datetime import datetime, timedelta
from time import perf_counter

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.directory import Position, SiteKind
from care.person import StaffMember
from care.roles import Role
from storage import directory, people, site_visits, sites, staff
from storage.directory_import import _replace
from storage.engine import Database
from storage.schema import area_posts, areas, cities, referrals, regions
from storage.schema import sites as sites_table
from storage.schema import staff as staff_table

THERE = Position(43.2, 76.9)


@pytest.fixture
async def area_id(any_database: Database) -> int:
    async with any_database.writing() as store:
        region = (
            await store.execute(insert(regions).values(code="r", names={}).returning(regions.c.id))
        ).scalar_one()
        city = (
            await store.execute(
                insert(cities)
                .values(code="c", region_id=region, zone="Asia/Almaty", names={})
                .returning(cities.c.id)
            )
        ).scalar_one()
        added = insert(areas).values(code="a", city_id=city, names={}).returning(areas.c.id)
        return int((await store.execute(added)).scalar_one())


async def hired(
    store: AsyncConnection, vault, number: int, now: datetime, role: Role = Role.WORKER
) -> StaffMember:
    person = await people.add(
        store, vault, number, locale="ru", consent_version="1", link_id=None, area_id=None, now=now
    )
    staff_id = await staff.add(store, person.id, role, now=now)
    return StaffMember(id=staff_id, role=role, person_id=person.id)


async def pin(store: AsyncConnection, area_id: int, now: datetime, *, by: int | None = None) -> int:
    names = {"ru": "Рынок"}
    return await sites.add(
        store, area_id=area_id, kind=SiteKind.MARKET, names=names, position=THERE, added_at=now, added_by=by
    )


async def test_a_pin_from_outside_waits_and_one_of_the_team_does_not(any_database, vault, area_id, now):
    async with any_database.writing() as store:
        member = await hired(store, vault, 1, now, Role.COORDINATOR)
        outside, own = await pin(store, area_id, now), await pin(store, area_id, now, by=member.id)
        found = {one.id: one for one in await sites.reachable(store, [member])}

    assert (found[outside].confirmed, found[own].confirmed) == (False, True)
    assert found[own].zone == "Asia/Almaty"


async def test_pins_of_a_day_are_counted(any_database, vault, area_id, now):
    async with any_database.writing() as store:
        member = await hired(store, vault, 1, now)
        for hours in (0, 1, 30):
            await pin(store, area_id, now - timedelta(hours=hours), by=member.id)

        assert await sites.made_by(store, [member.id], since=now - timedelta(days=1)) == 2
        assert await sites.made_by(store, [], since=now) == 0
        assert await sites.number_in(store, area_id, SiteKind.MARKET) == 3


async def test_an_owner_who_left_or_rests_owns_nothing(any_database, vault, area_id, now):
    async with any_database.writing() as store:
        owner, worker = [await hired(store, vault, number, now) for number in (1, 2)]
        await store.execute(insert(area_posts).values(area_id=area_id, owner_id=owner.id, cover_id=worker.id))
        assert await sites.may_change(store, area_id, [owner])
        assert not await sites.may_change(store, area_id, [worker])
        assert await sites.to_tell(store, area_id) == [owner.person_id]
        await store.execute(update(staff_table).where(staff_table.c.id == owner.id).values(paused_at=now))

        assert await sites.owner_of(store, area_id) is None
        assert await sites.to_tell(store, area_id) == []
        assert await sites.cover_of(store, area_id) == worker.id


async def test_a_visit_is_kept_once(any_database, vault, area_id, now):
    numbers = {"people": 8, "leaflets": 10, "minutes": 30, "now": now}
    async with any_database.writing() as store:
        member, other = [await hired(store, vault, number, now) for number in (1, 2)]
        site_id = await pin(store, area_id, now)
        kept = [
            await site_visits.log_visit(store, 77, site_id=site_id, staff_id=member.id, **numbers)
            for _ in "12"
        ]
        visit = await site_visits.own_visit(store, 77, [member])
        assert await site_visits.own_visit(store, 77, [other]) is None
        await site_visits.take_back(store, 77)

        assert kept == [True, False]
        assert visit is not None
        assert await site_visits.of_site(store, site_id, most=3) == []


async def test_a_name_is_given_by_who_made_the_pin(any_database, vault, area_id, now):
    async with any_database.writing() as store:
        member, other = [await hired(store, vault, number, now) for number in (1, 2)]
        own, outside = await pin(store, area_id, now, by=member.id), await pin(store, area_id, now)
        named = [
            await sites.name_pin(store, site_id, {"ru": "x"}, by=by)
            for site_id, by in (
                (own, [member.id]),
                (own, [other.id]),
                (own, None),
                (outside, None),
                (outside, [1]),
            )
        ]

    assert named == [True, False, False, True, False]


async def test_an_import_of_the_directory_leaves_pins_in_force(any_database, area_id, now):
    async with any_database.writing() as store:
        pinned = await pin(store, area_id, now)
        values = {"area_id": area_id, "kind": "market", "names": {"ru": "x"}}
        await store.execute(insert(sites_table).values(code="gone", **values))
        await _replace(store, sites_table, {"new": values}, now=now)
        rows = (await store.execute(select(sites_table.c.code, sites_table.c.retired_at))).all()

        place = await sites.any_place(store, pinned)
    assert place is not None
    assert not place.retired
    assert {code for code, retired_at in rows if retired_at} == {"gone"}


async def test_five_hundred_sites_with_their_people_are_listed_quickly(any_database, vault, area_id, now):
    async with any_database.writing() as store:
        member = await hired(store, vault, 1, now, Role.COORDINATOR)
        ids = [await pin(store, area_id, now, by=member.id) for _ in range(500)]
        for number, site_id in enumerate(ids):
            person = await people.add(
                store,
                vault,
                100 + number,
                locale="ru",
                consent_version="1",
                link_id=None,
                area_id=None,
                now=now,
            )
            await store.execute(
                insert(referrals).values(
                    id=number + 1,
                    person_id=person.id,
                    site_id=site_id,
                    state="booked",
                    opened_at=now,
                    changed_at=now,
                )
            )
        begun = perf_counter()
        found = await sites.reachable(store, [member])

    assert perf_counter() - begun < 1.0
    assert [one.waiting for one in found] == [1] * 500


async def test_a_pin_that_waits_is_no_site_of_the_directory_yet(any_database, vault, area_id, now):
    async with any_database.writing() as store:
        member = await hired(store, vault, 1, now)
        waits, own = await pin(store, area_id, now), await pin(store, area_id, now, by=member.id)

        assert [site.id for site in await directory.sites(store)] == [own]
        await sites.change(store, waits, confirmed_at=now)
        assert [site.id for site in await directory.sites(store)] == [waits, own]
