"""/help says what each role can do, and what everybody can."""

from typing import Any

import pytest

from care.roles import Role
from handlers.buttons import Verb
from handlers.command_names import EVERYBODY, OF_ROLE
from handlers.routes import Routes
from handlers.table import COMMANDS

IN_GROUPS = {"relayhere", "relayoff"}
UNNAMED = {"start", "delete"}  # what /start does they have seen; /delete is an answer to a message


@pytest.mark.parametrize("role", Role)
async def test_staff_read_every_command_of_their_role(world: Any, role: Role) -> None:
    someone = world.somebody()
    await someone.hire(role)

    await someone.command("/help")

    assert all(f"/{name} – " in someone.text for name, _ in OF_ROLE[role])
    assert len(someone.text.splitlines()) < 30


@pytest.mark.parametrize("role", Role)
def test_no_command_of_a_role_is_left_out(routes: Routes, role: Role) -> None:
    theirs = {name for name, verb in COMMANDS.items() if role in routes.buttons[verb].roles}

    assert {name for name, _ in OF_ROLE[role]} == theirs - IN_GROUPS


def test_no_command_of_everybody_is_left_out(routes: Routes) -> None:
    free = {name for name, verb in COMMANDS.items() if not routes.buttons[verb].roles}

    assert {name for name, _ in EVERYBODY} == free - UNNAMED


async def test_staff_find_what_everybody_can_do_behind_a_button_and_go_back(world: Any) -> None:
    someone = world.somebody()
    await someone.hire(Role.WORKER)
    await someone.command("/help")

    await someone.press("everybody")
    assert "/book – " in someone.text
    assert "/links" not in someone.text

    await someone.press("Back")
    assert "/links – " in someone.text


async def test_people_read_nothing_of_staff(world: Any) -> None:
    someone = world.somebody()
    await someone.agree()

    await someone.tap(Verb.HELP)

    assert "/share – " in someone.text
    assert "/links" not in someone.text
    assert Verb.STAFF not in someone.wishes
