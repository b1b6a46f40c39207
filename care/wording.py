"""Test two wordings of the reminders: who gets which, and what came of the visits.

Which wording somebody gets depends on their random id alone: the same one each time, each for about half of
the people, and nothing about them decides it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from care.failures import not_seen
from care.message_kinds import Kind as Message
from care.outcomes import Kind
from care.results import SMALL

TEST = "visit-1"  # another test divides people anew
TESTED = frozenset({Message.VISIT_EVE, Message.VISIT_SOON})
SAME_VISIT = timedelta(hours=30)  # two reminders that are so close to each other are of one visit
KNOWN_WITHIN = timedelta(days=7)  # what is said later belongs to another visit
_OF_A_CHILD = "child"  # as detail of DISPLACED: the adult's own visit stands
READ = (
    Kind.REMINDED,
    Kind.CAME,
    Kind.MISSED,
    Kind.SAID_WENT,
    Kind.SAID_MISSED,
    Kind.MOVED,
    Kind.CANCELLED,
    Kind.CLINIC_FAILED,
    Kind.DISPLACED,
    Kind.DISPLACED_BACK,
    Kind.UNDONE,
)
"""The outcomes that a count reads."""


class Variant(StrEnum):
    """A wording."""

    A = "a"  # says when and where
    B = "b"  # says that the place is kept for them, then when and where


@dataclass(frozen=True, slots=True)
class Happened:
    """An outcome of one referral."""

    at: datetime  # aware, UTC
    kind: Kind
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """What came of the visits that people were reminded of in one wording."""

    reminded: int = 0  # visits
    came: int = 0
    missed: int = 0
    changed: int = 0  # moved or cancelled after the reminder
    silent: int = 0  # nobody said anything

    def __add__(self, other: "Results") -> "Results":
        """Return the numbers of both together."""
        return Results(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Results)))


def variant(person_id: int) -> Variant:
    """Return the wording that somebody gets: always the same one."""
    return Variant.B if sha256(f"{TEST}:{person_id}".encode()).digest()[0] & 1 else Variant.A


def sent_as(kind: str, person_id: int) -> str:
    """Return what is written down of a reminder that was sent: "visit-eve.a", or its kind alone."""
    return f"{kind}.{variant(person_id)}" if kind in TESTED else kind


def results(referrals: Iterable[Iterable[Happened]]) -> Mapping[Variant, Results]:
    """Count what came of reminded visits, from the outcomes of each referral in the order they happened.

    The desk's word goes before the person's own. Whom the clinic did not see, and whose visit it cancelled,
    is left out: the wording has no part in it.
    """
    found = dict.fromkeys(Variant, Results())
    for happened in referrals:
        for wording, result in _visits(happened):
            found[wording] += result
    return found


def shown(number: int) -> str:
    """Write a number so that few people cannot be told from it."""
    return f"<{SMALL}" if 0 < number < SMALL else str(number)


@dataclass(slots=True)
class _Visit:
    wording: Variant
    at: datetime  # of the first reminder
    desk: Kind | None = None
    own: Kind | None = None
    changed: bool = False
    failed: bool = False
    displaced: bool = False

    @property
    def is_over(self) -> bool:
        gone = self.changed or self.failed or self.displaced
        return gone or self.desk is not None or self.own is not None

    def counted(self) -> Results | None:
        if (self.failed or self.displaced) and self.desk is not Kind.CAME:
            return None
        if self.desk is not None or self.own is not None:
            came = (self.desk or self.own) in {Kind.CAME, Kind.SAID_WENT}
            return Results(reminded=1, came=int(came), missed=int(not came))
        return Results(reminded=1, changed=1) if self.changed else Results(reminded=1, silent=1)


def _visits(happened: Iterable[Happened]) -> Iterable[tuple[Variant, Results]]:
    """Return the reminded visits of one referral."""
    visits: list[_Visit] = []
    for one in happened:
        now = visits[-1] if visits and one.at - visits[-1].at <= KNOWN_WITHIN else None
        if one.kind is Kind.REMINDED:
            wording = _wording(one.detail)
            again = now is not None and not now.is_over and one.at - now.at <= SAME_VISIT
            if wording is not None and not again:
                visits.append(_Visit(wording, one.at))
        elif now is not None:
            _take(now, one)
    return [(one.wording, result) for one in visits if (result := one.counted()) is not None]


def _take(visit: _Visit, one: Happened) -> None:
    if one.kind in {Kind.CAME, Kind.MISSED}:
        visit.desk = one.kind
    elif one.kind in {Kind.SAID_WENT, Kind.SAID_MISSED}:
        visit.own = one.kind
    elif one.kind is Kind.UNDONE and one.detail in {Kind.CAME, Kind.MISSED}:
        visit.desk = None
    elif one.kind is Kind.CLINIC_FAILED:
        visit.failed = not_seen(one.detail)
    elif one.kind is Kind.UNDONE and one.detail == Kind.CLINIC_FAILED:
        visit.failed = False
    elif one.kind is Kind.DISPLACED and one.detail != _OF_A_CHILD and not visit.is_over:
        visit.displaced = True
    elif one.kind is Kind.DISPLACED_BACK:
        visit.displaced = False
    elif one.kind in {Kind.MOVED, Kind.CANCELLED} and not visit.is_over:
        visit.changed = True


def _wording(detail: str | None) -> Variant | None:
    """Read "visit-eve.a"; None for what is not part of the test."""
    kind, _, word = (detail or "").partition(".")
    return Variant(word) if kind in TESTED and word in set(Variant) else None
