"""Keep referrals: one open episode per person."""

from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from care.ownership import Reason
from care.person import Episode
from care.referral import (
    ENDS,
    RETURNS,
    Refusal,
    State,
    after_cancelling,
    no_return,
    refusal,
    shown_to_workers,
)
from care.roles import Actor
from storage import ownership
from storage.people import random_id
from storage.schema import bookings, referrals

_OF = select(referrals, referrals.c.id.label("referral_id")).where(
    referrals.c.person_id == bindparam("person"), referrals.c.closed_at.is_(None)
)

_TAKEN_BACK = frozenset(end for way in RETURNS for end in way.ends)

_BY_ID = select(referrals, referrals.c.id.label("referral_id")).where(referrals.c.id == bindparam("referral"))


async def lock(connection: AsyncConnection, referral_id: int) -> None:
    """Let nobody else move a referral until the transaction ends: for who reads before they move it."""
    if connection.dialect.name == "postgresql":  # SQLite has one writer
        locked = select(referrals.c.id).where(referrals.c.id == referral_id)
        await connection.execute(locked.with_for_update(key_share=True))


async def of(connection: AsyncConnection, person_id: int) -> RowMapping | None:
    """Return the person's open referral, with `referral_id` beside its columns."""
    return (await connection.execute(_OF, {"person": person_id})).mappings().first()


async def episode_of(connection: AsyncConnection, person_id: int) -> Episode | None:
    """Return which referral of a person is open, and to whom it belongs."""
    row = await of(connection, person_id)
    if row is None:
        return None
    return Episode(
        **{name: row[name] for name in ("referral_id", "link_id", "staff_id", "area_id", "site_id")}
    )


async def open_for(
    connection: AsyncConnection,
    person_id: int,
    *,
    now: datetime,
    link_id: int | None = None,
    staff_id: int | None = None,
    area_id: int | None = None,
    site_id: int | None = None,
) -> int:
    """Open a referral and return its id; whose it is at first it is by their link.

    Raises IntegrityError when one is open already.
    """
    referral_id = random_id()
    await connection.execute(
        insert(referrals).values(
            id=referral_id,
            person_id=person_id,
            link_id=link_id,
            staff_id=staff_id,
            area_id=area_id,
            site_id=site_id,
            state=State.REACHED,
            opened_at=now,
            changed_at=now,
        )
    )
    if staff_id is not None:
        await ownership.note(connection, referral_id, staff_id, Reason.LINK, now=now)
    return referral_id


async def move(
    connection: AsyncConnection, referral: RowMapping, to: State, *, by: Actor, now: datetime, **values: Any
) -> Refusal | None:
    """Move a referral where `by` may, and set `values` in any case; return why it did not move, or None.

    `changed_at` is since when it stands so *for workers*: what they are not shown leaves it as it was. So
    care that is completed closes nothing either: outreach ends for everybody by the same rule
    (`storage.releasing`).
    """
    state = State(referral["state"])
    refused = refusal(state, to, by)
    changed = dict(values)
    if refused is None:
        hidden = state is not to and shown_to_workers(state) is shown_to_workers(to)
        ends = to in ENDS and not (to is State.COMPLETED and by is Actor.CLINICIAN)
        changed |= {"state": to, **({} if hidden else {"changed_at": now})}
        changed |= {"closed_at": now} if ends and referral["closed_at"] is None else {}
        changed |= {"ended_from": state} if to in _TAKEN_BACK else {}
    elif state is State.COMPLETED and referral["closed_at"] is None and _ends_like_others(to, by):
        changed |= {"closed_at": now, **({"ended_from": state} if to in _TAKEN_BACK else {})}
        refused = None  # care is completed; outreach ends as for whoever has a result
    if not changed:
        return refused
    stands = (referrals.c.id == referral["id"], referrals.c.state == state.value)
    if (await connection.execute(update(referrals).where(*stands).values(**changed))).rowcount == 1:
        return refused
    again = (await connection.execute(_BY_ID, {"referral": referral["id"]})).mappings().one_or_none()
    if again is None or again["state"] == state:
        return refused
    return await move(connection, again, to, by=by, now=now, **values)  # somebody moved it meanwhile


async def ended_of(connection: AsyncConnection, person_id: int) -> RowMapping | None:
    """Return the person's newest referral that somebody ended, locked, unless a newer one ended since; with
    `referral_id` beside its columns."""
    statement = (
        select(referrals, referrals.c.id.label("referral_id"))
        .where(referrals.c.person_id == person_id, referrals.c.closed_at.is_not(None))
        .order_by(referrals.c.closed_at.desc(), referrals.c.id)
        .limit(1)
        .with_for_update(key_share=True)  # PostgreSQL only: SQLite has one writer
    )
    row = (await connection.execute(statement)).mappings().first()
    return row if row is not None and row["ended_from"] is not None else None


async def take_up(
    connection: AsyncConnection, referral: RowMapping, *, by: Actor, now: datetime
) -> Refusal | None:
    """Let an episode that somebody ended go on where it stood; return why it does not, or None.

    Where the clinic has cancelled its last visit since, it stands as after that. It stays ended (OVER) where
    the next one has begun.
    """
    stood, ended_at = referral["ended_from"], referral["closed_at"]
    if stood is None or ended_at is None:
        return Refusal.OVER
    end = State(referral["state"])
    if end is State.COMPLETED:
        end = State.MOVED_AWAY  # care was completed before, and that is all that was ended
    refused = no_return(end, by, ended_at=ended_at, now=now)
    if refused is not None:
        return refused
    if stood == State.BOOKED and not await _has_a_visit(connection, referral["id"]):
        stood = after_cancelling(screened=referral["checked_at"] is not None)
    again = {"state": stood, "changed_at": now, "closed_at": None, "ended_from": None}
    stands = (referrals.c.id == referral["id"], referrals.c.closed_at == ended_at)
    try:
        async with connection.begin_nested():
            taken = await connection.execute(update(referrals).where(*stands).values(**again))
    except IntegrityError:  # `uq_referrals_open`
        return Refusal.OVER
    return None if taken.rowcount == 1 else Refusal.OVER


async def go_on(
    connection: AsyncConnection, referral: RowMapping, to: State, *, by: Actor, now: datetime
) -> Refusal | None:
    """Move a referral of somebody who is seen again; the team's end of it is taken back first. Return why it
    stays where it is, or None."""
    refused: Refusal | None = Refusal.OVER
    if referral["closed_at"] is None:
        refused = await move(connection, referral, to, by=by, now=now)
    if refused is not Refusal.OVER:
        return refused
    found = (await connection.execute(_BY_ID, {"referral": referral["id"]})).mappings().one()
    if State(found["state"]) not in {State.DECLINED, State.LOST}:
        return refused  # ended otherwise; the team may have ended it only since the caller read it
    refused = await take_up(connection, found, by=by, now=now)
    if refused is not None:
        return refused
    again = (await connection.execute(_BY_ID, {"referral": referral["id"]})).mappings().one()
    return await move(connection, again, to, by=by, now=now)


async def _has_a_visit(connection: AsyncConnection, referral_id: int) -> bool:
    """Return whether a visit stands to which nobody has come so far."""
    stands = bookings.c.cancelled_at.is_(None), bookings.c.came_at.is_(None)
    statement = select(bookings.c.id).where(bookings.c.referral_id == referral_id, *stands)
    return (await connection.execute(statement.limit(1))).first() is not None


def _ends_like_others(to: State, by: Actor) -> bool:
    """Return whether somebody with a result, whatever it is, may be said to end so."""
    return to in ENDS and refusal(State.RESULT_GIVEN, to, by) is None
