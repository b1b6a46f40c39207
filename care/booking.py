"""Decide which places of a clinic can be booked, which are offered first, and what may be changed.

A place is agreed in the clinic's own time: 09:00 at the clinic stays 09:00 whatever becomes of its zone, so a
slot carries the local time, and UTC is computed from it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from care.directory import Clinic, Session
from care.plan import Plan

AHEAD_LEAST = timedelta(hours=1)  # the way to the clinic
AHEAD_DAYS = 28  # the same weekday four weeks on is the last day
EVENING = time(17, 0)
SATURDAY = 5
MOST_UPCOMING = 3  # visits kept for one person at a time: places are scarce
HOURS_PER_KM = 2.0  # a clinic one kilometre further is offered first when it is two hours sooner

Taken = Mapping[datetime, int]  # local start → people booked


class Refusal(Enum):
    """Why a place is not given, or a visit not changed."""

    FULL = "full"  # somebody else has the last place
    SAME_DAY = "same-day"  # the person has a visit on that day
    PAST = "past"  # it has begun, or begins too soon to get there
    CLOSED = "closed"  # the clinic sees nobody then, or it is too far ahead
    ENOUGH = "enough"  # the person has MOST_UPCOMING visits ahead
    CANCELLED = "cancelled"  # the visit was given back before
    CAME = "came"  # the person was there


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A time at which a clinic sees people."""

    clinic_id: int
    zone: str  # IANA name
    local: datetime  # naive: what the clock at the clinic shows
    minutes: int
    capacity: int  # people
    taken: int = 0  # people

    @property
    def free(self) -> int:
        """How many people can still book; never below 0, also when the capacity was lowered later."""
        return max(0, self.capacity - self.taken)

    @property
    def starts_at(self) -> datetime:
        """When it begins; aware, UTC."""
        return to_utc(self.local, self.zone)

    @property
    def day(self) -> date:
        """The local day."""
        return self.local.date()

    @property
    def in_the_evening(self) -> bool:
        """Whether it begins at 17:00 or later: after work."""
        return self.local.time() >= EVENING

    @property
    def at_the_weekend(self) -> bool:
        """Whether it is on a Saturday or Sunday."""
        return self.local.weekday() >= SATURDAY

    @property
    def off_hours(self) -> bool:
        """Whether somebody who works all day on weekdays can come."""
        return self.in_the_evening or self.at_the_weekend


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """A place kept for one person."""

    id: int  # random
    person_id: int
    referral_id: int
    clinic_id: int
    local: datetime  # naive: what was agreed
    zone: str  # IANA name
    starts_at: datetime  # aware, UTC
    advice: str | None = None  # class of the symptom check
    child_under_5: bool = False
    cancelled_at: datetime | None = None  # aware, UTC, as those below
    came_at: datetime | None = None
    missed_at: datetime | None = None
    said: str | None = None  # care.absence.Said: the person's own words
    on_way_at: datetime | None = None  # aware, UTC: when they said 'I am on my way'
    reason: str | None = None  # care.absence.Reason: what was in the way
    failure: str | None = None  # care.failures.Failure: what the clinic did wrong, the person says
    failure_at: datetime | None = None  # aware, UTC: when they said so first
    plan: Plan | None = None  # how the person means to come


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A free place with what it costs to get there."""

    slot: Slot
    distance_m: float  # metres; 0 when nobody knows where the person is


def to_utc(local: datetime, zone: str) -> datetime:
    """Return when the clock of `zone` shows `local`; aware, UTC.

    A time that comes twice (clocks go back) means the first: nobody comes an hour late. A time that never
    comes (clocks go forward) is counted with the offset before the gap: the clock shows it later (PEP 495).
    """
    return local.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def to_local(moment: datetime, zone: str) -> datetime:
    """Return what the clock of `zone` shows at an aware moment; naive."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def slots(clinic: Clinic, day: date, taken: Taken | None = None) -> tuple[Slot, ...]:
    """Return the slots of a local day, full ones too, soonest first; none while the clinic is closed."""
    if any(closed.day == day for closed in clinic.closed_days):
        return ()
    of_day = [session for session in clinic.sessions if _runs(session, day)]
    found: dict[datetime, Slot] = {}
    for session in of_day:
        for local in _starts(session, day):
            if any(closure.shuts(local) for closure in clinic.closures):
                continue
            found[local] = Slot(
                clinic_id=clinic.id,
                zone=clinic.timezone,
                local=local,
                minutes=session.slot_minutes,
                capacity=session.capacity,
                taken=(taken or {}).get(local, 0),
            )
    return tuple(found[local] for local in sorted(found))


def window(now: datetime, zone: str) -> tuple[date, date]:
    """Return the first and the last local day that can be booked."""
    today = to_local(now, zone).date()
    return today, today + timedelta(days=AHEAD_DAYS)


