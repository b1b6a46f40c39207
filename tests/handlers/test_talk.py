"""Whoever asks for a person is told who answers by when, and ends it; a number only on purpose."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from care.message_kinds import Kind
from care.person import pseudonym
from care.relay import MOST_OPEN
from care.roles import Role
from handlers.buttons import Verb
from handlers.notices import Notices
from handlers.screens import Reply
from handlers.talk_phone import WITHOUT
from locales.catalogue import Words
from storage import people, relays, schema
from tests.handlers.talking import PERSON_ID, WORKER_ID, begin, passed, talk_of, write

PHONE = "77011234567"
SHOWN = "+77011234567"


async def share_phone(someone: Any, *, of: int | None = None) -> Reply:
    contact = {"phone_number": PHONE, "first_name": "Aziz", "user_id": of or someone.telegram_id}
    return await someone.send(contact=contact)


async def notice_to(world: Any, to: Any, words: Words) -> str:
    """Return what the newest notice of a request says when it is sent now."""
    row = (await world.rows(schema.due, kind="talk"))[-1]
    receiver = await to.person()
    assert row["person_id"] == receiver.id
    notices = Notices(words=words, vault=world.vault, zone=ZoneInfo("Asia/Almaty"))
    async with world.database.reading() as store:
        reply = await notices.render(Kind.TALK, row, receiver, words["en"], store, world.now)
    return reply.steps[0].text if reply else ""


async def test_asking_opens_one_talk_with_one_task_one_notice_and_one_promise(world: Any) -> None:
    area = await world.area()
    worker = world.somebody()
    staff_id = await worker.hire(Role.WORKER, area_id=area)
    someone = world.somebody()
    await someone.agree(area_id=area)

    await someone.command("/talk")
    assert "a person of our team" in someone.text
    assert "14:00, today" in someone.text
    assert "account are not passed on" in someone.text
    await someone.press("Yes, please")
    world.wait(minutes=30)
    await someone.tap("talky")

    assert "14:00, today" in someone.text
    talk, task = await talk_of(world), (await world.rows(schema.tasks))[0]
    assert (await world.count(schema.relays), await world.count(schema.tasks)) == (1, 1)
    assert (talk["staff_id"], task["staff_id"], task["key"]) == (staff_id, staff_id, f"talk:{talk['id']}")
    notice = (await world.rows(schema.due))[0]
    assert await world.count(schema.due) == 1
    assert (notice["kind"], notice["person_id"], notice["params"]) == (
        "talk",
        (await worker.person()).id,
        {"task": task["id"]},
    )
    assert notice["due_at"] == world.now - timedelta(minutes=28)  # two minutes for the first words
    assert (await world.rows(schema.outcomes, kind="talk-asked"))[0]["staff_id"] == staff_id


async def test_who_answers_is_called_by_the_name_on_their_card(world: Any) -> None:
    person, worker, staff_id = await begin(world)
    row = await worker.person()
    async with world.database.writing() as store:
        sealed = world.vault.seal_for(row.key, b"Nigora")
        await store.execute(update(schema.staff).where(schema.staff.c.id == staff_id).values(name=sealed))

    await person.command("/talk")

    assert "<b>Nigora</b> answers you by 14:00, today" in person.text


async def test_at_night_the_notice_and_the_promise_wait_for_the_morning(world: Any) -> None:
    world.now = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)  # 23:00 in Almaty
    await world.somebody().hire(Role.COORDINATOR)
    someone = world.somebody()
    await someone.agree()

    await someone.tap("talky")

    assert "11:00, tomorrow" in someone.text
    assert (await world.rows(schema.due))[0]["due_at"] == datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


async def test_the_promise_follows_the_hours_of_who_answers(world: Any) -> None:
    area = await world.area()
    staff_id = await world.somebody().hire(Role.WORKER, area_id=area)
    await world.add(schema.shifts, staff_id=staff_id, weekday=1, starts="18:00", ends="21:00")
    someone = world.somebody()
    await someone.agree(area_id=area)

    await someone.tap("talky")  # Monday noon

    assert "20:00, tomorrow" in someone.text


async def test_the_time_is_that_of_the_persons_city(world: Any) -> None:
    area = await world.area(zone="Europe/Moscow")
    await world.somebody().hire(Role.WORKER, area_id=area)
    someone = world.somebody()
    await someone.agree(area_id=area)

    await someone.tap("talk")  # 10:00 in Moscow

    assert "12:00, today" in someone.text


async def test_withdrawing_ends_the_talk_the_task_and_the_notice(world: Any) -> None:
    await world.somebody(telegram_id=WORKER_ID).hire(Role.ADMIN)
    someone = world.somebody()
    await someone.agree()
    await someone.tap("talky")

    reply = await someone.press(Verb.TALK_NO)
    await someone.tap("talkn")  # pressed twice

    assert "has ended the talk" in passed(reply, WORKER_ID)[0].text
    assert (await world.rows(schema.due))[0]["state"] == "cancelled"
    assert (await world.rows(schema.tasks))[0]["done_at"] == world.now
    assert (await talk_of(world))["closed_by"] == "person"
    assert (await world.outcomes()).count("talk-withdrawn") == 1


async def test_a_talk_that_was_answered_ends_with_did_it_help(world: Any) -> None:
    person, worker, _ = await begin(world)
    await write(world, person, text="a")
    await write(world, worker, text="b")

    await person.tap("talkn")
    await person.press("👍")
    await person.tap(f"rate:{(await talk_of(world))['id']}:n")  # pressed twice

    assert (await talk_of(world))["helped"] is True
    assert [kind for kind in await world.outcomes() if "helped" in kind] == ["talk-helped"]


async def test_nobody_rates_a_talk_of_somebody_else(world: Any) -> None:
    person, _, _ = await begin(world)
    await person.tap("talkn")
    other = world.somebody()
    await other.agree()

    await other.tap(f"rate:{(await talk_of(world))['id']}:y")

    assert (await talk_of(world))["helped"] is None


async def test_a_promise_that_was_not_kept_is_not_denied(world: Any) -> None:
    await world.somebody().hire(Role.ADMIN)
    someone = world.somebody()
    await someone.agree()
    await someone.tap("talky")
    world.wait(hours=3)

    await someone.tap("talk")

    assert "we are late" in someone.text


async def test_where_nobody_works_nothing_is_promised(world: Any) -> None:
    someone = world.somebody()
    await someone.agree()

    await someone.tap("talk")
    await someone.tap("talky")

    assert "Nobody of our team can answer" in someone.text
    assert await world.count(schema.relays) == 0


async def test_the_topic_is_a_word_of_the_list_or_nothing(world: Any) -> None:
    await world.somebody().hire(Role.ADMIN)
    someone = world.somebody()
    await someone.agree()

    await someone.tap("talky:anything-at-all")

    assert (await talk_of(world))["topic"] is None


async def test_nobody_answers_themselves(world: Any) -> None:
    worker = world.somebody()
    await worker.hire(Role.WORKER)

    await worker.tap("talky")

    assert await world.count(schema.relays) == 0


async def test_with_all_busy_who_asks_waits_and_is_told_how_long(world: Any) -> None:
    area = await world.area()
    staff_id = await world.somebody().hire(Role.WORKER, area_id=area)
    for _ in range(MOST_OPEN):
        one = await world.somebody().agree(area_id=area)
        async with world.database.writing() as store:
            values = {"person_id": one.id, "staff_id": staff_id, "promised_at": world.now}
            await relays.begin(store, now=world.now, **values)
    first, second = world.somebody(), world.somebody()
    for someone in (first, second):
        await someone.agree(area_id=area)
        await someone.tap("talky")
        world.wait(seconds=1)

    assert "14:45, today" in first.text  # 45 minutes until one ends, as far as known, and two hours
    assert "1 person waits before you" in second.text
    async with world.database.writing() as store:
        await store.execute(
            update(schema.relays).where(schema.relays.c.staff_id == staff_id).values(closed_at=world.now)
        )
    await second.tap("talk")
    assert "answers you by 14:00" in second.text


async def asked_for_phone(world: Any) -> tuple[Any, Any]:
    """Return a worker, and somebody of their area who pressed 'call me'."""
    someone, worker, _ = await begin(world)
    await someone.press(Verb.TALK_CALL)
    return worker, someone


async def test_call_me_asks_for_the_number_with_the_one_button_that_shares_it(world: Any) -> None:
    _, someone = await asked_for_phone(world)

    [asked] = someone.shown.steps
    assert (asked.ask_contact, asked.ask_nothing) == ("📱 Send my phone number", WITHOUT)
    assert "by 14:00, today" in asked.text


async def test_a_shared_number_is_encrypted_and_seen_by_who_answers_alone(world: Any, words: Words) -> None:
    worker, someone = await asked_for_phone(world)

    await share_phone(someone)

    assert "A person calls you by 14:00, today" in someone.text
    assert someone.shown.steps[0].close_keyboard
    [task] = [row for row in await world.rows(schema.tasks) if row["contact"]]
    assert PHONE.encode() not in task["contact"]
    assert PHONE not in str([dict(row) for row in await world.rows(schema.due)])
    assert SHOWN in await notice_to(world, worker, words)
    assert pseudonym((await someone.person()).id) in await notice_to(world, worker, words)


async def test_a_number_is_never_passed_on_as_a_message(world: Any) -> None:
    _, someone = await asked_for_phone(world)

    reply = await share_phone(someone)

    assert not passed(reply, WORKER_ID)


@pytest.mark.parametrize("ending", ["worker", "person"])
async def test_the_number_is_erased_when_the_talk_is_over(world: Any, ending: str) -> None:
    worker, someone = await asked_for_phone(world)
    await share_phone(someone)
    talk = (await talk_of(world))["id"]

    await (worker.tap(f"relx:{talk}:y") if ending == "worker" else someone.tap("talkn"))

    assert {(row["contact"], row["done_at"]) for row in await world.rows(schema.tasks)} == {(None, world.now)}


async def test_the_number_of_somebody_else_is_not_kept(world: Any) -> None:
    _, someone = await asked_for_phone(world)

    await share_phone(someone, of=12345)
    assert "not your own number" in someone.text
    await someone.send(contact={"phone_number": PHONE, "first_name": "A"})

    assert someone.shown.steps[-1].ask_contact
    assert not [row for row in await world.rows(schema.tasks) if row["contact"]]


async def test_a_number_that_nobody_asked_for_is_not_kept(world: Any) -> None:
    person, _, _ = await begin(world)

    reply = await share_phone(person)

    assert "If you want to be called, press" in person.text
    assert not passed(reply, WORKER_ID)
    assert not [row for row in await world.rows(schema.tasks) if row["contact"]]


async def test_without_a_number_the_talk_goes_on(world: Any) -> None:
    _, someone = await asked_for_phone(world)

    reply = await someone.say(WITHOUT)

    assert reply.steps[0].close_keyboard
    assert "answers you by" in someone.text
    assert not passed(reply, WORKER_ID)


async def test_forgetting_everything_ends_the_talk_too(world: Any) -> None:
    person, worker, _ = await begin(world)
    await write(world, person, text="a")
    seen = world.messages
    async with world.database.writing() as store:
        await people.forget(store, await person.person(), world.vault.hashes(str(PERSON_ID)), now=world.now)

    assert await world.count(schema.relays) == await world.count(schema.relay_messages) == 0
    answered = {"message_id": seen, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "…"}
    reply = await write(world, worker, text="hello", reply_to_message=answered)
    assert not passed(reply, PERSON_ID)
