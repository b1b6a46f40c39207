"""What must be so in a random life, in the plainest terms: who has which visit, and which hours are shut."""

from dataclasses import dataclass, field
from datetime import datetime

from care.booking import AHEAD_LEAST, MOST_UPCOMING, Refusal, to_utc
from tests.reliability.town import CAPACITY, ZONE


@dataclass
class Visit:
    """A visit as the model knows it."""

    owner: int  # number in the town
    clinic: int
    local: datetime


@dataclass(frozen=True)
class Hours:
    """What a clinic has said of some hours."""

    clinic: int
    begins: datetime  # naive, as the next one
    ends: datetime  # not included
    fewer: bool = False  # it only takes places back
    also_begun: bool = False  # who came or should have on the first day goes, too

    def holds(self, clinic: int, local: datetime) -> bool:
        """Return whether a time lies in these hours."""
        return self.clinic == clinic and self.begins <= local < self.ends

    def may_take(self, visit: Visit) -> bool:
        """Return whether a visit may be lost through it."""
        begun = self.also_begun and visit.clinic == self.clinic and visit.local.date() == self.begins.date()
        return begun or self.holds(visit.clinic, visit.local)


@dataclass
class Model:
    """What is so."""

    visits: dict[int, Visit] = field(default_factory=dict)  # booking id → visit that stands
    said: set[int] = field(default_factory=set)  # of which the desk has said something
    shut: dict[int, Hours] = field(default_factory=dict)  # closure → what the desk said
    away: set[int] = field(default_factory=set)  # clinics that are not in the directory
    lost: dict[int, Visit] = field(default_factory=dict)  # booking id → visit that a clinic cancelled
    hopeful: set[int] = field(default_factory=set)  # lost with a clinic that left, and nothing chosen since
    brigades: list[tuple[int, int]] = field(default_factory=list)  # booking, brigade: places to confirm
    declined: list[tuple[int, int]] = field(default_factory=list)  # likewise, to which somebody said no

    def of(self, owner: int, now: datetime) -> dict[int, Visit]:
        """Return somebody's visits ahead."""
        return {
            one: visit
            for one, visit in self.visits.items()
            if visit.owner == owner and to_utc(visit.local, ZONE) > now
        }

    def add(self, booking: int, visit: Visit) -> None:
        """Somebody has a visit: what they lost before does not come back by itself."""
        self.visits[booking] = visit
        self.chose(visit.owner)

    def chose(self, owner: int) -> None:
        """Somebody has said what they want instead of what they lost."""
        self.hopeful -= {one for one in self.hopeful if self.lost[one].owner == owner}

    def is_shut(self, clinic: int, local: datetime) -> bool:
        """Return whether the clinic has said that it sees nobody then, or is not in the directory."""
        said = any(one.holds(clinic, local) for one in self.shut.values() if not one.fewer)
        return said or clinic in self.away

    def at(self, clinic: int, local: datetime) -> int:
        """Return how many people have a place at a time."""
        return sum((one.clinic, one.local) == (clinic, local) for one in self.visits.values())

    def refusal(self, owner: int, clinic: int, local: datetime, kept: int, now: datetime) -> Refusal | None:
        """Return why somebody cannot book a time, by the rules as one would tell them; `kept` for others."""
        if clinic in self.away:
            return Refusal.CLOSED
        if to_utc(local, ZONE) < now + AHEAD_LEAST:
            return Refusal.PAST
        if self.is_shut(clinic, local):
            return Refusal.CLOSED
        same_day = [
            one for one in self.visits.values() if one.owner == owner and one.local.date() == local.date()
        ]
        if same_day:
            return None if (same_day[0].clinic, same_day[0].local) == (clinic, local) else Refusal.SAME_DAY
        if len(self.of(owner, now)) >= MOST_UPCOMING:
            return Refusal.ENOUGH
        return Refusal.FULL if self.at(clinic, local) + kept >= CAPACITY else None