def iter_free(clinic: Clinic, taken: Taken, *, now: datetime) -> Iterator[Slot]:
    """Yield the slots with a free place in the window, soonest first."""
    first, last = window(now, clinic.timezone)
    for n in range((last - first).days + 1):
        for slot in slots(clinic, first + timedelta(days=n), taken):
            if slot.free and not _too_soon(slot.starts_at, now):
                yield slot


def free_slots(clinic: Clinic, taken: Taken, *, now: datetime) -> tuple[Slot, ...]:
    """Return all slots with a free place in the window, soonest first."""
    return tuple(iter_free(clinic, taken, now=now))


def find_slot(clinic: Clinic, local: datetime, taken: Taken | None = None) -> Slot | None:
    """Return the clinic's slot that begins at a local time, or None when there is none."""
    return next((slot for slot in slots(clinic, local.date(), taken) if slot.local == local), None)


def may_book(clinic: Clinic, local: datetime, taken: Taken, *, now: datetime) -> Refusal | None:
    """Return why a place at this time cannot be booked, or None when it can, if nobody is quicker."""
    if _too_soon(to_utc(local, clinic.timezone), now):
        return Refusal.PAST
    slot = find_slot(clinic, local, taken)
    if slot is None or local.date() > window(now, clinic.timezone)[1]:
        return Refusal.CLOSED
    return None if slot.free else Refusal.FULL


def may_change(booking: Booking, *, now: datetime) -> Refusal | None:
    """Return why a visit can be neither moved nor cancelled, or None when it can."""
    if booking.cancelled_at is not None:
        return Refusal.CANCELLED
    if booking.came_at is not None:
        return Refusal.CAME
    return Refusal.PAST if booking.starts_at <= now else None


def offers(
    places: Iterable[tuple[Clinic, Taken, float]], *, now: datetime, most: int = 3
) -> tuple[Offer, ...]:
    """Return the places to offer first, best first, from clinics with their distance in metres.

    Best is soonest and nearest: the fewest hours until the visit, a kilometre counting as HOURS_PER_KM hours.
    Each clinic gives its soonest place and its soonest one after work or at a weekend, so that who works all
    day finds one. The weights are a decision of this project, not of a study.
    """
    found = [
        Offer(slot=slot, distance_m=metres)
        for clinic, taken, metres in places
        for slot in soonest(clinic, taken, now=now)
    ]
    return _with_an_evening(sorted(found, key=lambda offer: score(offer, now)), most)


def soonest(clinic: Clinic, taken: Taken, *, now: datetime) -> tuple[Slot, ...]:
    """Return the clinic's soonest free slot and, where that is in working hours, its soonest after work."""
    free = iter_free(clinic, taken, now=now)
    first = next(free, None)
    if first is None or first.off_hours:
        return () if first is None else (first,)
    later = next((slot for slot in free if slot.off_hours), None)
    return (first,) if later is None else (first, later)


def score(offer: Offer, now: datetime) -> tuple[float, datetime, int]:
    """Return what offers are ordered by: hours to wait and to go, then the time, then the clinic."""
    wait_h = (offer.slot.starts_at - now) / timedelta(hours=1)
    return (
        wait_h + HOURS_PER_KM * offer.distance_m / 1000,
        offer.slot.starts_at,
        offer.slot.clinic_id,
    )


def day_word(day: date) -> str:
    """Write a day as buttons carry it: 20261125."""
    return f"{day:%Y%m%d}"


def start_word(local: datetime) -> str:
    """Write a local start as buttons carry it: 202611251830."""
    return f"{local:%Y%m%d%H%M}"


def parse_day(word: str | None) -> date | None:
    """Read what `day_word` wrote, or return None: buttons come back from anybody."""
    start = parse_start(f"{word}0000") if word is not None else None
    return start.date() if start else None


def parse_start(word: str | None) -> datetime | None:
    """Read what `start_word` wrote; naive, local. None when it is no time of this century."""
    if word is None or not re.fullmatch(r"20[0-9]{10}", word):
        return None
    try:
        return datetime.combine(
            date(int(word[:4]), int(word[4:6]), int(word[6:8])), time(int(word[8:10]), int(word[10:]))
        )
    except ValueError:
        return None


def _runs(session: Session, day: date) -> bool:
    return session.weekday == day.weekday() and (session.valid_from or date.min) <= day <= (
        session.valid_until or date.max
    )


def _starts(session: Session, day: date) -> Iterator[datetime]:
    """Yield the local starts of the slots that end within the session."""
    step = timedelta(minutes=session.slot_minutes)
    start, end = datetime.combine(day, session.start), datetime.combine(day, session.end)
    while start + step <= end:
        yield start
        start += step


def _too_soon(starts_at: datetime, now: datetime) -> bool:
    return starts_at < now + AHEAD_LEAST


def _with_an_evening(chosen: list[Offer], most: int) -> tuple[Offer, ...]:
    """Return the first `most`; where none of them is off working hours, the last gives way to one that is."""
    first = chosen[:most]
    later = next((offer for offer in chosen[most:] if offer.slot.off_hours), None)
    if most > 1 and later is not None and not any(offer.slot.off_hours for offer in first):
        first[-1] = later
    return tuple(first)
