"""What somebody is told of a result: that the clinic has something, how to get it, and what comes after."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot import results as nightly
from bot import tasks
from bot.readers import tell_who_looks_after
from care.claims import TO_WORKER
from care.lock_screen import telling
from care.message_kinds import Kind
from care.results import Result
from care.roles import Role
from care.ticket import ticket
from handlers.buttons import Verb, build
from handlers.notices import Notices
from handlers.screens import Reply, Way
from storage import due, people, referrals, result_counts, schema
from tests.handlers.clinician.desk import arrived, at, given, hired, state

ZONE = "Asia/Almaty"


@pytest.fixture
async def clinic(world: Any) -> int:
    number = await world.clinic(await world.area())
    async with world.database.writing() as store:
        await store.execute(schema.clinics.update().values(phone="+7 701 000 00 00"))
    return int(number)


async def all_worded(world: Any, kind: Kind) -> list[Reply | None]:
    """Return what the messages of a kind say now, in the order in which they were first planned."""
    notices = Notices(words=world.words, vault=world.vault, zone=ZoneInfo(ZONE))
    found = []
    async with world.database.reading() as store:
        for row in sorted(await world.rows(schema.due, kind=kind.value), key=lambda row: row["id"]):
            person = await people.by_id(store, row["person_id"])
            assert person is not None
            found.append(await notices.render(kind, row, person, world.words["en"], store, world.now))
    return found


async def worded(world: Any, kind: Kind) -> Reply | None:
    """Return what the only message of a kind says now."""
    [reply] = await all_worded(world, kind)
    return reply


async def ready(world: Any, clinic: int, code: str = "R2") -> tuple[Any, Any, int]:
    worker = world.somebody()
    staff_id = await worker.hire(Role.WORKER, area_id=1)
    person, visit = await arrived(world, clinic, staff_id=staff_id)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await clinician.tap(f"rsex:{visit}")
    await clinician.tap(f"rsrdy:{visit}:{code}")
    return person, clinician, visit


@pytest.mark.parametrize("code", list(Result))
async def test_the_message_says_which_visit_where_and_when_and_never_what(
    world: Any, clinic: int, code: Result
) -> None:
    _, _, visit = await ready(world, clinic, code.value)

    for kind in (Kind.RESULT_READY, Kind.RESULT_AGAIN):
        reply = await worded(world, kind)
        assert reply is not None
        [step] = reply.steps
        assert step.text == (
            "📨 <b>Your result is ready. Please come for it.</b>\n"
            f"🎫 Ticket: <b>{ticket(visit)}</b>\n📅 Monday, 23 November, 10:00\n"
            "📍 1 Example Street\n🕘 Mon-Sat 17:00-20:00\n📞 +7 701 000 00 00"
        )
        assert telling(step.text) is None
        labels = [key.label for row in step.rows for key in row]
        assert labels[:3] == ["🗺 On the map", "📅 When is it open?", "✅ I have it"]


@pytest.mark.parametrize(("hours", "stays"), [("TB desk: Mon-Fri", False), ("Desk 3: Mon-Fri", True)])
async def test_a_line_that_tells_what_the_clinic_is_stays_out(
    world: Any, clinic: int, hours: str, stays: bool
) -> None:
    await ready(world, clinic)
    async with world.database.writing() as store:
        await store.execute(schema.clinics.update().values(hours={"en": hours}))

    reply = await worded(world, Kind.RESULT_READY)

    assert reply is not None
    lines = reply.steps[0].text.splitlines()
    assert (f"🕘 {hours}" in lines) is stays
    assert {"📍 1 Example Street", "📞 +7 701 000 00 00"} <= set(lines)


async def test_of_a_child_it_says_so_and_names_nobody(world: Any, clinic: int) -> None:
    parent, clinician, own = await ready(world, clinic)
    person = await parent.person()
    async with world.database.writing() as store:
        row = dict((await store.execute(schema.bookings.select())).mappings().one())
        child = {"id": 77_000_000_001, "place": 1, "use": "child", "use_id": own, "child_age": "under5"}
        nobody = {"person_id": None, "referral_id": None, "guardian_id": person.id}
        await store.execute(schema.bookings.insert().values({**row, **child, **nobody}))
    await clinician.tap(build(Verb.RESULT_EXAMINED, 77_000_000_001))
    await clinician.tap(build(Verb.RESULT_READY, 77_000_000_001, "R0"))

    texts = [
        reply.steps[0].text.splitlines()[:3]
        for reply in await all_worded(world, Kind.RESULT_READY)
        if reply is not None
    ]

    head = "📨 <b>Your result is ready. Please come for it.</b>"
    assert texts == [
        [head, f"🎫 Ticket: <b>{ticket(own)}</b>", "📅 Monday, 23 November, 10:00"],
        [head, "🧒 For the child", f"🎫 Ticket: <b>{ticket(77_000_000_001)}</b>"],
    ]
    assert not [line for lines in texts for line in lines if telling(line)]


async def test_it_comes_by_day_and_again_after_two_days(world: Any, clinic: int) -> None:
    at(world, "2026-11-23T22:00")
    await ready(world, clinic)

    [first] = await world.rows(schema.due, kind="result-ready")
    [again] = await world.rows(schema.due, kind="result-again")

    assert first["local_due"] == "2026-11-24T08:00"
    assert again["local_due"] == "2026-11-26T08:00"


async def test_who_has_it_is_told_no_more(world: Any, clinic: int) -> None:
    person, _, _ = await ready(world, clinic)
    [one] = await world.rows(schema.examinations)

    await person.tap(f"have:{one['id']}")
    assert "do you have it?" in person.text
    assert person.labels[-1] == "🏠 Home"
    assert await state(world, person) == "result-ready"
    await person.press("Yes, I have it")

    assert await state(world, person) == "in-care"
    rows = {row["kind"]: row["state"] for row in await world.rows(schema.due) if "result" in row["kind"]}
    assert rows == {"result-ready": "cancelled", "result-again": "cancelled", "after-result": "pending"}
    assert await worded(world, Kind.RESULT_AGAIN) is None
    [outcome] = await world.rows(schema.outcomes, kind="result-given")
    assert outcome["role"] == "person"
    await person.tap(build(Verb.RESULT_HAVE, one["id"]))
    assert "Thank you" in person.text
    assert len(await world.rows(schema.outcomes, kind="result-given")) == 1


async def test_nobody_says_that_they_have_what_is_for_somebody_else(world: Any, clinic: int) -> None:
    person, _, _ = await ready(world, clinic)
    [one] = await world.rows(schema.examinations)
    other = world.somebody()
    await other.agree()

    await other.tap(build(Verb.RESULT_HAVE, one["id"], int(one["ready_at"].timestamp())))
    assert "not here any more" in other.text
    await other.tap("have:1:y")

    assert "not here any more" in other.text
    assert await state(world, person) == "result-ready"


async def test_what_is_taken_back_before_it_was_told_is_not_told(world: Any, clinic: int) -> None:
    _, clinician, visit = await ready(world, clinic)

    await clinician.tap(f"rsbak:{visit}:r")

    assert await worded(world, Kind.RESULT_READY) is None
    assert not await world.rows(schema.due, kind="result-not-yet")
    await clinician.tap(f"rsrdy:{visit}:R0")
    [row] = await world.rows(schema.due, kind="result-ready")
    assert row["state"] == "pending"


async def became(world: Any, kind: Kind, **values: Any) -> None:
    """Let the messages of a kind have come so far."""
    async with world.database.writing() as store:
        which = schema.due.c.kind == kind.value
        await store.execute(schema.due.update().where(which).values(**values))


TOLD = (
    {"state": "sent"},
    {"state": "sending", "token": "in hand"},
    {"state": "unknown"},
    {"state": "cancelled", "fault": "no telegram"},  # the team was asked to say it
)


@pytest.mark.parametrize("code", list(Result))
@pytest.mark.parametrize("how", TOLD)
async def test_who_was_told_of_what_is_taken_back_is_told_once_not_to_come(
    world: Any, clinic: int, code: Result, how: dict[str, str]
) -> None:
    _, clinician, visit = await ready(world, clinic, code.value)
    await became(world, Kind.RESULT_READY, **how)

    await clinician.tap(build(Verb.RESULT_BACK, visit, "r"))
    await clinician.tap(build(Verb.RESULT_BACK, visit, "r"))

    [row] = await world.rows(schema.due, kind="result-not-yet")
    assert (row["state"], row["local_due"], row["key"]) == (
        "pending",
        "2026-11-23T12:00",
        f"result-not-yet:{visit}",
    )
    reply = await worded(world, Kind.RESULT_NOT_YET)
    assert reply is not None
    assert reply.steps[0].text == (
        "✋ <b>Please do not come yet: it is not ready. I write when it is.</b>\n"
        f"🎫 Ticket: <b>{ticket(visit)}</b>\n📅 Monday, 23 November, 10:00"
    )
    assert telling(reply.steps[0].text) is None


async def test_when_it_is_ready_again_the_message_comes_again(world: Any, clinic: int) -> None:
    _, clinician, visit = await ready(world, clinic)
    await became(world, Kind.RESULT_READY, state="sent")
    await clinician.tap(build(Verb.RESULT_BACK, visit, "r"))

    await clinician.tap(build(Verb.RESULT_READY, visit, "R0"))

    rows = {row["kind"]: row["state"] for row in await world.rows(schema.due) if "result" in row["kind"]}
    assert rows == {"result-ready": "pending", "result-again": "pending", "result-not-yet": "cancelled"}
    await became(world, Kind.RESULT_NOT_YET, state="sending")  # it was in hand just then
    assert await worded(world, Kind.RESULT_NOT_YET) is None


async def test_not_to_come_is_also_said_where_the_examination_is_taken_back_too(
    world: Any, clinic: int
) -> None:
    _, clinician, visit = await ready(world, clinic)
    await became(world, Kind.RESULT_READY, state="sent")
    await clinician.tap(build(Verb.RESULT_BACK, visit, "r"))
    await clinician.tap(build(Verb.RESULT_BACK, visit, "e"))
    assert not await world.rows(schema.examinations)

    reply = await worded(world, Kind.RESULT_NOT_YET)

    assert reply is not None
    assert "do not come yet" in reply.steps[0].text


@pytest.mark.parametrize("code", list(Result))
async def test_the_old_button_says_not_to_come_yet(world: Any, clinic: int, code: Result) -> None:
    person, clinician, visit = await ready(world, clinic, code.value)
    [one] = await world.rows(schema.examinations)
    await clinician.tap(build(Verb.RESULT_BACK, visit, "r"))

    await person.tap(build(Verb.RESULT_HAVE, one["id"]))

    assert person.text.startswith("✋ <b>Please do not come yet: it is not ready. I write when it is.</b>")
    assert ticket(visit) in person.text


async def test_who_has_no_telegram_is_told_each_time_by_who_looks_after_them(world: Any, clinic: int) -> None:
    person, clinician, visit = await ready(world, clinic)
    async with world.database.writing() as store:
        about = schema.people.c.id == (await person.person()).id
        await store.execute(schema.people.update().where(about).values(telegram_hash=None, telegram_id=None))

    async def tells(kind: Kind) -> str:
        [row] = await world.rows(schema.due, kind=kind.value)
        async with world.database.writing() as store:
            await tell_who_looks_after(store, row, now=world.now)
        await became(world, kind, state="cancelled", fault="no telegram")
        calls = sorted(await world.rows(schema.due, kind="call-on"), key=lambda row: row["id"])
        [place] = [place for place, row in enumerate(calls) if row["state"] == "pending"]
        assert calls[place]["params"]["what"] == kind.value
        reply = (await all_worded(world, Kind.CALL_ON))[place]
        await became(world, Kind.CALL_ON, state="sent")
        return str(reply.steps[0].text) if reply is not None else ""

    assert "asks" in await tells(Kind.RESULT_READY)
    await clinician.tap(build(Verb.RESULT_BACK, visit, "r"))
    assert "need not go to the clinic yet" in await tells(Kind.RESULT_NOT_YET)
    await clinician.tap(build(Verb.RESULT_READY, visit, "R0"))
    assert "asks" in await tells(Kind.RESULT_READY)


async def test_who_looks_after_somebody_is_not_asked_to_say_what_the_clinic_took_back_since(
    world: Any, clinic: int
) -> None:
    person, clinician, visit = await ready(world, clinic)
    async with world.database.writing() as store:
        about = schema.people.c.id == (await person.person()).id
        await store.execute(schema.people.update().where(about).values(telegram_hash=None, telegram_id=None))
    [row] = await world.rows(schema.due, kind="result-ready")
    async with world.database.writing() as store:
        await tell_who_looks_after(store, row, now=world.now)
    await became(world, Kind.RESULT_READY, state="cancelled", fault="no telegram")

    await clinician.tap(build(Verb.RESULT_BACK, visit, "r"))

    assert await worded(world, Kind.CALL_ON) is None


async def test_who_does_not_come_for_three_days_is_a_task_until_they_have_it(world: Any, clinic: int) -> None:
    person, clinician, visit = await ready(world, clinic)
    world.wait(days=2, hours=23)
    await tasks.look(world.database, now=world.now, zone=ZONE)
    assert not await world.rows(schema.tasks)
    world.wait(hours=1)
    await tasks.look(world.database, now=world.now, zone=ZONE)
    [task] = await world.rows(schema.tasks)
    assert (task["kind"], task["done_at"]) == ("result", None)
    worker = world.people[0]
    await worker.tap(f"task:{task['id']}")
    assert "the clinic asks them to come" in worker.text

    await clinician.tap(f"rsgiv:{visit}")
    await tasks.look(world.database, now=world.now, zone=ZONE)

    [task] = await world.rows(schema.tasks)
    assert task["done_at"] == world.now
    assert await state(world, person) == "in-care"
    await tasks.look(world.database, now=world.now, zone=ZONE)
    assert len(await world.rows(schema.tasks)) == 1


async def test_somebody_without_telegram_is_called_on(world: Any, clinic: int) -> None:
    assert Kind.RESULT_READY in TO_WORKER
    assert Kind.AFTER_RESULT not in TO_WORKER


@pytest.mark.parametrize("code", list(Result))
async def test_on_the_next_day_everybody_is_asked_in_the_same_words(
    world: Any, clinic: int, code: Result
) -> None:
    _, clinician, visit = await ready(world, clinic, code.value)
    await clinician.tap(f"rsgiv:{visit}")

    [row] = await world.rows(schema.due, kind="after-result")
    reply = await worded(world, Kind.AFTER_RESULT)

    assert row["local_due"] == "2026-11-24T11:00"
    assert reply is not None
    assert reply.steps[0].text.startswith("👋 You were at the clinic.")
    assert reply.steps[0].rows[0][0].data == "hh"
    assert telling(reply.steps[0].text) is None


@pytest.mark.parametrize(("code", "kind"), [("R0", "friend"), ("R1", "friend"), ("R2", "household")])
async def test_a_link_for_the_household_is_only_for_those_with_tb(
    world: Any, clinic: int, code: str, kind: str
) -> None:
    person, visit = await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await given(world, clinician, visit, code)

    await person.tap("hh")

    [link] = await world.rows(schema.links)
    assert link["kind"] == kind
    assert ("For those who live with you" in person.text) is (kind == "household")
    assert (await world.outcomes())[-1] == "shared"


async def household(world: Any, clinic: int) -> tuple[Any, Any]:
    person, visit = await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await given(world, clinician, visit, "R3")
    await person.tap("hh")
    [link] = await world.rows(schema.links, kind="household")
    return person, link


async def test_the_link_is_passed_on_by_the_person_in_any_language_and_can_be_ended(
    world: Any, clinic: int
) -> None:
    person, link = await household(world, clinic)
    text, picture, letter = person.shown.steps
    assert "I send nothing to anybody" in text.text
    assert picture.way is Way.QR
    assert link["code"] in letter.text
    assert telling(letter.text) is None
    await person.press("Қазақша")
    assert person.text.startswith("kk‧")
    await person.command("/share")  # one's own link is another one
    assert {row["kind"]: row["ended_at"] for row in await world.rows(schema.links)} == {
        "household": None,
        "friend": None,
    }

    await person.tap("hh")
    await person.press("End this link")
    await person.press("Yes, end it")

    [ended] = await world.rows(schema.links, kind="household")
    assert ended["ended_at"] == world.now


async def test_who_comes_through_it_is_a_contact_and_not_told_by_whom(world: Any, clinic: int) -> None:
    _, link = await household(world, clinic)
    someone = world.somebody()
    await someone.command(f"/start {link['code']}")
    await someone.press("English")
    greeting = someone.text
    assert "somebody who thinks of your health" in greeting
    assert telling(greeting) is None
    await someone.tap(f"agree:home~en~{link['code']}")
    person = await someone.person()
    [referral] = await world.rows(schema.referrals, person_id=person.id)
    advice = (referral["advice"], referral["checked_at"], referral["link_id"])
    assert advice == ("contact", None, link["id"])
    assert "brought" in await world.outcomes()

    await someone.tap(f"bky:{clinic}:202611241700:skip")

    [booking] = await world.rows(schema.bookings, person_id=person.id)
    assert booking["advice"] == "contact"
    await someone.command("/mydata")
    data = someone.shown.steps[0].content
    assert "You were invited to an examination: yes" in data
    assert "you were invited" in data
    assert not [word for word in ("Symptoms checked", "contact", "urgency") if word in data]


async def test_who_checked_symptoms_reads_that_and_who_is_invited_later_no_more(
    world: Any, clinic: int
) -> None:
    _, link = await household(world, clinic)
    other = world.somebody()
    known = await other.agree()
    async with world.database.writing() as store:
        await referrals.open_for(store, known.id, now=world.now)
        mine = schema.referrals.c.person_id == known.id
        checked = {"advice": "watch", "checked_at": world.now}
        await store.execute(schema.referrals.update().where(mine).values(**checked))
    await other.command("/mydata")
    assert "Symptoms checked" in other.shown.steps[0].content

    await other.command(f"/start {link['code']}")

    await other.command("/mydata")
    data = other.shown.steps[0].content
    assert "You were invited to an examination: yes" in data
    assert "Symptoms checked" not in data


async def test_behind_every_link_that_a_person_passes_on_stands_the_same_and_its_sender_reads_it(
    world: Any, clinic: int
) -> None:
    person, link = await household(world, clinic)
    of_household = person.shown.steps[0].text
    await person.command("/share")
    of_friend = person.shown.steps[0].text
    [friends] = await world.rows(schema.links, kind="friend")
    read = []
    for code in (link["code"], friends["code"]):
        newcomer = world.somebody()
        await newcomer.command(f"/start {code}")
        shown = await newcomer.press("English")
        read.append(
            [(step.way, step.text, [key.label for row in step.rows for key in row]) for step in shown.steps]
        )

    assert read[0] == read[1]
    [greeting] = [line for _, text, _ in read[0] for line in text.splitlines() if "thinks of your" in line]
    for said in (of_household, of_friend):
        assert f"<blockquote>{greeting}</blockquote>" in said


async def test_more_urgent_advice_stays_and_ones_own_link_makes_no_contact(world: Any, clinic: int) -> None:
    person, link = await household(world, clinic)
    other = world.somebody()
    known = await other.agree()
    async with world.database.writing() as store:
        await referrals.open_for(store, known.id, now=world.now)
        await store.execute(
            schema.referrals.update().where(schema.referrals.c.person_id == known.id).values(advice="urgent")
        )
    await other.command(f"/start {link['code']}")
    await person.command(f"/start {link['code']}")

    advice = {row["person_id"]: row["advice"] for row in await world.rows(schema.referrals)}
    assert advice == {known.id: "urgent", (await person.person()).id: None}


async def test_thirty_days_after_everybodys_episode_ends(world: Any, clinic: int) -> None:
    await world.somebody().hire(Role.WORKER, area_id=1)
    none, tb = await arrived(world, clinic), await arrived(world, clinic)
    busy, visit = await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    for (_, number), code in ((none, "R0"), (tb, "R2"), ((busy, visit), "R0")):
        await given(world, clinician, number, code)
    await busy.tap("talky")
    world.wait(days=29)
    await nightly.settle(world.database, world.vault, now=world.now)
    assert not [row for row in await world.rows(schema.referrals) if row["closed_at"]]
    world.wait(days=1)

    await nightly.settle(world.database, world.vault, now=world.now)
    await nightly.settle(world.database, world.vault, now=world.now + timedelta(minutes=1))

    closed = {row["state"]: row["closed_at"] for row in await world.rows(schema.referrals)}
    assert closed["completed"] == closed["in-care"] == world.now
    assert closed["result-given"] is None  # a talk is open


async def test_results_are_counted_once_five_at_a_time_without_whose_they_are(
    world: Any, clinic: int
) -> None:
    clinician = await hired(world, Role.CLINICIAN, clinic)
    for code in ("R2", "R0", "R1", "R0"):
        _, visit = await arrived(world, clinic)
        await given(world, clinician, visit, code)
    world.wait(days=1)
    await nightly.settle(world.database, world.vault, now=world.now)
    assert not await world.rows(schema.outcomes, kind="result")
    _, visit = await arrived(world, clinic, local="2026-11-24T10:00")
    await given(world, clinician, visit, "R0")
    world.wait(days=1)

    for _ in range(2):
        await nightly.settle(world.database, world.vault, now=world.now)

    rows = await world.rows(schema.outcomes, kind="result")
    assert [row["detail"] for row in rows] == ["R0", "R0", "R0", "R1", "R2"]
    alone = {"referral_id", "link_id", "staff_id", "site_id", "locale", "update_id"}
    assert {row[name] for row in rows for name in alone} == {None}
    assert {(row["clinic_id"], row["area_id"], row["at"]) for row in rows} == {(clinic, 1, world.now)}
    async with world.database.reading() as store:
        found = await result_counts.of_period(store, world.now, world.now + timedelta(hours=1))
    assert found == {clinic: {Result.NO_TB: 3, Result.INFECTION: 1, Result.TB: 1}}


async def test_messages_go_with_the_person(world: Any, clinic: int) -> None:
    person, _, _ = await ready(world, clinic)
    later = world.now + timedelta(days=9)
    async with world.database.reading() as store:
        assert await due.anything_to_do(store, now=later)
    await person.command("/forget")
    await person.press(Verb.FORGET_YES)

    async with world.database.reading() as store:
        assert not await due.anything_to_do(store, now=later)
