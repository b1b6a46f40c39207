"""Going home or moving on: the journey, the card that opens once, and what is asked afterwards."""

import json
import re
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, update

from care.message_kinds import Kind as Message
from care.results import Result
from care.roles import Role
from care.transfer import Field, is_code
from handlers.buttons import Verb
from handlers.notices import Notices
from handlers.screens import Reply, Way
from storage import people, schema
from storage.people import random_id

TELLING = re.compile(r"\bTB\b|tubercul|clinic|hospital|medic|examin|illness|disease|symptom|health", re.I)
EVERY = ("ru", "uz", "tg", "kk", "en")


@pytest.fixture
async def worker(world: Any) -> Any:
    someone = world.somebody()
    await someone.hire(Role.WORKER, area_id=await world.area())
    return someone


@pytest.fixture
async def clinic(world: Any, worker: Any) -> int:
    number = await world.clinic((await world.rows(schema.areas))[0]["id"])
    texts = {"names": "Polyclinic One", "address": "1 Market Street"}
    async with world.database.writing() as store:
        said = {name: dict.fromkeys(EVERY, text) for name, text in texts.items()}
        await store.execute(update(schema.clinics).values(**said, phone="+7 700 000 00 00"))
        await store.execute(update(schema.cities).values(names=dict.fromkeys(EVERY, "Steppe Town")))
    return int(number)


@pytest.fixture
async def person(world: Any, worker: Any, clinic: int) -> Any:
    """Somebody whom the worker looks after, with a visit on Tuesday, 24 November, at 18:30."""
    someone = world.somebody()
    await someone.agree(area_id=(await world.rows(schema.areas))[0]["id"])
    await someone.tap(f"bky:{clinic}:202611241830")
    return someone


async def plans(person: Any, country: str = "TJ", when: str = "two") -> Reply:
    return await person.tap(f"leav:{country}:{when}")


async def one(world: Any, table: Any = schema.transfers) -> Any:
    [row] = await world.rows(table)
    return row


async def makes_card(person: Any) -> str:
    """Make a card, and return the code on it."""
    await person.press("transfer card") if "🪪 Make a transfer card" in person.labels else None
    await person.tap("tview")
    reply = await person.press("make the card")
    return code_of(reply)


def printed(reply: Reply) -> Any:
    picture, paper = (step for step in reply.steps if step.way in {Way.TRANSFER, Way.TRANSFER_PICTURE})
    assert picture.content == paper.content
    return json.loads(paper.content)


def code_of(reply: Reply) -> str:
    code = printed(reply)["address"].rpartition("=")[2]
    assert is_code(code)
    return str(code)


async def due_row(world: Any, kind: Message, person: Any) -> Any:
    owner = await person.person()
    rows = await world.rows(schema.due, kind=kind.value, person_id=owner.id)
    return rows[-1] if rows else None


async def told(world: Any, kind: Message, person: Any) -> Reply | None:
    """Word the newest planned message of a kind."""
    row, owner = await due_row(world, kind, person), await person.person()
    async with world.database.writing() as store:
        about = await people.by_id(store, owner.id)
        notices = Notices(words=world.words, vault=world.vault, zone=ZoneInfo("Asia/Almaty"))
        return await notices.render(kind, row, about, world.words["en"], store, world.now)


async def came(world: Any, person: Any) -> int:
    """Let the person come to the visit, and be examined."""
    owner = await person.person()
    [booking] = await world.rows(schema.bookings, person_id=owner.id)
    async with world.database.writing() as store:
        await store.execute(update(schema.bookings).values(came_at=booking["starts_at"]))
    return int(booking["id"])


async def result_given(world: Any, person: Any, result: Result) -> None:
    owner = await person.person()
    [booking] = await world.rows(schema.bookings, person_id=owner.id)
    sealed = world.vault.seal_for(owner.key, result.value.encode())
    await world.add(
        schema.examinations,
        id=random_id(),
        booking_id=booking["id"],
        person_id=owner.id,
        clinic_id=booking["clinic_id"],
        examined_at=booking["starts_at"],
        ready_at=booking["starts_at"] + timedelta(days=1),
        given_at=booking["starts_at"] + timedelta(days=2),
        outcome=sealed,
    )


