"""Keep referrals: one open episode per person."""

from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.ownership import Reason
from care.person import Episode
from care.referral import ENDS, Refusal, State, refusal
from care.roles import Actor
from storage import ownership
from storage.people import random_id
from storage.schema import referrals

_OF = select(referrals, referrals.c.id.label("referral_id")).where(
    referrals.c.person_id == bindparam("person"), referrals.c.closed_at.is_(None)
)


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
    """Move a referral where `by` may, and set `values` in any case; return why it did not move, or None."""
    refused = refusal(State(referral["state"]), to, by)
    changed = dict(values)
    if refused is None:
        changed |= {"state": to, "changed_at": now, **({"closed_at": now} if to in ENDS else {})}
    if changed:
        await connection.execute(update(referrals).where(referrals.c.id == referral["id"]).values(**changed))
    return refused
