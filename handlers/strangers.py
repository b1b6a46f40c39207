"""Remember, in memory only and for an hour, what a stranger's buttons would remember if text had any.

Before somebody agreed, nothing about them is stored: their language and link travel in the buttons. A typed
question brings no button back, so this hint spares them the choice of language each time. It is no state: a
restart loses it, and the next typed text is answered with the choice of language, one tap more.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

KEPT_FOR = timedelta(hours=1)
MOST = 10_000  # strangers; the oldest go first


@dataclass(frozen=True, slots=True)
class Hint:
    """What a stranger chose and came through."""

    locale: str | None = None
    link: str | None = None


class Strangers:
    """Hints by Telegram id, for an hour."""

    def __init__(self) -> None:
        """Begin with none."""
        self._hints: OrderedDict[int, tuple[datetime, Hint]] = OrderedDict()

    def hint(self, telegram_id: int, *, now: datetime) -> Hint:
        """Return what is remembered, or an empty hint."""
        at, hint = self._hints.get(telegram_id, (now, Hint()))
        return hint if now - at < KEPT_FOR else Hint()

    def note(
        self, telegram_id: int, *, now: datetime, locale: str | None = None, link: str | None = None
    ) -> None:
        """Remember a choice beside what was remembered before."""
        before = self.hint(telegram_id, now=now)
        self._hints[telegram_id] = (now, Hint(locale or before.locale, link or before.link))
        self._hints.move_to_end(telegram_id)
        while len(self._hints) > MOST:
            self._hints.popitem(last=False)

    def drop(self, telegram_id: int) -> None:
        """Forget a stranger: they agreed, or asked for it."""
        self._hints.pop(telegram_id, None)
