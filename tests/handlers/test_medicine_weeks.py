"""Three weeks of a plan on a clock that runs: days in a row, two missed days, a journey, the last day."""

import re
from datetime import date, timedelta
from typing import Any

import pytest

from care.roles import Role
from handlers.buttons import Verb
from storage import schema
from tests.handlers.reminding import Letter, Reminding

FORBIDDEN = re.compile(r"TB|tubercul|doctor|clinic|pill|medicine|treat|illness|dose", re.IGNORECASE)


@pytest.fixture
async def worker(world: Any) -> Any:
    someone = world.somebody()
    await someone.hire(Role.WORKER, area_id=await world.area())
    return someone


@pytest.fixture
async def person(world: Any, worker: Any) -> Any:
    someone = world.somebody()
    await someone.agree(area_id=1)
    await someone.tap("mednew:1:08:all:20261213:y")  # three weeks from Monday, 23 November
    return someone


@pytest.fixture
def reminding(world: Any) -> Reminding:
    return Reminding(world)


async def took(reminding: Reminding, person: Any, *days: str) -> None:
    """Let each day come, and take its dose an hour later."""
    for day in days:
        await reminding.until(f"{day}T09:00")
        await person.press("✅ Taken")


def mine(letters: list[Letter], person: Any) -> list[Letter]:
    return [one for one in letters if one.to == person.telegram_id]


async def test_three_weeks(world: Any, person: Any, worker: Any, reminding: Reminding) -> None:
    await took(reminding, person, "2026-11-24", "2026-11-25", "2026-11-26")
    assert "3 days in a row" in person.text

    letters = await reminding.until("2026-11-29T12:00")  # the 27th and 28th are missed
    asked = [one for one in mine(letters, person) if "We miss you" in one.text]
    assert [(one.at.day, one.at.hour) for one in asked] == [(29, 10)]
    assert "nobody is angry" in asked[0].text
    assert not FORBIDDEN.search(asked[0].text)
    assert Verb.DOSE_TROUBLE in person.wishes
    topics = [item.data for item in person.keys if (item.data or "").startswith("topic:")]
    assert topics == ["topic:missed-dose", "topic:side-effects"]
    [task] = await world.rows(schema.tasks)
    assert (task["kind"], task["staff_id"]) == ("talk", (await worker.person()).roles[0].id)
    assert "What you write here now goes to them" in asked[0].text
    assert [one for one in letters if one.to == worker.telegram_id]
    await worker.tap(f"tdone:{task['id']}:y")
    letters = await reminding.until("2026-11-29T23:00")
    assert not [one for one in letters if "We miss you" in one.text]  # once for one gap

    await person.command("/medicine")
    await person.press("✅ Taken: today")
    assert "1 day in a row" in person.text
    await took(reminding, person, "2026-11-30")
    await person.command("/medicine")
    await person.press("Pause")
    await person.press("Thu 10 Dec")  # ten days on a journey
    assert "I write again on 10.12.2026" in person.text
    assert not mine(await reminding.until("2026-12-10T07:00"), person)

    await took(reminding, person, "2026-12-10", "2026-12-11", "2026-12-12")
    assert "5 days in a row" in person.text  # the pause broke nothing
    await person.command("/medicine")
    assert "✅✅⏸⏸⏸⏸⏸" in person.text
    assert "Taken: 8 of 10" in person.text

    letters = mine(await reminding.until("2026-12-13T22:00"), person)
    assert [one.at.hour for one in letters] == [8, 19]
    assert "last day of your plan" in letters[-1].text
    assert not FORBIDDEN.search(letters[-1].text)
    assert not mine(await reminding.until("2026-12-31T12:00", step=timedelta(hours=3)), person)
    [plan] = await world.rows(schema.dose_plans)
    assert plan["ended_at"] is not None
    assert not await world.rows(schema.due, state="pending", kind="dose")
    await person.command("/start")
    assert Verb.MEDICINE not in person.wishes


async def test_the_last_dose_may_be_answered_after_midnight(
    world: Any, person: Any, reminding: Reminding
) -> None:
    [plan] = await world.rows(schema.dose_plans)
    await person.tap(f"medh:{plan['id']}:1:23:all:e")
    await reminding.until("2026-12-13T23:00")
    assert person.labels[0] == "✅ Taken"
    world.wait(minutes=80)  # 00:20
    await reminding.tick()
    await person.press("✅ Taken")

    assert "1 day in a row" in person.text
    [dose] = await world.rows(schema.doses, day=date(2026, 12, 13))
    assert dose["answer"] == "taken"
    await person.command("/medicine")
    assert "The last day is over" in person.text
    assert "⏸ Pause" not in person.labels
    assert not mine(await reminding.until("2026-12-14T23:00"), person)
    [plan] = await world.rows(schema.dose_plans)
    assert plan["ended_at"] is None
    await reminding.until("2026-12-15T01:00")
    [plan] = await world.rows(schema.dose_plans)
    assert plan["ended_at"] is not None


