"""Children's places beside an adult's, on both databases: sold once, moved and given back with it."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from care.booking import Slot
from care.children import Age, Checklist
from care.person import Person
from care.places import Use
from storage import appointments, bookings, checklists, children, people, schema, taking_over
from storage.bookings import Booked
from storage.engine import Database
from storage.vault import Vault

ZONE = "Asia/Almaty"
LOCAL = datetime.fromisoformat("2026-11-26T17:00")
DAY = timedelta(days=1)


class Clinic:
    """A clinic with three places at 17:00 and at 17:30 of every day, and parents with visits at 17:00."""

    def __init__(self, database: Database, vault: Vault, now: datetime) -> None:
        self.database, self.vault, self.now = database, vault, now

    async def build(self) -> "Clinic":
        texts = {name: {"en": name} for name in ("names", "address", "directions", "hours", "bring")}
        async with self.database.writing() as store:
            await store.execute(insert(schema.regions).values(id=1, code="r", names={}))
            await store.execute(
                insert(schema.cities).values(id=1, code="c", region_id=1, zone=ZONE, names={})
            )
            await store.execute(insert(schema.areas).values(id=1, code="a", city_id=1, names={}))
            await store.execute(
                insert(schema.clinics).values(id=1, code="k", area_id=1, latitude=0.0, longitude=0.0, **texts)
            )
            for weekday in range(7):
                await store.execute(
                    insert(schema.sessions).values(
                        clinic_id=1,
                        weekday=weekday,
                        starts="17:00",
                        ends="18:00",
                        slot_minutes=30,
                        capacity=3,
                    )
                )
        return self

    def slot(self, local: datetime = LOCAL) -> Slot:
        return Slot(clinic_id=1, zone=ZONE, local=local, minutes=30, capacity=3)

    async def parent(self, telegram_id: int) -> tuple[Person, Any]:
        async with self.database.writing() as store:
            person = await people.add(
                store,
                self.vault,
                telegram_id,
                locale="tg",
                consent_version="2",
                link_id=None,
                area_id=1,
                now=self.now,
            )
            booked = await appointments.book(store, person, self.slot(), now=self.now)
        assert isinstance(booked, Booked)
        return person, booked.booking

    async def bring(self, visit: Any, person: Person, *, after: int = 0) -> Any:
        async with self.database.writing() as store:
            locked = await bookings.lock_own(store, visit.id, person.id)
            assert locked is not None
            return await children.add(store, locked, Age.UNDER_5, after=after, now=self.now)

    async def kids(self) -> list[Any]:
        statement = select(schema.bookings).where(
            schema.bookings.c.use == Use.CHILD.value, schema.bookings.c.cancelled_at.is_(None)
        )
        async with self.database.reading() as store:
            return list((await store.execute(statement)).mappings())


@pytest.fixture
async def clinic(any_database: Database, vault: Vault, now: datetime) -> Clinic:
    return await Clinic(any_database, vault, now).build()


async def test_parents_who_come_at_once_share_what_is_left(clinic: Clinic) -> None:
    one, other = await clinic.parent(1), await clinic.parent(2)

    brought = await asyncio.gather(
        *(clinic.bring(visit, person, after=n) for person, visit in (one, other) for n in range(3))
    )

    kids = await clinic.kids()
    assert len({(row["local_start"], row["place"]) for row in kids}) == len(kids)
    assert len(kids) == len({child.id for child in brought if child is not None})
    starts = sorted(row["local_start"][-5:] for row in kids)
    assert starts.count("17:00") <= 1
    assert starts.count("17:30") <= 3


async def test_two_presses_at_once_bring_one_child(clinic: Clinic) -> None:
    person, visit = await clinic.parent(1)

    first, second = await asyncio.gather(*(clinic.bring(visit, person) for _ in range(2)))

    assert first == second
    assert len(await clinic.kids()) == 1


async def test_children_move_and_end_with_the_visit(clinic: Clinic) -> None:
    person, visit = await clinic.parent(1)
    await clinic.bring(visit, person)
    async with clinic.database.writing() as store:
        locked = await bookings.lock_own(store, visit.id, person.id)
        assert locked is not None
        moved = await appointments.move(store, locked, clinic.slot(LOCAL + DAY), now=clinic.now)
    assert isinstance(moved, Booked)

    [child] = await clinic.kids()
    assert (child["local_start"], child["use_id"]) == ("2026-11-27T17:00", moved.booking.id)
    async with clinic.database.writing() as store:
        locked = await bookings.lock_own(store, moved.booking.id, person.id)
        assert locked is not None
        await appointments.cancel(store, locked, now=clinic.now)

    assert await clinic.kids() == []


async def test_who_takes_a_record_over_has_its_children_and_lists(clinic: Clinic) -> None:
    old, visit = await clinic.parent(1)
    await clinic.bring(visit, old)
    async with clinic.database.writing() as store:
        await checklists.begin(store, old.id, Checklist.WITHOUT_PAPERS, now=clinic.now)
        person = await people.add(
            store,
            clinic.vault,
            9,
            locale="tg",
            consent_version="2",
            link_id=None,
            area_id=1,
            now=clinic.now,
        )
        await taking_over.take_over(store, clinic.vault, old, person, now=clinic.now)

    [child] = await clinic.kids()
    assert child["guardian_id"] == person.id
    async with clinic.database.reading() as store:
        assert await children.of(store, visit.id, person.id)
        assert await checklists.of(store, person.id, Checklist.WITHOUT_PAPERS) is not None


async def test_children_are_forgotten_with_the_adult(clinic: Clinic) -> None:
    person, visit = await clinic.parent(1)
    await clinic.bring(visit, person)

    async with clinic.database.writing() as store:
        await people.forget(store, person, [], now=clinic.now)

    assert await clinic.kids() == []
