"""At night talks make no sound, and words of danger find somebody who is there."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from care.message_kinds import Kind
from care.person import pseudonym
from care.roles import Role
from handlers.notices import Notices
from handlers.screens import Reply, Way
from handlers.worker import relay_danger
from storage import people, schema
from tests.handlers.talking import PERSON_ID, WORKER_ID, begin, passed, talk_of, write

COVER_ID = 6_111_111_111
DANGER = "I am coughing up a lot of blood right now"


def reply_to(message_id: int) -> dict[str, Any]:
    answered = {"message_id": message_id, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "…"}
    return {"reply_to_message": answered}


async def at(world: Any, hour: int, minute: int = 0) -> None:
    """Move the clock to an hour of the next day in Almaty."""
    local = world.now + timedelta(hours=5)
    world.wait(hours=(hour - local.hour) % 24, minutes=minute - local.minute)


async def quiet_hours(world: Any, begins: str, ends: str) -> None:
    async with world.database.writing() as store:
        await store.execute(schema.staff.update().values(quiet_from=begins, quiet_until=ends))


async def work_at_night(world: Any, staff_id: int) -> None:
    async with world.database.writing() as store:
        until = world.now + timedelta(days=3)
        changed = schema.staff.update().where(schema.staff.c.id == staff_id)
        await store.execute(changed.values(here_until=until))


async def noticed(world: Any, who: Any) -> Reply | None:
    """Return what the newest notice about danger says to somebody."""
    person = await who.person()
    async with world.database.reading() as store:
        rows = await store.execute(
            select(schema.due)
            .where(schema.due.c.kind == Kind.TALK_DANGER.value, schema.due.c.person_id == person.id)
            .order_by(schema.due.c.id.desc())
        )
        notices = Notices(words=world.words, vault=world.vault, zone=ZoneInfo("Asia/Almaty"))
        fresh = await people.by_id(store, person.id)
        return await notices.render(
            Kind.TALK_DANGER, rows.mappings().one(), fresh, world.words["en"], store, world.now
        )


async def hurt_at_night(world: Any) -> tuple[Any, Any, Any, Reply]:
    """Return a person, who answers them and sleeps, the cover who is there, and the answer to danger."""
    person, worker, _ = await begin(world)
    cover = world.somebody(telegram_id=COVER_ID)
    cover_id = await cover.hire(Role.WORKER, area_id=(await person.person()).area_id)
    await at(world, 23)
    await work_at_night(world, cover_id)
    return person, worker, cover, await write(world, person, text=DANGER)


@pytest.mark.parametrize(("hour", "silent"), [(12, False), (20, False), (22, True), (3, True), (9, False)])
async def test_at_night_what_is_passed_on_makes_no_sound_on_either_side(
    world: Any, hour: int, silent: bool
) -> None:
    person, worker, _ = await begin(world)
    await at(world, hour)

    asked = await write(world, person, text="a")
    answered = await write(world, worker, text="b", **reply_to(world.messages))

    heard = [*passed(asked, WORKER_ID), *passed(answered, PERSON_ID)]
    assert len(heard) == 3  # with the card that says whose words come
    assert {step.silent for step in heard} == {silent}


@pytest.mark.parametrize(("hour", "silent"), [(12, True), (22, False)])
async def test_the_worker_is_left_alone_in_their_own_hours(world: Any, hour: int, silent: bool) -> None:
    person, _, _ = await begin(world)
    await quiet_hours(world, "11:00", "14:00")
    await at(world, hour)

    reply = await write(world, person, text="a")

    assert {step.silent for step in passed(reply, WORKER_ID)} == {silent}


async def test_the_person_is_told_by_when_although_it_made_no_sound(world: Any) -> None:
    person, _, _ = await begin(world)
    await at(world, 23)

    reply = await write(world, person, text="a")

    [own] = [step for step in reply.steps if not step.to]
    assert "Passed on" in own.text
    assert not own.silent


async def test_of_danger_somebody_who_is_there_hears_at_once_and_without_the_words(world: Any) -> None:
    person, _, cover, reply = await hurt_at_night(world)

    assert "103" in reply.steps[0].text
    words = passed(reply, WORKER_ID)[-1]
    assert words.text.endswith("blood right now")
    assert words.silent
    [row] = await world.rows(schema.due, kind="talk-danger")
    assert (row["person_id"], row["due_at"], row["params"]["urgent"]) == (
        (await cover.person()).id,
        world.now,
        1,
    )
    told = await noticed(world, cover)
    assert told is not None
    assert f"🔴 <b>{pseudonym((await person.person()).id)}</b> may need help now" in told.steps[0].text
    assert "blood" not in str(told)


async def test_of_more_danger_they_hear_once_in_an_hour(world: Any) -> None:
    person, _, _, _ = await hurt_at_night(world)

    await write(world, person, text=DANGER)
    assert len(await world.rows(schema.due, kind="talk-danger")) == 1
    world.wait(hours=1)
    await write(world, person, text=DANGER)
    assert len(await world.rows(schema.due, kind="talk-danger")) == 2


async def test_while_who_answers_is_there_nobody_else_hears(world: Any) -> None:
    person, _, _ = await begin(world)
    await world.somebody(telegram_id=COVER_ID).hire(Role.COORDINATOR)

    reply = await write(world, person, text=DANGER)

    assert passed(reply, WORKER_ID)[-1].text.endswith("blood right now")
    assert not await world.rows(schema.due, kind="talk-danger")


async def test_where_nobody_is_there_the_words_of_danger_wake_who_answers(world: Any) -> None:
    person, _, _ = await begin(world)
    await at(world, 3)

    reply = await write(world, person, text=DANGER)

    assert not any(step.silent for step in passed(reply, WORKER_ID))
    assert not await world.rows(schema.due, kind="talk-danger")


async def test_who_was_told_takes_the_talk_and_the_person_hears_so_at_night(world: Any) -> None:
    person, worker, cover, _ = await hurt_at_night(world)
    talk = (await talk_of(world))["id"]

    reply = await cover.tap(f"reltk:{talk}:{relay_danger.NOW}")

    held = await talk_of(world)
    assert held["staff_id"] == (await cover.person()).roles[0].id
    assert "colleague answers" in passed(reply, WORKER_ID)[0].text
    handed = await world.rows(schema.due, kind="handed")
    assert [row["params"].get("urgent") for row in handed] == [1]
    more = await write(world, person, text="thank you")
    assert passed(more, COVER_ID)
    assert not passed(more, WORKER_ID)
    assert worker.text is not None


async def test_who_was_not_told_takes_nothing(world: Any) -> None:
    _, _, _, _ = await hurt_at_night(world)
    other = world.somebody(telegram_id=6_222_222_222)
    await other.hire(Role.COORDINATOR)
    before = await talk_of(world)

    await other.tap(f"reltk:{before['id']}:{relay_danger.NOW}")

    assert (await talk_of(world))["staff_id"] == before["staff_id"]


async def test_the_notice_is_not_sent_once_who_answers_has_written(world: Any) -> None:
    _, worker, cover, _ = await hurt_at_night(world)
    world.wait(minutes=1)

    await write(world, worker, text="I am here", **reply_to(world.messages))

    assert await noticed(world, cover) is None


async def test_of_who_waits_in_the_queue_somebody_hears_too(world: Any) -> None:
    person, _, _, _ = await hurt_at_night(world)
    async with world.database.writing() as store:
        await store.execute(schema.relays.update().values(staff_id=None))
        await store.execute(schema.due.delete().where(schema.due.c.kind == "talk-danger"))

    reply = await write(world, person, text=DANGER)

    assert "103" in reply.steps[0].text
    assert len(await world.rows(schema.due, kind="talk-danger")) == 1


@pytest.mark.parametrize(("minutes", "urgent"), [(10, 1), (59, 1), (61, None)])
async def test_who_wrote_within_an_hour_hears_at_night_who_answers_now(
    world: Any, minutes: int, urgent: int | None
) -> None:
    person, worker, _ = await begin(world)
    colleague = world.somebody(telegram_id=COVER_ID)
    to = await colleague.hire(Role.WORKER, area_id=(await person.person()).area_id)
    await at(world, 22)
    await write(world, person, text="a")
    world.wait(minutes=minutes)

    await worker.tap(f"relhd:{(await talk_of(world))['id']}:{to}:y")

    [row] = await world.rows(schema.due, kind="handed")
    assert row["params"].get("urgent") == urgent


async def test_a_photo_of_the_album_of_danger_is_no_sound_either(world: Any) -> None:
    person, _, _ = await begin(world)
    await at(world, 23)
    photo = [{"file_id": "P", "file_unique_id": "u", "width": 9, "height": 9}]

    reply = await write(world, person, photo=photo)

    assert passed(reply, WORKER_ID)[-1].way is Way.PHOTO
    assert passed(reply, WORKER_ID)[-1].silent
