"""Forty clinics with long names, three hundred visits a day: every screen fits, and pages lead to all."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import insert

from care.roles import Role
from handlers.buttons import Verb
from storage import schema
from storage.people import random_id

CLINICS = 40
LANGUAGES = ("ru", "uz", "tg", "kk", "en")
WIDEST = 52  # letters of a button that has its row for itself
MOST_MARKUP = 9000  # bytes; Telegram refuses keyboards from about 10 kilobytes on


def texts(what: str, number: int) -> dict[str, str]:
    said = f"№{number} {what} <имени Абая & сыновей>, отделение профилактики, дом 145 корпус 3"
    return {one: f"{said} {one}" for one in LANGUAGES}


@pytest.fixture
async def clinics(world: Any) -> list[int]:
    area = await world.area()
    made = [await world.clinic(area) for _ in range(CLINICS)]
    table = schema.clinics
    async with world.database.writing() as store:
        for number, one in enumerate(made):
            named = {"names": texts("Региональный специализированный центр", number)}
            there = {"address": texts("Проспект независимости и дружбы народов", number)}
            await store.execute(table.update().where(table.c.id == one).values(**named, **there))
    return made


def assert_fits(who: Any) -> None:
    keys = [[item.label for item in row] for step in who.shown.steps for row in step.rows]
    assert len(str(keys).encode()) + 40 * sum(map(len, keys)) < MOST_MARKUP
    assert all(len(label) <= WIDEST / len(row) for row in keys for label in row), keys


async def offered(who: Any, first: str, verb: Verb) -> list[str]:
    """Return what the buttons of `verb` wish for on all pages, turned one after the other."""
    await who.tap(first)
    found: list[str] = []
    while True:
        assert_fits(who)
        found += [item.data for item in who.keys if item.data and item.data.split(":")[0] == verb.value]
        turns = [item.data for item in who.keys if item.label == "▶️"]
        found = [one for one in found if one not in turns and not _turns_back(who, one)]
        if not turns:
            return found
        await who.tap(turns[0])


def _turns_back(who: Any, data: str) -> bool:
    return any(item.data == data and item.label in {"◀️", "▶️"} for item in who.keys)


@pytest.mark.parametrize(
    ("first", "verb"),
    [
        ("clins:all", Verb.CLINIC),
        ("book:all", Verb.BOOK_CLINIC),
        ("wait", Verb.WAIT_CLINIC),
        ("bg:4", Verb.BRIGADE_CLINIC),
    ],
)
async def test_a_person_finds_each_of_forty_clinics(
    world: Any, clinics: list[int], first: str, verb: Verb
) -> None:
    who = world.somebody()
    await who.agree()

    found = await offered(who, first, verb)

    assert {one.split(":")[-1] for one in found} - {"a"} == {str(one) for one in clinics}


@pytest.mark.parametrize(("first", "verb"), [("today", Verb.TODAY), ("closed", Verb.CLOSED)])
async def test_the_office_finds_each_of_forty_clinics(
    world: Any, clinics: list[int], first: str, verb: Verb
) -> None:
    who = world.somebody()
    await who.hire(Role.COORDINATOR)

    found = await offered(who, first, verb)

    assert {one.split(":")[1] for one in found} == {str(one) for one in clinics}


async def test_who_waits_sees_first_the_clinic_at_which_they_looked_on_every_page(
    world: Any, clinics: list[int]
) -> None:
    who = world.somebody()
    await who.agree()

    found = await offered(who, f"wait:set:{clinics[30]}", Verb.WAIT_CLINIC)

    assert next(one for one in found if not one.endswith(":a")).endswith(f":{clinics[30]}")
    assert len({one for one in found if not one.endswith(":a")}) == CLINICS


async def test_free_places_are_named_on_buttons_that_fit(world: Any, clinics: list[int]) -> None:
    who = world.somebody()
    await who.agree()

    await who.tap("waity:a:a:any")

    assert Verb.BOOK_TIME in who.wishes
    assert_fits(who)


@pytest.mark.parametrize("which", ["e", "m", "all"])
async def test_a_day_of_three_hundred_visits_is_read_on_pages(
    world: Any, clinics: list[int], which: str
) -> None:
    person = await world.somebody().agree()
    values = {"clinic_id": clinics[0], "zone": "Asia/Almaty", "created_at": world.now, "use": "walk-in"}
    when = {"starts_at": datetime(2026, 11, 23, 12, 0, tzinfo=UTC), "local_day": "2026-11-23"}
    rows = [
        {**values, **when, "local_start": "2026-11-23T17:00", "id": random_id(), "place": n, "locale": "uz"}
        for n in range(300)
    ]
    async with world.database.writing() as store:
        await store.execute(insert(schema.bookings), rows)
    desk = world.somebody()
    await desk.hire(Role.REGISTRAR, clinic_id=clinics[0])

    for page in (0, 15, 29, 30, 99):
        await desk.tap(f"today:{clinics[0]}:20261123:{page}:{which}")
        assert_fits(desk)
    assert person.id
