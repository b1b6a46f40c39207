"""Who answers people writes to the right one of them, and never tells who it is."""

from typing import Any

import pytest

from care.person import pseudonym
from care.relay import MOST_OPEN
from care.roles import Role
from handlers import copies
from handlers.buttons import Verb
from handlers.screens import Way
from storage import audit, drafts, relays, schema
from tests.handlers.talking import (
    PERSON,
    PERSON_ID,
    WORKER,
    WORKER_ID,
    begin,
    kinds,
    leaks,
    passed,
    refused,
    talk_of,
    write,
)

WAYS = {
    "text": Way.SEND,
    "photo": Way.PHOTO,
    "voice": Way.VOICE_NOTE,
    "video_note": Way.VIDEO_NOTE,
    "sticker": Way.STICKER,
    "location": Way.LOCATION,
    "venue": Way.LOCATION,
}
OTHER_ID, COLLEAGUE_ID = 5_222_222_222, 6_111_111_111


def reply_to(message_id: int) -> dict[str, Any]:
    answered = {"message_id": message_id, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "…"}
    return {"reply_to_message": answered}


async def two_talks(world: Any) -> tuple[Any, Any, Any, dict[int, int]]:
    """Return a worker, two people who wrote to them, and by Telegram id the copy of each one's words."""
    person, worker, _ = await begin(world)
    other = world.somebody(telegram_id=OTHER_ID)
    await other.agree(area_id=(await person.person()).area_id)
    await other.tap("talky")
    seen = {}
    for one in (person, other):
        await write(world, one, text="help me please")
        seen[one.telegram_id] = world.messages
    return worker, person, other, seen


@pytest.mark.parametrize("kind", list(WAYS))
async def test_every_kind_reaches_the_person_without_the_workers_identity(world: Any, kind: str) -> None:
    person, worker, _ = await begin(world)
    await write(world, person, text="a")

    reply = await write(world, worker, **reply_to(world.messages), **kinds(WORKER)[kind])

    assert passed(reply, PERSON_ID)[-1].way is WAYS[kind]
    assert leaks(reply, of=WORKER) == []
    assert (await talk_of(world))["answered_at"] == world.now


