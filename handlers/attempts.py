"""Count wrong codes, in memory and for an hour: guessing one must not be worth the time.

Ten misses an hour per chat. It also remembers that a stranger was asked for a code, about whom nothing may be
stored. A restart forgets both: a guesser gains ten tries, and whoever was asked types the code again.
"""

from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TypeVar

T = TypeVar("T")

COUNTED_FOR = timedelta(hours=1)
MOST_MISSES = 10
ASKED_FOR = timedelta(minutes=10)
MOST_CHATS = 10_000  # the oldest go first


class Attempts:
    """Wrong codes by Telegram id."""

    def __init__(self) -> None:
        """Begin with none."""
        self._misses: OrderedDict[int, tuple[datetime, ...]] = OrderedDict()
        self._asked: OrderedDict[int, datetime] = OrderedDict()

    def spent(self, telegram_id: int, *, now: datetime) -> bool:
        """Return whether this chat has no try left for now."""
        return len(_recent(self._misses.get(telegram_id, ()), now)) >= MOST_MISSES

    def miss(self, telegram_id: int, *, now: datetime) -> None:
        """Count a wrong code."""
        misses = (*_recent(self._misses.get(telegram_id, ()), now), now)[-MOST_MISSES:]
        _keep(self._misses, telegram_id, misses)

    def ask(self, telegram_id: int, *, now: datetime) -> None:
        """Remember that this chat was asked to type a code."""
        _keep(self._asked, telegram_id, now)

    def asked(self, telegram_id: int, *, now: datetime) -> bool:
        """Return whether this chat was asked to type a code a moment ago."""
        at = self._asked.get(telegram_id)
        return at is not None and now - at < ASKED_FOR

    def answered(self, telegram_id: int) -> None:
        """Forget that a code was asked for."""
        self._asked.pop(telegram_id, None)


def _recent(moments: Iterable[datetime], now: datetime) -> tuple[datetime, ...]:
    return tuple(moment for moment in moments if now - moment < COUNTED_FOR)


def _keep(memory: OrderedDict[int, T], chat: int, value: T) -> None:
    memory[chat] = value
    memory.move_to_end(chat)
    while len(memory) > MOST_CHATS:
        memory.popitem(last=False)
