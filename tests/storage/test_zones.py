from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, update

from care.care_visits import What
from care.places import Use
from storage import care_visits, medicine, people, referrals, zones
from storage.engine import Database
from storage.people import random_id
from storage.schema import areas, bookings, cities, clinics, due, regions
from storage.vault import Vault

VISIT = "2026-11-25T09:00"


@pytest.fixture
async def person_id(any_database: Database, vault: Vault, now: datetime) -> int:
    """Somebody, and a clinic to go to."""
    async with any_database.writing() as connection:
        await connection.execute(insert(regions).values(id=1, code="r", names={}))
        await connection.execute(
            insert(cities).values(id=1, code="c", region_id=1, zone="Asia/Almaty", names={})
        )
        await connection.execute(insert(areas).values(id=1, code="a", city_id=1, names={}))
        texts = {key: {} for key in ("names", "address", "directions", "hours", "bring")}
        await connection.execute(
            insert(clinics).values(id=1, code="k", area_id=1, latitude=43.2, longitude=76.9, **texts)
        )
        person = await people.add(
            connection, vault, 5, locale="ru", consent_version="1", link_id=None, area_id=None, now=now
        )
        await referrals.open_for(connection, person.id, now=now)
    return person.id


async def book(database: Database, person_id: int, now: datetime, **changed: object) -> None:
    async with database.writing() as connection:
        referral = await referrals.of(connection, person_id)
        assert referral is not None
        values = {
            "id": random_id(),
            "person_id": person_id,
            "referral_id": referral["id"],
            "clinic_id": 1,
            "starts_at": datetime(2026, 11, 25, 3, 0, tzinfo=UTC),  # as zone data from before 2024 has it
            "local_start": VISIT,
            "local_day": VISIT[:10],
            "zone": "Asia/Almaty",
            "place": 0,
            "created_at": now,
        }
        await connection.execute(insert(bookings).values({**values, **changed}))


async def remind(database: Database, person_id: int, now: datetime, **changed: object) -> None:
    async with database.writing() as connection:
        values = {
            "key": "visit-eve:1",
            "kind": "visit-eve",
            "person_id": person_id,
            "params": {},
            "due_at": datetime(2026, 11, 24, 12, 0, tzinfo=UTC),
            "local_due": "2026-11-24T18:00",
            "zone": "Asia/Almaty",
            "useful_until": datetime(2026, 11, 25, tzinfo=UTC),
            "lane": 1,
            "created_at": now,
        }
        await connection.execute(insert(due).values({**values, **changed}))


async def recompute(database: Database, now: datetime) -> int:
    async with database.writing() as connection:
        return await zones.recompute(connection, now=now)


async def starts(database: Database) -> list[datetime]:
    async with database.reading() as connection:
        return list((await connection.execute(select(bookings.c.starts_at))).scalars())


async def due_times(database: Database) -> list[datetime]:
    async with database.reading() as connection:
        return list((await connection.execute(select(due.c.due_at))).scalars())


async def hours_at_the_clinic(database: Database) -> list[str]:
    zone = ZoneInfo("Asia/Almaty")
    return [start.astimezone(zone).strftime("%Y-%m-%dT%H:%M") for start in await starts(database)]


async def test_nine_at_the_clinic_stays_nine_when_the_zone_moved(any_database, person_id, now):
    await book(any_database, person_id, now)

    assert await recompute(any_database, now) == 1

    assert await starts(any_database) == [datetime(2026, 11, 25, 4, 0, tzinfo=UTC)]  # UTC+5 since 2024
    assert await hours_at_the_clinic(any_database) == [VISIT]


async def test_without_computing_anew_nine_at_the_clinic_becomes_eight(
    any_database, person_id, now, monkeypatch
):
    monkeypatch.setattr(zones, "_moment", lambda *_: None)
    await book(any_database, person_id, now)
    await recompute(any_database, now)

    assert await hours_at_the_clinic(any_database) == ["2026-11-25T08:00"]


async def test_a_reminder_stays_at_six_in_the_evening(any_database, person_id, now):
    await remind(any_database, person_id, now)

    assert await recompute(any_database, now) == 1

    assert await due_times(any_database) == [datetime(2026, 11, 24, 13, 0, tzinfo=UTC)]


