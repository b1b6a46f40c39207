"""Count pins from outside the team, in memory: nothing joins a place to the person who told about it.

Three a day per chat. It also remembers for half an hour whose pin may still get a name. A restart forgets
both, and then somebody can tell about three more places.
"""

from collections import OrderedDict
from datetime import datetime, timedelta

from care.sites import PINS_COUNTED_FOR
from handlers.location import ASKED_FOR

NAMED_WITHIN = timedelta(minutes=10)  # after it was asked for
MOST_CHATS = 10_000  # the oldest go first


class Pins:
    """Pins by Telegram id."""

    def __init__(self) -> None:
        """Begin with none."""
        self._made: OrderedDict[int, tuple[datetime, ...]] = OrderedDict()
        self._unnamed: OrderedDict[int, tuple[int, datetime]] = OrderedDict()
        self._asked: OrderedDict[int, datetime] = OrderedDict()

    def made(self, telegram_id: int, *, now: datetime) -> int:
        """Return how many pins came from this chat within a day."""
        return len(self._recent(telegram_id, now))

    def add(self, telegram_id: int, site_id: int, *, now: datetime) -> None:
        """Count a pin, which may get a name now."""
        self._made[telegram_id] = (*self._recent(telegram_id, now), now)
        self._made.move_to_end(telegram_id)
        self._unnamed[telegram_id] = (site_id, now)
        self._unnamed.move_to_end(telegram_id)
        for memory in (self._made, self._unnamed, self._asked):
            while len(memory) > MOST_CHATS:
                memory.popitem(last=False)

    def wait(self, telegram_id: int, *, now: datetime) -> bool:
        """Wait for the name of this chat's last pin; return whether there is one."""
        site_id, since = self._unnamed.get(telegram_id, (None, now))
        if site_id is None or now - since >= ASKED_FOR:
            return False
        self._asked[telegram_id] = now
        self._asked.move_to_end(telegram_id)
        return True

    def unnamed(self, telegram_id: int, *, now: datetime) -> int | None:
        """Return the id of the site whose name this chat was asked for, or None."""
        asked_at = self._asked.get(telegram_id)
        if asked_at is None or now - asked_at >= NAMED_WITHIN:
            return None
        return self._unnamed[telegram_id][0] if telegram_id in self._unnamed else None

    def stop(self, telegram_id: int) -> None:
        """Wait for no name of this chat any more; the pin may still get one when they press for it."""
        self._asked.pop(telegram_id, None)

    def named(self, telegram_id: int) -> None:
        """Forget that a name is waited for."""
        self._unnamed.pop(telegram_id, None)
        self._asked.pop(telegram_id, None)

    def _recent(self, telegram_id: int, now: datetime) -> tuple[datetime, ...]:
        return tuple(at for at in self._made.get(telegram_id, ()) if now - at < PINS_COUNTED_FOR)