async def test_leaving_asks_where_to_and_when_and_shows_what_to_do(world: Any, person: Any) -> None:
    await person.command("/leaving")
    await person.press("Tajikistan")
    await person.press("in 2 weeks")

    assert "do not stop on the way" in person.text
    assert "In Tajikistan" in person.text
    assert "Tajikistan</b>, Mon 7 Dec" in person.text
    row = await one(world)
    assert (row["country"], str(row["leaves_on"]), row["code_hash"]) == ("TJ", "2026-12-07", None)
    assert "leaving-set" in await world.outcomes()


async def test_another_day_is_chosen_from_pages(world: Any, person: Any) -> None:
    await person.tap("leav:UZ:d:1")
    await person.press("Sat 5 Dec")

    assert str((await one(world))["leaves_on"]) == "2026-12-05"


@pytest.mark.parametrize("data", ["leav:UZ:20200101", "leav:XX:week", "leav:UZ:nonsense", "leav:RU:week"])
async def test_what_a_button_cannot_mean_plans_nothing(world: Any, person: Any, data: str) -> None:
    await person.tap(data)

    assert await world.rows(schema.transfers) == []


async def test_a_second_plan_changes_the_first_and_its_questions(world: Any, person: Any) -> None:
    await plans(person)
    await plans(person, "UZ", "20261130")

    row = await one(world)
    assert (row["country"], str(row["leaves_on"])) == ("UZ", "2026-11-30")
    asked = await world.rows(schema.due, kind="arrived")
    assert [(each["state"], each["local_due"]) for each in asked] == [("pending", "2026-12-07T10:00")]


async def test_a_visit_ahead_may_be_kept_or_cancelled(world: Any, person: Any) -> None:
    await plans(person)
    assert "before you leave" in person.text
    await plans(person, "TJ", "20261123")
    assert "after you leave" in person.text

    assert {Verb.VISIT, Verb.CANCEL} <= set(person.wishes)


async def test_the_person_decides_field_by_field(world: Any, person: Any) -> None:
    await came(world, person)
    await plans(person)
    await person.press("transfer card")
    assert any(label.startswith("☑️ Clinic until now") for label in person.labels)
    assert any(label.startswith("☑️ Came on: 24.11.2026") for label in person.labels)
    assert "⬜ The illness by its name, on the paper, too" in person.labels
    assert not any("Result" in label for label in person.labels), "none was given"

    await person.press("Comes from")
    await person.press("Name")
    await person.say("Фарҳод")
    assert "☑️ Name: Фарҳод" in person.labels
    await person.tap("tview")

    assert "Steppe Town" not in person.text
    assert "Name: <b>Фарҳод</b>" in person.text
    sealed = (await one(world))["written"]
    assert "Фарҳод".encode() not in sealed


async def test_what_is_wrong_is_said_and_asked_again(world: Any, person: Any) -> None:
    await plans(person)
    await person.tap("ttype:born")
    await person.say("ninety")
    assert "4 numbers" in person.text
    await person.say("1990")

    assert "☑️ Year of birth: 1990" in person.labels


async def test_a_shared_number_stands_on_the_card_and_a_foreign_one_does_not(world: Any, person: Any) -> None:
    await plans(person)
    await person.tap("ttype:phone")
    await person.send(contact={"phone_number": "77010000000", "first_name": "B", "user_id": 4})
    assert "not your own number" in person.text
    own = {"phone_number": "992901234567", "first_name": "A", "user_id": person.telegram_id}
    await person.send(contact=own)

    assert "☑️ Phone: +992901234567" in person.labels


async def test_another_button_ends_the_waiting_for_words(world: Any, person: Any) -> None:
    await plans(person)
    await person.tap("ttype:name")
    await person.press(Verb.TRANSFER_CARD)
    await person.say("how is TB cured?")

    assert (await one(world))["written"] is None


async def test_what_was_typed_is_taken_off_with_the_field(world: Any, person: Any) -> None:
    await plans(person)
    await person.tap("ttype:name")
    await person.say("Aziz")
    await person.tap("ttype:name")
    await person.press("take it off")

    row = await one(world)
    assert row["written"] is None
    assert "name" not in row["allowed"]


async def test_the_paper_is_in_russian_and_the_language_of_the_country(world: Any, person: Any) -> None:
    await came(world, person)
    for country, languages in {"TJ": ["ru", "tg"], "UZ": ["ru", "uz"], "KG": ["ru"], "ZZ": ["ru"]}.items():
        await plans(person, country)
        await person.tap("tcard:edit")
        await person.tap("tview")
        assert ("Kyrgyz" in person.text) is (country == "KG")
        paper = printed(await person.press("make the card"))
        marked = [f"{code}‧Medical transfer" for code in languages]
        assert paper["title"] == marked + (["Medical transfer"] if country == "ZZ" else [])


