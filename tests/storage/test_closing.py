"""A clinic takes places back: all are told once, keep their turn, and get the old place again by an undo."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from bot import closures as job
from bot.tasks import look as look_at_tasks
from care.booking import Booking, Refusal, Slot, slots, to_utc
from care.children import Age
from care.closing import HELD, all_day
from care.directory import Closure, ClosureKind
from care.places import Use
from care.reminders import is_urgent
from care.roles import Actor
from care.waiting_list import start_key
from storage import (
    appointments,
    bookings,
    children,
    closing,
    closures,
    directory,
    displaced,
    people,
    places,
    reopening,
    schema,
    wait_taking,
    waits,
)
from storage.bookings import Booked
from storage.engine import Database, open_database
from storage.people import random_id

ZONE = "Asia/Almaty"
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # Monday noon in Almaty
DAY = date(2026, 11, 25)  # Wednesday
_numbers = count(1)


def local(word: str) -> datetime:
    """Return a time on the clinic's clock, naive."""
    return datetime.fromisoformat(word)


class City:
    """Two clinics near each other, open 17:00 to 20:00, and people with open referrals."""

    def __init__(self, database: Database) -> None:
        self.database, self.now = database, NOW

    async def build(self, *, capacity: int = 2, clinics: int = 2) -> "City":
        async with self.database.writing() as store:
            region = await _add(store, schema.regions, code="r", names={})
            city = await _add(store, schema.cities, code="c", region_id=region, zone=ZONE, names={})
            area = await _add(store, schema.areas, code="a", city_id=city, names={})
            self.clinics = [await _clinic(store, area, n, capacity) for n in range(clinics)]
        return self

    async def book(self, local: str = f"{DAY}T18:30", *, clinic: int = 0) -> Booking:
        """Book a visit for somebody new."""
        number = next(_numbers)
        async with self.database.writing() as store:
            await store.execute(insert(schema.people).values(_person(number)))
            await store.execute(insert(schema.referrals).values(_referral(number)))
        self.now += timedelta(seconds=1)
        booked = await self.try_to_book(number, local, clinic=clinic)
        assert isinstance(booked, Booked), booked
        return booked.booking

    async def try_to_book(self, person_id: int, local: str, *, clinic: int = 0) -> Booked | Refusal:
        slot = Slot(
            clinic_id=self.clinics[clinic],
            zone=ZONE,
            local=datetime.fromisoformat(local),
            minutes=30,
            capacity=100 if self.wide else 2,
        )
        async with self.database.writing() as store:
            person = await people.by_id(store, person_id)
            assert person is not None
            return await appointments.book(store, person, slot, now=self.now)

    wide = False

    async def close(self, closure: Closure | None = None, *, clinic: int = 0) -> Closure:
        made = closure or all_day(DAY, closure_id=random_id(), kind=ClosureKind.CLOSED)
        async with self.database.writing() as store:
            found = await directory.clinic(store, self.clinics[clinic])
            assert found is not None
            await closing.close(store, found, made, by=Actor.REGISTRAR, staff_id=None, now=self.now)
        return made

    async def fewer(self, places_: int) -> Closure:
        whole = all_day(DAY, closure_id=random_id(), kind=ClosureKind.FEWER)
        return await self.close(
            Closure(id=whole.id, kind=whole.kind, begins=whole.begins, ends=whole.ends, places=places_)
        )

    async def undo(self, closure: Closure) -> int | None:
        async with self.database.writing() as store:
            said = await closures.by_id(store, closure.id, None)
            assert said is not None
            return await reopening.undo(store, said, by=Actor.REGISTRAR, now=self.now)

    async def sweep(self) -> None:
        await job.look(self.database, now=self.now)

    async def row(self, booking: Booking) -> Mapping[str, Any]:
        [row] = await self.rows(schema.bookings, id=booking.id)
        return row

    async def rows(self, table: Any, **where: Any) -> list[Mapping[str, Any]]:
        statement = select(table).where(*(table.c[name] == value for name, value in where.items()))
        async with self.database.reading() as store:
            return [dict(row) for row in (await store.execute(statement)).mappings()]

    async def kept(self, booking: Booking) -> places.Kept | None:
        async with self.database.reading() as store:
            return await displaced.kept_for(store, booking.id, now=self.now)

    async def notices(self, kind: str = "closed", *, state: str = "pending") -> list[Mapping[str, Any]]:
        return await self.rows(schema.due, kind=kind, state=state)

    async def standing(self, clinic: int = 0, day: date = DAY) -> int:
        """Return how many visits of people stand on a day."""
        table = schema.bookings
        statement = select(func.count()).where(
            table.c.clinic_id == self.clinics[clinic],
            table.c.local_day == day.isoformat(),
            table.c.person_id.is_not(None),
            table.c.cancelled_at.is_(None),
        )
        async with self.database.reading() as store:
            return int((await store.execute(statement)).scalar_one())


