"""What was asked for is waited for only while its screen is there; every question has a way back."""

from typing import Any

import pytest

from care.outcomes import Kind
from care.roles import Role
from storage import schema

HERE = (43.201, 76.901)


async def helper(world: Any, role: Role = Role.WORKER) -> Any:
    """Return somebody of the team in an area with one site of theirs."""
    area = await world.area()
    someone = world.somebody()
    await someone.hire(role, area_id=area)
    await someone.command("/links")
    await world.add(
        schema.sites,
        code="gate",
        area_id=area,
        kind="market",
        names={"en": "Gate market"},
        latitude=43.2,
        longitude=76.9,
        confirmed_at=world.now,
    )
    return someone


async def notes_of(world: Any) -> list[Any]:
    return [row["notes"] for row in await world.rows(schema.sites)]


async def test_notes_are_waited_for_until_another_button_is_pressed(world: Any) -> None:
    someone = await helper(world)
    await someone.command("/sites")
    await someone.press("Gate market")
    await someone.press("Notes")
    await someone.press("Back")

    await someone.say("I told her my sister is ill")

    assert await notes_of(world) == [None]


async def test_notes_are_kept_where_nothing_was_pressed_between(world: Any) -> None:
    someone = await helper(world)
    await someone.command("/sites")
    await someone.press("Gate market")
    await someone.press("Notes")
    await someone.say("The gate on the left")

    assert await notes_of(world) == ["The gate on the left"]


@pytest.mark.parametrize(("way", "table"), [("lnew:event", schema.links), ("cask:name", schema.staff)])
async def test_a_name_is_waited_for_until_another_button_is_pressed(world: Any, way: str, table: Any) -> None:
    someone = await helper(world)
    before = [dict(row) for row in await world.rows(table)]
    await someone.tap(way)
    await someone.press("Work")

    await someone.say("Aziz")

    assert [dict(row) for row in await world.rows(table)] == before


async def test_the_name_of_a_new_place_is_waited_for_until_another_button_is_pressed(world: Any) -> None:
    await world.area()
    someone = world.somebody()
    await someone.agree()
    await someone.tap("place:market")
    await someone.share_location(*HERE)
    await someone.press("Write its name")
    await someone.press("Home")

    await someone.say("My brother coughs for a month")

    assert "My brother" not in str(await world.rows(schema.sites))


@pytest.mark.parametrize(
    ("asks", "shows"),
    [
        ("place:market", "A new place"),
        ("snear:sites", "site"),
        ("snear:visit", "Where are you?"),
        ("near", "examined"),
    ],
)
async def test_who_does_not_want_to_say_where_they_are_goes_back(world: Any, asks: str, shows: str) -> None:
    someone = await helper(world)
    await world.clinic(1)
    await someone.tap(asks)
    [step] = [step for step in someone.shown.steps if step.ask_location]

    reply = await someone.say(step.ask_nothing)

    assert reply.steps[0].close_keyboard
    assert shows in someone.text
    assert someone.keys
    assert Kind.NOT_UNDERSTOOD not in await world.outcomes()


async def test_a_stranger_who_does_not_want_to_say_where_they_are_goes_back(world: Any) -> None:
    await world.clinic(await world.area())
    someone = world.somebody()
    await someone.tap("near~en")

    await someone.say("✖️ No")

    assert someone.shown.steps[0].close_keyboard
    assert someone.keys


async def test_whoever_is_alone_somewhere_goes_back_to_the_timer(world: Any) -> None:
    someone = await helper(world)
    await someone.tap("lone:30")
    await someone.press("Add where I am")

    await someone.say("✖️ No")

    assert "I am back" in " ".join(someone.labels)


async def test_no_is_a_text_like_any_other_where_no_place_was_asked_for(world: Any) -> None:
    someone = world.somebody()
    await someone.agree()

    reply = await someone.say("✖️ No")

    assert not any(step.close_keyboard for step in reply.steps)
