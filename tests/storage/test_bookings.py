"""Places are scarce: what two people can do to one of them at the same moment."""

import asyncio
import os
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text

from care.booking import MOST_UPCOMING, Booking, Refusal, Slot, to_utc
from care.person import Person
from care.roles import Role
from storage import appointments, bookings, drafts, schema, selling, staff
from storage.bookings import Booked
from storage.engine import Database, open_database

ZONE = "Asia/Almaty"
_numbers = count(1)


class City:
    """A clinic and people with open referrals."""

    def __init__(self, database: Database, now: datetime) -> None:
        self.database, self.now = database, now

    async def build(self) -> "City":
        async with self.database.writing() as store:
            region = await _add(store, schema.regions, code="r", names={})
            city = await _add(store, schema.cities, code="c", region_id=region, zone=ZONE, names={})
            area = await _add(store, schema.areas, code="a", city_id=city, names={})
            self.clinics = [
                await _add(
                    store,
                    schema.clinics,
                    code=f"k{n}",
                    area_id=area,
                    names={},
                    address={},
                    directions={},
                    hours={},
                    bring={},
                    latitude=0.0,
                    longitude=0.0,
                )
                for n in range(2)
            ]
        return self

    async def people(self, number: int) -> list[int]:
        """Add people, each with an open referral of the same id."""
        ids = [next(_numbers) for _ in range(number)]
        async with self.database.writing() as store:
            await store.execute(
                insert(schema.people),
                [
                    {
                        "id": n,
                        "telegram_hash": n.to_bytes(32, "big"),
                        "telegram_id": b"",
                        "key": b"",
                        "locale": "en",
                        "consent_version": "1",
                        "consent_locale": "en",
                        "consented_at": self.now,
                        "seen_on": self.now.date(),
                        "created_at": self.now,
                    }
                    for n in ids
                ],
            )
            await store.execute(
                insert(schema.referrals),
                [
                    {
                        "id": n,
                        "person_id": n,
                        "state": "reached",
                        "opened_at": self.now,
                        "changed_at": self.now,
                    }
                    for n in ids
                ],
            )
        return ids

    def slot(self, local: str = "2026-11-25T18:30", *, clinic: int = 0, capacity: int = 1) -> Slot:
        return Slot(
            clinic_id=self.clinics[clinic],
            zone=ZONE,
            local=datetime.fromisoformat(local),
            minutes=30,
            capacity=capacity,
        )

    async def book(self, person: int, slot: Slot) -> Booked | Refusal:
        async with self.database.writing() as store:
            return await bookings.book(store, slot, person_id=person, referral_id=person, now=self.now)

    async def move(self, booking: Booking, slot: Slot) -> Booked | Refusal:
        async with self.database.writing() as store:
            locked = await bookings.lock_own(store, booking.id, booking.person_id)
            assert locked is not None
            if locked.cancelled_at is not None:
                return Refusal.CANCELLED
            return await bookings.move(store, locked, slot, now=self.now)

    async def active(self, **where: Any) -> int:
        """Count the places that are sold."""
        table = schema.bookings
        statement = select(func.count()).where(
            table.c.cancelled_at.is_(None), *(table.c[name] == value for name, value in where.items())
        )
        async with self.database.reading() as store:
            return int((await store.execute(statement)).scalar_one())


async def _add(store: Any, table: Any, **values: Any) -> int:
    return int((await store.execute(insert(table).values(**values))).inserted_primary_key[0])


@pytest.fixture
async def city(any_database: Database, now: datetime) -> City:
    return await City(any_database, now).build()


async def booked(city: City, person: int, slot: Slot) -> Booking:
    got = await city.book(person, slot)
    assert isinstance(got, Booked)
    assert got.is_new
    return got.booking


async def rush(city: City, *, number: int, capacity: int) -> tuple[int, int, int]:
    """Let people want the same time at once; return who got a place, who heard "full", places sold."""
    slot = city.slot(capacity=capacity)
    people = await city.people(number)
    answers = await asyncio.gather(*(city.book(person, slot) for person in people))
    got = sum(isinstance(answer, Booked) for answer in answers)
    return got, answers.count(Refusal.FULL), await city.active()


@pytest.mark.parametrize("capacity", [1, 7])
async def test_five_hundred_people_get_exactly_the_places_there_are(city, capacity):
    assert await rush(city, number=500, capacity=capacity) == (capacity, 500 - capacity, capacity)


