"""Every minute the next one of the team is asked, on both databases; a night and a restart lose nothing."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, select, update

from bot.accompanying import ask_the_next
from care.booking import Slot
from care.company import State, accepted
from care.roles import Role
from storage import appointments, company, company_offers, people, schema, staff
from storage.bookings import Booked
from storage.erasing import retention
from storage.vault import Vault, new_key

NOON = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # Monday, 12:00 in Almaty
ZONE = "Asia/Almaty"
TOMORROW = datetime.fromisoformat("2026-11-24T17:00")  # local


async def city(database) -> tuple[int, int]:
    """Return the ids of an area and its clinic."""
    async with database.writing() as store:

        async def add(table, **values):
            return (await store.execute(insert(table).values(**values))).inserted_primary_key[0]

        region = await add(schema.regions, code="r", names={})
        town = await add(schema.cities, code="c", region_id=region, zone=ZONE, names={})
        area = await add(schema.areas, code="a", city_id=town, names={})
        texts = {name: {} for name in ("names", "address", "directions", "hours", "bring")}
        clinic = await add(schema.clinics, code="k", area_id=area, latitude=43.2, longitude=76.9, **texts)
    return area, clinic


async def team(database, area: int, number: int) -> list[int]:
    vault, found = Vault([new_key()]), []
    given = {"consent_version": "test", "link_id": None, "area_id": None}
    async with database.writing() as store:
        for one in range(number):
            person = await people.add(store, vault, 100 + one, locale="en", now=NOON, **given)
            at = NOON + timedelta(seconds=one)
            found.append(await staff.add(store, person.id, Role.WORKER, now=at, area_id=area))
    return found


async def asked(database, area: int, clinic: int, *, telegram_id: int = 7) -> tuple[int, int]:
    """Return the booking of somebody who asked for company tomorrow at 17:00, and the wish."""
    vault = Vault([new_key()])
    slot = Slot(clinic_id=clinic, zone=ZONE, local=TOMORROW, minutes=30, capacity=9)
    async with database.writing() as store:
        given = {"consent_version": "test", "link_id": None, "area_id": area}
        person = await people.add(store, vault, telegram_id, locale="en", now=NOON, **given)
        booked = await appointments.book(store, person, slot, now=NOON)
        assert isinstance(booked, Booked)
        wish = await company.begin(store, person.id, booked.booking.id, now=NOON)
        await store.execute(update(schema.companies).values(state=State.ASKED.value))
    return booked.booking.id, wish


async def standing(database) -> tuple[str, int | None]:
    async with database.reading() as store:
        row = (await store.execute(select(schema.companies))).mappings().one()
    return row["state"], row["offered_to"]


async def test_one_after_the_other_is_asked_and_in_the_end_nobody(any_database):
    area, clinic = await city(any_database)
    first, second = await team(any_database, area, 2)
    await asked(any_database, area, clinic)

    seen = []
    for minutes in range(0, 75, 15):
        await ask_the_next(any_database, now=NOON + timedelta(minutes=minutes), zone=ZONE)
        seen.append(await standing(any_database))

    assert seen == [*[("offered", first)] * 2, *[("offered", second)] * 2, ("nobody", None)]


async def test_with_nothing_open_nothing_is_written(any_database):
    async with any_database.reading() as store:
        assert not await company.anything_open(store)

    await ask_the_next(any_database, now=NOON, zone=ZONE)


async def test_two_who_ask_for_the_same_hour_get_different_people(any_database):
    area, clinic = await city(any_database)
    first, second = await team(any_database, area, 2)
    booking, wish = await asked(any_database, area, clinic)
    await ask_the_next(any_database, now=NOON, zone=ZONE)
    async with any_database.writing() as store:
        there = await company.by_id(store, wish)
        after = accepted(there.company, first, now=NOON)
        await company_offers.settle(store, there, after, now=NOON)
        await store.execute(update(schema.companies).values(state=after.state.value))
    await asked_of_another(any_database, area, clinic)

    await ask_the_next(any_database, now=NOON, zone=ZONE)

    async with any_database.reading() as store:
        rows = (await store.execute(select(schema.companies))).mappings().all()
    assert {row["booking_id"]: row["offered_to"] for row in rows}[booking] == first
    assert {row["offered_to"] for row in rows} == {first, second}


async def asked_of_another(database, area: int, clinic: int) -> None:
    async with database.writing() as store:
        before = (await store.execute(select(schema.companies.c.id))).scalar_one()
    await asked(database, area, clinic, telegram_id=8)
    async with database.writing() as store:
        await store.execute(
            update(schema.companies).where(schema.companies.c.id == before).values(state="accepted")
        )


async def test_after_the_visit_it_is_over_and_after_a_month_it_is_gone(any_database):
    area, clinic = await city(any_database)
    await asked(any_database, area, clinic)
    over = NOON + timedelta(days=3)

    await ask_the_next(any_database, now=over, zone=ZONE)
    assert (await standing(any_database))[0] == "nobody"
    async with any_database.reading() as store:
        assert not await company.anything_open(store)
    await retention(any_database, now=over + timedelta(days=31))

    async with any_database.reading() as store:
        assert (await store.execute(select(schema.companies))).first() is None
