"""Somebody of the team is asked for in a person's name: once, as with the button."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from care.relay import ASLEEP
from care.roles import Role
from handlers import talk_begin
from handlers.answering import Answering
from storage import relay_tasks, relays, schema
from storage.relays import Relay


@pytest.fixture
async def person(world: Any) -> Any:
    await world.somebody().hire(Role.WORKER, area_id=await world.area())
    someone = world.somebody()
    await someone.agree(area_id=1)
    return someone


async def another(world: Any) -> Any:
    someone = world.somebody()
    await someone.agree(area_id=1)
    return someone


async def asked(world: Any, someone: Any) -> tuple[Relay | None, bool]:
    answering = Answering(words=world.words, vault=world.vault, zone=ZoneInfo("Asia/Almaty"))
    async with world.database.writing() as store:
        return await talk_begin.begin_for(answering, store, await someone.person(), now=world.now)


async def answered(world: Any, relay: Relay) -> None:
    async with world.database.writing() as store:
        await store.execute(
            schema.relays.update()
            .where(schema.relays.c.id == relay.id)
            .values(answered_at=world.now, staff_wrote_at=world.now)
        )
        await relay_tasks.end(store, relay, by=relay.staff_id, now=world.now)


async def test_who_waits_already_is_asked_for_once(world: Any, person: Any) -> None:
    await asked(world, person)
    world.wait(days=3)
    _, new = await asked(world, person)

    assert not new
    assert (await world.count(schema.relays), await world.count(schema.tasks)) == (1, 1)
    assert (await world.outcomes()).count("talk-asked") == 1


async def test_who_talks_already_keeps_that_talk_also_when_it_is_asleep_as_with_the_button(
    world: Any, person: Any
) -> None:
    first, _ = await asked(world, person)
    assert first is not None
    await answered(world, first)
    world.wait(hours=12)
    assert (await asked(world, person))[1] is False
    world.now += ASLEEP
    second, new = await asked(world, person)
    assert (new, second) == (False, await relay_of(world, first.id))
    assert not await world.rows(schema.tasks, done_at=None)

    other, _ = await asked(world, someone := await another(world))
    assert other is not None
    await answered(world, other)
    world.now += ASLEEP
    await someone.tap("talky")  # the control: who presses the button themselves

    assert await world.count(schema.relays) == 2
    assert not await world.rows(schema.tasks, done_at=None)
    assert (await world.outcomes()).count("talk-asked") == 2


async def test_who_waits_for_a_call_keeps_that_talk(world: Any, person: Any) -> None:
    first, _ = await asked(world, person)
    assert first is not None
    await answered(world, first)
    async with world.database.writing() as store:
        await relay_tasks.call(store, first, b"sealed", promised_at=world.now, now=world.now)
    world.now += ASLEEP

    assert await asked(world, person) == (await relay_of(world, first.id), False)


async def relay_of(world: Any, relay_id: int) -> Relay | None:
    async with world.database.reading() as store:
        return await relays.by_id(store, relay_id)


async def test_where_nobody_could_answer_nothing_is_promised(world: Any) -> None:
    someone = world.somebody()
    await someone.agree()

    assert await asked(world, someone) == (None, False)
    await someone.tap("mednew:1:08:all:20261213:y")
    [plan] = await world.rows(schema.dose_plans)
    await someone.tap(f"dosew:{plan['id']}:sick")
    assert "They do not learn why" not in someone.text
    assert not await world.rows(schema.tasks)
