"""A question that was not understood: what is near, none of these, a person, and a message later on."""

from datetime import timedelta
from typing import Any

import pytest

from care.message_kinds import Kind as Notice
from care.roles import Role
from handlers.buttons import Verb, parse
from handlers.unanswered import MARK
from locales.folding import fold
from storage import schema

UNCLEAR = "what is the weather in almaty for tomorrow"


@pytest.fixture
async def person(world: Any) -> Any:
    """Somebody who agreed, in English."""
    someone = world.somebody()
    await someone.agree()
    return someone


def data_of(someone: Any, verb: Verb) -> str:
    """Return the data of the first button of a kind."""
    return next(item.data for item in someone.keys if item.data and parse(item.data).verb is verb)


async def waits(someone: Any) -> str:
    """Let somebody ask something unclear and wait for its answer; return the data of the bell."""
    await someone.say(UNCLEAR)
    await someone.press("None of these")
    bell = data_of(someone, Verb.TELL_ME)
    await someone.press(Verb.TELL_ME)
    return bell


async def test_none_of_these_leads_to_a_person_other_questions_and_a_message_later(world, person):
    await person.say(UNCLEAR)
    await person.press("None of these")

    assert person.wishes == [Verb.TALK, Verb.TELL_ME, Verb.ASK, Verb.HOME]
    assert (await world.outcomes())[-2:] == ["not-answered", "none-of-these"]


async def test_a_stranger_is_offered_no_message_and_nothing_is_kept(world):
    stranger = world.somebody()
    await stranger.tap("lang:en")
    await stranger.say(UNCLEAR)
    await stranger.press("None of these")

    assert stranger.wishes == [Verb.TALK, Verb.ASK, Verb.HOME]
    assert await world.count(schema.questions) == 0


async def test_signs_without_words_are_not_kept(world, person):
    await person.say("☺☺☺")
    await person.say("+7 700 123 45 67 ???")

    assert await world.count(schema.questions) == 0


async def test_what_answers_a_message_is_not_kept_for_it_may_be_meant_for_somebody(world, person):
    before = {"message_id": 5, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "…"}
    await person.send(text=UNCLEAR, reply_to_message=before)

    assert Verb.NONE_OF_THESE in person.wishes
    assert await world.count(schema.questions) == 0


async def test_who_wants_to_be_told_waits_and_hears_how_long(world, person):
    await waits(person)

    assert "90 days" in person.text
    [row] = await world.rows(schema.waiting)
    [question] = await world.rows(schema.questions)
    assert row["person_id"] == (await person.person()).id
    assert row["since"] == world.now.date()
    assert question["id"] not in row.values()
    assert (await world.outcomes())[-1] == "tell-asked"


async def test_the_days_are_those_of_the_programme(world, person):
    content = {name: {"en": "x"} for name in ("names", "operator", "contact", "purpose")}
    content |= {"retention_days": {"questions": 30}, "promises": []}
    await world.add(schema.programme, id=1, content=content, changed_at=world.now)

    await waits(person)

    assert "30 days" in person.text


async def test_waiting_twice_is_waiting_once(world, person):
    bell = await waits(person)

    await person.tap(bell)

    assert await world.count(schema.waiting) == 1


async def test_who_does_not_want_to_be_told_any_more_does_not_wait(world, person):
    await waits(person)
    await person.press(Verb.TELL_NOT)

    assert await world.count(schema.waiting) == 0
    assert Verb.TELL_ME in person.wishes
    assert (await world.outcomes())[-1] == "tell-withdrawn"


async def test_a_question_of_somebody_else_cannot_be_waited_for(world, person):
    bell = await waits(person)
    other = world.somebody()
    await other.agree()

    await other.tap(bell)
    await other.tap(bell.replace("tell", "telln"))

    assert await world.count(schema.waiting) == 1
    assert (await world.outcomes()).count("refused") == 2


@pytest.mark.parametrize(
    "data",
    ["tell", "tell:1", "tell:1:0", f"tell:99:{'0' * MARK}", "tell:x:y", "telln", "telln:1:0", "telln:-1:"],
)
async def test_a_forged_wish_to_be_told_is_refused(world, person, data):
    await person.tap(data)

    assert await world.count(schema.waiting) == 0
    assert (await world.outcomes())[-1] in {"refused", "home-seen"}


async def test_a_question_that_is_past_its_time_cannot_be_waited_for(world, person):
    await person.say(UNCLEAR)
    await person.press("None of these")
    async with world.database.writing() as store:
        await store.execute(schema.questions.delete())

    await person.press(Verb.TELL_ME)

    assert await world.count(schema.waiting) == 0


async def test_a_question_that_was_answered_meanwhile_leads_to_its_answer(world, person, words):
    await person.say(UNCLEAR)
    await person.press("None of these")
    decision = await world.add(schema.decisions, id=5, topic="masks", decided_at=world.now)
    async with world.database.writing() as store:
        await store.execute(schema.questions.update().values(decision_id=decision))

    await person.press(Verb.TELL_ME)
    await person.press("Read it")

    assert person.text.startswith(f"<b>{words['en'].answer('masks').title}</b>")
    assert await world.count(schema.waiting) == 0


async def test_a_wording_that_is_not_for_us_is_counted_and_waits_for_nobody(world, person):
    await person.say(UNCLEAR)
    await world.add(schema.decisions, id=5, topic="none", decided_at=world.now)
    async with world.database.writing() as store:
        await store.execute(schema.questions.update().values(decision_id=5))
    await world.add(schema.taught, decision_id=5, text=UNCLEAR, locale="en", folded=fold(UNCLEAR))

    await person.say(UNCLEAR.upper())

    assert [row["decision_id"] for row in await world.rows(schema.questions)] == [5, 5]
    assert Verb.TELL_ME not in person.wishes
    if Verb.NONE_OF_THESE in person.wishes:
        await person.press(Verb.NONE_OF_THESE)
        assert Verb.TELL_ME not in person.wishes


async def test_what_somebody_waits_for_stands_in_their_data_and_goes_with_them(world, person):
    await waits(person)
    await person.command("/mydata")
    assert "ANSWERS THAT YOU WAIT FOR" in person.shown.steps[0].content

    await person.command("/forget")
    await person.press(Verb.FORGET_YES)

    assert await world.count(schema.waiting) == 0
    assert await world.count(schema.questions) == 1


async def test_a_screen_of_the_bot_among_the_nearest_is_opened(world, person):
    await world.clinic(await world.area())

    await person.tap("topic:find-clinic")

    assert Verb.NEAR in person.wishes


async def test_the_message_is_planned_ten_minutes_ahead_and_once(world, person):
    bell = await waits(person)
    office = world.somebody()
    await office.tap("lang:en")
    await office.hire(Role.COORDINATOR)
    await office.command("/questions")
    await office.press(Verb.QUESTION)
    await office.press(Verb.SHELF)
    await office.press(Verb.TEACH)

    [row] = await world.rows(schema.due, kind=Notice.ANSWERED.value)
    assert row["due_at"] == world.now + timedelta(minutes=10)
    assert row["person_id"] == (await person.person()).id
    assert set(row["params"]) == {"waiting"}
    await person.tap(bell)
    assert "There is an answer" in person.text
