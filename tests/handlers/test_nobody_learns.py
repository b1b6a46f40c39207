"""What others must not learn, and must not take: of results, of plans, of answers, of reports."""

from typing import Any

import pytest
from sqlalchemy import update

from bot import results as nightly
from care.person import pseudonym
from care.results import Result
from care.roles import Role
from care.ticket import payload
from care.transfer import Field
from handlers.buttons import Verb
from storage import schema
from storage.people import random_id
from tests.handlers.clinician.desk import arrived, given, hired
from tests.handlers.conftest import ADMIN_ID
from tests.handlers.registrar.at_the_desk import child_of

PLAN = "mednew:1:08:all:20270313:y"  # at 08:00, every day, for months


@pytest.fixture
async def clinic(world: Any) -> int:
    number = await world.clinic(await world.area())
    texts = {
        name: dict.fromkeys(("en", "ru", "tg"), said)
        for name, said in (("names", "Clinic A"), ("address", "1 Example Street"))
    }
    async with world.database.writing() as store:
        await store.execute(update(schema.clinics).values(**texts))
        await store.execute(update(schema.cities).values(names=dict.fromkeys(("en", "ru", "tg"), "Town")))
    return int(number)


async def code_of_card(person: Any) -> str:
    """Make a transfer card, and return the code on it."""
    await person.tap("leav:TJ:two")
    await person.tap("tcard")
    await person.tap("tview")
    reply = await person.press("make the card")
    [content] = {step.content for step in reply.steps if "start=" in step.content}
    return str(content.partition("start=")[2].partition('"')[0])


@pytest.mark.parametrize("own", [(), (PLAN,), ("cvnew:refill:20270110:10",)])
async def test_a_plan_of_their_own_keeps_nobody_on_a_workers_list(
    world: Any, clinic: int, own: tuple[str, ...]
) -> None:
    worker = world.somebody()
    staff_id = await worker.hire(Role.WORKER, area_id=1)
    person, visit = await arrived(world, clinic, staff_id=staff_id)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await given(world, clinician, visit, Result.NO_TB.value)
    for data in own:
        await person.tap(data)
    known = await person.person()
    await worker.tap("ppl:0:all")
    assert pseudonym(known.id) in worker.text

    world.wait(days=31)
    await nightly.settle(world.database, world.vault, now=world.now)

    await worker.tap("ppl:0:all")
    assert pseudonym(known.id) not in worker.text
    assert len(await world.rows(schema.dose_plans)) + len(await world.rows(schema.care_visits)) == len(own)


async def test_who_said_yes_and_then_erased_themselves_leaves_no_gap_among_the_links(
    world: Any, clinic: int
) -> None:
    foreman, man = world.somebody(), world.somebody()
    for someone in (foreman, man):
        await someone.agree()
    await foreman.tap(f"bgd:3:{clinic}:20261126")
    await foreman.press("Yes, keep them")
    before = await foreman.press("Send the links again")
    code = before.steps[1].text.partition("?start=")[2].split()[0]
    await man.command(f"/start {code}")
    await man.press("Yes")

    await man.command("/forget")
    await man.press("Yes, delete everything")

    [brigade] = await world.rows(schema.brigades)
    after = await foreman.tap(f"bgl:{brigade['id']}")
    assert [step.text for step in after.steps] == [step.text for step in before.steps]
    await foreman.command(f"/start {code}")
    assert "This is one of your links" in foreman.text


async def test_a_worker_sees_of_their_links_no_more_when_they_act_for_somebody(
    world: Any, clinic: int
) -> None:
    worker, man = world.somebody(), world.somebody()
    await worker.agree(area_id=1)
    await worker.hire(Role.WORKER, area_id=1)
    await man.agree()
    await worker.tap(f"bgd:2:{clinic}:20261126")
    await worker.press("Yes, keep them")
    texts = [step.text for step in worker.shown.steps[1:]]
    refused, unused = (text.partition("?start=")[2].split()[0] for text in texts)
    await man.command(f"/start {refused}")
    await man.press("No")
    await man.press("Yes, give it back")
    await worker.command("/newperson")
    await worker.tap("new:en")
    await worker.press("They agree")

    seen = []
    for code in (refused, unused):
        await worker.command(f"/start {code}")
        seen.append(worker.text)

    assert seen[0] == seen[1]


