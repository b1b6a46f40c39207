"""Faults on wish: slow, failing, rate-limited and broken calls, for one method, one chat or all."""

import time
from dataclasses import dataclass
from enum import StrEnum


class Drop(StrEnum):
    """When the connection is cut."""

    BEFORE = "before"  # the call had no effect
    AFTER = "after"  # the call had its effect, the bot cannot know


@dataclass(slots=True, kw_only=True)
class Fault:
    """What happens to the calls that match; the first match wins."""

    method: str | None = None  # any method but getUpdates when None
    chat_id: int | None = None
    latency_ms: float = 0.0
    error_code: int | None = None
    description: str = "Internal Server Error"
    retry_after: int | None = None  # seconds; makes it a 429
    drop: Drop | None = None
    times: int | None = None  # calls; None: until removed
    until: float | None = None  # time.monotonic()

    def matches(self, method: str, chat_id: int | None) -> bool:
        """Return whether the call is hit; without a method named, polling and set-up calls go on."""
        if self.times == 0 or (self.until is not None and time.monotonic() > self.until):
            return False
        if self.method is None and self.chat_id is None and self.drop is None and method == "getupdates":
            return False
        named = self.method is None or self.method.lower() == method
        return named and (self.chat_id is None or self.chat_id == chat_id)

    def use(self) -> None:
        """Count one call that was hit."""
        if self.times is not None:
            self.times -= 1


def hit_by(faults: list[Fault], method: str, chat_id: int | None) -> Fault | None:
    """Return the fault of this call, counted, or None; spent faults leave the list."""
    faults[:] = [f for f in faults if f.times != 0 and (f.until is None or time.monotonic() <= f.until)]
    for fault in faults:
        if fault.matches(method, chat_id):
            fault.use()
            return fault
    return None
