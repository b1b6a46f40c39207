"""A clinic that leaves the directory sends nobody to a shut door, and gives people their visits back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from care.children import Age
from care.closing import HELD
from care.message_kinds import Kind
from storage import children, displaced, retired, schema
from storage.engine import Database
from tests.storage.test_closing import City

HERE = "2026-11-25T18:30"


class Town(City):
    """The first of its clinics leaves the directory, and comes back."""

    async def leave(self, at: datetime | None) -> None:
        async with self.database.writing() as store:
            of_clinic = schema.clinics.c.id == self.clinics[0]
            await store.execute(update(schema.clinics).where(of_clinic).values(retired_at=at))

    async def concerned(self) -> int:
        async with self.database.reading() as store:
            return await retired.visits_ahead(store, now=self.now)

    async def wait(self, person_id: int, **values: Any) -> None:
        wait = {"id": 77, "person_id": person_id, "days": [], "hours": "any", "refused": []}
        async with self.database.writing() as store:
            made = {"created_at": self.now, "ends_at": self.now + HELD}
            await store.execute(insert(schema.waits).values(**wait, **made, **values))


@pytest.fixture
async def town(any_database: Database) -> Town:
    town = Town(any_database)
    await town.build()
    return town


async def test_visits_at_a_clinic_that_left_are_displaced_like_those_of_a_closed_one(town: Town) -> None:
    first, second, other = await town.book(HERE), await town.book(HERE), await town.book(HERE, clinic=1)
    async with town.database.writing() as store:
        assert await children.add(store, first, Age.UNDER_5, after=0, now=town.now)
    await town.leave(town.now)
    assert await town.concerned() == 3

    await town.sweep()
    await town.sweep()

    assert await town.concerned() == 0
    for visit in (first, second):
        kept = await town.kept(visit)
        assert kept is not None
        assert kept.clinic_id == town.clinics[1]
    assert (await town.row(other))["cancelled_at"] is None
    told = await town.notices()
    assert {one["booking_id"] for one in told} == {first.id, second.id}
    [closure] = await town.rows(schema.closures)
    assert (closure["kind"], closure["staff_id"]) == ("gone", None)


async def test_people_get_their_visits_back_with_the_clinic_unless_they_chose_otherwise(town: Town) -> None:
    back, taken, declined = [await town.book(f"2026-11-25T{at}:00") for at in (17, 18, 19)]
    await town.leave(town.now)
    await town.sweep()
    assert await town.try_to_book(taken.person_id, "2026-11-27T17:00", clinic=1)
    async with town.database.writing() as store:
        lost = await displaced.own(store, declined.id, declined.person_id, now=town.now)
        assert lost is not None
        await displaced.decline(store, lost, now=town.now)
    async with town.database.writing() as store:
        of_notices = (schema.due.c.booking_id == back.id) & (schema.due.c.kind == "closed")
        await store.execute(update(schema.due).where(of_notices).values(state="sent"))
    town.now += timedelta(hours=3)

    await town.leave(None)
    await town.sweep()
    await town.sweep()

    rows = [await town.row(visit) for visit in (back, taken, declined)]
    assert [row["cancelled_at"] is None for row in rows] == [True, False, False]
    assert await town.kept(back) is None
    assert [one["booking_id"] for one in await town.notices("reopened")] == [back.id]
    assert len(await town.notices("visit-eve")) == 2
    [closure] = await town.rows(schema.closures)
    assert closure["undone_at"] == town.now


async def test_a_visit_that_slips_in_behind_the_import_is_found_too(town: Town) -> None:
    await town.leave(town.now)
    await town.sweep()
    assert await town.rows(schema.closures) == []
    late = await town.book(HERE)  # the screen was open before the import

    await town.sweep()

    assert (await town.row(late))["closure_id"]
    assert [one["booking_id"] for one in await town.notices()] == [late.id]


async def test_what_is_over_or_going_on_at_a_clinic_that_left_stays(town: Town) -> None:
    going_on = await town.book("2026-11-23T17:00")
    town.now = datetime(2026, 11, 23, 12, 20, tzinfo=UTC)  # 17:20 in Almaty
    await town.leave(town.now)

    await town.sweep()

    assert (await town.row(going_on))["cancelled_at"] is None
    assert await town.rows(schema.closures) == []


async def test_who_waits_for_a_clinic_that_left_waits_for_any_in_turn_and_is_told_once(town: Town) -> None:
    person = (await town.book(HERE, clinic=1)).person_id
    began = town.now
    await town.wait(person, clinic_id=town.clinics[0])
    await town.leave(town.now)
    town.now += timedelta(minutes=1)

    await town.sweep()
    await town.sweep()

    [wait] = await town.rows(schema.waits)
    assert (wait["clinic_id"], wait["created_at"], wait["ended_at"]) == (None, began, None)
    [told] = await town.notices(Kind.WAIT_WIDER.value)
    assert (told["person_id"], told["params"]) == (person, {"wait": 77})


async def test_an_offer_at_a_clinic_that_left_is_taken_back(town: Town) -> None:
    person = (await town.book(HERE, clinic=1)).person_id
    await town.wait(person)
    visit = await town.book(HERE)
    async with town.database.writing() as store:
        as_offer = {"use": "wait", "use_id": 77, "person_id": None, "referral_id": None}
        offered = schema.bookings.c.id == visit.id
        await store.execute(update(schema.bookings).where(offered).values(**as_offer))
        await store.execute(update(schema.waits).values(offered=visit.id, offered_until=town.now + HELD))
    await town.leave(town.now)
    assert await town.concerned() == 0

    await town.sweep()

    async with town.database.reading() as store:
        wait = (await store.execute(select(schema.waits))).mappings().one()
    assert (wait["offered"], wait["ended_at"]) == (None, None)
    assert (await town.row(visit))["cancelled_at"] is not None