async def test_an_admin_of_the_settings_opens_no_card(world: Any, clinic: int) -> None:
    person, _ = await arrived(world, clinic)
    code = await code_of_card(person)
    admin = world.somebody(telegram_id=ADMIN_ID)

    await admin.command(f"/start {code}")
    await admin.press("English")
    await admin.tap(f"topen:{code}:y")

    [row] = await world.rows(schema.transfers)
    assert row["opened_at"] is None


async def test_the_result_of_a_child_is_not_on_the_card_of_who_brought_it(world: Any, clinic: int) -> None:
    person, visit = await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await given(world, clinician, visit, Result.NO_TB.value)
    known = await person.person()
    child = await child_of(world, clinic, known.id, visit)
    async with world.database.writing() as store:
        came = update(schema.bookings).where(schema.bookings.c.id == child).values(came_at=world.now)
        await store.execute(came)
    world.wait(hours=1)
    await given(world, clinician, child, Result.TB.value)

    await person.tap("leav:TJ:two")
    await person.tap("tcard")
    await person.tap(f"tcard:{Field.RESULT.value}")
    await person.tap("tview")

    assert "no TB was found" in person.text


async def walk_in(world: Any, clinic: int, registrar: Any) -> int:
    number = random_id()
    await registrar.tap(f"walkin:{clinic}:en:{number}")
    return number


async def test_the_code_of_a_walk_in_is_good_on_that_day(world: Any, clinic: int) -> None:
    registrar = await hired(world, Role.REGISTRAR, clinic)
    visit = await walk_in(world, clinic, registrar)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await clinician.tap(f"rsex:{visit}")
    await clinician.tap(f"rsrdy:{visit}:R2")
    late = world.somebody()
    await late.agree()

    world.wait(days=2)
    await late.command(f"/start {payload(visit)}")
    await late.tap(f"wmine:{visit}")
    await late.tap(f"wmine:{visit}:y")

    [row] = await world.rows(schema.bookings)
    assert row["person_id"] is None


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.CLINICIAN, Role.COORDINATOR])
async def test_the_desk_takes_no_walk_in_for_itself(world: Any, clinic: int, role: Role) -> None:
    at_desk = world.somebody()
    await at_desk.hire(role, clinic_id=None if role is Role.COORDINATOR else clinic)
    visit = await walk_in(world, clinic, at_desk)

    await at_desk.tap(f"wmine:{visit}:y")

    [row] = await world.rows(schema.bookings)
    assert row["person_id"] is None


async def test_the_office_does_not_see_who_reported_a_clinic(world: Any, clinic: int) -> None:
    office, worker = world.somebody(), world.somebody()
    await office.hire(Role.COORDINATOR)
    staff_id = await worker.hire(Role.WORKER, area_id=1)
    person, visit = await arrived(world, clinic, staff_id=staff_id)
    known = await person.person()
    screens = []
    for _ in range(2):
        for someone in (office, worker):
            await someone.tap(f"pers:{known.id}")
            screens.append(someone.text)
        await person.tap(f"{Verb.FAILED.value}:{visit}:charged")

    assert [row["failure"] for row in await world.rows(schema.bookings)] == ["charged"]
    assert screens[:2] == screens[2:]


@pytest.mark.parametrize("answer", ["Yes", None])
async def test_who_asked_for_places_hears_of_a_closing_whatever_was_answered(
    world: Any, clinic: int, answer: str | None
) -> None:
    foreman, registrar = world.somebody(), await hired(world, Role.REGISTRAR, clinic)
    await foreman.agree()
    await foreman.tap(f"bgd:2:{clinic}:20261126")
    await foreman.press("Yes, keep them")
    codes = [step.text.partition("?start=")[2].split()[0] for step in foreman.shown.steps[1:]]
    for code in codes if answer else ():
        man = world.somebody()
        await man.agree()
        await man.command(f"/start {code}")
        await man.press(answer)

    await registrar.tap(f"closed:{clinic}:20261126:a")
    await registrar.press("Yes, it is so")

    known = await foreman.person()
    assert len(await world.rows(schema.due, kind="brigade-lost", person_id=known.id)) == 1
    await foreman.command("/book")
    await foreman.press("For several people")
    assert "How many places?" in foreman.text
