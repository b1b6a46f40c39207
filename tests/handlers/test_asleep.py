"""E1, E3, E4, A12 for all that follows a booking: a machine that sleeps, clocks that jump, people who left.

Every message is sent once, or recorded as of no use any more; none after what it announces; none at night
that can wait; and no place stays kept for somebody who cannot be asked in time.
"""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

import bot.waiting
from care.message_kinds import TO_STAFF, Kind
from care.waiting_list import HELD, TIME_TO_ANSWER
from storage import schema
from tests.handlers.machine import Machine

COMES = (Kind.CLOSED, Kind.WENT_ON, Kind.ARRIVED, Kind.VISIT_AFTER, Kind.CARE_AFTER)  # after three days, too
BEFORE_A_VISIT = (Kind.VISIT_EVE, Kind.VISIT_SOON)
ASLEEP = [(0, [1 / 60, 14]), (0, [72]), (30, [1, 24]), (54, [72])]  # hours: from when on, how long each
JUMPS = {"an hour": [1, -1, -1], "a day": [24, -24, -24], "both": [-1, 24, 1]}  # hours


@pytest.fixture
async def machine(world: Any) -> Machine:
    return await Machine(world).begin()


async def all_is_well(machine: Machine) -> None:
    """Look at everything that was planned and left."""
    rows = await machine.world.rows(schema.due)
    assert [row["key"] for row in rows if row["state"] in {"pending", "sending"}] == []
    sent = Counter({row["key"]: 1 for row in rows if row["state"] == "sent"})
    left = machine.sent()
    assert {key: left[key] for key in sent} == sent
    assert not [key for key, times in left.items() if times > 1]
    assert machine.woken() == []
    assert await machine.hanging() == []
    for at, row in machine.left:
        assert at < row["useful_until"], row["key"]
        assert at >= row["due_at"], row["key"]


async def begins_of_visits(machine: Machine) -> dict[int, Any]:
    return {row["id"]: row["starts_at"] for row in await machine.world.rows(schema.bookings)}


@pytest.mark.parametrize(("before", "lengths"), ASLEEP)
async def test_a_machine_that_was_asleep_says_what_is_of_use_and_records_the_rest(
    machine: Machine, before: int, lengths: list[float]
) -> None:
    await machine.run(timedelta(hours=before), step=timedelta(hours=3))
    for length in lengths:
        await machine.sleep(timedelta(hours=length))
    await machine.end()

    await all_is_well(machine)
    begins = await begins_of_visits(machine)
    for at, row in machine.left:
        if row["kind"] in BEFORE_A_VISIT:
            assert at < begins[row["booking_id"]]
    for kind in COMES:
        assert machine.sent(kind), kind
    assert machine.sent(Kind.RESULT_READY, Kind.RESULT_AGAIN)
    for kind in (Kind.WAIT_OFFER, Kind.BRIGADE_SOON, Kind.CARE_EVE, Kind.DOSE):
        assert {row["state"] for row in await machine.rows(kind)} <= {"sent", "expired", "cancelled"}


@pytest.mark.parametrize("jumps", JUMPS.values(), ids=JUMPS)
async def test_a_clock_that_jumps_loses_and_doubles_nothing(machine: Machine, jumps: list[int]) -> None:
    for jump in jumps:
        await machine.run(timedelta(hours=9), step=timedelta(hours=3))
        await machine.sleep(timedelta(hours=jump))
    await machine.end()

    await all_is_well(machine)
    for kind in COMES:
        assert machine.sent(kind), kind
    assert machine.sent(Kind.RESULT_READY, Kind.RESULT_AGAIN)


async def test_without_quiet_hours_this_would_be_seen(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the night."""
    monkeypatch.setattr("bot.due.next_allowed", lambda at, zone, *, urgent, quiet: at)
    await machine.run(timedelta(hours=6), step=timedelta(hours=3))
    await machine.sleep(timedelta(hours=28))

    assert machine.woken()


async def test_what_cannot_be_offered_in_time_is_given_back(machine: Machine) -> None:
    await bot.waiting.offer_places(machine.world.database, now=machine.world.now)  # and no word of it leaves
    [held] = await machine.world.rows(schema.bookings, use="wait", cancelled_at=None)
    await machine.sleep(timedelta(hours=6))

    assert await machine.hanging() == []
    [first] = await machine.world.rows(schema.bookings, id=held["id"])
    assert first["cancelled_at"] is not None


async def test_an_offer_that_is_too_late_to_answer_is_not_made(machine: Machine) -> None:
    world = machine.world
    await bot.waiting.offer_places(world.database, now=world.now)
    [offer] = await machine.rows(Kind.WAIT_OFFER)
    await machine.sleep(HELD - TIME_TO_ANSWER)

    [late] = [row for row in await machine.rows(Kind.WAIT_OFFER) if row["id"] == offer["id"]]
    assert late["state"] == "expired"
    [wait] = await world.rows(schema.waits, person_id=offer["person_id"])
    assert wait["refused"] == []


async def test_for_people_who_have_left_nothing_is_kept_for_long(machine: Machine) -> None:
    machine.gone = {
        someone.telegram_id for name, someone in machine.who.items() if name not in {"worker", "office"}
    }
    await machine.run(timedelta(hours=3))

    assert await machine.world.rows(schema.bookings, use="wait", cancelled_at=None) == []
    await machine.end()
    assert await machine.hanging() == []
    to_people = [row for row in await machine.world.rows(schema.due) if Kind(row["kind"]) not in TO_STAFF]
    assert not [row["key"] for row in to_people if row["state"] in {"pending", "sending", "sent"}]
