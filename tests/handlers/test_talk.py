"""Whoever asks for a person gets a promise, and somebody to keep it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from care.person import pseudonym
from care.reminders import Kind
from care.roles import Role
from handlers.buttons import Verb
from handlers.notices import Notices
from handlers.other import Other
from handlers.routes import Route, Routes
from handlers.screens import Reply
from handlers.talk import WITHOUT, Talk
from handlers.worker.tasks import Tasks
from locales.catalogue import Words
from storage import people, referrals, schema, tasks
from storage.vault import Vault

PHONE = "77011234567"
SHOWN = "+77011234567"


async def share_phone(someone: Any, *, phone: str = PHONE, of: int | None = None) -> Reply:
    contact = {"phone_number": phone, "first_name": "Aziz", "user_id": of or someone.telegram_id}
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


@pytest.fixture
def routes(vault: Vault, words: Words, make_table: Callable[..., Routes]) -> Routes:
    talk = Talk(vault=vault, zone=ZoneInfo("Asia/Almaty"))
    list_of = Tasks(words=words, vault=vault, zone=ZoneInfo("Asia/Almaty"))
    return make_table(
        buttons={
            Verb.TALK: Route(talk.show),
            Verb.TALK_YES: Route(talk.ask),
            Verb.TALK_NO: Route(talk.withdraw),
            Verb.TASKS: Route(list_of.show, frozenset(Role)),
            Verb.TASK_DONE: Route(list_of.done, frozenset(Role)),
        },
        commands={"talk": Verb.TALK, "tasks": Verb.TASKS},
        texts=(talk.without,),
        shared_contact=talk.contact,
        other=Other().show,
    )


async def test_asking_makes_one_task_one_notice_and_one_promise(world: Any) -> None:
    area = await world.area()
    worker = world.somebody()
    staff_id = await worker.hire(Role.WORKER, area_id=area)
    someone = world.somebody()
    await someone.agree(area_id=area)

    await someone.command("/talk")
    assert "14:00, today" in someone.text
    await someone.press("Yes, please")
    world.wait(minutes=30)
    await someone.tap("talky")

    assert "14:00, today" in someone.text
    task = (await world.rows(schema.tasks))[0]
    assert (await world.count(schema.tasks), task["staff_id"]) == (1, staff_id)
    notice = (await world.rows(schema.due))[0]
    assert await world.count(schema.due) == 1
    assert (notice["kind"], notice["person_id"], notice["params"]) == (
        "talk",
        (await worker.person()).id,
        {"task": task["id"]},
    )
    assert notice["due_at"] == world.now - timedelta(minutes=28)  # two minutes to leave a number
    assert (await world.rows(schema.outcomes, kind="talk-asked"))[0]["staff_id"] == staff_id


async def test_at_night_the_notice_waits_for_the_morning(world: Any) -> None:
    world.now = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)  # 23:00 in Almaty
    await world.somebody().hire(Role.COORDINATOR)
    someone = world.somebody()
    await someone.agree()

    await someone.tap("talky")

    assert "11:00, tomorrow" in someone.text
    assert (await world.rows(schema.due))[0]["due_at"] == datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


async def test_the_time_is_that_of_the_persons_city(world: Any) -> None:
    area = await world.area(zone="Europe/Moscow")
    await world.somebody().hire(Role.WORKER, area_id=area)
    someone = world.somebody()
    await someone.agree(area_id=area)

    await someone.tap("talk")  # 10:00 in Moscow

    assert "12:00, today" in someone.text


async def test_withdrawing_ends_the_task_and_the_notice(world: Any) -> None:
    await world.somebody().hire(Role.ADMIN)
    someone = world.somebody()
    await someone.agree()
    await someone.tap("talky")

    await someone.press("do not need it")
    await someone.tap("talkn")  # pressed twice

    assert (await world.rows(schema.due))[0]["state"] == "cancelled"
    assert (await world.rows(schema.tasks))[0]["done_at"] == world.now
    assert (await world.outcomes()).count("talk-withdrawn") == 1


async def test_a_promise_that_was_not_kept_is_not_denied(world: Any) -> None:
    await world.somebody().hire(Role.ADMIN)
    someone = world.somebody()
    await someone.agree()
    await someone.tap("talky")
    await share_phone(someone)
    world.wait(hours=3)

    await someone.tap("talk")

    assert "we are late" in someone.text


async def test_where_nobody_works_nothing_is_promised(world: Any) -> None:
    someone = world.somebody()
    await someone.agree()

    await someone.tap("talk")
    await someone.tap("talky")

    assert "Nobody of our team can answer" in someone.text
    assert await world.count(schema.tasks) == 0


async def test_the_topic_is_a_word_of_the_list_or_nothing(world: Any) -> None:
    await world.somebody().hire(Role.ADMIN)
    someone = world.somebody()
    await someone.agree()

    await someone.tap("talky:anything-at-all")

    assert (await world.rows(schema.tasks))[0]["topic"] is None


async def test_the_owner_of_the_referral_comes_before_the_areas_worker_and_that_before_coordinators(
    world: Any,
) -> None:
    area = await world.area()
    asking = world.somebody()
    person = await asking.agree(area_id=area)
    coordinator = await world.somebody().hire(Role.COORDINATOR)
    of_area = await world.somebody().hire(Role.WORKER, area_id=area)
    owner = await world.somebody().hire(Role.WORKER)

    async with world.database.reading() as store:
        chosen = [
            await tasks.owner_for(store, person.id, staff_id=staff_id, area_id=area_id)
            for staff_id, area_id in ((owner, area), (None, area), (None, None), (12345, area))
        ]

    assert [member.id for member in chosen] == [owner, of_area, coordinator, of_area]


async def test_nobody_is_their_own_owner(world: Any) -> None:
    worker = world.somebody()
    staff_id = await worker.hire(Role.WORKER)

    async with world.database.reading() as store:
        person = await worker.person()
        assert await tasks.owner_for(store, person.id, staff_id=staff_id, area_id=None) is None


async def test_a_task_is_done_once_and_only_by_who_may_do_it(world: Any) -> None:
    area, other = await world.area(), await world.area()
    owner, stranger, colleague, registrar, coordinator = (world.somebody() for _ in range(5))
    owner_id = await owner.hire(Role.WORKER, area_id=area)
    await stranger.hire(Role.WORKER, area_id=other)
    await colleague.hire(Role.WORKER, area_id=area)
    await registrar.hire(Role.REGISTRAR)
    await coordinator.hire(Role.COORDINATOR)
    asking = await world.somebody().agree(area_id=area)
    async with world.database.writing() as store:
        referral = await referrals.open_for(store, asking.id, now=world.now, area_id=area)
        own = await tasks.add(
            store,
            person_id=asking.id,
            promised_at=world.now,
            now=world.now,
            referral_id=referral,
            staff_id=owner_id,
        )
        other_asking = await people.add(
            store,
            world.vault,
            1,
            locale="en",
            consent_version="test",
            link_id=None,
            area_id=area,
            now=world.now,
        )
        other_referral = await referrals.open_for(store, other_asking.id, now=world.now, area_id=area)
        nobodys = await tasks.add(
            store,
            person_id=other_asking.id,
            promised_at=world.now,
            now=world.now,
            referral_id=other_referral,
        )

    roles = {
        name: (await each.person()).roles
        for name, each in {
            "owner": owner,
            "stranger": stranger,
            "colleague": colleague,
            "registrar": registrar,
            "coordinator": coordinator,
        }.items()
    }
    async with world.database.writing() as store:
        seen = {name: {task.id for task in await tasks.open_for(store, held)} for name, held in roles.items()}
        assert seen == {
            "owner": {own.id, nobodys.id},
            "stranger": set(),
            "colleague": {nobodys.id},
            "registrar": set(),
            "coordinator": {own.id, nobodys.id},
        }
        for name in ("stranger", "colleague", "registrar"):
            assert await tasks.done(store, own.id, roles[name], now=world.now) is None
        assert await tasks.done(store, own.id, roles["owner"], now=world.now) is not None
        assert await tasks.done(store, own.id, roles["coordinator"], now=world.now) is None
        assert await tasks.done(store, 999, roles["coordinator"], now=world.now) is None


async def asking(world: Any) -> tuple[Any, Any]:
    """Return a worker, and somebody of their area who just asked for a person."""
    area = await world.area()
    worker, someone = world.somebody(), world.somebody()
    await worker.hire(Role.WORKER, area_id=area)
    await someone.agree(area_id=area)
    await someone.tap("talky")
    return worker, someone


async def test_whoever_asked_is_asked_for_a_number_and_told_what_follows_without_one(world: Any) -> None:
    content = {
        "names": {"en": "H"},
        "operator": {"en": "Org"},
        "contact": {"en": "+7 000 <office>"},
        "purpose": {"en": "help"},
        "retention_days": {"person": 1, "visits": 1, "checks": 1, "contacts": 1, "questions": 1},
        "promises": [],
    }
    await world.add(schema.programme, id=1, content=content, changed_at=world.now)
    _, someone = await asking(world)

    told, asked = someone.shown.steps
    assert "cannot write or call first" in told.text
    assert "+7 000 &lt;office&gt;" in told.text
    assert (asked.ask_contact, asked.ask_nothing) == ("📱 Send my phone number", WITHOUT)
    assert "by 14:00, today" in asked.text


async def test_a_shared_number_is_encrypted_and_seen_by_the_owner_alone(world: Any, words: Words) -> None:
    worker, someone = await asking(world)
    coordinator = world.somebody()
    await coordinator.hire(Role.COORDINATOR)

    await share_phone(someone)

    assert "will get in touch with you by 14:00, today" in someone.text
    assert someone.shown.steps[0].close_keyboard
    task, notice = (await world.rows(schema.tasks))[0], (await world.rows(schema.due))[0]
    assert PHONE.encode() not in task["contact"]
    assert PHONE not in str(dict(notice))
    assert notice["due_at"] == world.now
    assert SHOWN in await notice_to(world, worker, words)
    await worker.command("/tasks")
    assert SHOWN in worker.text
    await coordinator.command("/tasks")
    assert pseudonym((await someone.person()).id) in coordinator.text
    assert SHOWN not in coordinator.text


async def test_a_number_that_comes_after_the_notice_is_told_anew(world: Any) -> None:
    _, someone = await asking(world)
    async with world.database.writing() as store:
        await store.execute(schema.due.update().values(state="sent"))
    world.wait(hours=3)

    await share_phone(someone)

    notice = (await world.rows(schema.due))[0]
    assert (notice["state"], notice["due_at"]) == ("pending", world.now)
    assert "17:00, today" in someone.text  # a promise that is over is made anew
    assert (await world.rows(schema.tasks))[0]["promised_at"] == world.now + timedelta(hours=2)


@pytest.mark.parametrize("ending", ["done", "withdrawn"])
async def test_the_number_is_erased_when_the_request_is_over(world: Any, ending: str) -> None:
    worker, someone = await asking(world)
    await share_phone(someone)
    task_id = (await world.rows(schema.tasks))[0]["id"]

    await (worker.tap(f"tdone:{task_id}:y") if ending == "done" else someone.tap("talkn"))

    task = (await world.rows(schema.tasks))[0]
    assert (task["contact"], task["done_at"]) == (None, world.now)


async def test_the_number_of_somebody_else_is_not_kept(world: Any) -> None:
    _, someone = await asking(world)

    await share_phone(someone, of=12345)
    assert "not your own number" in someone.text
    await someone.send(contact={"phone_number": PHONE, "first_name": "A"})

    assert someone.shown.steps[-1].ask_contact
    assert (await world.rows(schema.tasks))[0]["contact"] is None


async def test_a_number_that_nobody_asked_for_is_not_kept(world: Any) -> None:
    someone = world.somebody()
    await someone.agree()

    await share_phone(someone)

    assert "do not need a phone number" in someone.text
    assert await world.count(schema.tasks) == 0


async def test_without_a_number_staff_are_told_at_once(world: Any, words: Words) -> None:
    worker, someone = await asking(world)

    await someone.say(WITHOUT)

    assert [step.close_keyboard for step in someone.shown.steps] == [True]
    assert "cannot write or call first" in someone.text
    assert (await world.rows(schema.due))[0]["due_at"] == world.now
    notice = await notice_to(world, worker, words)
    assert pseudonym((await someone.person()).id) in notice
    assert "Phone" not in notice


async def test_without_a_number_and_without_a_request_asks_anew(world: Any) -> None:
    await world.somebody().hire(Role.ADMIN)
    someone = world.somebody()
    await someone.agree()

    await someone.say(WITHOUT)

    assert "Talk to a person" in someone.text
    assert await world.count(schema.tasks) == 0
