"""Count the episodes that the team ended, from the outcomes, and from nothing else."""

from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from care.outcomes import Kind
from care.referral import State
from care.work import taken_back
from storage.schema import outcomes

COUNTED = (State.DECLINED, State.LOST)
_UNDONE = [taken_back(Kind.EPISODE_CLOSED, end.value) for end in COUNTED]


async def count(connection: AsyncConnection, begin: datetime, end: datetime) -> dict[State, int]:
    """Return how many episodes ended how from `begin` to before `end` (UTC), without those taken back: a
    referral counts once."""
    happened = or_(
        outcomes.c.kind == Kind.EPISODE_CLOSED,
        (outcomes.c.kind == Kind.UNDONE) & outcomes.c.detail.in_(_UNDONE),
    )
    last = (
        select(func.max(outcomes.c.id))
        .where(outcomes.c.at >= begin, outcomes.c.at < end, happened)
        .group_by(outcomes.c.referral_id)
    )
    statement = (
        select(outcomes.c.detail, func.count())
        .where(outcomes.c.id.in_(last), outcomes.c.kind == Kind.EPISODE_CLOSED)
        .group_by(outcomes.c.detail)
    )
    found = {row[0]: row[1] for row in (await connection.execute(statement)).all()}
    return {state: int(found.get(state.value, 0)) for state in COUNTED}
