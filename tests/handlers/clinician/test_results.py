"""What a clinic writes of a visit: examined, result ready, given; by clinicians of that very clinic."""

import json
from datetime import timedelta
from typing import Any

import pytest

from care.results import Result
from care.roles import Role
from care.ticket import ticket
from handlers.buttons import Verb, build
from handlers.screens import to_json
from storage import examinations, schema
from storage.taking_over import take_over
from tests.handlers.clinician.desk import arrived, at, given, hired, state

OF_A_VISIT = (
    Verb.RESULT,
    Verb.RESULT_EXAMINED,
    Verb.RESULT_READY,
    Verb.RESULT_GIVEN,
    Verb.RESULT_BACK,
    Verb.RESULT_CARE,
)
WORDS = ("no TB", "infection", "drug-resistant")


@pytest.fixture
async def clinic(world: Any) -> int:
    return await world.clinic(await world.area())


async def shows(someone: Any, wish: str | None, visit: int) -> bool:
    """Return whether a press, or the ticket's number as it is typed, leads to a visit."""
    reply = await (someone.tap(wish) if wish is not None else someone.say(ticket(visit)))
    return Verb.RESULT in someone.wishes or f"🎫 <b>{ticket(visit)}</b>" in json.dumps(
        to_json(reply), ensure_ascii=False
    )


async def planned(world: Any, kind: str) -> list[str]:
    return [row["state"] for row in await world.rows(schema.due, kind=kind)]


async def one(world: Any, table: Any, **where: Any) -> Any:
    [row] = await world.rows(table, **where)
    return row


async def test_the_list_shows_who_came_and_how_far_they_are(world: Any, clinic: int) -> None:
    _, first = await arrived(world, clinic)
    _, second = await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await clinician.tap(f"rsex:{first}")

    await clinician.command("/results")

    assert f"🩺 <b>{ticket(first)}</b>" in clinician.text
    assert f"👣 <b>{ticket(second)}</b>" in clinician.text
    await clinician.press("To examine")
    assert ticket(first) not in clinician.text
    assert ticket(second) in clinician.text
    await clinician.press("To be given")
    assert "Nobody here now" in clinician.text


async def test_a_list_of_many_has_pages(world: Any, clinic: int) -> None:
    for _ in range(12):
        await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await clinician.command("/results")

    assert clinician.wishes.count(Verb.RESULT) == 10
    await clinician.press("Older")
    assert clinician.wishes.count(Verb.RESULT) == 2
    await clinician.press("Newer")
    assert clinician.wishes.count(Verb.RESULT) == 10


async def test_a_visit_goes_step_by_step_and_the_referral_with_it(world: Any, clinic: int) -> None:
    person, visit = await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await clinician.command("/results")
    await clinician.press(Verb.RESULT)

    await clinician.press("🩺 Examined")
    assert await state(world, person) == "examined"
    await clinician.press("result is ready")
    assert await state(world, person) == "examined"
    await clinician.press("R2")
    assert await state(world, person) == "result-ready"
    assert clinician.shown.toast == f"✅ Written: {ticket(visit)}"
    await clinician.press("The person has it")
    assert await state(world, person) == "in-care"
    await clinician.press("💊 Treatment")
    assert await state(world, person) == "treatment"
    row = await one(world, schema.examinations)
    assert None not in (row["examined_at"], row["ready_at"], row["given_at"], row["outcome"])
    wanted = ["examined", "result-ready", "result-given", "care-noted"]
    assert [kind for kind in await world.outcomes() if kind in wanted] == wanted


async def test_no_tb_opens_no_care(world: Any, clinic: int) -> None:
    person, visit = await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)

    await given(world, clinician, visit, "R0")

    assert await state(world, person) == "result-given"
    assert Verb.RESULT_CARE not in clinician.wishes


@pytest.mark.parametrize("code", list(Result))
async def test_a_result_is_sealed_with_the_persons_key(world: Any, clinic: int, code: Result) -> None:
    person, visit = await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await given(world, clinician, visit, code.value)
    row = await one(world, schema.examinations)

    key = (await person.person()).key
    assert world.vault.open_for(key, row["outcome"]) == code.encode()
    assert code.encode() not in row["outcome"]


