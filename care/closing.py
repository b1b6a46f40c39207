"""Decide what becomes of people whose place a clinic takes back: which other place is kept, and until when.

Nobody loses their turn: whoever is displaced is given another place at once, in the order of the times that
they had, and only has to say yes. What weighs how much below is a decision of this project, not of a study.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from care.booking import HOURS_PER_KM, Slot
from care.directory import Closure, ClosureKind
from care.reminders import next_allowed

HELD = timedelta(hours=48)  # a kept place, at most …
HELD_BEFORE = timedelta(hours=3)  # … and never longer than until so long before it begins
READY = timedelta(hours=4)  # a kept place begins so long after the person may read of it, or later
NEAR = timedelta(days=7)  # the same clinic comes first when it has a place within these
HOURS_PER_DAY = 2.0  # a day later costs as much as an hour of the day that is two hours off
WORKED = 8.0  # hours: what a place in working hours costs somebody who came after work or at a weekend
EARLIER = 6.0  # hours: what a place before the lost one costs
URGENT_BEFORE = time(10)  # local: whose visit begins before the next one is told at night, too
OPEN_FOR = timedelta(days=30)  # after that a lost visit is nothing to settle any more
UNANSWERED = timedelta(hours=24)  # then whoever looks after the person is asked to call
MOST_SHOWN = 6  # other places on one screen …
MOST_A_DAY = 2  # … and of one day at one clinic
PLACES = (1, 2, 3, 5, 10)  # how many fewer the desk may say


@dataclass(frozen=True, slots=True, kw_only=True)
class Free:
    """A slot that has a place, as somebody who lost theirs looks at it."""

    slot: Slot
    starts_at: datetime  # aware, UTC; the slot computes it anew each time
    distance_m: float  # metres from the clinic that closed; 0 for itself


def ranked(
    lost: Slot, free: Iterable[Free], *, not_on: Collection[date] = (), now: datetime
) -> tuple[Free, ...]:
    """Return the places that may be kept instead of `lost`, best first.

    The same clinic within a week, then the others within a week, then whatever there is: each as near as
    possible to the hour that was agreed, and soon. `not_on` are days on which the person has a visit.
    """
    ready = next_allowed(now, lost.zone) + READY
    possible = [one for one in free if one.starts_at >= ready and one.slot.day not in not_on]
    return tuple(sorted(possible, key=lambda one: _rank(lost, one)))


def few(best: Iterable[Free]) -> tuple[Free, ...]:
    """Return a screen full of places out of `best`, best first, not too many of one day; soonest first."""
    found: list[Free] = []
    days: Counter[tuple[int, date]] = Counter()
    for one in best:
        day = (one.slot.clinic_id, one.slot.day)
        if days[day] < MOST_A_DAY:
            days[day] += 1
            found.append(one)
        if len(found) == MOST_SHOWN:
            break
    return tuple(sorted(found, key=lambda one: (one.starts_at, one.slot.clinic_id)))


def _rank(lost: Slot, one: Free) -> tuple[int, float, datetime, int]:
    slot = one.slot
    later = slot.local - lost.local
    near = timedelta(0) <= later <= NEAR
    same = slot.clinic_id == lost.clinic_id
    tier = (0 if same else 1) if near else (2 if same else 3)
    cost = (
        HOURS_PER_DAY * abs((slot.day - lost.day).days)
        + abs(_hours(slot.local) - _hours(lost.local))
        + HOURS_PER_KM * one.distance_m / 1000
        + (WORKED if lost.off_hours and not slot.off_hours else 0.0)
        + (EARLIER if later < timedelta(0) else 0.0)
    )
    return tier, cost, one.starts_at, slot.clinic_id


def _hours(local: datetime) -> float:
    return local.hour + local.minute / 60


def held_until(starts_at: datetime, *, now: datetime) -> datetime:
    """Return until when a place that begins at `starts_at` is kept for somebody displaced (aware, UTC)."""
    return min(now + HELD, starts_at - HELD_BEFORE)


def pressing_from(starts_at: datetime, zone: str) -> datetime:
    """Return from when on (aware, UTC) somebody must hear at once that the visit does not take place.

    Also at night, until it would have begun: from the last 10:00 before it on the clock of `zone`.
    """
    local = starts_at.astimezone(ZoneInfo(zone))
    day = local.date() if local.time() >= URGENT_BEFORE else local.date() - timedelta(days=1)
    return datetime.combine(day, URGENT_BEFORE, ZoneInfo(zone)).astimezone(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A place of a day on which a clinic sees fewer people."""

    id: int
    family: int  # the same for all who come together
    made_at: datetime  # aware, UTC


def leaving(taken: Iterable[Taken], missing: int) -> Sequence[Sequence[int]]:
    """Return the ids of the places that `missing` people have to leave, by family: who comes together.

    Families go or stay together; those who booked last go first, and children whose adult is not among them
    last. A family that is larger than what is missing stays while others do; else the smallest goes whole.
    """
    families: dict[int, list[Taken]] = {}
    for one in taken:
        families.setdefault(one.family, []).append(one)
    newest = sorted(families.values(), key=_booked, reverse=True)
    gone: list[list[Taken]] = []
    more = missing
    for family in newest:
        if len(family) <= more:
            gone.append(family)
            more -= len(family)
    if more > 0 and (larger := [family for family in newest if family not in gone]):
        gone.append(min(larger, key=len))
        more -= len(gone[-1])
    for family in sorted(gone, key=_booked):  # the larger family may do without some of the others
        if len(family) <= -more:
            gone.remove(family)
            more += len(family)
    return [[one.id for one in family] for family in gone]


def _booked(family: Sequence[Taken]) -> tuple[bool, datetime, int]:
    first = min(family, key=lambda one: (one.made_at, one.id))
    return any(one.id == one.family for one in family), first.made_at, -first.id


def all_day(day: date, *, closure_id: int, until: date | None = None, kind: ClosureKind) -> Closure:
    """Return the closure of whole local days, from `day` to `until`, both included."""
    last = until or day
    return Closure(
        id=closure_id,
        kind=kind,
        begins=datetime.combine(day, time()),
        ends=datetime.combine(last + timedelta(days=1), time()),
    )
