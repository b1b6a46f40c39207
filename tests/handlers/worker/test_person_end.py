"""The team ends what it does for somebody who does not want to or is not reached, and takes that back."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from care.person import pseudonym
from care.referral import State, shown_to_workers
from care.roles import Actor, Role
from handlers.buttons import Verb
from storage import endings, referrals, schema
from storage.people import random_id

LOST, DECLINED = "🔕 Not reached for long", "🚪 Does not want to"
ENDS = {DECLINED: State.DECLINED, LOST: State.LOST}


@pytest.fixture
async def worker(world: Any) -> Any:
    someone = world.somebody()
    await someone.hire(Role.WORKER, area_id=await world.area())
    return someone


@pytest.fixture
async def person(world: Any, worker: Any) -> Any:
    """Somebody whom the worker looks after, with a task that is open."""
    someone, hired = world.somebody(), await worker.person()
    about = await someone.agree(area_id=1)
    async with world.database.writing() as store:
        referral = await referrals.open_for(
            store, about.id, now=world.now, staff_id=hired.roles[0].id, area_id=1
        )
    await world.add(
        schema.tasks,
        id=random_id(),
        kind="lawyer",
        person_id=about.id,
        referral_id=referral,
        staff_id=hired.roles[0].id,
        promised_at=world.now,
        created_at=world.now,
    )
    return someone


async def stands(world: Any, **values: Any) -> None:
    async with world.database.writing() as store:
        await store.execute(update(schema.referrals).values(**values))


async def the_one(world: Any) -> Any:
    [row] = await world.rows(schema.referrals)
    return row


async def open_card(worker: Any, person: Any) -> int:
    about = await person.person()
    await worker.tap(f"pers:{about.id}")
    return int(about.id)


@pytest.mark.parametrize("label", ENDS)
async def test_the_team_ends_an_episode_after_a_question_that_says_what_follows(
    world: Any, worker: Any, person: Any, label: str
) -> None:
    person_id = await open_card(worker, person)
    await worker.press(label)
    assert "open tasks and a wait for a place end" in worker.text
    assert (await the_one(world))["closed_at"] is None, "it asks first"
    before = len(await world.rows(schema.due))
    await worker.press("yes, end it")

    row = await the_one(world)
    assert (row["state"], row["closed_at"], row["ended_from"]) == (ENDS[label].value, world.now, "reached")
    assert pseudonym(person_id) in worker.text
    [task] = await world.rows(schema.tasks)
    assert task["done_at"] == world.now
    assert len(await world.rows(schema.due)) == before, "the person is told nothing"
    [told] = await world.rows(schema.outcomes, kind="episode-closed")
    assert (told["detail"], told["referral_id"], told["role"]) == (ENDS[label].value, row["id"], "worker")
    [deed] = await world.rows(schema.audit, act="episode-closed")
    assert (deed["detail"], deed["about_id"]) == (ENDS[label].value, row["id"])


async def test_an_end_is_taken_back_with_one_tap_for_a_day_also_from_the_list(
    world: Any, worker: Any, person: Any
) -> None:
    person_id = await open_card(worker, person)
    await worker.press(LOST)
    await worker.press("yes, end it")
    await worker.press("take it back")
    assert (await the_one(world))["closed_at"] is None
    assert Verb.PERSON_HAND in worker.wishes, "the card is there again"

    await worker.press(LOST)
    await worker.press("yes, end it")
    await worker.command("/people")
    await worker.press(f"Look after {pseudonym(person_id)} again")
    row = await the_one(world)
    assert (row["state"], row["closed_at"]) == ("reached", None)
    undone = [one["detail"] for one in await world.rows(schema.outcomes, kind="undone")]
    assert undone == ["episode-closed.lost-to-follow-up"] * 2
    assert len(await world.rows(schema.audit, act="episode-reopened")) == 2

    await worker.press(LOST)
    await worker.press("yes, end it")
    world.wait(days=1)
    await worker.tap(f"pend:{person_id}:u")
    assert "Somebody else makes this step" in worker.text
    await worker.command("/people")
    assert Verb.PERSON_END not in worker.wishes
    assert (await the_one(world))["closed_at"] is not None


async def test_a_second_press_and_a_colleague_change_nothing(world: Any, worker: Any, person: Any) -> None:
    person_id = await open_card(worker, person)
    other = world.somebody()
    await other.hire(Role.WORKER)
    for data in (f"pend:{person_id}:d:y", f"pend:{person_id}:u"):
        await other.tap(data)
        assert other.text == "This is not here any more."
    await worker.tap(f"pend:{person_id}:d:y")
    for data in (f"pend:{person_id}:d:y", f"pend:{person_id}:l:y"):
        await worker.tap(data)
        assert worker.text == "This is not here any more."
    await other.tap(f"pend:{person_id}:u")

    assert other.text == "This is not here any more."
    assert (await the_one(world))["state"] == "declined"


async def test_who_has_only_a_task_about_somebody_ends_nothing_for_them(
    world: Any, worker: Any, person: Any
) -> None:
    colleague = world.somebody()
    await colleague.hire(Role.WORKER)
    helping = (await colleague.person()).roles[0].id
    async with world.database.writing() as store:
        await store.execute(update(schema.tasks).values(staff_id=helping))
    person_id = await open_card(colleague, person)
    assert pseudonym(person_id) in colleague.text
    assert Verb.PERSON_END not in colleague.wishes
    await colleague.tap(f"pend:{person_id}:d:y")

    assert colleague.text == "This is not here any more."
    assert (await the_one(world))["closed_at"] is None


async def test_nothing_ends_while_a_visit_is_ahead(world: Any, worker: Any, person: Any) -> None:
    clinic = await world.clinic(1)
    await person.tap(f"bky:{clinic}:202611241830")
    await open_card(worker, person)
    await worker.press(LOST)

    assert "A visit is ahead. It stays" in worker.text
    assert (await the_one(world))["state"] == "booked"


async def test_whoever_was_closed_books_again_and_begins_anew(world: Any, worker: Any, person: Any) -> None:
    clinic = await world.clinic(1)
    person_id = await open_card(worker, person)
    await worker.tap(f"pend:{person_id}:d:y")
    await person.tap(f"bky:{clinic}:202611241830")
    states = {row["state"]: row["closed_at"] is None for row in await world.rows(schema.referrals)}
    assert states == {"declined": False, "booked": True}
    await worker.tap(f"pend:{person_id}:u")

    assert "did not want to" in worker.text
    assert len(await world.rows(schema.referrals)) == 2


async def test_how_an_episode_may_end_tells_nobody_what_a_result_is(
    world: Any, worker: Any, person: Any
) -> None:
    person_id, seen = await open_card(worker, person), set()
    for state in (one for one in State if shown_to_workers(one) is State.RESULT_GIVEN):
        await stands(world, state=state.value)
        for data in (
            f"pers:{person_id}",
            f"pend:{person_id}:l",
            f"pend:{person_id}:l:y",
            f"pend:{person_id}:d:y",
        ):
            await worker.tap(data)
            seen.add((data, worker.text, tuple(worker.labels)))
    assert len(seen) == 4, "the same for all"
    assert "They stand at: the result was given" in worker.text
    assert (await the_one(world))["closed_at"] is None


async def test_only_how_somebody_can_be_lost_is_offered_after_the_examination(
    world: Any, worker: Any, person: Any
) -> None:
    await stands(world, state="examined")
    await open_card(worker, person)

    assert LOST in worker.labels
    assert DECLINED not in worker.labels


async def test_the_numbers_count_who_was_closed_and_not_whom_the_team_looks_after_again(
    world: Any, worker: Any, person: Any
) -> None:
    office = world.somebody()
    await office.hire(Role.COORDINATOR)
    person_id = await open_card(worker, person)
    began = {"kind": "consented", "role": "person", "referral_id": (await the_one(world))["id"]}
    await world.add(schema.outcomes, at=world.now, **began)
    await worker.tap(f"pend:{person_id}:d:y")
    await worker.tap(f"pend:{person_id}:u")
    await worker.tap(f"pend:{person_id}:l:y")
    await office.command("/stats")
    assert "Ended by the team: did not want to: 0; not reached for long: 1" in office.text
    await worker.tap(f"pend:{person_id}:u")
    await office.command("/stats")

    assert "Ended by the team" not in office.text


async def test_a_coordinator_ends_and_takes_back_for_whom_they_oversee(
    world: Any, worker: Any, person: Any
) -> None:
    office = world.somebody()
    await office.hire(Role.COORDINATOR)
    person_id = await open_card(office, person)
    await office.press(DECLINED)
    await office.press("yes, end it")
    assert (await the_one(world))["state"] == "declined"
    await office.tap(f"pend:{person_id}:u")

    assert (await the_one(world))["closed_at"] is None
    [told] = await world.rows(schema.outcomes, kind="episode-closed")
    assert told["role"] == "coordinator"


async def test_a_wait_for_a_place_ends_with_the_episode(world: Any, worker: Any, person: Any) -> None:
    person_id = await open_card(worker, person)
    waits = {"person_id": person_id, "days": [], "hours": "any", "refused": [], "created_at": world.now}
    await world.add(schema.waits, id=random_id(), **waits, ends_at=world.now + timedelta(days=30))
    await worker.tap(f"pend:{person_id}:l:y")

    [wait] = await world.rows(schema.waits)
    assert wait["ended_at"] == world.now


async def test_what_was_booked_meanwhile_keeps_everything_as_it_is(
    world: Any, worker: Any, person: Any
) -> None:
    clinic = await world.clinic(1)
    person_id = await open_card(worker, person)
    await person.tap(f"bky:{clinic}:202611241830")
    waits = {"person_id": person_id, "days": [], "hours": "any", "refused": [], "created_at": world.now}
    await world.add(schema.waits, id=random_id(), **waits, ends_at=world.now + timedelta(days=30))
    async with world.database.writing() as store:
        held = await endings.close(
            store, (await the_one(world))["id"], State.LOST, by=Actor.WORKER, now=world.now
        )

    assert held == datetime.fromisoformat("2026-11-24T18:30")
    [wait], [task] = await world.rows(schema.waits), await world.rows(schema.tasks)
    assert (wait["ended_at"], task["done_at"]) == (None, None)
