"""Check-in: by the code on the ticket, by its number, and what is said when it is not that simple."""

from typing import Any

import pytest

from care.roles import Role
from care.ticket import payload, ticket
from handlers.buttons import Verb
from storage import appointments, bookings, schema
from tests.handlers.registrar.at_the_desk import TODAY, at, booked, one, registrar_of

LISTED = "This ticket is not in your list."


@pytest.fixture
async def clinic(world: Any) -> int:
    return await world.clinic(await world.area())


async def scan(someone: Any, booking_id: int) -> Any:
    """Open the code on a ticket with the camera of a phone."""
    return await someone.command(f"/start {payload(booking_id)}")


async def test_scanning_a_ticket_at_its_desk_checks_in_at_once_and_can_be_taken_back(
    world: Any, clinic: int
) -> None:
    visit = await booked(world, clinic, advice="urgent", locale="tg")
    registrar = await registrar_of(world, clinic)
    at(world, f"{TODAY}T18:10")

    await scan(registrar, visit)

    assert f"Came: {ticket(visit)}" in registrar.text
    assert "18:30 · 🗣 Тоҷикӣ ❗" in registrar.text
    assert "Clinic A" not in registrar.text  # there is only one
    assert (await one(world, schema.bookings))["came_at"] == world.now
    assert (await one(world, schema.referrals))["state"] == "came"
    assert (await one(world, schema.outcomes, kind="came"))["locale"] == "tg"
    await registrar.press("Take back")
    assert (await one(world, schema.bookings))["came_at"] is None
    assert (await one(world, schema.referrals))["state"] == "booked"


async def test_a_second_scan_says_when_and_changes_nothing(world: Any, clinic: int) -> None:
    visit = await booked(world, clinic)
    registrar = await registrar_of(world, clinic)
    at(world, f"{TODAY}T18:10")
    await scan(registrar, visit)
    at(world, f"{TODAY}T18:20")

    await scan(registrar, visit)

    assert "was checked in already, at 18:10." in registrar.text
    assert (await world.outcomes()).count("came") == 1
    assert Verb.UNDO in registrar.wishes


@pytest.mark.parametrize(("now", "day"), [("2026-11-22", "Mon 23 Nov"), ("2026-11-24", "Mon 23 Nov")])
async def test_a_ticket_of_another_day_says_which_and_no_more(
    world: Any, clinic: int, now: str, day: str
) -> None:
    visit = await booked(world, clinic)
    registrar = await registrar_of(world, clinic)
    at(world, f"{now}T18:00")

    await scan(registrar, visit)

    assert f"Ticket {ticket(visit)} is not for today. It is for {day}, 18:30." in registrar.text
    assert "Oʻzbekcha" not in registrar.text
    assert (await one(world, schema.bookings))["came_at"] is None


async def test_who_was_given_up_and_comes_late_is_checked_in(world: Any, clinic: int) -> None:
    visit = await booked(world, clinic, f"{TODAY}T17:00")
    registrar = await registrar_of(world, clinic)
    at(world, f"{TODAY}T18:00")
    await registrar.tap(f"miss:{visit}")

    await scan(registrar, visit)

    row = await one(world, schema.bookings)
    assert (row["came_at"], row["missed_at"]) == (world.now, None)
    assert (await one(world, schema.referrals))["state"] == "came"


async def test_a_cancelled_ticket_is_said_to_be_and_a_moved_one_leads_to_the_visit(
    world: Any, clinic: int
) -> None:
    visit = await booked(world, clinic)
    person = (await one(world, schema.bookings))["person_id"]
    registrar = await registrar_of(world, clinic)
    async with world.database.writing() as store:
        booking = await bookings.lock_own(store, visit, person)
        await appointments.cancel(store, booking, now=world.now)
    await scan(registrar, visit)
    assert f"Ticket {ticket(visit)} was cancelled." in registrar.text

    async with world.database.writing() as store:
        table = schema.bookings
        await store.execute(
            table.insert().values(
                **{
                    **dict((await one(world, table)).items()),
                    "id": 77,
                    "cancelled_at": None,
                    "moved_from": visit,
                    "place": 9,
                }
            )
        )
    await scan(registrar, visit)

    assert f"Came: {ticket(77)}" in registrar.text


async def test_another_clinics_ticket_is_answered_like_one_that_is_not_there(world: Any, clinic: int) -> None:
    other = await world.clinic(await world.area(name="Area B"), name="Clinic B")
    visit = await booked(world, clinic)
    stranger = await registrar_of(world, other)

    theirs = await scan(stranger, visit)
    missing = await scan(stranger, 12345)

    assert theirs == missing
    assert LISTED in stranger.text
    assert (await one(world, schema.bookings))["came_at"] is None
    for _ in range(12):
        await scan(stranger, 12345)
    assert LISTED in stranger.text  # a desk is not taken for somebody who guesses


@pytest.mark.parametrize("spaced", [True, False])
async def test_a_number_is_typed_one_after_the_other(world: Any, clinic: int, spaced: bool) -> None:
    first, second = await booked(world, clinic), await booked(world, clinic, f"{TODAY}T19:00")
    registrar = await registrar_of(world, clinic)
    await registrar.command("/checkin")
    assert "Type the number of the ticket" in registrar.text

    for visit in (first, second):
        number = ticket(visit)
        await registrar.say(number if spaced else number.replace(" ", ""))
        assert f"Came: {number}" in registrar.text

    assert all(row["came_at"] for row in await world.rows(schema.bookings))


