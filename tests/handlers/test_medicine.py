"""Reminders that somebody asks for: begun by buttons, answered with one tap, seen by nobody else."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot import medicine
from care.message_kinds import Kind
from care.outcomes import Kind as Outcome
from care.person import pseudonym
from care.relay import MOST_OPEN
from care.roles import Role
from handlers.answering import Answering
from handlers.buttons import Verb
from storage import due, relays, schema
from tests.handlers.reminding import Reminding

BEGIN = "mednew:1:08:all:20261213:y"  # at 08:00, every day, three weeks


@pytest.fixture
async def worker(world: Any) -> Any:
    someone = world.somebody()
    await someone.hire(Role.WORKER, area_id=await world.area())
    return someone


@pytest.fixture
async def person(world: Any, worker: Any) -> Any:
    """Somebody of the worker's area."""
    someone = world.somebody()
    await someone.agree(area_id=1)
    return someone


@pytest.fixture
def reminding(world: Any) -> Reminding:
    return Reminding(world)


async def plan_of(world: Any) -> Any:
    [plan] = await world.rows(schema.dose_plans)
    return plan


async def details(world: Any, kind: str) -> list[Any]:
    return [row["detail"] for row in await world.rows(schema.outcomes, kind=kind)]


async def test_a_plan_is_begun_by_buttons_alone(world: Any, person: Any) -> None:
    await person.command("/medicine")
    assert "How many times a day?" in person.text
    await person.press("2 times")
    await person.press("08:00")
    assert "Hour 2 of 2" in person.text
    await person.press("20:00")
    await person.press("Every day")
    assert "Your doctor tells you until when" in person.text
    await person.press("6 months")
    assert "08:00, 20:00 · every day" in person.text
    assert "22.05.2027" in person.text
    assert "do not see your plan" in person.text
    await person.press("Yes, begin")

    assert "I write to you from now on" in person.text
    plan = await plan_of(world)
    assert (plan["times"], plan["weekdays"]) == (["08:00", "20:00"], [])
    assert (plan["starts_on"], plan["ends_on"]) == (date(2026, 11, 23), date(2027, 5, 22))
    assert plan["zone"] == "Asia/Almaty"
    assert "✅ Taken: today, 20:00" in person.labels  # it is noon: whoever does not wait says so
    assert "dose-plan-begun" in await world.outcomes()
    first = min(await world.rows(schema.due, kind="dose"), key=lambda row: row["due_at"])
    assert first["local_due"] == "2026-11-23T20:00"


async def test_only_some_days_of_the_week_can_be_chosen(world: Any, person: Any) -> None:
    await person.tap("mednew:1:09")
    await person.press("Monday")
    await person.press("Thursday")
    assert "✅ Monday" in person.labels
    await person.press("These days")
    await person.press("1 month")
    await person.press("Yes, begin")

    assert (await plan_of(world))["weekdays"] == [0, 3]


async def test_the_last_day_may_be_typed(world: Any, person: Any) -> None:
    await person.tap("mednew:1:08:all:e")
    await person.press("Another day")
    await person.say("31.02.2027")
    assert "like this" in person.text
    await person.say("5.3.2027")
    assert "05.03.2027" in person.text
    await person.press("Yes, begin")

    assert (await plan_of(world))["ends_on"] == date(2027, 3, 5)
    assert await world.count(schema.drafts) == 0


async def test_pressing_plans_the_next_days_without_waiting_for_the_job(world: Any, person: Any) -> None:
    await person.tap(BEGIN)
    world.wait(days=3)
    await person.tap(f"dose:{(await plan_of(world))['id']}:20261126:0800:t")

    planned = {row["local_due"] for row in await world.rows(schema.due, kind="dose")}
    assert "2026-11-30T08:00" in planned


async def test_beginning_twice_makes_one_plan(world: Any, person: Any) -> None:
    await person.tap(BEGIN)
    await person.tap(BEGIN)

    assert await world.count(schema.dose_plans) == 1
    assert "My plan" in person.text


