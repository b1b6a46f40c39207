"""End what outreach has to do with somebody thirty days after they have their result, whatever it is.

Where nothing was found the referral is completed. Where there is care, the clinic goes on writing it, and the
referral is closed all the same: whatever reads open referrals (lists, numbers, owners, the next booking) then
sees no difference between one result and another. While something is open with the person, all of them wait:
a task, a talk, company, a visit ahead, or something at a clinic. A plan of their own keeps nothing open: the
team would see by it who has one. Who needs help with it later asks for a person, like anybody else. Another
result of the same visit lets the episode go on; taken back, it leaves it as it was.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, and_, exists, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from care.referral import State, shown_to_workers
from care.results import RELEASED_AFTER
from care.roles import Actor
from storage import referrals
from storage.schema import bookings, companies, examinations, relays, tasks
from storage.schema import referrals as table

AT_ONCE = 100  # referrals in one transaction
_GIVEN = tuple(one for one in State if shown_to_workers(one) is State.RESULT_GIVEN)


async def anybody(connection: AsyncConnection, *, now: datetime) -> bool:
    """Return whether there is a referral to close: a look that takes no lock."""
    return (await connection.execute(_over(now).limit(1))).first() is not None


async def release(connection: AsyncConnection, *, now: datetime) -> int:
    """Close the referrals that are over, at most AT_ONCE, and return how many."""
    statement = _over(now).order_by(table.c.id).limit(AT_ONCE)
    rows = (await connection.execute(statement.with_for_update(of=table))).mappings().all()
    for row in rows:
        if row["state"] == State.RESULT_GIVEN:  # refused only where the clinic writes at this moment
            await referrals.move(connection, row, State.COMPLETED, by=Actor.JOB, now=now)
        else:
            await connection.execute(update(table).where(table.c.id == row["id"]).values(closed_at=now))
    return len(rows)


def stood(referral: RowMapping) -> dict[str, str | None]:
    """Return where a referral stands as JSON values, for `back_to`."""
    times = {name: referral[name] for name in ("changed_at", "closed_at")}
    return {
        **{name: referral[name] for name in ("state", "ended_from")},
        **{name: at.isoformat() if at is not None else None for name, at in times.items()},
    }


async def back_to(
    connection: AsyncConnection, referral_id: int, where: Mapping[str, str | None], *, now: datetime
) -> None:
    """Let an episode that `go_on` took up stand where it stood before, as long as nobody has moved it since.

    An end is not written again while something is open with the person: what had ended by itself does so
    again, and whoever had moved away is here.
    """
    as_it_was: dict[str, Any] = {
        "state": where["state"],
        "ended_from": where["ended_from"],
        "changed_at": datetime.fromisoformat(where["changed_at"] or ""),
    }
    if where["closed_at"] is not None:
        open_still = select(table.c.id).where(table.c.id == referral_id, _going_on(now))
        if (await connection.execute(open_still)).first() is None:
            as_it_was["closed_at"] = datetime.fromisoformat(where["closed_at"])
        elif where["ended_from"] is not None:
            as_it_was |= {"state": where["ended_from"], "ended_from": None}
    stands = (table.c.id == referral_id, table.c.state == State.RESULT_READY)
    await connection.execute(update(table).where(*stands).values(**as_it_was))


async def go_on(connection: AsyncConnection, referral: RowMapping, *, now: datetime) -> None:
    """Let an episode wait for a result again, whatever ended it, and open it unless a newer one is open.

    What ended it is not asked: with care that is completed and with a result without care the same end is
    written in different states.
    """
    stands = {"state": State.RESULT_READY, "changed_at": now, "ended_from": None}
    change_it = update(table).where(table.c.id == referral["id"])
    try:
        async with connection.begin_nested():
            await connection.execute(change_it.values(**stands, closed_at=None))
    except IntegrityError:  # `uq_referrals_open`
        await connection.execute(change_it.values(**stands))


def _going_on(now: datetime) -> ColumnElement[bool]:
    return or_(
        _theirs(tasks, tasks.c.done_at.is_(None)),
        _theirs(relays, relays.c.closed_at.is_(None)),
        _theirs(companies, companies.c.ended_at.is_(None)),
        _theirs(examinations, examinations.c.given_at.is_(None)),
        _theirs(bookings, and_(bookings.c.cancelled_at.is_(None), bookings.c.starts_at > now)),
    )


def _over(now: datetime) -> Select[tuple[Any, ...]]:
    return select(table).where(
        table.c.closed_at.is_(None),
        table.c.state.in_([one.value for one in _GIVEN]),
        table.c.changed_at <= now - RELEASED_AFTER,
        ~_going_on(now),
    )


def _theirs(of: Any, is_open: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(of.c.person_id == table.c.person_id, is_open)
