"""The first administrator: named in the settings, known to nobody yet."""

from typing import Any

from handlers.buttons import Verb
from storage import schema
from tests.handlers.conftest import ADMIN_ID


async def test_the_first_command_of_an_admin_asks_for_consent_and_is_granted_then(world: Any) -> None:
    admin = world.somebody(telegram_id=ADMIN_ID)
    await admin.command("/start")
    await admin.press("English")

    asked = await admin.command("/invite")
    assert "May I remember you?" in asked.steps[0].text
    assert await world.count(schema.people) == 0

    granted = await admin.press(Verb.AGREE)
    assert "Whom do you invite?" in granted.steps[0].text
    assert [row["role"] for row in await world.rows(schema.staff)] == ["admin"]
    [referral] = await world.rows(schema.referrals)
    assert referral["staff_id"] is None


async def test_somebody_else_is_told_that_there_is_no_such_command(world: Any) -> None:
    person = world.somebody()
    await person.command("/start")
    await person.press("English")

    assert "I do not know this command" in (await person.command("/invite")).steps[0].text
