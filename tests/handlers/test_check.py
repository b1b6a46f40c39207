"""The symptom check through its buttons: every advice, nothing of the answers kept, no button trusted."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from care import symptoms
from care.symptoms import HEALTH, Advice
from handlers.buttons import Verb, parse
from handlers.check import _ADULT, _ADVICE, _CHILD, _CHOICES, _LINES
from storage import referrals, schema

SELF, CHILD, OTHER = "For me", "For a child under 15", "For another adult"
SHORT = {"cough": "yes", "cough2w": "under-2-weeks"}
NO_ADULT = dict.fromkeys(_ADULT, "no") | {"health": "none"}
NO_CHILD = dict.fromkeys(_CHILD, "no") | {"age": "5-14"}
EVERYTHING = SHORT | {"blood": "more", "fever": "yes", "contact": "yes", "before": "unfinished"}

# the table "Test cases" of the screening page, row by row
CASES: list[tuple[int, str, dict[str, str], Advice]] = [
    (1, SELF, {"red": "yes"}, Advice.RED),
    (2, SELF, {"blood": "more"}, Advice.RED),
    (3, SELF, {"blood": "streaks"}, Advice.URGENT),
    (4, SELF, {"cough": "yes", "cough2w": "from-2-weeks"}, Advice.SOON),
    (5, SELF, {"cough": "yes", "cough2w": "unsure"}, Advice.SOON),
    (6, SELF, SHORT, Advice.WATCH),
    (7, SELF, SHORT | {"contact": "yes"}, Advice.SOON),
    (8, SELF, SHORT | {"health": "diabetes"}, Advice.SOON),
    (9, SELF, SHORT | {"health": "hiv"}, Advice.SOON),
    (10, SELF, {"fever": "unsure"}, Advice.SOON),
    (11, SELF, {"sweats": "yes"}, Advice.SOON),
    (12, SELF, {"weight": "yes"}, Advice.SOON),
    (13, SELF, {"contact": "yes"}, Advice.CONTACT),
    (14, SELF, {"contact": "unsure"}, Advice.CONTACT),
    (15, SELF, {"before": "finished"}, Advice.ROUTINE),
    (16, SELF, {"before": "unfinished"}, Advice.SOON),
    (17, SELF, SHORT | {"before": "unfinished"}, Advice.URGENT),
    (18, SELF, {"health": "hiv"}, Advice.ROUTINE),
    (19, SELF, SHORT | {"health": "skip"}, Advice.WATCH),
    (20, SELF, {}, Advice.NONE),
    (21, SELF, {"contact": "yes", "blood": "streaks"}, Advice.URGENT),
    (22, SELF, EVERYTHING | {"red": "yes"}, Advice.RED),
    (23, SELF, {"before": "unfinished", "contact": "yes"}, Advice.SOON),
    (24, CHILD, {"age": "under-5", "contact": "yes"}, Advice.CONTACT),
    (25, CHILD, {"age": "under-5", "contact": "yes", "cough": "under-2-weeks"}, Advice.URGENT),
    (26, CHILD, {"cough": "under-2-weeks"}, Advice.WATCH),
    (27, CHILD, {"weight": "yes"}, Advice.SOON),
]


@pytest.fixture
async def person(world: Any) -> Any:
    """Somebody who agreed and has a referral."""
    someone = world.somebody()
    known = await someone.agree()
    async with world.database.writing() as store:
        await referrals.open_for(store, known.id, now=world.now)
    return someone


def question(someone: Any, whom: str) -> str | None:
    """Return the id of the question on the screen, or None when there is none."""
    texts = _CHILD if whom == CHILD else _ADULT
    return next((one for one, text in texts.items() if someone.text.endswith(text)), None)


async def choose(someone: Any, choice: str) -> None:
    """Press the button of a choice; the words of some are parts of others."""
    label = _CHOICES[choice]
    nth = [one.lower() for one in someone.labels if label.lower() in one.lower()].index(label.lower())
    await someone.press(label, nth=nth)


async def go_through(someone: Any, said: dict[str, str], *, whom: str = SELF, until: str = "") -> list[str]:
    """Answer as said, and 'no' to all else, up to the question `until`; return the questions seen."""
    answers = (NO_CHILD if whom == CHILD else NO_ADULT) | said
    await someone.command("/check")
    await someone.press(whom)
    seen: list[str] = []
    while (asked := question(someone, whom)) and asked != until:
        seen.append(asked)
        assert f"<i>{len(seen)}</i>." in someone.text
        assert person_can_leave(someone)
        if asked == "health" and answers[asked] in HEALTH:
            await someone.press(_CHOICES[answers[asked]])
            await someone.press("Next")
        else:
            await choose(someone, answers[asked])
    return seen


def person_can_leave(someone: Any) -> bool:
    return someone.labels[-2:] == ["⬅️ Back", "✖️ Stop"] and someone.wishes[-1] is Verb.HOME


def advised(someone: Any, advice: Advice) -> bool:
    if advice is Advice.RED:
        return str(someone.text).startswith("🚨") and "103" in someone.text
    return str(someone.text).startswith(_ADVICE[advice])


@pytest.mark.parametrize(
    ("whom", "said", "advice"), [pytest.param(*case, id=str(number)) for number, *case in CASES]
)
async def test_each_case_of_the_screening_page_ends_in_its_advice(world, person, whom, said, advice):
    await go_through(person, said, whom=whom)

    assert advised(person, advice)
    assert [row["detail"] for row in await world.rows(schema.outcomes, kind="checked")] == [
        advice.name.lower()
    ]


async def test_another_adult_is_asked_the_same_as_oneself(person):
    own = await go_through(person, SHORT)
    others = await go_through(person, SHORT, whom=OTHER)

    assert own == others == [one.id for one in symptoms.ADULT]


async def test_a_child_is_asked_the_questions_for_a_child(person):
    seen = await go_through(person, {}, whom=CHILD)

    assert seen == [one.id for one in symptoms.CHILD]


async def test_who_does_not_cough_is_not_asked_for_how_long(person):
    assert "cough2w" not in await go_through(person, {})


@pytest.mark.parametrize(("said", "last"), [({"red": "yes"}, "red"), ({"blood": "more"}, "blood")])
async def test_a_danger_sign_shows_the_emergency_screen_at_once(person, said, last):
    seen = await go_through(person, said)

    assert seen[-1] == last
    assert person.text.startswith("🚨")
    assert person.wishes == [Verb.TALK, Verb.HOME]
    assert _LINES[symptoms.Line.NOT_A_DIAGNOSIS] not in person.text


async def test_a_childs_danger_sign_shows_it_too(person):
    assert await go_through(person, {"red": "yes"}, whom=CHILD) == ["red"]
    assert person.text.startswith("🚨")


async def test_a_typed_danger_sign_in_the_middle_of_the_check_wins(person):
    await go_through(person, SHORT, until="blood")

    await person.say("I cannot breathe")

    assert person.text.startswith("🚨")


async def test_whoever_goes_back_can_answer_otherwise(person):
    await go_through(person, SHORT, until="sweats")

    for expected in ("fever", "cough2w", "cough", "red"):
        await person.press("Back")
        assert question(person, SELF) == expected
    await person.press("Back")
    assert "For whom?" in person.text


async def test_whoever_stops_is_at_home_and_nothing_was_checked(world, person):
    await go_through(person, SHORT, until="blood")
    await person.press("Stop")

    assert "How can I help you?" in person.text
    assert "checked" not in await world.outcomes()
    assert (await world.rows(schema.referrals))[0]["advice"] is None


async def test_several_conditions_are_ticked_and_unticked(person):
    await go_through(person, {}, until="health")
    assert [label for label in person.labels if label.startswith("☑️")] == []
    assert "None of these" in person.labels

    await person.press("HIV")
    await person.press("Pregnant")
    assert {label for label in person.labels if label.startswith("☑️")} == {"☑️ HIV", "☑️ Pregnant"}
    assert "None of these" not in person.labels
    await person.press("HIV")
    await person.press("Next")
    await choose(person, "no")

    assert _LINES[symptoms.Line.PREGNANT] in person.text


async def test_going_back_from_the_ticks_drops_them(person):
    await go_through(person, {}, until="health")
    await person.press("HIV")
    await person.press("Back")
    assert question(person, SELF) == "before"
    await choose(person, "no")

    assert not any(label.startswith("☑️") for label in person.labels)


@pytest.mark.parametrize("asked", ["health", "child5"])
async def test_what_may_be_skipped_has_a_button_for_it(person, asked):
    await go_through(person, {}, until=asked)

    assert "Skip" in person.labels


@pytest.mark.parametrize("asked", ["cough", "fever", "blood", "contact", "before"])
async def test_what_is_needed_cannot_be_skipped(person, asked):
    await go_through(person, {}, until=asked)

    assert "Skip" not in person.labels


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ({"before": "unfinished", "contact": "yes"}, symptoms.Line.NOT_FINISHED),
        ({"fever": "yes", "child5": "yes"}, symptoms.Line.CHILD_AT_HOME),
        ({"health": "pregnant"}, symptoms.Line.PREGNANT),
        ({}, symptoms.Line.NOT_A_DIAGNOSIS),
    ],
)
async def test_lines_are_added_to_the_advice(person, said, line):
    await go_through(person, said)

    assert _LINES[line] in person.text


@pytest.mark.parametrize("said", [{}, SHORT, {"fever": "yes"}, {"contact": "yes"}, {"blood": "streaks"}])
async def test_every_advice_leads_to_an_examination_a_person_and_home(person, said):
    await go_through(person, said)

    assert person.wishes[0] is Verb.BOOK
    assert {Verb.TALK, Verb.CHECK, Verb.HOME} <= set(person.wishes)


def content_of(file: Path) -> list[str]:
    """Return every value of the store as text."""
    with closing(sqlite3.connect(file)) as store:
        names = [name for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = [row for name in names for row in store.execute(f"SELECT * FROM {name}")]
    return [str(value) for row in rows for value in row if value is not None]


async def test_answers_are_kept_nowhere_only_the_advice_and_its_day(world, person, store_file):
    await go_through(person, {"fever": "yes", "health": "hiv", "child5": "yes", "contact": "yes"})

    (referral,) = await world.rows(schema.referrals)
    assert (referral["state"], referral["advice"], referral["checked_at"]) == ("screened", "soon", world.now)
    kept = content_of(store_file)
    assert "soon" in kept
    words = {"hiv", "fever", "contact", "child5", "pregnant", "diabetes"}
    assert not [value for value in kept if any(word in value.lower() for word in words)]
    assert not [value for value in kept if symptoms.decode(value)]
    assert set(await world.outcomes()) == {"check-begun", "checked"}


async def test_a_stranger_is_advised_and_nobody_is_remembered(world):
    someone = world.somebody()
    await someone.tap("lang:en")
    await go_through(someone, SHORT)

    assert advised(someone, Advice.WATCH)
    assert "I will ask you again" not in someone.text
    for table in (schema.people, schema.referrals, schema.due):
        assert await world.count(table) == 0
    assert {row["referral_id"] for row in await world.rows(schema.outcomes)} == {None}


async def test_a_watched_cough_is_asked_about_once_and_a_new_check_replaces_it(world, person):
    await go_through(person, SHORT)
    assert "I will ask you again in 7 days." in person.text
    (first,) = await world.rows(schema.due)
    assert (first["kind"], first["state"]) == ("recheck", "pending")
    assert first["local_due"] == "2026-11-30T10:00"

    world.wait(days=2)
    await go_through(person, SHORT)

    (second,) = await world.rows(schema.due)
    assert second["state"] == "pending"
    assert second["due_at"] - first["due_at"] == timedelta(days=2)


@pytest.mark.parametrize("said", [{}, {"fever": "yes"}, {"red": "yes"}])
async def test_any_other_advice_ends_the_plan_to_ask_again(world, person, said):
    await go_through(person, SHORT)
    await go_through(person, said)

    (planned,) = await world.rows(schema.due)
    assert planned["state"] == "cancelled"


async def test_a_watched_cough_after_another_advice_is_asked_about_again(world, person):
    await go_through(person, SHORT)
    await go_through(person, {})
    await go_through(person, SHORT)

    (planned,) = await world.rows(schema.due)
    assert planned["state"] == "pending"


@pytest.mark.parametrize("whom", [CHILD, OTHER])
async def test_a_check_about_somebody_else_changes_no_referral_and_plans_nothing(world, person, whom):
    before = await world.rows(schema.referrals)
    cough = {"cough": "under-2-weeks"} if whom == CHILD else SHORT

    await go_through(person, cough, whom=whom)

    assert advised(person, Advice.WATCH)
    assert await world.rows(schema.referrals) == before
    assert await world.count(schema.due) == 0
    assert "checked" in await world.outcomes()


async def test_a_check_about_somebody_else_promises_no_reminder_that_is_not_planned(person):
    await go_through(person, SHORT, whom=OTHER)

    assert "I will ask you again" not in person.text


HOSTILE = ["", "x", "zz", "m" * 20, "mq", "myy", "mn+", "mn+1", "mnnnnnnnn+g", "c9", "-", "m-", "mnnnnnnnn+0"]


@pytest.mark.parametrize("encoded", HOSTILE)
async def test_answers_that_nobody_gave_begin_the_check_anew(world, person, encoded):
    await person.tap(f"ch:{encoded}")

    assert "For whom?" in person.text
    assert "checked" not in await world.outcomes()


async def test_an_old_button_of_the_check_goes_on_from_where_it_stands(person):
    await go_through(person, {}, until="contact")
    old = next(item.data for item in person.keys if item.label == "Not sure")
    await go_through(person, {"fever": "yes"})

    await person.tap(old)

    assert question(person, SELF) == "before"
    press = parse(old)
    assert press is not None
    assert symptoms.decode(press.args[0]) is not None
