"""In a staff group each person has a topic: what colleagues with a role write there is passed on."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from care.person import pseudonym
from care.roles import Role
from handlers import talk_begin
from handlers.answering import Answering
from handlers.routes import Routes
from handlers.screens import Reply, Way
from locales.catalogue import Words
from storage import audit, relay_groups, schema
from storage.vault import Vault
from tests.handlers.reminding import Reminding
from tests.handlers.talking import (
    MADE_TOPIC,
    PERSON,
    PERSON_ID,
    WORKER,
    WORKER_ID,
    arrive,
    kinds,
    leaks,
    passed,
    refused,
    talk_of,
    write,
)

GROUP = -1_001_234_567_890


@pytest.fixture
def conversations(whole: Any, words: Words, vault: Vault, strangers: Any) -> Any:
    parts = whole.Parts(
        words=words, vault=vault, strangers=strangers, zone="Asia/Almaty", username="hamroh_bot"
    )
    return whole.conversations(parts)


@pytest.fixture
def routes(conversations: Any) -> Routes:
    return conversations.routes


@pytest.fixture
def in_forum(conversations: Any) -> Any:
    return conversations.in_forum


async def in_group(
    world: Any, who: dict[str, Any], *, topic: int | None = MADE_TOPIC, forum: bool = True, **content: Any
) -> Reply:
    """Write in the group."""
    world.messages += 1
    chat = {"id": GROUP, "type": "supergroup", "title": "Team", "is_forum": forum}
    thread = {"message_thread_id": topic, "is_topic_message": True} if topic else {}
    head = {"message_id": world.messages, "date": 1, "chat": chat, "from": who, **thread}
    reply = await world.answer(message={**head, **content})
    await arrive(world, reply)
    return reply


def command(text: str) -> dict[str, Any]:
    return {"text": text, "entities": [{"type": "bot_command", "offset": 0, "length": len(text)}]}


async def organised(world: Any) -> tuple[Any, Any]:
    """Return a person and a worker of an organisation whose coordinator chose the group."""
    area = await world.area()
    organisation = await world.add(schema.organisations, code="org", names={"en": "Org"})
    worker, person = world.somebody(telegram_id=WORKER_ID), world.somebody(telegram_id=PERSON_ID)
    for role in (Role.WORKER, Role.COORDINATOR):
        staff_id = await worker.hire(role, area_id=area)
        async with world.database.writing() as store:
            await store.execute(
                schema.staff.update()
                .where(schema.staff.c.id == staff_id)
                .values(organisation_id=organisation)
            )
    await person.agree(area_id=area)
    return person, worker


async def talking(world: Any) -> tuple[Any, Any]:
    person, worker = await organised(world)
    await in_group(world, WORKER, topic=None, **command("/relayhere"))
    await arrive(world, await person.tap("talky"))
    return person, worker


async def test_a_coordinator_makes_a_group_with_topics_the_place_where_people_are_answered(
    world: Any,
) -> None:
    await organised(world)

    without = await in_group(world, WORKER, topic=None, forum=False, **command("/relayhere"))
    assert "has no topics" in without.steps[0].text
    reply = await in_group(world, WORKER, topic=None, **command("/relayhere"))

    assert "From now on I open a topic" in reply.steps[0].text
    assert (await world.rows(schema.organisations))[0]["forum_chat"] == GROUP
    async with world.database.reading() as store:
        assert (await audit.newest(store, most=1))[0].act == "forum-chosen"


async def test_nobody_else_makes_a_group_that(world: Any) -> None:
    await organised(world)
    worker = world.somebody(telegram_id=6_111_111_111)
    await worker.hire(Role.WORKER)

    mere = await in_group(world, {**WORKER, "id": 6_111_111_111}, topic=None, **command("/relayhere"))
    stranger = await in_group(world, PERSON, topic=None, **command("/relayhere"))

    assert "Only a coordinator" in mere.steps[0].text
    assert not stranger.steps
    assert (await world.rows(schema.organisations))[0]["forum_chat"] is None


async def test_a_new_talk_gets_a_topic_named_by_the_pseudonym(world: Any) -> None:
    person, _ = await organised(world)
    await in_group(world, WORKER, topic=None, **command("/relayhere"))

    reply = await person.tap("talky")

    topic, card = [step for step in reply.steps if step.to]
    assert (topic.way, topic.to, topic.name) == (Way.TOPIC, GROUP, pseudonym((await person.person()).id))
    assert (card.to, card.thread) == (GROUP, -1)
    assert leaks(reply, of=PERSON) == []
    assert not await world.rows(schema.due, kind="talk")


@pytest.mark.parametrize("kind", list(kinds(PERSON)))
async def test_every_kind_reaches_the_topic_without_the_persons_identity(world: Any, kind: str) -> None:
    person, _ = await talking(world)

    reply = await write(world, person, **kinds(PERSON)[kind])

    brought = passed(reply, GROUP)
    assert {step.thread for step in brought} == {MADE_TOPIC}
    assert leaks(reply, of=PERSON) == []


@pytest.mark.parametrize("kind", list(kinds(WORKER)))
async def test_every_kind_reaches_the_person_without_the_colleagues_identity(world: Any, kind: str) -> None:
    await talking(world)

    reply = await in_group(world, WORKER, **kinds(WORKER)[kind])

    assert passed(reply, PERSON_ID)
    assert leaks(reply, of=WORKER) == []
    assert str(GROUP) not in str([step for step in reply.steps if step.to == PERSON_ID])


@pytest.mark.parametrize("kind", list(refused(WORKER)))
async def test_what_could_tell_who_it_is_from_does_not_pass(world: Any, kind: str) -> None:
    await talking(world)

    reply = await in_group(world, WORKER, **refused(WORKER)[kind])

    assert not passed(reply, PERSON_ID)
    assert reply.steps[0].text


async def test_two_slashes_and_other_topics_stay_in_the_group(world: Any) -> None:
    await talking(world)

    noted = await in_group(world, WORKER, text="// ask the clinic first")
    elsewhere = await in_group(world, WORKER, text="lunch?", topic=5)
    general = await in_group(world, WORKER, text="lunch?", topic=None)

    assert not noted.steps + elsewhere.steps + general.steps


async def test_who_has_no_role_any_more_is_not_passed_on(world: Any) -> None:
    await talking(world)
    async with world.database.writing() as store:
        await store.execute(schema.staff.update().values(ended_at=world.now))

    reply = await in_group(world, WORKER, text="hello")

    assert not reply.steps


async def test_replies_changes_and_deletions_are_carried_over(world: Any) -> None:
    person, _ = await talking(world)
    await write(world, person, text="a")
    theirs = (await world.rows(schema.relay_messages, side="person"))[0]
    answered = {"message_id": theirs["copy_id"], "date": 1, "chat": {"id": GROUP, "type": "supergroup"}}

    reply = await in_group(world, WORKER, text="b", reply_to_message={**answered, "text": "a"})
    own = (await world.rows(schema.relay_messages, side="staff"))[0]
    again = {"message_id": own["message_id"], "date": 1, "chat": {"id": GROUP, "type": "supergroup"}}
    deleted = await in_group(world, WORKER, **command("/delete"), reply_to_message={**again, "text": "b"})

    assert passed(reply, PERSON_ID)[-1].answers == theirs["message_id"]
    [step] = passed(deleted, PERSON_ID)
    assert (step.way, step.target) == (Way.DELETE, own["copy_id"])


async def test_the_talk_is_ended_in_its_topic(world: Any) -> None:
    await talking(world)
    talk = (await talk_of(world))["id"]
    pressed = {
        "id": "1",
        "from": WORKER,
        "chat_instance": "1",
        "message": {
            "message_id": 9,
            "date": 1,
            "chat": {"id": GROUP, "type": "supergroup", "is_forum": True},
            "message_thread_id": MADE_TOPIC,
            "is_topic_message": True,
            "text": "card",
        },
    }

    await world.answer(callback_query={**pressed, "data": f"relx:{talk}"})
    assert (await talk_of(world))["closed_at"] is None
    reply = await world.answer(callback_query={**pressed, "data": f"relx:{talk}:y"})

    assert passed(reply, PERSON_ID)
    assert (await talk_of(world))["closed_at"] == world.now
    late = await in_group(world, WORKER, text="one more")
    assert "This talk is over" in late.steps[0].text


@pytest.mark.parametrize("way", ["command", "removed"])
async def test_without_the_group_open_talks_go_on_in_private_chats(world: Any, way: str) -> None:
    person, _ = await talking(world)

    if way == "command":
        await in_group(world, WORKER, topic=None, **command("/relayoff"))
    else:
        bot = {"id": 42, "is_bot": True, "first_name": "Hamroh", "username": "hamroh_bot"}
        change = {
            "chat": {"id": GROUP, "type": "supergroup", "title": "Team"},
            "from": WORKER,
            "date": 1,
            "old_chat_member": {"user": bot, "status": "member"},
            "new_chat_member": {"user": bot, "status": "left"},
        }
        await world.answer(my_chat_member=change)
    reply = await write(world, person, text="a")

    assert (await talk_of(world))["forum_chat"] is None
    assert passed(reply, WORKER_ID)[-1].text.endswith("a")
    assert not passed(reply, GROUP)


async def press_in_topic(world: Any, data: str) -> Reply:
    """Press a button of a message in the topic."""
    world.messages += 1
    pressed = {
        "message_id": world.messages,
        "date": 1,
        "chat": {"id": GROUP, "type": "supergroup", "is_forum": True},
        "message_thread_id": MADE_TOPIC,
        "is_topic_message": True,
        "text": "card",
    }
    return await world.answer(
        callback_query={"id": "1", "from": WORKER, "chat_instance": "1", "message": pressed, "data": data}
    )


def keys(reply: Reply) -> list[str]:
    return [item.data or "" for step in reply.steps for row in step.rows for item in row]


async def test_the_card_of_a_topic_leads_to_all_that_can_be_done_there(world: Any) -> None:
    await talking(world)
    talk = (await talk_of(world))["id"]

    opened = await press_in_topic(world, f"rel:{talk}:new")
    again = await press_in_topic(world, f"rel:{talk}")

    offered = [f"reltg:{talk}:psychologist", f"reltg:{talk}:lawyer", f"relhd:{talk}", f"relx:{talk}"]
    assert keys(opened) == keys(again) == offered
    assert [step.way for step in (*opened.steps, *again.steps)] == [Way.SEND, Way.SHOW]


async def test_another_profession_is_asked_for_in_the_topic(world: Any) -> None:
    await talking(world)
    talk = (await talk_of(world))["id"]

    reply = await press_in_topic(world, f"reltg:{talk}:lawyer")

    assert reply.toast == "A coordinator looks for somebody."
    assert [row["kind"] for row in await world.rows(schema.tasks, kind="lawyer")] == ["lawyer"]
    assert f"reltg:{talk}:lawyer" not in keys(reply)


async def test_a_talk_is_handed_over_in_its_topic(world: Any) -> None:
    person, _ = await talking(world)
    colleague = world.somebody(telegram_id=6_111_111_111)
    to = await colleague.hire(Role.WORKER, area_id=(await person.person()).area_id)
    organisation = (await world.rows(schema.organisations))[0]["id"]
    async with world.database.writing() as store:
        await store.execute(
            schema.staff.update().where(schema.staff.c.id == to).values(organisation_id=organisation)
        )
    talk = (await talk_of(world))["id"]

    offered = await press_in_topic(world, f"relhd:{talk}")
    sure = await press_in_topic(world, f"relhd:{talk}:{to}")
    done = await press_in_topic(world, f"relhd:{talk}:{to}:y")

    assert f"relhd:{talk}:{to}" in keys(offered)
    assert f"relhd:{talk}:{to}:y" in keys(sure)
    assert (await talk_of(world))["staff_id"] == to
    assert (await talk_of(world))["thread_id"] == MADE_TOPIC
    assert [step.thread for step in done.steps if step.to == GROUP] == [MADE_TOPIC]
    everything = {key.partition(":")[0] for one in (offered, sure, done) for key in keys(one)}
    assert everything <= {"rel", "reltg", "relhd", "relx"}  # what works in a topic


async def test_without_topics_who_answers_hears_in_private_and_who_chose_the_group_once(world: Any) -> None:
    person, worker = await organised(world)
    await in_group(world, WORKER, topic=None, **command("/relayhere"))
    await person.tap("talky")
    other = world.somebody()
    await other.agree(area_id=(await person.person()).area_id)
    await other.tap("talky")

    for row in await world.rows(schema.relays):
        async with world.database.writing() as store:
            await relay_groups.without_topic(store, row["id"], now=world.now)
            await relay_groups.without_topic(store, row["id"], now=world.now)

    own = (await worker.person()).id
    told = [(row["kind"], row["person_id"]) for row in await world.rows(schema.due)]
    assert sorted(told) == [("no-topic", own), ("talk", own), ("talk", own)]
    reply = await write(world, person, text="a")
    assert passed(reply, WORKER_ID)[-1].text.startswith("<b>")
    assert not passed(reply, GROUP)


async def test_a_group_that_is_chosen_again_is_told_of_again(world: Any) -> None:
    person, _ = await organised(world)
    for _ in range(2):
        await in_group(world, WORKER, topic=None, **command("/relayhere"))
        await person.tap("talky")
        async with world.database.writing() as store:
            await relay_groups.without_topic(store, (await talk_of(world))["id"], now=world.now)
        await person.tap("talkn")

    assert len(await world.rows(schema.due, kind="no-topic")) == 2


class Group(Reminding):
    """The messages of a world whose team answers in a group: what is brought there is noted."""

    def __init__(self, world: Any) -> None:
        super().__init__(world)
        self.made: list[tuple[str, int, dict[str, Any]]] = []

    async def make(self, call: Any, to: Any, _: Any = None) -> dict[str, int]:
        self.made.append((call.method, to.chat_id, call.params))
        return {"message_thread_id": MADE_TOPIC, "message_id": 1}


async def test_a_talk_that_begins_by_itself_gets_its_topic_like_any_other(world: Any) -> None:
    person, _ = await organised(world)
    other = world.somebody()
    await other.agree(area_id=1)
    await in_group(world, WORKER, topic=None, **command("/relayhere"))
    team = Group(world)
    await person.tap("mednew:1:08:all:20261213:y")
    await team.until("2026-11-26T09:00")
    assert not team.made
    await team.until("2026-11-26T12:00", step=timedelta(minutes=30))

    theirs = (await person.person()).id
    [relay] = await world.rows(schema.relays)
    assert (relay["person_id"], relay["forum_chat"], relay["thread_id"]) == (theirs, GROUP, MADE_TOPIC)
    assert [(method, chat) for method, chat, _ in team.made] == [
        ("createForumTopic", GROUP),
        ("sendMessage", GROUP),
    ]
    [row] = await world.rows(schema.due, kind="talk")
    assert row["state"] == "sent"
    by_hand = await other.tap("talky")
    topic, card = [step for step in by_hand.steps if step.to]
    assert team.made[0][2]["name"] == pseudonym(theirs)
    named = card.text.replace(pseudonym((await other.person()).id), pseudonym(theirs))
    same = [line for line in named.splitlines() if "Promised" not in line]
    assert [line for line in team.made[1][2]["text"].splitlines() if "Promised" not in line] == same
    assert topic.name == pseudonym((await other.person()).id)
    assert not [letter for letter in team.sent if letter.to == WORKER_ID]


async def test_a_topic_that_is_there_already_is_not_made_by_itself(world: Any) -> None:
    person, _ = await organised(world)
    await in_group(world, WORKER, topic=None, **command("/relayhere"))
    team = Group(world)
    answering = Answering(words=world.words, vault=world.vault, zone=ZoneInfo("Asia/Almaty"))
    async with world.database.writing() as store:
        who = await person.person()
        await talk_begin.begin_for(answering, store, who, now=world.now, by_itself=True)
    await write(world, person, text="Hello")  # their words come first

    await team.due().tick()

    assert not team.made
    assert [row["state"] for row in await world.rows(schema.due, kind="talk")] == ["cancelled"]
