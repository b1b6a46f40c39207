"""A plan for a visit is made in three taps, repeated by the reminders, and moves along with the visit."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from care.message_kinds import Kind
from care.roles import Role
from handlers.buttons import Verb, build
from handlers.notices import Notices
from storage import people, schema


@pytest.fixture
async def person(world: Any) -> Any:
    """Somebody with a visit on Tuesday at 18:30."""
    await world.clinic(await world.area())
    someone = world.somebody()
    await someone.agree()
    await someone.tap("bky:1:202611241830")
    return someone


async def visit(world: Any) -> Any:
    [row] = [row for row in await world.rows(schema.bookings) if row["cancelled_at"] is None]
    return row


async def reminder(world: Any, person: Any, kind: Kind) -> str:
    """Return what the reminder of the visit says."""
    receiver, booking = await person.person(), await visit(world)
    [row] = await world.rows(schema.due, kind=kind.value, booking_id=booking["id"])
    async with world.database.writing() as store:
        known = await people.by_id(store, receiver.id)
        notices = Notices(words=world.words, vault=world.vault, zone=ZoneInfo("Asia/Almaty"))
        reply = await notices.render(kind, row, known, world.words["en"], store, world.now)
    assert reply is not None
    return str(reply.steps[0].text)


async def planned(person: Any) -> None:
    """Choose: by bus, from work, an hour before."""
    await person.press("Make a plan")
    await person.press("By bus")
    await person.press("From work")
    await person.press("17:30")


async def test_the_confirmation_offers_a_plan_and_three_taps_make_it(world, person):
    assert "You are booked" in person.text
    await planned(person)

    assert "Your plan</b>: 🚌 I will come by bus: I leave at 17:30, from work." in person.text
    assert (await visit(world))["plan"] == {"by": "bus", "from": "work", "at": "1730"}
    outcomes = await world.rows(schema.outcomes, kind="planned")
    assert [row["detail"] for row in outcomes] == ["bus"]


async def test_both_reminders_repeat_the_plan(world, person):
    await planned(person)

    for kind in (Kind.VISIT_EVE, Kind.VISIT_SOON):
        assert "I leave at 17:30, from work." in await reminder(world, person, kind)


async def test_without_a_plan_the_reminder_names_none(world, person):
    assert "plan" not in await reminder(world, person, Kind.VISIT_EVE)


async def test_each_step_leads_back(world, person):
    await person.press("Make a plan")
    await person.press("On foot")
    await person.press("From home")
    await person.press("Back")
    assert "From where?" in person.text
    await person.press("Back")
    assert "How will you come?" in person.text
    await person.press("Back")

    assert Verb.PLAN in person.wishes
    assert (await visit(world))["plan"] is None


async def test_a_plan_is_changed_and_taken_away(world, person):
    await planned(person)
    await person.press("Change my plan")
    assert "I leave at 17:30" in person.text
    await person.press("By taxi")
    await person.press("From home")
    await person.press("18:00")
    assert (await visit(world))["plan"] == {"by": "taxi", "from": "home", "at": "1800"}

    await person.press("Change my plan")
    await person.press("No plan")

    assert (await visit(world))["plan"] is None
    assert "Make a plan" in " ".join(person.labels)


async def test_only_times_that_are_not_over_are_offered(world, person):
    world.wait(days=1, hours=5, minutes=15)  # 17:15 on the day
    await person.tap(build(Verb.PLAN, (await visit(world))["id"], "bus", "work"))
    assert [label for label in person.labels if "🕐" in label] == ["🕐 17:30", "🕐 18:00"]

    world.wait(minutes=50)
    await person.tap(build(Verb.PLAN, (await visit(world))["id"], "bus", "work"))
    assert "it is time to go" in person.text


async def test_a_plan_moves_along_to_the_same_time_of_another_day(world, person):
    await planned(person)
    await person.tap(build(Verb.MOVE_YES, (await visit(world))["id"], 1, "202611271830"))

    assert "I leave at 17:30, from work." in person.text
    assert (await visit(world))["plan"] == {"by": "bus", "from": "work", "at": "1730"}
    assert "I leave at 17:30" in await reminder(world, person, Kind.VISIT_EVE)


async def test_at_another_time_of_day_it_is_asked_again(world, person):
    await planned(person)
    await person.tap(build(Verb.MOVE_YES, (await visit(world))["id"], 1, "202611271700"))

    assert "Your plan was for another time of day." in person.text
    assert (await visit(world))["plan"] is None
    assert Verb.PLAN in person.wishes


@pytest.mark.parametrize("said", [("boat",), ("bus", "moon"), ("bus", "work", "17"), ("bus", "work", "-30")])
async def test_what_a_forged_button_says_keeps_nothing(world, person, said):
    await person.tap(build(Verb.PLAN, (await visit(world))["id"], *said))

    assert (await visit(world))["plan"] is None
    assert person.wishes


async def test_once_the_visit_has_begun_there_is_nothing_to_plan(world, person):
    booking = (await visit(world))["id"]
    world.wait(days=2)
    await person.tap(build(Verb.PLAN, booking, "bus", "work", 60))

    assert "This button is old." in person.shown.toast
    assert (await visit(world))["plan"] is None


async def test_a_worker_plans_for_somebody_without_telegram(world, person):
    worker = world.somebody()
    await worker.hire(Role.WORKER, area_id=1)
    await worker.command("/newperson")
    await worker.press(Verb.NEWPERSON)
    await worker.press(Verb.NEWPERSON_YES)
    await worker.press("Book")
    await worker.press(Verb.BOOK_TIME)
    await worker.press(Verb.BOOK_YES)
    await worker.press("Make a plan")
    await worker.press("By bus")
    await worker.press("From work")
    await worker.press(Verb.PLAN)

    assert worker.wishes[0] is Verb.AGENT_END
    assert "I will come by bus" in worker.text
    plans = [row["plan"] for row in await world.rows(schema.bookings) if row["plan"]]
    assert [plan["by"] for plan in plans] == ["bus"]


async def test_mydata_tells_the_plan(world, person):
    await planned(person)
    await person.command("/mydata")

    content = "".join(step.content for step in person.shown.steps)
    assert "your plan: 🚌 I will come by bus: I leave at 17:30, from work." in content
