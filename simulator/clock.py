"""The clock of the simulated world: the machine's time plus an offset that can be moved."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(slots=True)
class Clock:
    """Simulated time, shared by message dates and by the bot, which asks for the offset."""

    offset_s: float = 0.0
    next_due: datetime | None = None  # aware; when the bot will next write by itself, as it told us

    def now(self) -> datetime:
        """Return the simulated time, aware, UTC."""
        return datetime.fromtimestamp(self.timestamp(), tz=UTC)

    def timestamp(self) -> float:
        """Return the simulated time in seconds since 1970."""
        return time.time() + self.offset_s

    def advance(self, seconds: float) -> None:
        """Move the clock by `seconds`, also backwards."""
        self.offset_s += seconds

    def advance_to_next_due(self) -> bool:
        """Move to one second past the bot's next due time; return False when none lies ahead."""
        if self.next_due is None or self.next_due <= self.now():
            return False
        self.advance((self.next_due - self.now()).total_seconds() + 1)
        return True