async def test_the_words_of_a_result_stand_only_where_it_is_chosen(world: Any, clinic: int) -> None:
    person, visit = await arrived(world, clinic)
    clinician, registrar = (
        await hired(world, Role.CLINICIAN, clinic),
        await hired(world, Role.REGISTRAR, clinic),
    )
    seen = [await clinician.command("/results"), await clinician.tap(f"rslt:{visit}")]
    seen.append(await clinician.tap(f"rsex:{visit}"))
    chooses = await clinician.tap(f"rsrdy:{visit}")
    assert all(word in json.dumps(to_json(chooses)) for word in WORDS)
    seen.append(await clinician.tap(f"rsrdy:{visit}:R3"))
    seen += [await registrar.command("/results"), await registrar.tap(f"rslt:{visit}")]
    assert "R3" not in json.dumps(to_json(seen[-1]))
    seen.append(await registrar.tap(f"rsgiv:{visit}"))
    seen.append(await registrar.tap(f"rslt:{visit}"))

    for reply in seen:
        assert not any(word in json.dumps(to_json(reply)) for word in WORDS)
    assert await state(world, person) == "in-care"


async def test_another_result_before_it_is_given_is_written_at_once_and_told_no_more(
    world: Any, clinic: int
) -> None:
    _, visit = await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await clinician.tap(f"rsex:{visit}")
    await clinician.tap(f"rsrdy:{visit}:R2")
    await clinician.press("Another result")
    await clinician.press("R0")
    assert "<b>R0</b>" in clinician.text
    assert await planned(world, "result-ready") == ["pending"]
    await clinician.tap(f"rsgiv:{visit}")

    await clinician.tap(f"rsrdy:{visit}:R3")

    assert "replaces the result of" in clinician.text  # afterwards it is asked: see test_another_result.py
    assert (await one(world, schema.examinations))["given_at"] is not None


async def test_every_step_is_taken_back_on_its_day_until_the_next_one(world: Any, clinic: int) -> None:
    person, visit = await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await given(world, clinician, visit, "R1")

    await clinician.press("Take it back")
    assert await state(world, person) == "result-ready"
    assert await planned(world, "after-result") == ["cancelled"]
    await clinician.press("Take it back")
    assert await state(world, person) == "examined"
    assert set(await planned(world, "result-ready") + await planned(world, "result-again")) == {"cancelled"}
    assert (await one(world, schema.examinations))["outcome"] is None
    await clinician.press("Take it back")
    assert await state(world, person) == "came"
    assert not await world.rows(schema.examinations)


async def test_on_the_next_day_nothing_is_taken_back(world: Any, clinic: int) -> None:
    person, visit = await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await clinician.tap(f"rsex:{visit}")
    at(world, "2026-11-24T08:00")

    await clinician.tap(f"rslt:{visit}")
    assert Verb.RESULT_BACK not in clinician.wishes
    await clinician.tap(f"rsbak:{visit}:e")

    assert await state(world, person) == "examined"
    assert clinician.shown.toast == "This cannot be changed any more."


async def test_a_button_pressed_late_takes_back_no_later_step(world: Any, clinic: int) -> None:
    person, visit = await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await given(world, clinician, visit, "R0")

    await clinician.tap(f"rsbak:{visit}:e")

    assert await state(world, person) == "result-given"


async def test_a_step_pressed_twice_is_written_once(world: Any, clinic: int) -> None:
    _, visit = await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    for _ in range(2):
        await given(world, clinician, visit, "R2")

    kinds = await world.outcomes()
    assert [kinds.count(kind) for kind in ("examined", "result-ready", "result-given")] == [1, 1, 1]
    assert len(await world.rows(schema.examinations)) == 1


async def test_a_visit_is_found_by_its_number(world: Any, clinic: int) -> None:
    _, visit = await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await clinician.command("/results")
    await clinician.press("By ticket number")
    last = int(ticket(visit)[-1])
    await clinician.say(f"{ticket(visit)[:-1]}{(last + 1) % 10}")
    assert "a digit is wrong" in clinician.text

    await clinician.press("By ticket number")
    await clinician.say(ticket(visit).replace(" ", ""))

    assert ticket(visit) in clinician.text
    assert Verb.RESULT_EXAMINED in clinician.wishes


