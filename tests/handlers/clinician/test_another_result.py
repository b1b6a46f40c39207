"""Another result after one was given: asked about, told like the first, alike for every pair of codes."""

import json
from datetime import timedelta
from itertools import product, takewhile
from typing import Any

import pytest

from bot import results as nightly
from bot import tasks
from care.lock_screen import telling
from care.referral import State
from care.results import OF_THE_HOUSEHOLD, OPENS_CARE, Result
from care.roles import Actor, Role
from handlers.buttons import Verb, build
from handlers.notice import Notice
from handlers.result_notices import not_yet
from handlers.screens import to_json
from storage import referrals, result_codes, result_counts, schema
from storage.taking_over import take_over
from tests.handlers.clinician.desk import arrived, at, given, hired, state

PAIRS = list(product(Result, Result))
ZONE = "Asia/Almaty"


@pytest.fixture
async def clinic(world: Any) -> int:
    return int(await world.clinic(await world.area()))


async def replaces(clinician: Any, visit: int, code: str) -> None:
    """Write another result as a clinician does: choose, read what is asked, and say yes."""
    await clinician.tap(build(Verb.RESULT, visit))
    await clinician.press("Another result")
    await clinician.press(code)
    await clinician.press("Yes, it replaces it")


async def one(world: Any) -> Any:
    [row] = await world.rows(schema.examinations)
    return row


async def planned(world: Any) -> dict[str, str]:
    return {row["kind"]: row["state"] for row in await world.rows(schema.due) if "result" in row["kind"]}


async def sent(world: Any) -> None:
    """Let all that waits be sent."""
    async with world.database.writing() as store:
        done = {"state": "sent", "finished_at": world.now}
        waiting = schema.due.c.state == "pending"
        await store.execute(schema.due.update().where(waiting).values(**done))


@pytest.mark.parametrize(("before", "after"), PAIRS)
async def test_weeks_later_another_result_is_written_told_and_given_like_the_first(
    world: Any, clinic: int, before: Result, after: Result
) -> None:
    person, visit = await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await given(world, clinician, visit, before.value)
    await sent(world)
    world.wait(days=21)

    await replaces(clinician, visit, after.value)

    assert await state(world, person) == "result-ready"
    assert await planned(world) == {
        "result-ready": "pending",
        "result-again": "pending",
        "after-result": "sent",
    }
    assert f"<b>{after.value}</b>" in clinician.text
    row = await one(world)
    assert (row["ready_at"], row["given_at"]) == (world.now, None)
    await clinician.press("The person has it")
    assert await state(world, person) == ("in-care" if after in OPENS_CARE else "result-given")
    assert (Verb.RESULT_CARE in clinician.wishes) is (after in OPENS_CARE)
    assert (await planned(world))["after-result"] == "pending"
    kinds = await world.outcomes()
    assert [kinds.count(kind) for kind in ("result-ready", "result-given")] == [2, 2]


async def test_it_is_asked_once_and_says_what_it_replaces(world: Any, clinic: int) -> None:
    person, visit = await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await given(world, clinician, visit, "R2")
    world.wait(days=7)

    await clinician.tap(build(Verb.RESULT_READY, visit, "R3"))

    assert "<b>R3</b> replaces the result of Mon 23 Nov" in clinician.text
    assert (await one(world))["given_at"] is not None
    assert await state(world, person) == "in-care"
    yes = next(item.data for item in clinician.keys if "replaces" in item.label)
    await clinician.tap(yes)
    await clinician.tap(yes)  # pressed twice
    assert (await world.outcomes()).count("result-ready") == 2
    world.wait(days=1)
    await clinician.press("The person has it")
    await clinician.tap(yes)  # an old screen: it replaced another result
    assert (await one(world))["given_at"] == world.now
    assert "replaces the result of" in clinician.text


