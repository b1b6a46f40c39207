"""Due messages in the store: claimed once, finished once, never forgotten."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from care.message_kinds import Kind
from care.reminders import Lane, Planned
from care.roles import Role
from storage import due, people, referrals, staff, team
from storage.due import State
from storage.engine import Database
from storage.schema import areas, cities, regions
from storage.schema import due as table

LEASE = timedelta(minutes=5)


@pytest.fixture
async def person_id(any_database: Database, vault, now: datetime) -> int:
    async with any_database.writing() as store:
        person = await people.add(
            store, vault, 501, locale="en", consent_version="1", link_id=None, area_id=None, now=now
        )
    return person.id


@pytest.fixture
def planned(person_id: int, now: datetime) -> Planned:
    return Planned(
        key="visit-eve:5",
        kind=Kind.VISIT_EVE,
        person_id=person_id,
        due_at=now,
        useful_until=now + timedelta(hours=6),
        booking_id=5,
    )


async def keep(database: Database, *messages: Planned, now: datetime) -> list[bool]:
    async with database.writing() as store:
        return [await due.schedule(store, message, now=now) for message in messages]


async def claim(database: Database, now: datetime, *, token: str = "t", limit: int = 100, not_these=()):
    async with database.writing() as store:
        return await due.claim(store, now=now, token=token, lease=LEASE, limit=limit, not_these=not_these)


async def states(database: Database) -> dict[str, str]:
    async with database.reading() as store:
        rows = await store.execute(select(table.c.key, table.c.state))
        return {str(row.key): str(row.state) for row in rows}


async def test_a_message_is_kept_once_however_often_it_is_planned(any_database, planned, now):
    assert await keep(any_database, planned, planned, now=now) == [True, False]
    assert await states(any_database) == {"visit-eve:5": "pending"}


async def test_what_was_cancelled_can_be_planned_anew(any_database, planned, now):
    await keep(any_database, planned, now=now)
    async with any_database.writing() as store:
        assert await due.cancel(store, key=planned.key, now=now) == 1
    later = replace(planned, due_at=now + timedelta(hours=1))

    assert await keep(any_database, later, now=now) == [True]
    async with any_database.reading() as store:
        assert await due.next_due(store) == now + timedelta(hours=1)


@pytest.mark.parametrize("again", [True, False])
async def test_what_was_sent_is_planned_anew_only_when_it_says_so(any_database, planned, now, again):
    question = replace(planned, again=again)
    assert await keep(any_database, question, question, now=now) == [True, False]
    [row] = await claim(any_database, now)
    assert await keep(any_database, question, now=now) == [False]
    async with any_database.writing() as store:
        await due.finish(store, row["id"], "t", State.SENT, now=now)

    assert await keep(any_database, question, now=now) == [again]
    assert len(await claim(any_database, now)) == int(again)


async def test_a_cancelled_booking_cancels_all_its_messages_and_no_others(any_database, planned, now):
    other = replace(planned, key="visit-eve:6", booking_id=6)
    soon = replace(planned, key="visit-soon:5", kind=Kind.VISIT_SOON)
    await keep(any_database, planned, soon, other, now=now)

    async with any_database.writing() as store:
        assert await due.cancel(store, booking_id=5, now=now) == 2

    assert [row["key"] for row in await claim(any_database, now)] == ["visit-eve:6"]


async def test_cancelling_without_saying_what_is_refused(any_database, now):
    async with any_database.writing() as store:
        with pytest.raises(ValueError, match="say which"):
            await due.cancel(store, now=now)


async def test_a_message_is_claimed_when_it_is_due_and_only_by_one(any_database, planned, now):
    await keep(any_database, planned, now=now)

    assert not await claim(any_database, now - timedelta(seconds=1))
    assert len(await claim(any_database, now)) == 1
    assert not await claim(any_database, now)


async def test_the_lane_goes_before_the_hour(any_database, planned, now):
    bulk = [
        replace(planned, key=f"b:{number}", lane=Lane.BROADCAST, due_at=now - timedelta(hours=1))
        for number in range(5)
    ]
    await keep(any_database, *bulk, planned, now=now)

    assert [row["key"] for row in await claim(any_database, now, limit=1)] == ["visit-eve:5"]


async def test_many_claimants_share_many_messages_without_overlap(any_database, planned, now):
    await keep(any_database, *(replace(planned, key=f"m:{number}") for number in range(200)), now=now)

    async def worker(name: int) -> list[int]:
        mine: list[int] = []
        while rows := await claim(any_database, now, token=f"worker{name}", limit=7):
            mine += [row["id"] for row in rows]
        return mine

    shares = await asyncio.gather(*(worker(name) for name in range(6)))
    claimed = [row_id for share in shares for row_id in share]

    assert len(claimed) == len(set(claimed)) == 200


async def test_a_lease_that_ran_out_gives_one_more_try_and_then_the_message_is_unknown(
    any_database, planned, now
):
    await keep(any_database, planned, now=now)
    first = await claim(any_database, now)
    second = await claim(any_database, now + LEASE)
    third = await claim(any_database, now + 2 * LEASE)

    assert ([row["attempts"] for row in first], [row["attempts"] for row in second]) == ([1], [2])
    assert not third
    async with any_database.writing() as store:
        given_up = await due.give_up(store, now=now + 2 * LEASE, lease=LEASE)
    assert [row["state"] for row in given_up] == ["unknown"]


async def test_who_wakes_up_late_changes_nothing_that_another_finished(any_database, planned, now):
    await keep(any_database, planned, now=now)
    [row] = await claim(any_database, now, token="late")
    await claim(any_database, now + LEASE, token="rescuer")

    async with any_database.writing() as store:
        assert await due.finish(store, row["id"], "rescuer", State.SENT, now=now)
        assert not await due.finish(store, row["id"], "late", State.FAILED, now=now)
        assert not await due.postpone(store, row["id"], "late", until=now, copies=0)
        assert not await due.finish(store, row["id"], "rescuer", State.FAILED, now=now)

    assert await states(any_database) == {"visit-eve:5": "sent"}


async def test_a_postponed_message_waits_and_keeps_count_of_its_copies(any_database, planned, now):
    await keep(any_database, planned, now=now)
    [row] = await claim(any_database, now)
    async with any_database.writing() as store:
        assert await due.postpone(store, row["id"], "t", until=now + timedelta(hours=1), copies=1)

    assert not await claim(any_database, now)
    [again] = await claim(any_database, now + timedelta(hours=1))
    assert again["attempts"] == 2


async def test_what_is_of_no_use_any_more_expires_and_is_never_claimed(any_database, planned, now):
    await keep(any_database, planned, replace(planned, key="later", due_at=now + timedelta(days=1)), now=now)

    assert not await claim(any_database, planned.useful_until)
    async with any_database.writing() as store:
        ended = await due.expire(store, now=planned.useful_until)

    assert [row["key"] for row in ended] == ["visit-eve:5"]
    assert await states(any_database) == {"visit-eve:5": "expired", "later": "pending"}


async def taken_after_a_jump(
    database: Database, planned: Planned, now: datetime, *, known: bool
) -> list[str]:
    """Claim a message, let the clock jump a day; return what is claimed or given up then.

    `known`: whether those who ask say what they have in hand.
    """
    await keep(database, replace(planned, useful_until=now + timedelta(days=9)), now=now)
    [row] = await claim(database, now)
    later, mine = now + timedelta(days=1), [row["id"]] if known else []
    async with database.writing() as store:
        given_up = await due.give_up(store, now=later, lease=LEASE, not_these=mine)
    return [one["key"] for one in (*given_up, *await claim(database, later, not_these=mine))]


async def test_a_clock_that_jumps_ahead_takes_nothing_out_of_our_hands(any_database, planned, now):
    assert await taken_after_a_jump(any_database, planned, now, known=True) == []


async def test_without_saying_what_is_in_our_hands_a_clock_that_jumps_ahead_takes_it_out(
    any_database, planned, now
):
    assert await taken_after_a_jump(any_database, planned, now, known=False) == [planned.key]


async def test_a_clock_that_was_set_back_does_not_keep_a_message_for_ever(any_database, planned, now):
    await keep(any_database, planned, now=now)
    await claim(any_database, now)

    assert len(await claim(any_database, now - timedelta(days=1))) == 1


async def test_whoever_cannot_be_written_to_gets_nothing_that_waits(any_database, planned, person_id, now):
    await keep(any_database, planned, replace(planned, key="other"), now=now)

    async with any_database.writing() as store:
        assert await due.block(store, person_id, now=now) == 2

    assert set((await states(any_database)).values()) == {"failed"}


async def test_nothing_to_do_is_seen_without_a_lock(any_database, planned, now):
    await keep(any_database, planned, now=now)

    async with any_database.reading() as store:
        assert not await due.anything_to_do(store, now=now - timedelta(seconds=1))
        assert await due.anything_to_do(store, now=now)


async def test_a_person_is_where_their_area_is(any_database, person_id, now):
    async with any_database.writing() as store:
        assert await due.zone_of(store, person_id) is None
        await store.execute(insert(regions).values(id=1, code="r", names={}))
        await store.execute(
            insert(cities).values(id=1, code="c", region_id=1, zone="Asia/Tashkent", names={})
        )
        await store.execute(insert(areas).values(id=1, code="a", city_id=1, names={}))
        await people.change(store, person_id, area_id=1)
        assert await due.zone_of(store, person_id) == "Asia/Tashkent"


async def test_staff_are_told_by_responsibility(any_database, vault, person_id, now):
    async with any_database.writing() as store:
        assert await due.responsible_for(store, person_id) == []
        boss = await people.add(
            store, vault, 502, locale="en", consent_version="1", link_id=None, area_id=None, now=now
        )
        await staff.add(store, boss.id, Role.COORDINATOR, now=now)
        assert await due.responsible_for(store, person_id) == [boss.id]
        worker = await people.add(
            store, vault, 503, locale="en", consent_version="1", link_id=None, area_id=None, now=now
        )
        role_id = await staff.add(store, worker.id, Role.WORKER, now=now)
        await referrals.open_for(store, person_id, now=now, staff_id=role_id)
        assert await due.responsible_for(store, person_id) == [worker.id]
        await team.pause(store, role_id, now=now)
        assert await due.responsible_for(store, person_id) == [boss.id]  # whose role rests is told nothing


async def test_ten_thousand_messages_are_claimed_in_small_steps(any_database, planned, now):
    rows = [
        {
            "key": f"b:{number}",
            "kind": "nudge",
            "person_id": planned.person_id,
            "params": {},
            "due_at": now,
            "useful_until": now + timedelta(days=1),
            "lane": 2,
            "created_at": now,
        }
        for number in range(10_000)
    ]
    async with any_database.writing() as store:
        await store.execute(insert(table), rows)
    loop = asyncio.get_running_loop()
    began = loop.time()
    for _ in range(10):
        assert len(await claim(any_database, now, limit=64)) == 64

    assert (loop.time() - began) / 10 < 0.5
    async with any_database.writing() as store:
        await store.execute(update(table).where(table.c.state == "sending").values(leased_until=now))
    assert len(await claim(any_database, now + timedelta(seconds=1), limit=64)) == 64