async def _add(store: Any, table: Any, **values: Any) -> int:
    done = await store.execute(insert(table).values(**values))
    return int(values.get("id") or done.inserted_primary_key[0])


async def _clinic(store: Any, area: int, number: int, capacity: int) -> int:
    texts = {name: {} for name in ("names", "address", "directions", "hours", "bring")}
    clinic = await _add(
        store,
        schema.clinics,
        code=f"k{number}",
        area_id=area,
        latitude=43.2,
        longitude=76.9 + number,
        **texts,
    )
    for weekday in range(6):
        hours = {"starts": "17:00", "ends": "20:00", "slot_minutes": 30}
        await _add(store, schema.sessions, clinic_id=clinic, weekday=weekday, capacity=capacity, **hours)
    return clinic


def _person(number: int) -> dict[str, Any]:
    when = {"consented_at": NOW, "seen_on": NOW.date(), "created_at": NOW}
    said = {"locale": "en", "consent_version": "1", "consent_locale": "en"}
    return (
        {"id": number, "telegram_hash": number.to_bytes(32, "big"), "telegram_id": b"", "key": b""}
        | when
        | said
    )


def _referral(number: int) -> dict[str, Any]:
    return {"id": number, "person_id": number, "state": "reached", "opened_at": NOW, "changed_at": NOW}


@pytest.fixture
async def city(any_database: Database) -> City:
    return await City(any_database).build()


async def test_everybody_booked_on_a_closed_day_keeps_another_place_and_is_told_once(city: City) -> None:
    first, second = await city.book(), await city.book()
    other_day = await city.book("2026-11-26T18:30")

    closure = await city.close()

    for booking in (first, second):
        row = await city.row(booking)
        assert row["cancelled_at"] is not None
        assert row["closure_id"] == closure.id
    assert (await city.row(other_day))["cancelled_at"] is None
    kept = [await city.kept(one) for one in (first, second)]
    assert [one.local for one in kept if one] == [
        local("2026-11-26T18:30"),  # the same hour a day later, where one place was left …
        local("2026-11-26T18:00"),  # … and then the nearest hour
    ]
    assert {one.clinic_id for one in kept if one} == {city.clinics[0]}
    assert sorted(one["key"] for one in await city.notices()) == sorted(
        f"closed:{closure.id}:{one.id}" for one in (first, second)
    )
    assert [one["state"] for one in await city.rows(schema.referrals, id=first.person_id)] == ["informed"]
    assert not await city.rows(schema.due, kind="visit-eve", booking_id=first.id, state="pending")


async def test_a_kept_place_is_held_two_days_and_then_somebody_elses(city: City) -> None:
    booking = await city.book()
    await city.close()
    kept = await city.kept(booking)
    assert kept is not None
    assert kept.held_until == city.now + HELD

    city.now += HELD
    await city.sweep()

    assert await city.kept(booking) is None
    assert (await city.rows(schema.bookings, id=kept.id))[0]["cancelled_at"] == city.now
    assert [row["kind"] for row in await city.rows(schema.outcomes, kind="displaced-lapsed")]
    await city.sweep()
    assert len(await city.rows(schema.outcomes, kind="displaced-lapsed")) == 1


