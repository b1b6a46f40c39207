"""Decide when somebody of the team is there: weekly hours on the clock of their area, 'here', 'away'.

Who set no hours is there from 09:00 to 21:00, like the promises of `care.talk`.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from care.talk import CLOSES, OPENS

WEEK = 7
LOOK_AHEAD = timedelta(days=14)  # further than that nobody is told 'then somebody is there'


@dataclass(frozen=True, slots=True, order=True)
class Hours:
    """One span of a week, on the local clock; it ends on the day it began."""

    weekday: int  # 0 = Monday
    starts: time
    ends: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When somebody works."""

    zone: str  # IANA name of the clock of their area
    hours: tuple[Hours, ...] = ()  # none: every day from 09:00 to 21:00
    here_until: datetime | None = None  # aware, UTC: said 'I am here'
    away_until: datetime | None = None  # aware, UTC: said 'I am away'


def week(schedule: Schedule) -> tuple[Hours, ...]:
    """Return the weekly hours, those that hold where none were set included, in order."""
    return tuple(sorted(schedule.hours)) or tuple(Hours(day, OPENS, CLOSES) for day in range(WEEK))


def runs(schedule: Schedule) -> list[tuple[int, int, tuple[tuple[time, time], ...]]]:
    """Return days in a row with the same hours: the first and last weekday, and the spans of each."""
    found: list[tuple[int, int, tuple[tuple[time, time], ...]]] = []
    for day in range(WEEK):
        spans = tuple((one.starts, one.ends) for one in week(schedule) if one.weekday == day)
        if found and found[-1][1] == day - 1 and found[-1][2] == spans:
            found[-1] = (found[-1][0], day, spans)
        elif spans:
            found.append((day, day, spans))
    return found


def is_away(schedule: Schedule, *, now: datetime) -> bool:
    """Return whether somebody is on holiday or ill at `now` (aware)."""
    return schedule.away_until is not None and now < schedule.away_until


def on_shift(schedule: Schedule, *, now: datetime) -> bool:
    """Return whether somebody is there at `now` (aware): 'away' wins over 'here', and both over the hours."""
    if is_away(schedule, now=now):
        return False
    if schedule.here_until is not None and now < schedule.here_until:
        return True
    local = now.astimezone(ZoneInfo(schedule.zone))
    return any(
        one.weekday == local.weekday() and one.starts <= local.time() < one.ends for one in week(schedule)
    )


def next_shift(schedule: Schedule, *, now: datetime) -> datetime | None:
    """Return when somebody is there next (aware, UTC): `now` when they are; None within two weeks never.

    An hour that the clock skips in spring begins as much later; one that comes twice in autumn is two.
    """
    if on_shift(schedule, now=now):
        return now
    after = max(now, schedule.away_until) if schedule.away_until else now
    found = after if on_shift(schedule, now=after) else _next_begin(schedule, after=after)
    return found if found is not None and found <= now + LOOK_AHEAD else None


def _next_begin(schedule: Schedule, *, after: datetime) -> datetime | None:
    zone = ZoneInfo(schedule.zone)
    first = after.astimezone(zone).date()
    days = [first + timedelta(days=number) for number in range(LOOK_AHEAD.days + 1)]
    begins = [
        moment
        for day in days
        for one in week(schedule)
        if one.weekday == day.weekday()
        for moment in _at(day, one.starts, zone)
        if moment > after and on_shift(schedule, now=moment)
    ]
    return min(begins, default=None)


def there_until(schedule: Schedule, *, now: datetime) -> datetime | None:
    """Return until when somebody who is there at `now` stays (aware, UTC); None when they are not there."""
    if not on_shift(schedule, now=now):
        return None
    zone = ZoneInfo(schedule.zone)
    local = now.astimezone(zone)
    ends = [
        max(_at(local.date(), one.ends, zone))
        for one in week(schedule)
        if one.weekday == local.weekday() and one.starts <= local.time() < one.ends
    ]
    said = [schedule.here_until] if schedule.here_until is not None and now < schedule.here_until else []
    return max([*ends, *said])


def with_day(schedule: Schedule, weekday: int, span: tuple[time, time] | None) -> tuple[Hours, ...]:
    """Return the weekly hours with other ones on one day; None: no work on that day."""
    kept = [one for one in week(schedule) if one.weekday != weekday]
    return tuple(sorted([*kept, *([Hours(weekday, *span)] if span else [])]))


def same_every_day(schedule: Schedule, span: tuple[time, time]) -> tuple[Hours, ...]:
    """Return the weekly hours with the same ones on every working day."""
    return tuple(Hours(day, *span) for day in sorted({one.weekday for one in week(schedule)}))


def _at(day: date, hour: time, zone: ZoneInfo) -> list[datetime]:
    """Return the instants (UTC) at which a clock shows an hour: two on the night when it is set back."""
    local = datetime.combine(day, hour, zone)
    return sorted({local.replace(fold=fold).astimezone(UTC) for fold in (0, 1)})
