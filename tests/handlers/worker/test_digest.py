"""The morning message and others about tasks: true at the moment of sending, and silent about illness."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, update

from bot.tasks import look
from care.digest import HOURS
from care.message_kinds import Kind
from care.person import pseudonym
from care.roles import Role
from handlers.buttons import Verb
from handlers.notices import Notices
from handlers.parts import Parts
from handlers.routes import Routes
from handlers.screens import Reply
from handlers.strangers import Strangers
from handlers.worker.caseload_table import caseload_buttons
from locales.catalogue import Words
from storage import people, referrals, schema, tasks
from storage.vault import Vault

ALMATY = ZoneInfo("Asia/Almaty")


@pytest.fixture
def routes(words: Words, vault: Vault, strangers: Strangers, make_table: Any) -> Routes:
    parts = Parts(words=words, vault=vault, strangers=strangers, zone="Asia/Almaty", username="hamroh_bot")
    return make_table(buttons=caseload_buttons(parts, ALMATY))


async def worded(world: Any, kind: Kind) -> list[Reply | None]:
    """Return what the messages of a kind say now."""
    notices = Notices(words=world.words, vault=world.vault, zone=ALMATY)
    said = []
    async with world.database.reading() as store:
        rows = (await store.execute(select(schema.due).where(schema.due.c.kind == kind.value))).mappings()
        for row in rows.all():
            person = await people.by_id(store, row["person_id"])
            assert person is not None
            said.append(await notices.render(kind, row, person, world.words["en"], store, world.now))
    return said


async def looked(world: Any) -> None:
    await look(world.database, now=world.now, zone="Asia/Almaty")


async def somebody(world: Any, staff_id: int, *, task: str = "", hours: int = 2, new: bool = False) -> Any:
    """Add somebody in a worker's care, with a task."""
    person = await world.somebody().agree(locale="uz")
    since = world.now - timedelta(hours=1 if new else 99)
    async with world.database.writing() as store:
        referral = await referrals.open_for(store, person.id, now=since, staff_id=staff_id)
        if task:
            await tasks.add(
                store,
                person_id=person.id,
                promised_at=world.now + timedelta(hours=hours),
                now=world.now,
                kind=task,
                referral_id=referral,
                staff_id=staff_id,
            )
    return person


async def visits(world: Any, person: Any) -> None:
    clinic = await world.clinic(await world.area())
    [referral] = await world.rows(schema.referrals, person_id=person.id)
    await world.add(
        schema.bookings,
        id=1,
        person_id=person.id,
        referral_id=referral["id"],
        clinic_id=clinic,
        starts_at=world.now + timedelta(hours=6),
        local_start="2026-11-23T18:00",
        local_day="2026-11-23",
        zone="Asia/Almaty",
        place=0,
        created_at=world.now,
    )


async def test_the_morning_says_what_is_due_who_is_new_and_who_has_a_visit(world: Any) -> None:
    worker = world.somebody()
    staff_id = await worker.hire(Role.WORKER)
    late = await somebody(world, staff_id, task="talk", hours=-2)
    today = await somebody(world, staff_id, task="talk", hours=5)
    await somebody(world, staff_id, task="talk", hours=50)
    new = await somebody(world, staff_id, new=True)
    await visits(world, today)
    await looked(world)

    [reply] = await worded(world, Kind.DIGEST)

    assert reply is not None
    [step] = reply.steps
    for part in (
        "📌 2 tasks for today",
        "🔴 1 is late",
        f"• {pseudonym(late.id)} 🔴 Late since 10:00, today",
        f"• {pseudonym(today.id)} ⏰ Until 17:00, today",
        f"📅 1 visit today\n• 18:00 {pseudonym(today.id)}",
        f"👋 1 new person\n{pseudonym(new.id)}",
    ):
        assert part in step.text


async def test_with_nothing_to_do_there_is_no_message(world: Any) -> None:
    worker = world.somebody()
    staff_id = await worker.hire(Role.WORKER)
    await somebody(world, staff_id, task="talk", hours=50)
    await looked(world)

    assert await worded(world, Kind.DIGEST) == [None]


@pytest.mark.parametrize("change", ["paused_at", "ended_at", "away_until"])
async def test_who_does_not_work_any_more_when_it_is_sent_gets_none(world: Any, change: str) -> None:
    worker = world.somebody()
    await somebody(world, await worker.hire(Role.WORKER), task="talk")
    await looked(world)
    async with world.database.writing() as store:
        await store.execute(update(schema.staff).values({change: world.now + timedelta(days=1)}))

    assert await worded(world, Kind.DIGEST) == [None]