async def test_without_its_guards_one_place_is_sold_to_everybody(city, monkeypatch):
    """The negative control: neither the index nor a look at the places that are sold."""

    async def every_place(_: Any, slot: Slot) -> range:
        return range(slot.capacity)

    monkeypatch.setattr(selling, "_free_places", every_place)
    async with city.database.writing() as store:
        await store.execute(text("DROP INDEX uq_bookings_place"))

    assert await rush(city, number=20, capacity=1) == (20, 0, 20)


@pytest.mark.skipif(not os.environ.get("HAMROH_TEST_POSTGRES"), reason="SQLite has one writer at a time")
async def test_looking_first_and_selling_then_sells_a_place_twice(request, now):
    """The negative control: without the index, what people do at the same moment goes wrong."""
    database = open_database(request.getfixturevalue("postgres_url"))
    try:
        city = await City(database, now).build()
        people = await city.people(10)
        async with database.writing() as store:
            await store.execute(text("DROP INDEX uq_bookings_place"))
        slot = city.slot()
        looked = asyncio.Barrier(10)

        async def naive(person: int) -> None:
            async with database.writing() as store:
                free = not await bookings.taken(store, slot.clinic_id, slot.day, slot.day)
                await looked.wait()
                if free:
                    await bookings.book(store, slot, person_id=person, referral_id=person, now=now)

        async with asyncio.timeout(60):
            await asyncio.gather(*(naive(person) for person in people))
        assert await city.active() > slot.capacity
    finally:
        await database.close()


async def ten_taps(city: City) -> tuple[int, int, int]:
    """Tap ten times at once; return how often a place was the answer, how many were new, how many differ."""
    (person,) = await city.people(1)
    slot = city.slot(capacity=5)
    answers = await asyncio.gather(*(city.book(person, slot) for _ in range(10)))
    got = [answer for answer in answers if isinstance(answer, Booked)]
    return len(got), sum(one.is_new for one in got), len({one.booking.id for one in got})


async def test_two_phones_of_one_person_get_the_same_place(city):
    assert await ten_taps(city) == (10, 1, 1)


async def test_without_the_rule_of_one_visit_a_day_taps_take_several_places(city, monkeypatch):
    """The negative control: neither the index nor a look at the visits of the day."""

    async def no_visit(*_: Any) -> None:
        return None

    monkeypatch.setattr(bookings, "_on_day", no_visit)
    async with city.database.writing() as store:
        await store.execute(text("DROP INDEX uq_bookings_day"))

    answered, new, different = await ten_taps(city)
    assert answered == new == different > 1


async def test_two_phones_that_choose_two_times_of_a_day_get_one_visit(city):
    (person,) = await city.people(1)
    times = [city.slot(f"2026-11-25T18:{minute}", capacity=5) for minute in ("00", "20", "40")]

    answers = await asyncio.gather(*(city.book(person, slot) for slot in times))

    assert sum(isinstance(answer, Booked) for answer in answers) == 1
    assert answers.count(Refusal.SAME_DAY) == 2


async def test_one_person_keeps_few_places_ahead(city):
    (person,) = await city.people(1)
    for n in range(MOST_UPCOMING):
        await booked(city, person, city.slot(f"2026-11-2{5 + n}T18:30"))

    assert await city.book(person, city.slot("2026-11-30T18:30")) is Refusal.ENOUGH


async def test_a_cancelled_place_is_free_again_for_everybody(city, now):
    first, second = await city.people(2)
    visit = await booked(city, first, city.slot())
    assert await city.book(second, city.slot()) is Refusal.FULL

    async with city.database.writing() as store:
        assert await bookings.cancel(store, visit.id, now=now) is True
        assert await bookings.cancel(store, visit.id, now=now) is False

    await booked(city, second, city.slot())
    assert await city.book(first, city.slot()) is Refusal.FULL


async def test_a_lowered_capacity_sells_nothing_over_it(city, now):
    first, second, third = await city.people(3)
    visit = await booked(city, first, city.slot(capacity=2))
    await booked(city, second, city.slot(capacity=2))
    async with city.database.writing() as store:
        await bookings.cancel(store, visit.id, now=now)

    assert await city.book(third, city.slot(capacity=1)) is Refusal.FULL


