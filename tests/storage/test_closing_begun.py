"""Who came, or should have come when a clinic closes, and was not examined: the desk answers for them."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from care.booking import Booking
from care.children import Age
from care.closing import all_day
from care.directory import Closure, ClosureKind
from care.outcomes import Kind
from care.places import OVERFLOW
from care.register import Mark
from care.roles import Actor
from storage import children, closing, closures, directory, examinations, register, schema
from storage.engine import Database, open_database
from storage.people import random_id
from tests.storage.test_closing import City, local

TODAY = date(2026, 11, 23)
EVENING = datetime(2026, 11, 23, 13, 10, tzinfo=UTC)  # 18:10 in Almaty: visits begin from 17:00 on


@pytest.fixture
async def city(any_database: Database) -> City:
    return await City(any_database).build()


def down(*, also_begun: bool) -> Closure:
    whole = all_day(TODAY, closure_id=random_id(), kind=ClosureKind.DOWN)
    return replace(whole, begins=local(f"{TODAY}T18:10"), also_begun=also_begun)


async def said(city: City, visit: Booking, what: Mark) -> None:
    async with city.database.writing() as store:
        found = await register.lock(store, visit.id, None)
        assert found is not None
        assert await register.mark(store, found, what, by=Actor.REGISTRAR, now=city.now)


async def examined(city: City, visit: Booking) -> None:
    async with city.database.writing() as store:
        values = {"clinic_id": visit.clinic_id, "person_id": visit.person_id, "examined_at": city.now}
        await store.execute(insert(schema.examinations).values(id=random_id(), booking_id=visit.id, **values))


async def state(city: City, visit: Booking) -> str:
    [row] = await city.rows(schema.referrals, id=visit.referral_id)
    return str(row["state"])


def lost(row: Mapping[str, Any]) -> bool:
    """Return whether a visit was cancelled by the clinic, and has no mark any more."""
    return bool(row["cancelled_at"] and row["closure_id"]) and not (row["came_at"] or row["missed_at"])


async def test_who_came_or_should_have_gets_another_time_when_the_desk_says_so(city: City) -> None:
    came, missed, begun = [await city.book(f"{TODAY}T17:{at}") for at in ("00", "30", "30")]
    early, ahead, seen = [await city.book(f"{TODAY}T{at}") for at in ("18:30", "18:30", "17:00")]
    city.now = EVENING
    for visit in (came, early, seen):
        await said(city, visit, Mark.CAME)
    await said(city, missed, Mark.MISSED)
    await examined(city, seen)

    closure = await city.close(down(also_begun=True))

    displaced = (came, missed, begun, early, ahead)
    for visit in displaced:
        assert lost(await city.row(visit))
        assert (await city.kept(visit)) is not None
        assert await state(city, visit) == "informed"
    assert (await city.row(seen))["came_at"] == EVENING
    assert {one["booking_id"] for one in await city.notices()} == {one.id for one in displaced}
    assert not await city.notices("pass-on") or {
        one["booking_id"] for one in await city.notices("pass-on")
    } == {seen.id}
    await city.sweep()
    assert len(await city.notices()) == len(displaced)  # once
    async with city.database.reading() as store:
        found = await closures.by_id(store, closure.id, None)
    assert found is not None
    assert found.people == len(displaced)


async def test_who_is_being_seen_stays_when_the_desk_says_so(city: City) -> None:
    came, begun, ahead = [await city.book(f"{TODAY}T{at}") for at in ("17:00", "17:30", "18:30")]
    city.now = EVENING
    await said(city, came, Mark.CAME)

    await city.close(down(also_begun=False))
    await city.sweep()

    assert [one["booking_id"] for one in await city.notices()] == [ahead.id]
    assert not lost(await city.row(came))
    assert not lost(await city.row(begun))


async def test_the_question_counts_who_had_begun_and_has_nothing_written(city: City) -> None:
    came, _, ahead, seen = [await city.book(f"{TODAY}T{at}") for at in ("17:00", "17:30", "18:30", "17:00")]
    city.now = EVENING
    for visit in (came, seen):
        await said(city, visit, Mark.CAME)
    await examined(city, seen)

    async with city.database.reading() as store:
        clinic = await directory.clinic(store, ahead.clinic_id)
        assert clinic is not None
        asked = await closing.concerned(store, clinic, down(also_begun=False), now=city.now)
        both = await closing.concerned(store, clinic, down(also_begun=True), now=city.now)

    assert (asked.visits, asked.begun) == (1, 2)
    assert (both.visits, both.begun, both.readers) == (3, 0, 3)


async def test_the_answer_stands_in_the_store_and_is_carried_out_after_a_kill(city: City) -> None:
    came = await city.book(f"{TODAY}T17:00")
    city.now = EVENING
    await said(city, came, Mark.CAME)
    async with city.database.writing() as store:  # the desk's transaction took others back, and no more
        await closures.lock_clinic(store, came.clinic_id)
        closure = down(also_begun=True)
        assert await closures.add(store, came.clinic_id, closure, staff_id=None, now=city.now)

    city.now += timedelta(minutes=3)
    await city.sweep()

    assert lost(await city.row(came))
    assert await city.kept(came)
    assert [one["booking_id"] for one in await city.notices()] == [came.id]


async def test_who_comes_without_a_booking_after_that_is_left_alone(city: City) -> None:
    visit = await city.book(f"{TODAY}T17:00")
    city.now = EVENING
    await city.close(down(also_begun=True))
    city.now += timedelta(minutes=5)
    [row] = await city.rows(schema.bookings, id=visit.id)
    later = {"id": random_id(), "place": OVERFLOW, "created_at": city.now, "came_at": city.now}
    clear = {"cancelled_at": None, "closure_id": None, "local_start": f"{TODAY}T18:15", "starts_at": city.now}
    async with city.database.writing() as store:
        await store.execute(insert(schema.bookings).values(row | later | clear))

    await city.sweep()

    assert (await city.rows(schema.bookings, id=later["id"]))[0]["came_at"] == city.now


async def test_an_undo_brings_back_who_was_not_told_and_leaves_the_other_place_to_who_was(city: City) -> None:
    told, untold = await city.book(f"{TODAY}T17:00"), await city.book(f"{TODAY}T17:30")
    city.now = EVENING
    for visit in (told, untold):
        await said(city, visit, Mark.CAME)
    closure = await city.close(down(also_begun=True))
    async with city.database.writing() as store:
        table = schema.due
        await store.execute(update(table).where(table.c.booking_id == told.id).values(state="sent"))

    assert await city.undo(closure) == 1

    assert (await city.row(untold))["cancelled_at"] is None
    assert await state(city, untold) == "booked"
    assert await city.kept(untold) is None
    assert await city.kept(told) is not None
    assert await city.notices("reopened") == []


async def test_an_undo_on_another_day_leaves_the_day_as_it_was(city: City) -> None:
    visit = await city.book(f"{TODAY}T17:00")
    city.now = EVENING
    closure = await city.close(down(also_begun=True))
    city.now += timedelta(hours=12)

    assert await city.undo(closure) == 0
    assert await city.kept(visit) is not None


async def test_a_child_that_was_examined_stays_and_one_that_was_not_goes_with_the_adult(city: City) -> None:
    one = await city.book(f"{TODAY}T17:00")
    other = await city.book(f"{TODAY}T17:00")
    kids = []
    async with city.database.writing() as store:
        for visit in (one, other):
            child = await children.add(store, visit, Age.UNDER_15, after=0, now=city.now)
            assert child is not None
            kids.append(child)
            await store.execute(
                update(schema.bookings).where(schema.bookings.c.id == child.id).values(came_at=EVENING)
            )
        values = {"clinic_id": one.clinic_id, "person_id": one.person_id, "examined_at": EVENING}
        await store.execute(
            insert(schema.examinations).values(id=random_id(), booking_id=kids[0].id, **values)
        )
    city.now = EVENING

    await city.close(down(also_begun=True))

    assert [
        bool(row["cancelled_at"]) for kid in kids for row in await city.rows(schema.bookings, id=kid.id)
    ] == [
        False,
        True,
    ]
    assert {row["booking_id"] for row in await city.notices()} == {one.id, other.id}


async def test_what_a_clinician_writes_at_the_same_moment_holds(any_url: str) -> None:
    """Whoever writes of a visit holds its row: the closing passes it over, and finds it examined later."""
    database = open_database(any_url)
    try:
        city = await City(database).build()
        visit, other = await city.book(f"{TODAY}T17:00"), await city.book(f"{TODAY}T17:30")
        city.now = EVENING
        for one in (visit, other):
            await said(city, one, Mark.CAME)
        if database.is_sqlite:
            await examined(city, visit)
            await city.close(down(also_begun=True))
        else:
            async with database.writing() as store:
                values = {"clinic_id": visit.clinic_id, "person_id": visit.person_id, "examined_at": EVENING}
                assert await examinations.lock(store, visit.id, [visit.clinic_id], now=EVENING)
                row = {"id": random_id(), "booking_id": visit.id, **values}
                await store.execute(insert(schema.examinations).values(**row))
                async with asyncio.timeout(60):
                    await city.close(down(also_begun=True))
        await city.sweep()

        assert (await city.row(visit))["came_at"] == EVENING
        assert lost(await city.row(other))
        assert [one["booking_id"] for one in await city.notices()] == [other.id]
    finally:
        await database.close()


async def test_a_missed_visit_counts_as_none_once_the_clinic_takes_it_back(city: City) -> None:
    missed = await city.book(f"{TODAY}T17:00")
    city.now = EVENING
    await said(city, missed, Mark.MISSED)
    kinds = [row["kind"] for row in await city.rows(schema.outcomes)]
    assert kinds.count("no-show") == 1

    await city.close(down(also_begun=True))

    assert [row["detail"] for row in await city.rows(schema.outcomes, kind="undone")] == ["missed"]
    assert len(await city.rows(schema.outcomes, kind=Kind.NO_SHOW_ENDED.value)) == 1
