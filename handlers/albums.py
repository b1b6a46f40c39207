"""Remember which album came last in a talk: its parts arrive one by one, and one heading is enough for all.

In memory only: after a restart a heading is said once more.
"""

from collections import OrderedDict

from sqlalchemy.ext.asyncio import AsyncConnection

from care.relay import Side
from storage import relay_messages
from storage.relays import Relay

MOST_TALKS = 1000  # the oldest go first


class Albums:
    """Albums, by Telegram's own number, of one side of all talks."""

    def __init__(self) -> None:
        """Begin with none."""
        self._last: OrderedDict[int, str] = OrderedDict()

    def goes_on(self, relay_id: int, album: str) -> bool:
        """Return whether the album that came last in a talk goes on; remember this one. "": it is none."""
        before = self._last.pop(relay_id, "")
        if album:
            self._last[relay_id] = album
        while len(self._last) > MOST_TALKS:
            self._last.popitem(last=False)
        return album != "" and album == before


async def under_heading(store: AsyncConnection, relay: Relay, side: Side) -> bool:
    """Return whether what `side` said last in a talk is the last that the other one reads."""
    last = await relay_messages.newest(store, relay, side)
    return last is not None and (last.relay_id, last.side) == (relay.id, side) and last.copy_id is not None
