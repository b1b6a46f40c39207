"""Keep messages that are due later: one row each, claimed before it is sent, finished afterwards.

`pending → sending (token, attempt, lease) → sent | failed | expired | unknown | cancelled`. The claim is
committed before anything is sent and every later change asks for the same token, so a message has at most
two copies whatever is killed when, and whoever wakes up late changes nothing that was finished by somebody
else.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import ColumnElement, RowMapping, Select, and_, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from care.reminders import Planned, fault, stale_answers
from care.roles import Role
from care.team_news import log_changed
from storage.schema import areas, cities, due, people, referrals, staff


class _Notice(Protocol):
    """Plan a notice to somebody of the staff."""

    def __call__(self, staff_person_id: int, /, *, now: datetime) -> Planned: ...


MOST_COPIES = 2  # of any one message, whatever happens


class State(StrEnum):
    """Where a message stands."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"  # it cannot be delivered; `fault` says why
    EXPIRED = "expired"  # it was of no use any more
    UNKNOWN = "unknown"  # it may or may not have arrived; staff were told
    CANCELLED = "cancelled"  # its cause is gone


async def schedule(connection: AsyncConnection, planned: Planned, *, now: datetime) -> bool:
    """Keep a message for later and return whether it is new; one with the same key is made only once.

    A cancelled one is taken up again with the new times, so that what was cancelled can be planned anew; a
    sent or failed one only when `planned.again` says so.
    """
    values = {
        "kind": planned.kind.value,
        "person_id": planned.person_id,
        "booking_id": planned.booking_id,
        "params": dict(planned.params),
        "due_at": planned.due_at,
        "local_due": planned.local_due,
        "zone": planned.zone,
        "useful_until": planned.useful_until,
        "lane": int(planned.lane),
        "created_at": now,
    }
    fresh = {
        "state": State.PENDING.value,
        "attempts": 0,
        "token": None,
        "leased_until": None,
        "fault": None,
        "finished_at": None,
    }
    over = due.c.state.not_in([State.PENDING.value, State.SENDING.value])
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = (
        insert(due)
        .values(key=planned.key, **values, **fresh)
        .on_conflict_do_update(
            index_elements=[due.c.key],
            set_={**values, **fresh},
            where=over if planned.again else due.c.state == State.CANCELLED,
        )
        .returning(due.c.id)
    )
    return (await connection.execute(statement)).first() is not None


async def cancel(
    connection: AsyncConnection,
    *,
    now: datetime,
    booking_id: int | None = None,
    key: str | None = None,
) -> int:
    """Cancel what has not been sent yet, by its booking or its key; return how many messages.

    Raises ValueError when neither is given: nobody means all messages of everybody.
    """
    if booking_id is None and key is None:
        raise ValueError("say which messages to cancel: those of a booking, or one by its key")
    chosen: list[ColumnElement[bool]] = [due.c.state == State.PENDING]
    if booking_id is not None:
        chosen.append(due.c.booking_id == booking_id)
    if key is not None:
        chosen.append(due.c.key == key)
    result = await connection.execute(
        update(due).where(*chosen).values(state=State.CANCELLED.value, finished_at=now)
    )
    return result.rowcount


async def waits(connection: AsyncConnection, key: str) -> bool:
    """Return whether the message with this key has still to be worded and sent."""
    statement = select(due.c.id).where(due.c.key == key, due.c.state == State.PENDING)
    return (await connection.execute(statement)).first() is not None


async def anything_to_do(connection: AsyncConnection, *, now: datetime) -> bool:
    """Return whether a message is due or in hand: a look that takes no lock."""
    ready = or_(and_(due.c.state == State.PENDING, due.c.due_at <= now), due.c.state == State.SENDING)
    return (await connection.execute(select(due.c.id).where(ready).limit(1))).first() is not None


async def claim(
    connection: AsyncConnection,
    *,
    now: datetime,
    token: str,
    lease: timedelta,
    limit: int,
    not_these: Collection[int] = (),
) -> Sequence[RowMapping]:
    """Lease due messages to `token`, most urgent lane first, at most `limit`; the result is in no order.

    Takes up messages whose lease ran out, too, while they have a copy left. `not_these` are in the caller's
    hands: a clock that jumps must not make it send them twice. Commit before sending.
    """
    again = and_(_abandoned(now, lease), due.c.attempts < MOST_COPIES, due.c.useful_until > now)
    fresh = and_(due.c.state == State.PENDING, due.c.due_at <= now, due.c.useful_until > now)
    ready = (
        select(due.c.id)
        .where(or_(fresh, again), due.c.id.not_in(not_these))
        .order_by(due.c.lane, due.c.due_at, due.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)  # PostgreSQL only: SQLite has one writer
    )
    claimed = await connection.execute(
        update(due)
        .where(due.c.id.in_(ready))
        .values(state=State.SENDING.value, token=token, leased_until=now + lease, attempts=due.c.attempts + 1)
        .returning(*due.c)
    )
    return claimed.mappings().all()


def _abandoned(now: datetime, lease: timedelta) -> ColumnElement[bool]:
    """Match what nobody is sending any more; a lease far ahead was given before the clock was set back."""
    over = or_(due.c.leased_until <= now, due.c.leased_until > now + 2 * lease)
    return and_(due.c.state == State.SENDING, over)