@pytest.mark.parametrize("target", ["2026-11-25T19:00", "2026-11-26T18:30"])
async def test_a_moved_visit_holds_the_new_place_and_frees_the_old(city, target):
    person, other = await city.people(2)
    visit = await booked(city, person, city.slot())

    moved = await city.move(visit, city.slot(target))

    assert isinstance(moved, Booked)
    assert await city.active(person_id=person) == 1
    assert await city.active(local_start=target, local_day=target[:10]) == 1
    await booked(city, other, city.slot())


@pytest.mark.parametrize("target", ["2026-11-25T19:00", "2026-11-26T18:30"])
async def test_a_move_to_a_full_place_leaves_the_visit_where_it_was(city, target):
    person, other = await city.people(2)
    visit = await booked(city, person, city.slot())
    await booked(city, other, city.slot(target))

    assert await city.move(visit, city.slot(target)) is Refusal.FULL
    assert await city.active(person_id=person, local_start="2026-11-25T18:30") == 1


async def test_a_move_to_a_day_that_has_a_visit_is_refused(city):
    (person,) = await city.people(1)
    visit = await booked(city, person, city.slot())
    await booked(city, person, city.slot("2026-11-26T18:30"))

    assert await city.move(visit, city.slot("2026-11-26T19:00")) is Refusal.SAME_DAY
    assert await city.active(person_id=person) == 2


async def test_a_move_to_the_same_time_changes_nothing(city):
    (person,) = await city.people(1)
    visit = await booked(city, person, city.slot())

    assert await city.move(visit, city.slot()) == Booked(visit, is_new=False)


@pytest.mark.parametrize("other_time", ["2026-11-25T19:00", "2026-11-26T18:30"])
async def test_people_who_swap_times_keep_one_visit_each_and_nobody_waits(city, other_time):
    first, second = await city.people(2)
    one, other = city.slot(), city.slot(other_time)
    visits = await booked(city, first, one), await booked(city, second, other)

    async with asyncio.timeout(60):
        await asyncio.gather(city.move(visits[0], other), city.move(visits[1], one))

    assert await city.active(person_id=first) == 1
    assert await city.active(person_id=second) == 1


async def test_a_crowd_that_moves_to_one_place_fills_it_once(city):
    people = await city.people(30)
    visits = [await booked(city, person, city.slot(capacity=30)) for person in people]
    target = city.slot("2026-11-25T19:00", capacity=4)

    answers = await asyncio.gather(*(city.move(visit, target) for visit in visits))

    assert sum(isinstance(answer, Booked) for answer in answers) == 4
    assert await city.active() == 30
    assert await city.active(local_start="2026-11-25T19:00") == 4


async def test_two_phones_that_move_one_visit_to_two_times_leave_one_visit(city):
    (person,) = await city.people(1)
    visit = await booked(city, person, city.slot())
    targets = [city.slot("2026-11-25T19:00"), city.slot("2026-11-27T18:30")]

    answers = await asyncio.gather(*(city.move(visit, target) for target in targets))

    assert Refusal.CANCELLED in answers
    assert await city.active(person_id=person) == 1


async def test_a_booking_of_somebody_else_is_not_there(city):
    first, second = await city.people(2)
    visit = await booked(city, first, city.slot())

    async with city.database.writing() as store:
        assert await bookings.own(store, visit.id, first) == visit
        assert await bookings.own(store, visit.id, second) is None
        assert await bookings.lock_own(store, visit.id, second) is None
        assert await bookings.lock_own(store, visit.id + 1, first) is None


async def test_taken_counts_who_has_a_place_by_time(city, now):
    people = await city.people(3)
    slot = city.slot(capacity=3)
    visits = [await booked(city, person, slot) for person in people]
    async with city.database.writing() as store:
        await bookings.cancel(store, visits[0].id, now=now)
        day = date(2026, 11, 25)

        assert await bookings.taken(store, slot.clinic_id, day, day) == {slot.local: 2}
        assert await bookings.taken(store, city.clinics[1], day, day) == {}
        assert await bookings.taken(store, slot.clinic_id, day + timedelta(1), day + timedelta(9)) == {}


