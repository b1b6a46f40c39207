"""Decide who is told, and when, that somebody of the team has not come back from where they are alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from care.message_kinds import Kind
from care.ownership import Colleague
from care.reminders import Planned
from care.roles import Role

DURATIONS = (30, 60, 120, 180)  # minutes
LONGER = timedelta(minutes=30)
LONGEST = timedelta(hours=8)  # in all: then it is a new visit
REMIND_BEFORE = timedelta(minutes=5)
ESCALATES_AFTER = timedelta(minutes=15)  # of the first alert
FORGOTTEN_AFTER = timedelta(hours=24)  # of the agreed end: everybody was told long ago
URGENT = {"urgent": 1}
_USEFUL_FOR = timedelta(hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoneVisit:
    """Somebody of the team is somewhere alone."""

    id: int
    staff_id: int
    person_id: int | None  # who it is; None: they are not remembered any more
    started_at: datetime  # aware, UTC
    ends_at: datetime  # aware, UTC: agreed to be back
    area_id: int | None = None  # of the site, else of the worker
    site_id: int | None = None
    alerted_at: datetime | None = None  # aware, UTC
    ended_at: datetime | None = None  # aware, UTC


def to_tell(team: Sequence[Colleague], visit: LoneVisit, *, cover_id: int | None) -> list[Colleague]:
    """Return whom to tell first: one on shift, the area's cover, another worker of the area, the office.

    Where nobody of them is on shift all of the office are told, and where there is no office everybody: an
    alarm that nobody hears is none.
    """
    others = [one for one in team if one.staff_id != visit.staff_id and one.person_id != visit.person_id]
    there = [one for one in others if one.on_shift and not one.away]
    stages = (
        [one for one in there if one.staff_id == cover_id],
        [one for one in there if one.role is Role.WORKER and one.area_id == visit.area_id is not None],
    )
    for found in stages:
        if found:
            return [min(found, key=lambda one: (one.open_referrals, one.since, one.staff_id))]
    office_there = [one for one in there if _office(one)]
    return _once(office_there or office(others) or others)


def office(team: Sequence[Colleague]) -> list[Colleague]:
    """Return all coordinators; where there are none, all administrators."""
    coordinators = [one for one in team if one.role is Role.COORDINATOR]
    return _once(coordinators or [one for one in team if one.role is Role.ADMIN])


def escalates_to(team: Sequence[Colleague], visit: LoneVisit) -> list[Colleague]:
    """Return who is told when nobody ended the visit after the first alert: the office, else everybody."""
    others = [one for one in team if one.staff_id != visit.staff_id and one.person_id != visit.person_id]
    return office(others) or _once(others)


def _office(one: Colleague) -> bool:
    return one.role in {Role.COORDINATOR, Role.ADMIN}


def _once(team: Sequence[Colleague]) -> list[Colleague]:
    """Return each person once, whatever roles they hold."""
    return list({one.person_id: one for one in reversed(team)}.values())[::-1]


def longer(visit: LoneVisit, *, now: datetime) -> datetime | None:
    """Return the new end (aware, UTC): half an hour after the old one, or after `now` when that is over.

    None where it would be longer than a day's work: then a new visit begins.
    """
    ends_at = max(visit.ends_at, now) + LONGER
    return ends_at if ends_at - visit.started_at <= LONGEST else None


def is_late(visit: LoneVisit, *, now: datetime) -> bool:
    """Return whether somebody should be back by now and did not say that they are."""
    return visit.ended_at is None and visit.ends_at <= now


def soon(visit: LoneVisit, person_id: int) -> Planned:
    """Remind the worker five minutes before the end, at night too."""
    return Planned(
        key=soon_key(visit.id),
        again=True,
        kind=Kind.LONE_SOON,
        person_id=person_id,
        due_at=visit.ends_at - REMIND_BEFORE,
        useful_until=visit.ends_at + _USEFUL_FOR,
        params={"visit": visit.id, **URGENT},
    )


def soon_key(visit_id: int) -> str:
    """Return the key of the reminder before the end: there is one at most."""
    return f"{Kind.LONE_SOON}:{visit_id}"


def late(visit: LoneVisit, person_id: int, *, now: datetime) -> Planned:
    """Tell a colleague, once for each agreed end, at night too."""
    return Planned(
        key=f"{late_key(visit)}{person_id}",
        kind=Kind.LONE_LATE,
        person_id=person_id,
        due_at=now,
        useful_until=now + _USEFUL_FOR,
        params={"visit": visit.id, **URGENT},
    )


def late_key(visit: LoneVisit) -> str:
    """Return how the keys of the alerts about one agreed end begin."""
    return f"{Kind.LONE_LATE}:{visit.id}:{int(visit.ends_at.timestamp())}:"


def well(visit: LoneVisit, person_id: int, *, now: datetime) -> Planned:
    """Tell who was alerted, or the worker when a colleague ended it, that all is well; at night too."""
    return Planned(
        key=f"{Kind.LONE_WELL}:{visit.id}:{int(visit.ends_at.timestamp())}:{person_id}",
        kind=Kind.LONE_WELL,
        person_id=person_id,
        due_at=now,
        useful_until=now + _USEFUL_FOR,
        params={"visit": visit.id, **URGENT},
    )
