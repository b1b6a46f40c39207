"""Misses, failures of a clinic and wordings, as they are read from both databases."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from care.absence import misses_in_a_row
from care.booking import Booking, Slot, to_utc
from care.failures import Failure, Tally
from care.outcomes import Kind
from care.plan import By, From, read
from care.roles import Role
from care.wording import Results, Variant
from storage import absences, bookings, failures, schema, staff, task_candidates, task_changes, wordings
from storage.bookings import Booked
from storage.engine import Database
from tests.storage.test_bookings import ZONE, City

DAY = timedelta(days=1)


@pytest.fixture
async def city(any_database: Database, now: datetime) -> City:
    return await City(any_database, now).build()


async def visit(city: City, person_id: int, number: int, days: int, **values: Any) -> int:
    """Put a visit of so many days ago into the store."""
    day = (city.now - days * DAY).date()
    local = datetime.fromisoformat(f"{day}T10:00")
    row = {
        "id": number,
        "person_id": person_id,
        "referral_id": person_id,
        "clinic_id": city.clinics[0],
        "starts_at": to_utc(local, ZONE),
        "local_start": local.isoformat(timespec="minutes"),
        "local_day": day.isoformat(),
        "zone": ZONE,
        "place": number,
        "created_at": city.now - (days + 1) * DAY,
    }
    async with city.database.writing() as store:
        await store.execute(insert(schema.bookings).values(**(row | values)))
    return number


async def test_only_visits_of_the_open_referral_whose_time_has_come_count(city: City) -> None:
    one, other = await city.people(2)
    await visit(city, one, 1, 9, said="missed")
    await visit(city, one, 2, 5, missed_at=city.now)
    await visit(city, one, 3, 4, said="missed", cancelled_at=city.now)
    await visit(city, one, 4, -3)
    await visit(city, other, 5, 2, said="missed")

    async with city.database.reading() as store:
        found = await absences.past(store, one, now=city.now)
        assert [visit.booking_id for visit in found] == [2, 1]
        assert [visit.booking_id for visit in misses_in_a_row(found)] == [2, 1]
        assert await absences.person_writes(store, one, now=city.now)
        assert not await absences.person_writes(store, other, now=city.now)
    async with city.database.writing() as store:
        await store.execute(update(schema.referrals).values(closed_at=city.now))
        assert not await absences.person_writes(store, one, now=city.now)


async def test_a_failure_is_new_once_and_the_office_is_told_once_a_day(city: City) -> None:
    one, other, boss = await city.people(3)
    async with city.database.writing() as store:
        await staff.add(store, boss, Role.COORDINATOR, now=city.now)
    first, second = await visit(city, one, 1, 1), await visit(city, other, 2, 1)

    async def report(person_id: int, number: int, failure: Failure) -> bool:
        async with city.database.writing() as store:
            mine = await bookings.lock_own(store, number, person_id)
            assert mine is not None
            return await failures.keep(store, mine, failure, now=city.now)

    pressed = await asyncio.gather(*(report(one, first, Failure.CLOSED) for _ in range(4)))
    assert sorted(pressed) == [False, False, False, True]
    assert await report(other, second, Failure.CHARGED)

    async with city.database.reading() as store:
        told = (await store.execute(select(schema.due).where(schema.due.c.kind == "clinic-failed"))).all()
        assert [row.person_id for row in told] == [boss]
        counted = await failures.reported(store, city.clinics[0], since=city.now)
        assert counted == {Failure.CLOSED: 1, Failure.CHARGED: 1}
        assert await failures.reported(store, city.clinics[0], since=city.now + timedelta(seconds=1)) == {}


async def happened(city: City, *told: tuple[float, Kind, dict[str, Any]]) -> None:
    async with city.database.writing() as store:
        for hours, kind, fields in told:
            at = city.now + timedelta(hours=hours)
            row = {"kind": kind.value, "at": at, "role": "person", **fields}
            await store.execute(insert(schema.outcomes).values(**row))


async def test_what_became_of_visits_is_counted_by_clinic(city: City) -> None:
    at, elsewhere = {"clinic_id": 8, "referral_id": 1}, {"clinic_id": 9, "referral_id": 1}
    await happened(
        city,
        (0, Kind.MISSED, at),
        (0, Kind.NO_SHOW, at),
        (1, Kind.SAID_MISSED, at),
        (2, Kind.CAME, elsewhere),
        (2, Kind.NO_SHOW, {"clinic_id": 8, "referral_id": 2}),
        (3, Kind.CLINIC_FAILED, {"clinic_id": 8, "referral_id": 2, "detail": "closed"}),
        (3, Kind.NO_SHOW_ENDED, {"clinic_id": 8, "referral_id": 2}),
        (4, Kind.NO_SHOW, {"clinic_id": 8, "referral_id": 3}),
        (4, Kind.TODAY_SEEN, {"referral_id": 3}),
        (99, Kind.CAME, at),
    )

    async with city.database.reading() as store:
        found = await failures.tallies(store, city.now, city.now + DAY)
    assert found == {8: Tally(0, 1, 1), 9: Tally(1, 0, 0)}


async def test_what_came_of_reminders_may_be_known_later_and_staff_do_not_count(city: City) -> None:
    one, two, colleague = ({"referral_id": number} for number in (1, 2, 3))
    await happened(
        city,
        (-30, Kind.REMINDED, {**two, "detail": "visit-eve.b"}),
        (0, Kind.REMINDED, {**one, "detail": "visit-eve.a"}),
        (1, Kind.REMINDED, {**two, "detail": "visit-soon.b"}),
        (3, Kind.MISSED, {**two, "clinic_id": 1}),
        (1, Kind.REMINDED, {**colleague, "detail": "visit-soon.b"}),
        (2, Kind.TODAY_SEEN, colleague),
        (48, Kind.CAME, {**one, "clinic_id": 1}),
        (48, Kind.REMINDED, {**two, "detail": "visit-eve.b"}),
    )

    async with city.database.reading() as store:
        found = await wordings.results(store, city.now, city.now + DAY)
    assert found == {Variant.A: Results(reminded=1, came=1), Variant.B: Results(reminded=1, missed=1)}


async def test_a_plan_moves_along_to_the_same_time_of_day_alone(city: City) -> None:
    [person_id] = await city.people(1)
    await visit(city, person_id, 1, -3)
    words = {"by": "bus", "from": "work", "at": "0900"}

    async def moved(number: int, local: str) -> Booking:
        async with city.database.writing() as store:
            mine = await bookings.lock_own(store, number, person_id)
            assert mine is not None
            start = datetime.fromisoformat(local)
            slot = Slot(clinic_id=city.clinics[0], zone=ZONE, local=start, minutes=30, capacity=9)
            done = await bookings.move(store, mine, slot, now=city.now)
            assert isinstance(done, Booked)
            return done.booking

    async with city.database.writing() as store:
        await bookings.change(store, 1, plan=words)
    same = await moved(1, "2026-11-26T10:00")
    assert same.plan == read(words)
    assert same.plan is not None
    assert (same.plan.by, same.plan.start) == (By.BUS, From.WORK)
    other = await moved(same.id, "2026-11-26T11:00")
    assert other.plan is None
    async with city.database.writing() as store:
        await bookings.change(store, other.id, plan=None)
        kept = await bookings.own(store, other.id, person_id)
    assert kept is not None
    assert kept.plan is None


async def test_who_missed_twice_is_looked_at_once_also_with_a_visit_ahead(city: City) -> None:
    one, came, once = await city.people(3)
    await visit(city, one, 1, 9, said="missed")
    await visit(city, one, 2, 5, missed_at=city.now - 5 * DAY)
    await visit(city, one, 3, -2)
    await visit(city, came, 4, 9, said="missed")
    await visit(city, came, 5, 7, came_at=city.now - 7 * DAY)
    await visit(city, came, 6, 5, said="missed")
    await visit(city, came, 7, -2)
    await visit(city, once, 8, 5, missed_at=city.now)
    await visit(city, once, 9, 3, missed_at=city.now, failure="closed")
    await visit(city, once, 10, -2)
    wanted, moments = task_candidates.STATEMENTS[2], task_candidates.moments(city.now)

    async def found() -> list[int]:
        async with city.database.reading() as store:
            return list((await store.execute(wanted, moments)).scalars())

    assert await found() == [one]
    async with city.database.writing() as store:
        await task_changes.look(store, [one], now=city.now, zone=ZONE)
        open_tasks = select(schema.tasks.c.kind).where(schema.tasks.c.done_at.is_(None))
        assert "missed-twice" in (await store.execute(open_tasks)).scalars().all()
    assert await found() == []
    async with city.database.writing() as store:
        await store.execute(update(schema.tasks).values(done_at=city.now))
        await store.execute(update(schema.referrals).values(changed_at=city.now + DAY))
    assert await found() == []
