"""The register of a clinic: visits, children and walk-ins, on both databases."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from care.booking import Refusal, to_utc
from care.places import OVERFLOW, Use
from care.register import Mark, Standing
from care.roles import Actor
from care.ticket import ticket
from storage import register, schema, task_lists, walk_ins
from storage.engine import Database
from tests.storage.test_bookings import ZONE, City

DAY = date(2026, 11, 25)
NOON = to_utc(datetime.combine(DAY, datetime.min.time()) + timedelta(hours=12), ZONE)


@pytest.fixture
async def city(any_database: Database, now: datetime) -> City:
    return await City(any_database, now).build()


async def add(city: City, number: int, *, at: str = "10:00", **values: Any) -> int:
    """Put a row of `bookings` of DAY into the first clinic."""
    local = datetime.fromisoformat(f"{values.get('local_day', DAY.isoformat())}T{at}")
    row = {
        "id": number,
        "use": "visit",
        "clinic_id": city.clinics[0],
        "starts_at": to_utc(local, ZONE),
        "local_start": local.isoformat(timespec="minutes"),
        "local_day": local.date().isoformat(),
        "zone": ZONE,
        "place": number % 500,
        "created_at": city.now,
    }
    async with city.database.writing() as store:
        await store.execute(insert(schema.bookings).values(**(row | values)))
    return number


async def row(city: City, number: int) -> Any:
    async with city.database.reading() as store:
        found = await store.execute(select(schema.bookings).where(schema.bookings.c.id == number))
        return found.mappings().one()


async def busy(city: City) -> None:
    """Fill a day with what the desk sees and with what it does not."""
    adult, other = await city.people(2)
    await add(city, 1, at="10:00", person_id=adult, referral_id=adult)
    await add(city, 2, at="09:00", use="child", guardian_id=adult, use_id=1, child_age="0-4")
    await add(city, 3, at="11:00", use="walk-in", locale="tg", place=OVERFLOW, came_at=NOON)
    await add(city, 4, at="08:00", person_id=other, referral_id=other, missed_at=NOON)
    for number, use in enumerate((Use.WAIT, Use.BRIGADE, Use.DISPLACED, Use.BLOCKED), 10):
        await add(city, number, use=use.value, use_id=1)
    await add(city, 20, person_id=other, referral_id=other, local_day="2026-11-26")
    await add(city, 21, use="walk-in", locale="ru", cancelled_at=NOON, place=OVERFLOW + 1)
    await add(city, 22, use="walk-in", locale="ru", clinic_id=city.clinics[1])


async def test_the_desk_sees_people_children_and_walk_ins_and_no_kept_places(city):
    await busy(city)
    clinic = city.clinics[0]

    async with city.database.reading() as store:
        counts = await register.counts(store, clinic, DAY)
        every = await register.page(store, clinic, DAY, most=50)
        expected = await register.page(store, clinic, DAY, which=Standing.EXPECTED, most=50)
        second = await register.page(store, clinic, DAY, first=1, most=1)
        before = [await register.before(store, one) for one in every]

    assert counts == {Standing.EXPECTED: 2, Standing.ARRIVED: 1, Standing.MISSING: 1}
    assert [one.id for one in every] == [4, 2, 1, 3]
    assert before == [0, 1, 2, 3]
    assert [one.id for one in expected] == [2, 1]
    assert [one.id for one in second] == [2]
    assert {one.id: (one.locale, one.accompanied) for one in every} == {
        1: ("en", True),
        2: ("en", False),
        3: ("tg", False),
        4: ("en", False),
    }


async def test_whoever_is_expected_is_counted_and_kept_places_are_not(city):
    await busy(city)

    async with city.database.reading() as store:
        number = await task_lists.expected(
            store, city.clinics[0], begins=NOON - timedelta(hours=12), ends=NOON + timedelta(hours=12)
        )

    assert number == 2


@pytest.mark.parametrize("number", [10, 11, 12, 13, 22, 99])
async def test_what_is_no_visit_of_the_clinic_cannot_be_locked(city, number):
    await busy(city)

    async with city.database.writing() as store:
        assert await register.lock(store, number, [city.clinics[0]], also_cancelled=True) is None


async def test_a_number_finds_the_visit_of_the_nearest_day_at_ones_own_clinics(city):
    number = 7_654_321
    await add(city, number, use="walk-in", local_day="2026-11-24")
    await add(city, number + 10**7, use="walk-in", local_day="2026-11-27")
    await add(city, number + 2 * 10**7, use="wait", use_id=1)
    await add(city, number + 3 * 10**7, use="walk-in", local_day="2026-06-01")
    here, there = city.clinics

    async def found(clinics: Any, day: date = DAY) -> list[int]:
        async with city.database.reading() as store:
            return [one.id for one in await register.by_number(store, clinics, ticket(number), day)]

    assert await found([here]) == [number, number + 10**7]
    assert await found(None) == [number, number + 10**7]
    assert await found([there]) == []
    assert await found([here], date(2026, 11, 27)) == [number + 10**7]
    await add(city, number + 4 * 10**7, use="walk-in", clinic_id=there)
    assert await found([there]) == [number + 4 * 10**7]


async def test_a_child_is_marked_and_the_adults_visit_is_not(city):
    await busy(city)

    async with city.database.writing() as store:
        child = await register.lock(store, 2, city.clinics)
        await register.mark(store, child, Mark.CAME, by=Actor.REGISTRAR, now=NOON)

    assert (await row(city, 2))["came_at"] == NOON
    assert (await row(city, 1))["came_at"] is None
    async with city.database.writing() as store:
        child = await register.lock(store, 2, city.clinics)
        await register.undo(store, child, by=Actor.REGISTRAR, now=NOON)
    assert (await row(city, 2))["came_at"] is None


async def test_desks_that_take_people_in_at_the_same_minute_give_different_tickets(city):
    async def come(number: int) -> bool:
        async with city.database.writing() as store:
            return await walk_ins.add(
                store, number, clinic_id=city.clinics[0], zone=ZONE, locale="tg", now=NOON
            )

    assert all(await asyncio.gather(*(come(number) for number in range(1, 5))))
    assert not await come(1)

    async with city.database.reading() as store:
        seen = await register.page(store, city.clinics[0], DAY, most=50)
        places = (await store.execute(select(schema.bookings.c.place))).scalars().all()
    assert len(seen) == 4
    assert sorted(places) == list(range(OVERFLOW, OVERFLOW + 4))


async def test_two_phones_that_scan_one_walk_in_make_it_ones(city):
    people = await city.people(5)
    async with city.database.writing() as store:
        await walk_ins.add(store, 9, clinic_id=city.clinics[0], zone=ZONE, locale="tg", now=NOON)

    async def take(person: int) -> Any:
        async with city.database.writing() as store:
            return await walk_ins.take(store, 9, person_id=person, referral_id=person, now=NOON)

    answers = await asyncio.gather(*(take(person) for person in people))

    assert answers.count(Refusal.CANCELLED) == 4
    [booking] = [answer for answer in answers if answer is not Refusal.CANCELLED]
    assert (await row(city, 9))["person_id"] == booking.person_id
