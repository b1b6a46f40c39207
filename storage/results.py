"""Write a step of an examination with all that follows from it, in one transaction.

The examination itself (`storage.examinations`), where the referral stands, and the messages to who is told.
Whatever others can see of it follows from the step, never from what the result is. The outcome is recorded by
the conversation that caused it.
"""

from datetime import datetime

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from care import result_notices
from care.referral import State
from care.results import STATES, Care, Examination, Result, after_given, care_steps
from care.roles import Actor
from storage import due, examinations, people, referrals
from storage.examinations import Arrived
from storage.schema import examinations as table
from storage.vault import Vault


async def examined(
    connection: AsyncConnection, visit: Arrived, *, by: Actor, staff_id: int, now: datetime
) -> bool:
    """Write that somebody was examined; False when it was written before."""
    made = await examinations.begin(connection, visit, staff_id=staff_id, now=now)
    if made is not None:
        await _move(connection, made, State.EXAMINED, by=by, now=now)
    return made is not None


async def ready(
    connection: AsyncConnection,
    vault: Vault,
    one: Examination,
    result: Result,
    *,
    zone: str,
    by: Actor,
    staff_id: int,
    now: datetime,
) -> bool:
    """Write that a result is there, or another result before it was given; False when it was given already.

    The person is told once that there is something, however often the result is changed.
    """
    sealed = await examinations.seal(connection, vault, one.person_id, result)
    written = await examinations.change(
        connection,
        one,
        table.c.given_at.is_(None),
        outcome=sealed,
        ready_at=one.ready_at or now,
        written_by=staff_id,
    )
    if written is None:
        return False
    if one.ready_at is None:
        await _move(connection, written, State.RESULT_READY, by=by, now=now)
        for planned in result_notices.ready(written, zone=zone, now=now):
            await due.schedule(connection, planned, now=now)
    return True


async def given(
    connection: AsyncConnection,
    vault: Vault,
    one: Examination,
    *,
    zone: str,
    by: Actor,
    now: datetime,
    staff_id: int | None = None,
) -> bool:
    """Write that the person has the result, which may open care; False when it was written before."""
    written = await examinations.change(
        connection,
        one,
        table.c.ready_at.is_not(None),
        table.c.given_at.is_(None),
        given_at=now,
        **({"written_by": staff_id} if staff_id is not None else {}),
    )
    if written is None:
        return False
    await _no_messages(connection, written, now=now)
    await _move(connection, written, State.RESULT_GIVEN, by=by, now=now)
    result = await examinations.result(connection, vault, written.id)
    further = after_given(result) if result is not None else None
    if further is not None:
        await _move(connection, written, further, by=by, now=now)
    told = await people.by_id(connection, written.person_id) if written.person_id is not None else None
    for planned in result_notices.after(written, zone=zone, now=now):
        if told is not None and told.telegram_id is not None:
            await due.schedule(connection, planned, now=now)
    return True


async def take_back(
    connection: AsyncConnection, one: Examination, *, zone: str, by: Actor, staff_id: int, now: datetime
) -> bool:
    """Take back the newest step; False when something else was written meanwhile.

    What was told to the person cannot be taken back; what waits to be told is cancelled.
    """
    done: Examination | None = None
    if one.given_at is not None:
        done = await examinations.change(
            connection, one, table.c.given_at == one.given_at, given_at=None, written_by=staff_id
        )
        back = State.RESULT_READY
    elif one.ready_at is not None:
        unchanged = (table.c.given_at.is_(None), table.c.ready_at == one.ready_at)
        done = await examinations.change(
            connection, one, *unchanged, ready_at=None, outcome=None, written_by=staff_id
        )
        back = State.EXAMINED
    else:
        done = one if await examinations.remove(connection, one) else None
        back = State.CAME
    if done is None:
        return False
    await _no_messages(connection, one, now=now)
    await _move(connection, one, back, by=by, now=now)
    if back is State.RESULT_READY:
        for planned in result_notices.ready(done, zone=zone, now=now)[1:]:  # the second message only
            await due.schedule(connection, planned, now=now)
    return True


async def care(
    connection: AsyncConnection, vault: Vault, one: Examination, what: Care, *, by: Actor, now: datetime
) -> bool:
    """Write what became of a result that asks for care; False when it is no step from where it stands."""
    referral = await examinations.referral_of(connection, one.referral_id)
    result = await examinations.result(connection, vault, one.id)
    if what not in care_steps(one, result, state_of(referral), now=now) or referral is None:
        return False
    return await referrals.move(connection, referral, STATES[what], by=by, now=now) is None


def state_of(referral: RowMapping | None) -> State | None:
    """Return where a referral stands."""
    return State(referral["state"]) if referral is not None else None


async def _move(
    connection: AsyncConnection, one: Examination, to: State, *, by: Actor, now: datetime
) -> None:
    """Move the referral where it may go: an older one, or one that is over, stays where it is."""
    referral = await examinations.referral_of(connection, one.referral_id)
    if referral is not None and referral["closed_at"] is None:
        await referrals.move(connection, referral, to, by=by, now=now)


async def _no_messages(connection: AsyncConnection, one: Examination, *, now: datetime) -> None:
    for key in result_notices.keys(one):
        await due.cancel(connection, key=key, now=now)
