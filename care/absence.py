"""Decide what helps somebody who did not come, or cannot: a remedy for each reason, and when a person helps.

The reasons are those that people name themselves; the remedies are a decision of this project. After two
visits in a row to which somebody did not come, no further question of the bot helps: one of the team writes.
Whom the clinic did not see is nobody's no-show.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from care.booking import Booking, Offer, Slot, score
from care.failures import not_seen

ENOUGH_MISSES = 2  # in a row: from here on a person writes, and not the bot
MOST_OFFERS = 3


class Reason(StrEnum):
    """What was in the way, in the order of the buttons."""

    BOSS = "boss"  # the employer does not let them go
    MONEY = "money"
    FEAR = "fear"
    PAPERS = "papers"
    ROAD = "road"  # far, or hard to find
    FORGOT = "forgot"
    WELL = "well"  # feels well
    OTHER = "other"


class Places(StrEnum):
    """Which free places a remedy offers first."""

    OFF_HOURS = "off-hours"  # evening, Saturday, Sunday
    SOONEST = "soonest"
    NEAREST = "nearest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What is offered at once. Whatever it is, a new time and a person are offered besides."""

    places: Places | None = None
    topics: tuple[str, ...] = ()  # of care.topics: answers to read
    costs: bool = False  # who pays for what at that clinic
    company: bool = False  # somebody comes along
    way: bool = False  # how to get there, and the place on the map
    reminders: bool = False  # say that the bot will remind them
    lawyer: bool = False  # one of the team can bring them together with one
    person: bool = False  # a person comes first

    @property
    def steps(self) -> int:
        """Count the next steps that it offers by itself."""
        lists = len(self.topics) + (self.places is not None)
        return lists + sum((self.costs, self.company, self.way, self.lawyer, self.person))


REMEDIES: Mapping[Reason, Remedy] = {
    Reason.BOSS: Remedy(places=Places.OFF_HOURS, topics=("employer",)),
    Reason.MONEY: Remedy(costs=True, topics=("test-cost", "no-insurance"), places=Places.SOONEST),
    Reason.FEAR: Remedy(topics=("deportation", "confidentiality", "stigma"), company=True),
    Reason.PAPERS: Remedy(topics=("documents-needed", "no-registration", "legal-help"), lawyer=True),
    Reason.ROAD: Remedy(company=True, way=True, places=Places.NEAREST),
    Reason.FORGOT: Remedy(places=Places.SOONEST, reminders=True),
    Reason.WELL: Remedy(topics=("who-is-at-risk", "chest-xray"), places=Places.SOONEST),
    Reason.OTHER: Remedy(person=True),
}


class Said(StrEnum):
    """What somebody said of a visit: whether they went, or what they want after the clinic cancelled it."""

    WENT = "went"
    MISSED = "missed"  # did not go
    DECLINED = "declined"  # wants no other place instead of the one that the clinic cancelled
    HAVE_ONE = "have-one"  # has another visit, and moved that one instead


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What is known of a visit whose time has come, and which was not cancelled."""

    booking_id: int
    starts_at: datetime  # aware, UTC
    came_at: datetime | None = None
    missed_at: datetime | None = None
    said: str | None = None  # a word of Said
    reason: str | None = None  # a word of Reason
    failure: str | None = None  # the clinic's, a word of care.failures.Failure


def reason_of(word: str | None) -> Reason | None:
    """Read a reason, or return None when it is none."""
    return Reason(word) if word in set(Reason) else None


def past_of(booking: Booking) -> Past:
    """Return what the rules read of a visit."""
    return Past(
        booking_id=booking.id,
        starts_at=booking.starts_at,
        came_at=booking.came_at,
        missed_at=booking.missed_at,
        said=booking.said,
        reason=booking.reason,
        failure=booking.failure,
    )


def was_missed(visit: Past) -> bool | None:
    """Return whether somebody did not come; None where nobody knows, or where the clinic did not see them.

    The desk's word goes before the person's own.
    """
    if visit.came_at is not None:
        return False
    if not_seen(visit.failure):
        return None
    if visit.missed_at is not None:
        return True
    return None if visit.said is None else visit.said == Said.MISSED


def misses_in_a_row(visits: Iterable[Past]) -> tuple[Past, ...]:
    """Return the last visits that were all missed, newest first.

    A visit of which nothing is known neither counts nor ends the row.
    """
    found: list[Past] = []
    for visit in sorted(visits, key=lambda one: (one.starts_at, one.booking_id), reverse=True):
        missed = was_missed(visit)
        if missed is False:
            break
        if missed:
            found.append(visit)
    return tuple(found)


def goes_to_a_person(visits: Iterable[Past]) -> bool:
    """Return whether one of the team writes now, instead of another reminder."""
    return len(misses_in_a_row(visits)) >= ENOUGH_MISSES


def asked_after(visit: Past) -> bool:
    """Return whether there is anything to ask after a visit: nobody said a word, or only the desk did."""
    return visit.came_at is None and visit.said is None and visit.failure is None and visit.reason is None


def places(
    found: Iterable[tuple[Sequence[Slot], float]], wanted: Places, *, now: datetime, most: int = MOST_OFFERS
) -> tuple[Offer, ...]:
    """Return the free places to offer: `found` holds the free slots of each clinic, and how far it is (m).

    OFF_HOURS are those in the evening or at a weekend, and nothing where there is none. NEAREST is the
    soonest of each clinic, the nearest clinic first. Of one day of a clinic no more than one is offered.
    """
    every = [Offer(slot=slot, distance_m=metres) for slots, metres in found for slot in slots]
    if wanted is Places.OFF_HOURS:
        every = [one for one in every if one.slot.off_hours]

    def order(one: Offer) -> tuple[float | datetime | int, ...]:
        by_distance = (one.distance_m, one.slot.starts_at, one.slot.clinic_id)
        return by_distance if wanted is Places.NEAREST else score(one, now)

    chosen: dict[tuple[object, ...], Offer] = {}
    for offer in sorted(every, key=order):
        slot = offer.slot
        alike = (slot.clinic_id,) if wanted is Places.NEAREST else (slot.clinic_id, slot.day)
        chosen.setdefault(alike, offer)
    return tuple(list(chosen.values())[:most])
