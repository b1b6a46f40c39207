"""The team in the store: reach, load, ending, areas; two admins who stop each other at once."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from care.roles import Role
from care.team import Reach
from storage import drafts, posts, schema, staff, team
from storage import people as people_store
from storage.engine import Database, open_database
from storage.posts import NOBODY, Post
from storage.vault import Vault

POSTGRES = os.environ.get("HAMROH_TEST_POSTGRES")
EVERYBODY = Reach(person_id=0, staff_id=0, roles=frozenset(Role))

Hire = Callable[..., Awaitable[int]]


@pytest.fixture
def hire(any_database: Database, vault: Vault, now: datetime) -> Hire:
    async def hired(role: Role, **values: int | None) -> int:
        async with any_database.writing() as store:
            return await one_hired(store, vault, role, now, **values)

    return hired


async def one_hired(
    store: AsyncConnection, vault: Vault, role: Role, now: datetime, **values: int | None
) -> int:
    given = {"consent_version": "1", "link_id": None, "area_id": None}
    number = people_store.random_id()
    person = await people_store.add(store, vault, number, locale="ru", now=now, **given)
    return await staff.add(store, person.id, role, now=now, **values)


async def places(database: Database) -> list[int]:
    """Make two regions with a city and an area each; return the ids of the areas."""
    made = []
    async with database.writing() as store:
        for number in (1, 2):
            names = {"code": f"x{number}", "names": {"en": "X"}}
            await store.execute(insert(schema.regions).values(id=number, **names))
            city = {"id": number, "region_id": number, "zone": "Asia/Almaty", **names}
            await store.execute(insert(schema.cities).values(**city))
            await store.execute(insert(schema.areas).values(id=number, city_id=number, **names))
            made.append(number)
        for number, region in ((1, 1), (2, None)):
            values = {"id": number, "code": f"o{number}", "names": {"en": "O"}, "region_id": region}
            await store.execute(insert(schema.organisations).values(**values))
    return made


async def seen(database: Database, reach: Reach) -> set[int]:
    async with database.reading() as store:
        return {one.id for one in await team.members(store, reach)}


async def test_only_who_is_in_reach_is_seen_and_loaded(any_database: Database, hire: Hire) -> None:
    await places(any_database)
    mine = await hire(Role.WORKER, organisation_id=1)
    desk = await hire(Role.REGISTRAR, organisation_id=1)
    theirs, of_none = await hire(Role.WORKER, organisation_id=2), await hire(Role.WORKER)
    boss = await hire(Role.COORDINATOR, organisation_id=1)
    async with any_database.reading() as store:
        [own] = [one for one in await team.members(store, EVERYBODY) if one.id == boss]
    reach = Reach(
        person_id=own.person_id or 0,
        staff_id=boss,
        roles=frozenset({Role.WORKER, Role.REGISTRAR}),
        organisation_id=1,
    )

    assert await seen(any_database, reach) == {mine, desk, boss}
    assert await seen(any_database, EVERYBODY) == {mine, desk, theirs, of_none, boss}
    async with any_database.writing() as store:
        for staff_id, there in ((mine, True), (theirs, False), (of_none, False), (5, False)):
            for lock in (True, False):
                assert (await team.member(store, staff_id, reach, lock=lock) is not None) is there


async def test_who_left_is_in_no_list_and_has_no_area_and_no_link(
    any_database: Database, hire: Hire, now: datetime
) -> None:
    [area, other] = await places(any_database)
    worker, cover = await hire(Role.WORKER, area_id=area), await hire(Role.WORKER, area_id=area)
    async with any_database.writing() as store:
        await posts.set_post(store, area, Post(owner_id=worker, cover_id=cover))
        await posts.set_post(store, other, Post(owner_id=cover, cover_id=worker))
        shift = {"staff_id": worker, "weekday": 0, "starts": "09:00", "ends": "12:00"}
        await store.execute(insert(schema.shifts).values(**shift))

        assert await team.end(store, worker, now=now)
        assert not await team.end(store, worker, now=now + timedelta(hours=1))

        assert await posts.posts(store) == {area: Post(cover_id=cover), other: Post(owner_id=cover)}
        assert (await team.known(store, [worker]))[worker].ended_at == now
        assert (await store.execute(select(schema.shifts.c.id))).all() == []
    assert worker not in await seen(any_database, EVERYBODY)


async def test_a_pause_rests_and_a_resumed_role_is_as_before(
    any_database: Database, hire: Hire, now: datetime
) -> None:
    worker = await hire(Role.WORKER)
    async with any_database.writing() as store:
        assert await team.pause(store, worker, now=now)
        assert not await team.pause(store, worker, now=now + timedelta(hours=1))
        assert (await team.known(store, [worker]))[worker].paused_at == now
        assert await team.resume(store, worker)
        assert not await team.resume(store, worker)
        assert (await team.known(store, [worker]))[worker].paused_at is None


@pytest.mark.parametrize("stops", [team.pause, team.end])
async def test_what_somebody_was_about_to_type_for_their_work_is_not_taken_any_more(
    any_database: Database, hire: Hire, now: datetime, stops: Callable[..., Awaitable[bool]]
) -> None:
    worker, other = await hire(Role.WORKER), await hire(Role.WORKER)
    async with any_database.writing() as store:
        persons = {one.id: one.person_id for one in await team.members(store, EVERYBODY)}
        for staff_id in (worker, other):
            await drafts.put(store, persons[staff_id], "label", {"link": 5}, now=now)

        await stops(store, worker, now=now)

        assert await drafts.get(store, persons[worker], "label") is None
        assert await drafts.get(store, persons[other], "label") is not None


async def test_what_is_open_of_somebody_counts_each_person_once(
    any_database: Database, hire: Hire, vault: Vault, now: datetime
) -> None:
    worker, idle = await hire(Role.WORKER), await hire(Role.WORKER)
    given = {"consent_version": "1", "link_id": None, "area_id": None}
    async with any_database.writing() as store:
        for number, closed in ((1, None), (2, None), (3, now)):
            person = await people_store.add(store, vault, number, locale="ru", now=now, **given)
            ids = {"id": number, "person_id": person.id, "staff_id": worker, "opened_at": now}
            state = {"state": "reached", "changed_at": now, "closed_at": closed}
            await store.execute(insert(schema.referrals).values(**ids, **state))
            talk = {**ids, "promised_at": now, "tags": [], "closed_at": closed if number > 1 else None}
            await store.execute(insert(schema.relays).values(**talk))
            asked = {"id": number, "kind": "talk", "person_id": person.id, "staff_id": worker}
            await store.execute(
                insert(schema.tasks).values(**asked, promised_at=now, created_at=now, done_at=closed)
            )

        found = await team.loads(store, [worker, idle])

    assert {staff_id: (load.people, load.relays) for staff_id, load in found.items()} == {worker: (2, 2)}


async def test_an_organisation_works_in_its_region_or_everywhere(any_database: Database) -> None:
    [first, second] = await places(any_database)
    async with any_database.reading() as store:
        assert list(await posts.areas_of(store, 1)) == [first]
        assert list(await posts.areas_of(store, 2)) == [first, second]
        assert list(await posts.areas_of(store, None)) == [first, second]


async def test_the_owner_of_an_area_is_replaced_and_taken_off(any_database: Database, hire: Hire) -> None:
    [area, _] = await places(any_database)
    one, other = await hire(Role.WORKER), await hire(Role.WORKER)
    async with any_database.writing() as store:
        for post in (Post(owner_id=one), Post(owner_id=other, cover_id=one), NOBODY):
            await posts.set_post(store, area, post)
            assert (await posts.posts(store))[area] == post


async def stop(database: Database, who: int, now: datetime, *, go_on: asyncio.Event | None = None) -> bool:
    """End an admin unless there is no other; return whether it was done."""
    async with database.writing() as store:
        if await team.other_admins(store, who) == 0:
            return False
        if go_on is not None:
            await go_on.wait()
        return await team.end(store, who, now=now)


async def test_admins_who_stop_each_other_at_once_leave_one(
    any_database: Database, hire: Hire, now: datetime
) -> None:
    admins = [await hire(Role.ADMIN) for _ in range(4)]

    await asyncio.gather(*(stop(any_database, who, now) for who in admins))

    assert len(await seen(any_database, EVERYBODY)) == 1


@pytest.mark.skipif(not POSTGRES, reason="SQLite has one writer")
@pytest.mark.parametrize("guard", [True, False])
async def test_on_postgresql_an_admin_waits_for_the_other_and_then_stays(
    request: pytest.FixtureRequest,
    vault: Vault,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    guard: bool,
) -> None:
    """With the guard off, the negative control, both count the other one, and nobody is left."""
    database = open_database(request.getfixturevalue("postgres_url"))
    async with database.writing() as store:
        one, other = [await one_hired(store, vault, Role.ADMIN, now) for _ in range(2)]
    if not guard:
        monkeypatch.setattr("sqlalchemy.sql.selectable.Select.with_for_update", lambda self, **_: self)
    go_on = asyncio.Event()
    first = asyncio.create_task(stop(database, one, now, go_on=go_on))
    while not await holding(database):
        await asyncio.sleep(0)
    second = asyncio.create_task(stop(database, other, now, go_on=go_on))
    while await holding(database) < 2 and not await waiting(database):
        await asyncio.sleep(0)
    go_on.set()

    done = await asyncio.gather(first, second)

    left = await seen(database, EVERYBODY)
    await database.close()
    assert (done, len(left)) == (([True, False], 1) if guard else ([True, True], 0))


async def holding(database: Database) -> int:
    """Return how many others are in the middle of a transaction that does nothing just now."""
    return await activity(database, "state = 'idle in transaction'")


async def waiting(database: Database) -> int:
    """Return how many wait for a lock."""
    return await activity(database, "wait_event_type = 'Lock'")


async def activity(database: Database, what: str) -> int:
    statement = f"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND {what}"
    async with database.reading() as store:
        return int((await store.execute(text(statement))).scalar_one())
