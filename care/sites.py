"""Decide which site an outreach worker goes to next, and which pins and notes are taken.

A site is a place where migrants work, eat or live. Notes are about the place, never about people.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from care.directory import Area, Position, SiteKind, Texts, distance_m
from care.referral import State

WAITING = frozenset(  # at a site: not yet at a clinic
    {State.REACHED, State.INFORMED, State.SCREENED, State.BOOKED, State.MISSED}
)
MOST_PINS = 3  # by one person …
PINS_COUNTED_FOR = timedelta(days=1)  # … in this time
FARTHEST_M = 50_000  # metres to the middle of the nearest area: further away nobody of the team goes
SAME_M = 30  # metres: a place of the same kind so near is the same one
MOST_NAME = 60  # letters
MOST_NOTES = 300  # letters
UNDO_FOR = timedelta(minutes=10)  # after a visit was logged
TALKED_TO = {"0": 0, "1-5": 3, "6-10": 8, "11-20": 15, "21-50": 35, "50+": 60}  # label → number kept
LEAFLETS = (0, 5, 10, 20, 50, 100)
MINUTES = (15, 30, 60, 90, 120, 180)
USUAL_MINUTES = 30
_DIGITS = re.compile(r"(?:\d[\s()\-–.]*){7,}")  # of a number that can be called (ITU-T E.164)
_NAME = re.compile(r"(?<![\w.])@\w{3,}|\bt\.me/|https?://|\w@\w+\.\w", re.IGNORECASE)


class Refusal(Enum):
    """Why a typed text is not taken."""

    EMPTY = "empty"
    TOO_LONG = "too-long"
    PHONE = "phone"  # a number that can be called
    NAME = "name"  # an account or an address


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A site as the team sees it."""

    id: int
    area_id: int
    zone: str  # IANA name of the clock of its city
    kind: SiteKind
    names: Texts
    position: Position | None = None
    notes: str | None = None
    waiting: int = 0  # people of an open referral of this site who were not at a clinic yet
    visited_at: datetime | None = None  # aware, UTC: the last visit of anybody
    own_visit_at: datetime | None = None  # aware, UTC: the last visit of who looks
    confirmed: bool = True  # a pin from outside the team waits for somebody of the area
    retired: bool = False


def days_since(place: Place, *, now: datetime) -> int | None:
    """Return the whole days since the last visit, or None when nobody was there yet."""
    return None if place.visited_at is None else max((now - place.visited_at) // timedelta(days=1), 0)


def away_m(place: Place, here: Position | None) -> float | None:
    """Return the metres from `here`, or None where either is not known."""
    return None if here is None or place.position is None else distance_m(place.position, here)


def in_order(places: Iterable[Place], *, now: datetime, here: Position | None = None) -> list[Place]:
    """Return sites as a worker should go: most people waiting, longest without a visit, nearest.

    A site without any visit comes before those with one, and one without a position after those with one.
    """

    def rank(place: Place) -> tuple[int, float, float, int]:
        days, metres = days_since(place, now=now), away_m(place, here)
        return (
            -place.waiting,
            float("-inf") if days is None else -days,
            float("inf") if metres is None else metres,
            place.id,
        )

    return sorted(places, key=rank)


def for_visit(places: Iterable[Place], *, now: datetime, here: Position | None = None) -> list[Place]:
    """Return sites as a worker probably means them: the nearest first, else the one they were at last, then
    as in `in_order`."""
    ordered = in_order(places, now=now, here=here)
    if here is not None:
        return sorted(ordered, key=lambda one: _or_far(away_m(one, here)))
    last = max(
        (one for one in ordered if one.own_visit_at is not None),
        key=lambda one: one.own_visit_at or now,
        default=None,
    )
    return ordered if last is None else [last, *(one for one in ordered if one is not last)]


def _or_far(metres: float | None) -> float:
    return float("inf") if metres is None else metres


def nearest_area(areas: Iterable[Area], position: Position) -> Area | None:
    """Return the area whose middle is nearest, or None when none is within `FARTHEST_M`."""
    measured = [
        (distance_m(area.position, position), area.id, area) for area in areas if area.position is not None
    ]
    metres, _, area = min(measured, default=(float("inf"), 0, None))
    return area if metres <= FARTHEST_M else None


def known_as(places: Iterable[Place], kind: SiteKind, position: Position) -> Place | None:
    """Return the site that somebody tells about once more, or None when the place is new."""
    alike = [
        (metres, one) for one in places if one.kind is kind and (metres := away_m(one, position)) is not None
    ]
    metres, nearest = min(alike, key=lambda pair: (pair[0], pair[1].id), default=(SAME_M + 1.0, None))
    return nearest if metres <= SAME_M else None


def may_pin(made: int) -> bool:
    """Return whether somebody who made so many pins within `PINS_COUNTED_FOR` may make another."""
    return made < MOST_PINS


def name_in(typed: str) -> str | Refusal:
    """Return the name of a site as it was typed, in one line, or why it is not taken."""
    return _taken(" ".join(typed.split()), most=MOST_NAME)


def notes_in(typed: str) -> str | Refusal:
    """Return notes about a site, or why they are not taken."""
    return _taken(typed.strip(), most=MOST_NOTES)


def _taken(text: str, *, most: int) -> str | Refusal:
    if not text:
        return Refusal.EMPTY
    if len(text) > most:
        return Refusal.TOO_LONG
    if _DIGITS.search(text):
        return Refusal.PHONE
    return Refusal.NAME if _NAME.search(text) else text


def usual_leaflets(people: int) -> int:
    """Return how many leaflets somebody probably gave who talked to so many people."""
    return next((number for number in LEAFLETS if number >= people), LEAFLETS[-1])


def is_visit(people: int | None, leaflets: int | None, minutes: int | None) -> bool:
    """Return whether these are numbers that the buttons of a visit offer."""
    return people in TALKED_TO.values() and leaflets in LEAFLETS and minutes in MINUTES


def may_undo(visited_at: datetime, *, now: datetime) -> bool:
    """Return whether a visit that was logged at `visited_at` may still be taken back."""
    return now - visited_at < UNDO_FOR


def talked_to(people: int) -> str:
    """Return the label under which a number of people was chosen: "6-10"."""
    return next((label for label, number in TALKED_TO.items() if number == people), str(people))


def page_of(places: Sequence[Place], page: int, *, most: int) -> tuple[list[Place], int, int]:
    """Return one page of a list, which one it is, and the last one, counted from 0."""
    last = max((len(places) - 1) // most, 0)
    shown = min(max(page, 0), last)
    return list(places[shown * most : (shown + 1) * most]), shown, last