async def test_who_did_not_answer_in_time_waits_before_others_in_the_turn_of_their_loss(city: City) -> None:
    booking = await city.book()
    await city.close()
    lost_at, kept = city.now, await city.kept(booking)
    assert kept is not None

    city.now += HELD
    await city.sweep()

    [wait] = await city.rows(schema.waits, person_id=booking.person_id)
    assert (wait["lost_booking"], wait["created_at"]) == (booking.id, lost_at)
    assert wait["refused"] == [start_key(kept)], "what they let go is not offered to them again"

    await city.try_to_book(booking.person_id, "2026-12-02T18:00")
    [wait] = await city.rows(schema.waits, person_id=booking.person_id)
    assert wait["ended_at"] == city.now, "they waited for a place instead of the one they lost"


@pytest.mark.parametrize("has", ["another visit", "no wish"])
async def test_who_has_or_wants_no_visit_waits_for_none_when_their_place_lapses(city: City, has: str) -> None:
    booking = await city.book()
    if has == "another visit":
        await city.try_to_book(booking.person_id, "2026-12-04T18:00")
    await city.close()
    if has == "no wish":
        async with city.database.writing() as store:
            lost = await displaced.own(store, booking.id, booking.person_id, now=city.now)
            assert lost is not None
            await displaced.decline(store, lost, now=city.now)

    city.now += HELD
    await city.sweep()

    assert await city.kept(booking) is None
    assert not await city.rows(schema.waits)


@pytest.mark.parametrize("moves", [True, False])
async def test_a_place_from_the_waiting_list_settles_what_was_lost_whether_a_visit_moves_or_not(
    city: City, moves: bool
) -> None:
    booking = await city.book()
    await city.close()
    city.now += HELD
    await city.sweep()  # nobody answered: they wait
    async with city.database.writing() as store:
        person = await people.by_id(store, booking.person_id)
        wait = await waits.of(store, booking.person_id)
        assert person is not None
        assert wait is not None
        slot = Slot(
            clinic_id=city.clinics[0], zone=ZONE, local=local("2026-12-04T18:00"), minutes=30, capacity=2
        )
        instead = None
        if moves:
            referral = await appointments.referral_for(store, person, zone=ZONE, now=city.now)
            later = replace(slot, local=local("2026-12-05T18:00"))
            booked = await bookings.book(
                store, later, person_id=person.id, referral_id=referral["id"], advice=None, now=city.now
            )
            assert isinstance(booked, Booked)
            instead = booked.booking
        until = city.now + timedelta(minutes=15)
        kept = await places.keep(store, slot, use=Use.WAIT, use_id=wait.id, until=until, now=city.now)
        assert kept is not None
        await waits.offer(store, wait.id, kept.id, until=until)
        wait = await waits.of(store, booking.person_id)
        assert wait is not None
        taken = await wait_taking.take(store, person, wait, kept, instead=instead, now=city.now)
        assert isinstance(taken, Booking)

    row = await city.row(booking)
    assert row["said"] == ("have-one" if moves else None)
    async with city.database.reading() as store:
        assert not await displaced.open_of(store, booking.person_id, now=city.now)
    assert "displaced" not in await _tasks(city)


async def test_closing_twice_with_one_button_does_it_once(city: City) -> None:
    await city.book()

    closure = await city.close()
    await city.close(closure)
    await city.sweep()

    assert len(await city.rows(schema.closures)) == 1
    assert len(await city.notices()) == 1
    assert len(await city.rows(schema.outcomes, kind="displaced")) == 1


async def test_who_finds_no_other_place_is_first_in_the_waiting_list(any_database: Database) -> None:
    city = await City(any_database).build(capacity=1, clinics=1)
    booking = await city.book()
    async with city.database.writing() as store:  # the clinic sees people on this weekday only, and full
        await store.execute(schema.sessions.delete().where(schema.sessions.c.weekday != DAY.weekday()))
        await store.execute(update(schema.sessions).values(starts="18:30", ends="19:00"))
    for week in (1, 2, 3):
        await city.book(f"{DAY + timedelta(weeks=week)}T18:30")

    await city.close()

    assert await city.kept(booking) is None
    [wait] = await city.rows(schema.waits)
    assert (wait["person_id"], wait["lost_booking"]) == (booking.person_id, booking.id)
    assert len(await city.notices()) == 1