async def test_the_home_screen_has_a_button_only_for_who_has_a_plan(person: Any) -> None:
    await person.command("/start")
    assert Verb.MEDICINE not in person.wishes
    await person.tap(BEGIN)
    await person.command("/start")

    assert "💧 My plan" in person.labels


async def test_nothing_that_the_bot_sends_by_itself_offers_a_plan(
    world: Any, person: Any, reminding: Reminding
) -> None:
    await person.command("/start")

    assert not await reminding.until("2026-11-30T12:00", step=timedelta(hours=6))


async def test_a_reminder_says_a_drop_and_three_answers(person: Any, reminding: Reminding) -> None:
    await person.tap(BEGIN)
    [letter] = await reminding.until("2026-11-24T08:00")

    assert letter.text == "💧 Drop of the day"
    assert person.labels == ["✅ Taken", "⏰ Later", "🤔 Problem"]


async def test_taken_counts_once_and_can_be_taken_back(world: Any, person: Any, reminding: Reminding) -> None:
    await person.tap(BEGIN)
    await reminding.until("2026-11-24T08:00")
    taken = next(item.data for item in person.keys if item.label == "✅ Taken")
    await person.tap(taken)
    await person.tap(taken)
    assert "1 day in a row" in person.text
    await person.press("Not yet")

    assert [row["answer"] for row in await world.rows(schema.doses, day=date(2026, 11, 24))] == ["asked"]
    assert (await world.outcomes()).count("dose-taken") == 1


async def test_later_is_asked_again_in_an_hour_at_most_twice(
    world: Any, person: Any, reminding: Reminding
) -> None:
    await person.tap(BEGIN)
    await reminding.until("2026-11-24T08:00")
    later = next(item.data for item in person.keys if item.label == "⏰ Later")
    await person.tap(later)
    assert "at 09:00" in person.text
    await person.tap(later)  # pressed twice: one reminder waits
    assert [one.at.hour for one in await reminding.until("2026-11-24T09:00")] == [9]
    await person.press("Later")
    assert [one.at.hour for one in await reminding.until("2026-11-24T20:00")] == [10]
    await person.press("Later")

    assert "I do not ask again today" in person.text
    assert not await reminding.until("2026-11-25T07:00")


async def test_taken_after_later_is_not_asked_again(person: Any, reminding: Reminding) -> None:
    await person.tap(BEGIN)
    await reminding.until("2026-11-24T08:00")
    await person.press("Later")
    await person.press("Taken")

    assert not await reminding.until("2026-11-25T07:00")


async def test_yesterdays_may_be_answered_today_and_older_ones_not(
    world: Any, person: Any, reminding: Reminding
) -> None:
    await person.tap(BEGIN)
    await reminding.until("2026-11-24T08:00")
    old = next(item.data for item in person.keys if item.label == "✅ Taken")
    await reminding.until("2026-11-25T12:00")
    await person.command("/medicine")
    assert "✅ Taken: yesterday, 08:00" in person.labels
    await reminding.until("2026-11-26T12:00")
    await person.tap(old)
    assert "that is all right" in person.text
    yesterday = old.replace("20261124", "20261125")
    await person.tap(yesterday)

    answers = {row["day"].day: row["answer"] for row in await world.rows(schema.doses)}
    assert (answers[24], answers[25]) == ("asked", "taken")


@pytest.mark.parametrize(
    ("said", "urgent", "topic"),
    [
        ("yellow", True, "side-effects"),
        ("vomits", True, "side-effects"),
        ("sight", True, "side-effects"),
        ("rash", True, "side-effects"),
        ("sick", False, "side-effects"),
        ("joints", False, "side-effects"),
        ("dizzy", False, "side-effects"),
        ("fever", True, "side-effects"),
        ("belly", True, "side-effects"),
        ("numb", True, "side-effects"),
        ("bleeds", True, "side-effects"),
        ("empty", False, "missed-dose"),
        ("stop", False, "stopping-early"),
    ],
)
async def test_a_problem_is_answered_and_somebody_is_asked_to_help(  # fixtures and a table
    world: Any,
    person: Any,
    words: Any,
    said: str,
    urgent: bool,
    topic: str,
) -> None:
    await person.tap(BEGIN)
    plan = (await plan_of(world))["id"]
    await person.tap(f"dosew:{plan}:{said}")
    await person.tap(f"dosew:{plan}:{said}")

    assert words["en"].answer(topic).text[:40] in person.text
    assert ("Do not take the next dose until the doctor answers" in person.text) is urgent
    assert (Verb.MEDICINE_PAUSE in person.wishes) is urgent
    assert Verb.TALK in person.wishes
    [task] = await world.rows(schema.tasks)
    assert (task["kind"], task["topic"], task["contact"]) == ("talk", None, None)
    assert "They do not learn why" in person.text
    assert Verb.TALK_NO in person.wishes


