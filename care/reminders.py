"""Decide which messages are due later, when, and how long they stay useful.

Reminders help people to keep appointments, so each visit has up to three messages, and none of them at night.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum
from zoneinfo import ZoneInfo

from care.message_kinds import Kind


class Lane(IntEnum):
    """Who goes first when not everything can go at once."""

    REPLY = 0  # somebody waits for it
    NOTICE = 1  # reminders, notices to staff
    BROADCAST = 2  # at most 25 a second


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A message to be sent later."""

    key: str  # what makes it one: a second one with the same key is not made
    again: bool = False  # unless it says so, and the first one is over
    kind: Kind
    person_id: int
    due_at: datetime  # aware, UTC
    useful_until: datetime  # aware, UTC: after this it is not sent any more
    lane: Lane = Lane.NOTICE
    local_due: str | None = None  # "2026-11-24T18:00" where the hour on the clock is what counts
    zone: str | None = None  # IANA name of that clock
    booking_id: int | None = None  # with it the message is cancelled
    params: Mapping[str, str | int] = field(default_factory=dict)  # ids and closed words only


QUIET_FROM = time(21)  # local: from here on nothing is sent that can wait …
QUIET_UNTIL = time(8)  # … until here
EVE_AT = time(18)
SOON = timedelta(hours=2)
SOONEST = timedelta(hours=1)  # after a booking: a reminder that would come sooner says nothing new
AFTER_AT = time(19)  # a visit is asked about at this hour …
AFTER_END = timedelta(hours=1)  # … and not sooner after its end than this: after a late one, the next day
AFTER_NEXT_DAY_AT = time(10)
AFTER_USEFUL = timedelta(days=3)
VISIT_TAKES = timedelta(hours=1)
RECHECK_AT = time(10)
RECHECK_USEFUL = timedelta(days=7)
NUDGE_AFTER = timedelta(hours=2)
NUDGE_USEFUL = timedelta(days=1)
ANSWER_AFTER = timedelta(minutes=10)  # a coordinator may take the decision back meanwhile
ANSWER_USEFUL = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours in which nothing is sent that can wait, on the local clock; alike ones are no hours."""

    begins: time = QUIET_FROM
    ends: time = QUIET_UNTIL  # before `begins`: of the next day


NIGHT = Quiet()  # of everybody who chose no hours of their own


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What reminders need to know of a booking."""

    booking_id: int
    person_id: int
    starts_at: datetime  # aware, UTC
    zone: str  # IANA name, of the clinic


def is_quiet(at: datetime, zone: str, *, quiet: Quiet | None = None) -> bool:
    """Return whether `at` lies in the quiet hours, else between 21:00 and 08:00, on the clock of `zone`."""
    local, hours = at.astimezone(ZoneInfo(zone)).time(), quiet or NIGHT
    if hours.begins <= hours.ends:
        return hours.begins <= local < hours.ends
    return local >= hours.begins or local < hours.ends


def is_urgent(params: Mapping[str, str | int], *, now: datetime | None = None) -> bool:
    """Return whether a message may come at night: whoever plans it says so with the parameter `urgent`.

    With `urgent_from` and `urgent_until` (seconds since 1970) it may do so at a `now` (aware) between them.
    """
    begins, ends = params.get("urgent_from"), params.get("urgent_until")
    if now is None or begins is None or ends is None:
        return bool(params.get("urgent"))
    return int(begins) <= now.timestamp() < int(ends)


def next_allowed(at: datetime, zone: str, *, urgent: bool = False, quiet: Quiet | None = None) -> datetime:
    """Return `at`, or the end of the quiet hours (aware, UTC) when `at` lies in them: else 08:00 local."""
    if urgent or not is_quiet(at, zone, quiet=quiet):
        return at
    local, ends = at.astimezone(ZoneInfo(zone)), (quiet or NIGHT).ends
    day = local.date() if local.time() < ends else local.date() + timedelta(days=1)
    return _at(day, ends, zone)


def _at(day: date, hour: time, zone: str) -> datetime:
    """Return an hour on the clock of `zone` as aware UTC."""
    return datetime.combine(day, hour, ZoneInfo(zone)).astimezone(UTC)


def visit_reminders(visit: Visit, *, now: datetime) -> Sequence[Planned]:
    """Return the messages of a visit booked now, soonest first.

    A message that would come within an hour of the booking, at night or after its use is left out: the
    evening before is enough for somebody whose 'two hours before' is at half past six.
    """
    planned = [rule(visit) for rule in VISIT_RULES]
    return [one for one in planned if one.due_at >= now + SOONEST and not is_quiet(one.due_at, visit.zone)]


def visit_eve(visit: Visit) -> Planned:
    """Remind at 18:00 on the day before; of use until the visit begins."""
    return _for_visit(
        Kind.VISIT_EVE, visit, _at(_day(visit) - timedelta(days=1), EVE_AT, visit.zone), visit.starts_at
    )


