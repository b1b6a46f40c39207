"""What stands under a photo is read: danger first, then a question; the photo itself is not kept."""

from typing import Any

import pytest

from locales.catalogue import Words
from storage import schema

FILE = {"file_id": "f", "file_unique_id": "u"}
PHOTO = [{**FILE, "width": 1, "height": 1}]


@pytest.mark.parametrize("content", [{"photo": PHOTO}, {"document": FILE}], ids=["photo", "document"])
async def test_a_danger_sign_in_a_caption_shows_the_emergency_screen(world: Any, content: Any) -> None:
    someone = world.somebody()
    await someone.agree()

    await someone.send(**content, caption="я задыхаюсь, помогите")

    assert someone.text.startswith("🚨")
    assert "danger-shown" in await world.outcomes()


async def test_a_danger_sign_in_a_caption_needs_no_language(world: Any) -> None:
    someone = world.somebody(language="ru")

    await someone.send(photo=PHOTO, caption="я задыхаюсь, помогите")

    assert someone.text.startswith("🚨")


async def test_a_question_in_a_caption_is_answered(world: Any, words: Words) -> None:
    someone = world.somebody()
    await someone.agree()

    await someone.send(photo=PHOTO, caption="Can I be deported because of TB?")

    assert "answered" in await world.outcomes()
    assert words["en"].answer("deportation").title in someone.text


@pytest.mark.parametrize("caption", ["my passport", "look at this one"])
async def test_whatever_stands_under_it_a_photo_of_papers_is_not_wanted(world: Any, caption: str) -> None:
    someone = world.somebody()
    await someone.agree()

    await someone.send(photo=PHOTO, caption=caption)

    assert "do not send photos of papers" in someone.text
    assert await world.count(schema.questions) == 0


@pytest.mark.parametrize(
    "wish", ["ambulance", "tez yordam", "номер скорой", "call an ambulance", "/ask скорая"]
)
async def test_whoever_looks_for_an_ambulance_sees_the_numbers(world: Any, wish: str) -> None:
    someone = world.somebody()
    await someone.agree()

    await (someone.command(wish) if wish.startswith("/") else someone.say(wish))

    assert someone.text.startswith("🚨")
    assert "103" in someone.text


async def test_the_topic_of_an_emergency_is_the_emergency_screen(world: Any) -> None:
    someone = world.somebody()
    await someone.agree()

    await someone.tap("topic:emergency")

    assert someone.text.startswith("🚨")
    assert "Only a few streaks of blood: be examined today or tomorrow." in someone.text
