"""What people have on the day: the ticket as a picture, what it costs, and 'I am on my way'."""

import json
from datetime import timedelta
from typing import Any

import pytest

from care.lock_screen import telling
from care.ticket import payload, ticket
from handlers.buttons import Verb, build
from handlers.screens import Way
from storage import schema
from tests.handlers.registrar.at_the_desk import TODAY, at, booked, one, registrar_of


@pytest.fixture
async def clinic(world: Any) -> int:
    made = await world.clinic(await world.area(), name="TB clinic number 1")
    await world.add(schema.services, clinic_id=made, kind="chest-xray", payer="free-state", position=0)
    await world.add(schema.services, clinic_id=made, kind="blood-test", payer="self", position=1)
    return int(made)


async def with_visit(world: Any, clinic: int, local: str = f"{TODAY}T18:30") -> tuple[Any, int]:
    visit = await booked(world, clinic, local, locale="en")
    return world.people[-1], visit


async def test_the_ticket_is_a_picture_without_name_illness_or_kind_of_clinic(
    world: Any, clinic: int
) -> None:
    someone, visit = await with_visit(world, clinic)
    await someone.tap(f"visit:{visit}")

    await someone.press("My ticket")

    [step] = someone.shown.steps
    said = json.loads(step.content)
    assert step.way is Way.TICKET
    assert said == {
        "title": "Ticket",
        "number": ticket(visit),
        "opens": f"https://t.me/hamroh_bot?start={payload(visit)}",
        "day": "Monday, 23 November",
        "time": "18:30",
        "address": "1 Example Street",
        "foot": "Show this at the desk",
    }
    assert telling(f"{step.text} {step.content}") is None
    assert "clinic" not in f"{step.text} {step.content}".lower()
    assert (await one(world, schema.outcomes, kind="ticket-shown"))["detail"] == "visit"


async def test_a_ticket_of_a_visit_that_is_over_is_not_drawn(world: Any, clinic: int) -> None:
    someone, visit = await with_visit(world, clinic)
    world.wait(days=1)

    await someone.tap(f"mytick:{visit}")

    assert all(step.way is Way.SHOW for step in someone.shown.steps)
    assert Verb.MY_TICKET not in someone.wishes


@pytest.mark.parametrize(("days", "kept"), [(1, True), (89, True), (92, False)])
async def test_who_came_has_the_ticket_as_long_as_the_clinic_finds_it(
    world: Any, clinic: int, days: int, kept: bool
) -> None:
    someone, visit = await with_visit(world, clinic)
    world.wait(days=days)
    async with world.database.writing() as store:
        came = world.now - timedelta(days=days)
        await store.execute(schema.bookings.update().values(came_at=came))

    await someone.tap(build(Verb.VISIT, visit))
    assert (f"🎫 Ticket: <b>{ticket(visit)}</b>" in someone.text) is kept
    assert (Verb.MY_TICKET in someone.wishes) is kept
    await someone.tap(build(Verb.MY_TICKET, visit))

    assert [step.way is Way.TICKET for step in someone.shown.steps] == [kept]


async def test_of_a_cancelled_visit_there_is_no_ticket(world: Any, clinic: int) -> None:
    someone, visit = await with_visit(world, clinic)
    async with world.database.writing() as store:
        over = {"came_at": world.now, "cancelled_at": world.now}
        await store.execute(schema.bookings.update().values(**over))

    await someone.tap(build(Verb.MY_TICKET, visit))

    assert Way.TICKET not in {step.way for step in someone.shown.steps}


async def test_who_pays_for_what_is_read_before_the_visit(world: Any, clinic: int) -> None:
    someone, visit = await with_visit(world, clinic)
    await someone.tap(f"visit:{visit}")

    await someone.press("What it costs")
    assert "Free, the state pays: chest X-ray" in someone.text
    assert "You pay yourself: blood test" in someone.text
    await someone.press("Back")

    assert ticket(visit) in someone.text


async def test_on_the_day_one_says_that_one_is_on_the_way(world: Any, clinic: int) -> None:
    someone, visit = await with_visit(world, clinic)
    at(world, f"{TODAY}T16:00")
    await someone.tap(f"visit:{visit}")

    await someone.press("I am on my way")
    assert "You said that you are on your way" in someone.text
    assert Verb.ON_WAY not in someone.wishes
    first = world.now
    world.wait(minutes=5)
    await someone.tap(f"onway:{visit}")

    assert (await one(world, schema.bookings))["on_way_at"] == first
    assert (await world.outcomes()).count("on-way") == 1
    registrar = await registrar_of(world, clinic)
    await registrar.command("/today")
    assert f"<b>{ticket(visit)}</b> · English 🚶" in registrar.text


