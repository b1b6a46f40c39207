"""What clinics write of visits, on both databases: each step once, whoever presses at the same time."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot import results as nightly
from bot import tasks
from care.results import Result, Stage
from care.roles import Actor, Role
from care.ticket import ticket
from storage import due, examinations, result_codes, result_counts, results, schema, staff
from storage import people as people_of
from storage.engine import Database
from storage.vault import Vault, new_key

ZONE = "Asia/Almaty"


@pytest.fixture
def vault() -> Vault:
    return Vault([new_key()])


class Desk:
    """A clinic with a clinician, and people who came."""

    def __init__(self, database: Database, vault: Vault, now: datetime) -> None:
        self.database, self.vault, self.now = database, vault, now

    async def build(self, number: int = 1) -> "Desk":
        async with self.database.writing() as store:
            region = await _add(store, schema.regions, code="r", names={})
            city = await _add(store, schema.cities, code="c", region_id=region, zone=ZONE, names={})
            self.area = await _add(store, schema.areas, code="a", city_id=city, names={})
            texts: dict[str, Any] = {
                name: {} for name in ("names", "address", "directions", "hours", "bring")
            }
            self.clinic = await _add(
                store, schema.clinics, code="k", area_id=self.area, latitude=0.0, longitude=0.0, **texts
            )
            boss = await self._person(store, 1)
            self.staff = await staff.add(store, boss, Role.CLINICIAN, now=self.now, clinic_id=self.clinic)
            self.visits = [await self._came(store, place) for place in range(number)]
        return self

    async def _person(self, store: Any, telegram_id: int) -> int:
        person = await people_of.add(
            store, self.vault, telegram_id, locale="en", consent_version="1", link_id=None, area_id=None,
            now=self.now,
        )  # fmt: skip
        return person.id

    async def _came(self, store: Any, place: int) -> int:
        person_id, referral_id = await self._person(store, place + 2), people_of.random_id()
        times = {"opened_at": self.now, "changed_at": self.now}
        await store.execute(
            schema.referrals.insert().values(id=referral_id, person_id=person_id, state="came", **times)
        )
        visit = people_of.random_id()
        await store.execute(
            schema.bookings.insert().values(
                id=visit, person_id=person_id, referral_id=referral_id, clinic_id=self.clinic,
                starts_at=self.now, local_start=f"{self.now:%Y-%m-%dT%H:%M}", zone=ZONE, place=place,
                local_day=f"{self.now:%Y-%m-%d}", created_at=self.now, came_at=self.now,
            )
        )  # fmt: skip
        return visit

    async def write(self, visit: int, step: str, result: Result = Result.TB) -> bool:
        async with self.database.writing() as store:
            found = await examinations.lock(store, visit, [self.clinic], now=self.now)
            assert found is not None
            by: dict[str, Any] = {"by": Actor.CLINICIAN, "staff_id": self.staff, "now": self.now}
            if step == "examined":
                return await results.examined(store, found, **by)
            one = found.examination
            assert one is not None
            if step == "ready":
                return await results.ready(store, self.vault, one, result, zone=ZONE, **by)
            return await results.given(store, self.vault, one, zone=ZONE, **by)


async def _add(store: Any, table: Any, **values: Any) -> int:
    return int((await store.execute(table.insert().values(**values))).inserted_primary_key[0])


@pytest.fixture
async def desk(any_database: Database, vault: Vault, now: datetime) -> Desk:
    return await Desk(any_database, vault, now).build()


async def test_lists_and_numbers_agree(any_database: Database, vault: Vault, now: datetime) -> None:
    desk = await Desk(any_database, vault, now).build(4)
    first, second, third, _ = desk.visits
    for visit, steps in (
        (first, ("examined",)),
        (second, ("examined", "ready")),
        (third, ("examined", "ready", "given")),
    ):
        for step in steps:
            assert await desk.write(visit, step)

    async with any_database.reading() as store:
        counts = await examinations.counts(store, [desk.clinic], now=now)
        assert counts == dict.fromkeys(Stage, 1)
        for which in Stage:
            shown = await examinations.page(store, [desk.clinic], now=now, first=0, most=9, which=which)
            assert len(shown) == 1
        found = await examinations.by_number(store, [desk.clinic], ticket(second), now=now)
        assert found is not None
        assert found.booking_id == second
        assert await examinations.by_number(store, [], ticket(second), now=now) is None
        result = await result_codes.result(store, vault, found.examination.id if found.examination else 0)
        assert result is Result.TB


@pytest.mark.parametrize("step", ["examined", "ready", "given"])
async def test_two_who_press_at_once_write_a_step_once(desk: Desk, step: str) -> None:
    [visit] = desk.visits
    for before in ("examined", "ready", "given"):
        if before == step:
            break
        await desk.write(visit, before)

    done = await asyncio.gather(*(desk.write(visit, step) for _ in range(4)))

    once = {"examined": 1, "ready": 4, "given": 1}  # a result may be written again before it is given
    assert done.count(True) == once[step]
    async with desk.database.reading() as store:
        rows = (await store.execute(schema.examinations.select())).all()
        messages = (await store.execute(schema.due.select())).mappings().all()
    assert len(rows) == 1
    assert len({row["key"] for row in messages}) == len(messages)


async def test_the_night_counts_and_releases_on_both_databases(
    any_database: Database, vault: Vault, now: datetime
) -> None:
    desk = await Desk(any_database, vault, now).build(5)
    for visit, result in zip(desk.visits, [*Result, Result.NO_TB], strict=True):
        for step in ("examined", "ready", "given"):
            await desk.write(visit, step, result)
    later = now + timedelta(days=30)

    await nightly.settle(any_database, vault, now=later)
    await nightly.settle(any_database, vault, now=later)

    async with any_database.reading() as store:
        counted = await result_counts.of_period(store, later, later + timedelta(hours=1))
        rows = (await store.execute(schema.referrals.select())).mappings().all()
    assert counted == {desk.clinic: {**dict.fromkeys(Result, 1), Result.NO_TB: 2}}
    assert {row["closed_at"] for row in rows} == {later}
    assert sorted(row["state"] for row in rows) == ["completed", "completed", "in-care", "in-care", "in-care"]


async def test_a_task_comes_and_closes_on_both_databases(desk: Desk) -> None:
    [visit] = desk.visits
    await desk.write(visit, "examined")
    await desk.write(visit, "ready")
    later = desk.now + timedelta(days=4)
    await tasks.look(desk.database, now=later, zone=ZONE)
    await desk.write(visit, "given")
    await tasks.look(desk.database, now=later, zone=ZONE)

    async with desk.database.reading() as store:
        [task] = (await store.execute(schema.tasks.select())).mappings().all()
        assert not await due.waits(store, "result-again")
    assert (task["kind"], task["done_at"]) == ("result", later)