async def test_the_illness_stands_on_the_paper_only_where_the_person_allows_it(
    world: Any, person: Any
) -> None:
    await came(world, person)
    await result_given(world, person, Result.TB)
    await plans(person)
    await person.press("transfer card")
    assert "⬜ Result" in person.labels
    await person.tap("tcard:result")
    await person.tap("tview")
    assert person.text.index("Behind the code only") < person.text.index("Result: <b>TB; told on 26.11.2026<")
    reply = await person.press("make the card")
    assert "TB" not in json.dumps(printed(reply)["rows"])
    assert all("tb" not in step.name.lower() for step in reply.steps)

    await person.tap("tcard:illness")
    await person.tap("tview")
    reply = await person.press("make the card")

    assert "tuberculosis" in json.dumps(printed(reply)["rows"])


async def test_the_button_that_makes_the_card_makes_one(world: Any, person: Any) -> None:
    await plans(person)
    await person.press("transfer card")
    await person.tap("tview")
    [make] = [item.data for item in person.keys if item.data and item.data.startswith("tmake")]
    await person.tap(make)
    code = (await one(world))["code_hash"]
    await person.tap(make)

    assert (await one(world))["code_hash"] == code
    assert "can be opened once" in person.text
    assert (await world.outcomes()).count("transferred") == 1


async def test_a_receiving_clinic_opens_the_card_once(world: Any, person: Any) -> None:
    await came(world, person)
    await plans(person)
    code = await makes_card(person)
    doctor, other = world.somebody(language="tg"), world.somebody()
    before = {table: await world.count(table) for table in (schema.people, schema.drafts)}

    await doctor.command(f"/start {code}")
    await doctor.tap(doctor.keys[0].data) if Verb.LANGUAGE in doctor.wishes else None
    await doctor.tap(f"topen:{code}~tg")
    assert "Are you of that clinic" in doctor.text
    await doctor.tap(f"topen:{code}:y~tg")
    assert "ru‧Clinic until now" in doctor.text
    assert "tg‧Clinic until now" in doctor.text
    assert "24.11.2026" in doctor.text
    await doctor.tap(f"topen:{code}:y~tg")
    assert "cannot be opened" in doctor.text
    await other.tap(f"topen:{code}~en")
    assert "cannot be opened" in other.text

    after = {table: await world.count(table) for table in (schema.people, schema.drafts)}
    assert after == before, "nothing is kept of who opened it"
    [opened] = await world.rows(schema.outcomes, kind="transfer-opened")
    assert opened["detail"] == "TJ"


async def test_all_that_opens_nothing_says_the_same(world: Any, person: Any) -> None:
    await plans(person)
    await person.press("transfer card")
    code = await makes_card(person)
    unknown = f"{code[:-3]}AAA"
    doctor = world.somebody()
    await doctor.tap(f"topen:{unknown}~en")
    said = doctor.text
    world.wait(days=61)
    await doctor.tap(f"topen:{code}~en")
    assert doctor.text == said
    for wrong in ("topen~en", "topen:Fh3kQ9xLm2Zt7PbV~en", f"topen:{unknown}:y~en"):
        await doctor.tap(wrong)
        assert doctor.text == said


async def test_the_person_hears_that_the_card_was_opened_and_may_end_it(world: Any, person: Any) -> None:
    await plans(person)
    code = await makes_card(person)
    await world.somebody().tap(f"topen:{code}:y~en")

    reply = await told(world, Message.TRANSFER_OPENED, person)

    assert reply is not None
    assert "Your card was opened" in reply.steps[0].text
    await person.tap(reply.steps[0].rows[0][0].data)
    assert Verb.TALK in person.wishes
    assert (await one(world))["code_hash"] is None
    assert await told(world, Message.TRANSFER_OPENED, person) is not None


async def test_the_person_who_scans_their_own_card_sees_how_it_stands(world: Any, person: Any) -> None:
    await plans(person)
    code = await makes_card(person)
    await person.command(f"/start {code}")

    assert "can be opened once" in person.text
    assert (await one(world))["opened_at"] is None


