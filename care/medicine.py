"""Decide about reminders that somebody asked for: which come when, what an answer means, how the days went.

A plan is the person's own wish. It has up to four hours a day, of the night as well, on the clock of where
they are, and a last day that their doctor named. What was expected of a day is kept as its doses, so that a
change of the hours says nothing about the days before it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from care.booking import to_utc
from care.message_kinds import Kind
from care.reminders import Planned, is_quiet, local_minute

AHEAD = timedelta(days=4)  # so far reminders are planned: for so long the program may stand still
AT_NIGHT = timedelta(hours=3)  # of use for so long, where somebody chose an hour of the night
LATER = timedelta(hours=1)
MOST_LATER = 2  # times that a dose is asked for again
LATEST = time(20, 55)  # local: the last time that a dose is asked for again
SOONEST = timedelta(minutes=15)  # asked again sooner than that says nothing new
LAST_DAY_AT, LAST_DAY_UNTIL = time(19), time(21)
STOP_UNDONE = timedelta(days=1)
SAID_LATER = timedelta(days=1)  # after its own day a dose may still be spoken of
GOES_ON = timedelta(days=7)  # after the last day: the same plan can be given a later one


class Answer(StrEnum):
    """What is known of a dose."""

    ASKED = "asked"  # nothing yet
    TAKEN = "taken"
    LATER = "later"
    AGAIN = "later-again"
    PROBLEM = "problem"


class Trouble(StrEnum):
    """What is in the way, in one tap."""

    BREATH = "breath"  # swollen face, cannot breathe
    YELLOW = "yellow"  # eyes or skin; dark urine
    VOMITS = "vomits"  # or has no appetite
    SICK = "sick"  # mild
    SIGHT = "sight"
    RASH = "rash"
    FEVER = "fever"  # for three days
    BELLY = "belly"  # strong pain
    NUMB = "numb"  # or tingling hands or feet
    BLEEDS = "bleeds"  # easily
    JOINTS = "joints"
    DIZZY = "dizzy"  # or hears worse
    EMPTY = "empty"  # no pills left
    STOP = "stop"  # wants to stop
    OTHER = "other"


PRIVATE = frozenset(
    {Kind.DOSE, Kind.DOSES_MISSED, Kind.DOSE_END, Kind.CARE_EVE, Kind.CARE_SOON, Kind.CARE_AFTER}
)
"""Messages of which the team learns nothing: not that one was sent, and not that it may not have arrived."""

URGENT = frozenset({Trouble.YELLOW, Trouble.VOMITS, Trouble.SIGHT, Trouble.RASH}) | {
    Trouble.FEVER,
    Trouble.BELLY,
    Trouble.NUMB,
    Trouble.BLEEDS,
}
"""Signs of which the doctor must know the same day, before the next dose (CDC-TB101, see care/sources.py)."""

TOPIC: Mapping[Trouble, str] = {  # the answer that fits; of all others the one about side effects
    Trouble.BREATH: "emergency",
    Trouble.EMPTY: "missed-dose",
    Trouble.STOP: "stopping-early",
}
SIDE_EFFECTS = "side-effects"


@dataclass(frozen=True, slots=True, kw_only=True)
class DosePlan:
    """What somebody asked to be reminded of."""

    id: int  # random
    person_id: int
    times: tuple[time, ...]  # local, sorted
    weekdays: tuple[int, ...] = ()  # 0 = Monday; none: every day
    zone: str  # IANA name
    starts_on: date
    ends_on: date  # the last day
    paused_until: date | None = None  # the first day of reminders again
    word: bytes | None = None  # what a reminder says, sealed with the person's key; None: the drop
    created_at: datetime  # aware, UTC
    ended_at: datetime | None = None

    def today(self, now: datetime) -> date:
        """Return the day on the clock of the plan."""
        return now.astimezone(ZoneInfo(self.zone)).date()

    def has(self, day: date) -> bool:
        """Return whether reminders come on a day."""
        return (
            self.ended_at is None
            and self.starts_on <= day <= self.ends_on
            and (not self.weekdays or day.weekday() in self.weekdays)
            and (self.paused_until is None or day >= self.paused_until)
        )

    def is_over(self, now: datetime) -> bool:
        """Return whether the last day is over, so that no more reminders come."""
        return self.today(now) > self.ends_on

    def is_to_end(self, now: datetime) -> bool:
        """Return whether nothing can be said any more of the last day either."""
        return self.today(now) > self.ends_on + SAID_LATER

    def may_go_on(self, now: datetime) -> bool:
        """Return whether a plan that ended with its last day, some days ago, can be given a later one."""
        if self.ended_at is None or self.today(self.ended_at) <= self.ends_on:
            return False  # it goes on, or the person stopped it
        return self.today(now) <= self.ends_on + GOES_ON

    @property
    def ends_in_pause(self) -> bool:
        """Whether the last day lies in a pause, so that no reminder comes any more."""
        return self.paused_until is not None and self.paused_until > self.ends_on

    def is_paused(self, now: datetime) -> bool:
        """Return whether no reminders come for now, as the person wished."""
        return self.paused_until is not None and self.today(now) < self.paused_until


@dataclass(frozen=True, slots=True, order=True)
class Dose:
    """One hour of one day, and what is known of it."""

    day: date  # local
    hour: time  # local
    answer: Answer = Answer.ASKED


def moment(dose: Dose, zone: str) -> datetime:
    """Return when a dose is asked for (aware, UTC)."""
    return to_utc(datetime.combine(dose.day, dose.hour), zone)


def ahead(plan: DosePlan, *, now: datetime) -> tuple[Dose, ...]:
    """Return the doses from now to the end of the last day that reminders are planned for, soonest first."""
    today = plan.today(now)
    days = (today + timedelta(days=number) for number in range(AHEAD.days + 1))
    every = (Dose(day, hour) for day in days if plan.has(day) for hour in plan.times)
    return tuple(dose for dose in every if moment(dose, plan.zone) > now)


def useful_until(dose: Dose, times: Sequence[time], zone: str) -> datetime:
    """Return until when a reminder is of use (aware, UTC): before the next dose, and on the same day.

    Where a clock is set forward two hours of a day may fall together: none takes the other's place then.
    One of an hour that somebody chose at night is not sent late, when they may sleep.
    """
    at = moment(dose, zone)
    midnight = to_utc(datetime.combine(dose.day + timedelta(days=1), time(0)), zone)
    later = (moment(Dose(dose.day, hour), zone) for hour in times if hour > dose.hour)
    until = min([midnight, *(one for one in later if one > at)])
    return min(until, at + AT_NIGHT) if is_quiet(at, zone) else until


def key(plan_id: int, dose: Dose) -> str:
    """Return what makes the reminder of a dose one."""
    return f"{Kind.DOSE}:{plan_id}:{dose.day:%Y%m%d}:{dose.hour:%H%M}"


def again_key(plan_id: int, dose: Dose, nth: int) -> str:
    """Return the key of the `nth` reminder after 'later', from 1."""
    return f"{key(plan_id, dose)}:{nth}"


def keys(plan_id: int, dose: Dose) -> tuple[str, ...]:
    """Return the keys of all reminders that there may be of a dose."""
    again = (again_key(plan_id, dose, nth) for nth in range(1, MOST_LATER + 1))
    return (key(plan_id, dose), *again)


def reminder(plan: DosePlan, dose: Dose) -> Planned:
    """Plan the reminder of a dose; of the night only where the person chose that hour."""
    at = moment(dose, plan.zone)
    return _planned(plan, dose, at, key(plan.id, dose))


def again(plan: DosePlan, dose: Dose, nth: int, *, now: datetime) -> Planned | None:
    """Plan to ask once more after 'later': in an hour, in the evening sooner; None: not any more today.

    Never past 21:00, nor when the next dose comes first, nor more than twice.
    """
    latest = to_utc(datetime.combine(dose.day, LATEST), plan.zone)
    at = min(now + LATER, latest)
    until = useful_until(dose, plan.times, plan.zone)
    if nth > MOST_LATER or at < now + SOONEST or at >= until:
        return None
    return _planned(plan, dose, at, again_key(plan.id, dose, nth))


def _planned(plan: DosePlan, dose: Dose, at: datetime, its_key: str) -> Planned:
    said: dict[str, str | int] = {"plan": plan.id, "day": f"{dose.day:%Y%m%d}", "hour": f"{dose.hour:%H%M}"}
    chosen_at_night = is_quiet(moment(dose, plan.zone), plan.zone)
    return Planned(
        key=its_key,
        kind=Kind.DOSE,
        person_id=plan.person_id,
        due_at=at,
        useful_until=useful_until(dose, plan.times, plan.zone),
        local_due=local_minute(at, plan.zone),
        zone=plan.zone,
        params={**said, "urgent": 1} if chosen_at_night else said,
    )


def last_day(plan: DosePlan) -> Planned:
    """Plan the word on the last day, in its evening."""
    return Planned(
        key=last_day_key(plan),
        kind=Kind.DOSE_END,
        person_id=plan.person_id,
        due_at=to_utc(datetime.combine(plan.ends_on, LAST_DAY_AT), plan.zone),
        useful_until=to_utc(datetime.combine(plan.ends_on, LAST_DAY_UNTIL), plan.zone),
        local_due=f"{plan.ends_on}T{LAST_DAY_AT:%H:%M}",
        zone=plan.zone,
        params={"plan": plan.id},
    )


def last_day_key(plan: DosePlan) -> str:
    """Return what makes the word on the last day one."""
    return f"{Kind.DOSE_END}:{plan.id}:{plan.ends_on:%Y%m%d}"


def may_answer(dose: Dose, plan: DosePlan, *, now: datetime) -> bool:
    """Return whether somebody can say something of a dose: of today's and yesterday's."""
    return timedelta(0) <= plan.today(now) - dose.day <= SAID_LATER