async def test_a_result_chosen_before_another_one_was_given_replaces_nothing_unasked(
    world: Any, clinic: int
) -> None:
    _, visit = await arrived(world, clinic)
    first, second = await hired(world, Role.CLINICIAN, clinic), await hired(world, Role.CLINICIAN, clinic)
    await first.tap(build(Verb.RESULT_EXAMINED, visit))
    await first.press("result is ready")  # the screen to choose on
    choose = next(item.data for item in first.keys if item.label == "R3")
    await second.tap(build(Verb.RESULT_READY, visit, "R0"))
    await second.tap(build(Verb.RESULT_GIVEN, visit))

    await first.tap(choose)

    assert "replaces the result" in first.text
    assert (await one(world))["given_at"] is not None


async def test_registrars_write_no_other_result(world: Any, clinic: int) -> None:
    _, visit = await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    registrar = await hired(world, Role.REGISTRAR, clinic)
    await given(world, clinician, visit, "R0")
    await clinician.tap(build(Verb.RESULT_READY, visit, "R3"))
    yes = next(item.data for item in clinician.keys if "replaces" in item.label)

    await registrar.tap(build(Verb.RESULT, visit))
    assert Verb.RESULT_READY not in registrar.wishes
    await registrar.tap(yes)
    assert (await one(world))["given_at"] is not None
    await clinician.tap(yes)  # the control: who may, does

    assert (await one(world))["given_at"] is None


@pytest.mark.parametrize(("before", "after"), PAIRS)
async def test_the_person_reads_and_passes_on_by_what_they_have(
    world: Any, clinic: int, before: Result, after: Result
) -> None:
    words = {"R0": ": no TB", "R1": ": infection", "R2": ": TB", "R3": ": drug-resistant"}
    person, visit = await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await given(world, clinician, visit, before.value)
    await person.tap(build(Verb.HOUSEHOLD))
    world.wait(days=21)
    await replaces(clinician, visit, after.value)

    await person.command("/mydata")
    meanwhile = person.shown.steps[0].content
    assert f"The clinic wrote{words[before]}" in meanwhile
    await person.tap(build(Verb.HOUSEHOLD))
    assert ("For those who live with you" in person.text) is (before in OF_THE_HOUSEHOLD)
    await clinician.tap(build(Verb.RESULT_GIVEN, visit))
    await person.command("/mydata")
    both = person.shown.steps[0].content
    lines = [line for line in both.splitlines() if line.startswith("The clinic wrote")]
    assert len(lines) == 2  # both, while it may be taken back
    assert all(
        line.startswith(f"The clinic wrote{words[code]}")
        for line, code in zip(lines, (before, after), strict=True)
    )
    open_links = [row["kind"] for row in await world.rows(schema.links, ended_at=None)]
    await person.tap(build(Verb.HOUSEHOLD))

    assert ("For those who live with you" in person.text) is (after in OF_THE_HOUSEHOLD)
    goes_on = before in OF_THE_HOUSEHOLD and after in OF_THE_HOUSEHOLD
    assert (
        "household" in open_links
    ) is goes_on  # a link that leads nobody to an examination any more is ended


@pytest.mark.parametrize(("before", "after"), [("R0", "R2"), ("R2", "R0"), ("R2", "R3")])
async def test_taken_back_on_its_day_it_gives_way_to_what_the_person_had(
    world: Any, clinic: int, before: str, after: str
) -> None:
    person, visit = await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await given(world, clinician, visit, before)
    was = await one(world)
    world.wait(days=21)
    await replaces(clinician, visit, after)

    await clinician.press("Take it back")

    row = await one(world)
    assert (row["given_at"], row["earlier"], row["earlier_at"]) == (was["given_at"], None, None)
    assert f"<b>{before}</b>" in clinician.text
    assert await state(world, person) == ("result-given" if before == "R0" else "in-care")
    assert {kind: await_ for kind, await_ in (await planned(world)).items() if kind != "after-result"} == {
        "result-ready": "cancelled",
        "result-again": "cancelled",
    }


