"""Find who came to a clinic, or should have come by now, on a day on which it could examine nobody any more.

Whether they are to have another time is the desk's answer, and stands in the closure (`also_begun`): so it is
found again after a kill, and by whoever looks. Their mark is taken back as the desk would do it.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, RowMapping, and_, exists, or_
from sqlalchemy.ext.asyncio import AsyncConnection

from care.directory import Closure
from care.outcomes import Kind
from care.pass_on import pass_on_key
from care.person import Episode
from care.places import Use
from care.referral import State
from care.register import Mark
from care.roles import Actor
from storage import due, outcomes, referrals
from storage.schema import bookings, closures, examinations
from storage.selling import written

WRITTEN = exists().where(examinations.c.booking_id == bookings.c.id)  # a clinician has written of the visit


def unseen(closure: Closure, *, now: datetime) -> ColumnElement[bool]:
    """Match visits of a closure's first day that had begun before it, or are marked, and were not examined.

    Not what was made after it: who comes then is seen, or would not be written down.
    """
    came_too = closures.c.id == closure.id, closures.c.created_at < bookings.c.created_at
    return and_(
        bookings.c.local_day == closure.begins.date().isoformat(),
        bookings.c.local_start < written(closure.ends),
        or_(
            bookings.c.local_start < written(closure.begins),
            bookings.c.came_at.is_not(None),
            bookings.c.missed_at.is_not(None),
        ),
        bookings.c.cancelled_at.is_(None),
        bookings.c.said.is_(None),
        bookings.c.use.in_([Use.VISIT.value, Use.CHILD.value]),
        bookings.c.starts_at > now - timedelta(days=1),
        ~WRITTEN,
        ~exists().where(*came_too),
    )


async def take_mark_back(connection: AsyncConnection, row: RowMapping, *, by: Actor, now: datetime) -> None:
    """Let a visit count neither as kept nor as missed; the caller has locked and cancelled it.

    The referral moves by the right of the desk, whose answer it is, also where a job carries it out.
    """
    mark = Mark.CAME if row["came_at"] is not None else Mark.MISSED if row["missed_at"] is not None else None
    if mark is None:
        return
    about = None
    if row["person_id"] is not None:
        await due.cancel(connection, key=pass_on_key(row["person_id"]), now=now)
        await referrals.lock(connection, row["referral_id"])
        referral = await referrals.of(connection, row["person_id"])
        if referral is not None and referral["id"] == row["referral_id"]:
            await referrals.move(connection, referral, State.BOOKED, by=Actor.REGISTRAR, now=now)
            names = ("referral_id", "link_id", "staff_id", "area_id", "site_id")
            about = Episode(**{name: referral[name] for name in names})
    await outcomes.append(
        connection,
        Kind.UNDONE,
        now=now,
        role=by,
        about=about,
        clinic_id=row["clinic_id"],
        detail=mark.value,
    )
