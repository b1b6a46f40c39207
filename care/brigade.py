"""Decide about places for several people: how many, at which times of a day, and until when they are kept.

Somebody keeps places for a brigade; each place has a link of its own, and whoever opens it says yes or no for
themselves. Nobody else learns what they said, whoever asked for the places included.
"""

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from care.booking import EVENING, Slot, to_local, to_utc
from care.message_kinds import Kind
from care.reminders import Planned

LEAST = 2  # places: one alone is booked as everybody books
MOST = 10  # places of one brigade
MOST_OPEN = 1  # brigades that somebody keeps at a time …
MOST_OPEN_OF_WORKERS = 5  # … and a worker, who stands in front of several
LONGEST = timedelta(hours=48)
EVE = time(20)  # on the clinic's clock, the day before: others can still book for tomorrow
BEFORE = timedelta(hours=2)  # the visit: the way to the clinic, and who else would come
SHORTEST = timedelta(hours=1)  # in which a link can be passed on and answered
REMIND_BEFORE = timedelta(hours=12)
OVER_USEFUL = timedelta(days=1)
CODE_BYTES = 16  # 128 bits


@dataclass(frozen=True, slots=True, kw_only=True)
class Brigade:
    """Places that somebody keeps for several people."""

    id: int  # random
    person_id: int  # who asked for them
    staff_id: int | None  # where a worker asked
    clinic_id: int
    confirm_until: datetime  # aware, UTC
    ended_at: datetime | None = None  # aware, UTC

    def is_open(self, *, now: datetime) -> bool:
        """Return whether a link of it can be answered at `now` (aware)."""
        return self.ended_at is None and now < self.confirm_until


def confirm_until(starts_at: datetime, zone: str, *, now: datetime) -> datetime | None:
    """Return until when places at `starts_at` (aware) are kept; aware, UTC. None when it is too soon.

    At most 48 hours, and until 20:00 on the evening before; where that is over, until two hours before.
    """
    last = starts_at - BEFORE
    day = to_local(starts_at, zone).date() - timedelta(days=1)
    eve = to_utc(datetime.combine(day, EVE), zone)
    until = min(now + LONGEST, eve if eve >= now + BEFORE else last, last)
    return until if until >= now + SHORTEST else None


def bookable(slots: Iterable[Slot], *, now: datetime) -> list[Slot]:
    """Return the slots for which there is time enough to pass a link on and to answer it."""
    return [slot for slot in slots if confirm_until(slot.starts_at, slot.zone, now=now) is not None]


def places_by_day(slots: Iterable[Slot]) -> dict[date, int]:
    """Return how many places are free on each day of one clinic, at most `MOST`."""
    found: dict[date, int] = {}
    for slot in slots:
        found[slot.day] = min(MOST, found.get(slot.day, 0) + slot.free)
    return found


def spread(slots: Sequence[Slot], people: int, *, at: datetime) -> tuple[tuple[Slot, int], ...]:
    """Return how many come when, soonest first: at `at` (local) first, then at the times next to it.

    `slots` are those of one clinic and day. Empty when they have fewer free places than there are people.
    """
    left, chosen = people, []
    for slot in sorted(slots, key=lambda slot: (abs(slot.local - at), slot.local)):
        taken = min(slot.free, left)
        if taken:
            chosen.append((slot, taken))
            left -= taken
    return tuple(sorted(chosen, key=lambda one: one[0].local)) if not left else ()


def best(slots: Sequence[Slot], people: int) -> datetime | None:
    """Return the time (local) around which they come closest together; None when there are too few places.

    Of several the one after work, then the soonest.
    """
    found = [
        (spread_out, slot.local)
        for slot in slots
        if slot.free and (spread_out := spread(slots, people, at=slot.local))
    ]
    return min(found, key=lambda one: (*_apart(one[0]), one[1]))[1] if found else None


def without_own(
    spread_out: Sequence[tuple[Slot, int]], *, at: datetime
) -> tuple[Slot, tuple[tuple[Slot, int], ...]]:
    """Return the slot of who asks for the places, that nearest to `at` (local), and what the others have."""
    own = min((slot for slot, _ in spread_out), key=lambda slot: (abs(slot.local - at), slot.local))
    left = ((slot, people - (slot is own)) for slot, people in spread_out)
    return own, tuple((slot, people) for slot, people in left if people)


def _apart(spread_out: tuple[tuple[Slot, int], ...]) -> tuple[timedelta, bool, datetime]:
    first, last = spread_out[0][0].local, spread_out[-1][0].local
    return (last - first, first.time() < EVENING, first)


def code(digest: bytes) -> str:
    """Return the code of a link: 22 letters, safe in an address.

    `digest` is a keyed hash of the place's random id. So a link can be shown again without being stored, and
    without telling which of them were used; who has the store alone cannot make it.
    """
    return base64.urlsafe_b64encode(digest[:CODE_BYTES]).rstrip(b"=").decode()


def most_open(*, of_worker: bool) -> int:
    """Return how many brigades somebody may keep at a time."""
    return MOST_OPEN_OF_WORKERS if of_worker else MOST_OPEN


def remind(brigade: Brigade, zone: str, *, now: datetime) -> Planned | None:
    """Remind who asked for the places twelve hours before their time is over; None when that is too soon."""
    at = brigade.confirm_until - REMIND_BEFORE
    if at < now + SHORTEST:
        return None
    return Planned(
        key=soon_key(brigade.id),
        kind=Kind.BRIGADE_SOON,
        person_id=brigade.person_id,
        due_at=at,
        useful_until=brigade.confirm_until,
        zone=zone,
        params={"brigade": brigade.id},
    )


def over(brigade: Brigade, *, now: datetime) -> Planned:
    """Tell who asked for the places that their time is over; it says the same whoever said yes."""
    return Planned(
        key=f"{Kind.BRIGADE_OVER}:{brigade.id}",
        kind=Kind.BRIGADE_OVER,
        person_id=brigade.person_id,
        due_at=now,
        useful_until=now + OVER_USEFUL,
        params={"brigade": brigade.id},
    )


def lost(brigade: Brigade, closure_id: int, *, now: datetime) -> Planned:
    """Tell who asked for the places that the clinic took them back: once for a closure, and no number."""
    return Planned(
        key=f"{Kind.BRIGADE_LOST}:{brigade.id}:{closure_id}",
        kind=Kind.BRIGADE_LOST,
        person_id=brigade.person_id,
        due_at=now,
        useful_until=now + OVER_USEFUL,
        params={"brigade": brigade.id},
    )


def soon_key(brigade_id: int) -> str:
    """Return the key of the reminder: there is one at most."""
    return f"{Kind.BRIGADE_SOON}:{brigade_id}"