async def test_something_else_says_for_which_signs_the_doctor_is_called(world: Any, person: Any) -> None:
    await person.tap(BEGIN)
    await person.press("Problem")
    for said in ("Fever for 3 days", "belly", "tingling", "bleed easily", "no appetite"):
        assert any(said in label for label in person.labels)
    await person.press("Something else")

    assert "one of the signs below" in person.text
    assert "Do not take the next dose until the doctor answers" in person.text
    assert "easy bleeding" in person.text


async def test_who_cannot_breathe_sees_whom_to_call(world: Any, person: Any) -> None:
    await person.tap(BEGIN)
    await person.press("Problem")
    await person.press("cannot breathe")

    assert person.text.startswith("🚨")
    assert "103 or 112" in person.text
    assert person.text.endswith("What you write here now goes to them.")
    assert Verb.TALK_NO in person.wishes
    assert [row["kind"] for row in await world.rows(schema.tasks)] == ["talk"]


@pytest.mark.parametrize("trouble", ["breath", "yellow"])
async def test_where_everybody_is_busy_nobody_reads_that_their_words_are_passed_on(
    world: Any, person: Any, worker: Any, trouble: str
) -> None:
    staff_id = (await worker.person()).roles[0].id
    for _ in range(MOST_OPEN):
        other = await world.somebody().agree(area_id=1)
        async with world.database.writing() as store:
            values = {"person_id": other.id, "staff_id": staff_id, "promised_at": world.now}
            await relays.begin(store, now=world.now, **values)
    await person.tap(BEGIN)

    await person.tap(f"dosew:{(await plan_of(world))['id']}:{trouble}")

    assert person.text.startswith("🚨")
    assert "Until then your words cannot be passed on" in person.text
    assert "goes to them" not in person.text
    assert Verb.TALK_NO in person.wishes


async def test_a_problem_under_a_reminder_asks_what_it_is(
    world: Any, person: Any, reminding: Reminding
) -> None:
    await person.tap(BEGIN)
    await reminding.until("2026-11-24T08:00")
    await person.press("Problem")

    assert "What is it?" in person.text
    assert [row["answer"] for row in await world.rows(schema.doses, day=date(2026, 11, 24))] == ["problem"]
    assert not await world.rows(schema.tasks)


async def press_a_problem(world: Any, person: Any, _: Reminding) -> None:
    [plan] = await world.rows(schema.dose_plans, person_id=(await person.person()).id)
    await person.tap(f"dosew:{plan['id']}:yellow")


async def press_to_stop(world: Any, person: Any, _: Reminding) -> None:
    [plan] = await world.rows(schema.dose_plans, person_id=(await person.person()).id)
    await person.tap(f"dosew:{plan['id']}:stop")


async def take_nothing_for_two_days(world: Any, _: Any, reminding: Reminding) -> None:
    await medicine.ask_what_is_in_the_way(
        world.database,
        Answering(words=world.words, vault=world.vault, zone=ZoneInfo("Asia/Almaty")),
        now=world.now,
    )


async def ask_for_a_person(_: Any, person: Any, __: Reminding) -> None:
    await person.tap("talky")


async def ask_about_stopping(_: Any, person: Any, __: Reminding) -> None:
    await person.tap("talky:stopping-early")