async def test_a_number_behind_the_command_is_taken_at_once(world: Any, clinic: int) -> None:
    visit = await booked(world, clinic)
    registrar = await registrar_of(world, clinic)

    await registrar.command(f"/checkin {ticket(visit)}")

    assert f"Came: {ticket(visit)}" in registrar.text


async def test_the_desk_may_type_a_number_without_asking_for_it_first(world: Any, clinic: int) -> None:
    visit = await booked(world, clinic)
    registrar = await registrar_of(world, clinic)

    await registrar.say(ticket(visit))

    assert f"Came: {ticket(visit)}" in registrar.text


async def test_a_wrong_digit_is_said_in_one_sentence(world: Any, clinic: int) -> None:
    visit = await booked(world, clinic)
    registrar = await registrar_of(world, clinic)
    number = ticket(visit)
    wrong = f"{number[:-1]}{(int(number[-1]) + 1) % 10}"
    await registrar.command("/checkin")

    await registrar.say(wrong)

    assert "This number is not right" in registrar.text
    assert (await one(world, schema.bookings))["came_at"] is None
    assert "wrong-number" in {row["detail"] for row in await world.rows(schema.outcomes)}


@pytest.mark.parametrize("shape", ["{}{}", "{} {}", "{}-{}"])
async def test_a_wrong_number_is_said_also_where_none_was_asked_for(
    world: Any, clinic: int, shape: str
) -> None:
    number = ticket(await booked(world, clinic))
    registrar = await registrar_of(world, clinic)

    await registrar.say(shape.format(number[:4], f"{number[5:8]}{(int(number[-1]) + 1) % 10}"))
    assert "This number is not right" in registrar.text
    await registrar.say(shape.format(*ticket(123).split()))
    assert "This ticket is not in your list" in registrar.text
    someone = world.somebody()
    await someone.agree()
    await someone.say("1234 5678")
    assert "This number is not right" not in someone.text


async def test_a_question_of_the_desk_is_no_number(world: Any, clinic: int) -> None:
    registrar = await registrar_of(world, clinic)
    await registrar.command("/checkin")

    await registrar.say("Where is the market?")

    assert registrar.text.startswith("I am not sure what you mean. Is it one of these?")


async def test_of_another_clinic_and_unknown_numbers_sound_alike(world: Any, clinic: int) -> None:
    other = await world.clinic(await world.area(name="Area B"), name="Clinic B")
    visit = await booked(world, clinic)
    stranger = await registrar_of(world, other)
    await stranger.command("/checkin")

    theirs = await stranger.say(ticket(visit))
    missing = await stranger.say(ticket(visit + 1))

    assert theirs == missing
    assert LISTED in stranger.text


async def test_a_coordinator_checks_in_at_any_clinic_and_reads_which(world: Any, clinic: int) -> None:
    other = await world.clinic(await world.area(name="Area B"), name="Clinic B")
    visit = await booked(world, other)
    boss = world.somebody()
    await boss.hire(Role.COORDINATOR)
    await boss.command("/checkin")

    await boss.say(ticket(visit))

    assert f"Came: {ticket(visit)}" in boss.text
    assert "Clinic B" in boss.text


async def test_visits_with_one_number_are_told_apart(world: Any, clinic: int) -> None:
    visit = await booked(world, clinic)
    twin = visit + 10**7
    async with world.database.writing() as store:
        table = schema.bookings
        row = dict((await one(world, table)).items())
        again = {"id": twin, "place": 9, "person_id": None, "use": "walk-in", "locale": "ru"}
        await store.execute(table.insert().values(**(row | again)))
    registrar = await registrar_of(world, clinic)
    await registrar.command("/checkin")

    await registrar.say(ticket(visit))
    assert "Several visits have this number" in registrar.text
    await registrar.tap(f"scan:{twin}")

    assert (await one(world, schema.bookings, id=twin))["came_at"] == world.now
    assert (await one(world, schema.bookings, id=visit))["came_at"] is None


async def test_whose_ticket_it_is_sees_their_visit(world: Any, clinic: int) -> None:
    visit = await booked(world, clinic, locale="en")
    owner = world.people[-1]

    await scan(owner, visit)

    assert ticket(visit) in owner.text
    assert Verb.MY_TICKET in owner.wishes
    assert (await one(world, schema.bookings))["came_at"] is None


async def test_to_anybody_else_it_is_an_unknown_code_and_a_guess(world: Any, clinic: int) -> None:
    visit = await booked(world, clinic)
    curious = world.somebody()
    await curious.agree()

    theirs = await scan(curious, visit)
    missing = await scan(curious, 12345)

    assert theirs == missing
    assert "I do not know this code" in curious.text
    for _ in range(9):
        await scan(curious, visit)
    assert "Too many wrong codes" in curious.text


async def test_a_worker_is_no_desk(world: Any, clinic: int) -> None:
    visit = await booked(world, clinic)
    worker = world.somebody()
    await worker.hire(Role.WORKER, area_id=1)

    await scan(worker, visit)
    await worker.say(ticket(visit))

    assert (await one(world, schema.bookings))["came_at"] is None