async def test_a_nearer_hour_of_the_next_clinic_does_not_beat_the_same_clinic_within_a_week(
    city: City,
) -> None:
    booking = await city.book()
    down = all_day(DAY, until=DAY + timedelta(days=3), closure_id=random_id(), kind=ClosureKind.DOWN)

    await city.close(down)

    kept = await city.kept(booking)
    assert kept is not None
    assert (kept.clinic_id, kept.local) == (city.clinics[0], local("2026-11-30T18:30"))


async def test_the_next_clinic_helps_where_the_own_one_is_shut_for_long(city: City) -> None:
    booking = await city.book()
    down = all_day(DAY, until=DAY + timedelta(days=14), closure_id=random_id(), kind=ClosureKind.DOWN)

    await city.close(down)

    kept = await city.kept(booking)
    assert kept is not None
    assert (kept.clinic_id, kept.local) == (city.clinics[1], local("2026-11-25T18:30"))


async def test_fewer_places_block_free_ones_first_the_latest_of_the_day(city: City) -> None:
    booking = await city.book("2026-11-25T19:30")

    closure = await city.fewer(3)

    assert (await city.row(booking))["cancelled_at"] is None
    blocked = await city.rows(schema.bookings, use=Use.BLOCKED.value, use_id=closure.id)
    assert sorted(one["local_start"][-5:] for one in blocked) == ["19:00", "19:00", "19:30"]
    assert not await city.notices()


async def test_fewer_places_displace_who_booked_last_and_nobody_gets_their_place(
    any_database: Database,
) -> None:
    city = await City(any_database).build(capacity=1, clinics=1)
    every = [
        await city.book(f"{DAY}T{hour}") for hour in ("17:00", "17:30", "18:00", "18:30", "19:00", "19:30")
    ]

    closure = await city.fewer(2)

    assert [(await city.row(one))["cancelled_at"] is not None for one in every] == [False] * 4 + [True] * 2
    blocked = await city.rows(schema.bookings, use=Use.BLOCKED.value, use_id=closure.id)
    assert sorted(one["local_start"][-5:] for one in blocked) == ["19:00", "19:30"]
    assert {(await city.kept(one)).local.date() > DAY for one in every[4:]} == {True}  # type: ignore[union-attr]

    assert await city.undo(closure) == 2
    assert await city.standing() == 6


async def test_a_child_and_its_adult_are_sent_away_together_or_not_at_all(any_database: Database) -> None:
    city = await City(any_database).build(capacity=1)
    alone = await city.book(f"{DAY}T17:00")
    adult = await city.book(f"{DAY}T19:00")
    async with city.database.writing() as store:
        child = await children.add(store, adult, Age.UNDER_5, after=0, now=city.now)
        assert child is not None
    free = 3
    closure = await city.fewer(free + 1)

    assert [one["booking_id"] for one in await city.notices()] == [alone.id]  # though the child booked last
    assert len(await city.rows(schema.bookings, use="blocked", cancelled_at=None)) == free + 1

    assert await city.undo(closure) == 1
    await city.fewer(free + 2)

    assert [one["booking_id"] for one in await city.notices()] == [adult.id]
    [row] = await city.rows(schema.bookings, id=child.id)
    assert row["cancelled_at"] is not None
    assert (await city.row(alone))["cancelled_at"] is None
    await city.sweep()
    assert len(await city.rows(schema.bookings, use="blocked", cancelled_at=None)) == free + 2


async def test_more_places_fewer_than_there_are_close_the_day_and_are_looked_at_no_more(
    any_database: Database,
) -> None:
    city = await City(any_database).build(capacity=1, clinics=1)
    await city.book()
    await city.fewer(10)
    assert await city.standing() == 0

    async with city.database.reading() as store:
        assert await closing.look(store, now=city.now) == []


