"""Decide who is offered a place that became free: one at a time, in the order of a fair queue.

First come those whose visit a clinic had to cancel, then whoever has waited longest. A place is held for
fifteen minutes, and for two hours where somebody of the team has to bring the news. Who lets an offer pass
keeps their turn, but is not offered the same time again. Nobody is woken: what becomes free at night is held
until 08:15 for who is first, if the visit begins late enough after that; else it is free for everybody.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

from care.booking import EVENING, SATURDAY

HELD = timedelta(minutes=15)
TIME_TO_ANSWER = timedelta(minutes=5)  # an offer that reaches somebody later than that is none
HELD_FOR_A_CALL = timedelta(hours=2)  # without Telegram: somebody has to call on them first
LASTS = timedelta(weeks=4)  # as far ahead as places can be booked
MOST_LAPSED = 3  # offers in a row without an answer
GO_ON_WITHIN = timedelta(days=7)  # after the end: whoever goes on keeps their turn
WORKDAYS, WEEKEND = frozenset(range(SATURDAY)), frozenset({SATURDAY, SATURDAY + 1})


class Hours(StrEnum):
    """At what time of the day somebody can come."""

    ANY = "any"
    DAY = "day"  # begins before 17:00
    EVENING = "evening"  # after work: begins at 17:00 or later, or is at a weekend


class End(StrEnum):
    """Why a wait is over."""

    TAKEN = "taken"  # they took what was offered
    BOOKED = "booked"  # they found something that suits by themselves
    STOPPED = "stopped"  # they wait no more
    LAPSED = "lapsed"  # MOST_LAPSED offers in a row had no answer
    OVER = "over"  # nothing became free in LASTS


class At(Protocol):
    """A place at a clinic: a slot, a visit, a place that is kept."""

    @property
    def clinic_id(self) -> int:
        """Which clinic."""

    @property
    def local(self) -> datetime:
        """When it begins; naive, the clinic's clock."""


class Visit(At, Protocol):
    """The same with its moment."""

    @property
    def starts_at(self) -> datetime:
        """When it begins; aware, UTC."""


V = TypeVar("V", bound=Visit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """A visit that somebody has ahead."""

    clinic_id: int
    local: datetime  # naive, the clinic's clock
    starts_at: datetime  # aware, UTC
    made_at: datetime  # aware, UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which places suit somebody."""

    clinic_id: int | None = None  # None: any
    days: frozenset[int] = frozenset()  # weekdays, 0 = Monday; empty: any
    hours: Hours = Hours.ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Who waits for what, and how it stands."""

    id: int
    person_id: int
    wish: Wish = Wish()
    sooner_than: datetime | None = None  # aware, UTC: what suits was free from then on, and did not suit
    lost_booking: int | None = None  # the visit that their clinic cancelled
    offered: int | None = None  # the booking that keeps a place for them
    offered_until: datetime | None = None  # aware, UTC, as those below
    refused: frozenset[str] = frozenset()  # as `start_key` writes them
    lapsed: int = 0  # offers in a row without an answer
    created_at: datetime
    ends_at: datetime
    ended_at: datetime | None = None

    @property
    def wished_at(self) -> datetime:
        """When they last said what they wait for."""
        return self.ends_at - LASTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiter:
    """A wait with what matters of who waits."""

    wait: Wait
    clinics: frozenset[int] | None = None  # what 'any clinic' means: those of their city; None: all
    visits: Sequence[Ahead] = ()
    zone: str | None = None  # IANA name of the clock they live by, where it is known
    without_telegram: bool = False

    @property
    def hold(self) -> timedelta:
        """How long a place is held for them."""
        return HELD_FOR_A_CALL if self.without_telegram else HELD


def start_key(at: At) -> str:
    """Write which time at which clinic a place is: "3:2026-11-25T18:30"."""
    return f"{at.clinic_id}:{at.local.isoformat(timespec='minutes')}"


def fits(wish: Wish, at: At) -> bool:
    """Return whether a place is what somebody wants: clinic, day and hours."""
    if wish.clinic_id is not None and wish.clinic_id != at.clinic_id:
        return False
    if wish.days and at.local.weekday() not in wish.days:
        return False
    late = at.local.time() >= EVENING
    if wish.hours is Hours.EVENING:
        return late or at.local.weekday() in WEEKEND
    return not late if wish.hours is Hours.DAY else True


def suits(wait: Wait, at: Visit) -> bool:
    """Return whether a place is what somebody waits for, and not as late as what they could have had."""
    return fits(wait.wish, at) and (wait.sooner_than is None or at.starts_at < wait.sooner_than)


def standing(wait: Wait, *, now: datetime) -> Wait:
    """Return the wait as it stands: what was free when they began, and is over, is no bound any more."""
    over = wait.sooner_than is not None and wait.sooner_than <= now
    return replace(wait, sooner_than=None) if over else wait


def turn(wait: Wait) -> tuple[bool, datetime, int]:
    """Return what decides who is served first: lost a visit through the clinic, then how long they wait."""
    return wait.lost_booking is None, wait.created_at, wait.id


def found_one(waiter: Waiter) -> bool:
    """Return whether somebody has booked what they wait for since they said so."""
    wait = waiter.wait
    return any(suits(wait, one) and one.made_at > wait.wished_at for one in waiter.visits)


def let_go(wait: Wait, at: At) -> Wait:
    """Return the wait after a 'not this one': in turn as before, but not for this time again."""
    return replace(_free(wait), refused=wait.refused | {start_key(at)}, lapsed=0)


def lapsed(wait: Wait, at: At, *, told: bool, now: datetime) -> Wait:
    """Return the wait after an offer without an answer; the third in a row is its end.

    `told`: the offer had reached them. One that did not (the bot was down) may come again.
    """
    refused = wait.refused | {start_key(at)} if told else wait.refused
    times = wait.lapsed + 1
    return replace(_free(wait), refused=refused, lapsed=times, ended_at=now if times >= MOST_LAPSED else None)


def is_over(wait: Wait, *, now: datetime) -> bool:
    """Return whether somebody has waited as long as a wait lasts, and is offered nothing now."""
    return wait.ended_at is None and wait.offered is None and wait.ends_at <= now


def may_go_on(wait: Wait, *, now: datetime) -> bool:
    """Return whether a wait that is over can be taken up again, with its turn."""
    return wait.ended_at is not None and now < wait.ended_at + GO_ON_WITHIN


def instead_of(visits: Sequence[V], at: At, *, most: int) -> tuple[V | None, bool]:
    """Return which visit an offered place could replace, and whether it must.

    It must where the visit is on the same day, or the person has as many as are kept for one. Else the
    soonest later one may be moved; those before stay.
    """
    same = next((one for one in visits if one.local.date() == at.local.date()), None)
    if same is not None:
        return same, True
    ordered = sorted(visits, key=lambda one: one.starts_at)
    later = next((one for one in ordered if one.local > at.local), None)
    if len(visits) >= most:
        return later or ordered[-1], True
    return later, False


def _free(wait: Wait) -> Wait:
    return replace(wait, offered=None, offered_until=None)
