"""What the bot could not answer: seen, grouped, taught, taken back; only by those who may."""

from collections.abc import Callable
from typing import Any

import pytest

from care.examples import Example
from care.roles import Role
from care.search import Search
from handlers.ask import Ask
from handlers.buttons import Verb, parse
from handlers.coordinator.questions import PAGE, Questions
from handlers.coordinator.shelves import SHELVES
from handlers.coordinator.teach import Teach
from handlers.home import Home
from handlers.knowledge import make_danger
from handlers.roles import OVERSEERS
from handlers.routes import Route, Routes
from handlers.screens import Reply, screen
from handlers.teaching import Teaching
from handlers.turn import Turn
from handlers.unanswered import Unanswered
from locales.catalogue import Words
from locales.folding import fold
from storage import questions, schema
from storage.vault import Vault
from tests.care.learned import search_of

KNOWN = [
    Example("masks", "en", "must I wear a mask"),
    Example("masks", "en", "where do I get masks"),
    Example("test-cost", "en", "what does the test cost"),
    Example("test-cost", "en", "is the test free"),
    Example("none", "en", "who won the football match"),
]


@pytest.fixture
def search() -> Search:
    return search_of(KNOWN)


class Shown:
    """Show the name of a topic in place of its answer."""

    async def show(self, turn: Turn, view: Any) -> Reply:
        return screen(f"<b>{view.topic}</b>")


@pytest.fixture
def routes(words: Words, vault: Vault, search: Search, make_table: Callable[..., Routes]) -> Routes:
    async def wish(turn: Turn) -> Reply:
        return await made[0].wish(turn)

    home, teaching = Home(ask_language=wish), Teaching(search=search)
    unanswered = Unanswered(vault=vault, stale=home.stale)
    ask = Ask(
        words=words,
        search=search,
        danger=make_danger(),
        go_on=wish,
        bot_username="hamroh_bot",
        answers=Shown(),  # type: ignore[arg-type]  # stands in for the screen of an answer
        unsure=unanswered.unsure,
    )
    shown = Questions(search=search)
    teach = Teach(questions=shown, teaching=teaching, vault=vault)
    made: list[Routes] = []
    made.append(
        make_table(
            buttons={
                Verb.TOPIC: Route(ask.topic, consent=False),
                Verb.NONE_OF_THESE: Route(unanswered.none_of_these, consent=False),
                Verb.TELL_ME: Route(unanswered.tell_me),
                Verb.QUESTIONS: Route(shown.show, OVERSEERS),
                Verb.QUESTION: Route(shown.question, OVERSEERS),
                Verb.SHELF: Route(shown.shelf, OVERSEERS),
                Verb.TEACH: Route(teach.teach, OVERSEERS),
                Verb.UNTEACH: Route(teach.undo, OVERSEERS),
            },
            commands={"questions": Verb.QUESTIONS},
            texts=(ask.question,),
            unknown_command=home.unknown_command,
            stale=home.stale,
        )
    )
    return made[0]


@pytest.fixture
async def office(world: Any) -> Any:
    """A coordinator, in English."""
    someone = world.somebody()
    await someone.hire(Role.COORDINATOR)
    return someone


@pytest.fixture
async def person(world: Any) -> Any:
    someone = world.somebody()
    await someone.agree()
    return someone


async def asked(world: Any, *texts: str, locale: str = "en") -> None:
    """Put questions without an answer into the store."""
    async with world.database.writing() as store:
        for text in texts:
            await questions.keep(store, text, folded=fold(text), locale=locale, today=world.now.date())


def rows_of(someone: Any, verb: Verb) -> list[str]:
    return [item.label for item in someone.keys if item.data and parse(item.data).verb is verb]


async def taught(world: Any) -> list[tuple[str, str, str]]:
    async with world.database.reading() as store:
        return [(one.topic, one.locale, one.text) for one in await questions.examples(store)]


async def test_without_questions_the_screen_says_what_appears_here(office):
    await office.command("/questions")

    assert "No question waits" in office.text
    assert Verb.STAFF in office.wishes


async def test_the_most_frequent_stand_first_and_alike_ones_together(world, office):
    await asked(world, "may I drink camel milk", "how far is the station", "May I drink camel milk??")

    await office.command("/questions")

    assert rows_of(office, Verb.QUESTION) == ["2 × may I drink camel milk", "1 × how far is the station"]
    assert "2 questions" in office.text


