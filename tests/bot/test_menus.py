"""The menus Telegram shows: of each language, of each role, and of one chat."""

import json
from typing import Any

import pytest

from bot.menus import DESCRIPTION, SHORT_DESCRIPTION, Menus, commands
from care.roles import Role
from handlers.command_names import EVERYBODY, OF_ROLE
from handlers.table import COMMANDS
from locales.catalogue import Words

ANNA = 7
OWN = [name for name, _ in EVERYBODY]


@pytest.fixture(scope="module")
def words() -> Words:
    return Words.load(strict=False)


@pytest.fixture
def menus(bot: Any, words: Words) -> Menus:
    return Menus(bot, words)


def names(call: dict[str, Any]) -> list[str]:
    return [one["command"] for one in json.loads(call["commands"])]


def test_every_command_of_a_menu_exists():
    listed = {name for table in (EVERYBODY, *OF_ROLE.values()) for name, _ in table}

    assert listed <= set(COMMANDS)
    assert set(OF_ROLE) == set(Role)


def test_telegram_takes_the_texts_of_every_language(words):
    for t in words.values():
        assert len(t.label(DESCRIPTION)) <= 512  # Bot API, setMyDescription
        assert len(t.label(SHORT_DESCRIPTION)) <= 120  # Bot API, setMyShortDescription
        menu = commands(t, Role)
        assert len(menu) <= 100  # Bot API, setMyCommands
        assert all(1 <= len(one.description) <= 256 for one in menu)


@pytest.mark.parametrize("role", Role)
def test_the_commands_of_a_role_stand_first_and_once(words, role):
    menu = [one.command for one in commands(words["en"], [role, role])]

    assert menu == [name for name, _ in OF_ROLE[role]] + OWN


def test_whoever_has_several_roles_has_each_command_once(words):
    menu = [one.command for one in commands(words["en"], Role)]

    assert len(menu) == len(set(menu))


async def test_everybody_gets_the_menu_in_the_language_of_their_client(menus, api, words):
    await menus.tell_everybody()

    sent = {call.get("language_code", ""): call for call in api.sent("setMyCommands")}
    assert set(sent) == {"", "ru", "uz", "tg", "kk"}, (
        "Telegram knows languages of two letters; ours is the rest's"
    )
    assert all(names(call) == OWN for call in sent.values())
    assert json.loads(sent["tg"]["commands"])[0]["description"] == words["tg"].label("Ask a question")
    assert len(api.sent("setMyDescription")) == len(api.sent("setMyShortDescription")) == 5


async def test_a_chat_has_the_menu_of_the_language_and_roles_of_its_person(menus, api, words):
    await menus.tell(ANNA, "uz_Cyrl:worker,registrar")

    (call,) = api.sent("setMyCommands")
    assert json.loads(call["scope"]) == {"type": "chat", "chat_id": ANNA}
    work = ["links", "people", "tasks", "relays", "sites", "visit", "company", "newperson", "shift"]
    assert names(call) == [*work, "today", "checkin", "closed", "results", *OWN]
    assert json.loads(call["commands"])[-1]["description"] == words["uz_Cyrl"].label("Help")


@pytest.mark.parametrize("menu", [":", "", "xx:", "xx"])
async def test_without_a_language_the_chat_has_no_menu_of_its_own(menus, api, menu):
    await menus.tell(ANNA, menu)

    assert api.methods() == ["deleteMyCommands"]


async def test_a_menu_that_cannot_be_set_stops_nobody(menus, api):
    refusal = (400, "Bad Request: chat not found")
    api.answers["setMyCommands"] = [refusal, refusal]

    await menus.tell_everybody()
    await menus.tell(ANNA, "ru:")

    assert api.methods() == ["setMyCommands", "setMyCommands"]