async def finish(
    connection: AsyncConnection,
    row_id: int,
    token: str,
    state: State,
    *,
    now: datetime,
    fault: str | None = None,
) -> bool:
    """Write down how a claimed message ended; return False when it is not the caller's any more."""
    return await _leave(connection, row_id, token, state=state.value, finished_at=now, fault=fault)


async def postpone(
    connection: AsyncConnection, row_id: int, token: str, *, until: datetime, copies: int
) -> bool:
    """Give a claimed message back until a later time; `copies` may have been sent so far.

    Returns False when it is not the caller's any more.
    """
    return await _leave(
        connection,
        row_id,
        token,
        state=State.PENDING.value,
        due_at=until,
        attempts=copies,
        token=None,
        leased_until=None,
    )


async def _leave(connection: AsyncConnection, row_id: int, held: str, **values: object) -> bool:
    mine = and_(due.c.id == row_id, due.c.token == held, due.c.state == State.SENDING)
    return (await connection.execute(update(due).where(mine).values(**values))).rowcount == 1


async def expire(connection: AsyncConnection, *, now: datetime) -> Sequence[RowMapping]:
    """End what waited until it was of no use any more; return those messages."""
    late = and_(due.c.state == State.PENDING, due.c.due_at <= now, due.c.useful_until <= now)
    ended = await connection.execute(
        update(due).where(late).values(state=State.EXPIRED.value, finished_at=now).returning(*due.c)
    )
    return ended.mappings().all()


async def give_up(
    connection: AsyncConnection, *, now: datetime, lease: timedelta, not_these: Collection[int] = ()
) -> Sequence[RowMapping]:
    """End what was left in the middle of sending and may not be sent again; return those messages for
    staff."""
    spent = or_(due.c.attempts >= MOST_COPIES, due.c.useful_until <= now)
    ended = await connection.execute(
        update(due)
        .where(_abandoned(now, lease), spent, due.c.id.not_in(not_these))
        .values(state=State.UNKNOWN.value, finished_at=now)
        .returning(*due.c)
    )
    return ended.mappings().all()


async def block(connection: AsyncConnection, person_id: int, *, now: datetime) -> int:
    """End everything that waits for somebody who cannot be written to; return how many messages."""
    waiting = and_(due.c.person_id == person_id, due.c.state == State.PENDING)
    result = await connection.execute(
        update(due).where(waiting).values(state=State.FAILED.value, fault="blocked", finished_at=now)
    )
    return result.rowcount


async def next_due(connection: AsyncConnection) -> datetime | None:
    """Return when the next message is due (aware, UTC), or None when none waits."""
    statement = select(func.min(due.c.due_at)).where(due.c.state == State.PENDING)
    first: datetime | None = (await connection.execute(statement)).scalar_one()
    return first


async def zone_of(connection: AsyncConnection, person_id: int) -> str | None:
    """Return the IANA name of the zone where a person is, or None when their area is not known."""
    statement = (
        select(cities.c.zone)
        .select_from(people)
        .join(areas, areas.c.id == people.c.area_id)
        .join(cities, cities.c.id == areas.c.city_id)
        .where(people.c.id == person_id)
    )
    return (await connection.execute(statement)).scalar_one_or_none()


async def tell_overseers_of_a_fault(connection: AsyncConnection, *, now: datetime) -> None:
    """Plan a notice to coordinators and admins that a message could not be handled, at most one an hour."""
    await _tell_overseers(connection, fault, now=now)


async def tell_overseers_of_stale_answers(connection: AsyncConnection, *, now: datetime) -> None:
    """Plan a notice to coordinators and admins that answers wait for a lawyer, at most one a week."""
    await _tell_overseers(connection, stale_answers, now=now)


async def tell_overseers_of_a_changed_log(connection: AsyncConnection, *, now: datetime) -> None:
    """Plan a notice to coordinators and admins that somebody changed the audit log, at most one a day."""
    await _tell_overseers(connection, log_changed, now=now)


async def overseers(connection: AsyncConnection) -> list[int]:
    """Return the person ids of the coordinators and admins who work now."""
    known = _overseers().where(staff.c.person_id.is_not(None)).distinct()
    return [one for one in (await connection.execute(known)).scalars().all() if one is not None]


async def _tell_overseers(connection: AsyncConnection, notice: _Notice, *, now: datetime) -> None:
    for person_id in await overseers(connection):
        await schedule(connection, notice(person_id, now=now), now=now)


def _overseers() -> Select[*tuple[Any, ...]]:
    return select(staff.c.person_id).where(
        _works(), staff.c.role.in_([Role.COORDINATOR.value, Role.ADMIN.value])
    )


def _works() -> ColumnElement[bool]:
    return and_(staff.c.ended_at.is_(None), staff.c.paused_at.is_(None))


async def responsible_for(connection: AsyncConnection, person_id: int) -> Sequence[int]:
    """Return the person ids of the staff to tell about a person: the owner of the referral, else the
    coordinators."""
    owner = (
        select(staff.c.person_id)
        .join(referrals, referrals.c.staff_id == staff.c.id)
        .where(referrals.c.person_id == person_id, referrals.c.closed_at.is_(None), _works())
    )
    for statement in (owner, _overseers()):
        known = statement.where(staff.c.person_id.is_not(None), staff.c.person_id != person_id).distinct()
        found = (await connection.execute(known)).scalars().all()
        if found:
            return [one for one in found if one is not None]
    return []
