"""The first minutes of a migrant with all conversations as the program has them."""

from typing import Any

import pytest

from care.roles import Role
from handlers.buttons import Verb
from storage import schema

FORGED = ("", ":1", ":0:x", ":99999999999999999999", ":-1:20261125:1", ":me:y:::::")
CODE = "Fh3kQ9xLm2Zt7PbVxyz_"


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
    someone = world.somebody()

    for verb in set(Verb) - {Verb.AGREE}:
        for arguments in FORGED:
            await someone.tap(f"{verb.value}{arguments}~en")

    assert await world.count(schema.people) == 0
    assert await world.count(schema.bookings) == 0


async def test_buttons_forged_by_a_person_break_nothing(world: Any) -> None:
    someone = world.somebody()
    await someone.agree()

    for verb in Verb:
        for arguments in FORGED:
            await someone.tap(f"{verb.value}{arguments}")

    assert await someone.person() is not None
    assert await world.count(schema.bookings) == 0
    assert await world.count(schema.staff) == 0