@pytest.mark.parametrize(
    ("asks", "alike"),
    [
        (press_a_problem, True),
        (press_to_stop, True),
        (take_nothing_for_two_days, True),
        (ask_about_stopping, False),  # the control: what is seen can differ
    ],
)
async def test_the_team_sees_who_has_a_problem_with_a_plan_as_anybody_who_asks_for_a_person(
    world: Any, person: Any, worker: Any, reminding: Reminding, asks: Any, alike: bool
) -> None:  # fixtures and a table
    other = world.somebody()
    await other.agree(area_id=1)
    for someone in (person, other):
        await someone.tap("wish:f")  # a referral, as of most people
    await person.tap(BEGIN)
    await reminding.until("2026-11-26T09:00")  # two days without a dose, and nobody was asked yet
    world.wait(hours=2)
    await asks(world, person, reminding)
    await ask_for_a_person(world, other, reminding)

    assert (await seen_of(world, person, worker) == await seen_of(world, other, worker)) is alike


async def seen_of(world: Any, someone: Any, worker: Any) -> str:
    """Return all that the team sees of a person's request, with what is theirs alone named alike."""
    theirs = (await someone.person()).id
    [task] = await world.rows(schema.tasks, person_id=theirs)
    [relay] = await world.rows(schema.relays, person_id=theirs)
    notices = [row for row in await world.rows(schema.due) if row["params"].get("task") == task["id"]]
    own = {str(task["id"]): "TASK", str(relay["id"]): "TALK", str(theirs): "WHO", pseudonym(theirs): "NAME"}
    [referral] = await world.rows(schema.referrals, person_id=theirs)
    own[str(referral["id"])] = "REFERRAL"
    told = await world.rows(schema.outcomes, kind="talk-asked", referral_id=referral["id"])
    leaves = {"update_id", "id"}
    screens = [
        [(step.text, step.rows) for step in (await worker.tap(data)).steps]
        for data in (f"task:{task['id']}", f"pers:{theirs}", f"rel:{relay['id']}")
    ]
    rows = [{name: row[name] for name in row if name not in leaves} for row in (task, relay, *notices, *told)]
    text = repr([screens, rows])
    for mine, named in own.items():
        text = text.replace(mine, named)
    return text


async def test_the_screens_of_the_team_do_not_change_when_somebody_has_a_plan(
    world: Any, person: Any, worker: Any
) -> None:
    coordinator, someone = world.somebody(), (await person.person()).id
    await coordinator.hire(Role.COORDINATOR)
    await person.tap("wish:f")  # opens a referral, so that there is somebody to see

    async def seen() -> list[Any]:
        found = [await worker.tap(data) for data in ("ppl", f"pers:{someone}", "tasks", "staff")]
        return [*found, *[await coordinator.tap(data) for data in (f"pers:{someone}", "stats", "tasks")]]

    before = await seen()
    await person.tap(BEGIN)
    plan = (await plan_of(world))["id"]
    await person.tap(f"dose:{plan}:20261124:0800:t")
    await person.tap("cvnew:sample:20261201:9")
    await person.tap(f"medp:{plan}:20261127")

    assert await seen() == before


async def test_outcomes_of_a_plan_lead_to_nobody(world: Any, person: Any, reminding: Reminding) -> None:
    await person.tap("wish:f")
    await person.tap(BEGIN)
    await reminding.until("2026-11-24T08:00")
    await person.press("Taken")
    await person.tap("cvnew:sample:20261201:9")

    plans = [one.value for one in Outcome if one.value.startswith(("dose", "medicine", "care-visit"))]
    rows = [
        row for row in await world.rows(schema.outcomes) if row["kind"] in plans or row["detail"] == "dose"
    ]
    assert {"reminded", "dose-taken", "dose-plan-begun", "care-visit-planned"} <= {
        row["kind"] for row in rows
    }
    for row in rows:
        assert not [
            row[one] for one in ("referral_id", "link_id", "staff_id", "area_id", "site_id") if row[one]
        ]
    by_the_person = [row for row in rows if row["role"] == "person"]
    assert {row["update_id"] for row in by_the_person} == {None}
    assert {(row["at"].hour, row["at"].minute, row["at"].second) for row in by_the_person} == {(0, 0, 0)}


