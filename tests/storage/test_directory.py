"""The directory in the store: an import adds, updates and retires, and every row keeps its id."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from bot.directory import read_directory
from care.directory import Clinic, DirectoryData, Region, Session
from care.topics import PROMISES
from storage import centres, directory, schema
from storage.directory_import import Changes
from storage.directory_import import replace as import_directory
from storage.engine import Database

DEMO = Path(__file__).parents[2] / "examples" / "demo-city"
THINGS = 1 + 2 + 1 + 7 + 14 + 4 + 4 + 1
"""Region, organisations, city, areas, sites, clinics, centres, programme."""


@pytest.fixture(scope="module")
def demo() -> DirectoryData:
    return read_directory(DEMO, known_promises=PROMISES)


async def imported(database: Database, data: DirectoryData, now: datetime) -> Changes:
    async with database.writing() as store:
        return await import_directory(store, data, now=now)


def with_clinic(data: DirectoryData, index: int, clinic: Clinic) -> DirectoryData:
    clinics = list(data.clinics)
    clinics[index] = clinic
    return replace(data, clinics=tuple(clinics))


async def test_what_was_imported_is_read_back_equal(
    any_database: Database, demo: DirectoryData, now: datetime
):
    changes = await imported(any_database, demo, now)

    assert changes == Changes(added=THINGS)
    async with any_database.reading() as store:
        assert await centres.countries(store) == {"KG": 1, "TJ": 1, "UZ": 2}
        read = [one for land in ("UZ", "TJ", "KG") for one in await centres.in_country(store, land)]
        assert tuple(read) == demo.centres
        regions = select(schema.regions.c["id", "code", "names"]).order_by(schema.regions.c.id)
        assert [Region(**row) for row in (await store.execute(regions)).mappings()] == [*demo.regions]
        assert tuple(await directory.organisations(store)) == demo.organisations
        assert tuple(await directory.cities(store)) == demo.cities
        assert tuple(await directory.areas(store)) == demo.areas
        assert tuple(await directory.sites(store)) == demo.sites
        assert tuple(await directory.clinics_of(store)) == demo.clinics
        assert await directory.programme(store) == demo.programme


async def test_the_same_import_again_changes_nothing(
    any_database: Database, demo: DirectoryData, now: datetime
):
    await imported(any_database, demo, now)

    assert await imported(any_database, demo, now + timedelta(days=1)) == Changes()


async def test_an_update_keeps_the_id(any_database: Database, demo: DirectoryData, now: datetime):
    await imported(any_database, demo, now)
    first = demo.clinics[0]
    moved = replace(first, area="dry-river", phone="+7 000 000 00 00")

    changes = await imported(any_database, with_clinic(demo, 0, moved), now)

    assert changes == Changes(changed=1)
    async with any_database.reading() as store:
        found = (await directory.clinics_of(store))[0]
        assert found == moved
        assert found.id == 1


async def test_a_new_session_changes_its_clinic_once(
    any_database: Database, demo: DirectoryData, now: datetime
):
    await imported(any_database, demo, now)
    clinic = demo.clinics[2]
    monday = Session(weekday=0, start=time(18), end=time(20), slot_minutes=20, capacity=4)
    richer = replace(clinic, sessions=(monday, *clinic.sessions), closed_days=(), phone="+7 000 000 00 01")

    changes = await imported(any_database, with_clinic(demo, 2, richer), now)

    assert changes == Changes(changed=1)
    async with any_database.reading() as store:
        found = (await directory.clinics_of(store))[2]
        assert found == richer


async def test_what_vanished_is_retired_and_comes_back_with_its_id(
    any_database: Database, demo: DirectoryData, now: datetime
):
    await imported(any_database, demo, now)
    smaller = replace(demo, clinics=demo.clinics[1:], sites=demo.sites[:-2])

    assert await imported(any_database, smaller, now) == Changes(retired=3)
    assert await imported(any_database, smaller, now + timedelta(days=1)) == Changes()
    async with any_database.reading() as store:
        assert len(await directory.clinics_of(store)) == 3
        assert len(await directory.sites(store)) == 12
        assert await directory.clinic(store, 1) is None
        assert await directory.clinic(store, 1, also_retired=True) == demo.clinics[0]
    assert await imported(any_database, demo, now) == Changes(changed=3)
    async with any_database.reading() as store:
        assert await directory.clinic(store, 1) == demo.clinics[0]


async def test_an_import_says_how_many_visits_ahead_are_at_clinics_that_left(
    any_database: Database, demo: DirectoryData, now: datetime
):
    await imported(any_database, demo, now)
    ahead, over = now + timedelta(days=2), now - timedelta(hours=2)
    async with any_database.writing() as store:
        for number, (use, starts_at) in enumerate((("child", ahead), ("child", over), ("blocked", ahead))):
            local = starts_at.replace(tzinfo=None).isoformat(timespec="minutes")
            values = {"zone": "UTC", "local_start": local, "local_day": local[:10], "created_at": now}
            row = {"id": number + 1, "use": use, "clinic_id": 1, "starts_at": starts_at, "place": number}
            await store.execute(insert(schema.bookings).values(**row, **values))

    changes = await imported(any_database, replace(demo, clinics=demo.clinics[1:]), now)

    assert changes == Changes(retired=1, visits=1)
    assert await imported(any_database, demo, now) == Changes(changed=1)


async def test_clinics_and_places_are_found_by_city_and_area(
    database: Database, demo: DirectoryData, now: datetime
):
    await imported(database, demo, now)

    async with database.reading() as store:
        [city] = await directory.cities(store)
        areas = await directory.areas(store, city_id=city.id)
        railway = next(each for each in areas if each.code == "railway")
        assert await directory.area(store, railway.id) == railway
        assert [each.code for each in await directory.clinics_of(store, area_id=railway.id)] == ["tb-centre"]
        assert len(await directory.clinics_of(store, city_id=city.id)) == 4
        assert await directory.clinics_of(store, city_id=city.id + 1) == []
        [hostel, yard] = await directory.sites(store, area_id=railway.id)
        assert (hostel.code, yard.code) == ("railway-hostel", "railway-goods-yard")
        assert await directory.site(store, yard.id) == yard
        assert await directory.site(store, 999) is None
        assert await directory.area(store, 999) is None


async def test_a_changed_promise_changes_the_programme(
    database: Database, demo: DirectoryData, now: datetime
):
    await imported(database, demo, now)
    honest = replace(demo.programme, promises=frozenset({"free-bot"}))

    assert await imported(database, replace(demo, programme=honest), now) == Changes(changed=1)
    async with database.reading() as store:
        assert await directory.programme(store) == honest


async def test_before_the_first_import_there_is_nothing(database: Database):
    async with database.reading() as store:
        assert await directory.programme(store) is None
        assert await directory.cities(store) == []
        assert await directory.clinics_of(store) == []


async def test_a_centre_that_vanished_from_the_directory_is_shown_no_more(
    any_database: Database, demo: DirectoryData, now: datetime
):
    await imported(any_database, demo, now)

    changes = await imported(any_database, replace(demo, centres=demo.centres[1:]), now)

    assert changes == Changes(retired=1)
    async with any_database.reading() as store:
        [other] = await centres.in_country(store, "UZ")
        assert other.code == demo.centres[1].code
        assert await centres.one(store, other.id) == other
    assert await imported(any_database, demo, now) == Changes(changed=1)