async def test_a_reminder_is_of_use_until_the_visit_begins_by_the_new_rules(any_database, person_id, now):
    await book(any_database, person_id, now, id=77)
    old, new = datetime(2026, 11, 25, 3, 0, tzinfo=UTC), datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
    later = old + timedelta(days=3)
    hour = {"due_at": old, "local_due": None, "zone": None, "booking_id": 77}
    await remind(any_database, person_id, now, key="reopened:1:77", useful_until=old, **hour)
    await remind(any_database, person_id, now, key="closed:1:77", useful_until=later, **hour)

    await recompute(any_database, now)

    async with any_database.reading() as connection:
        rows = (await connection.execute(select(due.c.key, due.c.useful_until))).all()
    assert {row.key: row.useful_until for row in rows} == {"reopened:1:77": new, "closed:1:77": later}


@pytest.mark.parametrize("use", [use for use in Use if use is not Use.VISIT])
async def test_a_place_that_is_nobodys_visit_keeps_its_hour_and_the_moment_until_which_it_is_kept(
    any_database, person_id, now, use
):
    until = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
    await book(any_database, person_id, now, use=use.value, use_id=5, held_until=until)
    async with any_database.writing() as connection:
        await connection.execute(update(bookings).values(person_id=None, referral_id=None))

    assert await recompute(any_database, now) == 1

    assert await hours_at_the_clinic(any_database) == [VISIT]
    async with any_database.reading() as connection:
        assert (await connection.execute(select(bookings.c.held_until))).scalar_one() == until


async def test_what_somebody_noted_or_takes_stays_at_its_hour(any_database, person_id, now):
    """A noted visit and a plan keep the hour on the clock; their messages move like those of visits."""
    async with any_database.writing() as connection:
        at, zone = datetime.fromisoformat(VISIT), "Asia/Almaty"
        await care_visits.add(connection, person_id, What.DOCTOR, at, zone=zone, now=now)
        await medicine.begin(
            connection, person_id, times=[time(8)], weekdays=[], zone=zone, ends_on=at.date(), now=now
        )
    right = await due_times(any_database)
    assert len(right) > 5
    async with any_database.writing() as connection:  # as zone data from before 2024 would have it
        for row in (await connection.execute(select(due.c.id, due.c.due_at))).all():
            old = update(due).where(due.c.id == row.id).values(due_at=row.due_at - timedelta(hours=1))
            await connection.execute(old)

    assert await recompute(any_database, now) == len(right)

    assert sorted(await due_times(any_database)) == sorted(right)
    async with any_database.reading() as connection:
        [visit] = await care_visits.ahead(connection, person_id, now=now)
    assert visit.starts_at == datetime(2026, 11, 25, 4, 0, tzinfo=UTC)


async def test_what_is_right_is_left_alone(any_database, person_id, now):
    await book(any_database, person_id, now)
    await recompute(any_database, now)

    assert await recompute(any_database, now) == 0


@pytest.mark.parametrize(
    "changed",
    [
        {"cancelled_at": datetime(2026, 11, 20, tzinfo=UTC)},
        {"starts_at": datetime(2026, 11, 10, tzinfo=UTC)},
        {"zone": "Asia/Nowhere"},
    ],
)
async def test_cancelled_and_past_visits_and_unknown_zones_are_left_alone(
    any_database, person_id, now, changed
):
    await book(any_database, person_id, now, **changed)
    before = await starts(any_database)

    assert await recompute(any_database, now) == 0
    assert await starts(any_database) == before


@pytest.mark.parametrize("changed", [{"state": "sent"}, {"local_due": None}, {"state": "cancelled"}])
async def test_messages_that_are_finished_or_without_an_hour_are_left_alone(
    any_database, person_id, now, changed
):
    await remind(any_database, person_id, now, **changed)

    assert await recompute(any_database, now) == 0


async def test_a_visit_that_the_old_rules_thought_over_is_looked_at_too(any_database, person_id):
    await book(any_database, person_id, datetime(2026, 11, 21, tzinfo=UTC))

    moved = await recompute(any_database, datetime(2026, 11, 25, 3, 0, tzinfo=UTC) + timedelta(minutes=30))

    assert moved == 1
