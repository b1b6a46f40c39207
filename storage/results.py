"""Write a step of an examination with all that follows from it, in one transaction.

The examination itself (`storage.examinations`), where the referral stands, and the messages to who is told.
Whatever others can see of it follows from the step, never from what the result is. The outcome is recorded by
the conversation that caused it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, case, null, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care import result_notices
from care.referral import Refusal, State, refusal
from care.results import SETTLED_AFTER, STATES, Care, Examination, Result, after_given, care_steps
from care.roles import Actor
from care.without_telegram import WITHOUT
from storage import due, examinations, household, people, referrals, releasing, result_codes
from storage.examinations import Arrived
from storage.schema import due as messages
from storage.schema import examinations as table
from storage.vault import Vault

_SINCE_READY = frozenset(
    {State.RESULT_READY, State.RESULT_GIVEN, State.IN_CARE, State.PREVENTIVE, State.TREATMENT}
)
_SETTLED: dict[str, Any] = {"earlier": None, "earlier_at": None, "earlier_stood": null()}
_BEFORE_READY = {  # what is there when 'ready' is taken back: what the person had before, or nothing
    "ready_at": table.c.earlier_at,
    "given_at": table.c.earlier_at,
    "outcome": table.c.earlier,
    **_SETTLED,
    "counted": case((table.c.counted == table.c.earlier, null()), else_=table.c.counted),
}


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

    Two messages are planned, once, however often the result is changed before it is given.
    """
    sealed = await result_codes.seal(connection, vault, one.person_id, result)
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
        await _tell(connection, written, zone=zone, now=now)
    return True


async def replaced(
    connection: AsyncConnection,
    vault: Vault,
    one: Examination,
    result: Result,
    *,
    zone: str,
    staff_id: int,
    now: datetime,
) -> bool:
    """Write another result after one was given; False when something else was written meanwhile.

    It is told like the first one, also when the code is the same. As long as it can be taken back, what the
    person had is kept beside it, with where the referral stood. An episode that has ended goes on.
    """
    is_counted = and_(table.c.counted_at.is_not(None), table.c.counted.is_(None))
    written = await examinations.change(
        connection,
        one,
        table.c.given_at == one.given_at,
        outcome=await result_codes.seal(connection, vault, one.person_id, result),
        ready_at=now,
        given_at=None,
        earlier=table.c.outcome,
        earlier_at=table.c.given_at,
        earlier_stood=null(),
        counted=case((is_counted, table.c.outcome), else_=table.c.counted),
        written_by=staff_id,
    )
    if written is None:
        return False
    await _no_messages(connection, written, now=now)
    referral = await examinations.referral_of(connection, one.referral_id)
    if referral is not None:
        await examinations.change(connection, written, earlier_stood=releasing.stood(referral))
        await releasing.go_on(connection, referral, now=now)
    await _tell(connection, written, zone=zone, now=now)
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
    await _open_care(connection, vault, written, by=by, now=now)
    told = await people.by_id(connection, written.person_id) if written.person_id is not None else None
    for planned in result_notices.after(written, zone=zone, now=now):
        if told is not None and told.telegram_id is not None:
            await due.schedule(connection, planned, now=now)
    return True


async def take_back(
    connection: AsyncConnection,
    vault: Vault,
    one: Examination,
    *,
    zone: str,
    by: Actor,
    staff_id: int,
    now: datetime,
) -> bool:
    """Take back the newest step; False when something else was written meanwhile.

    What waits to be told is cancelled. Who was told already that it is ready is told not to come yet. A
    result that replaced another one gives way to it, and the referral stands where it stood before.
    """
    stood = await examinations.earlier_stood(connection, one.id)
    done: Examination | None = None
    if one.given_at is not None:
        done = await examinations.change(
            connection, one, table.c.given_at == one.given_at, given_at=None, written_by=staff_id
        )
        back = State.RESULT_READY
    elif one.ready_at is not None:
        unchanged = (table.c.given_at.is_(None), table.c.ready_at == one.ready_at)
        done = await examinations.change(connection, one, *unchanged, **_BEFORE_READY, written_by=staff_id)
        back = State.EXAMINED if one.earlier_at is None else State.RESULT_GIVEN
    else:
        done = one if await examinations.remove(connection, one) else None
        back = State.CAME
    if done is None:
        return False
    was_told = await _was_told(connection, one)
    await _no_messages(connection, one, now=now)
    if back is State.RESULT_GIVEN and stood is not None and one.referral_id is not None:
        await releasing.back_to(connection, one.referral_id, stood, now=now)
        await _end_link(connection, vault, done, now=now)
    else:
        await _move(connection, one, back, by=by, now=now)
    if back is State.RESULT_GIVEN and stood is None:
        await _open_care(connection, vault, done, by=by, now=now)
    if one.given_at is not None:
        await _link_goes_on(connection, vault, one, ended_at=one.given_at)
    if was_told and one.given_at is None and one.ready_at is not None:
        for planned in result_notices.not_yet(one, zone=zone, now=now):
            await due.schedule(connection, planned, now=now)
    if back is State.RESULT_READY:
        for planned in result_notices.ready(done, zone=zone, now=now)[1:]:  # the second message only
            await due.schedule(connection, planned, now=now)
    return True


