"""Who comes without a booking: a language and a ticket, and their own chat if they want to."""

from datetime import date
from typing import Any

import pytest

from care.places import OVERFLOW
from care.ticket import payload, ticket
from handlers.buttons import Verb
from handlers.screens import Way
from storage import bookings, referrals, schema
from tests.handlers.registrar.at_the_desk import TODAY, at, booked, child_of, one, registrar_of


@pytest.fixture
async def clinic(world: Any) -> int:
    return await world.clinic(await world.area())


async def walk_in(world: Any, registrar: Any, language: str = "Тоҷикӣ") -> int:
    """Take somebody in at the desk, and return the id of the visit."""
    await registrar.command("/today")
    await registrar.press("Walk-in")
    await registrar.press(language)
    rows = await world.rows(schema.bookings, use="walk-in")
    return int(rows[-1]["id"])


async def test_a_walk_in_has_a_language_a_ticket_and_no_name(world: Any, clinic: int) -> None:
    registrar = await registrar_of(world, clinic)
    at(world, f"{TODAY}T18:07:30")

    visit = await walk_in(world, registrar)

    row = await one(world, schema.bookings)
    assert (row["person_id"], row["referral_id"], row["locale"]) == (None, None, "tg")
    assert (row["place"], row["came_at"], row["local_start"]) == (OVERFLOW, world.now, f"{TODAY}T18:07")
    assert ticket(visit) in registrar.text
    [code] = [step for step in registrar.shown.steps if step.way is Way.QR]
    assert code.content == f"https://t.me/hamroh_bot?start={payload(visit)}"
    assert code.text.startswith("tg‧")
    outcome = await one(world, schema.outcomes, kind="walked-in")
    assert (outcome["locale"], outcome["clinic_id"], outcome["referral_id"]) == ("tg", clinic, None)
    async with world.database.reading() as store:
        day = date.fromisoformat(TODAY)
        assert await bookings.taken(store, clinic, day, day) == {}  # it takes no place from anybody


async def test_a_button_pressed_twice_makes_one_walk_in_and_two_people_two(world: Any, clinic: int) -> None:
    registrar = await registrar_of(world, clinic)
    await registrar.tap(f"walkin:{clinic}")
    data = next(item.data for item in registrar.keys if item.data and ":tg:" in item.data)

    await registrar.tap(data)
    await registrar.tap(data)
    assert len(await world.rows(schema.bookings)) == 1
    await walk_in(world, registrar, "Русский")

    rows = await world.rows(schema.bookings)
    assert [row["place"] for row in rows] == [OVERFLOW, OVERFLOW + 1]
    await registrar.command("/today")
    await registrar.press("All")
    assert registrar.text.count("➕✅") == 2


async def test_a_walk_in_is_taken_back(world: Any, clinic: int) -> None:
    registrar = await registrar_of(world, clinic)
    visit = await walk_in(world, registrar)

    await registrar.tap(f"undo:{visit}")

    assert (await one(world, schema.bookings))["cancelled_at"] == world.now
    assert registrar.shown.toast == "↩️ Taken back"
    assert ticket(visit) not in registrar.text


async def test_a_walk_in_that_somebody_has_made_theirs_is_taken_back_with_what_hangs_on_it(
    world: Any, clinic: int
) -> None:
    registrar = await registrar_of(world, clinic)
    visit = await walk_in(world, registrar)
    someone = world.somebody()
    person = await someone.agree()
    async with world.database.writing() as store:
        await referrals.open_for(store, person.id, now=world.now)
    await someone.command(f"/start {payload(visit)}")
    await someone.press("Yes, it is mine")
    child = await child_of(world, clinic, person.id, own=visit)

    await registrar.tap(f"undo:{visit}")

    assert (await one(world, schema.bookings, id=visit))["cancelled_at"] == world.now
    assert (await one(world, schema.bookings, id=child))["cancelled_at"] == world.now
    assert (await one(world, schema.referrals))["state"] == "informed"
    assert not await world.rows(schema.due, person_id=person.id, state="pending")
    assert ticket(visit) not in registrar.text
    await someone.command("/visits")
    assert ticket(visit) not in someone.text


