"""What reaches the conversations, and what is left in silence."""

from dataclasses import replace
from typing import Any

import pytest

from handlers.buttons import Verb, parse
from handlers.routes import Route, Routes
from handlers.screens import Reply, key, screen
from handlers.turn import Turn


async def _echo(turn: Turn) -> Reply:
    about = f"{turn.t.code}|{turn.chosen}|{turn.link}|{turn.words}|{turn.asked}|{turn.edited}"
    return replace(screen(about, [[key("Again", Verb.ASK, "topic-1")]]), quotes=True)


@pytest.fixture
def routes(make_table: Any) -> Routes:
    return make_table(
        buttons={Verb.ASK: Route(_echo, consent=False), Verb.VISITS: Route(_echo)},
        commands={"ask": Verb.ASK, "visits": Verb.VISITS},
        texts=(_echo,),
    )


async def test_a_stranger_without_a_language_is_asked_for_it_first(world: Any) -> None:
    someone = world.somebody(language="ru")

    await someone.command("/ask")

    assert someone.text == "[ask]"  # the placeholder of the choice of language


async def test_a_strangers_language_and_link_travel_in_the_buttons(world: Any) -> None:
    someone = world.somebody()

    await someone.tap("ask~uz~Fh3kQ9xLm2Zt7PbV")

    assert someone.text.startswith("uz|True|Fh3kQ9xLm2Zt7PbV|")
    press = parse(someone.keys[0].data)
    assert press is not None
    assert (press.args, press.locale, press.link) == (("topic-1",), "uz", "Fh3kQ9xLm2Zt7PbV")


async def test_a_persons_buttons_carry_nothing(world: Any) -> None:
    someone = world.somebody()
    await someone.agree(locale="tg")

    await someone.say("hello")

    assert someone.text.startswith("tg|True|None|hello|")
    assert someone.keys[0].data == "ask:topic-1"


async def test_a_wish_that_needs_consent_is_not_granted_to_a_stranger(world: Any) -> None:
    someone = world.somebody()

    await someone.tap("visits~en")

    assert someone.text == "[visits]"  # the placeholder of the consent


async def test_an_edited_text_is_a_new_question(world: Any) -> None:
    someone = world.somebody()
    await someone.agree()

    await someone.edit("what is tb")

    assert someone.text.endswith("|what is tb||True")


async def test_a_pressed_screen_knows_the_question_it_answered(world: Any) -> None:
    someone = world.somebody()
    await someone.agree()
    await someone.say("is it free?")

    await someone.press("Again")

    assert "|is it free?|" in someone.text


@pytest.mark.parametrize(
    "parts",
    [
        {"channel_post": {"chat": {"id": -1001, "type": "channel", "title": "News"}, "text": "hello"}},
        {
            "inline_query": {
                "id": "1",
                "from": {"id": 5, "is_bot": False, "first_name": "A"},
                "query": "",
                "offset": "",
            }
        },
        {
            "message": {
                "chat": {"id": 5, "type": "private"},
                "from": {"id": 6, "is_bot": True, "first_name": "B"},
                "text": "hi",
            }
        },
        {"message": {"chat": {"id": 5, "type": "private"}, "text": "from nobody"}},
        {
            "edited_message": {
                "chat": {"id": -5, "type": "group", "title": "G"},
                "from": {"id": 6, "is_bot": False, "first_name": "B"},
                "text": "/ask",
            }
        },
    ],
    ids=["channel", "inline", "bot", "nobody", "edit in a group"],
)
async def test_what_is_not_for_the_bot_is_left_in_silence(world: Any, parts: dict[str, Any]) -> None:
    for content in parts.values():
        if "chat" in content:
            content |= {"message_id": 1, "date": 1764000000, "edit_date": 1764000000}

    reply = await world.answer(**parts)

    assert not reply.steps


async def test_blocking_the_bot_is_remembered_until_the_person_comes_back(world: Any) -> None:
    someone = world.somebody()
    await someone.agree()

    await someone.block()
    assert (await someone.person()).blocked_at == world.now
    await someone.say("I am back")

    assert (await someone.person()).blocked_at is None
    assert await world.outcomes() == ["blocked"]


@pytest.mark.parametrize(
    "data", ["", "~", "nosuch", "ask:" + "x" * 41, "home~en~" + "x" * 41, "ask\nhome", "ask:ж"]
)
async def test_an_unreadable_button_leads_to_the_present_screen(world: Any, data: str) -> None:
    someone = world.somebody()
    await someone.agree()

    await someone.tap(data)

    assert someone.text == "[nop]"


async def test_the_day_of_the_last_message_is_kept(world: Any) -> None:
    someone = world.somebody()
    await someone.agree()
    assert (await someone.person()).seen_on == world.now.date()

    world.wait(days=3)
    await someone.say("hello")
    assert (await someone.person()).seen_on == world.now.date()
