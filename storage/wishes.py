"""Keep whom a person wants to talk to, a woman or a man, and let it hold at once where it can."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.ownership import Reason, choose
from storage import ownership
from storage.handover import hand_one
from storage.schema import referrals


@dataclass(frozen=True, slots=True)
class Preferred:
    """What became of a wish."""

    met: bool  # whoever looks after the person is as they asked
    moved: bool  # it is somebody else than before


async def prefer(
    connection: AsyncConnection, person_id: int, gender: str | None, *, now: datetime, zone: str
) -> Preferred | None:
    """Keep that a person wants a woman (f) or a man (m), or that it does not matter (None).

    Where there is any, the person is theirs from now on, with tasks and talk. Returns None when the person
    has no open referral. `zone` is as for `ownership.team`.
    """
    row = await ownership.needs(connection, person_id)
    if row is None or row["referral_id"] is None:
        return None
    await connection.execute(
        update(referrals).where(referrals.c.id == row["referral_id"]).values(wanted_gender=gender)
    )
    colleagues = await ownership.team(connection, now=now, zone=zone)
    fitting = [one for one in colleagues if gender in {None, one.gender}]
    if any(one.staff_id == row["staff_id"] and not one.away for one in fitting):
        return Preferred(met=True, moved=False)
    wish = ownership.with_posts(ownership.wish_of(row), await ownership.posts(connection))
    found = choose(fitting, wish)
    if found is None:
        return Preferred(met=False, moved=False)
    moved = await hand_one(connection, person_id, found[0], reason=Reason.WISH, now=now)
    return Preferred(met=True, moved=moved is not None)