async def test_an_undo_brings_back_who_chose_nothing_else_and_tells_who_was_told(city: City) -> None:
    untold, told, moved = await city.book(), await city.book(), await city.book(f"{DAY}T19:00")
    closure = await city.close()
    key = f"closed:{closure.id}:{told.id}"
    async with city.database.writing() as store:
        await store.execute(update(schema.due).where(schema.due.c.key == key).values(state="sent"))
    instead = await city.try_to_book(moved.person_id, "2026-11-27T17:00")
    assert isinstance(instead, Booked)
    assert await city.kept(moved) is None  # given back when they booked another

    assert await city.undo(closure) == 2

    assert [(await city.row(one))["cancelled_at"] is None for one in (untold, told, moved)] == [
        True,
        True,
        False,
    ]
    assert await city.kept(untold) is None
    assert await city.kept(told) is None
    assert not await city.notices()
    assert [row["booking_id"] for row in await city.notices("reopened")] == [told.id]
    assert await city.rows(schema.due, kind="visit-eve", booking_id=untold.id, state="pending")
    assert [one["state"] for one in await city.rows(schema.referrals, id=untold.person_id)] == ["booked"]
    assert await city.undo(closure) is None


async def test_what_two_closures_shut_comes_back_with_the_last_of_them(city: City) -> None:
    booking = await city.book()
    closed = await city.close()
    down = await city.close(all_day(DAY, closure_id=random_id(), kind=ClosureKind.DOWN))

    assert await city.undo(closed) == 0
    assert (await city.row(booking))["cancelled_at"] is not None
    assert await city.undo(down) == 1
    assert (await city.row(booking))["cancelled_at"] is None


async def test_a_kept_place_that_is_shut_in_its_turn_moves_on_and_is_told_anew(city: City) -> None:
    booking = await city.book()
    await city.close()
    again = all_day(date(2026, 11, 26), closure_id=random_id(), kind=ClosureKind.CLOSED)

    await city.close(again)

    kept = await city.kept(booking)
    assert kept is not None
    assert kept.local == local("2026-11-27T18:30")
    assert [one["key"] for one in await city.notices()] == [f"closed:{again.id}:{booking.id}"]


async def test_who_is_offered_a_place_of_a_closed_day_waits_on_in_their_turn(city: City) -> None:
    waiting = await city.book("2026-11-28T18:30")
    slot = Slot(clinic_id=city.clinics[0], zone=ZONE, local=local("2026-11-25T17:00"), minutes=30, capacity=2)
    async with city.database.writing() as store:
        wait = {"id": 77, "person_id": waiting.person_id, "days": [], "hours": "any", "refused": []}
        await store.execute(insert(schema.waits).values(**wait, created_at=NOW, ends_at=NOW + HELD))
        kept = await places.keep(store, slot, use=Use.WAIT, use_id=77, until=None, now=NOW)
        assert kept is not None
        await store.execute(update(schema.waits).values(offered=kept.id, offered_until=NOW + HELD))

    await city.close()

    [row] = await city.rows(schema.waits)
    assert (row["offered"], row["ended_at"]) == (None, None)
    assert not await city.notices()


async def test_a_day_that_the_directory_closes_is_treated_alike(city: City) -> None:
    booking = await city.book()
    async with city.database.writing() as store:
        await store.execute(insert(schema.closed_days).values(clinic_id=city.clinics[0], day=DAY))

    await city.sweep()
    await city.sweep()

    assert (await city.row(booking))["closure_id"] is not None
    assert await city.kept(booking) is not None
    assert len(await city.notices()) == len(await city.rows(schema.closures)) == 1


async def test_who_was_there_or_missed_stays_as_the_desk_said(city: City) -> None:
    came, missed = await city.book("2026-11-23T17:00"), await city.book("2026-11-23T17:30")
    async with city.database.writing() as store:
        rows = schema.bookings.c
        await store.execute(update(schema.bookings).where(rows.id == came.id).values(came_at=NOW))
        await store.execute(update(schema.bookings).where(rows.id == missed.id).values(missed_at=NOW))

    await city.close(all_day(date(2026, 11, 23), closure_id=random_id(), kind=ClosureKind.CLOSED))

    assert await city.standing(day=date(2026, 11, 23)) == 2


