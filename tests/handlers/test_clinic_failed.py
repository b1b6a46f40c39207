"""What a clinic did wrong is told without a name, is nobody's no-show, and leads on at once."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from care.failures import Failure
from care.message_kinds import Kind
from care.roles import Role
from handlers.buttons import Verb, build
from handlers.clinic_failed import FAILURES
from handlers.notices import Notices
from handlers.parts import Parts
from handlers.routes import Routes
from handlers.strangers import Strangers
from handlers.table import conversations
from locales.catalogue import Words
from storage import people, schema, task_changes
from storage.vault import Vault


@pytest.fixture
def routes(words: Words, vault: Vault, strangers: Strangers) -> Routes:
    parts = Parts(words=words, vault=vault, strangers=strangers, zone="Asia/Almaty", username="hamroh_bot")
    return conversations(parts).routes


@pytest.fixture
async def office(world: Any) -> Any:
    someone = world.somebody()
    await someone.hire(Role.COORDINATOR)
    return someone


@pytest.fixture
async def person(world: Any, office: Any) -> Any:
    """Somebody whose visit was on Tuesday at 18:30; it is Wednesday."""
    await world.clinic(await world.area())
    return await with_visit(world)


async def with_visit(world: Any) -> Any:
    someone = world.somebody()
    await someone.agree()
    await someone.tap("bky:1:202611241830")
    return someone


async def booking_of(world: Any, person: Any) -> int:
    [row] = await world.rows(schema.bookings, person_id=(await person.person()).id)
    return int(row["id"])


async def notice(world: Any, to: Any) -> Any:
    """Word the newest notice of failures."""
    receiver = await to.person()
    row = (await world.rows(schema.due, kind=Kind.CLINIC_FAILED.value, person_id=receiver.id))[-1]
    async with world.database.writing() as store:
        known = await people.by_id(store, receiver.id)
        notices = Notices(words=world.words, vault=world.vault, zone=ZoneInfo("Asia/Almaty"))
        return await notices.render(Kind.CLINIC_FAILED, row, known, world.words["en"], store, world.now)


async def test_a_past_visit_in_the_list_leads_to_what_was_wrong(world, person):
    world.wait(days=2)
    await person.command("/visits")
    await person.press("📋 Tue 24 Nov, 18:30")
    assert {Verb.WENT, Verb.FAILED} <= set(person.wishes)
    await person.press("Something was wrong there")

    assert set(FAILURES.values()) <= set(person.labels)
    assert "without your name" in person.text


@pytest.mark.parametrize("failure", Failure)
async def test_each_failure_is_kept_counted_and_followed_by_a_next_step(world, person, failure):
    world.wait(days=2)
    mine = await booking_of(world, person)
    await person.tap(build(Verb.FAILED, mine))
    await person.press(FAILURES[failure])

    assert "Thank you." in person.text
    assert [row["failure"] for row in await world.rows(schema.bookings)] == [failure.value]
    [outcome] = await world.rows(schema.outcomes, kind="clinic-failed")
    assert outcome["detail"] == failure.value
    assert outcome["clinic_id"] == 1
    first = {
        Failure.CLOSED: Verb.BOOK_TIME,
        Failure.TURNED_AWAY: Verb.BOOK_TIME,
        Failure.CHARGED: Verb.TOPIC,
        Failure.OTHER: Verb.TALK,
    }
    assert person.wishes[0] is first[failure]
    assert {Verb.TALK, Verb.BOOK_CLINIC, Verb.HOME} <= set(person.wishes)


async def test_who_paid_though_it_is_free_sees_what_is_free(world, person):
    await world.add(schema.services, clinic_id=1, position=0, kind="chest-xray", payer="free-programme")
    world.wait(days=2)
    await person.tap(build(Verb.FAILED, await booking_of(world, person), "charged"))

    assert "the programme pays: chest X-ray" in person.text


async def test_a_failure_pressed_twice_or_changed_is_counted_once(world, person):
    world.wait(days=2)
    mine = await booking_of(world, person)
    for word in ("closed", "closed", "charged"):
        await person.tap(build(Verb.FAILED, mine, word))

    assert [row["failure"] for row in await world.rows(schema.bookings)] == ["charged"]
    assert (await world.outcomes()).count("clinic-failed") == 1


async def test_before_the_visit_and_after_a_month_nothing_is_reported(world, person):
    mine = await booking_of(world, person)
    await person.tap(build(Verb.FAILED, mine, "closed"))
    world.wait(days=40)
    await person.tap(build(Verb.FAILED, mine, "closed"))

    assert [row["failure"] for row in await world.rows(schema.bookings)] == [None]


async def test_a_closed_door_is_no_missed_visit(world, person):
    world.wait(days=2)
    mine = await booking_of(world, person)
    async with world.database.writing() as store:
        await store.execute(update(schema.bookings).values(missed_at=world.now))
    await person.tap(build(Verb.FAILED, mine, "closed"))
    await person.press("Back")
    assert "You missed nothing." in person.text
    [referral] = await world.rows(schema.referrals)
    world.wait(days=1)
    async with world.database.writing() as store:
        await task_changes.look(store, [referral["id"]], now=world.now, zone="Asia/Almaty")

    assert [row["kind"] for row in await world.rows(schema.tasks) if row["done_at"] is None] == []


async def test_the_office_is_told_once_a_day_how_many_and_nobodys_name(world, person, office):
    other = await with_visit(world)
    world.wait(days=2)
    for one in (person, other):
        await one.tap(build(Verb.FAILED, await booking_of(world, one), "closed"))

    receiver = await office.person()
    assert len(await world.rows(schema.due, kind="clinic-failed", person_id=receiver.id)) == 1
    reply = await notice(world, office)
    assert "🚪 It was closed: 2" in reply.steps[0].text
    assert "1 Example Street" in reply.steps[0].text
    assert "Clinic" not in reply.steps[0].text
    for one in (person, other):
        assert str((await one.person()).id) not in str(reply)
    world.wait(days=1)
    third = world.somebody()
    await third.agree()
    await third.tap("bky:1:202611271830")
    world.wait(days=2)
    await third.tap(build(Verb.FAILED, await booking_of(world, third), "charged"))
    assert len(await world.rows(schema.due, kind="clinic-failed", person_id=receiver.id)) == 2


@pytest.mark.parametrize("days", [1, 8, 20, 29])
async def test_the_office_is_told_of_each_visit_that_may_be_reported_however_long_ago(
    world, person, office, days
):
    world.wait(days=1 + days, hours=8)
    await person.tap(build(Verb.FAILED, await booking_of(world, person), "closed"))
    assert "The office of the programme is told" in person.text

    assert "🚪 It was closed: 1" in (await notice(world, office)).steps[0].text


async def test_what_was_reported_more_than_a_week_ago_is_not_told_again(world, person, office):
    other = await with_visit(world)
    world.wait(days=2)
    await person.tap(build(Verb.FAILED, await booking_of(world, person), "closed"))
    world.wait(days=8)
    await other.tap(build(Verb.FAILED, await booking_of(world, other), "charged"))

    told = (await notice(world, office)).steps[0].text
    assert "I was asked to pay: 1" in told
    assert "It was closed" not in told


async def test_who_is_no_coordinator_any_more_is_not_told(world, person, office):
    world.wait(days=2)
    await person.tap(build(Verb.FAILED, await booking_of(world, person), "closed"))
    async with world.database.writing() as store:
        await store.execute(update(schema.staff).values(ended_at=world.now))

    assert await notice(world, office) is None


async def test_stats_by_clinic_show_failures_beside_no_shows(world, person, office):
    other = await with_visit(world)
    world.wait(days=2)
    await person.tap(build(Verb.FAILED, await booking_of(world, person), "closed"))
    await other.tap(build(Verb.WENT, await booking_of(world, other), "n"))
    await office.command("/stats week by clinic")

    assert "Clinic A: ✅ 0 came · ➖ 1 did not come · 🚪 1 clinic failed" in office.text


@pytest.mark.parametrize("first", ["the desk", "the person"])
async def test_whom_the_clinic_failed_is_nowhere_missing_whoever_writes_first(world, person, office, first):
    world.wait(days=2)
    mine = await booking_of(world, person)
    said = [(office, build(Verb.MISSED, mine)), (person, build(Verb.FAILED, mine, Failure.CLOSED.value))]
    for who, data in said if first == "the desk" else reversed(said):
        await who.tap(data)

    [visit] = await world.rows(schema.bookings)
    assert (visit["missed_at"] is not None, visit["failure"]) == (True, "closed")
    [referral] = await world.rows(schema.referrals, person_id=(await person.person()).id)
    assert referral["state"] != "missed"
    async with world.database.writing() as store:
        await task_changes.look(store, [referral["id"]], now=world.now, zone="Asia/Almaty")
    assert not await world.rows(schema.tasks, kind="missed")