async def test_yesterdays_message_is_not_sent_today(world: Any) -> None:
    worker = world.somebody()
    await somebody(world, await worker.hire(Role.WORKER), task="talk")
    await looked(world)
    world.wait(days=1)

    assert await worded(world, Kind.DIGEST) == [None]


async def test_the_hour_is_chosen_on_a_screen(world: Any) -> None:
    worker = world.somebody()
    await worker.hire(Role.WORKER)
    await worker.tap("digest")
    assert "✓ 09:00" in worker.labels

    await worker.press("11:00")

    assert [row["digest_at"] for row in await world.rows(schema.staff)] == ["11:00"]
    assert "✓ 11:00" in worker.labels
    await worker.press("No message")
    assert [row["digest_at"] for row in await world.rows(schema.staff)] == ["-"]
    assert "✓ 🔕 No message" in worker.labels
    assert [row["detail"] for row in await world.rows(schema.outcomes, kind="digest-set")] == ["11:00", "-"]


@pytest.mark.parametrize("word", ["0300", "2500", "x", "", "09:00"])
async def test_a_forged_hour_changes_nothing(world: Any, word: str) -> None:
    worker = world.somebody()
    await worker.hire(Role.WORKER)

    await worker.tap(f"digest:{word}" if ":" not in word else "digest:09+00")

    assert [row["digest_at"] for row in await world.rows(schema.staff)] == [None]
    assert len([label for label in worker.labels if label.endswith(":00")]) == len(HOURS)


async def test_somebody_with_two_late_tasks_is_one_person_for_the_coordinator(world: Any) -> None:
    worker, boss = world.somebody(), world.somebody()
    staff_id = await worker.hire(Role.WORKER)
    await boss.hire(Role.COORDINATOR)
    person = await somebody(world, staff_id)
    await visits(world, person)
    async with world.database.writing() as store:
        await store.execute(update(schema.bookings).values(created_at=world.now - timedelta(days=7)))
    await looked(world)
    async with world.database.writing() as store:
        first = (await store.execute(select(schema.tasks))).mappings().first()
        assert first is not None
        again = {**first, "id": first["id"] + 1, "key": "another"}
        await store.execute(insert(schema.tasks).values(**again))
        await store.execute(update(schema.tasks).values(escalated_at=world.now))

    [office] = await worded(world, Kind.LATE)

    assert office is not None
    said = f"🔴 1 person of your team needs help that is late.\n{pseudonym(person.id)}"
    assert office.steps[0].text == said


async def test_who_is_told_of_a_week_without_an_examination_reads_nothing_of_illness(world: Any) -> None:
    worker, boss = world.somebody(), world.somebody()
    staff_id = await worker.hire(Role.WORKER)
    await boss.hire(Role.COORDINATOR)
    person = await somebody(world, staff_id)
    await visits(world, person)
    async with world.database.writing() as store:
        await store.execute(update(schema.bookings).values(created_at=world.now - timedelta(days=7)))
    await looked(world)

    [owner], [office], [told] = [
        await worded(world, kind) for kind in (Kind.TASK, Kind.LATE, Kind.NOT_EXAMINED)
    ]

    assert owner is not None
    assert office is not None
    assert told is not None
    assert owner.steps[0].text == f"📌 <b>{pseudonym(person.id)}</b> needs you."
    assert office.steps[0].text.startswith("🔴 1 person of your team needs help that is late.")
    assert "Your visit is on Monday, 23 November, 18:00." in told.steps[0].text
    for reply in (owner, office, told):
        assert not any(word in reply.steps[0].text.lower() for word in ("tb", "tubercul", "examin", "test"))

    async with world.database.writing() as store:  # done meanwhile
        await store.execute(update(schema.tasks).values(done_at=world.now))
    for kind in (Kind.TASK, Kind.LATE, Kind.NOT_EXAMINED):
        assert await worded(world, kind) == [None]


async def test_a_person_without_a_visit_ahead_is_offered_a_time(world: Any) -> None:
    worker = world.somebody()
    person = await somebody(world, await worker.hire(Role.WORKER))
    await visits(world, person)
    async with world.database.writing() as store:
        past = {"created_at": world.now - timedelta(days=8), "starts_at": world.now - timedelta(days=2)}
        await store.execute(update(schema.bookings).values(**past))
    await looked(world)

    [told] = await worded(world, Kind.NOT_EXAMINED)

    assert told is not None
    assert "Shall we find a time that suits you?" in told.steps[0].text
    wishes = [key.data for row in told.steps[0].rows for key in row]
    assert wishes == [Verb.BOOK.value, Verb.TALK.value, Verb.HOME.value]

    async with world.database.writing() as store:  # the clinic has only not written of it
        await store.execute(update(schema.bookings).values(came_at=world.now - timedelta(days=2)))
    assert await worded(world, Kind.NOT_EXAMINED) == [None]
