"""Hold somebody's own plan for a visit: by what they come, from where, and when they leave.

Who has said how they will get there comes more often; so the plan is offered once after booking, never asked
for, and the reminders repeat it. Times are those on the clock of the clinic.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

BEFORE = (30, 60, 90, 120)  # minutes before the visit at which somebody may leave
EARLIEST = time(5)  # nobody is offered to leave in the night


class By(StrEnum):
    """By what somebody comes."""

    FOOT = "foot"
    BUS = "bus"
    CAR = "car"
    TAXI = "taxi"
    TOGETHER = "together"  # with somebody


class From(StrEnum):
    """From where somebody comes."""

    HOME = "home"
    WORK = "work"
    MARKET = "market"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How somebody will come."""

    by: By
    start: From
    leaves: time  # on the clock of the clinic

    def words(self) -> dict[str, str]:
        """Return the plan as closed words: {"by": "bus", "from": "work", "at": "1720"}."""
        return {"by": self.by.value, "from": self.start.value, "at": f"{self.leaves:%H%M}"}


def read(words: object) -> Plan | None:
    """Read what `words` wrote, or return None."""
    if not isinstance(words, Mapping):
        return None
    by, start, at = (words.get(name) for name in ("by", "from", "at"))
    leaves = _time(at)
    if by not in set(By) or start not in set(From) or leaves is None:
        return None
    return Plan(by=By(by), start=From(start), leaves=leaves)


def departures(local: datetime, *, now: datetime) -> tuple[tuple[int, time], ...]:
    """Return when somebody may leave for a visit at `local`: minutes before it, and the time on the clock.

    Both are naive, on the clock of the clinic. Left out is what is over, the day before, or in the night.
    """
    found = []
    for minutes in BEFORE:
        at = local - timedelta(minutes=minutes)
        if at > now and at.date() == local.date() and at.time() >= EARLIEST:
            found.append((minutes, at.time()))
    return tuple(found)


def made(by: str | None, start: str | None, minutes: int | None, local: datetime) -> Plan | None:
    """Return the plan that somebody chose for a visit at `local` (naive), or None when it is none."""
    if minutes not in BEFORE or by not in set(By) or start not in set(From):
        return None
    at = local - timedelta(minutes=minutes)
    if at.date() != local.date():
        return None
    return Plan(by=By(by), start=From(start), leaves=at.time())


def carried(plan: Plan | None, before: datetime, after: datetime) -> Plan | None:
    """Return the plan for a visit that was moved: the same at the same time of day, else none (naive)."""
    return plan if plan is not None and before.time() == after.time() else None


def _time(word: object) -> time | None:
    if not isinstance(word, str) or len(word) != 4 or not word.isascii() or not word.isdecimal():
        return None
    hour, minute = int(word[:2]), int(word[2:])
    return time(hour, minute) if hour < 24 and minute < 60 else None
