"""Remember, in memory only and for an hour, who said whether an answer helped: it counts once.

Nothing about a stranger may be stored, and outcomes name nobody, so neither can tell a second press from
another person's. A restart forgets it, and then an answer may be judged once more.
"""

from collections import OrderedDict
from datetime import datetime, timedelta

KEPT_FOR = timedelta(hours=1)
MOST = 10_000  # verdicts; the oldest go first


class Verdicts:
    """Who judged which answer."""

    def __init__(self) -> None:
        """Begin with none."""
        self._given: OrderedDict[tuple[int, str], datetime] = OrderedDict()

    def given(self, telegram_id: int, topic: str, *, now: datetime) -> bool:
        """Return whether this person judged the answer a moment ago."""
        at = self._given.get((telegram_id, topic))
        return at is not None and now - at < KEPT_FOR

    def note(self, telegram_id: int, topic: str, *, now: datetime) -> bool:
        """Remember that this person judged the answer; return whether it was for the first time."""
        if self.given(telegram_id, topic, now=now):
            return False
        self._given[(telegram_id, topic)] = now
        self._given.move_to_end((telegram_id, topic))
        while len(self._given) > MOST:
            self._given.popitem(last=False)
        return True