@pytest.mark.parametrize("asks", [press_a_problem, press_to_stop, take_nothing_for_two_days])
async def test_nothing_that_is_counted_stands_beside_a_request_for_a_person_because_of_a_plan(
    world: Any, person: Any, reminding: Reminding, asks: Any
) -> None:
    await person.tap("wish:f")
    await person.tap(BEGIN)
    await reminding.until("2026-11-26T09:00")
    world.wait(hours=2)
    before = {row["id"] for row in await world.rows(schema.outcomes)}

    await asks(world, person, reminding)

    new = [row["kind"] for row in await world.rows(schema.outcomes) if row["id"] not in before]
    assert new == ["talk-asked"]


async def test_a_word_of_ones_own_is_sealed_and_sent(world: Any, person: Any, reminding: Reminding) -> None:
    await person.tap(BEGIN)
    await person.tap(f"medw:{(await plan_of(world))['id']}")
    await person.say("x" * 41)
    assert "I need a word of 1 to 40 letters" in person.text
    await person.say("\u200b \u2060")
    assert "I need a word of 1 to 40 letters" in person.text
    await person.say("Call <mother> 🌷")
    assert "Call &lt;mother&gt; 🌷" in person.text
    [letter] = await reminding.until("2026-11-24T08:00")

    assert letter.text == "Call &lt;mother&gt; 🌷"
    assert b"mother" not in (await plan_of(world))["word"]
    assert await world.count(schema.drafts) == 0


async def test_a_word_that_tells_too_much_is_asked_about(world: Any, person: Any) -> None:
    await person.tap(BEGIN)
    await person.tap(f"medw:{(await plan_of(world))['id']}")
    await person.say("TB pills")
    assert "Anybody who sees your phone may read it" in person.text
    assert (await plan_of(world))["word"] is None
    assert person.shown.quotes
    await person.press("Keep it")
    assert "TB pills" in person.text
    await person.tap(f"medw:{(await plan_of(world))['id']}:drop")

    assert "Drop of the day" in person.text
    assert (await plan_of(world))["word"] is None


async def test_a_word_with_a_question_mark_is_answered_and_may_be_kept(world: Any, person: Any) -> None:
    await person.tap(BEGIN)
    await person.tap(f"medw:{(await plan_of(world))['id']}")
    await person.say("Tea? 🍵")
    assert "Or is this your word?" in person.text
    assert person.shown.quotes
    assert (await plan_of(world))["word"] is None
    await person.press("Keep it as my word")
    assert "Tea? 🍵" in person.text
    await person.tap(f"medw:{(await plan_of(world))['id']}")
    await person.say("How is TB treated?")
    assert "Or is this your word?" in person.text
    await person.press("Keep it as my word")

    assert "Anybody who sees your phone may read it" in person.text
    assert "answered" in await world.outcomes()


async def test_what_reads_like_a_question_for_a_word_is_not_passed_on(world: Any, person: Any) -> None:
    await person.tap(BEGIN)
    await person.tap("talky")
    await person.tap(f"medw:{(await plan_of(world))['id']}")
    shown = await person.say("Tea? 🍵")

    assert not [step for step in shown.steps if step.to]


async def test_what_is_typed_after_another_button_is_no_word(world: Any, person: Any) -> None:
    await person.tap(BEGIN)
    await person.tap(f"medw:{(await plan_of(world))['id']}")
    await person.tap("home")
    await person.say("How is TB treated?")

    assert (await plan_of(world))["word"] is None
    assert "answered" in await world.outcomes()


async def test_danger_wins_over_a_word_that_was_asked_for(world: Any, person: Any) -> None:
    await person.tap(BEGIN)
    await person.tap(f"medw:{(await plan_of(world))['id']}")
    await person.say("I cough up a lot of blood")

    assert "103 or 112" in person.text
    assert (await plan_of(world))["word"] is None


