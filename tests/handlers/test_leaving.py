"""Whoever of the team asks to be erased leaves it: nobody in their care is lost, and the log says so."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from care.message_kinds import Kind
from care.roles import Role
from handlers.buttons import Verb
from handlers.privacy import Privacy
from handlers.routes import Route, Routes
from handlers.strangers import Strangers
from storage import audit, people, schema
from storage.vault import Vault


@pytest.fixture
def routes(vault: Vault, strangers: Strangers, make_table: Any) -> Routes:
    privacy = Privacy(vault=vault, strangers=strangers, zone=ZoneInfo("Asia/Almaty"))
    return make_table(
        buttons={Verb.FORGET: Route(privacy.ask_forget), Verb.FORGET_YES: Route(privacy.erase)},
        commands={"forget": Verb.FORGET},
    )


async def leaves(world: Any, *, also: Role | None = None) -> tuple[int, int, int]:
    """Let a worker with a person and an open talk ask to be erased; return worker, colleague, person."""
    area = await world.area()
    worker, colleague = world.somebody(), world.somebody()
    staff_id = await worker.hire(Role.WORKER, area_id=area)
    other = await colleague.hire(Role.WORKER, area_id=area)
    if also is not None:
        await worker.hire(also)
    migrant = await world.somebody().agree(area_id=area)
    theirs = {"person_id": migrant.id, "staff_id": staff_id, "opened_at": world.now}
    state = {"area_id": area, "state": "reached", "changed_at": world.now}
    await world.add(schema.referrals, id=people.random_id(), **theirs, **state)
    await world.add(schema.relays, id=people.random_id(), promised_at=world.now, tags=[], **theirs)
    await worker.command("/forget")
    await worker.press("Yes")
    return staff_id, other, migrant.id


@pytest.mark.parametrize("also", [None, Role.COORDINATOR])
async def test_people_and_open_talks_go_to_a_colleague_and_are_told(world: Any, also: Role | None) -> None:
    _, other, person_id = await leaves(world, also=also)

    for table in (schema.referrals, schema.relays):
        assert [row["staff_id"] for row in await world.rows(table)] == [other]
    told = await world.rows(schema.due, kind=Kind.HANDED.value)
    assert [row["person_id"] for row in told] == [person_id]


async def test_without_it_the_talk_is_nobodys(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: the person is erased, and that is all."""

    async def nothing(*_: Any, **__: Any) -> None:
        return None

    monkeypatch.setattr("handlers.privacy.leave", nothing)

    await leaves(world)

    assert [row["staff_id"] for row in await world.rows(schema.relays)] == [None]


async def test_the_log_says_that_they_left_and_stays_whole(world: Any) -> None:
    staff_id, *_ = await leaves(world)

    [row] = await world.rows(schema.audit)
    assert (row["act"], row["role"], row["actor_id"]) == ("left", "worker", staff_id)
    async with world.database.reading() as store:
        assert await audit.first_broken(store, world.vault) is None


async def test_who_is_no_member_leaves_no_row(world: Any) -> None:
    someone = world.somebody()
    await someone.agree()

    await someone.command("/forget")
    await someone.press("Yes")

    assert not await world.rows(schema.audit)
