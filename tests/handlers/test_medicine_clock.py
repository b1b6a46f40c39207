"""The reminders of a plan come by the clock of where the person is, also after a journey."""

from datetime import timedelta
from typing import Any

import pytest

from care.message_kinds import Kind
from care.roles import Role
from storage import schema
from tests.handlers.reminding import Reminding
from tests.handlers.test_notices import shown
from tests.handlers.test_transfer import makes_card

BEGIN = "mednew:2:08.2130:all:20261213:y"


@pytest.fixture
async def person(world: Any) -> Any:
    worker = world.somebody()
    await worker.hire(Role.WORKER, area_id=await world.area())
    someone = world.somebody()
    await someone.agree(area_id=1)
    return someone


@pytest.fixture
def reminding(world: Any) -> Reminding:
    return Reminding(world)


async def arrives(world: Any, person: Any, country: str) -> None:
    await person.tap(f"leav:{country}:two")
    [journey] = await world.rows(schema.transfers)
    await person.tap(f"arriv:{journey['id']}:y")


async def zone_of_plan(world: Any) -> str:
    [plan] = await world.rows(schema.dose_plans)
    return str(plan["zone"])


@pytest.mark.parametrize(
    ("country", "zone", "hours"),
    [
        ("KG", "Asia/Bishkek", [7, 20]),  # on the clock of Almaty
        ("TJ", "Asia/Dushanbe", [8, 21]),
        ("UZ", "Asia/Tashkent", [8, 21]),
    ],
)
async def test_after_the_arrival_reminders_come_by_the_clock_of_the_country(  # fixtures and a table
    world: Any,
    person: Any,
    reminding: Reminding,
    country: str,
    zone: str,
    hours: list[int],
) -> None:
    await person.tap(BEGIN)
    await arrives(world, person, country)

    assert "My clock for you" in person.text
    assert "It is another time here" not in " ".join(person.labels)
    assert await zone_of_plan(world) == zone
    letters = await reminding.until("2026-11-24T23:00", step=timedelta(minutes=30))
    assert [one.at.hour for one in letters if one.at.day == 24] == hours
    for row in await world.rows(schema.due, kind="dose", state="pending"):
        assert row["zone"] == zone


async def test_where_the_clock_is_not_known_the_person_is_asked_what_time_it_is(
    world: Any, person: Any, reminding: Reminding
) -> None:
    await person.tap(BEGIN)
    await arrives(world, person, "ZZ")
    assert "Kazakhstan, it is 12:00 now" in person.text
    await person.press("It is another time here")
    assert "What time is it with you now?" in person.text
    await person.press("10:00")

    assert await zone_of_plan(world) == "Europe/Moscow"
    assert "it is 10:00 now" in person.text
    letters = await reminding.until("2026-11-24T12:00", step=timedelta(minutes=30))
    assert [(one.at.day, one.at.hour) for one in letters] == [(23, 23), (24, 10)]


async def test_the_same_time_changes_nothing(world: Any, person: Any) -> None:
    await person.tap(BEGIN)
    await person.press("Change")
    await person.press("It is another time here")
    await person.press("12:00")

    assert await zone_of_plan(world) == "Asia/Almaty"


async def test_whoever_has_no_plan_hears_nothing_of_clocks(world: Any, person: Any) -> None:
    await arrives(world, person, "KG")

    assert "clock" not in person.text


async def test_a_plan_begun_after_the_arrival_has_the_clock_there(world: Any, person: Any) -> None:
    await arrives(world, person, "KG")
    [journey] = await world.rows(schema.transfers)
    await person.tap(f"wenton:{journey['id']}:y")
    await person.tap(BEGIN)

    assert await zone_of_plan(world) == "Asia/Bishkek"
    assert "Kyrgyzstan, it is 13:00 now" in person.text


async def test_new_hours_keep_the_clock(world: Any, person: Any) -> None:
    await person.tap(BEGIN)
    await arrives(world, person, "KG")
    [plan] = await world.rows(schema.dose_plans)
    await person.tap(f"medh:{plan['id']}:1:09:all:e")

    assert await zone_of_plan(world) == "Asia/Bishkek"


async def test_that_the_card_was_opened_is_told_by_the_night_of_where_they_are(
    world: Any, person: Any
) -> None:
    for table, name in ((schema.cities, "Steppe Town"), (schema.areas, "Bazaar")):
        async with world.database.writing() as store:
            await store.execute(table.update().values(names=dict.fromkeys(("ru", "en"), name)))
    await person.tap("leav:KG:two")
    code = await makes_card(person)
    [journey] = await world.rows(schema.transfers)
    await person.tap(f"arriv:{journey['id']}:y")
    await world.somebody().tap(f"topen:{code}:y~en")

    [row] = await world.rows(schema.due, kind=Kind.TRANSFER_OPENED.value)
    assert row["zone"] == "Asia/Bishkek"
    reply = await shown(world, person, Kind.TRANSFER_OPENED)
    assert reply is not None
    assert "13:00" in reply.steps[0].text
