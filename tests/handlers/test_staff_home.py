"""The home screen of staff: what is due now, and only what is theirs, above a few rows of buttons."""

from datetime import timedelta
from typing import Any

import pytest

from care.person import pseudonym
from care.roles import Role
from handlers.buttons import Verb
from storage import referrals, schema, tasks
from tests.handlers.clinician.desk import arrived


async def somebody(world: Any, staff_id: int, *, hours: int | None = None, **values: Any) -> Any:
    person = await world.somebody().agree(locale="uz")
    async with world.database.writing() as store:
        referral = await referrals.open_for(store, person.id, now=world.now, staff_id=staff_id)
        if hours is not None:
            task = await tasks.add(
                store,
                person_id=person.id,
                promised_at=world.now + timedelta(hours=hours),
                now=world.now,
                kind="unbooked",
                referral_id=referral,
                staff_id=staff_id,
            )
            if values:
                await store.execute(
                    schema.tasks.update().where(schema.tasks.c.id == task.id).values(**values)
                )
    return person


async def test_a_worker_sees_what_is_late_for_today_talks_and_the_next_visit(world: Any) -> None:
    worker, other = world.somebody(), world.somebody()
    staff_id, other_id = await worker.hire(Role.WORKER), await other.hire(Role.WORKER)
    person = await somebody(world, staff_id, hours=-1)
    for hours in (3, 4, 50):
        await somebody(world, staff_id, hours=hours)
    await somebody(world, other_id, hours=-1)
    clinic = await world.clinic(await world.area())
    [referral] = await world.rows(schema.referrals, person_id=person.id)
    await world.add(
        schema.bookings,
        id=1,
        person_id=person.id,
        referral_id=referral["id"],
        clinic_id=clinic,
        starts_at=world.now + timedelta(days=1),
        local_start="2026-11-24T12:00",
        local_day="2026-11-24",
        zone="Asia/Almaty",
        place=0,
        created_at=world.now,
    )
    talk = {"person_id": person.id, "tags": [], "promised_at": world.now, "opened_at": world.now}
    await world.add(schema.relays, id=3, staff_id=staff_id, **talk)

    await worker.tap(Verb.STAFF)

    for line in (
        "🔴 1 task is late",
        "📌 2 tasks for today",
        "💬 1 open talk",
        "✍️ 1 person waits for your answer",
        f"📅 Next visit: 12:00, tomorrow, {pseudonym(person.id)}",
    ):
        assert line in worker.text


async def test_with_nothing_to_do_the_home_screen_says_so(world: Any) -> None:
    worker = world.somebody()
    await worker.hire(Role.WORKER)

    await worker.tap(Verb.STAFF)

    assert "✅ Nothing is due now." in worker.text


async def test_a_coordinator_sees_what_came_up_to_them_and_who_waits(world: Any) -> None:
    worker, boss = world.somebody(), world.somebody()
    staff_id = await worker.hire(Role.WORKER)
    await boss.hire(Role.COORDINATOR)
    person = await somebody(world, staff_id, hours=-30, escalated_at=world.now)
    await somebody(world, staff_id, hours=-1)
    talk = {"person_id": person.id, "tags": [], "promised_at": world.now, "opened_at": world.now}
    await world.add(schema.relays, id=3, **talk)

    await boss.tap(Verb.STAFF)

    assert "🔴 2 tasks are late (1 came up to you)" in boss.text
    assert "⏳ 1 person waits in the queue" in boss.text
    assert "Next visit" not in boss.text


async def test_a_registrar_sees_who_is_expected_and_no_tasks(world: Any) -> None:
    clerk = world.somebody()
    clinic = await world.clinic(await world.area())
    await clerk.hire(Role.REGISTRAR, clinic_id=clinic)

    await clerk.tap(Verb.STAFF)

    assert "📋 Nobody is expected today any more." in clerk.text
    assert "task" not in clerk.text


async def test_who_writes_results_sees_how_many_wait_for_one_and_others_do_not(world: Any) -> None:
    doctor, clerk, other = world.somebody(), world.somebody(), world.somebody()
    area = await world.area()
    clinic, elsewhere = await world.clinic(area), await world.clinic(area, name="Clinic B")
    await doctor.hire(Role.CLINICIAN, clinic_id=clinic)
    await clerk.hire(Role.REGISTRAR, clinic_id=clinic)
    await other.hire(Role.CLINICIAN, clinic_id=elsewhere)
    _, visit = await arrived(world, clinic)
    await doctor.tap(Verb.STAFF)
    assert "waits for a result" not in doctor.text
    assert {Verb.RESULTS, Verb.TODAY} <= set(doctor.wishes)

    await doctor.tap(f"{Verb.RESULT_EXAMINED.value}:{visit}")

    for who, sees in ((doctor, True), (clerk, False), (other, False)):
        await who.tap(Verb.STAFF)
        assert ("🩺 1 person waits for a result" in who.text) is sees


@pytest.mark.parametrize("role", list(Role))
async def test_buttons_stand_two_in_a_row_and_each_opens_something(world: Any, role: Role) -> None:
    someone = world.somebody()
    clinic = await world.clinic(await world.area())
    await someone.hire(role, clinic_id=clinic if role is Role.REGISTRAR else None)

    await someone.tap(Verb.STAFF)

    [step] = someone.shown.steps
    assert len(step.rows) <= 9
    assert all(len(row) <= 2 for row in step.rows)
    assert all(len(item.label) <= 22 for row in step.rows for item in row)