async def test_visits_ahead_come_soonest_first_and_past_ones_newest_first(city, now):
    (person,) = await city.people(1)
    for day in (27, 25, 26):
        await booked(city, person, city.slot(f"2026-11-{day}T18:30"))
    later = to_utc(datetime.fromisoformat("2026-11-26T20:00"), ZONE)

    async with city.database.reading() as store:
        ahead = await bookings.upcoming(store, person, now=now)
        behind = await bookings.past(store, person, now=later)

    assert [visit.local.day for visit in ahead] == [25, 26, 27]
    assert [visit.local.day for visit in behind] == [26, 25]


async def test_a_draft_is_put_in_place_of_the_one_before(city, now):
    (person,) = await city.people(1)
    async with city.database.writing() as store:
        await drafts.put(store, person, "code", {"a": 1}, now=now)
        await drafts.put(store, person, "booking", {"clinic": 2}, now=now)

        assert await drafts.get(store, person, "code") is None
        draft = await drafts.get(store, person, "booking")
        assert draft is not None
        assert draft.content == {"clinic": 2}
        assert draft.changed_at == now
        await drafts.drop(store, person, "code")
        assert await drafts.get(store, person, "booking") is not None
        await drafts.drop(store, person, "booking")
        assert await drafts.get(store, person, "booking") is None


async def planned(city: City, state: str = "pending") -> list[str]:
    """Return the kinds of the messages in a state."""
    statement = select(schema.due.c.kind).where(schema.due.c.state == state).order_by(schema.due.c.id)
    async with city.database.reading() as store:
        return list((await store.execute(statement)).scalars())


async def standing(city: City, person: int) -> str:
    """Return where the person's referral stands."""
    statement = select(schema.referrals.c.state).where(schema.referrals.c.person_id == person)
    async with city.database.reading() as store:
        return str((await store.execute(statement)).scalar_one())


async def test_what_follows_from_a_visit_is_in_the_same_transaction(city, now):
    worker, number = await city.people(2)
    person = Person(id=number, locale="en", telegram_id=b"", key=b"")
    async with city.database.writing() as store:
        owner = await staff.add(store, worker, Role.WORKER, now=now)
        await store.execute(schema.referrals.update().values(staff_id=owner))

    async def killed_half_way() -> None:
        async with city.database.writing() as store:
            assert isinstance(await appointments.book(store, person, city.slot(), now=now), Booked)
            raise InterruptedError

    with pytest.raises(InterruptedError):
        await killed_half_way()
    assert (await city.active(), await planned(city), await standing(city, number)) == (0, [], "reached")

    async with city.database.writing() as store:
        got = await appointments.book(store, person, city.slot(), now=now)
        assert isinstance(got, Booked)
        again = await appointments.book(store, person, city.slot(), now=now)
        assert again == Booked(got.booking, is_new=False)
    assert await planned(city) == ["visit-eve", "visit-soon", "visit-after", "booked"]
    assert await standing(city, number) == "booked"

    async with city.database.writing() as store:
        moved = await appointments.move(store, got.booking, city.slot("2026-11-26T18:30"), now=now)
        assert isinstance(moved, Booked)
    assert sorted(await planned(city)) == ["booked", "booked", "visit-after", "visit-eve", "visit-soon"]

    async with city.database.writing() as store:
        assert await appointments.cancel(store, moved.booking, now=now)
        assert not await appointments.cancel(store, moved.booking, now=now)
    assert await planned(city) == ["booked", "booked", "booked"]
    assert len(await planned(city, "cancelled")) == 6
    assert await standing(city, number) == "informed"


async def test_a_visit_of_somebody_without_an_open_referral_opens_one(city, now):
    (number,) = await city.people(1)
    async with city.database.writing() as store:
        await store.execute(schema.referrals.delete())
        person = Person(id=number, locale="en", telegram_id=b"", key=b"")
        assert isinstance(await appointments.book(store, person, city.slot(), now=now), Booked)

    assert await standing(city, number) == "booked"


async def test_one_cancelled_visit_of_two_leaves_the_referral_booked(city, now):
    (number,) = await city.people(1)
    person = Person(id=number, locale="en", telegram_id=b"", key=b"")
    async with city.database.writing() as store:
        got = await appointments.book(store, person, city.slot(), now=now)
        assert isinstance(got, Booked)
        await appointments.book(store, person, city.slot("2026-11-26T18:30"), now=now)
        await appointments.cancel(store, got.booking, now=now)

    assert await standing(city, number) == "booked"
