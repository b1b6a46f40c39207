"""Care for the worker: their own screen, three taps a week, and what the office sees of it."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from care.message_kinds import Kind
from care.roles import Role
from handlers.buttons import Verb
from handlers.field_table import field
from handlers.notices import Notices
from handlers.parts import Parts
from handlers.routes import Routes
from handlers.strangers import Strangers
from locales.catalogue import Words
from storage import people, schema, wellbeing
from storage.vault import Vault

WEEK = "2026-W48"  # of the Monday on which the tests begin


@pytest.fixture
def routes(words: Words, vault: Vault, strangers: Strangers, make_table: Any) -> Routes:
    parts = Parts(words=words, vault=vault, strangers=strangers, zone="Asia/Almaty", username="hamroh_bot")
    made = field(parts, ZoneInfo("Asia/Almaty"))
    return make_table(buttons=made.buttons)


async def a_worker(world: Any) -> tuple[Any, int]:
    worker = world.somebody()
    return worker, await worker.hire(Role.WORKER)


async def carries(world: Any, staff_id: int, *, open_people: int, done: int = 0) -> None:
    for number in range(open_people):
        person = await world.somebody().agree()
        await world.add(
            schema.referrals,
            id=people.random_id(),
            person_id=person.id,
            staff_id=staff_id,
            state="reached",
            opened_at=world.now,
            changed_at=world.now,
        )
        await world.add(
            schema.tasks,
            id=people.random_id(),
            kind="talk",
            person_id=person.id,
            staff_id=staff_id,
            promised_at=world.now,
            created_at=world.now,
            done_at=world.now - timedelta(days=1) if number < done else None,
            done_by=staff_id if number < done else None,
        )


async def answered(world: Any, week: str, answers: str, *, workers: int) -> None:
    for _ in range(workers):
        _, staff_id = await a_worker(world)
        given = dict(zip(("rest", "work", "support"), map(int, answers), strict=True))
        async with world.database.writing() as store:
            await wellbeing.keep_mood(store, staff_id, week, given)


@pytest.mark.parametrize("role", list(Role))
async def test_everybody_of_the_team_chooses_quiet_hours(world: Any, role: Role) -> None:
    someone = world.somebody()
    await someone.hire(role)
    await someone.tap("well")
    assert "Quiet hours: 21:00–08:00" in someone.text

    await someone.press("Quiet hours")
    await someone.press("08:00–16:00")

    assert "Quiet hours: 08:00–16:00" in someone.text
    [row] = await world.rows(schema.staff)
    assert (row["quiet_from"], row["quiet_until"]) == ("08:00", "16:00")


@pytest.mark.parametrize("wish", ["quiet:1:2", "quiet:99:8", "quiet:-1:8", "quiet:21", "quiet:x:y"])
async def test_forged_hours_are_not_kept(world: Any, wish: str) -> None:
    worker, _ = await a_worker(world)

    await worker.tap(wish)

    [row] = await world.rows(schema.staff)
    assert row["quiet_from"] is None


async def test_the_load_stands_beside_the_middle_of_three_workers(world: Any) -> None:
    worker, staff_id = await a_worker(world)
    await carries(world, staff_id, open_people=3, done=1)
    _, second = await a_worker(world)
    await carries(world, second, open_people=1)
    await worker.tap("well")
    assert "People: 3" in worker.text
    assert "Open tasks: 2" in worker.text
    assert "Done in 7 days: 1" in worker.text
    assert "middle of the team" not in worker.text  # of two it would be the other one's

    await a_worker(world)
    await worker.tap("well")

    assert "People: 3 · the middle of the team: 1" in worker.text
    assert "Only you see this." in worker.text


async def test_how_are_you_takes_three_taps(world: Any) -> None:
    worker, staff_id = await a_worker(world)
    await worker.tap("well")
    await worker.press("How I am this week")
    await worker.press("🙂")
    await worker.press("🙁")
    await worker.press("😐")

    [row] = await world.rows(schema.moods)
    assert (row["staff_id"], row["week"]) == (staff_id, WEEK)
    assert row["answers"] == {"rest": 3, "work": 1, "support": 2}
    await worker.tap("well")
    assert "48 · 🙂🙁😐" in worker.text
    [outcome] = await world.rows(schema.outcomes, kind="mood-kept")
    assert (outcome["staff_id"], outcome["area_id"], outcome["detail"], outcome["locale"]) == (None,) * 4


async def test_whoever_answers_again_changes_their_answer(world: Any) -> None:
    worker, _ = await a_worker(world)
    for answers in ("333", "111"):
        await worker.tap(f"mood:{WEEK}:{answers}")

    [row] = await world.rows(schema.moods)
    assert row["answers"] == {"rest": 1, "work": 1, "support": 1}


@pytest.mark.parametrize(
    "wish", ["mood:2026-W47:333", "mood:2026-W49:333", f"mood:{WEEK}:3333", f"mood:{WEEK}:9", "mood:x:1"]
)
async def test_a_week_that_is_over_and_forged_answers_are_not_kept(world: Any, wish: str) -> None:
    worker, _ = await a_worker(world)

    await worker.tap(wish)

    assert await world.count(schema.moods) == 0


async def test_only_the_worker_sees_their_weeks(world: Any) -> None:
    worker, staff_id = await a_worker(world)
    colleague, _ = await a_worker(world)
    office = world.somebody()
    await office.hire(Role.COORDINATOR)
    async with world.database.writing() as store:
        await wellbeing.keep_mood(store, staff_id, WEEK, {"rest": 1, "work": 1, "support": 1})

    for other in (colleague, office):
        for wish in ("well", "moods", f"mood:{WEEK}"):
            await other.tap(wish)
            assert "48 ·" not in other.text
    await worker.tap("well")
    assert "48 · 🙁🙁🙁" in worker.text


async def test_the_worker_sees_eight_weeks(world: Any) -> None:
    worker, staff_id = await a_worker(world)
    async with world.database.writing() as store:
        for number in range(30, 49):
            await wellbeing.keep_mood(
                store, staff_id, f"2026-W{number}", {"rest": 1, "work": 2, "support": 3}
            )

    await worker.tap("well")

    assert worker.text.count("🙁😐🙂") == 8
    assert "41 ·" in worker.text
    assert "40 ·" not in worker.text


async def test_the_office_sees_averages_from_five_answers_on(world: Any) -> None:
    office = world.somebody()
    await office.hire(Role.COORDINATOR)
    await answered(world, "2026-W46", "321", workers=4)
    await answered(world, "2026-W45", "321", workers=5)

    await office.tap("moods")

    weeks = office.text.split("<b>Week ")[1:]
    assert [week[:2] for week in weeks] == ["46", "45", "44", "43"]
    assert "not enough answers" in weeks[0]
    assert "😴 Rest: 2.8\n🎒 Work: 2.0\n🤝 Support: 1.2" in weeks[1]


async def test_the_running_week_is_not_shown_to_the_office(world: Any) -> None:
    office = world.somebody()
    await office.hire(Role.COORDINATOR)
    await answered(world, WEEK, "321", workers=9)

    await office.tap("moods")
    assert "2.0" not in office.text
    world.wait(days=8)
    await office.tap("moods")

    assert "2.0" in office.text


@pytest.mark.parametrize("role", [Role.WORKER, Role.REGISTRAR])
async def test_averages_are_for_the_office(world: Any, role: Role) -> None:
    someone = world.somebody()
    await someone.hire(role)

    await someone.tap("well")
    assert Verb.TEAM_MOOD not in someone.wishes
    await someone.tap("moods")

    assert someone.text == "[moods]"  # the present screen instead


async def test_how_are_you_comes_once_on_friday_and_not_to_who_answered(world: Any) -> None:
    worker, _ = await a_worker(world)
    _, paused_id = await a_worker(world)
    async with world.database.writing() as store:
        await store.execute(
            schema.staff.update().where(schema.staff.c.id == paused_id).values(paused_at=world.now)
        )
        assert await wellbeing.plan_moods(store, now=world.now, zone="Asia/Almaty") == 1
        assert await wellbeing.plan_moods(store, now=world.now, zone="Asia/Almaty") == 0
    [row] = await world.rows(schema.due)
    assert row["local_due"] == "2026-11-27T17:00"
    person = await worker.person()

    async def asked() -> Any:
        async with world.database.reading() as store:
            notices = Notices(words=world.words, vault=world.vault, zone=ZoneInfo("Asia/Almaty"))
            return await notices.render(Kind.MOOD, row, person, world.words["en"], store, world.now)

    reply = await asked()
    assert reply is not None
    assert "only you see them" in reply.steps[0].text
    worker._see(reply, asked=None)
    for _ in range(3):
        await worker.press("🙂")
    assert await world.count(schema.moods) == 1
    assert await asked() is None