async def settle(connection: AsyncConnection, *, now: datetime) -> int:
    """Let go of what other results replaced, once those cannot be taken back any more; return how many."""
    done = await connection.execute(update(table).where(*_settled(now)).values(**_SETTLED))
    return done.rowcount


async def anything_settled(connection: AsyncConnection, *, now: datetime) -> bool:
    """Return whether `settle` has something to do: a look that takes no lock."""
    found = select(table.c.id).where(*_settled(now)).limit(1)
    return (await connection.execute(found)).first() is not None


def _settled(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (table.c.earlier_at.is_not(None), table.c.given_at <= now - SETTLED_AFTER)


async def care(
    connection: AsyncConnection, vault: Vault, one: Examination, what: Care, *, by: Actor, now: datetime
) -> Refusal | None:
    """Write what became of a result that asks for care; return why it is no step from where it stands, or
    None."""
    referral = await examinations.referral_of(connection, one.referral_id)
    result = await result_codes.result(connection, vault, one.id)
    state, to = state_of(referral), STATES[what]
    if referral is None or state is None:
        return Refusal.OVER
    if what not in care_steps(one, result, state, now=now):
        return refusal(state, to, by) or Refusal.NOT_FROM_HERE
    return await referrals.move(connection, referral, to, by=by, now=now)


def state_of(referral: RowMapping | None) -> State | None:
    """Return where a referral stands."""
    return State(referral["state"]) if referral is not None else None


async def _move(
    connection: AsyncConnection, one: Examination, to: State, *, by: Actor, now: datetime
) -> None:
    """Move the referral where it may go: an older one, or one that is over, stays where it is.

    One that is closed moves among states that nobody else is shown: another result was written of it.
    """
    referral = await examinations.referral_of(connection, one.referral_id)
    if referral is None:
        return
    # a refusal is no news: the step is written of the visit, and the clinic's screen says who has moved away
    if referral["closed_at"] is None or referral["state"] in _SINCE_READY:
        await referrals.move(connection, referral, to, by=by, now=now)
    else:  # whom the team had given up is here
        await referrals.go_on(connection, referral, to, by=by, now=now)


async def _open_care(
    connection: AsyncConnection, vault: Vault, one: Examination, *, by: Actor, now: datetime
) -> None:
    result = await result_codes.result(connection, vault, one.id)
    further = after_given(result) if result is not None else None
    if further is not None:
        await _move(connection, one, further, by=by, now=now)
    await _end_link(connection, vault, one, now=now)


async def _end_link(connection: AsyncConnection, vault: Vault, one: Examination, *, now: datetime) -> None:
    if one.person_id is not None and not await result_codes.is_of_household(connection, vault, one.person_id):
        await household.end_link(connection, one.person_id, now=now)


async def _link_goes_on(
    connection: AsyncConnection, vault: Vault, one: Examination, *, ended_at: datetime
) -> None:
    if one.person_id is not None and await result_codes.is_of_household(connection, vault, one.person_id):
        await household.link_goes_on(connection, one.person_id, ended_at=ended_at)


async def _tell(connection: AsyncConnection, one: Examination, *, zone: str, now: datetime) -> None:
    await due.cancel(connection, key=result_notices.not_yet_key(one), now=now)
    for planned in result_notices.ready(one, zone=zone, now=now):
        await due.schedule(connection, planned, now=now)


async def _was_told(connection: AsyncConnection, one: Examination) -> bool:
    """Return whether the message that it is ready was or may be sent, is in hand, or the team says it."""
    ready, again, _ = result_notices.keys(one)
    left = messages.c.state.in_([due.State.SENDING, due.State.SENT, due.State.UNKNOWN])
    passed = and_(messages.c.state == due.State.CANCELLED, messages.c.fault == WITHOUT)
    told = select(messages.c.id).where(messages.c.key.in_([ready, again]), or_(left, passed))
    return (await connection.execute(told)).first() is not None


async def _no_messages(connection: AsyncConnection, one: Examination, *, now: datetime) -> None:
    for key in result_notices.keys(one):
        await due.cancel(connection, key=key, now=now)
