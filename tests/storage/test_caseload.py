"""Caseload and tasks of a large team are read through indexes: never by looking at everybody."""

import re
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import ClauseElement, text
from sqlalchemy.dialects import sqlite

from benchmarks.caseload_store import NOW, build
from care.person import StaffMember
from care.roles import Role
from storage import caseload, task_candidates, task_lists
from storage.caseload import Filter
from storage.engine import Database, open_database

WORKER = [StaffMember(id=1, role=Role.WORKER, area_id=2)]
LARGE = ("referrals", "people", "bookings", "tasks", "outcomes")  # grow with the people
SCREENS = {
    "counts": caseload.counts_query(1, now=NOW),
    **{f"page {which}": caseload.page_query(1, now=NOW, which=which) for which in Filter},
    "tasks": task_lists.page_query(WORKER, now=NOW),
    "put off": task_lists.page_query(WORKER, now=NOW, put_off=True),
    "load": task_lists.load_query(WORKER, now=NOW, day_ends=NOW + timedelta(days=1)),
}


async def plan(database: Database, statement: ClauseElement) -> Sequence[str]:
    """Return the lines of SQLite's plan."""
    compiled = statement.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    async with database.reading() as store:
        rows = await store.execute(text("EXPLAIN QUERY PLAN " + str(compiled).replace(":", "\\:")))
        return [row[-1] for row in rows.all()]


@pytest.mark.parametrize("screen", SCREENS)
async def test_a_screen_looks_at_nobody_else(database: Database, screen: str) -> None:
    lines = await plan(database, SCREENS[screen])

    assert [line for line in lines if re.match(rf"SCAN ({'|'.join(LARGE)})\b", line)] == []


@pytest.mark.parametrize(
    ("screen", "index"),
    [
        ("page all", "ix_referrals_staff_id"),
        ("page needs", "ix_tasks_person"),
        ("tasks", "ix_tasks_(open|staff_id)"),
        ("load", "ix_tasks_(open|staff_id)"),
    ],
)
async def test_a_screen_uses_the_index_made_for_it(database: Database, screen: str, index: str) -> None:
    assert any(re.search(index, line) for line in await plan(database, SCREENS[screen]))


async def test_the_look_for_tasks_begins_with_those_who_may_need_one(database: Database) -> None:
    moments = task_candidates.moments(NOW)
    lines = [await plan(database, one.params(moments)) for one in task_candidates.STATEMENTS]

    assert any("ix_referrals_checked" in line for line in lines[0])
    assert all(any("ix_bookings_not_come" in line for line in many) for many in lines[1:3])
    assert [
        line for many in lines[:5] for line in many if re.match(r"SCAN (referrals|people|bookings)", line)
    ] == []


async def test_pages_and_numbers_agree(sqlite_url: str) -> None:
    url = sqlite_url.replace("hamroh.db", "large.db")
    await build(url, workers=3, people=40)
    database = open_database(url)
    async with database.reading() as store:
        for which in Filter:
            numbers = await caseload.counts(store, 2, now=NOW)
            pages = [
                await caseload.page(store, 2, now=NOW, first=first, most=8, which=which)
                for first in range(0, 48, 8)
            ]
            found = [case.person_id for many in pages for case in many]
            assert len(found) == len(set(found)) == numbers[which]
        load = await task_lists.load(store, WORKER, now=NOW, day_ends=NOW + timedelta(hours=9))
        mine = await task_lists.page(store, WORKER, now=NOW, first=0, most=999)
        asleep = await task_lists.page(store, WORKER, now=NOW, first=0, most=999, put_off=True)
    await database.close()

    assert (load.open, load.put_off) == (len(mine), len(asleep))
    assert load.late == len([task for task in mine if task.promised_at < NOW])
    assert load.climbed == len([task for task in mine if task.escalated_at is not None])
    assert load.climbed_people == len({task.person_id for task in mine if task.escalated_at is not None})