@pytest.mark.parametrize(
    ("now", "offered"),
    [
        ("2026-11-22T18:30", False),
        ("2026-11-23T04:59", False),
        ("2026-11-23T05:00", True),
        ("2026-11-23T19:30", True),
        ("2026-11-23T19:31", False),
        ("2026-11-24T09:00", False),
    ],
)
async def test_it_is_offered_from_the_morning_until_an_hour_late(
    world: Any, clinic: int, now: str, offered: bool
) -> None:
    someone, visit = await with_visit(world, clinic)
    at(world, now)

    await someone.tap(f"visit:{visit}")
    assert (Verb.ON_WAY in someone.wishes) is offered
    await someone.tap(f"onway:{visit}")

    assert ((await one(world, schema.bookings))["on_way_at"] is not None) is offered


async def walked_in(world: Any, clinic: int) -> int:
    """Take somebody in at the desk without a booking, and return the id of the visit."""
    registrar = await registrar_of(world, clinic)
    await registrar.tap(f"walkin:{clinic}")
    await registrar.press("Тоҷикӣ")
    return int((await world.rows(schema.bookings, use="walk-in"))[-1]["id"])


async def test_who_came_without_a_booking_is_asked_whether_a_visit_at_another_clinic_gives_way(
    world: Any, clinic: int
) -> None:
    other = await world.clinic(await world.area(name="Area B"), name="Clinic B")
    someone, elsewhere = await with_visit(world, other)
    walk_in = await walked_in(world, clinic)
    await someone.command(f"/start {payload(walk_in)}")

    await someone.press("Yes, it is mine")
    assert "a visit at another clinic on this day: <b>Monday, 23 November, 18:30</b>" in someone.text
    assert (await one(world, schema.bookings, id=walk_in))["person_id"] is None
    yes = next(item.data for item in someone.keys if item.label.startswith("✅"))
    await someone.tap(yes)

    assert "This visit is yours now" in someone.text
    person = await someone.person()
    taken = await one(world, schema.bookings, id=walk_in)
    gone = await one(world, schema.bookings, id=elsewhere)
    assert (taken["person_id"], taken["came_at"] is None) == (person.id, False)
    assert gone["cancelled_at"] == world.now
    assert (await one(world, schema.referrals, person_id=person.id))["state"] == "came"
    waiting = await world.rows(schema.due, booking_id=elsewhere, state="pending")
    assert waiting == [], "nobody is reminded of what is cancelled"
    await someone.tap(yes)
    assert "You were there" in someone.text
    assert (await world.outcomes()).count("cancelled") == 1


async def test_a_walk_in_that_somebody_else_took_meanwhile_leaves_the_visit_elsewhere(
    world: Any, clinic: int
) -> None:
    other = await world.clinic(await world.area(name="Area B"), name="Clinic B")
    someone, elsewhere = await with_visit(world, other)
    walk_in, quicker = await walked_in(world, clinic), world.somebody()
    await quicker.agree()
    await quicker.tap(f"wmine:{walk_in}:y")

    await someone.tap(f"wmine:{walk_in}:c")

    assert "not valid any more" in someone.text
    assert (await one(world, schema.bookings, id=elsewhere))["cancelled_at"] is None


async def test_who_has_a_visit_at_the_same_clinic_is_shown_its_ticket(world: Any, clinic: int) -> None:
    someone, visit = await with_visit(world, clinic)
    walk_in = await walked_in(world, clinic)

    for answer in ("y", "c"):
        await someone.tap(f"wmine:{walk_in}:{answer}")

        assert "You already have a visit on this day. Show its ticket at the desk." in someone.text
        [picture] = [step for step in someone.shown.steps if step.way is Way.TICKET]
        assert json.loads(picture.content)["number"] == ticket(visit)
    assert (await one(world, schema.bookings, id=walk_in))["person_id"] is None
    assert (await one(world, schema.bookings, id=visit))["cancelled_at"] is None


async def test_who_is_late_still_has_the_ticket(world: Any, clinic: int) -> None:
    someone, visit = await with_visit(world, clinic)
    at(world, f"{TODAY}T19:00")

    await someone.tap(f"visit:{visit}")

    assert ticket(visit) in someone.text
    assert Verb.MY_TICKET in someone.wishes
    assert Verb.MOVE not in someone.wishes


@pytest.mark.parametrize("verb", ["mytick", "costs", "onway"])
async def test_a_visit_of_somebody_else_is_answered_like_none(world: Any, clinic: int, verb: str) -> None:
    _, visit = await with_visit(world, clinic)
    curious = world.somebody()
    await curious.agree()

    theirs = await curious.tap(f"{verb}:{visit}")
    missing = await curious.tap(f"{verb}:12345")

    assert theirs == missing
    assert theirs.toast == "This button is old."
    assert (await one(world, schema.bookings))["on_way_at"] is None