@pytest.mark.parametrize("by", [Role.CLINICIAN, Role.REGISTRAR])
@pytest.mark.parametrize(("before", "after"), PAIRS)
async def test_given_by_mistake_it_still_gives_way_to_what_the_person_had(
    world: Any, clinic: int, before: Result, after: Result, by: Role
) -> None:
    person, visit = await arrived(world, clinic)
    clinician, desk = await hired(world, Role.CLINICIAN, clinic), await hired(world, by, clinic)
    await given(world, clinician, visit, before.value)
    await person.tap(build(Verb.HOUSEHOLD))
    was, links = await one(world), await world.rows(schema.links)
    stood = await state(world, person)
    world.wait(days=21)
    await replaces(clinician, visit, after.value)
    await desk.tap(build(Verb.RESULT_GIVEN, visit))

    await desk.tap(build(Verb.RESULT_BACK, visit, "g"))

    assert await state(world, person) == "result-ready"
    assert await world.rows(schema.links) == links
    async with world.database.reading() as store:
        about = (await person.person()).id
        household = await result_codes.is_of_household(store, world.vault, about)
        assert household is (before in OF_THE_HOUSEHOLD)
        assert await result_codes.earlier(store, world.vault, was["id"]) is before
    await clinician.tap(build(Verb.RESULT_BACK, visit, "r"))
    row = await one(world)
    assert {name: row[name] for name in row if name != "written_by"} == {
        name: was[name] for name in was if name != "written_by"
    }
    assert await state(world, person) == stood
    assert await world.rows(schema.links) == links


async def test_what_was_replaced_is_let_go_of_at_night_once_it_cannot_come_back(
    world: Any, clinic: int
) -> None:
    person, visit = await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await given(world, clinician, visit, "R0")
    world.wait(days=21)
    await replaces(clinician, visit, "R2")
    world.wait(days=3)  # it waits for the person, who has what they had
    await nightly.settle(world.database, world.vault, now=world.now)
    assert (await one(world))["earlier"] is not None
    await clinician.tap(build(Verb.RESULT_GIVEN, visit))
    world.wait(hours=15)
    await nightly.settle(world.database, world.vault, now=world.now)
    assert (await one(world))["earlier"] is not None

    world.wait(days=1)
    await nightly.settle(world.database, world.vault, now=world.now)

    row = await one(world)
    assert (row["earlier"], row["earlier_at"], row["earlier_stood"]) == (None, None, None)
    await person.command("/mydata")
    assert person.shown.steps[0].content.count("The clinic wrote") == 1


async def test_all_that_is_kept_of_it_stands_in_mydata(world: Any, clinic: int) -> None:
    person, visit = await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await given(world, clinician, visit, "R1")
    async with world.database.writing() as store:
        await store.execute(schema.examinations.update().values(counted_at=world.now))
        wrong = {"failure": "charged", "failure_at": world.now}
        await store.execute(schema.bookings.update().values(**wrong))
        [stands] = await world.rows(schema.referrals)
        await referrals.move(store, stands, State.MOVED_AWAY, by=Actor.PERSON, now=world.now)

    async def kept(heading: str) -> list[str]:
        await person.command("/mydata")
        lines = person.shown.steps[0].content.splitlines()
        return list(takewhile(str.strip, lines[lines.index(heading) + 1 :]))

    before = await kept("YOUR WAY")
    assert before[:2] == ["the clinic looks after you", "Monday, 23 November 2026, 12:00: you moved away"]
    [line] = await kept("YOUR VISITS")
    assert "23 November, 12:00: wrong at the clinic: " in line
    world.wait(days=21)
    await replaces(clinician, visit, "R3")
    meanwhile = await kept("WHAT CLINICS WROTE ABOUT YOUR VISITS")
    assert meanwhile[2:5] == ["The clinic wrote: infection, not ill", *before[:2]]
    await clinician.tap(build(Verb.RESULT_GIVEN, visit))
    world.wait(days=2)
    await nightly.settle(world.database, world.vault, now=world.now)

    after = await kept("WHAT CLINICS WROTE ABOUT YOUR VISITS")
    assert [line for line in after if line.startswith("The clinic wrote")] == [
        "The clinic wrote: infection, not ill",  # it stands in the statistics still
        "The clinic wrote: drug-resistant TB",
    ]