@pytest.mark.parametrize("where", ["its message", "/medicine", "typed"])
async def test_a_plan_goes_on_some_days_after_its_last_day_as_it_was(
    world: Any, person: Any, reminding: Reminding, where: str
) -> None:
    [plan] = await world.rows(schema.dose_plans)
    await person.tap(f"medw:{plan['id']}")
    await person.say("Call mother")
    await took(reminding, person, "2026-12-12", "2026-12-13")
    await reminding.until("2026-12-13T20:00")
    goes_on = next(item.data for item in person.keys if item.label == "📅 It goes on")
    await reminding.until("2026-12-17T12:00")
    if where == "/medicine":
        await person.command("/medicine")
        await person.press("My last plan goes on")
    else:
        await person.tap(goes_on)
    if where == "typed":
        await person.press("Another day")
        await person.say("24.12.2026")
    else:
        await person.tap(f"mede:{plan['id']}:20261224")

    assert "Call mother" in person.text
    assert "2 days in a row" in person.text
    assert [one.text for one in mine(await reminding.until("2026-12-18T12:00"), person)] == ["Call mother"]
    assert await world.count(schema.dose_plans) == 1


async def test_a_plan_that_was_over_long_ago_or_was_stopped_does_not_go_on(
    world: Any, person: Any, reminding: Reminding
) -> None:
    [plan] = await world.rows(schema.dose_plans)
    await reminding.until("2026-12-25T12:00", step=timedelta(hours=6))
    await person.tap(f"mede:{plan['id']}:20261231")
    assert "not here any more" in person.text
    await person.command("/medicine")
    assert "My last plan goes on" not in " ".join(person.labels)
    await person.tap("mednew:1:08:all:20270113:y")
    [open_one] = await world.rows(schema.dose_plans, ended_at=None)
    await person.tap(f"medx:{open_one['id']}:y")
    await person.tap(f"mede:{open_one['id']}:20270131")

    assert "not here any more" in person.text
    assert not await world.rows(schema.dose_plans, ended_at=None)


async def test_after_a_long_sleep_only_the_newest_is_sent(
    world: Any, person: Any, reminding: Reminding
) -> None:
    await reminding.tick()
    world.wait(days=3)  # Thursday noon: nothing ran since Monday
    letters = await reminding.tick()

    assert [one.text for one in letters if "Drop" in one.text] == ["💧 Drop of the day"]
    [dose] = [row for row in await world.rows(schema.due, kind="dose") if row["state"] == "sent"]
    assert dose["local_due"] == "2026-11-26T08:00"


async def test_days_on_which_the_program_slept_are_not_missed(
    world: Any, person: Any, reminding: Reminding
) -> None:
    await took(reminding, person, "2026-11-24")
    world.wait(days=4)  # Saturday, 09:00: nothing ran since Tuesday
    letters = await reminding.until("2026-11-29T12:00")

    assert not [one for one in letters if "miss" in one.text]
    assert not await world.rows(schema.tasks)
    late = await reminding.until("2026-12-01T12:00")  # three reminders have come since, with no answer
    assert [one.at.day for one in late if "We miss you" in one.text] == [30]


async def test_a_clock_set_back_sends_nothing_twice(world: Any, person: Any, reminding: Reminding) -> None:
    await reminding.until("2026-11-25T09:00")
    before = len(reminding.sent)
    world.wait(days=-2)
    await reminding.until("2026-11-25T09:00")
    assert len(reminding.sent) == before
    await reminding.until("2026-11-26T09:00")

    assert [one.at.day for one in mine(reminding.sent[before:], person)] == [26]


async def test_a_reminder_that_is_late_does_not_come_at_night(
    world: Any, person: Any, reminding: Reminding
) -> None:
    await reminding.tick()
    await reminding.until("2026-11-23T23:00", step=timedelta(hours=11))
    world.now += timedelta(hours=23)  # Tuesday, 22:00: the dose of 08:00 was not sent

    assert not await reminding.tick()
    assert [one.at.day for one in await reminding.until("2026-11-25T09:00")] == [25]


async def test_two_missed_days_that_end_meanwhile_are_not_spoken_of(
    world: Any, person: Any, reminding: Reminding
) -> None:
    await reminding.until("2026-11-26T09:00")
    await person.command("/medicine")
    await person.press("✅ Taken: today")

    assert not [one for one in await reminding.until("2026-11-26T20:00") if "miss" in one.text]
    assert not await world.rows(schema.tasks)


async def test_an_early_dose_is_not_asked_for(world: Any, person: Any, reminding: Reminding) -> None:
    await reminding.until("2026-11-24T06:00", step=timedelta(hours=3))
    await person.command("/medicine")
    await person.press("✅ Taken: today")

    assert not await reminding.until("2026-11-24T20:00")
    assert [row["answer"] for row in await world.rows(schema.doses, day=date(2026, 11, 24))] == ["taken"]
