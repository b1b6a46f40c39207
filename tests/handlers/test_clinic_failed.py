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
from storage import people, schema, task_changes


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
    await person.press("⬅️ Back")
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


async def numbers(office: Any) -> str:
    """Return what /stats say of the clinic's visits; empty where there is nothing to say."""
    await office.command("/stats week by clinic")
    return next((one for one in office.text.splitlines() if one.startswith("Clinic A: ")), "")


async def next_visit(world: Any, person: Any) -> int:
    """Book Thursday, wait until Friday, and return the visit."""
    await person.tap("bky:1:202611261830")
    world.wait(days=2)
    return max(await world.rows(schema.bookings), key=lambda row: row["starts_at"])["id"]


async def test_who_came_once_and_was_missing_once_is_both(world, person, office):
    world.wait(days=1, hours=8)
    first = await booking_of(world, person)
    await office.tap(build(Verb.CAME, first))
    await person.tap(build(Verb.FAILED, first, "charged"))
    second = await next_visit(world, person)
    await person.tap(build(Verb.WENT, second, "n"))

    assert "✅ 1 came · ➖ 1 did not come · 🚪 1 clinic failed" in await numbers(office)


async def test_no_twice_and_then_yes_is_no_no_show(world, person, office):
    world.wait(days=2)
    mine = await booking_of(world, person)
    for answer in ("n", "n"):
        await person.tap(build(Verb.WENT, mine, answer))
    assert "➖ 1 did not come" in await numbers(office)
    await person.tap(build(Verb.WENT, mine, "y"))

    assert (await world.outcomes()).count("said-missed") == 1
    assert await numbers(office) == ""
    await person.tap(build(Verb.WENT, mine, "n"))
    assert "➖ 1 did not come" in await numbers(office)


async def test_of_a_silent_desk_the_persons_word_counts_also_after_a_visit_that_was_kept(
    world, person, office
):
    world.wait(days=1, hours=8)
    await office.tap(build(Verb.CAME, await booking_of(world, person)))
    await person.tap(build(Verb.WENT, await next_visit(world, person), "n"))

    assert "✅ 1 came · ➖ 1 did not come" in await numbers(office)


async def test_the_desks_late_word_makes_no_second_no_show_and_takes_a_wrong_one_back(world, person, office):
    world.wait(days=2)
    mine = await booking_of(world, person)
    await person.tap(build(Verb.WENT, mine, "n"))
    await office.tap(build(Verb.MISSED, mine))
    assert "➖ 1 did not come" in await numbers(office)
    await office.tap(build(Verb.UNDO, mine))
    assert "➖ 1 did not come" in await numbers(office)
    await office.tap(build(Verb.CAME, mine))

    assert "✅ 1 came · ➖ 0 did not come" in await numbers(office)


@pytest.mark.parametrize(
    ("failure", "missed"), [("closed", 0), ("turned-away", 0), ("charged", 1), ("other", 1)]
)
async def test_only_who_was_not_seen_is_no_no_show(world, person, office, failure, missed):
    world.wait(days=2)
    mine = await booking_of(world, person)
    await person.tap(build(Verb.WENT, mine, "n"))
    await person.tap(build(Verb.FAILED, mine, failure))

    assert f"➖ {missed} did not come · 🚪 1 clinic failed" in await numbers(office)
    [referral] = await world.rows(schema.referrals, person_id=(await person.person()).id)
    async with world.database.writing() as store:
        await task_changes.look(store, [referral["id"]], now=world.now, zone="Asia/Almaty")
    still = [row for row in await world.rows(schema.tasks, kind="missed") if row["done_at"] is None]
    assert len(still) == missed


@pytest.mark.parametrize("failure", Failure)
async def test_a_report_is_taken_back_and_everything_is_as_before(world, person, office, failure):
    world.wait(days=2)
    mine = await booking_of(world, person)
    await office.tap(build(Verb.MISSED, mine))
    await person.tap(build(Verb.FAILED, mine, failure.value))
    await person.press("take it back")

    assert "nothing was wrong at the clinic" in person.text
    assert "You were not there" in person.text
    [visit] = await world.rows(schema.bookings)
    assert (visit["failure"], visit["failure_at"]) == (None, None)
    assert "➖ 1 did not come · 🚪 0 clinic failed" in await numbers(office)
    [referral] = await world.rows(schema.referrals, person_id=(await person.person()).id)
    assert referral["state"] == "missed"
    assert await notice(world, office) is None


async def test_taking_back_twice_or_nothing_changes_nothing(world, person, office):
    world.wait(days=2)
    mine = await booking_of(world, person)
    await person.tap(build(Verb.FAILED, mine, "ok"))
    assert "undone" not in await world.outcomes()
    await person.tap(build(Verb.FAILED, mine, "closed"))
    for _ in range(2):
        await person.tap(build(Verb.FAILED, mine, "ok"))

    assert (await world.outcomes()).count("undone") == 1
    await person.tap(build(Verb.FAILED, mine))
    assert not any("take it back" in label for label in person.labels)


async def test_what_was_reported_is_marked_where_it_can_be_changed(world, person):
    world.wait(days=2)
    mine = await booking_of(world, person)
    await person.tap(build(Verb.FAILED, mine, "closed"))
    await person.tap(build(Verb.FAILED, mine))

    assert "✓ 🚪 It was closed" in person.labels
    assert any("take it back" in label for label in person.labels)


async def test_with_another_visit_ahead_the_referral_stays_booked_when_a_report_is_taken_back(
    world, person, office
):
    world.wait(days=2)
    mine = await booking_of(world, person)
    await office.tap(build(Verb.MISSED, mine))
    await person.tap(build(Verb.FAILED, mine, "closed"))
    await person.tap("bky:1:202611261830")
    await person.tap(build(Verb.FAILED, mine, "ok"))

    [referral] = await world.rows(schema.referrals, person_id=(await person.person()).id)
    assert referral["state"] == "booked"


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