@pytest.mark.parametrize("ended", [False, True])
@pytest.mark.parametrize("steps", ["p", "t", "pc", "tc"])
async def test_taken_back_care_stands_exactly_where_it_stood(
    world: Any, clinic: int, steps: str, ended: bool
) -> None:
    _, visit = await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await given(world, clinician, visit, "R2")
    world.wait(days=29)
    for step in steps:
        await clinician.tap(build(Verb.RESULT_CARE, visit, step, "y"))
    world.wait(days=2)
    if ended:
        await nightly.settle(world.database, world.vault, now=world.now)
    [was] = await world.rows(schema.referrals)
    assert was["state"] == {"p": "preventive", "t": "treatment", "c": "completed"}[steps[-1]]
    assert (was["closed_at"] is not None) is ended

    await replaces(clinician, visit, "R3")
    await clinician.press("Take it back")

    assert await world.rows(schema.referrals) == [was]


@pytest.mark.parametrize("code", ["R0", "R2"])
async def test_who_had_moved_away_has_moved_away_still_unless_they_are_here(
    world: Any, clinic: int, code: str
) -> None:
    person, visit = await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await given(world, clinician, visit, code)
    world.wait(days=21)
    [before] = await world.rows(schema.referrals)
    async with world.database.writing() as store:
        await referrals.move(store, before, State.MOVED_AWAY, by=Actor.PERSON, now=world.now)
    [was] = await world.rows(schema.referrals)
    assert (was["state"], was["closed_at"]) == ("moved-away", world.now)
    world.wait(days=1)
    await replaces(clinician, visit, "R3")

    await clinician.press("Take it back")

    assert await world.rows(schema.referrals) == [was]
    await replaces(clinician, visit, "R3")
    await person.tap(f"bky:{clinic}:202612181800:skip")
    assert len(await world.rows(schema.bookings)) == 2
    await clinician.tap(build(Verb.RESULT_BACK, visit, "r"))
    [now] = await world.rows(schema.referrals)
    assert (now["state"], now["closed_at"], now["ended_from"]) == (before["state"], None, None)


@pytest.mark.parametrize(("told", "said"), [("pending", []), ("sent", ["pending"])])
async def test_who_has_what_they_had_is_told_only_where_they_were_asked_to_come(
    world: Any, clinic: int, told: str, said: list[str]
) -> None:
    person, visit = await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await given(world, clinician, visit, "R0")
    world.wait(days=21)
    await replaces(clinician, visit, "R3")
    async with world.database.writing() as store:
        asked = schema.due.c.kind == "result-ready"
        await store.execute(schema.due.update().where(asked).values(state=told))

    await clinician.press("Take it back")

    rows = await world.rows(schema.due, kind="result-not-yet")
    assert [row["state"] for row in rows] == said
    for row in rows:
        async with world.database.reading() as store:
            about = await person.person()
            notice = Notice(row=row, person=about, t=world.words["en"], store=store, now=world.now)
            reply = await not_yet(notice)
        assert reply is not None
        text = reply.steps[0].text
        assert text.startswith("You need not do anything.")
        assert "I write when it is" not in text
        assert telling(text) is None


