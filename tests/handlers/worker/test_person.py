"""One person's card: where they stand and what has happened, never a result, an answer or a name."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from care.outcomes import Kind
from care.person import pseudonym
from care.roles import Actor, Role
from handlers.buttons import Verb
from handlers.parts import Parts
from handlers.routes import Routes
from handlers.strangers import Strangers
from handlers.worker.caseload_table import caseload_buttons
from handlers.worker.person import HISTORY
from locales.catalogue import Words
from storage import case_card, outcomes, referrals, schema, tasks
from storage.vault import Vault


@pytest.fixture
def routes(words: Words, vault: Vault, strangers: Strangers, make_table: Any) -> Routes:
    parts = Parts(words=words, vault=vault, strangers=strangers, zone="Asia/Almaty", username="hamroh_bot")
    return make_table(buttons=caseload_buttons(parts, ZoneInfo("Asia/Almaty")))


async def somebody(world: Any, staff_id: int | None, **values: Any) -> tuple[Any, int]:
    """Add somebody in the care of a member of staff, and return them with their referral."""
    someone = world.somebody()
    person = await someone.agree(locale="uz", **values)
    async with world.database.writing() as store:
        referral = await referrals.open_for(store, person.id, now=world.now, staff_id=staff_id)
    return person, referral


async def task_of(world: Any, person: Any, referral: int, staff_id: int | None) -> int:
    async with world.database.writing() as store:
        task = await tasks.add(
            store,
            person_id=person.id,
            promised_at=world.now + timedelta(hours=2),
            now=world.now,
            kind="unbooked",
            referral_id=referral,
            staff_id=staff_id,
        )
    return task.id


def test_all_that_a_card_tells_has_its_words():
    assert set(HISTORY) == set(case_card.TOLD)


async def test_a_card_says_where_somebody_stands_and_what_is_to_be_done(world: Any) -> None:
    worker, area = world.somebody(), await world.area(name="Old Market")
    staff_id = await worker.hire(Role.WORKER)
    person, referral = await somebody(world, staff_id, area_id=area)
    await task_of(world, person, referral, staff_id)
    async with world.database.writing() as store:
        await store.execute(update(schema.referrals).values(state="screened", advice="urgent"))
    world.wait(days=1)

    await worker.tap(f"pers:{person.id}")

    for part in (
        pseudonym(person.id),
        "Oʻzbekcha",
        "Old Market",
        "has checked symptoms (yesterday)",
        "📌 📅 has not booked a visit\n🔴 Late since 14:00, yesterday",
    ):
        assert part in worker.text
    for secret in ("Aziz", "urgent", str(person.id), str(world.people[1].telegram_id)):
        assert secret not in worker.text
    await worker.press("Open the task")
    assert "Ask what is in the way" in worker.text


async def test_what_has_happened_stands_newest_first_without_details(world: Any) -> None:
    worker = world.somebody()
    staff_id = await worker.hire(Role.WORKER)
    person, referral = await somebody(world, staff_id)
    async with world.database.writing() as store:
        for number in range(9):
            kinds = (Kind.CHECKED, Kind.BOOKED, Kind.CAME)
            await outcomes.append(
                store,
                kinds[number % 3],
                now=world.now + timedelta(days=number),
                role=Actor.PERSON,
                referral_id=referral,
                detail="urgent",
                locale="uz",
            )

    await worker.tap(f"pers:{person.id}")
    first = worker.text
    await worker.press("Older")

    assert first.index("Tue 1 Dec: ✅ was at the visit") < first.index("Mon 30 Nov: 📅 booked a visit")
    assert "26 Nov" in first
    assert "25 Nov" not in first
    assert "Mon 23 Nov: 🩺 checked symptoms" in worker.text
    assert "urgent" not in first + worker.text
    await worker.press("Newer")
    assert worker.text == first


async def test_a_strange_a_closed_and_a_missing_person_get_the_same_answer(world: Any) -> None:
    worker, other = world.somebody(), world.somebody()
    staff_id, other_id = await worker.hire(Role.WORKER), await other.hire(Role.WORKER)
    strange, _ = await somebody(world, other_id)
    closed, referral = await somebody(world, staff_id)
    async with world.database.writing() as store:
        await store.execute(
            update(schema.referrals).where(schema.referrals.c.id == referral).values(closed_at=world.now)
        )
    itself = await worker.person()

    for person_id in (strange.id, closed.id, itself.id, 1):
        for data in (f"pers:{person_id}", f"phand:{person_id}", f"phand:{person_id}:{other_id}:y"):
            await worker.tap(data)
            assert worker.text == "This is not here any more."
    assert [row["staff_id"] for row in await world.rows(schema.referrals, person_id=strange.id)] == [other_id]


async def test_whoever_has_a_task_about_somebody_may_see_their_card(world: Any) -> None:
    worker, other = world.somebody(), world.somebody()
    staff_id, other_id = await worker.hire(Role.WORKER), await other.hire(Role.WORKER)
    person, referral = await somebody(world, other_id)
    await task_of(world, person, referral, staff_id)

    await worker.tap(f"pers:{person.id}")

    assert pseudonym(person.id) in worker.text


async def test_a_coordinator_may_see_a_card(world: Any) -> None:
    worker, boss = world.somebody(), world.somebody()
    person, _ = await somebody(world, await worker.hire(Role.WORKER))
    await boss.hire(Role.COORDINATOR)

    await boss.tap(f"pers:{person.id}")

    assert pseudonym(person.id) in boss.text


async def test_a_coordinator_of_one_organisation_sees_nobody_of_another(world: Any) -> None:
    houses = [
        await world.add(schema.organisations, code=name, names={"en": name}) for name in ("Here", "There")
    ]
    boss, colleague = world.somebody(), world.somebody()
    await boss.hire(Role.COORDINATOR, organisation_id=houses[0])
    here, _ = await somebody(world, await world.somebody().hire(Role.WORKER, organisation_id=houses[0]))
    there_id = await colleague.hire(Role.WORKER, organisation_id=houses[1])
    there, _ = await somebody(world, there_id)
    free, _ = await somebody(world, await world.somebody().hire(Role.WORKER))
    nobodys, _ = await somebody(world, None)

    for person, seen in ((here, True), (there, False), (free, True), (nobodys, True)):
        for data in (f"pers:{person.id}", f"phand:{person.id}"):
            await boss.tap(data)
            assert (pseudonym(person.id) in boss.text) is seen
    await boss.tap(f"phand:{there.id}:{there_id}:y")
    assert boss.text == "This is not here any more."
    assert [row["staff_id"] for row in await world.rows(schema.referrals, person_id=there.id)] == [there_id]


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMIN])
async def test_admins_and_coordinators_of_no_organisation_see_everybody(world: Any, role: Role) -> None:
    house = await world.add(schema.organisations, code="There", names={"en": "There"})
    person, _ = await somebody(world, await world.somebody().hire(Role.WORKER, organisation_id=house))
    boss = world.somebody()
    other = await world.add(schema.organisations, code="Here", names={"en": "Here"})
    await boss.hire(role, organisation_id=other if role is Role.ADMIN else None)

    await boss.tap(f"pers:{person.id}")

    assert pseudonym(person.id) in boss.text


async def test_a_person_is_handed_over_with_all_tasks_and_both_are_told(world: Any) -> None:
    worker, other = world.somebody(), world.somebody()
    staff_id, other_id = await worker.hire(Role.WORKER), await other.hire(Role.WORKER)
    person, referral = await somebody(world, staff_id)
    task = await task_of(world, person, referral, staff_id)
    colleague = await other.person()
    await worker.tap(f"pers:{person.id}")

    await worker.press("Hand to a colleague")
    await worker.press(pseudonym(colleague.id))
    assert [row["staff_id"] for row in await world.rows(schema.referrals)] == [staff_id]
    await worker.press("Yes, hand over")

    assert [row["staff_id"] for row in await world.rows(schema.referrals)] == [other_id]
    assert [row["staff_id"] for row in await world.rows(schema.tasks, id=task)] == [other_id]
    told = {row["kind"]: row["person_id"] for row in await world.rows(schema.due)}
    assert told == {"handed": person.id, "taken-over": colleague.id}
    [deed] = await world.rows(schema.audit)
    assert (deed["act"], deed["about"], deed["about_id"]) == ("handed-over", "referral", referral)
    assert deed["detail"] == str(other_id)
    [outcome] = await world.rows(schema.outcomes, kind="person-handed")
    assert (outcome["referral_id"], outcome["staff_id"]) == (referral, other_id)
    await worker.tap(f"pers:{person.id}")
    assert worker.text == "This is not here any more."
    await other.tap(f"pers:{person.id}")
    assert "👥 went to another colleague" in other.text
    assert Verb.PERSON_HAND in other.wishes


async def test_many_colleagues_stand_on_pages_those_on_shift_first(world: Any) -> None:
    worker = world.somebody()
    staff_id = await worker.hire(Role.WORKER)
    for _ in range(10):
        await world.somebody().hire(Role.WORKER)
    last = world.people[-1]
    [role] = (await last.person()).roles
    await world.add(schema.shifts, staff_id=role.id, weekday=5, starts="10:00", ends="12:00")
    person, _ = await somebody(world, staff_id)

    await worker.tap(f"phand:{person.id}")
    assert sum("🟢" in label for label in worker.labels) == 8
    await worker.press("More")

    assert f"⚪️ {pseudonym((await last.person()).id)} · 👥 0" in worker.labels
    await worker.press("Back", nth=0)
    assert sum("🟢" in label for label in worker.labels) == 8
