"""What is promised about keeping is what happens at night, no more and no less."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Table

from care.directory import DataKind, Programme
from handlers import kept
from locales.catalogue import Words
from storage import referrals, schema
from storage.erasing import nightly
from storage.transfers import ENDED_FOR

DAYS = {"person": 40, "visits": 30, "checks": 20, "contacts": 10, "questions": 365}


def promised(words: Words) -> Sequence[int]:
    """Return the days of the promise, in order: person, visits, plan, card, checks, contacts, questions."""
    programme = Programme(
        names={},
        operator={},
        contact={},
        purpose={},
        retention_days={kind: DAYS[kind.value] for kind in DataKind},
        promises=frozenset(),
    )
    return [int(days) for days in re.findall(r": (\d+) day", kept.how_long(words["en"], programme))]


def test_every_kind_of_data_has_its_line(words: Words) -> None:
    assert promised(words) == [40, 30, 30, ENDED_FOR.days, 20, 10, 90]


async def left(world: Any, column: Any, table: Table) -> bool:
    return any(row[column] is not None for row in await world.rows(table))


@pytest.mark.parametrize(
    ("line", "table", "column"),
    [
        (0, schema.people, "id"),
        (1, schema.bookings, "id"),
        (4, schema.referrals, "advice"),
        (5, schema.tasks, "contact"),
        (6, schema.questions, "id"),
    ],
    ids=["person", "visits", "checks", "contacts", "questions"],
)
async def test_the_nights_keep_the_promise_to_the_day(
    world: Any, words: Words, line: int, table: Table, column: str
) -> None:
    content = {name: {"en": "x"} for name in ("names", "operator", "contact", "purpose")}
    content |= {"retention_days": DAYS, "promises": []}
    await world.add(schema.programme, id=1, content=content, changed_at=world.now)
    await somebody_with_everything(world, clinic=await world.clinic(await world.area()))
    days = promised(words)[line]

    for night, there in ((days, True), (days + 1, False)):
        await nightly(world.database, now=world.now + timedelta(days=night, minutes=-1 if there else 1))
        assert await left(world, column, table) is there, f"after {night} of {days} days"


async def somebody_with_everything(world: Any, *, clinic: int) -> None:
    """Let somebody do everything at this moment that leaves a trace with a term."""
    person = await world.somebody().agree()
    async with world.database.writing() as store:
        referral = await referrals.open_for(store, person.id, now=world.now)
        await store.execute(schema.referrals.update().values(advice="soon", checked_at=world.now))
    about = {"person_id": person.id, "created_at": world.now}
    await world.add(
        schema.bookings,
        id=1,
        referral_id=referral,
        clinic_id=clinic,
        starts_at=world.now,
        local_start="2026-11-23T12:00",
        local_day="2026-11-23",
        zone="Asia/Almaty",
        place=0,
        **about,
    )
    promised_at = world.now + timedelta(hours=2)
    await world.add(schema.tasks, id=1, kind="talk", contact=b"sealed", promised_at=promised_at, **about)
    await world.add(schema.questions, text="?", locale="en", asked_on=world.now.date())
