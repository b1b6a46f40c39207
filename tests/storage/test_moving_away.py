"""Whoever has left leaves no place, no child and no reminder behind, and keeps what goes with them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from care.booking import Slot
from care.brigade import Brigade
from care.care_visits import What
from care.children import Age
from care.person import Person
from care.places import Use
from care.referral import State
from care.roles import Actor
from storage import (
    appointments,
    brigades,
    care_visits,
    children,
    displaced,
    moving_away,
    people,
    places,
    referrals,
    schema,
    waits,
)
from storage.bookings import Booked
from storage.engine import Database
from storage.people import random_id
from storage.vault import Vault, new_key

ZONE = "Asia/Almaty"
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


def slot(local: str) -> Slot:
    return Slot(clinic_id=1, zone=ZONE, local=datetime.fromisoformat(local), minutes=30, capacity=20)


async def add(store: Any, table: Any, **values: Any) -> None:
    await store.execute(insert(table).values(**values))


@pytest.fixture
def vault() -> Vault:
    return Vault([new_key()])


@pytest.fixture
async def person(any_database: Database, vault: Vault) -> Person:
    """Somebody with a child's place, a lost visit, a wait, a brigade and a noted visit."""
    async with any_database.writing() as store:
        words: dict[str, Any] = {name: {} for name in ("names", "address", "directions", "hours", "bring")}
        await add(store, schema.regions, id=1, code="r", names={})
        await add(store, schema.cities, id=1, code="c", region_id=1, zone=ZONE, names={})
        await add(store, schema.areas, id=1, code="a", city_id=1, names={})
        await add(store, schema.clinics, id=1, code="k", area_id=1, latitude=43.2, longitude=76.9, **words)
        for weekday in range(7):
            await add(
                store, schema.sessions, clinic_id=1, weekday=weekday, starts="09:00", ends="20:00",
                slot_minutes=30, capacity=20,
            )  # fmt: skip
        given: dict[str, Any] = {"locale": "uz", "consent_version": "test", "link_id": None, "area_id": 1}
        made = await people.add(store, vault, 7, now=NOW, **given)
        await referrals.open_for(store, made.id, now=NOW)
        lost = await appointments.book(store, made, slot("2026-11-25T10:00"), now=NOW)
        assert isinstance(lost, Booked)
        booked = await appointments.book(store, made, slot("2026-11-26T10:00"), now=NOW)
        assert isinstance(booked, Booked)
        assert await children.add(store, booked.booking, Age.UNDER_15, after=0, now=NOW)
        await store.execute(
            schema.bookings.update()
            .where(schema.bookings.c.id == lost.booking.id)
            .values(cancelled_at=NOW, closure_id=1)
        )
        await places.keep(
            store, slot("2026-11-27T10:00"), use=Use.DISPLACED, use_id=lost.booking.id,
            until=NOW + timedelta(days=2), now=NOW,
        )  # fmt: skip
        await waits.begin(store, made.id, lost_booking=lost.booking.id, now=NOW)
        for staff_id in (None, await staff_of(store, made.id)):
            brigade = Brigade(
                id=random_id(), person_id=made.id, staff_id=staff_id, clinic_id=1,
                confirm_until=NOW + timedelta(days=2),
            )  # fmt: skip
            assert await brigades.make(store, vault, brigade, [(slot("2026-11-28T10:00"), 2)], now=NOW)
        await noted(store, made.id, NOW)
    return made


async def staff_of(store: Any, person_id: int) -> int:
    number = random_id()
    await add(store, schema.staff, id=number, person_id=person_id, role="worker", started_at=NOW)
    return number


async def noted(store: Any, person_id: int, now: datetime) -> None:
    ahead = datetime.fromisoformat("2026-12-20T09:00") + (now - NOW)
    await care_visits.add(store, person_id, What.DOCTOR, ahead, zone=ZONE, now=now)


async def kept(database: Database) -> list[tuple[str, bool]]:
    """Return what each place that is not given back is for, and whether it is a person's."""
    table = schema.bookings
    async with database.reading() as store:
        rows = (await store.execute(select(table).where(table.c.cancelled_at.is_(None)))).mappings().all()
    return sorted((row["use"], row["person_id"] is not None) for row in rows)


async def test_all_places_of_who_leaves_are_given_back_but_those_of_the_work(
    any_database: Database, person: Person
) -> None:
    before = await kept(any_database)
    assert before == [
        *[("brigade", False)] * 4, ("child", False), ("displaced", False), ("visit", True)
    ]  # fmt: skip

    async with any_database.writing() as store:
        assert await moving_away.leave(store, person.id, by=Actor.PERSON, now=NOW)

    assert await kept(any_database) == [("brigade", False)] * 2
    async with any_database.reading() as store:
        assert not await displaced.open_of(store, person.id, now=NOW)
        assert await waits.of(store, person.id) is None
        states = (await store.execute(select(schema.referrals.c.state))).scalars().all()
        open_ones = (
            await store.execute(select(schema.due).where(schema.due.c.state == "pending"))
        ).mappings()
        assert {row["kind"] for row in open_ones if row["person_id"] == person.id} <= {"brigade-soon"}
    assert states == [State.MOVED_AWAY]


async def test_visits_that_they_noted_for_there_are_still_reminded_of(
    any_database: Database, person: Person
) -> None:
    later = NOW + timedelta(days=8)
    async with any_database.writing() as store:
        await noted(store, person.id, later)
        left_on = NOW + timedelta(days=1)
        await moving_away.leave(store, person.id, by=Actor.PERSON, now=later, left_on=left_on)
        assert len(await care_visits.ahead(store, person.id, now=later)) == 1
        await moving_away.leave(store, person.id, by=Actor.PERSON, now=later, goes_on=True)
        assert len(await care_visits.ahead(store, person.id, now=later)) == 1
        await moving_away.leave(store, person.id, by=Actor.PERSON, now=later)
        assert not await care_visits.ahead(store, person.id, now=later)