async def test_a_registrar_may_only_say_that_it_was_given(world: Any, clinic: int) -> None:
    person, visit = await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    registrar = await hired(world, Role.REGISTRAR, clinic)
    await registrar.tap(f"rslt:{visit}")
    assert not {Verb.RESULT_EXAMINED, Verb.RESULT_READY, Verb.RESULT_GIVEN} & set(registrar.wishes)
    await registrar.tap(f"rsex:{visit}")
    assert not await world.rows(schema.examinations)
    await clinician.tap(f"rsex:{visit}")
    await registrar.tap(f"rsrdy:{visit}:R0")
    await registrar.tap(f"rsbak:{visit}:e")
    assert await state(world, person) == "examined"
    await clinician.tap(f"rsrdy:{visit}:R2")
    await registrar.tap(f"rsbak:{visit}:r")
    assert await state(world, person) == "result-ready"

    await registrar.tap(f"rsgiv:{visit}")
    assert await state(world, person) == "in-care"
    await registrar.press("Take it back")

    assert await state(world, person) == "result-ready"


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.REGISTRAR])
async def test_nobody_of_another_clinic_reaches_a_visit(world: Any, clinic: int, role: Role) -> None:
    person, visit = await arrived(world, clinic)
    other = await hired(world, role, await world.clinic(await world.area()))
    own = await hired(world, Role.CLINICIAN, clinic)
    await own.tap(f"rsex:{visit}")
    await own.tap(f"rsrdy:{visit}:R2")

    for verb in OF_A_VISIT:
        for word in ("R3", "e", "r", "t", "y"):
            for wish in (build(verb, visit), build(verb, visit, word)):
                assert ticket(visit) not in json.dumps(to_json(await other.tap(wish)))
    await other.command("/results")
    assert ticket(visit) not in other.text
    await other.tap(build(Verb.RESULT_FIND))
    await other.say(ticket(visit))
    assert "Nobody with ticket" in other.text
    assert await state(world, person) == "result-ready"
    wishes = [build(verb, visit, *(["t"] if verb is Verb.RESULT_CARE else [])) for verb in OF_A_VISIT]
    assert all([await shows(own, wish, visit) for wish in wishes])  # the control: who may, sees it


@pytest.mark.parametrize("role", [Role.WORKER, Role.COORDINATOR, Role.ADMIN])
async def test_who_does_not_work_at_a_clinic_has_no_such_screen(world: Any, clinic: int, role: Role) -> None:
    _, visit = await arrived(world, clinic)
    someone = world.somebody()
    await someone.hire(role)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await given(world, clinician, visit, "R2")

    wishes = [
        build(Verb.RESULTS),
        *(build(verb, visit) for verb in OF_A_VISIT if verb is not Verb.RESULT_CARE),
    ]
    wishes += [build(Verb.RESULT_READY, visit, "R0"), build(Verb.RESULT_CARE, visit, "t")]
    for wish in wishes:
        assert not await shows(someone, wish, visit), wish
    await someone.tap(build(Verb.RESULT_FIND))
    assert not await shows(someone, None, visit)
    assert all([await shows(clinician, wish, visit) for wish in wishes])  # the control: who may, sees it
    await clinician.tap(build(Verb.RESULT_FIND))
    assert await shows(clinician, None, visit)


async def test_somebody_who_came_without_the_bot_has_a_result_too(world: Any, clinic: int) -> None:
    _, visit = await arrived(world, clinic)
    async with world.database.writing() as store:
        await store.execute(
            schema.bookings.update().values(person_id=None, referral_id=None, use="walk-in", locale="tg")
        )
    clinician = await hired(world, Role.CLINICIAN, clinic)

    await given(world, clinician, visit, "R2")

    row = await one(world, schema.examinations)
    assert world.vault.open(row["outcome"]) == b"R2"
    assert "tell them yourself" in clinician.text
    assert Verb.RESULT_CARE not in clinician.wishes
    assert "Write it in the clinic's own journal" in clinician.text
    assert not [row for row in await world.rows(schema.due) if row["kind"].startswith("result")]


async def test_of_a_child_the_adult_is_told_with_the_adults_key(world: Any, clinic: int) -> None:
    parent, visit = await arrived(world, clinic)
    person = await parent.person()
    async with world.database.writing() as store:
        await store.execute(
            schema.bookings.update().values(
                person_id=None, referral_id=None, guardian_id=person.id, use="child", child_age="under5"
            )
        )
    clinician = await hired(world, Role.CLINICIAN, clinic)

    await given(world, clinician, visit, "R1")

    row = await one(world, schema.examinations)
    assert (row["person_id"], row["referral_id"]) == (person.id, None)
    assert world.vault.open_for(person.key, row["outcome"]) == b"R1"
    assert "🧒" in clinician.text
    assert "Write it in the clinic's own journal" in clinician.text
    assert await state(world, parent) == "came"


