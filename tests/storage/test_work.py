"""The work of the team is counted from the outcomes: compared with a world small enough to count by hand."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from care.cascade import By
from care.outcomes import Kind
from care.work import Work
from storage import schema, work
from storage.engine import Database

DAY = timedelta(days=1)
SITE = {"staff_id": 7, "area_id": 3, "site_id": 5, "role": "worker"}
ANNA = {"referral_id": 1, "link_id": 11, "staff_id": 7, "area_id": 3, "site_id": 5}
BAKYT = {"referral_id": 2, "staff_id": 8, "area_id": 4}
COLLEAGUE = {"referral_id": 4, "link_id": 11, "area_id": 3}
WORLD: tuple[tuple[Kind, dict[str, Any]], ...] = (
    (Kind.SITE_VISITED, SITE | {"detail": "8.10.30"}),
    (Kind.SITE_VISITED, SITE | {"detail": "8.10.30"}),
    (Kind.SITE_VISITED, SITE | {"detail": "3.0.15"}),
    (Kind.UNDONE, SITE | {"detail": "site-visited.8.10.30"}),
    (Kind.CONSENTED, ANNA),
    (Kind.BROUGHT, ANNA),
    (Kind.CONSENTED, BAKYT),  # through no link
    (Kind.CONSENTED, COLLEAGUE),
    (Kind.JOINED, COLLEAGUE | {"role": "worker", "detail": "worker"}),
    (Kind.TALK_ANSWERED, BAKYT),
    (Kind.TALK_DONE, BAKYT),
    (Kind.UNDONE, BAKYT | {"detail": "talk-done"}),
    (Kind.TALK_DONE, BAKYT),
    (Kind.TALK_HELPED, BAKYT),
    (Kind.TALK_NOT_HELPED, ANNA),
    (Kind.COMPANY_DONE, ANNA | {"clinic_id": 9}),
    (Kind.CAME, ANNA | {"clinic_id": 9}),
)
OLGAS = Work(
    visits=2, people=11, leaflets=10, minutes=45, arrived=1, passed_on=1, accompanied=1, not_helped=1
)
BORIS = Work(answered=1, ended=1, helped=1)


async def fill(store: AsyncConnection, now: datetime) -> None:
    for minute, (kind, fields) in enumerate(WORLD):
        values = {"kind": kind.value, "at": now + timedelta(minutes=minute), "role": "person"} | fields
        await store.execute(insert(schema.outcomes).values(**values))


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (None, {None: OLGAS + BORIS}),
        (By.WORKER, {7: OLGAS, 8: BORIS}),
        (By.AREA, {3: OLGAS, 4: BORIS}),
        (By.SITE, {5: OLGAS, None: BORIS}),
    ],
)
async def test_a_small_world_is_counted_as_by_hand(
    any_database: Database, now: datetime, by: By | None, expected: dict[Any, Work]
):
    async with any_database.writing() as store:
        await fill(store, now)
    async with any_database.reading() as store:
        assert await work.count(store, now, now + DAY, by=by) == expected


async def test_only_what_was_done_in_the_period_is_counted(any_database: Database, now: datetime):
    async with any_database.writing() as store:
        await fill(store, now)
    async with any_database.reading() as store:
        assert await work.count(store, now - DAY, now) == {}
        assert await work.count(store, now + timedelta(minutes=1), now + timedelta(minutes=2)) == {
            None: Work(visits=1, people=8, leaflets=10, minutes=30)
        }


async def test_what_is_taken_back_on_the_next_day_leaves_no_number_below_zero(
    any_database: Database, now: datetime
):
    async with any_database.writing() as store:
        await fill(store, now)
    async with any_database.reading() as store:
        assert await work.count(store, now + timedelta(minutes=3), now + timedelta(minutes=4)) == {}
