"""Where a day, a number or a word is asked for: a question is answered, what is late is no answer.

What is wrong is said in one sentence with a way back.
"""

from datetime import time, timedelta
from typing import Any

import pytest

from care.roles import Role
from care.transfer import Country
from storage import medicine, schema, transfers

FREE = "What does it cost? Is it free?"
WRONG = ("🙂", "31.02.2027", "00:00", "-5", "x" * 4096)
PLACES = ("word", "last day", "visit day", "name", "year", "phone", "note", "result")
STRICT = tuple(one for one in PLACES if one not in {"word", "name", "note"})


async def asked(world: Any, place: str) -> Any:
    """Return somebody who was just asked to type something."""
    area = await world.area()
    clinic = await world.clinic(area)
    who = world.somebody()
    person = await who.agree(area_id=area)
    if place == "result":
        await who.hire(Role.CLINICIAN, clinic_id=clinic)
    plan = None
    async with world.database.writing() as store:
        if place == "word":
            ends = (world.now + timedelta(days=90)).date()
            begun = {"times": [time(8)], "weekdays": [], "zone": "Asia/Almaty", "ends_on": ends}
            plan = await medicine.begin(store, person.id, now=world.now, **begun)
        leaves = {"leaves_on": None, "referral_id": None, "zone": "Asia/Almaty", "now": world.now}
        await transfers.plan(store, person.id, Country.TJ, **leaves)
    wish = {
        "word": f"medw:{plan.id if plan else ''}",
        "last day": "mednew:1:08:all:date",
        "visit day": "cvnew:sample:date",
        "name": "ttype:name",
        "year": "ttype:born",
        "phone": "ttype:phone",
        "note": "ttype:note",
        "result": "resnr",
    }
    await who.tap(wish[place])
    return who


async def kept(world: Any) -> list[Any]:
    """Return what may have been kept of what was typed."""
    plans, cards = await world.rows(schema.dose_plans), await world.rows(schema.transfers)
    return [*(row["word"] for row in plans), *(row["written"] for row in cards)]


def offered(who: Any) -> str:
    return " ".join(f"{item.label} {item.data}" for item in who.keys)


@pytest.mark.parametrize("place", PLACES)
async def test_a_question_is_answered_and_not_kept(world: Any, place: str) -> None:
    who = await asked(world, place)

    await who.say(FREE)

    assert "examination cost" in who.text
    assert set(await kept(world)) == {None}


@pytest.mark.parametrize("place", STRICT)
async def test_words_without_a_number_are_a_question_where_a_number_is_asked_for(
    world: Any, place: str
) -> None:
    who = await asked(world, place)

    await who.say("how much does an examination cost")

    assert "examination cost" in who.text


@pytest.mark.parametrize("place", PLACES)
async def test_danger_comes_first(world: Any, place: str) -> None:
    who = await asked(world, place)

    await who.say("I am coughing up blood")

    assert "103" in who.text
    assert set(await kept(world)) == {None}


@pytest.mark.parametrize("place", PLACES)
async def test_what_is_written_the_next_day_is_no_answer(world: Any, place: str) -> None:
    who = await asked(world, place)
    world.wait(hours=20)

    await who.say("deportation")

    assert set(await kept(world)) == {None}
    assert "Please write" not in who.text
    assert "digit is wrong" not in who.text


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("place", STRICT)
async def test_what_is_wrong_is_said_with_a_way_back(world: Any, place: str, wrong: str) -> None:
    who = await asked(world, place)

    await who.say(wrong)

    assert "lease" in who.text  # please write it once more, please look again
    assert who.keys
    assert set(await kept(world)) == {None}


@pytest.mark.parametrize("place", ["last day", "visit day", "year"])
async def test_other_digits_are_read(world: Any, place: str) -> None:
    who = await asked(world, place)

    await who.say("١٩٩٠" if place == "year" else "３１．１２．２０２６")

    assert ("Year of birth: 1990" if place == "year" else "20261231") in offered(who)


@pytest.mark.parametrize("place", ["last day", "visit day"])
async def test_a_day_that_is_corrected_in_its_message_is_read(world: Any, place: str) -> None:
    who = await asked(world, place)
    await who.say("31.02.2027")

    await who.edit("28.02.2027")

    assert "20270228" in offered(who)


async def test_a_word_that_nobody_can_see_is_not_kept(world: Any) -> None:
    who = await asked(world, "word")

    await who.say("\u202e\u200b")

    assert set(await kept(world)) == {None}
    assert "I need a word of 1 to 40 letters" in who.text
