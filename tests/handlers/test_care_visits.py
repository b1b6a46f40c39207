"""Visits that somebody noted: chosen by buttons or typed, reminded of without a word of what for."""

import re
from typing import Any

import pytest

from care.lock_screen import telling
from handlers.buttons import Verb
from storage import schema
from tests.handlers.reminding import Letter, Reminding

TELLING = re.compile(r"clinic|hospital|doctor|pill|treat|medicine|check|test|sample|dose", re.IGNORECASE)


@pytest.fixture
async def person(world: Any) -> Any:
    someone = world.somebody()
    await someone.agree(area_id=await world.area())
    return someone


@pytest.fixture
def reminding(world: Any) -> Reminding:
    return Reminding(world)


def times(letters: list[Letter]) -> list[str]:
    return [f"{one.at:%d %H:%M}" for one in letters]


async def test_a_visit_is_noted_by_buttons_and_reminded_of_three_times(
    person: Any, reminding: Reminding
) -> None:
    await person.tap("cvs")
    await person.press("New pills")
    await person.press("Wed 25 Nov")
    await person.press("11:00")
    assert "I remind you" in person.text
    assert "New pills" in person.text
    letters = await reminding.until("2026-11-26T12:00")

    assert times(letters) == ["24 18:00", "25 09:00", "25 19:00"]
    assert "Your visit: tomorrow, 11:00" in letters[0].text
    assert "Your visit: today, 11:00" in letters[1].text
    assert "Did you go?" in letters[2].text
    for letter in letters:
        assert telling(letter.text) is None
        assert not TELLING.search(letter.text)


async def test_before_eight_nobody_is_woken_for_a_visit_at_eight(person: Any, reminding: Reminding) -> None:
    await person.tap("cvnew:sample:20261125:8")

    assert times(await reminding.until("2026-11-25T12:00")) == ["24 18:00"]


async def test_the_day_may_be_typed(world: Any, person: Any) -> None:
    await person.tap("cvnew:doctor:date")
    await person.say("yesterday")
    assert "like this" in person.text
    await person.say("4.3.2027")
    assert "Thursday, 4 March" in person.text
    await person.press("15:00")

    [visit] = await world.rows(schema.care_visits)
    assert (visit["kind"], visit["local_start"]) == ("doctor", "2027-03-04T15:00")
    assert await world.count(schema.drafts) == 0


async def test_the_same_visit_is_noted_once(world: Any, person: Any) -> None:
    await person.tap("cvnew:sample:20261201:9")
    await person.tap("cvnew:sample:20261201:9")

    assert await world.count(schema.care_visits) == 1
    assert (await world.outcomes()).count("care-visit-planned") == 1


async def test_an_hour_that_is_over_cannot_be_chosen(world: Any, person: Any) -> None:
    await person.tap("cvnew:sample:20261123:9")  # it is noon

    assert await world.count(schema.care_visits) == 0
    assert "09:00" not in person.labels
    assert "13:00" in person.labels


async def test_a_visit_that_was_taken_away_is_not_reminded_of(
    world: Any, person: Any, reminding: Reminding
) -> None:
    await person.tap("cvnew:sample:20261125:11")
    await person.press("Take it away")
    await person.press("Yes, take it away")
    assert not await reminding.until("2026-11-26T12:00")
    visit = (await world.rows(schema.care_visits))[0]["id"]
    await person.tap(f"cv:{visit}")

    assert "not here any more" in person.text


async def test_whoever_went_is_asked_about_the_next_one(person: Any, reminding: Reminding) -> None:
    await person.tap("cvnew:sample:20261124:11")
    await reminding.until("2026-11-24T19:00")
    await person.press("I went")

    assert "the next one" in person.text
    assert Verb.CARE_VISIT_NEW in person.wishes


async def test_whoever_did_not_go_is_offered_another_day(
    world: Any, person: Any, reminding: Reminding
) -> None:
    await person.tap("cvnew:refill:20261124:11")
    await reminding.until("2026-11-24T19:00")
    await person.press("Not yet")
    assert "It happens" in person.text
    await person.press("Another day")

    assert "New pills" in person.text
    assert [row["said"] for row in await world.rows(schema.care_visits)] == ["missed"]
    assert not await world.rows(schema.tasks)


async def test_what_was_said_before_the_evening_is_not_asked_about(person: Any, reminding: Reminding) -> None:
    await person.tap("cvnew:refill:20261124:11")
    await reminding.until("2026-11-24T13:00")
    await person.tap("cvs")
    await person.press("New pills:")
    await person.press("I went")

    assert not await reminding.until("2026-11-26T12:00")


async def test_many_visits_are_not_noted_without_end(world: Any, person: Any) -> None:
    for day in range(1, 15):
        await person.tap(f"cvnew:refill:202612{day:02}:9")

    assert await world.count(schema.care_visits) == 12
    assert "as many visits as I can note" in person.text


@pytest.mark.parametrize(
    "data",
    ["cvnew:x", "cvnew:sample:20251201:9", "cvnew:sample:20261201:3", "cvnew:sample:99999999", "cv", "cvx:y"],
)
async def test_forged_choices_note_nothing(world: Any, person: Any, data: str) -> None:
    await person.tap(data)

    assert person.text
    assert await world.count(schema.care_visits) == 0