@pytest.mark.parametrize("role", [Role.WORKER, Role.REGISTRAR, Role.COORDINATOR, Role.ADMIN])
async def test_our_own_team_does_not_open_cards(world: Any, person: Any, clinic: int, role: Role) -> None:
    await plans(person)
    code = await makes_card(person)
    someone = world.somebody()
    await someone.hire(role, clinic_id=clinic)
    await someone.tap(f"topen:{code}:y")

    assert "Our own team does not open it" in someone.text
    assert (await one(world))["opened_at"] is None


async def test_a_card_taken_back_or_made_anew_opens_nothing(world: Any, person: Any) -> None:
    await plans(person)
    first = await makes_card(person)
    await person.tap("tcard:edit")
    second = await makes_card(person)
    doctor = world.somebody()
    await doctor.tap(f"topen:{first}:y~en")
    assert "cannot be opened" in doctor.text
    await person.tap("tback")
    await person.press("yes, end it")
    await doctor.tap(f"topen:{second}:y~en")

    assert "cannot be opened" in doctor.text


async def test_a_card_says_what_is_true_when_it_is_opened(world: Any, person: Any) -> None:
    await plans(person)
    await person.tap("ttype:name")
    await person.say("Aziz")
    code = await makes_card(person)
    await person.tap("ttype:name:x")
    doctor = world.somebody()
    await doctor.tap(f"topen:{code}:y~en")

    assert "Aziz" not in doctor.text


async def test_whoever_is_forgotten_leaves_a_card_that_opens_nothing(world: Any, person: Any) -> None:
    await plans(person)
    await person.tap("ttype:name")
    await person.say("Aziz")
    code = await makes_card(person)
    await person.command("/forget")
    await person.press(Verb.FORGET_YES)

    doctor = world.somebody()
    await doctor.tap(f"topen:{code}:y~en")

    assert "cannot be opened" in doctor.text
    assert await world.rows(schema.transfers) == []


async def test_whoever_has_left_has_no_visit_no_task_and_no_episode_here(world: Any, person: Any) -> None:
    owner = await person.person()
    await plans(person)
    await person.press("i have left")
    assert (await one(world, schema.referrals))["closed_at"] is None, "it asks first"
    await person.press("yes, i am leaving")

    [referral] = await world.rows(schema.referrals, person_id=owner.id)
    assert referral["state"] == "moved-away"
    assert referral["closed_at"] is not None
    [booking] = await world.rows(schema.bookings, person_id=owner.id)
    assert booking["cancelled_at"] is not None
    waiting = await world.rows(schema.due, person_id=owner.id, state="pending")
    assert {row["kind"] for row in waiting} == {"arrived", "went-on"}
    assert "left" in await world.outcomes()
    await person.tap(f"bky:{booking['clinic_id']}:202611261700")
    assert len(await world.rows(schema.referrals, person_id=owner.id)) == 2, "a booking begins anew"


async def test_the_questions_come_after_a_week_and_a_month(world: Any, person: Any) -> None:
    await plans(person, "TJ", "week")
    reply = await told(world, Message.ARRIVED, person)
    assert reply is not None
    await person.tap(reply.steps[0].rows[0][0].data)

    row = await one(world)
    assert row["arrived"] is True
    [referral] = await world.rows(schema.referrals, person_id=row["person_id"])
    assert referral["state"] == "moved-away"
    assert await told(world, Message.ARRIVED, person) is None, "it was answered"
    reply = await told(world, Message.WENT_ON, person)
    assert reply is not None
    await person.tap(reply.steps[0].rows[0][0].data)
    row = await one(world)
    assert (row["went_on"], row["ended_at"]) == (True, world.now)
    details = {each["kind"]: each["detail"] for each in await world.rows(schema.outcomes)}
    assert (details["arrived"], details["went-on"]) == ("y", "y")


async def test_not_yet_is_asked_again_in_a_week(world: Any, person: Any) -> None:
    await plans(person, "TJ", "week")
    async with world.database.writing() as store:
        await store.execute(update(schema.due).where(schema.due.c.kind == "arrived").values(state="sent"))
    world.wait(days=13)
    await person.tap(f"arriv:{(await one(world))['id']}:n")

    asked = await due_row(world, Message.ARRIVED, person)
    assert (asked["state"], asked["local_due"]) == ("pending", "2026-12-13T10:00")


