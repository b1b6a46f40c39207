"""Count what went out, to say when the next may go. All times in seconds, by the loop's clock."""

from collections import deque


class Window:
    """At most `most` in any `seconds`."""

    __slots__ = ("_most", "_seconds", "_times")

    def __init__(self, most: int, seconds: float) -> None:
        """Begin with nothing sent."""
        self._most = most
        self._seconds = seconds
        self._times: deque[float] = deque(maxlen=most)

    def free_at(self) -> float:
        """Return when the next one may go, by the loop's clock."""
        return self._times[0] + self._seconds if len(self._times) == self._most else 0.0

    def note(self, now: float) -> None:
        """Count one that goes now."""
        self._times.append(now)


class Pace:
    """Evenly spaced, with a small burst: a leaky bucket told by the time at which it will be empty."""

    __slots__ = ("_burst", "_gap", "empty_at")

    def __init__(self, gap: float, burst: int) -> None:
        """Let one out every `gap` seconds, and after a pause `burst` at once."""
        self._gap = gap
        self._burst = burst
        self.empty_at = 0.0

    def free_at(self) -> float:
        """Return when the next one may go, by the loop's clock."""
        return self.empty_at - (self._burst - 1) * self._gap

    def note(self, now: float) -> None:
        """Count one that goes now."""
        self.empty_at = max(self.empty_at, now) + self._gap