async def test_new_hours_move_what_is_still_to_come(world: Any, person: Any, reminding: Reminding) -> None:
    await person.tap(BEGIN)
    plan = (await plan_of(world))["id"]
    await reminding.until("2026-11-24T08:00")
    await person.tap(f"medh:{plan}:1:21:all:e")  # an hour of the night that they chose
    await person.tap(f"dose:{plan}:20261124:0800:t")  # what was asked for can still be answered
    letters = await reminding.until("2026-11-26T12:00")

    assert [(one.at.day, one.at.hour) for one in letters] == [(24, 21), (25, 21)]
    assert "dose-taken" in await world.outcomes()


async def test_half_hours_and_hours_of_the_night_may_be_typed(
    world: Any, person: Any, reminding: Reminding
) -> None:
    await person.command("/medicine")
    await person.press("4 times")
    await person.press("20:00")
    await person.say("7:30")
    assert "Hour 3 of 4" in person.text
    assert "08:00" in person.labels
    await person.say("7:45")
    assert "half an hour away" in person.text
    await person.say("in the evening, at 25")
    assert "half an hour away" in person.text
    await person.say("2")
    await person.press("12:00")
    await person.press("Every day")
    await person.press("1 month")
    assert "02:00 🌙, 07:30 🌙, 12:00, 20:00" in person.text
    assert "because you chose it" in person.text
    await person.press("Yes, begin")

    assert (await plan_of(world))["times"] == ["02:00", "07:30", "12:00", "20:00"]
    letters = await reminding.until("2026-11-24T12:00", step=timedelta(minutes=30))
    assert [f"{one.at:%H:%M}" for one in letters] == ["20:00", "02:00", "07:30", "12:00"]
    assert await world.count(schema.drafts) == 0


async def test_the_hours_of_a_plan_may_be_typed_anew(world: Any, person: Any) -> None:
    await person.tap(BEGIN)
    await person.tap(f"medh:{(await plan_of(world))['id']}:1")
    await person.say("6:45")
    await person.press("Every day")

    assert (await plan_of(world))["times"] == ["06:45"]


async def test_a_question_is_answered_where_an_hour_may_be_typed(world: Any, person: Any) -> None:
    await person.command("/medicine")
    await person.press("1 time")
    await person.say("How is TB treated?")

    assert "answered" in await world.outcomes()


async def test_an_hour_before_eight_comes_at_that_hour(person: Any, reminding: Reminding) -> None:
    await person.tap("mednew:1:06:all:20261213:y")

    assert [one.at.hour for one in await reminding.until("2026-11-25T12:00")] == [6, 6]


async def test_the_end_can_be_moved(world: Any, person: Any) -> None:
    await person.tap(BEGIN)
    plan = (await plan_of(world))["id"]
    await person.tap(f"mede:{plan}:20261224")
    assert "24.12.2026" in person.text
    await person.tap(f"mede:{plan}:date")
    await person.say("1.1.2027")

    assert (await plan_of(world))["ends_on"] == date(2027, 1, 1)
    ends = await world.rows(schema.due, kind="dose-end", state="pending")
    assert [row["local_due"] for row in ends] == ["2027-01-01T19:00"]


async def test_only_the_next_dose_may_be_said_before_its_hour(
    world: Any, person: Any, reminding: Reminding
) -> None:
    await person.tap("mednew:3:13.18.20:all:20261213:y")
    await person.command("/medicine")
    assert [one for one in person.labels if "Taken" in one] == ["✅ Taken: today, 13:00"]
    await person.press("Taken")
    await person.command("/medicine")
    assert [one for one in person.labels if "Taken" in one] == ["✅ Taken: today, 18:00"]
    await person.press("Taken")

    letters = await reminding.until("2026-11-23T23:00")
    assert [one.at.hour for one in letters] == [20]


