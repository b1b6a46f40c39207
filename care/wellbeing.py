"""Care for the worker: quiet hours, how much they carry beside the others, and how they are.

What a worker answers is theirs. The office sees averages only, of weeks that are over, of at least five
people, and never so that one answer follows from them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from care.message_kinds import Kind
from care.reminders import Planned, Quiet, local_minute, next_allowed

QUESTIONS = ("rest", "work", "support")  # each answered with 1, 2 or 3; 3 is good
FACES = (1, 2, 3)
LEAST_ANSWERS = 5  # in one week, before an average of it is shown
LEAST_WORKERS = 3  # before a median is shown: of two, it would be the other one
WEEKS_SHOWN = 8  # to the worker
WEEKS_OF_TEAM = 4  # to the office
CLOSES_AFTER = timedelta(days=8)  # a day after its Sunday a week is over in every zone
LOWEST, HIGHEST = 1.2, 2.8  # an average beyond these would say what everybody answered
ASKED_ON, ASKED_AT = 4, time(17)  # Friday, on the worker's clock
NIGHTS = (  # what a worker may choose from; the first is what holds where nothing was chosen
    Quiet(time(21), time(8)),
    Quiet(time(20), time(8)),
    Quiet(time(19), time(9)),
    Quiet(time(22), time(7)),
    Quiet(time(23), time(9)),
    Quiet(time(8), time(16)),  # for who works at night
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How much somebody carries."""

    people: int = 0  # open referrals
    tasks: int = 0  # open ones
    done: int = 0  # tasks of the last seven days


def medians(loads: Sequence[Load]) -> Load | None:
    """Return the middle of the team, each number by itself, or None where it would show single people."""
    if len(loads) < LEAST_WORKERS:
        return None
    return Load(
        people=_middle(one.people for one in loads),
        tasks=_middle(one.tasks for one in loads),
        done=_middle(one.done for one in loads),
    )


def _middle(numbers: Iterable[int]) -> int:
    return round(median(numbers))


def week_of(day: date) -> str:
    """Return the week of a day as it is kept: "2026-W47" (ISO 8601)."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def weeks_before(day: date, number: int) -> list[str]:
    """Return the week of a day and those before it, the newest first."""
    return [week_of(day - timedelta(weeks=back)) for back in range(number)]


def closed_weeks(now: datetime) -> list[str]:
    """Return the last weeks that nobody can answer for any more, wherever they are; the newest first."""
    return weeks_before((now.astimezone(UTC) - CLOSES_AFTER).date(), WEEKS_OF_TEAM)


def answers_in(typed: str | None) -> dict[str, int] | None:
    """Return the answers given so far: "31" is a 3 to the first question and a 1 to the second.

    None where they are none of ours.
    """
    given = typed or ""
    if len(given) > len(QUESTIONS) or any(one not in "123" for one in given):
        return None
    return {question: int(one) for question, one in zip(QUESTIONS, given, strict=False)}


def average(answers: Sequence[int]) -> float | None:
    """Return the average of the answers to one question, to one decimal; None for less than five.

    Where all are alike an average would say what each one answered, so it stays within 1.2 and 2.8.
    """
    if len(answers) < LEAST_ANSWERS:
        return None
    return round(min(max(sum(answers) / len(answers), LOWEST), HIGHEST), 1)


def averages(given: Iterable[Mapping[str, int]]) -> dict[str, float] | None:
    """Return the average of each question in one week, or None where not enough people answered.

    There is no part of a team and no count: whoever is one answer more or less cannot be told from them.
    """
    every = list(given)
    found = {name: average([one[name] for one in every if name in one]) for name in QUESTIONS}
    known = {name: value for name, value in found.items() if value is not None}
    return known if len(known) == len(QUESTIONS) else None


def ask(staff_id: int, person_id: int, *, zone: str, now: datetime, quiet: Quiet | None = None) -> Planned:
    """Ask at 17:00 on the Friday of this week, or once their quiet hours are over; of use until Sunday."""
    today = now.astimezone(ZoneInfo(zone)).date()
    friday = today + timedelta(days=ASKED_ON - today.weekday())
    at = next_allowed(_at(friday, ASKED_AT, zone), zone, quiet=quiet)
    return Planned(
        key=f"{Kind.MOOD}:{staff_id}:{week_of(friday)}",
        kind=Kind.MOOD,
        person_id=person_id,
        due_at=at,
        useful_until=_at(friday + timedelta(days=3), time(0), zone),
        local_due=local_minute(at, zone),
        zone=zone,
        params={"staff": staff_id, "week": week_of(friday)},
    )


def _at(day: date, hour: time, zone: str) -> datetime:
    return datetime.combine(day, hour, ZoneInfo(zone)).astimezone(UTC)