async def test_treatment_is_completed_only_after_a_course_and_asked_about(world: Any, clinic: int) -> None:
    person, visit = await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await given(world, clinician, visit, "R1")
    await clinician.press("Preventive treatment has begun")
    assert "Treatment is completed" not in clinician.text
    await clinician.tap(f"rscar:{visit}:c:y")
    assert await state(world, person) == "preventive"
    await clinician.tap(f"rscar:{visit}:n")
    assert await state(world, person) == "in-care"
    await clinician.tap(f"rscar:{visit}:t")
    world.wait(days=29)

    await clinician.tap(f"rslt:{visit}")
    await clinician.press("completed")
    assert await state(world, person) == "treatment"
    await clinician.press("Yes, completed")

    assert await state(world, person) == "completed"
    assert (await one(world, schema.referrals))["closed_at"] is None  # outreach ends by its own rule


async def test_the_outcome_of_care_leads_to_nobody(world: Any, clinic: int) -> None:
    _, visit = await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await given(world, clinician, visit, "R2")
    await clinician.press("💊 Treatment")

    row = await one(world, schema.outcomes, kind="care-noted")
    assert row["clinic_id"] == clinic
    alone = ("referral_id", "link_id", "staff_id", "area_id", "site_id", "locale", "detail")
    assert {row[name] for name in alone} == {None}
    assert not await world.rows(schema.outcomes, kind="result")


async def test_what_was_written_goes_with_the_person(world: Any, clinic: int) -> None:
    person, visit = await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await given(world, clinician, visit, "R2")

    await person.command("/forget")
    await person.press(Verb.FORGET_YES)

    assert not await world.rows(schema.examinations)
    await clinician.tap(f"rslt:{visit}")
    assert "not in the list" in clinician.text


async def test_the_person_reads_the_result_in_their_data_once_they_have_it(world: Any, clinic: int) -> None:
    person, visit = await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await clinician.tap(f"rsex:{visit}")
    await clinician.tap(f"rsrdy:{visit}:R3")
    await person.command("/mydata")
    before = person.shown.steps[0].content
    await clinician.tap(f"rsgiv:{visit}")
    await person.command("/mydata")
    after = person.shown.steps[0].content

    assert "The result was ready" in before
    assert "drug-resistant" not in before
    assert "The clinic wrote: drug-resistant TB" in after


async def test_the_referral_that_closed_still_learns_of_care(world: Any, clinic: int) -> None:
    person, visit = await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await given(world, clinician, visit, "R2")
    async with world.database.writing() as store:
        await store.execute(schema.referrals.update().values(closed_at=world.now + timedelta(days=30)))

    await clinician.tap(f"rscar:{visit}:t")

    assert await state(world, person) == "treatment"


async def test_an_old_visit_is_in_the_list_no_more(world: Any, clinic: int) -> None:
    _, visit = await arrived(world, clinic)
    world.wait(days=91)
    async with world.database.reading() as store:
        assert await examinations.lock(store, visit, [clinic], now=world.now) is None


async def test_who_makes_a_walk_in_theirs_is_told_of_the_result(world: Any, clinic: int) -> None:
    person, visit = await arrived(world, clinic)
    [own] = await world.rows(schema.bookings)
    async with world.database.writing() as store:
        await store.execute(schema.bookings.update().values(person_id=None, referral_id=None, use="walk-in"))
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await clinician.tap(f"rsex:{visit}")
    async with world.database.writing() as store:
        theirs = {name: own[name] for name in ("person_id", "referral_id", "use")}
        await store.execute(schema.bookings.update().values(**theirs))

    await clinician.tap(f"rsrdy:{visit}:R2")

    row = await one(world, schema.examinations)
    assert (row["person_id"], row["referral_id"]) == (own["person_id"], own["referral_id"])
    assert world.vault.open_for((await person.person()).key, row["outcome"]) == b"R2"
    assert await planned(world, "result-ready") == ["pending"]


async def test_what_a_worker_kept_for_somebody_stays_readable_for_them(world: Any, clinic: int) -> None:
    old, visit = await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    await given(world, clinician, visit, "R1")
    new = world.somebody()
    await new.agree()
    before, after = await old.person(), await new.person()
    async with world.database.writing() as store:
        await take_over(store, world.vault, before, after, now=world.now)

    row = await one(world, schema.examinations)
    assert row["person_id"] == after.id
    assert world.vault.open_for(after.key, row["outcome"]) == b"R1"
    assert await state(world, new) == "in-care"