async def test_a_visit_of_tomorrow_morning_is_told_at_night_and_a_later_one_is_not(city: City) -> None:
    city.now = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)  # Tuesday, 22:00 in Almaty
    early, late = await city.book(f"{DAY}T08:30"), await city.book()

    await city.close()

    notices = await city.notices()
    urgent = {one["booking_id"]: is_urgent(one["params"], now=city.now) for one in notices}
    assert urgent == {early.id: True, late.id: False}


async def test_three_hundred_are_displaced_in_small_steps_and_in_the_order_of_their_times(
    any_database: Database,
) -> None:
    city = await City(any_database).build(capacity=60)
    city.wide = True
    hours = ("17:00", "17:30", "18:00", "18:30", "19:00")
    every = [await city.book(f"{DAY}T{hours[n % 5]}") for n in range(60)]

    await city.close()
    assert await city.standing() == 60 - 25
    await city.sweep()

    assert await city.standing() == 0
    assert len(await city.notices()) == 60
    assert all([await city.kept(one) is not None for one in every])


async def test_whoever_is_forgotten_keeps_no_place(city: City) -> None:
    booking = await city.book()
    await city.close()
    kept = await city.kept(booking)
    assert kept is not None
    async with city.database.writing() as store:
        person = await people.by_id(store, booking.person_id)
        assert person is not None
        await people.forget(store, person, [], now=city.now)

    [row] = await city.rows(schema.bookings, id=kept.id)
    assert row["cancelled_at"] is not None
    assert await city.notices() == []


async def test_nobody_books_behind_the_back_of_a_closing(any_url: str) -> None:
    """Many book while the clinic closes: after one look of the job no visit is left untold."""
    database = open_database(any_url)
    try:
        city = await City(database).build(capacity=20)
        city.wide = True
        before = [await city.book() for _ in range(4)]
        numbers = [next(_numbers) for _ in range(12)]
        async with database.writing() as store:
            await store.execute(insert(schema.people), [_person(n) for n in numbers])
            await store.execute(insert(schema.referrals), [_referral(n) for n in numbers])

        attempts = [city.try_to_book(n, f"{DAY}T18:30") for n in numbers]
        await asyncio.gather(*attempts[:6], _closing(city), *attempts[6:])
        await city.sweep()

        assert await city.standing() == 0
        lost = [
            row
            for row in await city.rows(schema.bookings, local_day=DAY.isoformat(), clinic_id=city.clinics[0])
            if row["use"] == Use.VISIT.value
        ]
        assert len(lost) >= len(before)
        assert {row["booking_id"] for row in await city.notices()} == {row["id"] for row in lost}
        assert to_utc(local("2026-11-25T18:30"), ZONE) == before[0].starts_at
    finally:
        await database.close()


async def _closing(city: City) -> None:
    await city.close()


async def test_a_visit_that_is_just_being_moved_is_left_to_the_next_look(any_url: str) -> None:
    """On PostgreSQL whoever moves a visit holds its row: waiting for each other would be a deadlock."""
    database = open_database(any_url)
    try:
        city = await City(database).build()
        booking = await city.book()
        if database.is_sqlite:
            await city.close()
        else:
            async with database.writing() as store:
                table = schema.bookings
                held = select(table.c.id).where(table.c.id == booking.id).with_for_update()
                await store.execute(held)
                async with asyncio.timeout(60):
                    await city.close()
                assert (await city.row(booking))["cancelled_at"] is None
        await city.sweep()

        assert (await city.row(booking))["cancelled_at"] is not None
        assert len(await city.notices()) == 1
    finally:
        await database.close()


