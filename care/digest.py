"""Decide when somebody of the team is told in the morning what the day brings, and to whom what is late
climbs.

One message a day at most, at the hour that they chose, and only on a day on which they work.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from care.message_kinds import Kind
from care.ownership import Colleague
from care.reminders import QUIET_FROM, QUIET_UNTIL, Planned, local_minute
from care.roles import Role
from care.shift import Schedule, is_away, next_shift, on_shift, week

USUAL = time(9)  # local
NONE = "-"
HOURS = tuple(time(hour) for hour in (8, 9, 10, 11, 12, 14, 16, 18))  # that can be chosen: none at night
USEFUL = timedelta(hours=8)
GATHERS = timedelta(minutes=10)  # what becomes late meanwhile comes in one message


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Somebody who may get a message in the morning."""

    staff_id: int
    person_id: int
    schedule: Schedule
    chosen: str | None = None  # "08:30" local; None: nine o'clock; "-": none


def hour_of(chosen: str | None) -> time | None:
    """Return the hour that was chosen, or None for no message; what cannot be read is nine o'clock."""
    if chosen == NONE:
        return None
    try:
        hour = time.fromisoformat(chosen) if chosen else USUAL
    except ValueError:
        return USUAL
    return hour if QUIET_UNTIL <= hour < QUIET_FROM else USUAL


def works_on(schedule: Schedule, day: date, *, at: datetime) -> bool:
    """Return whether somebody works on a day of their own clock; `at` (aware) is the moment to be told."""
    if is_away(schedule, now=at):
        return False
    return on_shift(schedule, now=at) or any(one.weekday == day.weekday() for one in week(schedule))


def digest(reader: Reader, *, now: datetime) -> Planned | None:
    """Return today's message when its hour has come, or None: not yet, not today, or not any more."""
    hour = hour_of(reader.chosen)
    if hour is None:
        return None
    zone = ZoneInfo(reader.schedule.zone)
    day = now.astimezone(zone).date()
    at = datetime.combine(day, hour, zone).astimezone(UTC)
    until = min(at + USEFUL, datetime.combine(day, QUIET_FROM, zone).astimezone(UTC))
    if not at <= now < until or not works_on(reader.schedule, day, at=at):
        return None
    return Planned(
        key=digest_key(reader.staff_id, day),
        kind=Kind.DIGEST,
        person_id=reader.person_id,
        due_at=at,
        useful_until=until,
        local_due=local_minute(at, reader.schedule.zone),
        zone=reader.schedule.zone,
        params={"staff": reader.staff_id},
    )


def digest_key(staff_id: int, day: date) -> str:
    """Return the key of somebody's message of a day: there is one at most."""
    return f"{Kind.DIGEST}:{staff_id}:{day:%Y%m%d}"


def climbs_to(
    office: Sequence[tuple[Colleague, Schedule]],
    *,
    owner_id: int | None,
    organisation_id: int | None,
    now: datetime,
) -> tuple[Colleague, datetime] | None:
    """Return which coordinator is told of what is late, and when they are there next (aware, UTC).

    One of the owner's organisation comes first, then who is there soonest; an admin where there is no
    coordinator; never the owner, and no coordinator of another organisation. None when nobody will be there:
    it is asked again.
    """
    organisations = {None, organisation_id}
    able = [
        (colleague, at)
        for colleague, schedule in office
        if colleague.role in {Role.COORDINATOR, Role.ADMIN}
        and colleague.staff_id != owner_id
        and (organisation_id is None or _may_know(colleague, organisations))
        and (at := next_shift(schedule, now=now)) is not None
    ]
    return min(
        able,
        key=lambda one: (
            one[0].role is Role.ADMIN,
            one[0].organisation_id != organisation_id,
            one[1],
            one[0].since,
            one[0].staff_id,
        ),
        default=None,
    )


def _may_know(colleague: Colleague, organisations: set[int | None]) -> bool:
    return colleague.role is Role.ADMIN or colleague.organisation_id in organisations


def late(person_id: int, *, at: datetime, zone: str) -> Planned:
    """Tell a coordinator of what is late: one message for all of ten minutes, once they are over."""
    step = int(GATHERS.total_seconds())
    over = datetime.fromtimestamp((int(at.timestamp()) // step + 1) * step, UTC)
    return Planned(
        key=f"{Kind.LATE}:{person_id}:{over:%Y%m%d%H%M}",
        kind=Kind.LATE,
        person_id=person_id,
        due_at=over,
        useful_until=over + timedelta(days=2),
        zone=zone,
    )


def told(task_id: int, person_id: int, *, at: datetime, now: datetime, zone: str) -> Planned:
    """Tell the owner of a task that has just come and cannot wait for the morning."""
    return Planned(
        key=f"{Kind.TASK}:{task_id}:{now.astimezone(UTC):%Y%m%d%H%M}",
        kind=Kind.TASK,
        person_id=person_id,
        due_at=at,
        useful_until=at + timedelta(days=2),
        zone=zone,
        params={"task": task_id},
    )


def not_examined(task_id: int, person_id: int, *, now: datetime, zone: str) -> Planned:
    """Ask the person, by day, how to help them to the clinic; never for what."""
    return Planned(
        key=f"{Kind.NOT_EXAMINED}:{task_id}",
        kind=Kind.NOT_EXAMINED,
        person_id=person_id,
        due_at=now,
        useful_until=now + timedelta(days=3),
        zone=zone,
        params={"task": task_id},
    )
