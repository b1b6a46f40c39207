"""Count journeys from the outcomes, and from nothing else."""

from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from care.outcomes import Kind
from care.transfer import Arrived, WentOn
from storage.schema import outcomes

COUNTED = (Kind.TRANSFERRED, Kind.TRANSFER_OPENED, Kind.ARRIVED, Kind.WENT_ON)
_YES = (Arrived.YES.value, WentOn.YES.value, WentOn.FINISHED.value)


async def count(connection: AsyncConnection, begin: datetime, end: datetime) -> dict[Kind, int]:
    """Return how many made a card, had it opened, arrived and went on, from `begin` to before `end` (UTC).

    A referral counts once in each; somebody whose episode had ended counts each time.
    """
    whose = func.coalesce(outcomes.c.referral_id, -outcomes.c.id)
    happened = or_(
        outcomes.c.kind.in_([Kind.TRANSFERRED, Kind.TRANSFER_OPENED]),
        outcomes.c.kind.in_([Kind.ARRIVED, Kind.WENT_ON]) & outcomes.c.detail.in_(_YES),
    )
    statement = (
        select(outcomes.c.kind, func.count(whose.distinct()))
        .where(outcomes.c.at >= begin, outcomes.c.at < end, happened)
        .group_by(outcomes.c.kind)
    )
    found = {row[0]: row[1] for row in (await connection.execute(statement)).all()}
    return {kind: found.get(kind, 0) for kind in COUNTED}