async def test_two_clinics_that_close_at_once_look_for_places_at_each_other(
    any_url: str,
) -> None:
    database = open_database(any_url)
    try:
        city = await City(database).build(capacity=5)
        every = [await city.book(clinic=n % 2) for n in range(4)]
        closing_both = [
            all_day(DAY, closure_id=random_id(), kind=ClosureKind.DOWN, until=DAY + timedelta(days=14))
            for _ in range(2)
        ]

        done = await asyncio.gather(
            *(city.close(one, clinic=n) for n, one in enumerate(closing_both)), return_exceptions=True
        )
        for n, one in enumerate(closing_both):  # what failed is handled again, as an update is
            if isinstance(done[n], BaseException):
                await city.close(one, clinic=n)
        for _ in range(3):
            await city.sweep()

        assert await city.standing() == await city.standing(1) == 0
        for booking in every:
            kept = await city.kept(booking)
            assert kept is not None
            assert not DAY <= kept.local.date() <= DAY + timedelta(days=14)
        assert len(await city.rows(schema.bookings, use=Use.DISPLACED.value, cancelled_at=None)) == 4
    finally:
        await database.close()


async def test_the_task_comes_at_once_without_a_place_and_after_a_day_without_an_answer(city: City) -> None:
    asked = await city.book()
    await city.close()
    assert await _tasks(city) == []

    city.now += timedelta(hours=23)
    assert await _tasks(city) == []
    city.now += timedelta(hours=2)
    assert await _tasks(city) == ["displaced"]

    booked = await city.try_to_book(asked.person_id, "2026-11-28T18:30")
    assert isinstance(booked, Booked)
    assert await _tasks(city) == []


async def _tasks(city: City) -> list[str]:
    """Look as the job does, and return the kinds of the open tasks."""
    await look_at_tasks(city.database, now=city.now, zone=ZONE)
    return [row["kind"] for row in await city.rows(schema.tasks, done_at=None)]


async def test_a_child_is_told_of_with_the_adult_and_comes_along_or_back_with_them(city: City) -> None:
    visit = await city.book()
    async with city.database.writing() as store:
        child = await children.add(store, visit, Age.UNDER_15, after=0, now=city.now)
        assert child is not None
    closure = await city.close()

    assert [one["booking_id"] for one in await city.notices()] == [visit.id]  # one message, not two
    assert await city.undo(closure) == 2
    rows = await city.rows(schema.bookings, id=child.id)
    assert [(row["cancelled_at"], row["guardian_id"]) for row in rows] == [(None, visit.person_id)]

    again = await city.close()
    instead = await city.try_to_book(visit.person_id, "2026-11-27T17:00")
    assert isinstance(instead, Booked)
    assert await city.undo(again) == 0  # the child comes along to the other visit


def hour_of(begins: datetime) -> Closure:
    ends = begins + timedelta(minutes=15)
    return Closure(id=random_id(), kind=ClosureKind.CLOSED, begins=begins, ends=ends)


async def test_a_child_at_an_hour_that_stays_open_is_not_left_behind_without_the_adult(city: City) -> None:
    visit = await city.book()
    other = await city.book()  # the hour is full: the child comes half an hour later
    async with city.database.writing() as store:
        child = await children.add(store, visit, Age.UNDER_15, after=0, now=city.now)
        assert child is not None
        assert child.local != visit.local
    closure = await city.close(hour_of(visit.local))

    [row] = await city.rows(schema.bookings, id=child.id)
    assert (row["cancelled_at"], row["closure_id"]) == (city.now, closure.id)
    assert sorted(one["booking_id"] for one in await city.notices()) == sorted([visit.id, other.id])
    async with city.database.reading() as store:
        assert await children.lost_with(store, visit.id) == 1

    assert await city.undo(closure)
    await city.sweep()
    async with city.database.reading() as store:
        assert await children.lost_with(store, visit.id) == 0
        [again] = await children.of(store, visit.id, visit.person_id)
    assert again.age is Age.UNDER_15