async def test_a_copy_that_kept_its_formatting_would_name_the_account(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: a mention is formatting, and holds the number of an account."""
    person, worker, _ = await begin(world)
    await write(world, person, text="a")
    monkeypatch.setattr(copies, "escaped", lambda text: f'<a href="tg://user?id={WORKER["id"]}">{text}</a>')

    reply = await write(world, worker, text="hello", **reply_to(world.messages))

    assert passed(reply, PERSON_ID)
    assert leaks(reply, of=WORKER) == [str(WORKER["id"])]


@pytest.mark.parametrize("kind", list(refused(WORKER)))
async def test_what_could_tell_who_it_is_from_does_not_pass(world: Any, kind: str) -> None:
    person, worker, _ = await begin(world)
    await write(world, person, text="a")

    reply = await write(world, worker, **reply_to(world.messages), **refused(WORKER)[kind])

    assert not passed(reply, PERSON_ID)
    assert worker.text.strip()


async def test_a_reply_reaches_whose_message_it_answers(world: Any) -> None:
    worker, person, other, seen = await two_talks(world)

    for one in (person, other):
        reply = await write(world, worker, text="hello", **reply_to(seen[one.telegram_id]))
        assert {step.to for step in reply.steps if step.to} == {one.telegram_id}


async def test_what_answers_nobody_is_asked_about_and_reaches_who_is_chosen(world: Any) -> None:
    worker, _, other, _ = await two_talks(world)
    name = pseudonym((await other.person()).id)

    asked = await write(world, worker, text="come at six")
    assert asked.quotes
    assert not passed(asked, PERSON_ID) + passed(asked, OTHER_ID)
    sent = await worker.press(name)

    [words] = passed(sent, OTHER_ID)
    assert words.text.endswith("come at six")
    assert not passed(sent, PERSON_ID)
    more = await write(world, worker, text="and bring water")
    assert passed(more, OTHER_ID)[-1].text.endswith("and bring water")


async def test_who_is_chosen_sees_that_somebody_types(world: Any) -> None:
    worker, _, other, _ = await two_talks(world)

    chosen = await worker.tap(f"relto:{await relay_id(world, other)}")

    assert [step.way for step in chosen.steps if step.to == OTHER_ID] == [Way.TYPING]


async def test_a_choice_is_void_when_somebody_else_wrote_since(world: Any) -> None:
    worker, person, other, _ = await two_talks(world)
    talk = await relay_id(world, other)
    await worker.tap(f"relto:{talk}")
    world.wait(seconds=5)
    await write(world, person, text="are you there?")
    world.wait(seconds=5)

    reply = await write(world, worker, text="yes")

    assert not passed(reply, OTHER_ID) + passed(reply, PERSON_ID)
    assert "For whom is this?" in worker.text


async def test_a_choice_ends_with_stop_and_after_an_hour(world: Any) -> None:
    worker, _, other, _ = await two_talks(world)
    talk = await relay_id(world, other)
    await worker.tap(f"relto:{talk}")
    world.wait(hours=1)
    late = await write(world, worker, text="yes")
    await worker.tap(f"relto:{talk}")
    await worker.tap("relno")
    stopped = await write(world, worker, text="yes")

    assert not passed(late, OTHER_ID) + passed(stopped, OTHER_ID)


async def test_a_reply_to_something_unknown_never_goes_to_the_only_talk(world: Any) -> None:
    person, worker, _ = await begin(world)
    await write(world, person, text="a")

    reply = await write(world, worker, text="for somebody else", **reply_to(4242))

    assert not passed(reply, PERSON_ID)
    assert "For whom is this?" in worker.text


async def test_the_only_fresh_talk_gets_what_answers_nobody(world: Any) -> None:
    person, worker, _ = await begin(world)
    await write(world, person, text="a")
    fresh = await write(world, worker, text="hello")
    world.wait(hours=13)
    late = await write(world, worker, text="hello")

    assert passed(fresh, PERSON_ID)[-1].text.endswith("hello")
    assert not passed(late, PERSON_ID)


async def test_what_was_for_the_bot_is_answered_by_the_bot(world: Any) -> None:
    worker, _, _, _ = await two_talks(world)

    await write(world, worker, text="is it free?")
    reply = await worker.press(Verb.RELAY_BOT)

    assert {step.to for step in reply.steps} == {0}
    assert {"answered", "not-answered"} & set(await world.outcomes())


async def test_a_worker_without_talks_asks_the_bot_as_before(world: Any) -> None:
    worker = world.somebody()
    await worker.hire(Role.WORKER)

    await worker.say("is it free?")

    assert "For whom" not in worker.text


async def test_a_reply_in_a_talk_that_went_to_a_colleague_goes_to_nobody_and_says_so(world: Any) -> None:
    person, worker, _ = await begin(world)
    await write(world, person, text="a")
    seen = world.messages
    colleague = await world.somebody().hire(Role.WORKER)
    async with world.database.writing() as store:
        await relays.move(store, (await talk_of(world))["id"], colleague, now=world.now)

    late = await write(world, worker, text="is it free?", **reply_to(seen))

    assert not passed(late, PERSON_ID)
    assert "This talk is over" in worker.text
    await worker.press("For the bot")
    assert "This talk is over" not in worker.text


async def test_a_change_and_a_deletion_are_carried_over(world: Any) -> None:
    person, worker, _ = await begin(world)
    await write(world, person, text="a")
    await write(world, worker, text="at five")
    row = (await world.rows(schema.relay_messages, side="staff"))[0]
    message = worker._message(text="at six", edit_date=1) | {"message_id": row["message_id"]}

    changed = await world.answer(edited_message=message)
    command = {"text": "/delete", "entities": [{"type": "bot_command", "offset": 0, "length": 7}]}
    deleted = await write(world, worker, **command, **reply_to(row["message_id"]))

    [step] = passed(changed, PERSON_ID)
    assert (step.way, step.target) == (Way.EDIT, row["copy_id"])
    assert step.text.endswith("at six")
    [step] = passed(deleted, PERSON_ID)
    assert (step.way, step.target) == (Way.DELETE, row["copy_id"])


async def test_a_person_who_blocked_the_bot_is_not_written_to(world: Any) -> None:
    person, worker, _ = await begin(world)
    await write(world, person, text="a")
    seen = world.messages
    await person.block()

    reply = await write(world, worker, text="hello", **reply_to(seen))

    assert not passed(reply, PERSON_ID)
    assert "has blocked the bot" in worker.text


async def test_the_list_shows_talks_and_who_waits(world: Any) -> None:
    worker, person, other, _ = await two_talks(world)

    await worker.command("/relays")

    assert "2 talks" in worker.text
    for one in (person, other):
        assert pseudonym((await one.person()).id) in worker.text
    assert str(PERSON_ID) not in worker.text
    assert await world.count(schema.due) == 2


async def test_nobody_opens_writes_in_or_ends_a_talk_of_a_colleague(world: Any) -> None:
    person, _, _ = await begin(world)
    stranger = world.somebody(telegram_id=COLLEAGUE_ID)
    await stranger.hire(Role.COORDINATOR)
    talk = await relay_id(world, person)

    for verb in ("rel", "relto", "relhd", "reltg"):
        reply = await stranger.tap(f"{verb}:{talk}:lawyer")
        assert not passed(reply, PERSON_ID)
        assert "somebody else answers" in stranger.text
    await stranger.tap(f"relx:{talk}:y")

    assert (await talk_of(world))["closed_at"] is None


async def test_ending_tells_the_person_and_asks_whether_it_helped(world: Any) -> None:
    person, worker, _ = await begin(world)
    await write(world, person, text="a")
    await write(world, worker, text="b")
    talk = await relay_id(world, person)

    await worker.tap(f"relx:{talk}")
    assert (await talk_of(world))["closed_at"] is None
    reply = await worker.press("Yes, end it")

    [told] = passed(reply, PERSON_ID)
    assert "Did it help you?" in told.text
    assert leaks(reply, of=WORKER) == []
    assert (await talk_of(world))["closed_by"] == "worker"
    assert all(row["done_at"] for row in await world.rows(schema.tasks))
    late = await write(world, worker, text="c", **reply_to(world.messages))
    assert not passed(late, PERSON_ID)


async def test_handing_over_asks_shows_who_is_there_and_tells_both(world: Any) -> None:
    person, worker, _ = await begin(world)
    await write(world, person, text="a")
    seen = world.messages
    colleague, away = world.somebody(telegram_id=COLLEAGUE_ID), world.somebody()
    other = await colleague.hire(Role.WORKER)
    absent = await away.hire(Role.WORKER)
    await world.add(schema.shifts, staff_id=absent, weekday=5, starts="09:00", ends="10:00")
    talk = await relay_id(world, person)

    await worker.tap(f"relhd:{talk}")
    assert [label[0] for label in worker.labels[:2]] == ["🟢", "⚪"]
    await worker.press("🟢")
    assert (await talk_of(world))["staff_id"] != other
    reply = await worker.press("Yes, hand over")

    assert (await talk_of(world))["staff_id"] == other
    [card] = passed(reply, COLLEAGUE_ID)
    assert "handed" in card.text
    assert pseudonym((await person.person()).id) in card.text
    assert [row["params"] for row in await world.rows(schema.due, kind="handed")] == [
        {"staff": other, "urgent": 1}  # the person wrote a moment ago
    ]
    async with world.database.reading() as store:
        assert (await audit.newest(store, most=1))[0].act == "handed-over"
    mine = await write(world, worker, text="still me", **reply_to(seen))
    assert not passed(mine, PERSON_ID)
    theirs = await write(world, person, text="b")
    assert passed(theirs, COLLEAGUE_ID)[-1].text.endswith("b")
    assert not passed(theirs, WORKER_ID)


async def test_a_tag_makes_one_task_for_a_coordinator(world: Any) -> None:
    person, worker, _ = await begin(world)
    office = await world.somebody().hire(Role.COORDINATOR)
    talk = await relay_id(world, person)

    await worker.tap(f"reltg:{talk}:lawyer")
    await worker.tap(f"reltg:{talk}:lawyer")
    await worker.tap(f"reltg:{talk}:anything")

    [task] = await world.rows(schema.tasks, kind="lawyer")
    assert task["staff_id"] == office
    assert (await talk_of(world))["tags"] == ["lawyer"]


async def test_who_waits_is_taken_once_and_told(world: Any) -> None:
    person, worker, staff_id = await begin(world)
    talk = await relay_id(world, person)
    async with world.database.writing() as store:
        await relays.move(store, talk, None, now=world.now)
    colleague = world.somebody(telegram_id=COLLEAGUE_ID)
    await colleague.hire(Role.COORDINATOR)

    await worker.command("/relays")
    assert "1 person waits for anybody" in worker.text
    taken = await worker.press(Verb.RELAY_TAKE)
    late = await colleague.tap(f"reltk:{talk}")

    assert (await talk_of(world))["staff_id"] == staff_id
    assert "has time for you now" in passed(taken, PERSON_ID)[0].text
    assert "quicker" in late.toast


async def test_nobody_takes_more_than_they_can_keep(world: Any) -> None:
    person, worker, staff_id = await begin(world)
    talk = await relay_id(world, person)
    people = [await world.somebody().agree() for _ in range(MOST_OPEN)]
    async with world.database.writing() as store:
        await relays.move(store, talk, None, now=world.now)
        for one in people:
            values = {"person_id": one.id, "staff_id": staff_id, "promised_at": world.now}
            await relays.begin(store, now=world.now, **values)

    await worker.tap(f"reltk:{talk}")

    async with world.database.reading() as store:
        left = await relays.by_id(store, talk)
        assert left is not None
        assert left.staff_id is None


async def relay_id(world: Any, who: Any) -> int:
    person = await who.person()
    return int((await world.rows(schema.relays, person_id=person.id))[0]["id"])


def test_the_two_sides_of_these_tests_are_two() -> None:
    assert PERSON["id"] != WORKER["id"]


@pytest.mark.parametrize("kind", list(WAYS))
async def test_every_kind_that_was_asked_about_goes_to_who_is_chosen_then(world: Any, kind: str) -> None:
    worker, _, other, _ = await two_talks(world)

    asked = await write(world, worker, **kinds(WORKER)[kind])
    assert asked.quotes
    assert not passed(asked, PERSON_ID) + passed(asked, OTHER_ID)
    sent = await worker.press(pseudonym((await other.person()).id))

    assert passed(sent, OTHER_ID)[-1].way is WAYS[kind]
    assert not passed(sent, PERSON_ID)
    assert leaks(sent, of=WORKER) == []
    [row] = await world.rows(schema.relay_messages, side="staff")
    assert row["message_id"] == worker.asked["message_id"]


async def test_what_does_not_pass_does_not_pass_by_choosing_either(world: Any) -> None:
    worker, _, other, _ = await two_talks(world)
    await write(world, worker, **refused(WORKER)["document"])

    sent = await worker.press(pseudonym((await other.person()).id))

    assert not passed(sent, OTHER_ID)
    assert "I do not pass on files" in worker.text
    assert "Passed on" not in worker.text


async def test_who_presses_twice_passes_on_once(world: Any) -> None:
    worker, person, other, _ = await two_talks(world)
    talks = [await relay_id(world, one) for one in (other, other, person)]

    asked = await write(world, worker, text="come at six")
    sent = []
    for talk in talks:
        worker.shown = asked
        sent.append(await worker.tap(f"relto:{talk}"))

    assert [len(passed(one, OTHER_ID)) for one in sent] == [1, 0, 0]
    assert not any(passed(one, PERSON_ID) for one in sent)
    assert all("Passed on" in one.steps[0].text for one in sent)


DANGER = "Are you coughing up a lot of blood right now? Call 103"


async def test_words_of_danger_that_answer_somebody_are_only_passed_on(world: Any) -> None:
    worker, _, _, seen = await two_talks(world)

    reply = await write(world, worker, text=DANGER, **reply_to(seen[OTHER_ID]))

    assert {step.to for step in reply.steps} == {OTHER_ID}
    assert "danger-shown" not in await world.outcomes()


async def test_words_of_danger_for_who_is_chosen_are_only_passed_on(world: Any) -> None:
    worker, _, other, _ = await two_talks(world)
    await worker.tap(f"relto:{await relay_id(world, other)}")

    reply = await write(world, worker, text=DANGER)

    assert {step.to for step in reply.steps} == {OTHER_ID}
    assert "danger-shown" not in await world.outcomes()


async def test_words_of_danger_to_nobody_are_asked_about_beside_the_emergency_screen(world: Any) -> None:
    worker, _, other, _ = await two_talks(world)

    asked = await write(world, worker, text=DANGER)
    sent = await worker.press(pseudonym((await other.person()).id))

    assert asked.quotes
    assert "For whom" in asked.steps[0].text
    assert "103" in asked.steps[1].text
    assert passed(sent, OTHER_ID)[-1].text.endswith("Call 103")


async def test_words_of_danger_to_the_only_fresh_talk_are_passed_on(world: Any) -> None:
    person, worker, _ = await begin(world)
    await write(world, person, text="a")

    reply = await write(world, worker, text=DANGER)

    assert passed(reply, PERSON_ID)[-1].text.endswith("Call 103")
    assert "103" in reply.steps[-1].text


async def test_a_note_about_danger_is_nobodys_message(world: Any) -> None:
    person, worker, _ = await begin(world)
    await write(world, person, text="a")
    async with world.database.writing() as store:
        await drafts.put(store, (await worker.person()).id, "site-text", {"site": 1}, now=world.now)

    reply = await write(world, worker, text=DANGER)

    assert not passed(reply, PERSON_ID)


async def test_an_answer_to_something_unknown_is_asked_about_although_somebody_is_chosen(world: Any) -> None:
    worker, _, other, _ = await two_talks(world)
    await worker.tap(f"relto:{await relay_id(world, other)}")

    reply = await write(world, worker, text=DANGER, **reply_to(4242))

    assert not passed(reply, OTHER_ID) + passed(reply, PERSON_ID)
    assert [step.text for step in reply.steps] == ["❔ For whom is this? I have not passed it on to anybody."]