async def test_not_yet_moves_the_question_of_the_month_along_with_the_arrival(
    world: Any, person: Any
) -> None:
    await plans(person, "TJ", "week")
    assert (await due_row(world, Message.WENT_ON, person))["local_due"] == "2026-12-29T10:00"
    world.wait(days=13)
    await person.tap(f"arriv:{(await one(world))['id']}:n")
    assert (await due_row(world, Message.WENT_ON, person))["local_due"] == "2027-01-03T10:00"
    world.wait(days=14)
    await person.tap(f"arriv:{(await one(world))['id']}:y")

    asked = await due_row(world, Message.WENT_ON, person)
    assert (asked["state"], asked["local_due"]) == ("pending", "2027-01-10T10:00")


async def test_whoever_said_that_they_left_and_stays_goes_on_where_they_stood(
    world: Any, person: Any
) -> None:
    await plans(person)
    await person.tap("left:y")
    world.wait(days=3)
    await person.press("i am staying")
    assert (await one(world, schema.referrals))["state"] == "moved-away", "it asks first"
    await person.press("yes, i am staying")

    referral = await one(world, schema.referrals)
    assert (referral["state"], referral["closed_at"], referral["ended_from"]) == ("informed", None, None)
    assert "I am here for you as before" in person.text


async def test_whoever_said_that_they_left_and_answers_that_they_stay_goes_on_too(
    world: Any, person: Any
) -> None:
    await plans(person)
    await person.tap("left:y")
    await person.tap(f"arriv:{(await one(world))['id']}:s")

    assert (await one(world, schema.referrals))["closed_at"] is None


async def test_whoever_has_arrived_may_say_that_they_are_here_again(world: Any, person: Any) -> None:
    await plans(person)
    await person.tap(f"arriv:{(await one(world))['id']}:y")
    await person.tap("leav")
    await person.press("i am here again")
    assert "Are you here again?" in person.text
    await person.press("yes, i am here again")

    assert (await one(world, schema.referrals))["closed_at"] is None


async def test_an_episode_that_ended_long_ago_or_was_followed_by_another_stays_ended(
    world: Any, person: Any, clinic: int
) -> None:
    await plans(person)
    await person.tap("left:y")
    await person.tap(f"bky:{clinic}:202611261700")
    await person.tap("stay:y")
    states = {row["state"]: row["closed_at"] is None for row in await world.rows(schema.referrals)}
    assert states == {"moved-away": False, "booked": True}

    await plans(person)
    await person.tap("left:y")
    world.wait(days=91)
    await person.tap("stay:y")

    assert all(row["closed_at"] for row in await world.rows(schema.referrals))


async def test_care_of_whoever_stays_after_all_can_be_written_again(
    world: Any, person: Any, clinic: int
) -> None:
    doctor = world.somebody()
    await doctor.hire(Role.CLINICIAN, clinic_id=clinic)
    visit = await came(world, person)
    world.wait(days=2)
    for data in ("rsex:{0}", "rsrdy:{0}:R2", "rsgiv:{0}"):
        await doctor.tap(data.format(visit))
    await plans(person)
    await person.tap("left:y")
    world.wait(days=1)
    await doctor.tap(f"rslt:{visit}")
    assert "They moved away on Wed 25 Nov" in doctor.text
    assert "treatment has begun" not in str(doctor.labels).lower()
    await person.tap("stay:y")
    await doctor.tap(f"rslt:{visit}")
    assert "They moved away" not in doctor.text
    await doctor.press("💊 Treatment has begun")

    assert (await one(world, schema.referrals))["state"] == "treatment"


CARE = {
    "in-care": "told on 26.11.2026; the clinic has not written that treatment began",
    "preventive": "told on 26.11.2026; preventive treatment has begun, as the clinic wrote",
    "treatment": "told on 26.11.2026; treatment has begun, as the clinic wrote",
    "completed": "told on 26.11.2026; treatment is completed, as the clinic wrote",
    "result-ready": "told on 26.11.2026",
}


