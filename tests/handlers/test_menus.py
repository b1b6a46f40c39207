"""The commands of a chat follow the language and the roles of whoever writes there."""

from typing import Any

import pytest

from care.roles import Role
from handlers.buttons import Verb
from handlers.screens import NO_MENU, Reply
from storage import schema


async def test_a_chosen_language_changes_the_menu(world: Any) -> None:
    someone = world.somebody()

    assert (await someone.tap("lang:tg")).menu == "tg:"
    await someone.hire(Role.WORKER)
    assert (await someone.tap("lang:kk")).menu == "kk:worker"


async def test_a_typed_question_waits_for_the_language_and_the_menu_follows(world: Any) -> None:
    someone = world.somebody(language="ru")
    await someone.say("is it free")

    assert (await someone.press("Русский")).menu == "ru:"


async def test_who_agrees_gets_the_menu_of_their_language(world: Any) -> None:
    someone = world.somebody()

    reply = await someone.tap("agree:talk~uz")

    assert reply.menu == "uz:"


async def test_who_is_forgotten_has_no_menu_left(world: Any) -> None:
    someone = world.somebody()
    await someone.hire(Role.WORKER)
    await someone.command("/forget")

    reply: Reply = await someone.press(Verb.FORGET_YES)

    assert reply.menu == NO_MENU


@pytest.mark.parametrize("wish", ["/stats", "stats"])
async def test_the_menu_loses_the_commands_of_a_role_that_ended(world: Any, wish: str) -> None:
    someone = world.somebody()
    await someone.hire(Role.COORDINATOR)
    worker = await someone.hire(Role.WORKER)
    async with world.database.writing() as store:
        await store.execute(
            schema.staff.update().where(schema.staff.c.id != worker).values(ended_at=world.now)
        )

    reply = await (someone.command(wish) if wish.startswith("/") else someone.tap(wish))

    assert reply.menu == "en:worker"


async def test_an_old_button_of_everybody_leaves_the_menu_alone(world: Any) -> None:
    someone = world.somebody()
    await someone.agree()

    assert not (await someone.tap("nonsense")).menu
