"""One record of two, on both databases: nothing is lost, one open referral, one visit a day, secrets open."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from care.booking import Slot
from care.claims import Kind
from care.roles import Role
from storage import appointments, claims, company, people, schema, staff, tasks, without_telegram
from storage.bookings import Booked
from storage.taking_over import take_over
from storage.vault import Vault, new_key
from tests.bot.test_accompanying import TOMORROW, ZONE, city

NOON = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
CODE = "x" * 22


class Story:
    """Somebody without Telegram with a visit, company and a phone; and the record of who they are already."""

    def __init__(self, database):
        self.database, self.vault = database, Vault([new_key()])

    async def begin(self):
        area, self.clinic = await city(self.database)
        given = {"consent_version": "test", "link_id": None, "area_id": area}
        async with self.database.writing() as store:
            worker = await people.add(store, self.vault, 1, locale="en", now=NOON, **given)
            staff_id = await staff.add(store, worker.id, Role.WORKER, now=NOON, area_id=area)
            self.known = await people.add(store, self.vault, 2, locale="en", now=NOON, **given)
            self.old = await without_telegram.register(
                store,
                self.vault,
                staff_id=staff_id,
                locale="en",
                consent_version="test",
                area_id=area,
                now=NOON,
            )
        self.visit = await self.book(self.old, TOMORROW)
        async with self.database.writing() as store:
            wish = await company.begin(store, self.old.id, self.visit.id, now=NOON)
            sealed = self.vault.seal_for(self.old.key, b"43.2,76.9")
            await store.execute(schema.companies.update().values(place=sealed))
            await tasks.add(store, person_id=self.old.id, promised_at=NOON, now=NOON, staff_id=staff_id)
            phone = self.vault.seal_for(self.old.key, b"+7701")
            await store.execute(schema.tasks.update().values(contact=phone))
            await claims.add(store, self.old.id, Kind.RECORD, CODE, now=NOON)
        self.wish = wish
        return self

    async def book(self, person, local):
        slot = Slot(clinic_id=self.clinic, zone=ZONE, local=local, minutes=30, capacity=5)
        async with self.database.writing() as store:
            booked = await appointments.book(store, person, slot, now=NOON)
        assert isinstance(booked, Booked)
        return booked.booking

    async def rows(self, table):
        async with self.database.reading() as store:
            return (await store.execute(select(table))).mappings().all()

    async def take_over(self):
        async with self.database.writing() as store:
            await take_over(store, self.vault, self.old, self.known, now=NOON)


@pytest.fixture
async def story(any_database):
    return await Story(any_database).begin()


@pytest.mark.parametrize("own", [None, TOMORROW + timedelta(days=1)])
async def test_all_goes_over_and_the_old_record_is_gone(story, own):
    if own is not None:
        await story.book(story.known, own)

    await story.take_over()

    assert story.old.id not in {row["id"] for row in await story.rows(schema.people)}
    for table in (schema.bookings, schema.companies, schema.tasks, schema.referrals):
        assert {row["person_id"] for row in await story.rows(table)} == {story.known.id}, table.name
    open_ones = [row for row in await story.rows(schema.referrals) if row["closed_at"] is None]
    assert [row["state"] for row in open_ones] == ["booked"]
    assert {row["referral_id"] for row in await story.rows(schema.bookings)} == {open_ones[0]["id"]}
    assert await story.rows(schema.claims) == []
    visits = {row["booking_id"]: row["person_id"] for row in await story.rows(schema.due)}
    assert visits[story.visit.id] == story.known.id


async def test_what_was_sealed_opens_with_the_new_key(story):
    await story.take_over()

    [wish], [task] = await story.rows(schema.companies), await story.rows(schema.tasks)
    assert story.vault.open_for(story.known.key, wish["place"]) == b"43.2,76.9"
    assert story.vault.open_for(story.known.key, task["contact"]) == b"+7701"


async def test_of_two_visits_on_one_day_the_place_of_one_is_free_again(story):
    mine = await story.book(story.known, TOMORROW + timedelta(hours=1))

    await story.take_over()

    active = [row["id"] for row in await story.rows(schema.bookings) if row["cancelled_at"] is None]
    assert active == [mine.id]
    [wish] = await story.rows(schema.companies)
    assert (wish["state"], wish["place"]) == ("cancelled", None)


async def test_a_code_is_used_by_one_only(story):
    async with story.database.writing() as store:
        claim = await claims.by_code(store, CODE, now=NOON)
        assert claim is not None
        assert [await claims.use(store, claim.id, now=NOON) for _ in range(2)] == [True, False]

    async with story.database.writing() as store:
        assert await claims.by_code(store, CODE, now=NOON) is None


async def test_the_code_of_somebody_who_has_telegram_by_now_is_good_for_nothing(story):
    async with story.database.writing() as store:
        await without_telegram.give_telegram(
            store, story.vault, story.old, 3, locale="en", consent_version="test", now=NOON
        )

    async with story.database.writing() as store:
        assert await claims.by_code(store, CODE, now=NOON) is None


async def test_an_account_of_another_person_is_not_written_to_a_second_record(story):

    with pytest.raises(IntegrityError):
        async with story.database.writing() as store:
            await without_telegram.give_telegram(
                store, story.vault, story.old, 2, locale="en", consent_version="test", now=NOON
            )
