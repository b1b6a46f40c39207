"""Who watches over those in the field: told after a restart too, once, and asked once a week."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.timetable import timetable
from bot.watching import plan_moods, tell_of_late
from care.person import StaffMember
from care.roles import Role
from locales.catalogue import Words
from storage import lone, people, staff
from storage.engine import Database, open_database
from storage.schema import due

NOON = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
ALMATY = "Asia/Almaty"


async def somebody(database: Database, vault: Any, number: int, role: Role) -> StaffMember:
    async with database.writing() as store:
        person = await people.add(
            store, vault, number, locale="en", consent_version="1", link_id=None, area_id=None, now=NOON
        )
        return StaffMember(
            id=await staff.add(store, person.id, role, now=NOON), role=role, person_id=person.id
        )


async def alone_until(database: Database, member: StaffMember, ends_at: datetime) -> None:
    async with database.writing() as store:
        await lone.begin(store, member, ends_at=ends_at, site_id=None, now=NOON)


async def planned(database: Database, kind: str) -> list[int]:
    async with database.reading() as store:
        rows = await store.execute(select(due.c.person_id).where(due.c.kind == kind).order_by(due.c.id))
        return list(rows.scalars())


async def test_a_timer_survives_a_restart(sqlite_url: str, vault: Any) -> None:
    before = open_database(sqlite_url)
    worker = await somebody(before, vault, 1, Role.WORKER)
    office = await somebody(before, vault, 2, Role.COORDINATOR)
    await alone_until(before, worker, NOON + timedelta(minutes=30))
    await before.close()

    after = open_database(sqlite_url)
    assert await planned(after, "lone-soon") == [worker.person_id]
    for minutes in (29, 47, 48, 49):  # it was down when the time was over
        await tell_of_late(after, now=NOON + timedelta(minutes=minutes), zone=ALMATY)

    assert await planned(after, "lone-late") == [office.person_id]
    await after.close()


async def test_while_nobody_is_late_nothing_is_written(any_database: Database, vault: Any) -> None:
    worker = await somebody(any_database, vault, 1, Role.WORKER)
    await somebody(any_database, vault, 2, Role.COORDINATOR)
    await alone_until(any_database, worker, NOON + timedelta(minutes=30))

    await tell_of_late(any_database, now=NOON, zone=ALMATY)

    assert await planned(any_database, "lone-late") == []


async def test_every_worker_is_asked_once_a_week(any_database: Database, vault: Any) -> None:
    workers = [await somebody(any_database, vault, number, Role.WORKER) for number in (1, 2)]
    await somebody(any_database, vault, 3, Role.REGISTRAR)
    for days in range(10):  # Monday to the Wednesday after
        await plan_moods(any_database, now=NOON + timedelta(days=days), zone=ALMATY)

    assert sorted(await planned(any_database, "mood")) == sorted(one.person_id for one in workers * 2)


@pytest.mark.parametrize("name", ["lone", "nightly"])
async def test_the_timetable_looks_after_them(any_database: Database, vault: Any, name: str) -> None:
    worker = await somebody(any_database, vault, 1, Role.WORKER)
    await somebody(any_database, vault, 2, Role.COORDINATOR)
    await alone_until(any_database, worker, NOON)
    words = Words.load(strict=False)
    made = timetable(
        database=any_database,
        vault=vault,
        words=words,
        now=lambda: NOON,
        zone=ALMATY,
        wake=lambda: None,
    )

    await next(job for job in made if job.name == name).work()

    assert bool(await planned(any_database, "lone-late")) is (name == "lone")
    assert bool(await planned(any_database, "mood")) is (name == "nightly")