def visit_soon(visit: Visit) -> Planned:
    """Remind two hours before; of use until the visit begins."""
    return _for_visit(Kind.VISIT_SOON, visit, visit.starts_at - SOON, visit.starts_at)


def visit_after(visit: Visit) -> Planned:
    """Ask the same evening whether the person went: at 19:00, or an hour after the visit when that is later.

    Where the night has begun by then, at 10:00 the next day.
    """
    day = _day(visit)
    at = max(_at(day, AFTER_AT, visit.zone), visit.starts_at + VISIT_TAKES + AFTER_END)
    if at >= _at(day, QUIET_FROM, visit.zone):
        at = _at(day + timedelta(days=1), AFTER_NEXT_DAY_AT, visit.zone)
    return _for_visit(Kind.VISIT_AFTER, visit, at, at + AFTER_USEFUL)


VISIT_RULES: tuple[Callable[[Visit], Planned], ...] = (visit_eve, visit_soon, visit_after)


def _day(visit: Visit) -> date:
    return visit.starts_at.astimezone(ZoneInfo(visit.zone)).date()


def _for_visit(kind: Kind, visit: Visit, at: datetime, useful_until: datetime) -> Planned:
    return Planned(
        key=f"{kind}:{visit.booking_id}",
        kind=kind,
        person_id=visit.person_id,
        due_at=at,
        useful_until=useful_until,
        local_due=local_minute(at, visit.zone),
        zone=visit.zone,
        booking_id=visit.booking_id,
    )


def local_minute(at: datetime, zone: str) -> str:
    """Return an instant as the minute on the clock of `zone`: "2026-11-24T18:00"."""
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")


def recheck(person_id: int, day: date, *, zone: str) -> Planned:
    """Ask again at 10:00 on the day that `care.symptoms` names after a check that said 'watch'."""
    at = _at(day, RECHECK_AT, zone)
    return Planned(
        key=recheck_key(person_id),
        again=True,
        kind=Kind.RECHECK,
        person_id=person_id,
        due_at=at,
        useful_until=at + RECHECK_USEFUL,
        local_due=local_minute(at, zone),
        zone=zone,
    )


def nudge(person_id: int, *, now: datetime, zone: str) -> Planned:
    """Ask two hours after a booking was left half-way, by day, and only within that day and night."""
    at = next_allowed(now + NUDGE_AFTER, zone)
    return Planned(
        key=nudge_key(person_id),
        again=True,
        kind=Kind.NUDGE,
        person_id=person_id,
        due_at=at,
        useful_until=at + NUDGE_USEFUL,
        local_due=local_minute(at, zone),
        zone=zone,
    )


def recheck_key(person_id: int) -> str:
    """Return the key of a person's next symptom check: there is one at most."""
    return f"{Kind.RECHECK}:{person_id}"


def nudge_key(person_id: int) -> str:
    """Return the key of a person's nudge: there is one at most."""
    return f"{Kind.NUDGE}:{person_id}"


def answered(waiting_id: int, person_id: int, *, now: datetime) -> Planned:
    """Tell somebody who waits that there is an answer: ten minutes after it was found, and by day."""
    return Planned(
        key=answer_key(waiting_id),
        kind=Kind.ANSWERED,
        person_id=person_id,
        due_at=now + ANSWER_AFTER,
        useful_until=now + ANSWER_USEFUL,
        params={"waiting": waiting_id},
    )


def answer_key(waiting_id: int) -> str:
    """Return the key of the message to somebody who waits for an answer."""
    return f"{Kind.ANSWERED}:{waiting_id}"


def unknown(row_id: int, staff_person_id: int, kind: Kind, about: int, *, now: datetime) -> Planned:
    """Tell staff that a message may not have arrived: `kind`, to the person `about`."""
    return Planned(
        key=f"{Kind.UNKNOWN}:{row_id}:{staff_person_id}",
        kind=Kind.UNKNOWN,
        person_id=staff_person_id,
        due_at=now,
        useful_until=now + timedelta(days=2),
        params={"kind": kind.value, "person": about},
    )


def fault(staff_person_id: int, *, now: datetime) -> Planned:
    """Tell staff that a message could not be handled: one notice for all of an hour."""
    return Planned(
        key=f"{Kind.FAULT}:{staff_person_id}:{now.astimezone(UTC):%Y%m%d%H}",
        kind=Kind.FAULT,
        person_id=staff_person_id,
        due_at=now,
        useful_until=now + timedelta(days=2),
    )


def stale_answers(staff_person_id: int, *, now: datetime) -> Planned:
    """Tell staff that answers about law were not checked for long: once in a week of the calendar."""
    return Planned(
        key=f"{Kind.STALE}:{staff_person_id}:{now.astimezone(UTC):%G-%V}",
        kind=Kind.STALE,
        person_id=staff_person_id,
        due_at=now,
        useful_until=now + timedelta(days=6),
    )