async def test_long_lists_are_paged(world, office):
    words = ["milk", "train", "visa", "football", "weather", "phone", "salary", "market", "dentist", "garden"]
    await asked(world, *words)

    await office.command("/questions")
    first = rows_of(office, Verb.QUESTION)
    await office.press("More")
    second = rows_of(office, Verb.QUESTION)
    await office.press("Before")

    assert (len(first), len(second)) == (PAGE, len(words) - PAGE)
    assert not set(first) & set(second)
    assert rows_of(office, Verb.QUESTION) == first


@pytest.mark.parametrize("data", ["qs:99", "qs:-1", "qs:x", "qs:0:x"])
async def test_a_page_that_there_is_not_is_one_that_there_is(world, office, data):
    await asked(world, "camel milk")

    await office.tap(data)

    assert rows_of(office, Verb.QUESTION) == ["1 × camel milk"]


async def test_a_group_shows_its_wordings_likely_topics_and_all_shelves(world, office):
    await asked(world, "price of a < b test", "price of a < b test", "the price of a test")

    await office.command("/questions")
    await office.press(Verb.QUESTION)

    assert "<b>price of a &lt; b test</b>" in office.text
    assert "Asked 3 times. Last on Monday, 23 November." in office.text
    assert "• the price of a test" in office.text
    assert any(label.startswith("💡") for label in rows_of(office, Verb.TEACH))
    assert len(rows_of(office, Verb.SHELF)) == len(SHELVES)
    assert {Verb.QUESTIONS, Verb.STAFF} <= set(office.wishes)


@pytest.mark.parametrize("shelf", SHELVES)
async def test_each_shelf_has_topics_and_a_way_back(world, office, shelf):
    await asked(world, "camel milk")
    await office.tap(f"qsh:1:1::{shelf}")

    assert rows_of(office, Verb.TEACH)
    await office.press("⬅️ Back")
    assert Verb.SHELF in office.wishes


async def test_two_taps_teach_a_group_and_its_questions_are_answered_at_once(world, office, person):
    await person.say("may I drink camel milk")
    await person.say("May I drink camel milk??")
    assert "not sure" in person.text
    await office.command("/questions")
    await office.press(Verb.QUESTION)

    await office.press("How to protect oneself")
    await office.press(Verb.TEACH)

    topic = (await taught(world))[0][0]
    assert "camel milk” →" in office.text
    await person.say("MAY I DRINK CAMEL MILK")
    assert person.text == f"<b>{topic}</b>"
    assert [row["detail"] for row in await world.rows(schema.outcomes, kind="taught")] == [topic]
    assert {row["role"] for row in await world.rows(schema.outcomes, kind="taught")} == {"coordinator"}
    await office.press("Next question")
    assert "No question waits" in office.text


async def test_a_taught_wording_holds_nothing_of_what_was_scrubbed(world, office):
    await asked(world, "camel milk [number] [name]")
    await office.tap("qt:1:1::masks")

    assert await taught(world) == [("masks", "en", "camel milk")]


async def test_what_was_taught_can_be_taken_back(world, office, person):
    await asked(world, "may I drink camel milk")
    await office.tap("qt:1:1::masks")

    await office.press("Undo")

    assert await taught(world) == []
    assert rows_of(office, Verb.QUESTION) == ["1 × may I drink camel milk"]
    await person.say("may I drink camel milk")
    assert person.text != "<b>masks</b>"
    assert [row["detail"] for row in await world.rows(schema.outcomes, kind="undone")] == ["taught"]
    await office.tap("qu:1")
    await office.tap("qu")
    assert (await world.outcomes()).count("refused") == 2


async def test_what_is_not_for_us_is_an_example_of_that(world, office, person):
    await asked(world, "must I wear a mask at football")
    await office.tap("qs")
    await office.press(Verb.QUESTION)
    await office.press("Not for us")

    assert await taught(world) == [("none", "en", "must I wear a mask at football")]
    await person.say("must I wear a mask at football")
    assert person.text != "<b>masks</b>"
    await office.command("/questions")
    assert "No question waits" in office.text


async def test_a_new_topic_that_is_needed_stands_on_a_list_of_its_own(world, office, person):
    await asked(world, "may I drink camel milk")
    await office.tap("qs")
    await office.press(Verb.QUESTION)
    await office.press("A new topic")
    await person.say("may I drink camel milk")

    await office.command("/questions")
    assert "No question waits" in office.text
    await office.press("New topics needed")
    assert rows_of(office, Verb.QUESTION) == ["2 × may I drink camel milk"]
    await office.press(Verb.QUESTION)
    assert not any("A new topic" in label for label in office.labels)
    await office.press("How to protect oneself")
    await office.press(Verb.TEACH)
    await office.press("Next question")
    assert "No new topic is needed yet" in office.text
    assert [text for _, _, text in await taught(world)] == ["may I drink camel milk"]