async def test_another_clinic_and_a_forged_number_give_no_ticket(world: Any, clinic: int) -> None:
    other = await world.clinic(await world.area(name="Area B"), name="Clinic B")
    visit = await booked(world, clinic)
    registrar = await registrar_of(world, other)

    await registrar.tap(f"walkin:{clinic}:tg:77")
    await registrar.tap(f"walkin:{other}:tg:{visit}")
    await registrar.tap(f"walkin:{other}:xx:78")
    await registrar.tap(f"walkin:{other}:tg:-5")

    assert not await world.rows(schema.bookings, use="walk-in")
    assert ticket(visit) not in registrar.text


async def test_who_scans_it_agrees_first_and_then_has_the_visit(world: Any, clinic: int) -> None:
    registrar = await registrar_of(world, clinic)
    visit = await walk_in(world, registrar)
    someone = world.somebody()

    await someone.command(f"/start {payload(visit)}")
    await someone.press("English")
    assert await someone.person() is None
    await someone.press(Verb.AGREE)
    assert "Is this your visit?" in someone.text
    assert (await one(world, schema.bookings))["person_id"] is None
    await someone.press(Verb.WALK_IN_MINE)

    person, row = await someone.person(), await one(world, schema.bookings)
    assert (row["person_id"], row["use"], row["came_at"]) == (person.id, "visit", world.now)
    referral = await one(world, schema.referrals, person_id=person.id)
    assert (row["referral_id"], referral["state"]) == (referral["id"], "came")
    came = await one(world, schema.outcomes, kind="came")
    assert (came["role"], came["detail"], came["referral_id"]) == ("registrar", "walk-in", referral["id"])
    assert "You were there" in someone.text
    assert await world.rows(schema.due, kind="pass-on", person_id=person.id)


async def test_it_is_taken_over_once(world: Any, clinic: int) -> None:
    registrar = await registrar_of(world, clinic)
    visit = await walk_in(world, registrar)
    first, second = world.somebody(), world.somebody()
    for someone in (first, second):
        await someone.agree()
        await someone.command(f"/start {payload(visit)}")

    for someone in (first, second):
        await someone.tap(f"wmine:{visit}:y")

    assert (await one(world, schema.bookings))["person_id"] == (await first.person()).id
    assert "not valid any more" in second.text
    await second.command(f"/start {payload(visit)}")
    assert "I do not know this code" in second.text


async def test_who_has_a_visit_on_that_day_keeps_their_own(world: Any, clinic: int) -> None:
    registrar = await registrar_of(world, clinic)
    visit = await walk_in(world, registrar)
    own = await booked(world, clinic, locale="en")
    someone = world.people[-1]

    await someone.command(f"/start {payload(visit)}")
    await someone.press("Yes, it is mine")

    assert "You already have a visit on this day" in someone.text
    assert (await one(world, schema.bookings, id=visit))["person_id"] is None
    assert (await one(world, schema.bookings, id=own))["came_at"] is None


async def test_what_a_clinic_knows_of_an_examined_person_is_not_turned_back(world: Any, clinic: int) -> None:
    registrar = await registrar_of(world, clinic)
    visit = await walk_in(world, registrar)
    someone = world.somebody()
    person = await someone.agree()
    async with world.database.writing() as store:
        await referrals.open_for(store, person.id, now=world.now)
        await store.execute(schema.referrals.update().values(state="treatment"))

    await someone.tap(f"wmine:{visit}:y")

    assert (await one(world, schema.bookings))["person_id"] == person.id
    assert (await one(world, schema.referrals))["state"] == "treatment"


async def test_nobody_takes_a_ticket_that_was_taken_back(world: Any, clinic: int) -> None:
    registrar = await registrar_of(world, clinic)
    visit = await walk_in(world, registrar)
    someone = world.somebody()
    await someone.agree()
    await registrar.tap(f"undo:{visit}")

    await someone.tap(f"wmine:{visit}:y")

    assert (await one(world, schema.bookings))["person_id"] is None
    assert "not valid any more" in someone.text