@pytest.mark.parametrize("left", [False, True])
@pytest.mark.parametrize("state", CARE)
async def test_the_card_says_of_treatment_what_the_clinic_wrote_and_no_more(
    world: Any, person: Any, state: str, left: bool
) -> None:
    await came(world, person)
    await result_given(world, person, Result.TB)
    referral = await one(world, schema.referrals)
    async with world.database.writing() as store:
        await store.execute(update(schema.examinations).values(referral_id=referral["id"]))
        await store.execute(update(schema.referrals).values(state=state))
    await plans(person)
    await person.tap("tcard:result")
    await person.tap("tcard:illness")
    if left:
        await person.tap("left:y")
    await person.tap("tview")
    assert f"Result: <b>TB; {CARE[state]}</b>" in person.text
    paper = printed(await person.press("make the card"))

    [said] = [row["value"] for row in paper["rows"] if "ru‧Result" in row["label"]]
    told_on, _, care = CARE[state].partition("; ")
    assert said == [
        f"{code}‧{code}‧TB; {told_on}" + (f"; {code}‧{care}" if care else "") for code in ("ru", "tg")
    ]


async def test_whoever_stays_is_asked_no_more_and_the_card_ends(world: Any, person: Any) -> None:
    await plans(person)
    code = await makes_card(person)
    await person.tap(f"arriv:{(await one(world))['id']}:s")

    assert await world.rows(schema.due, kind="went-on", state="pending") == []
    doctor = world.somebody()
    await doctor.tap(f"topen:{code}:y~en")
    assert "cannot be opened" in doctor.text
    [referral] = await world.rows(schema.referrals)
    assert referral["state"] == "booked", "nothing here ended"


async def test_whoever_needs_help_there_becomes_a_task_without_content(
    world: Any, person: Any, worker: Any
) -> None:
    await plans(person)
    transfer_id = (await one(world))["id"]
    await person.tap("left:y")
    await person.tap(f"wenton:{transfer_id}:n")
    await person.tap(f"wenton:{transfer_id}:n")

    [task] = await world.rows(schema.tasks, kind="abroad")
    assert (task["topic"], task["contact"], task["done_at"]) == (None, None, None)
    assert {Verb.CENTRES, Verb.TALK} <= set(person.wishes)
    await worker.tap(f"task:{task['id']}")
    assert "needs help there" in worker.text


async def test_the_directory_of_who_receives_people_has_pages(world: Any, person: Any) -> None:
    for number in range(9):
        await world.add(
            schema.centres,
            code=f"c{number}",
            country="TJ",
            names={"en": f"Centre {number}", "ru": "Ц"},
            address={"en": "1 Street", "ru": "У"},
            phone="+992 00 000 00 00" if number == 8 else None,
            source="invented",
        )
    await plans(person)
    await person.press("where to go")
    assert len([wish for wish in person.wishes if wish is Verb.CENTRE]) == 8
    await person.press("▶️")
    await person.press("Centre 8")
    assert "+992 00 000 00 00" in person.text
    assert "invented" in person.text
    await person.press("i go there")
    assert (await one(world))["centre_id"] == 9
    await person.press("my journey")
    assert "You go to: Centre 8" in person.text


async def test_a_country_without_entries_says_what_to_do(world: Any, person: Any) -> None:
    stranger = world.somebody()
    await stranger.tap("cents:KG~en")
    assert "I know nobody there yet" in stranger.text
    await stranger.tap("cents~en")
    await stranger.tap("cent:99~en")

    assert "not here any more" in stranger.text


async def test_a_worker_makes_a_card_for_somebody_without_telegram_and_sees_no_result(
    world: Any, worker: Any, person: Any
) -> None:
    await came(world, person)
    await result_given(world, person, Result.TB)
    owner = await person.person()
    hired = (await worker.person()).roles[0].id
    async with world.database.writing() as store:
        gone = {"telegram_hash": None, "telegram_id": None, "registered_by": hired}
        await store.execute(update(schema.people).where(schema.people.c.id == owner.id).values(**gone))
    await worker.tap(f"ag:{owner.id}")
    await worker.press("i am leaving")
    await worker.press("Uzbekistan")
    await worker.press("this week")
    await worker.press("transfer card")
    assert not any("Result" in label or "illness" in label for label in worker.labels)
    await worker.tap(f"tcard:result~ag~{owner.id}")
    await worker.press("Name")
    await worker.say("Aziz")
    assert "☑️ Name: Aziz" in worker.labels
    await worker.press("look at it first")
    reply = await worker.press("make the card")

    assert code_of(reply)
    assert Field.RESULT.value not in (await one(world))["allowed"]
    assert (await one(world))["person_id"] == owner.id