async def test_an_episode_that_has_ended_goes_on_however_it_ended(world: Any, clinic: int) -> None:
    clinician = await hired(world, Role.CLINICIAN, clinic)
    ended = {}
    for name, code in (("none", "R0"), ("care", "R2"), ("completed", "R1"), ("away", "R0"), ("lost", "R2")):
        ended[name] = await arrived(world, clinic)
        await given(world, clinician, ended[name][1], code)
    await clinician.tap(build(Verb.RESULT_CARE, ended["completed"][1], "p"))
    for name, to in (("away", "moved-away"), ("lost", "lost-to-follow-up")):
        about = (await ended[name][0].person()).id
        async with world.database.writing() as store:
            row = schema.referrals.c.person_id == about
            stands = {"state": to, "closed_at": world.now}
            await store.execute(schema.referrals.update().where(row).values(**stands))
    world.wait(days=29)
    await clinician.tap(build(Verb.RESULT_CARE, ended["completed"][1], "c", "y"))
    assert await state(world, ended["completed"][0]) == "completed"
    world.wait(days=2)
    await nightly.settle(world.database, world.vault, now=world.now)
    assert None not in {row["closed_at"] for row in await world.rows(schema.referrals)}

    for _, visit in ended.values():
        await replaces(clinician, visit, "R3")

    rows = await world.rows(schema.referrals)
    assert {(row["state"], row["changed_at"], row["closed_at"]) for row in rows} == {
        ("result-ready", world.now, None)
    }
    for _, visit in ended.values():
        await clinician.tap(build(Verb.RESULT_GIVEN, visit))
        await clinician.press("💊 Treatment has begun")
    assert {row["state"] for row in await world.rows(schema.referrals)} == {"treatment"}


async def test_beside_a_newer_episode_the_old_one_stays_closed_and_care_is_written_all_the_same(
    world: Any, clinic: int
) -> None:
    person, visit = await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await given(world, clinician, visit, "R0")
    world.wait(days=31)
    await nightly.settle(world.database, world.vault, now=world.now)
    known = await person.person()
    async with world.database.writing() as store:
        await referrals.open_for(store, known.id, now=world.now)

    await replaces(clinician, visit, "R2")
    await clinician.press("The person has it")
    await clinician.press("💊 Treatment has begun")

    stands = {row["state"]: row["closed_at"] is None for row in await world.rows(schema.referrals)}
    assert stands == {"treatment": False, "reached": True}


async def test_who_does_not_come_for_it_is_a_task_once_more(world: Any, clinic: int) -> None:
    worker = world.somebody()
    staff_id = await worker.hire(Role.WORKER, area_id=1)
    _, visit = await arrived(world, clinic, staff_id=staff_id)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await clinician.tap(build(Verb.RESULT_EXAMINED, visit))
    await clinician.tap(build(Verb.RESULT_READY, visit, "R2"))
    for rounds in (1, 2):
        world.wait(days=3)
        await tasks.look(world.database, now=world.now, zone=ZONE)
        known = await world.rows(schema.tasks, kind="result", done_at=None)
        assert len(known) == 1, rounds
        await clinician.tap(build(Verb.RESULT_GIVEN, visit))
        world.wait(hours=1)
        await tasks.look(world.database, now=world.now, zone=ZONE)
        assert not await world.rows(schema.tasks, kind="result", done_at=None)
        await replaces(clinician, visit, "R3")


async def test_an_old_yes_says_nothing_of_another_result(world: Any, clinic: int) -> None:
    person, visit = await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await clinician.tap(build(Verb.RESULT_EXAMINED, visit))
    await clinician.tap(build(Verb.RESULT_READY, visit, "R2"))
    examination = (await one(world))["id"]
    await person.tap(build(Verb.RESULT_HAVE, examination))
    yes = next(item.data for item in person.keys if "Yes, I have it" in item.label)
    await person.tap(yes)
    assert await state(world, person) == "in-care"
    world.wait(days=21)
    await replaces(clinician, visit, "R3")

    await person.tap(yes)

    assert "do you have it?" in person.text
    assert (await one(world))["given_at"] is None
    await person.press("Yes, I have it")
    assert (await one(world))["given_at"] == world.now