async def test_a_pause_that_is_longer_than_the_plan_says_so(
    world: Any, person: Any, reminding: Reminding
) -> None:
    await person.tap("mednew:1:08:all:20261125:y")
    plan = (await plan_of(world))["id"]
    await person.tap(f"medp:{plan}:20261203")
    assert "Your plan ends in it" in person.text
    assert "I write again on" not in person.text
    assert "📅 It goes on" in person.labels
    [letter] = await reminding.until("2026-11-25T21:00")
    assert "in the pause" in letter.text
    assert "well done" not in letter.text
    await person.press("It goes on")
    await person.tap(f"mede:{plan}:20261224")

    assert "I write again on 03.12.2026" in person.text
    assert [one.at.day for one in await reminding.until("2026-12-04T09:00")] == [3, 4]


async def test_stopping_is_asked_about_and_can_be_taken_back(
    world: Any, person: Any, reminding: Reminding
) -> None:
    await person.tap(BEGIN)
    plan = (await plan_of(world))["id"]
    await person.tap(f"medx:{plan}")
    assert "do not stop the pills by yourself" in person.text
    await person.press("Yes, stop")
    assert not await world.rows(schema.due, state="pending")
    assert not await reminding.until("2026-11-24T10:00")
    await person.press("Go on after all")

    assert (await plan_of(world))["ended_at"] is None
    assert await world.rows(schema.due, kind="dose", state="pending")
    assert [one.at.day for one in await reminding.until("2026-11-25T10:00")] == [25]


async def test_a_plan_that_was_stopped_long_ago_is_not_taken_up_again(world: Any, person: Any) -> None:
    await person.tap(BEGIN)
    plan = (await plan_of(world))["id"]
    await person.tap(f"medx:{plan}:y")
    world.wait(days=2)
    await person.tap(f"medu:{plan}")

    assert "not here any more" in person.text
    assert (await plan_of(world))["ended_at"] is not None


async def test_a_worker_does_not_do_this_for_somebody_else(world: Any, worker: Any) -> None:
    await worker.tap("new")
    await worker.tap("new:en")
    await worker.press("agree")
    await worker.command("/medicine")

    assert "on their own phone" in worker.text
    assert await world.count(schema.dose_plans) == 0


async def test_my_data_shows_the_plan_and_the_last_answers(
    world: Any, person: Any, reminding: Reminding
) -> None:
    await person.tap(BEGIN)
    await reminding.until("2026-11-24T08:00")
    await person.press("Taken")
    await person.tap("cvnew:doctor:20261201:9")
    await person.command("/mydata")

    told = person.shown.steps[0].content
    assert "YOUR OWN PLAN OF REMINDERS" in told
    assert "08:00, every day" in told
    assert "24.11.2026, 08:00: taken" in told
    assert "The doctor" in told


async def test_forgetting_takes_the_plan_along(world: Any, person: Any) -> None:
    await person.tap(BEGIN)
    await person.tap("cvnew:doctor:20261201:9")
    await person.command("/forget")
    await person.press(Verb.FORGET_YES)

    for table in (schema.dose_plans, schema.doses, schema.care_visits):
        assert await world.count(table) == 0
    assert not await world.rows(schema.due, kind="dose")


async def test_whoever_blocks_the_bot_gets_nothing_and_nobody_is_told(
    world: Any, person: Any, reminding: Reminding
) -> None:
    await person.tap(BEGIN)
    await person.block()

    assert not await reminding.until("2026-11-30T12:00", step=timedelta(hours=4))
    assert not await world.rows(schema.tasks)


async def test_a_reminder_that_may_not_have_arrived_is_told_to_nobody(world: Any, person: Any) -> None:
    await person.tap(BEGIN)
    first = min(await world.rows(schema.due, kind="dose"), key=lambda row: row["due_at"])
    async with world.database.writing() as store:
        gone = {"state": "sending", "attempts": 2, "leased_until": world.now, "token": "x"}
        await store.execute(schema.due.update().where(schema.due.c.id == first["id"]).values(**gone))
    world.now = first["due_at"] + timedelta(minutes=30)
    await Reminding(world).tick()

    assert [row["state"] for row in await world.rows(schema.due, id=first["id"])] == [due.State.UNKNOWN]
    assert not await world.rows(schema.due, kind=Kind.UNKNOWN.value)
