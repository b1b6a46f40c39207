"""Requests for a person: who may see them, and how they are done."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from care.person import pseudonym
from care.reminders import Kind, Planned
from care.roles import Role
from handlers.buttons import Verb
from handlers.routes import Route, Routes
from handlers.talk import notice_key
from handlers.worker.tasks import Tasks
from locales.catalogue import Words
from storage import due, referrals, schema, tasks
from storage.vault import Vault

HELPERS = frozenset({Role.WORKER, Role.COORDINATOR, Role.ADMIN})


@pytest.fixture
def routes(words: Words, vault: Vault, make_table: Any) -> Routes:
    made = Tasks(words=words, vault=vault, zone=ZoneInfo("Asia/Almaty"))
    return make_table(
        buttons={Verb.TASKS: Route(made.show, HELPERS), Verb.TASK_DONE: Route(made.done, HELPERS)},
        commands={"tasks": Verb.TASKS},
    )


async def asked(
    world: Any, *, staff_id: int | None, promised_at: datetime | None = None, area_id: int | None = None
) -> tuple[Any, int]:
    """Return somebody who asked for a person, and the request."""
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
    return person, task.id


async def test_when_nobody_waits_the_screen_says_so(world: Any) -> None:
    worker = world.somebody()
    await worker.hire(Role.WORKER)

    await worker.command("/tasks")

    assert "Nobody waits for you." in worker.text


async def test_a_request_shows_picture_language_area_topic_and_promise(world: Any, words: Words) -> None:
    worker, area = world.somebody(), await world.area(name="Old Market")
    person, _ = await asked(world, staff_id=await worker.hire(Role.WORKER), area_id=area)

    await worker.command("/tasks")

    for part in (pseudonym(person.id), "Тоҷикӣ", "Old Market", "Promised by 14:00, today"):
        assert part in worker.text
    assert words["en"].answer("treatment").title in worker.text
    assert "Aziz" not in worker.text


async def test_a_late_request_says_that_it_is_late(world: Any) -> None:
    worker = world.somebody()
    await asked(
        world,
        staff_id=await worker.hire(Role.WORKER),
        promised_at=world.now - timedelta(days=1),
    )

    await worker.command("/tasks")

    assert "🔴 Late: promised by 12:00, yesterday" in worker.text


async def test_a_request_is_done_after_a_second_word_and_the_person_is_not_written_to(world: Any) -> None:
    worker = world.somebody()
    staff_id = await worker.hire(Role.WORKER)
    person, task = await asked(world, staff_id=staff_id)
    await worker.command("/tasks")

    await worker.press("Done")
    assert (await world.rows(schema.tasks))[0]["done_at"] is None
    await worker.press("Yes, it is done")

    [row] = await world.rows(schema.tasks, id=task)
    assert (row["done_at"], row["done_by"]) == (world.now, staff_id)
    [outcome] = await world.rows(schema.outcomes, kind="talk-done")
    [referral] = await world.rows(schema.referrals)
    assert (outcome["referral_id"], outcome["link_id"]) == (referral["id"], referral["link_id"])
    assert (outcome["locale"], outcome["role"], outcome["staff_id"]) == ("tg", "worker", staff_id)
    assert [row["state"] for row in await world.rows(schema.due)] == ["cancelled"]
    assert worker.shown.toast == "✅ Done. Thank you!"
    assert pseudonym(person.id) not in worker.text


async def test_a_strange_a_done_and_a_missing_request_get_the_same_answer(world: Any) -> None:
    worker, other = world.somebody(), world.somebody()
    staff_id, other_id = await worker.hire(Role.WORKER), await other.hire(Role.WORKER)
    _, own = await asked(world, staff_id=staff_id)
    _, strange = await asked(world, staff_id=other_id)
    await worker.tap(f"tdone:{own}:y")

    for request in (own, strange, 1):
        for data in (f"tdone:{request}", f"tdone:{request}:y"):
            await worker.tap(data)
            assert worker.shown.toast == "This request is not open any more."
    assert [row["done_at"] for row in await world.rows(schema.tasks, id=strange)] == [None]


async def test_a_coordinator_sees_all_requests_and_may_do_them(world: Any) -> None:
    worker, boss = world.somebody(), world.somebody()
    await asked(world, staff_id=await worker.hire(Role.WORKER))
    boss_id = await boss.hire(Role.COORDINATOR)
    await boss.command("/tasks")

    await boss.press("Done")
    await boss.press("Yes, it is done")

    [row] = await world.rows(schema.tasks)
    assert row["done_by"] == boss_id
