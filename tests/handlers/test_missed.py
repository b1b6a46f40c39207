"""Who did not come, or cannot, is asked kindly and helped at once; after two misses a person helps."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from care.absence import Reason
from care.message_kinds import Kind
from care.register import Mark
from care.roles import Actor, Role
from care.tasks import Priority
from handlers.buttons import Verb, build
from handlers.notices import Notices
from handlers.reason_words import REASONS
from storage import people, register, schema

REMEDIES = {  # what each reason leads to, besides what stands below all
    Reason.BOSS: {Verb.BOOK_TIME, Verb.TOPIC},
    Reason.MONEY: {Verb.BOOK_TIME, Verb.TOPIC},
    Reason.FEAR: {Verb.TOPIC},
    Reason.PAPERS: {Verb.TOPIC},
    Reason.ROAD: {Verb.BOOK_TIME, Verb.MAP},
    Reason.FORGOT: {Verb.BOOK_TIME},
    Reason.WELL: {Verb.BOOK_TIME, Verb.TOPIC},
    Reason.OTHER: set(),
}
BELOW = {Verb.BOOK_CLINIC, Verb.TALK, Verb.NO_HELP, Verb.WHY, Verb.HOME}


@pytest.fixture
async def worker(world: Any) -> Any:
    someone = world.somebody()
    await someone.hire(Role.WORKER, area_id=await world.area())
    return someone


@pytest.fixture
async def person(world: Any, worker: Any) -> Any:
    """Somebody with a visit on Tuesday at 18:30."""
    area = (await world.rows(schema.areas))[0]["id"]
    await world.clinic(area)
    someone = world.somebody()
    await someone.agree(area_id=area)
    await someone.tap("bky:1:202611241830")
    return someone


async def visit_id(world: Any, *, nth: int = -1) -> int:
    rows = sorted(await world.rows(schema.bookings), key=lambda row: row["created_at"])
    return int(rows[nth]["id"])


async def visit(world: Any, *, nth: int = -1) -> Any:
    return sorted(await world.rows(schema.bookings), key=lambda row: row["created_at"])[nth]


async def open_tasks(world: Any) -> list[tuple[str, str | None]]:
    rows = await world.rows(schema.tasks)
    return [(row["kind"], row["topic"]) for row in rows if row["done_at"] is None]


async def missed_again(world: Any, person: Any) -> None:
    """Miss the visit on Tuesday and another one on Thursday."""
    world.wait(days=2)
    await person.tap(build(Verb.WENT, await visit_id(world), "n"))
    await person.tap("bky:1:202611261830")
    world.wait(days=2)
    await person.tap(build(Verb.WENT, await visit_id(world), "n"))


async def test_no_leads_to_eight_reasons_and_nobody_is_blamed(world, person):
    world.wait(days=2)
    await person.tap(build(Verb.WENT, await visit_id(world), "n"))

    assert "Nobody is angry with you. What was in the way?" in person.text
    assert set(REASONS.values()) <= set(person.labels)
    assert {Verb.WHY, Verb.FAILED, Verb.BOOK_CLINIC, Verb.HOME} == set(person.wishes)


@pytest.mark.parametrize("reason", Reason)
async def test_each_reason_has_its_own_remedy_in_one_tap(world, person, reason):
    world.wait(days=2)
    await person.tap(build(Verb.WENT, await visit_id(world), "n"))
    await person.press(REASONS[reason])

    assert set(person.wishes) == REMEDIES[reason] | BELOW
    assert (await visit(world))["reason"] == reason.value
    outcomes = await world.rows(schema.outcomes, kind="reason-given")
    assert [row["detail"] for row in outcomes] == [reason.value]
    assert (await world.outcomes()).count("said-missed") == 1


async def test_a_boss_gets_evenings_and_saturdays_that_are_booked_in_two_taps(world, person):
    world.wait(days=2)
    await person.tap(build(Verb.WHY, await visit_id(world), "boss"))

    assert "🌙" in person.text
    assert len([one for one in person.wishes if one is Verb.BOOK_TIME]) == 3
    await person.press(Verb.BOOK_TIME)
    await person.press(Verb.BOOK_YES)

    assert "You are booked" in person.text


async def test_where_no_evening_is_free_it_is_said(world, person):
    async with world.database.writing() as store:
        await store.execute(update(schema.sessions).values(starts="09:00", ends="12:00", weekday=1))
    world.wait(days=2)
    await person.tap(build(Verb.WHY, await visit_id(world), "boss"))

    assert "No such place is free now" in person.text
    assert Verb.BOOK_CLINIC in person.wishes


async def test_money_shows_who_pays_and_the_road_how_to_get_there(world, person):
    world.wait(days=2)
    await person.tap(build(Verb.WHY, await visit_id(world), "money"))
    assert "Ask at the clinic what is free." in person.text

    await person.tap(build(Verb.WHY, await visit_id(world), "road"))
    assert "Bus 10 to the market" in person.text


async def test_on_the_road_to_the_next_visit_somebody_comes_along(world, person):
    world.wait(days=2)
    await person.tap("bky:1:202611261830")
    await person.tap(build(Verb.WHY, await visit_id(world, nth=0), "road"))

    await person.press(Verb.COMPANY)
    assert "Who should come?" in person.text
    wishes = [item.data for item in person.keys if item.data.startswith(f"{Verb.COMPANY_WISH}:")]
    [ahead] = await world.rows(schema.bookings, local_start="2026-11-26T18:30")
    assert wishes
    assert all(one.split(":")[1] == str(ahead["id"]) for one in wishes)


async def test_fear_leads_to_the_answers_about_deportation_and_confidentiality(world, person):
    world.wait(days=2)
    await person.tap(build(Verb.WHY, await visit_id(world), "fear"))

    topics = [item.data for item in person.keys if item.data.startswith("topic:")]
    assert [one.split(":")[1] for one in topics][:2] == ["deportation", "confidentiality"]
    await person.press(Verb.TOPIC)
    assert person.text


async def test_papers_lead_to_legal_help_by_a_person(world, person):
    world.wait(days=2)
    await person.tap(build(Verb.WHY, await visit_id(world), "papers"))

    assert build(Verb.TALK, "legal-help") in [item.data for item in person.keys]


async def test_a_reason_can_be_changed_and_the_miss_is_counted_once(world, person):
    world.wait(days=2)
    await person.tap(build(Verb.WHY, await visit_id(world), "boss"))
    await person.press("Other reasons")
    await person.press("Papers")

    assert (await visit(world))["reason"] == "papers"
    assert (await world.outcomes()).count("said-missed") == 1


async def test_when_nothing_helps_the_worker_gets_a_task_with_the_reason_once(world, person, worker):
    world.wait(days=2)
    await person.tap(build(Verb.WHY, await visit_id(world), "fear"))
    await person.press("None of this helps")
    await person.tap(build(Verb.NO_HELP, await visit_id(world)))

    assert "One of our team knows it now" in person.text
    assert ("remedy", "fear") in await open_tasks(world)
    assert len(await world.rows(schema.tasks, kind="remedy")) == 1
    task = (await world.rows(schema.tasks, kind="remedy"))[0]
    await worker.tap(build(Verb.TASK, task["id"]))
    assert "In the way: 😟 I am afraid" in worker.text


async def test_who_was_there_is_asked_for_no_reason(world, person):
    world.wait(days=2)
    async with world.database.writing() as store:
        await store.execute(update(schema.bookings).values(came_at=world.now))
    for verb in (Verb.WHY, Verb.NO_HELP):
        await person.tap(build(verb, await visit_id(world)))
        assert "This button is old." in person.shown.toast
    await person.tap(build(Verb.WHY, await visit_id(world), "boss"))

    assert (await visit(world))["reason"] is None


@pytest.mark.parametrize("word", ["", "nonsense"])
async def test_a_reason_that_is_none_shows_the_reasons(world, person, word):
    world.wait(days=2)
    await person.tap(build(Verb.WHY, await visit_id(world), *([word] if word else [])))

    assert "What was in the way?" in person.text
    assert (await visit(world))["said"] is None


AHEAD = {  # what each reason leads to while the visit stands, besides what stands below all
    Reason.BOSS: {Verb.MOVE_TIME, Verb.TOPIC},
    Reason.MONEY: {Verb.TOPIC},
    Reason.FEAR: {Verb.TOPIC, Verb.COMPANY},
    Reason.PAPERS: {Verb.TOPIC},
    Reason.ROAD: {Verb.MOVE_TIME, Verb.MAP, Verb.COMPANY},
    Reason.FORGOT: set(),
    Reason.WELL: {Verb.TOPIC},
    Reason.OTHER: set(),
}
BELOW_AHEAD = {Verb.VISIT, Verb.MOVE, Verb.TALK, Verb.NO_HELP, Verb.CANNOT, Verb.HOME}


@pytest.mark.parametrize("reason", Reason)
async def test_i_cannot_come_shows_what_helps_at_once_and_the_visit_stands(world, person, reason):
    await person.tap(build(Verb.CANNOT, await visit_id(world)))
    await person.press(REASONS[reason])

    assert set(person.wishes) == AHEAD[reason] | BELOW_AHEAD
    assert "Tuesday, 24 November, 18:30</b> is still yours" in person.text
    assert {"⬅️ Keep my time", "🔁 Another time", "❌ Give it back"} <= set(person.labels)
    row = await visit(world)
    assert (row["cancelled_at"], row["reason"], row["said"]) == (None, None, None)
    assert [one["detail"] for one in await world.rows(schema.outcomes, kind="reason-given")] == [reason.value]
    assert "cancelled" not in await world.outcomes()


async def test_company_is_offered_for_the_visit_that_stands(world, person):
    mine = await visit_id(world)
    await person.tap(build(Verb.CANNOT, mine, "fear"))
    assert "can come along on Tuesday, 24 November, 18:30" in person.text
    assert build(Verb.COMPANY, mine) in [item.data for item in person.keys]
    await person.press("Come with me")

    assert Verb.COMPANY_WISH in person.wishes


async def test_an_evening_instead_moves_the_visit_and_makes_no_second_one(world, person):
    async with world.database.writing() as store:
        await store.execute(update(schema.sessions).values(starts="08:00", ends="20:00"))
    await person.tap(build(Verb.CANNOT, await visit_id(world), "boss"))
    await person.press(Verb.MOVE_TIME)
    await person.press(Verb.MOVE_YES)

    standing = [row for row in await world.rows(schema.bookings) if row["cancelled_at"] is None]
    assert len(standing) == 1
    assert "moved" in await world.outcomes()


async def test_who_keeps_the_time_is_asked_afterwards_like_everybody(world, person):
    mine = await visit_id(world)
    await person.tap(build(Verb.CANNOT, mine, "fear"))
    await person.press("Keep my time")
    assert "Tuesday, 24 November, 18:30" in person.text
    world.wait(days=2)

    assert await render(world, person, Kind.VISIT_AFTER, booking_id=mine) is not None


async def test_when_nothing_helps_before_the_visit_the_worker_has_a_task_while_it_stands(
    world, person, worker
):
    await person.tap(build(Verb.CANNOT, await visit_id(world), "papers"))
    await person.press("None of this helps")

    assert "One of our team knows it now" in person.text
    assert ("remedy", "papers") in await open_tasks(world)
    assert (await visit(world))["cancelled_at"] is None
    assert {Verb.VISIT, Verb.MOVE, Verb.TALK} <= set(person.wishes)
    await person.press("Other reasons")
    assert "You cannot come on" in person.text


async def test_giving_back_says_that_the_childs_place_goes_too(world, person):
    mine = await visit_id(world)
    await person.tap(build(Verb.CANNOT, mine, "boss", "g"))
    assert "child" not in person.text
    await person.tap(build(Verb.CHILD_ADD, mine, "5-14", 0))
    await person.tap(build(Verb.CANNOT, mine, "boss"))
    await person.press("Give it back")

    assert "The child's place is given back, too." in person.text
    assert all(row["cancelled_at"] is None for row in await world.rows(schema.bookings))


async def test_i_cannot_come_asks_why_then_before_the_place_is_given_back(world, person):
    await person.tap(build(Verb.VISIT, await visit_id(world)))
    assert Verb.CANNOT not in person.wishes
    world.wait(hours=24)
    await person.tap(build(Verb.VISIT, await visit_id(world)))
    await person.press("I cannot come")
    assert "Tuesday, 24 November, 18:30" in person.text
    await person.press("My boss")
    await person.press("Give it back")

    assert "Give back your time" in person.text
    assert (await visit(world))["cancelled_at"] is None

    await person.press("Yes, give it back")

    assert "is given back" in person.text
    row = await visit(world)
    assert row["cancelled_at"] is not None
    assert row["reason"] == "boss"
    assert {row["state"] for row in await world.rows(schema.due, booking_id=row["id"])} == {"cancelled"}
    assert set(person.wishes) == REMEDIES[Reason.BOSS] | BELOW
    assert (await world.outcomes())[-1] == "cancelled"
    assert (await world.outcomes()).count("reason-given") == 1


async def test_the_time_that_was_given_back_is_not_offered_again(world, person):
    async with world.database.writing() as store:
        await store.execute(update(schema.sessions).values(starts="18:30", ends="19:00", capacity=1))
    await person.tap(build(Verb.CANNOT, await visit_id(world), "forgot", "y"))

    offered = [item.data for item in person.keys if item.data.startswith("bkt:")]
    assert len(offered) == 3
    assert "bkt:1:202611241830" not in offered


async def test_the_worker_reads_the_reason_in_the_task(world, person, worker):
    world.wait(days=2)
    await person.tap(build(Verb.WENT, await visit_id(world), "n"))
    assert ("missed", None) in await open_tasks(world)
    await person.press("My boss")

    assert ("missed", "boss") in await open_tasks(world)
    [task] = await world.rows(schema.tasks, kind="missed")
    await worker.tap(build(Verb.TASK, task["id"]))
    assert "In the way: 👷 My boss" in worker.text


async def test_a_worker_gives_a_place_back_for_somebody_without_telegram(world, person, worker):
    await worker.command("/newperson")
    await worker.press(Verb.NEWPERSON)
    await worker.press(Verb.NEWPERSON_YES)
    await worker.press("Book")
    await worker.press(Verb.BOOK_TIME)
    await worker.press(Verb.BOOK_YES)
    await worker.press("I cannot come")
    await worker.press("My boss")
    await worker.press("Give it back")
    await worker.press("Yes, give it back")

    assert worker.wishes[0] is Verb.AGENT_END
    assert {Verb.BOOK_TIME, Verb.NO_HELP, Verb.WHY} <= set(worker.wishes)
    [outcome] = await world.rows(schema.outcomes, kind="reason-given")
    assert outcome["role"] == "worker"
    await worker.press("None of this helps")
    assert ("remedy", "boss") in await open_tasks(world)


@pytest.mark.parametrize("reason", Reason)
async def test_a_worker_can_read_out_what_helps_somebody_without_telegram(world, person, worker, reason):
    await worker.command("/newperson")
    await worker.press(Verb.NEWPERSON)
    await worker.press(Verb.NEWPERSON_YES)
    await worker.press("Book")
    await worker.press(Verb.BOOK_TIME)
    await worker.press(Verb.BOOK_YES)
    await worker.press("I cannot come")
    await worker.press(REASONS[reason])

    assert set(worker.wishes) - {Verb.AGENT_END} == (AHEAD[reason] | BELOW_AHEAD) - {Verb.TALK}
    assert "tell a person" not in worker.text
    assert "Tell it to a person" not in worker.text
    if Verb.TOPIC not in worker.wishes:
        return
    await worker.press(Verb.TOPIC)
    assert worker.wishes[0] is Verb.AGENT_END
    assert Verb.HOME in worker.wishes
    [read] = await world.rows(schema.outcomes, kind="answered")
    assert read["role"] == "worker"


async def test_i_cannot_come_pressed_twice_gives_back_once(world, person):
    data = build(Verb.CANNOT, await visit_id(world), "boss", "y")
    await person.tap(data)
    await person.tap(data)

    assert (await world.outcomes()).count("cancelled") == 1
    assert Verb.NO_HELP in person.wishes


async def test_after_i_cannot_come_other_reasons_and_help_can_be_asked_for(world, person):
    await person.tap(build(Verb.CANNOT, await visit_id(world), "money", "y"))
    await person.press("Other reasons")
    await person.press("Papers")
    await person.press("None of this helps")

    assert ("remedy", "papers") in await open_tasks(world)
    assert "said-missed" not in await world.outcomes()


async def test_i_cannot_come_after_the_beginning_asks_what_was_in_the_way(world, person):
    world.wait(days=2)
    await person.tap(build(Verb.CANNOT, await visit_id(world)))

    assert "What was in the way?" in person.text
    assert (await visit(world))["cancelled_at"] is None


async def test_a_visit_that_was_cancelled_without_a_reason_asks_for_none(world, person):
    await person.tap(build(Verb.CANCEL_YES, await visit_id(world)))
    await person.tap(build(Verb.WHY, await visit_id(world), "boss"))

    assert "This button is old." in person.shown.toast
    assert (await visit(world))["reason"] is None


async def test_after_two_misses_the_worker_gets_an_urgent_task_and_the_person_hears_it(world, person, worker):
    await missed_again(world, person)

    assert "one of our team will write to you" in person.text
    assert Verb.BOOK_CLINIC in person.wishes
    task = (await world.rows(schema.tasks, kind="missed-twice"))[0]
    assert task["priority"] == Priority.URGENT
    worker_person = await worker.person()
    assert task["staff_id"] == worker_person.roles[0].id
    assert "missed" not in [kind for kind, _ in await open_tasks(world)]
    told = await world.rows(schema.due, kind="task")
    assert [row["person_id"] for row in told] == [worker_person.id]


async def test_after_two_misses_one_can_still_book_and_the_task_stays(world, person):
    await missed_again(world, person)
    await person.tap("bky:1:202611301830")

    assert "You are booked" in person.text
    assert "missed-twice" in [kind for kind, _ in await open_tasks(world)]


async def test_a_closed_door_does_not_count_towards_two_misses(world, person):
    world.wait(days=2)
    await person.tap(build(Verb.WENT, await visit_id(world), "n"))
    await person.tap("bky:1:202611261830")
    world.wait(days=2)
    await person.tap(build(Verb.WENT, await visit_id(world), "n"))
    assert "missed-twice" in [kind for kind, _ in await open_tasks(world)]
    await person.tap(build(Verb.FAILED, await visit_id(world), "closed"))

    assert "missed-twice" not in [kind for kind, _ in await open_tasks(world)]
    await person.tap(build(Verb.WHY, await visit_id(world, nth=0)))
    assert "one of our team will write" not in person.text


async def render(world: Any, person: Any, kind: Kind, *, booking_id: int | None = None) -> Any:
    """Word the newest planned message of a kind."""
    receiver = await person.person()
    rows = await world.rows(schema.due, kind=kind.value, person_id=receiver.id)
    rows = [row for row in rows if booking_id is None or row["booking_id"] == booking_id]
    async with world.database.writing() as store:
        known = await people.by_id(store, receiver.id)
        notices = Notices(words=world.words, vault=world.vault, zone=ZoneInfo("Asia/Almaty"))
        return await notices.render(kind, rows[-1], known, world.words["en"], store, world.now)


async def test_after_two_misses_the_bot_asks_nothing_more(world, person):
    await missed_again(world, person)
    await person.tap("bky:1:202611301830")
    third = await visit_id(world)
    assert await render(world, person, Kind.VISIT_EVE, booking_id=third) is not None
    world.wait(days=4)

    assert await render(world, person, Kind.VISIT_AFTER, booking_id=third) is None


async def test_whom_the_desk_missed_twice_hears_once_that_a_person_writes(world, person):
    world.wait(days=2)
    await person.tap(build(Verb.WENT, await visit_id(world), "n"))
    await person.tap("bky:1:202611261830")
    world.wait(days=2)
    second = await visit_id(world)
    async with world.database.writing() as store:
        marked = update(schema.bookings).where(schema.bookings.c.id == second)
        await store.execute(marked.values(missed_at=world.now))

    reply = await render(world, person, Kind.VISIT_AFTER, booking_id=second)
    assert "one of our team will write to you" in reply.steps[0].text
    assert "Did you go" not in reply.steps[0].text


async def test_half_a_booking_is_not_asked_about_after_two_misses(world, person):
    await missed_again(world, person)
    await person.tap(build(Verb.BOOK_CLINIC, 1))
    world.wait(hours=3)

    assert await render(world, person, Kind.NUDGE) is None


async def test_mydata_tells_what_was_said_of_a_visit(world, person):
    world.wait(days=2)
    await person.tap(build(Verb.WHY, await visit_id(world), "papers"))
    await person.tap(build(Verb.FAILED, await visit_id(world), "charged"))
    await person.command("/mydata")

    content = "".join(step.content for step in person.shown.steps)
    assert "in the way: 📄 Papers" in content
    assert "wrong at the clinic: 💸 I was asked to pay" in content


async def test_who_comes_after_all_needs_no_more_help_to_come(world, person):
    mine = await visit_id(world)
    await person.tap(build(Verb.CANNOT, mine, "fear"))
    await person.press("None of this helps")
    assert ("remedy", "fear") in await open_tasks(world)

    world.wait(days=1)
    async with world.database.writing() as store:
        attendance = await register.lock(store, mine, None)
        assert attendance is not None
        await register.mark(store, attendance, Mark.CAME, by=Actor.REGISTRAR, now=world.now)

    assert "remedy" not in dict(await open_tasks(world))


async def test_whom_the_way_is_too_long_is_not_led_to_the_same_clinic_where_there_is_another(world, person):
    mine = await visit_id(world)
    await person.tap(build(Verb.CANNOT, mine, "road"))
    assert "Clinic A" in person.text  # there is no other

    await world.clinic((await world.rows(schema.areas))[0]["id"], name="Clinic B")
    await person.tap(build(Verb.CANNOT, mine, "road"))
    assert "Clinic B" in person.text
    assert "Clinic A" not in person.text
