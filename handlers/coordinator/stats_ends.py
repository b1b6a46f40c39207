"""Show how many episodes the team ended, below the cascade."""

from datetime import datetime

from care.referral import State
from handlers.turn import Turn
from storage import end_counts


async def whole(turn: Turn, begin: datetime, end: datetime) -> list[str]:
    """Return the part of the screen; none when there is nobody."""
    found, t = await end_counts.count(turn.store, begin, end), turn.t
    if not any(found.values()):
        return []
    return [
        t(
            "🚪 Ended by the team: did not want to: {declined}; not reached for long: {lost}",
            declined=found[State.DECLINED],
            lost=found[State.LOST],
        )
    ]
