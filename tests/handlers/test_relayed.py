"""What a person writes in a talk reaches who answers, as a copy that says nothing of who wrote it."""

from datetime import timedelta
from typing import Any

import pytest

from care.person import pseudonym
from care.relay import MOST_OPEN
from care.roles import Role
from handlers.buttons import Verb
from handlers.screens import Way
from storage import relays, schema
from tests.handlers.talking import (
    PERSON,
    PERSON_ID,
    WORKER_ID,
    arrive,
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


@pytest.mark.parametrize("kind", list(WAYS))
async def test_every_kind_reaches_the_worker_without_the_persons_identity(world: Any, kind: str) -> None:
    person, _, _ = await begin(world)
    name = pseudonym((await person.person()).id)

    reply = await write(world, person, **kinds(PERSON)[kind])

    brought = passed(reply, WORKER_ID)
    assert brought[-1].way is WAYS[kind]
    assert leaks(reply, of=PERSON) == []
    assert name in "".join(step.text for step in brought[1:])  # after the card that says whose words come
    assert "Reply to their message" in brought[0].text
    typing = next(step for step in reply.steps if step.way is Way.TYPING)
    assert typing.to == WORKER_ID
    row = (await world.rows(schema.relay_messages))[0]
    assert (row["side"], row["copy_id"]) == ("person", world.messages)


async def test_a_text_is_passed_on_as_it_was_typed_and_without_formatting(world: Any) -> None:
    person, _, _ = await begin(world)

    reply = await write(world, person, text="<b>cough</b> & fear")

    assert passed(reply, WORKER_ID)[-1].text.endswith(" &lt;b&gt;cough&lt;/b&gt; &amp; fear")


@pytest.mark.parametrize("kind", list(refused(PERSON)))
async def test_what_could_tell_who_it_is_from_does_not_pass_and_says_why(world: Any, kind: str) -> None:
    person, _, _ = await begin(world)

    reply = await write(world, person, **refused(PERSON)[kind])

    assert not passed(reply, WORKER_ID)
    assert person.text.strip()
    assert await world.count(schema.relay_messages) == 0
    why = {"document": "file", "animation": "file", "audio": "recording", "video": "recording"}
    reason = why.get(kind, kind if kind in ("contact", "forwarded") else "kind")
    assert (await world.rows(schema.outcomes, kind="refused"))[-1]["detail"] == reason


async def test_a_very_long_text_goes_in_parts(world: Any) -> None:
    person, _, _ = await begin(world)

    reply = await write(world, person, text="a" * 4096)

    parts = [step for step in passed(reply, WORKER_ID) if "aaa" in step.text]
    assert [step.text.count("a") for step in parts if "aaaa" in step.text] == [4000, 96]
    assert [bool(step.copy) for step in parts] == [True, False]


async def test_replies_stay_threaded(world: Any) -> None:
    person, worker, _ = await begin(world)
    first = await write(world, person, text="one")
    copy = world.messages
    asked = person.world.messages - 1
    answered = await write(world, worker, text="two", **_reply_to(copy))
    assert passed(answered, PERSON_ID)[-1].answers == asked
    seen = world.messages  # the worker's words as the person sees them

    again = await write(world, person, text="three", **_reply_to(seen))

    assert passed(again, WORKER_ID)[-1].answers == seen - 1
    assert first.steps


def _reply_to(message_id: int) -> dict[str, Any]:
    answered = {"message_id": message_id, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "…"}
    return {"reply_to_message": answered}


async def test_a_change_is_carried_over(world: Any) -> None:
    person, _, _ = await begin(world)
    await write(world, person, text="one")
    row = (await world.rows(schema.relay_messages))[0]
    message = person._message(text="two", edit_date=1) | {"message_id": row["message_id"]}

    reply = await world.answer(edited_message=message)

    [step] = reply.steps
    assert (step.way, step.to, step.target) == (Way.EDIT, WORKER_ID, row["copy_id"])
    assert step.text.endswith("two")
    assert leaks(reply, of=PERSON) == []


async def test_a_changed_question_to_the_bot_is_not_passed_on(world: Any) -> None:
    person, _, _ = await begin(world)

    reply = await person.edit("is it free?")

    assert not passed(reply, WORKER_ID)


async def test_delete_as_a_reply_deletes_the_copy(world: Any) -> None:
    person, _, _ = await begin(world)
    await write(world, person, text="one")
    row = (await world.rows(schema.relay_messages))[0]

    reply = await write(
        world,
        person,
        text="/delete",
        entities=[{"type": "bot_command", "offset": 0, "length": 7}],
        **_reply_to(row["message_id"]),
    )

    [step] = passed(reply, WORKER_ID)
    assert (step.way, step.target) == (Way.DELETE, row["copy_id"])
    assert await world.count(schema.relay_messages) == 0


async def test_danger_comes_first_and_is_passed_on_as_well(world: Any) -> None:
    person, _, _ = await begin(world)

    reply = await write(world, person, text="I am coughing up a lot of blood right now")

    assert "103" in reply.steps[0].text
    assert reply.steps[0].to == 0
    assert passed(reply, WORKER_ID)[-1].text.endswith("blood right now")
    assert {"danger-shown", "talk-passed"} <= set(await world.outcomes())


async def test_ask_the_bot_takes_one_text(world: Any) -> None:
    person, _, _ = await begin(world)
    await person.press(Verb.TALK_BOT)

    mine = await write(world, person, text="is it free?")
    theirs = await write(world, person, text="is it free?")

    assert not passed(mine, WORKER_ID)
    assert passed(theirs, WORKER_ID)


async def test_commands_and_buttons_work_as_before(world: Any) -> None:
    person, _, _ = await begin(world)

    helped = await person.command("/help")
    pressed = await person.tap("clins")

    assert not passed(helped, WORKER_ID)
    assert not passed(pressed, WORKER_ID)


async def test_a_place_asked_for_to_find_a_clinic_is_not_passed_on(world: Any) -> None:
    person, _, _ = await begin(world)
    await person.tap("near")

    near = await person.share_location(43.2, 76.9)
    for_worker = await person.share_location(43.2, 76.9)

    assert not passed(near, WORKER_ID)
    assert passed(for_worker, WORKER_ID)[-1].way is Way.LOCATION


async def test_the_person_is_told_where_words_go_at_first_and_after_a_pause(world: Any) -> None:
    person, _, _ = await begin(world)

    told = [len([step for step in (await write(world, person, text="a")).steps if not step.to])]
    told.append(len([step for step in (await write(world, person, text="b")).steps if not step.to]))
    world.wait(minutes=31)
    told.append(len([step for step in (await write(world, person, text="c")).steps if not step.to]))

    assert told == [1, 0, 1]


async def test_first_words_come_instead_of_the_notice(world: Any) -> None:
    person, _, _ = await begin(world)

    await write(world, person, text="a")

    assert [row["state"] for row in await world.rows(schema.due, kind="talk")] == ["cancelled"]


async def test_whoever_cannot_be_reached_gives_way_to_a_colleague(world: Any) -> None:
    person, worker, staff_id = await begin(world)
    colleague = world.somebody(telegram_id=6_111_111_111)
    other = await colleague.hire(Role.WORKER, area_id=(await person.person()).area_id)
    await write(world, person, text="a")
    await worker.block()

    reply = await write(world, person, text="b")

    assert (await talk_of(world))["staff_id"] == other != staff_id
    card, words = passed(reply, 6_111_111_111)
    assert "arlier words" in card.text
    assert words.text.endswith("b")
    assert not passed(reply, WORKER_ID)


async def test_where_nobody_can_be_reached_that_is_said_and_nothing_is_kept(world: Any) -> None:
    person, worker, _ = await begin(world)
    await worker.block()

    reply = await write(world, person, text="a")

    assert "Nobody of our team can be reached" in person.text
    assert [step.to for step in reply.steps] == [0]
    assert (await talk_of(world))["staff_id"] is None


async def test_a_dismissed_worker_gets_nothing_more(world: Any) -> None:
    person, _, staff_id = await begin(world)
    colleague = world.somebody(telegram_id=6_111_111_111)
    await colleague.hire(Role.COORDINATOR)
    async with world.database.writing() as store:
        await store.execute(
            schema.staff.update().where(schema.staff.c.id == staff_id).values(ended_at=world.now)
        )

    reply = await write(world, person, text="a")

    assert not passed(reply, WORKER_ID)
    assert passed(reply, 6_111_111_111)[-1].text.endswith("a")


async def test_who_waits_in_the_queue_is_answered_by_the_bot(world: Any) -> None:
    area = await world.area()
    worker = world.somebody(telegram_id=WORKER_ID)
    staff_id = await worker.hire(Role.WORKER, area_id=area)
    for _ in range(MOST_OPEN):
        one = await world.somebody().agree(area_id=area)
        async with world.database.writing() as store:
            await relays.begin(
                store,
                person_id=one.id,
                promised_at=world.now + timedelta(hours=2),
                now=world.now,
                staff_id=staff_id,
            )
    person = world.somebody(telegram_id=PERSON_ID)
    await person.agree(area_id=area)

    await person.tap("talky")
    assert "Everybody of our team is talking to others now" in person.text
    assert (await talk_of(world))["staff_id"] is None
    reply = await write(world, person, text="is it free?")

    assert not passed(reply, WORKER_ID)
    assert person.text


def photo(number: int, *, album: str = "", caption: str = "") -> dict[str, Any]:
    size = {"file_id": f"P{number}", "file_unique_id": "u", "width": 9, "height": 9}
    together = {"media_group_id": album} if album else {}
    return {"photo": [size], **together, **({"caption": caption} if caption else {})}


async def test_an_album_has_one_heading_however_many_photos_it_has(world: Any) -> None:
    person, _, _ = await begin(world)
    await write(world, person, text="look")
    name = f"<b>{pseudonym((await person.person()).id)}:</b>"

    texts = [
        passed(await write(world, person, **photo(number, album=album, caption=caption)), WORKER_ID)[-1].text
        for number, (album, caption) in enumerate(
            [("1", "front"), ("1", ""), ("1", "back"), ("2", ""), ("2", ""), ("", "")]
        )
    ]

    assert texts == [f"{name} front", "", "back", name, "", name]


async def test_an_album_gets_a_heading_again_once_somebody_else_spoke_between(world: Any) -> None:
    person, _, _ = await begin(world)
    other = world.somebody()
    await other.agree(area_id=(await person.person()).area_id)
    await other.tap("talky")
    name = f"<b>{pseudonym((await person.person()).id)}:</b>"
    await write(world, person, **photo(1, album="1"))
    await arrive(world, await other.say("and me"))

    again = await write(world, person, **photo(2, album="1"))
    world.wait(seconds=1)
    more = await write(world, person, **photo(3, album="1"))

    assert [passed(one, WORKER_ID)[-1].text for one in (again, more)] == [name, ""]


async def test_an_album_whose_beginning_did_not_arrive_has_its_heading_on_the_next(world: Any) -> None:
    person, _, _ = await begin(world)
    await person.send(**photo(1, album="1"))  # it does not arrive

    reply = await write(world, person, **photo(2, album="1"))

    assert passed(reply, WORKER_ID)[-1].text


async def test_a_name_in_place_of_the_pseudonym_would_be_found(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, _, _ = await begin(world)
    monkeypatch.setattr("handlers.relay_screens.pseudonym", lambda _: PERSON["first_name"])

    reply = await write(world, person, text="hello")

    assert leaks(reply, of=PERSON) == [PERSON["first_name"]]
