"""The cascade is counted from the outcomes: compared with a world small enough to count by hand."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from care.cascade import By, Stages, total
from care.outcomes import Kind
from storage import cascade, schema
from storage.engine import Database

DAY = timedelta(days=1)
Happened = tuple[Kind, dict[str, Any]]

ANNA = {"referral_id": 1, "link_id": 11, "staff_id": 7, "area_id": 3, "site_id": 5, "locale": "uz"}
BAKYT = {"referral_id": 2, "link_id": 11, "staff_id": 7, "area_id": 3, "site_id": 5, "locale": "tg"}
CAMIL = {"referral_id": 3, "locale": "ru"}
COLLEAGUE = {"referral_id": 4, "area_id": 3, "locale": "ru"}
WORLD: tuple[Happened, ...] = (
    (Kind.LINK_OPENED, {"link_id": 11, "staff_id": 7, "area_id": 3, "site_id": 5}),
    (Kind.LINK_OPENED, {"link_id": 11, "staff_id": 7, "area_id": 3, "site_id": 5, "locale": "uz"}),
    (Kind.LINK_OPENED, {"link_id": 11, "staff_id": 7, "area_id": 3, "role": "worker"}),  # tries it out
    (Kind.ANSWERED, {"locale": "uz", "detail": "treatment"}),  # a stranger, of whom nothing is kept
    (Kind.CONSENTED, ANNA),
    (Kind.ANSWERED, ANNA | {"detail": "treatment"}),
    (Kind.ANSWERED, ANNA | {"detail": "stigma"}),
    (Kind.CHECKED, ANNA | {"detail": "soon"}),
    (Kind.BOOKED, ANNA | {"clinic_id": 9, "detail": "soon"}),
    (Kind.BOOKED, ANNA | {"clinic_id": 8, "detail": "soon"}),
    (Kind.TALK_ASKED, ANNA | {"staff_id": 70}),  # somebody else answers: the journey stays the worker's
    (Kind.CAME, ANNA | {"clinic_id": 8, "role": "registrar"}),
    (Kind.CONSENTED, BAKYT),
    (Kind.CHECKED, BAKYT | {"detail": "contact"}),
    (Kind.BOOKED, BAKYT | {"clinic_id": 8, "locale": "ru"}),  # changed the language
    (Kind.CAME, BAKYT | {"clinic_id": 8, "locale": "ru", "role": "registrar"}),
    (Kind.UNDONE, BAKYT | {"clinic_id": 8, "locale": "ru", "role": "registrar", "detail": "came"}),
    (Kind.CONSENTED, CAMIL),
    (Kind.DANGER_SHOWN, CAMIL | {"detail": "blood"}),
    (Kind.CONSENTED, COLLEAGUE),
    (Kind.ANSWERED, COLLEAGUE | {"detail": "treatment"}),
    (Kind.JOINED, COLLEAGUE | {"role": "worker", "detail": "worker"}),
)


async def fill(store: AsyncConnection, world: tuple[Happened, ...], now: datetime) -> None:
    for minute, (kind, fields) in enumerate(world):
        at = now + timedelta(minutes=minute)
        await store.execute(
            insert(schema.outcomes).values(**{"kind": kind.value, "at": at, "role": "person"} | fields)
        )


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (None, {None: Stages(2, 3, 2, 2, 1, 2, 1)}),
        (By.AREA, {3: Stages(2, 2, 1, 2, 1, 2, 1), None: Stages(0, 1, 1)}),
        (By.WORKER, {7: Stages(2, 2, 1, 2, 1, 2, 1), None: Stages(0, 1, 1)}),
        (By.SITE, {5: Stages(2, 2, 1, 2, 1, 2, 1), None: Stages(0, 1, 1)}),
        (By.CLINIC, {8: Stages(0, 2, 1, 2, 1, 2, 1), None: Stages(2, 1, 1)}),
        (
            By.LANGUAGE,
            {"uz": Stages(1, 1, 1, 1, 1, 1, 1), "ru": Stages(0, 2, 1, 1, 0, 1), None: Stages(1)},
        ),
    ],
)
async def test_a_small_world_is_counted_as_by_hand(
    any_database: Database, now: datetime, by: By | None, expected: dict[Any, Stages]
):
    async with any_database.writing() as store:
        await fill(store, WORLD, now)

    async with any_database.reading() as store:
        assert await cascade.count(store, now, now + DAY, by=by) == expected


async def test_only_what_happened_in_the_period_is_counted(any_database: Database, now: datetime):
    async with any_database.writing() as store:
        await fill(store, ((Kind.CONSENTED, ANNA), (Kind.ANSWERED, ANNA)), now)

    async with any_database.reading() as store:
        first_minute = await cascade.count(store, now, now + timedelta(minutes=1))
        second_minute = await cascade.count(store, now + timedelta(minutes=1), now + timedelta(minutes=2))
        nothing = await cascade.count(store, now + DAY, now + 2 * DAY)
    assert first_minute == {None: Stages(reached=1)}
    assert second_minute == {None: Stages(informed=1)}
    assert nothing == {}


async def test_people_through_a_link_are_counted_once_and_colleagues_never(
    any_database: Database, now: datetime
):
    colleague = COLLEAGUE | {"link_id": 11}
    async with any_database.writing() as store:
        await fill(store, (*WORLD, (Kind.CONSENTED, colleague), (Kind.CONSENTED, ANNA)), now)

    async with any_database.reading() as store:
        assert await cascade.through_links(store, [11, 12]) == {11: 2}


happened = st.tuples(
    st.sampled_from([Kind.LINK_OPENED, Kind.CONSENTED, Kind.ANSWERED, Kind.CHECKED, Kind.BOOKED, Kind.CAME]),
    st.fixed_dictionaries(
        {
            "referral_id": st.none() | st.integers(1, 4),
            "staff_id": st.none() | st.integers(1, 2),
            "area_id": st.none() | st.integers(1, 2),
            "site_id": st.none() | st.integers(1, 2),
            "clinic_id": st.none() | st.integers(1, 2),
            "locale": st.none() | st.sampled_from(["ru", "uz", "tg"]),
            "detail": st.none() | st.sampled_from(["soon", "none"]),
        }
    ),
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(world=st.lists(happened, max_size=15).map(tuple), by=st.sampled_from(list(cascade.COLUMNS)))
async def test_the_groups_add_up_to_the_whole(
    database: Database, now: datetime, world: tuple[Happened, ...], by: By
):
    async with database.writing() as store:
        await store.execute(delete(schema.outcomes))
        await fill(store, world, now)
        whole = await cascade.count(store, now, now + DAY)
        groups = await cascade.count(store, now, now + DAY, by=by)

    assert total(groups.values()) == total(whole.values())
