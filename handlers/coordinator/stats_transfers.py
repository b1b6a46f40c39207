"""Show how many went on elsewhere, below the cascade."""

from datetime import datetime

from care.outcomes import Kind
from handlers.turn import Turn
from storage import transfer_counts


async def whole(turn: Turn, begin: datetime, end: datetime) -> list[str]:
    """Return the part of the screen; none when nobody has left."""
    found, t = await transfer_counts.count(turn.store, begin, end), turn.t
    if not any(found.values()):
        return []
    return [
        t(
            "✈️ Transfer cards: {cards}; opened where people are received: {opened}; arrived: {arrived}; went "
            "on there: {went_on}",
            cards=found[Kind.TRANSFERRED],
            opened=found[Kind.TRANSFER_OPENED],
            arrived=found[Kind.ARRIVED],
            went_on=found[Kind.WENT_ON],
        )
    ]