async def test_two_children_of_one_hour_are_one_message_and_none_when_the_adult_cancels(city: City) -> None:
    visit = await city.book()
    await city.book()
    async with city.database.writing() as store:
        await children.add(store, visit, Age.UNDER_5, after=0, now=city.now)
        child = await children.add(store, visit, Age.UNDER_15, after=1, now=city.now)
        assert child is not None
        assert child.local != visit.local
    await city.close(hour_of(child.local))

    [told] = await city.notices()
    async with city.database.writing() as store:
        person_id = visit.person_id
        gone = await displaced.child_lost(store, told["booking_id"], person_id)
        assert gone is not None
        assert (gone.local, gone.visit.id) == (child.local, visit.id)
        locked = await bookings.lock_own(store, visit.id, person_id)
        assert locked is not None
        await appointments.cancel(store, locked, now=city.now)
        assert await displaced.child_lost(store, told["booking_id"], person_id) is None


async def test_a_child_whose_hour_is_shut_comes_along_when_the_adult_moves(city: City) -> None:
    visit = await city.book()
    await city.book()
    async with city.database.writing() as store:
        child = await children.add(store, visit, Age.UNDER_5, after=0, now=city.now)
        assert child is not None
        assert child.local != visit.local
    await city.close(hour_of(child.local))
    [told] = await city.notices()

    async with city.database.writing() as store:
        clinic = await directory.clinic(store, visit.clinic_id)
        assert clinic is not None
        slot = next(iter(slots(clinic, visit.local.date() + timedelta(days=1))))
        locked = await bookings.lock_own(store, visit.id, visit.person_id)
        assert locked is not None
        moved = await appointments.move(store, locked, slot, now=city.now)
        assert isinstance(moved, Booked)
        [again] = await children.of(store, moved.booking.id, visit.person_id)
        assert await displaced.child_lost(store, told["booking_id"], visit.person_id) is None

    assert (again.age, again.local) == (Age.UNDER_5, slot.local)


async def test_a_child_who_is_brought_again_is_the_one_who_lost_the_place(city: City) -> None:
    visit = await city.book()
    other = await city.book()
    async with city.database.writing() as store:
        child = await children.add(store, visit, Age.UNDER_5, after=0, now=city.now)
        assert child is not None
    closure = await city.close(hour_of(child.local))
    [told] = await city.notices()
    async with city.database.writing() as store:
        locked = await bookings.lock_own(store, other.id, other.person_id)
        assert locked is not None
        await appointments.cancel(store, locked, now=city.now)
        assert await children.add(store, visit, Age.UNDER_5, after=0, now=city.now) is not None
        assert await displaced.child_lost(store, told["booking_id"], visit.person_id) is None

    assert await city.undo(closure) == 0
    await city.sweep()
    async with city.database.reading() as store:
        assert len(await children.of(store, visit.id, visit.person_id)) == 1


async def test_an_undo_while_a_message_is_on_its_way_tells_the_person_all_the_same(city: City) -> None:
    sending, waiting = await city.book(), await city.book()
    closure = await city.close()
    key = f"closed:{closure.id}:{sending.id}"
    async with city.database.writing() as store:
        await store.execute(update(schema.due).where(schema.due.c.key == key).values(state="sending"))

    await city.undo(closure)

    assert [row["booking_id"] for row in await city.notices("reopened")] == [sending.id]
    assert await city.notices() == []
    assert waiting


async def test_an_undo_of_many_gives_all_places_back_at_once_and_the_rest_follows(
    any_database: Database,
) -> None:
    city = await City(any_database).build(capacity=60)
    city.wide = True
    every = [await city.book() for _ in range(60)]
    closure = await city.close()
    await city.sweep()
    async with city.database.writing() as store:
        await store.execute(update(schema.due).where(schema.due.c.kind == "closed").values(state="sent"))

    assert await city.undo(closure) == 60
    assert await city.standing() == 60  # nobody else can get one of them in between
    assert len(await city.notices("reopened")) == 25
    await city.sweep()

    assert len(await city.notices("reopened")) == 60
    assert {(await city.row(one))["closure_id"] for one in every} == {None}
    assert await city.rows(schema.bookings, use=Use.DISPLACED.value, cancelled_at=None) == []
    assert {one["state"] for one in await city.rows(schema.referrals)} == {"booked"}
    assert len(await city.rows(schema.due, kind="visit-eve", state="pending")) == 60
    await city.sweep()
    assert len(await city.rows(schema.outcomes, kind="displaced-back")) == 60
