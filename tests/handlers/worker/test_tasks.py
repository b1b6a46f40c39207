"""What there is to do: who may see it, how it is done, put off, handed on and taken back."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from care.message_kinds import Kind
from care.person import pseudonym
from care.reminders import Planned
from care.roles import Role
from care.talk import notice_key
from care.tasks import Kind as What
from care.tasks import Snooze
from handlers.buttons import Verb
from handlers.parts import Parts
from handlers.routes import Routes
from handlers.strangers import Strangers
from handlers.worker.caseload_table import caseload_buttons
from handlers.worker.task_words import HOW, WHAT, WHY
from locales.catalogue import Words
from storage import due, referrals, schema, tasks
from storage.vault import Vault


@pytest.fixture
def routes(words: Words, vault: Vault, strangers: Strangers, make_table: Any) -> Routes:
    parts = Parts(words=words, vault=vault, strangers=strangers, zone="Asia/Almaty", username="hamroh_bot")
    buttons = caseload_buttons(parts, ZoneInfo("Asia/Almaty"))
    return make_table(buttons=buttons, commands={"tasks": Verb.TASKS})


async def asked(
    world: Any,
    *,
    staff_id: int | None,
    promised_at: datetime | None = None,
    area_id: int | None = None,
    phone: str = "",
    **values: Any,
) -> tuple[Any, int]:
    """Return somebody who asked for a person, and the task."""
    someone = world.somebody()
    person = await someone.agree(locale="tg", area_id=area_id)
    link = await world.link(code=f"{person.id}"[:20], short_code=f"{person.id}"[:8])
    async with world.database.writing() as store:
        referral = await referrals.open_for(
            store, person.id, now=world.now, link_id=link, staff_id=staff_id, area_id=area_id
        )
        task = await tasks.add(
            store,
            person_id=person.id,
            promised_at=promised_at or world.now + timedelta(hours=2),
            now=world.now,
            referral_id=referral,
            staff_id=staff_id,
            topic="treatment",
        )
        notice = Planned(
            key=notice_key(task.id),
            kind=Kind.TALK,
            person_id=person.id,
            due_at=world.now + timedelta(hours=1),
            useful_until=world.now + timedelta(days=1),
        )
        await due.schedule(store, notice, now=world.now)
        if phone:
            sealed = world.vault.seal_for(person.key, phone.encode())
            values["contact"] = sealed
        if values:
            await store.execute(schema.tasks.update().where(schema.tasks.c.id == task.id).values(**values))
    return person, task.id


def test_every_kind_and_every_reason_has_its_words():
    assert set(WHAT) == set(HOW) == set(What)
    assert set(WHY) == set(Snooze)


async def test_when_there_is_nothing_to_do_the_screen_says_so(world: Any) -> None:
    worker = world.somebody()
    await worker.hire(Role.WORKER)

    await worker.command("/tasks")

    assert "Nothing to do now." in worker.text


async def test_a_task_shows_picture_language_area_topic_and_promise(world: Any, words: Words) -> None:
    worker, area = world.somebody(), await world.area(name="Old Market")
    person, _ = await asked(world, staff_id=await worker.hire(Role.WORKER), area_id=area)
    await worker.command("/tasks")
    assert f"<b>{pseudonym(person.id)}</b> 🤝 asked for a person\n⏰ Until 14:00, today" in worker.text

    await worker.press(Verb.TASK)

    for part in (pseudonym(person.id), "Тоҷикӣ", "Old Market", "⏰ Until 14:00, today"):
        assert part in worker.text
    assert words["en"].answer("treatment").title in worker.text
    assert "Aziz" not in worker.text


async def test_what_is_late_says_so_and_whether_the_coordinator_knows(world: Any) -> None:
    worker = world.somebody()
    staff_id, yesterday = await worker.hire(Role.WORKER), world.now - timedelta(days=1)
    await asked(world, staff_id=staff_id, promised_at=yesterday)
    await asked(world, staff_id=staff_id, promised_at=yesterday, escalated_at=world.now)

    await worker.command("/tasks")

    assert worker.text.count("🔴 Late since 12:00, yesterday") == 2
    assert worker.text.count("The coordinator knows.") == 1


async def test_urgent_ones_stand_first_then_the_soonest(world: Any) -> None:
    worker = world.somebody()
    staff_id = await worker.hire(Role.WORKER)
    wanted = {}
    for name, priority, hours in (("third", 2, 1), ("second", 1, 3), ("first", 0, 9), ("then", 1, 4)):
        at = world.now + timedelta(hours=hours)
        wanted[name], _ = await asked(world, staff_id=staff_id, promised_at=at, priority=priority)

    await worker.command("/tasks")

    places = [worker.text.index(pseudonym(wanted[name].id)) for name in ("first", "second", "then", "third")]
    assert places == sorted(places)


async def test_six_stand_on_a_page(world: Any) -> None:
    worker = world.somebody()
    staff_id = await worker.hire(Role.WORKER)
    people = [(await asked(world, staff_id=staff_id))[0] for _ in range(8)]

    await worker.command("/tasks")
    first = worker.text
    await worker.press("More")

    assert "8 tasks" in first
    assert sum(pseudonym(one.id) in first for one in people) == 6
    assert sum(pseudonym(one.id) in worker.text for one in people) == 2
    await worker.press("Back")
    assert worker.text == first


async def test_a_task_is_done_at_once_and_can_be_taken_back(world: Any) -> None:
    worker = world.somebody()
    staff_id = await worker.hire(Role.WORKER)
    person, task = await asked(world, staff_id=staff_id)
    await worker.command("/tasks")
    await worker.press(Verb.TASK)

    await worker.press("✅ Done")

    [row] = await world.rows(schema.tasks, id=task)
    assert (row["done_at"], row["done_by"]) == (world.now, staff_id)
    [outcome] = await world.rows(schema.outcomes, kind="talk-done")
    [referral] = await world.rows(schema.referrals)
    assert (outcome["referral_id"], outcome["link_id"]) == (referral["id"], referral["link_id"])
    assert (outcome["locale"], outcome["role"], outcome["staff_id"]) == ("tg", "worker", staff_id)
    assert [row["state"] for row in await world.rows(schema.due)] == ["cancelled"]
    assert worker.shown.toast == "✅ Done. Thank you!"
    assert pseudonym(person.id) not in worker.text

    await worker.press("Not done")

    assert (await world.rows(schema.tasks, id=task))[0]["done_at"] is None
    assert pseudonym(person.id) in worker.text
    [undone] = await world.rows(schema.outcomes, kind="undone")
    assert undone["detail"] == "talk-done"


async def test_a_task_with_a_phone_is_done_after_a_second_word_since_the_number_goes(world: Any) -> None:
    worker = world.somebody()
    _, task = await asked(world, staff_id=await worker.hire(Role.WORKER), phone="+77011234567")
    await worker.tap(f"task:{task}")
    assert "📞 Phone: +77011234567" in worker.text

    await worker.press("✅ Done")
    assert (await world.rows(schema.tasks))[0]["done_at"] is None
    await worker.press("Yes, it is done")

    [row] = await world.rows(schema.tasks)
    assert (row["done_at"], row["contact"]) == (world.now, None)


async def test_after_a_day_done_is_done(world: Any) -> None:
    worker = world.somebody()
    _, task = await asked(world, staff_id=await worker.hire(Role.WORKER))
    await worker.tap(f"tdone:{task}")
    world.wait(days=1, minutes=1)

    await worker.press("Not done")

    assert worker.shown.toast == "This task is not open any more."
    assert (await world.rows(schema.tasks))[0]["done_at"] is not None


async def test_a_task_is_put_off_with_a_reason_until_a_morning(world: Any) -> None:
    worker = world.somebody()
    person, task = await asked(world, staff_id=await worker.hire(Role.WORKER))
    await worker.tap(f"task:{task}")

    await worker.press("💤 Later")
    await worker.press("They are travelling")
    await worker.press("In 3 days")

    [row] = await world.rows(schema.tasks)
    assert row["snooze_reason"] == "travelling"
    assert row["snoozed_until"].isoformat() == "2026-11-26T04:00:00+00:00"  # 09:00 in Almaty
    [outcome] = await world.rows(schema.outcomes, kind="task-snoozed")
    assert outcome["detail"] == "travelling"
    assert "Nothing to do now." in worker.text
    await worker.press("Put off: 1")
    assert pseudonym(person.id) in worker.text
    assert "💤 Put off until 09:00" in worker.text
    await worker.press(Verb.TASK)
    assert "🚌 They are travelling" in worker.text

    await worker.press("Take it up now")

    assert (await world.rows(schema.tasks))[0]["snoozed_until"] is None
    assert "⏰ Until 14:00, today" in worker.text


@pytest.mark.parametrize("data", ["nonsense", "ill:2", "ill:-1", "ill:9999", "now:3x", ":3"])
async def test_a_forged_reason_or_day_puts_nothing_off(world: Any, data: str) -> None:
    worker = world.somebody()
    _, task = await asked(world, staff_id=await worker.hire(Role.WORKER))

    await worker.tap(f"tlate:{task}:{data}")

    assert (await world.rows(schema.tasks))[0]["snoozed_until"] is None


async def test_a_task_is_handed_on_after_a_second_word_and_the_colleague_is_told(world: Any) -> None:
    worker, other = world.somebody(), world.somebody()
    staff_id, other_id = await worker.hire(Role.WORKER), await other.hire(Role.WORKER)
    _, task = await asked(world, staff_id=staff_id)
    colleague = await other.person()
    await worker.tap(f"task:{task}")

    await worker.press("Hand on")
    assert pseudonym(colleague.id) in " ".join(worker.labels)
    await worker.press(pseudonym(colleague.id))
    assert (await world.rows(schema.tasks))[0]["staff_id"] == staff_id
    await worker.press("Yes, hand it on")

    assert (await world.rows(schema.tasks))[0]["staff_id"] == other_id
    [notice] = await world.rows(schema.due, kind="task")
    assert (notice["person_id"], notice["due_at"]) == (colleague.id, world.now)
    [deed] = await world.rows(schema.audit)
    assert (deed["act"], deed["about"], deed["about_id"]) == ("handed-over", "task", task)
    assert (deed["actor_id"], deed["detail"]) == (staff_id, str(other_id))
    await worker.tap(f"task:{task}")
    assert worker.shown.toast == "This task is not open any more."
    await other.tap(f"task:{task}")
    assert "asked for a person" in other.text


async def test_a_task_goes_to_nobody_who_is_away_has_left_or_asked_for_it(world: Any) -> None:
    worker, away, left = world.somebody(), world.somebody(), world.somebody()
    staff_id = await worker.hire(Role.WORKER)
    away_id, left_id = await away.hire(Role.WORKER), await left.hire(Role.WORKER)
    _person, task = await asked(world, staff_id=staff_id)
    itself_id = await world.people[-1].hire(Role.WORKER)
    async with world.database.writing() as store:
        change = schema.staff.update()
        await store.execute(
            change.where(schema.staff.c.id == away_id).values(away_until=world.now + timedelta(days=9))
        )
        await store.execute(change.where(schema.staff.c.id == left_id).values(ended_at=world.now))

    await worker.tap(f"thand:{task}")
    assert "There is no colleague" in worker.text
    for nobody in (away_id, left_id, itself_id, 5):
        await worker.tap(f"thand:{task}:{nobody}:y")
        assert worker.shown.toast == "This colleague is not there any more."

    assert (await world.rows(schema.tasks))[0]["staff_id"] == staff_id


@pytest.mark.parametrize("verb", ["task", "tdone", "tlate", "thand", "tundo"])
async def test_a_strange_a_done_and_a_missing_task_get_the_same_answer(world: Any, verb: str) -> None:
    worker, other, third = world.somebody(), world.somebody(), world.somebody()
    staff_id, other_id = await worker.hire(Role.WORKER), await other.hire(Role.WORKER)
    await third.hire(Role.WORKER)
    _, strange = await asked(world, staff_id=other_id)
    _, done_by_other = await asked(world, staff_id=other_id)
    _, own = await asked(world, staff_id=staff_id)
    await other.tap(f"tdone:{done_by_other}")
    if verb != "tundo":
        await worker.tap(f"tdone:{own}")

    for task in (strange, done_by_other, own, 1):
        for data in (
            f"{verb}:{task}",
            f"{verb}:{task}:y",
            f"{verb}:{task}:ill:3",
            f"{verb}:{task}:{staff_id}:y",
        ):
            await worker.tap(data)
            assert worker.shown.toast == "This task is not open any more."
    [row] = await world.rows(schema.tasks, id=strange)
    assert (row["done_at"], row["snoozed_until"], row["staff_id"]) == (None, None, other_id)


async def test_a_phone_is_for_the_owner_alone(world: Any) -> None:
    worker, boss = world.somebody(), world.somebody()
    _, task = await asked(world, staff_id=await worker.hire(Role.WORKER), phone="+77011234567")
    await boss.hire(Role.COORDINATOR)

    await boss.tap(f"task:{task}")

    assert "+7701" not in boss.text
    assert "👥 With: " in boss.text


async def test_a_coordinator_sees_first_what_climbed_and_may_do_it(world: Any) -> None:
    worker, boss = world.somebody(), world.somebody()
    staff_id, boss_id = await worker.hire(Role.WORKER), await boss.hire(Role.COORDINATOR)
    urgent, _ = await asked(world, staff_id=staff_id, priority=0)
    late, task = await asked(world, staff_id=staff_id, priority=2, escalated_at=world.now)

    await boss.command("/tasks")
    assert boss.text.index(pseudonym(late.id)) < boss.text.index(pseudonym(urgent.id))
    await boss.tap(f"tdone:{task}")

    [row] = await world.rows(schema.tasks, id=task)
    assert row["done_by"] == boss_id


async def test_a_coordinator_of_one_organisation_does_not_see_the_tasks_of_another(world: Any) -> None:
    worker, colleague, boss = world.somebody(), world.somebody(), world.somebody()
    ids = [await one.hire(role) for one, role in ((worker, Role.WORKER), (colleague, Role.WORKER))]
    boss_id = await boss.hire(Role.COORDINATOR)
    houses = [
        await world.add(schema.organisations, code=name, names={"en": name}) for name in ("Here", "There")
    ]
    async with world.database.writing() as store:
        for staff_id, house in ((ids[0], houses[0]), (ids[1], houses[1]), (boss_id, houses[0])):
            await store.execute(
                schema.staff.update().where(schema.staff.c.id == staff_id).values(organisation_id=house)
            )
    here, _ = await asked(world, staff_id=ids[0])
    there, strange = await asked(world, staff_id=ids[1])

    await boss.command("/tasks")

    assert pseudonym(here.id) in boss.text
    assert pseudonym(there.id) not in boss.text
    await boss.tap(f"task:{strange}")
    assert boss.shown.toast == "This task is not open any more."


async def test_what_is_nobodys_is_seen_by_the_workers_of_the_area(world: Any) -> None:
    area, elsewhere = await world.area(), await world.area(name="Area B")
    here, there = world.somebody(), world.somebody()
    await here.hire(Role.WORKER, area_id=area)
    await there.hire(Role.WORKER, area_id=elsewhere)
    person, _ = await asked(world, staff_id=None, area_id=area)

    await here.command("/tasks")
    await there.command("/tasks")

    assert pseudonym(person.id) in here.text
    assert pseudonym(person.id) not in there.text


async def test_a_phone_that_was_shown_is_in_the_log_without_its_digits(world: Any) -> None:
    worker = world.somebody()
    staff_id = await worker.hire(Role.WORKER)
    person, task = await asked(world, staff_id=staff_id, phone="+77011234567")

    await worker.tap(f"task:{task}")

    [row] = await world.rows(schema.audit)
    assert (row["act"], row["actor_id"], row["about"]) == ("phone-seen", staff_id, "person")
    assert row["about_id"] == person.id
    assert "77011234567" not in repr(dict(row))
