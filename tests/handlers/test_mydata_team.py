"""/mydata says what the team keeps about a person, as it is: tasks by their kind, talks with their marks."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from care.roles import Role
from care.tasks import Kind
from handlers.data_words import TASKS
from storage import referrals, schema
from storage.people import random_id


async def about(world: Any, someone: Any) -> str:
    await someone.command("/mydata")
    reply = (
        await someone.press("file") if any("file" in one.lower() for one in someone.labels) else someone.shown
    )
    return "\n".join(f"{step.text}\n{step.content}" for step in reply.steps)


@pytest.mark.parametrize("kind", list(Kind))
async def test_a_task_is_named_by_what_it_is(world: Any, kind: Kind) -> None:
    someone = world.somebody()
    person = await someone.agree()
    await world.add(
        schema.tasks,
        id=random_id(),
        kind=kind.value,
        person_id=person.id,
        promised_at=world.now + timedelta(hours=2),
        created_at=world.now,
    )

    told = await about(world, someone)

    asked = kind in {Kind.TALK, Kind.STOPPING}
    assert ("you asked for a person" in told) is asked
    assert (kind in TASKS) is not asked
    assert asked or TASKS[kind] in told


async def test_a_talk_says_what_was_marked_and_a_way_whom_one_prefers(world: Any) -> None:
    someone = world.somebody()
    person = await someone.agree()
    async with world.database.writing() as store:
        number = await referrals.open_for(store, person.id, now=world.now)
        await store.execute(
            update(schema.referrals).where(schema.referrals.c.id == number).values(wanted_gender="f")
        )
    await world.add(
        schema.relays,
        id=random_id(),
        person_id=person.id,
        promised_at=world.now,
        opened_at=world.now,
        tags=["lawyer"],
    )

    told = await about(world, someone)

    assert "find a lawyer" in told
    assert "You prefer to talk to: a woman" in told


async def test_somebody_of_the_team_reads_that_their_hours_are_kept(world: Any) -> None:
    someone = world.somebody()
    await someone.hire(Role.WORKER, languages=["ru"])

    assert "What you set: languages, woman or man, hours, time away" in await about(world, someone)


async def test_the_privacy_text_says_who_of_the_team_sees_what(world: Any) -> None:
    someone = world.somebody()
    await someone.agree()

    await someone.command("/privacy")

    assert "Coordinators see numbers, unanswered questions, and what outreach workers see" in someone.text
    assert "Nobody else of our team sees a result" in someone.text


async def test_children_lists_and_places_for_others_are_told(world: Any) -> None:
    someone = world.somebody()
    await someone.agree()
    clinic = await world.clinic(await world.area())
    await someone.tap(f"bky:{clinic}:202611251700")
    [visit] = await world.rows(schema.bookings)
    await someone.tap(f"kid:{visit['id']}:5-14:0")
    await someone.tap("papers")
    await someone.press("Done: 📄")
    await someone.tap(f"bgd:3:{clinic}:20261126")
    await someone.press("Yes, keep them")

    told = await about(world, someone)

    heading, _, child = told.partition("CHILDREN AT YOUR VISITS\n")[2].partition("17:00, Clinic A, ")
    assert "25" in heading
    assert child.startswith("🧒 5 to 14\n")
    assert "A CHILD WITHOUT PAPERS: WHAT IS DONE" in told
    assert "📄 A record of the birth" in told
    assert "PLACES THAT YOU KEPT FOR OTHERS" in told
    assert "Clinic A; 3 places; until" in told