async def test_what_was_counted_is_settled_with_others_and_leads_to_nobody(world: Any, clinic: int) -> None:
    clinician = await hired(world, Role.CLINICIAN, clinic)
    visits = [(await arrived(world, clinic))[1] for _ in range(5)]
    for visit in visits:
        await given(world, clinician, visit, "R2")
    world.wait(days=1)
    await nightly.settle(world.database, world.vault, now=world.now)
    begin = world.now
    for visit, code in zip(visits, ("R3", "R3", "R0", "R2", "R3"), strict=True):
        counted = await numbers(world, begin)
        assert counted == {clinic: {Result.TB: 5}}, "four of them are not settled alone"
        await replaces(clinician, visit, code)
        await clinician.press("The person has it")
        world.wait(days=1)
        last = world.now
        await nightly.settle(world.database, world.vault, now=last)

    await nightly.settle(world.database, world.vault, now=world.now)

    assert await numbers(world, begin) == {
        clinic: {Result.NO_TB: 1, Result.TB: 1, Result.RESISTANT: 3},
    }
    rows = await world.rows(schema.outcomes, at=last)
    assert [(row["kind"], row["detail"]) for row in rows if row["kind"].startswith("result")] == [
        *[("result-replaced", "R2")] * 5,
        *[("result", code) for code in ("R0", "R2", "R3", "R3", "R3")],
    ]
    alone = {"referral_id", "link_id", "staff_id", "site_id", "locale", "update_id"}
    assert {row[name] for row in rows for name in alone} == {None}
    assert {row["counted"] for row in await world.rows(schema.examinations)} == {None}


async def numbers(world: Any, begin: Any) -> Any:
    async with world.database.reading() as store:
        found = await result_counts.of_period(store, begin, world.now + timedelta(hours=1))
    return {clinic: {code: number for code, number in by.items() if number} for clinic, by in found.items()}


async def test_what_is_kept_beside_it_is_sealed_and_moves_with_the_person(world: Any, clinic: int) -> None:
    old, visit = await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await given(world, clinician, visit, "R1")
    async with world.database.writing() as store:
        await store.execute(schema.examinations.update().values(counted_at=world.now))
    await replaces(clinician, visit, "R3")
    row = await one(world)
    assert not any(b"R1" in row[name] or b"R3" in row[name] for name in ("outcome", "earlier", "counted"))
    new = world.somebody()
    await new.agree()
    before, after = await old.person(), await new.person()

    async with world.database.writing() as store:
        await take_over(store, world.vault, before, after, now=world.now)

    async with world.database.reading() as store:
        about = (store, world.vault, row["id"])
        assert await result_codes.result(*about) is Result.RESISTANT
        assert await result_codes.earlier(*about) is await result_codes.counted(*about) is Result.INFECTION


async def test_a_walk_in_whom_the_bot_does_not_know_can_have_another_result(world: Any, clinic: int) -> None:
    _, visit = await arrived(world, clinic)
    [own] = await world.rows(schema.bookings)
    nobody = {"person_id": None, "referral_id": None, "use": "walk-in"}
    async with world.database.writing() as store:
        await store.execute(schema.bookings.update().values(**nobody))
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await given(world, clinician, visit, "R2")
    await replaces(clinician, visit, "R3")
    theirs = {name: own[name] for name in nobody}
    async with world.database.writing() as store:
        await store.execute(schema.bookings.update().values(**theirs))

    await clinician.tap(build(Verb.RESULT_GIVEN, visit))

    row = await one(world)
    assert row["person_id"] == own["person_id"]
    async with world.database.reading() as store:
        assert await result_codes.result(store, world.vault, row["id"]) is Result.RESISTANT


async def test_the_words_of_the_codes_do_not_stand_where_it_is_asked(world: Any, clinic: int) -> None:
    _, visit = await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await given(world, clinician, visit, "R2")

    asked = await clinician.tap(build(Verb.RESULT_READY, visit, "R3"))

    assert not any(word in json.dumps(to_json(asked)) for word in ("no TB", "infection", "drug-resistant"))


async def test_a_second_result_comes_by_day(world: Any, clinic: int) -> None:
    _, visit = await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await given(world, clinician, visit, "R2")
    at(world, "2026-12-14T22:00")

    await replaces(clinician, visit, "R3")

    [first] = await world.rows(schema.due, kind="result-ready")
    [again] = await world.rows(schema.due, kind="result-again")
    assert (first["local_due"], again["local_due"]) == ("2026-12-15T08:00", "2026-12-17T08:00")
