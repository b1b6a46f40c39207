"""Whoever asks for a person gets a promise, and somebody to keep it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from care.roles import Role
from handlers.buttons import Verb
from handlers.routes import Route, Routes
from handlers.talk import Talk
from storage import people, referrals, schema, tasks


@pytest.fixture
def routes(make_table: Callable[..., Routes]) -> Routes:
    talk = Talk(zone=ZoneInfo("Asia/Almaty"))
    return make_table(
        buttons={
            Verb.TALK: Route(talk.show),
            Verb.TALK_YES: Route(talk.ask),
            Verb.TALK_NO: Route(talk.withdraw),
        },
        commands={"talk": Verb.TALK},
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
    assert notice["due_at"] == world.now - timedelta(minutes=30)
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