async def test_my_data_shows_the_journey_and_not_what_was_typed(world: Any, person: Any) -> None:
    await plans(person)
    await person.tap("ttype:name")
    await person.say("Aziz")
    await makes_card(person)
    reply = await person.command("/mydata")

    [content] = [step.content for step in reply.steps if step.way is Way.FILE]
    assert "YOUR JOURNEYS" in content
    assert "what you wrote for it: encrypted" in content
    assert "Aziz" not in content
    assert "it can be opened until 22.01.2027" in content


@pytest.mark.parametrize("kind", [Message.ARRIVED, Message.WENT_ON, Message.TRANSFER_OPENED])
async def test_a_message_about_a_journey_that_is_over_is_not_sent(
    world: Any, person: Any, kind: Message
) -> None:
    await plans(person)
    row = await one(world)
    async with world.database.writing() as store:
        await store.execute(update(schema.transfers).values(ended_at=world.now))
        if not (await store.execute(select(schema.due.c.id).where(schema.due.c.kind == kind.value))).all():
            planned = {
                "key": "x",
                "kind": kind.value,
                "person_id": row["person_id"],
                "params": {"transfer": row["id"]},
                "due_at": world.now,
                "useful_until": world.now,
                "lane": 1,
                "created_at": world.now,
            }
            await store.execute(insert(schema.due).values(**planned))

    assert await told(world, kind, person) is None


@pytest.mark.parametrize("kind", [Message.ARRIVED, Message.WENT_ON, Message.TRANSFER_OPENED])
async def test_what_comes_by_itself_tells_a_lock_screen_nothing(
    world: Any, person: Any, kind: Message
) -> None:
    await plans(person)
    code = await makes_card(person)
    await world.somebody().tap(f"topen:{code}:y~en")

    reply = await told(world, kind, person)

    assert reply is not None
    assert not TELLING.search(reply.steps[0].text), reply.steps[0].text


def test_with_the_word_in_it_a_lock_screen_tells_too_much() -> None:
    """The negative control."""
    assert TELLING.search("Did you go on with your TB medicine at the clinic?")


async def test_numbers_count_cards_and_who_arrived(world: Any, person: Any) -> None:
    office = world.somebody()
    await office.hire(Role.COORDINATOR)
    await person.tap("bky:1:202611251830")
    await plans(person)
    await makes_card(person)
    await person.tap("tcard:edit")
    code = await makes_card(person)
    await world.somebody().tap(f"topen:{code}:y~en")
    await person.tap(f"arriv:{(await one(world))['id']}:y")
    await office.command("/stats")

    assert (
        "Transfer cards: 1; opened where people are received: 1; arrived: 1; went on there: 0" in office.text
    )


async def test_the_answers_about_leaving_lead_to_the_journey(world: Any, person: Any) -> None:
    for topic in ("going-home", "travel"):
        await person.tap(f"topic:{topic}")
        assert Verb.LEAVING in person.wishes
    for command in ("/visits", "/help"):
        await person.command(command)
        assert Verb.LEAVING in person.wishes


async def test_leaving_ends_what_waits_here_but_not_a_talk(world: Any, person: Any) -> None:
    owner = await person.person()
    waits = {"person_id": owner.id, "days": [], "hours": "any", "refused": [], "created_at": world.now}
    await world.add(schema.waits, id=random_id(), **waits, ends_at=world.now + timedelta(days=30))
    [referral] = await world.rows(schema.referrals, person_id=owner.id)
    tasks = {"person_id": owner.id, "referral_id": referral["id"], "promised_at": world.now}
    for kind in ("missed", "lawyer", "talk"):
        await world.add(schema.tasks, id=random_id(), kind=kind, created_at=world.now, **tasks)
    await world.add(
        schema.relays,
        id=random_id(),
        person_id=owner.id,
        tags=[],
        opened_at=world.now,
        promised_at=world.now,
    )
    await plans(person)
    await person.tap(f"wenton:{(await one(world))['id']}:n")
    await person.tap("left:y")

    assert (await one(world, schema.waits))["ended_at"] is not None
    left = {row["kind"] for row in await world.rows(schema.tasks) if row["done_at"] is None}
    assert left == {"talk", "abroad"}
    await person.tap(f"wenton:{(await one(world))['id']}:y")
    left = {row["kind"] for row in await world.rows(schema.tasks) if row["done_at"] is None}
    assert left == {"talk"}
