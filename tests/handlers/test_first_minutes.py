"""The first minutes of a migrant with all conversations as the program has them."""

from dataclasses import replace
from typing import Any

import pytest

from care.roles import Role
from handlers.buttons import Verb
from storage import schema

FORGED = ("", ":1", ":0:x", ":99999999999999999999", ":-1:20261125:1", ":me:y:::::")
CODE = "Fh3kQ9xLm2Zt7PbVxyz_"
PERSONAL = (schema.people, schema.referrals, schema.bookings, schema.drafts, schema.tasks, schema.due)


@pytest.mark.parametrize(
    ("language", "name", "code"),
    [
        ("ru", "Русский", "ru"),
        ("uz", "Oʻzbekcha", "uz"),
        ("uz", "Ўзбекча", "uz_Cyrl"),
        ("tg", "Тоҷикӣ", "tg"),
        ("kk", "Қазақша", "kk"),
        ("ky", "Русский", "ru"),
        ("fr", "Тоҷикӣ", "tg"),
    ],
)
async def test_link_language_talk_consent_promise(world: Any, language: str, name: str, code: str) -> None:
    area = await world.area()
    worker = await world.somebody().hire(Role.WORKER, area_id=area)
    link = await world.link(code=CODE, staff_id=worker, area_id=area)
    someone = world.somebody(language=language)

    await someone.command(f"/start {CODE}")
    await someone.press(name)
    assert f"{code}‧You came here through a person you trust" in someone.text
    await someone.press(Verb.TALK)
    await someone.press(Verb.CONSENT_MORE)
    await someone.press(Verb.AGREE)
    assert f"{code}‧🤝 <b>Talk to a person</b>" in someone.text
    await someone.press(Verb.TALK_YES)

    assert (await someone.person()).link_id == link
    assert (await world.rows(schema.tasks))[0]["staff_id"] == worker
    asked = (await world.rows(schema.outcomes, kind="talk-asked"))[0]
    assert (asked["link_id"], asked["staff_id"], asked["area_id"], asked["locale"]) == (
        link,
        worker,
        area,
        code,
    )


async def test_buttons_forged_by_a_stranger_store_no_person(world: Any) -> None:
    assert await kept_of_a_stranger(world, set(Verb) - {Verb.AGREE}) == []


async def kept_of_a_stranger(world: Any, verbs: set[Verb]) -> list[str]:
    """Let a stranger press forged buttons; return the tables with rows about people."""
    someone = world.somebody()
    for verb in verbs:
        for arguments in FORGED:
            await someone.tap(f"{verb.value}{arguments}~en")
    return [table.name for table in PERSONAL if await world.count(table)]


async def test_where_consent_is_taken_for_granted_a_stranger_is_kept(world: Any) -> None:
    """The negative control: the wish that needs consent counts as consent."""
    routes = world.dispatch.routes
    given = replace(routes, ask_consent=routes.buttons[Verb.AGREE].conversation)
    world.dispatch = replace(world.dispatch, routes=given)

    assert schema.people.name in await kept_of_a_stranger(world, {Verb.VISITS})


async def test_buttons_forged_by_a_person_break_nothing(world: Any) -> None:
    someone = world.somebody()
    await someone.agree()

    for verb in Verb:
        for arguments in FORGED:
            await someone.tap(f"{verb.value}{arguments}")

    assert await someone.person() is not None
    assert await world.count(schema.bookings) == 0
    assert await world.count(schema.staff) == 0


@pytest.mark.parametrize("typed", ["is it free?", "/ask is it free?", "/ask@hamroh_bot is it free?"])
async def test_a_question_of_the_first_minute_is_answered_after_the_choice_of_language(
    world: Any, typed: str
):
    someone = world.somebody(language="ru")

    await (someone.command(typed) if typed.startswith("/") else someone.say(typed))
    await someone.press("Қазақша")

    assert [row["detail"] for row in await world.rows(schema.outcomes, kind="answered")] == ["test-cost"]
