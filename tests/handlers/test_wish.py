"""A person may prefer to talk to a woman or a man."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from care.roles import Role
from handlers.buttons import Verb
from handlers.routes import Route, Routes
from handlers.wish import Wish
from storage import referrals, schema


@pytest.fixture
def routes(make_table: Any) -> Routes:
    return make_table(buttons={Verb.WISH: Route(Wish(zone=ZoneInfo("Asia/Almaty")).show)}, commands={})


async def somebody(world: Any, *, staff_id: int | None = None) -> Any:
    someone = world.somebody()
    person = await someone.agree()
    async with world.database.writing() as store:
        await referrals.open_for(store, person.id, now=world.now, staff_id=staff_id)
    return someone


async def colleague(world: Any, gender: str) -> int:
    staff_id = await world.somebody().hire(Role.WORKER)
    async with world.database.writing() as store:
        statement = schema.staff.update().where(schema.staff.c.id == staff_id).values(gender=gender)
        await store.execute(statement)
    return int(staff_id)


async def test_whoever_asks_for_a_woman_has_a_woman_from_then_on(world):
    man, woman = await colleague(world, "m"), await colleague(world, "f")
    someone = await somebody(world, staff_id=man)
    await someone.tap("wish")

    await someone.press("A woman")

    assert "A woman of our team is there for you." in someone.text
    [row] = await world.rows(schema.referrals)
    assert (row["staff_id"], row["wanted_gender"]) == (woman, "f")
    assert [row["detail"] for row in await world.rows(schema.outcomes)] == ["seen", "f"]


async def test_where_there_is_none_it_is_said_and_the_wish_is_kept(world):
    someone = await somebody(world, staff_id=await colleague(world, "f"))

    await someone.tap("wish:m")

    assert "there is no man in our team who can answer. I keep your wish." in someone.text
    assert [row["wanted_gender"] for row in await world.rows(schema.referrals)] == ["m"]


async def test_no_matter_takes_the_wish_back(world):
    someone = await somebody(world, staff_id=await colleague(world, "f"))
    await someone.tap("wish:f")
    await someone.press("Back")

    await someone.press("No matter")

    assert [row["wanted_gender"] for row in await world.rows(schema.referrals)] == [None]


async def test_the_wish_of_somebody_without_an_episode_opens_one(world):
    woman, someone = await colleague(world, "f"), world.somebody()
    await someone.agree()

    await someone.tap("wish:f")

    [row] = await world.rows(schema.referrals)
    assert (row["staff_id"], row["wanted_gender"]) == (woman, "f")


@pytest.mark.parametrize("data", ["wish:x", "wish:ff", "wish:"])
async def test_a_forged_wish_is_asked_for_again(world, data):
    someone = await somebody(world)

    await someone.tap(data)

    assert "Whom do you prefer to talk to?" in someone.text
    assert [row["wanted_gender"] for row in await world.rows(schema.referrals)] == [None]
