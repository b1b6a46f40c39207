"""Read the clock: the only module that does."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Something that knows what time it is."""

    def now(self) -> datetime:
        """Return the time now, aware, UTC."""
        ...


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """Return the time now, aware, UTC."""
        return datetime.now(UTC)


class MovedClock:
    """A clock that can be moved, so that a week is watched in a minute; for the simulator."""

    def __init__(self, clock: Clock | None = None) -> None:
        """Begin at the time of `clock`, or of this machine."""
        self._clock = clock or SystemClock()
        self.offset = timedelta()

    def now(self) -> datetime:
        """Return the moved time, aware, UTC."""
        return self._clock.now() + self.offset

    def move(self, by: timedelta) -> None:
        """Move the clock, forwards or back."""
        self.offset += by