async def test_what_came_in_meanwhile_is_not_decided_unseen(world, office):
    await asked(world, "may I drink camel milk")
    await office.tap("qs")
    await office.press(Verb.QUESTION)
    await asked(world, "may I drink camel milk today", "may I drink camel milk")
    await office.press("Not for us")

    assert [text for _, _, text in await taught(world)] == ["may I drink camel milk"]
    await office.command("/questions")
    assert len(rows_of(office, Verb.QUESTION)) == 1


async def test_who_comes_second_is_told_so(world, office):
    await asked(world, "may I drink camel milk")
    await office.tap("qs")
    await office.press(Verb.QUESTION)
    shown = office.shown
    await office.press("Not for us")
    office.shown = shown

    reply = await office.press("A new topic")

    assert "not open any more" in reply.toast
    assert [topic for topic, _, _ in await taught(world)] == ["none"]


@pytest.mark.parametrize(
    "data",
    [
        "q",
        "q:1",
        "q:9:9",
        "q:x:y",
        "qsh:1:1::nosuch",
        "qsh:1:1",
        "qt:1:1",
        "qt:1:1::nosuch",
        "qt:9:9::masks",
        "qt:1:0::masks",
        "qt:1:1:n:masks",
        "qt:-9223372036854775808:9223372036854775807::masks",
    ],
)
async def test_a_forged_button_teaches_nothing(world, office, data):
    await asked(world, "camel milk")

    await office.tap(data)

    assert await taught(world) == []
    assert "refused" in await world.outcomes()
    if data == "qt:1:1:n:masks":  # the button says that it came from another list, which is empty
        assert "No new topic" in office.text
    else:
        assert rows_of(office, Verb.QUESTION) == ["1 × camel milk"]


@pytest.mark.parametrize("data", ["qs", "q:1:1", "qsh:1:1::masks", "qt:1:1::masks", "qu:1"])
@pytest.mark.parametrize("role", [None, Role.WORKER, Role.REGISTRAR])
async def test_nobody_else_sees_or_teaches(world, data, role):
    await asked(world, "camel milk")
    someone = world.somebody()
    await (someone.hire(role, area_id=await world.area()) if role else someone.agree())

    await someone.tap(data)

    assert "camel milk" not in " ".join([someone.text, *someone.labels])
    assert await taught(world) == []


@pytest.mark.parametrize("role", sorted(OVERSEERS))
async def test_overseers_see_them(world, role):
    await asked(world, "camel milk")
    someone = world.somebody()
    await someone.hire(role)

    await someone.command("/questions")

    assert rows_of(someone, Verb.QUESTION) == ["1 × camel milk"]


async def test_those_who_wait_are_told_and_no_more_when_it_is_taken_back(world, office, person):
    await person.say("may I drink camel milk")
    await person.press(Verb.NONE_OF_THESE)
    await person.press(Verb.TELL_ME)
    await office.tap("qs")
    await office.press(Verb.QUESTION)
    await office.press("How to protect oneself")

    await office.press(Verb.TEACH)

    assert "1 person waits for this answer" in office.text
    [planned] = await world.rows(schema.due)
    assert (planned["kind"], planned["state"]) == ("answered", "pending")
    await office.press("Undo")
    [planned] = await world.rows(schema.due)
    assert planned["state"] == "cancelled"
    await office.press(Verb.QUESTION)
    await office.press("How to protect oneself")
    await office.press(Verb.TEACH)
    [planned] = await world.rows(schema.due)
    assert planned["state"] == "pending"


async def test_a_verdict_tells_nobody(world, office, person):
    await person.say("may I drink camel milk")
    await person.press(Verb.NONE_OF_THESE)
    await person.press(Verb.TELL_ME)

    await office.tap("qs")
    await office.press(Verb.QUESTION)
    await office.press("Not for us")

    assert await world.count(schema.due) == 0


async def test_a_start_learns_what_was_taught_before(world, office, search):
    await asked(world, "may I drink camel milk")
    await office.tap("qt:1:1::masks")
    fresh = search_of(KNOWN)

    async with world.database.reading() as store:
        await Teaching(search=fresh).refresh(store)

    found = fresh.ask("may I drink camel milk")
    assert found.confident
    assert found.topics[0].topic == "masks"
