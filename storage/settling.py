"""Give referrals that are nobody's to somebody, as soon as there is somebody."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import RowMapping, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from care.handover import handed, taken_over
from care.ownership import Reason, choose
from storage import due, ownership
from storage.schema import ownerships, people, referrals, staff

MOST = 200  # referrals at a time, so that nobody waits
PATIENCE = timedelta(hours=1)  # whoever joins the team agrees first, and needs nobody


async def anybody_alone(connection: AsyncConnection, *, now: datetime) -> bool:
    """Return whether an open referral has been nobody's for an hour: a look that takes no lock."""
    return bool(await _nobodys(connection, now=now, most=1))


async def settle_all(connection: AsyncConnection, *, now: datetime, zone: str) -> int:
    """Make referrals somebody's that are nobody's, oldest first; return how many, at most 200.

    New owners are told once, and so are people who had somebody before. Where there is nobody to take them
    they stay, and coordinators see them. `zone` is as for `ownership.team`.
    """
    team = {one.staff_id: one for one in await ownership.team(connection, now=now, zone=zone)}
    posts = await ownership.posts(connection)
    came: Counter[int] = Counter()
    for row in await _nobodys(connection, now=now, most=MOST) if team else ():
        found = choose(list(team.values()), ownership.with_posts(ownership.wish_of(row), posts))
        if found is None:
            continue
        chosen, reason = found
        await ownership.assign(connection, row["referral_id"], chosen.staff_id, reason, now=now)
        team[chosen.staff_id] = replace(chosen, open_referrals=chosen.open_referrals + 1)
        came[chosen.staff_id] += 1
        if row["had_somebody"]:
            await due.schedule(connection, handed(row["person_id"], chosen.staff_id, now=now), now=now)
    for staff_id, number in came.items():
        told = taken_over(team[staff_id].person_id, 0, people=number, reason=Reason.TAKEN, now=now)
        await due.schedule(connection, told, now=now)
    return came.total()


async def _nobodys(connection: AsyncConnection, *, now: datetime, most: int) -> Sequence[RowMapping]:
    """Return open referrals of people that are nobody's, or whose who has left; the team's own are not."""
    works_here = exists().where(staff.c.person_id == people.c.id, staff.c.ended_at.is_(None))
    has_left = exists().where(
        staff.c.id == referrals.c.staff_id, or_(staff.c.ended_at.is_not(None), staff.c.person_id.is_(None))
    )
    statement = (
        select(
            people.c.id.label("person_id"),
            people.c.locale,
            func.coalesce(referrals.c.area_id, people.c.area_id).label("area_id"),
            referrals.c.id.label("referral_id"),
            referrals.c.wanted_gender,
            exists().where(ownerships.c.referral_id == referrals.c.id).label("had_somebody"),
        )
        .join(referrals, referrals.c.person_id == people.c.id)
        .where(
            and_(referrals.c.closed_at.is_(None), ~works_here),
            or_(referrals.c.staff_id.is_(None), has_left),
            referrals.c.opened_at <= now - PATIENCE,
        )
        .order_by(referrals.c.opened_at, referrals.c.id)
        .limit(most)
    )
    return (await connection.execute(statement)).mappings().all()
