"""Decide how the days of a plan went: days in a row, a calendar, and that nothing was taken for two days."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from care.booking import to_utc
from care.medicine import Answer, Dose, DosePlan
from care.message_kinds import Kind
from care.reminders import Planned

MISSED_DAYS = 2  # in a row without any dose taken
MISSED_LATELY = timedelta(days=15)  # older days are not spoken of: somebody was away
TOLD_FROM, TOLD_UNTIL = time(10), time(20)  # local: when somebody is asked what is in the way
SHOWN = 14  # days of the calendar


class Mark(StrEnum):
    """How a day of the calendar went."""

    TAKEN = "taken"
    WAITING = "waiting"  # today, and not all yet
    NOT_ALL = "not-all"
    NONE = "none"  # a pause: no reminders
    FREE = "free"  # no day of the plan


def by_day(doses: Iterable[Dose]) -> dict[date, list[Dose]]:
    """Return doses by their day, both sorted."""
    found: dict[date, list[Dose]] = defaultdict(list)
    for dose in sorted(doses):
        found[dose.day].append(dose)
    return dict(found)


def streak(doses: Iterable[Dose], *, today: date) -> int:
    """Return on how many days in a row all doses were taken: a pause does not break it, nor does today."""
    days, count = by_day(dose for dose in doses if dose.day <= today), 0
    for day in sorted(days, reverse=True):
        if _all_taken(days[day]):
            count += 1
        elif day != today:
            break
    return count


def calendar(plan: DosePlan, doses: Iterable[Dose], *, today: date) -> tuple[tuple[date, Mark], ...]:
    """Return a mark for each of the last days of a plan, the oldest first."""
    days = by_day(doses)
    first = max(plan.starts_on, today - timedelta(days=SHOWN - 1))
    span = [first + timedelta(days=number) for number in range((today - first).days + 1)]
    return tuple((day, _mark(plan, days.get(day, ()), day, today)) for day in span)


def _mark(plan: DosePlan, doses: Sequence[Dose], day: date, today: date) -> Mark:
    if not doses:
        return Mark.FREE if plan.weekdays and day.weekday() not in plan.weekdays else Mark.NONE
    if _all_taken(doses):
        return Mark.TAKEN
    return Mark.WAITING if day == today else Mark.NOT_ALL


def _all_taken(doses: Iterable[Dose]) -> bool:
    return all(dose.answer is Answer.TAKEN for dose in doses)


def missed_since(doses: Iterable[Dose], *, today: date) -> date | None:
    """Return since when nothing was taken, when that is two days of the plan or more; else None.

    Whoever has taken something today has come back.
    """
    days = by_day(dose for dose in doses if dose.day <= today)
    if _any_taken(days.pop(today, ())):
        return None
    gap: list[date] = []
    for day in sorted(days, reverse=True):
        if _any_taken(days[day]):
            break
        gap.append(day)
    if len(gap) < MISSED_DAYS or today - gap[0] > MISSED_LATELY:
        return None
    return gap[-1]


def _any_taken(doses: Iterable[Dose]) -> bool:
    return any(dose.answer is Answer.TAKEN for dose in doses)


def asks_what_is_in_the_way(plan: DosePlan, since: date, *, now: datetime) -> Planned | None:
    """Plan the kind question after two days, once for each gap and by day; None: not at this hour."""
    local = now.astimezone(ZoneInfo(plan.zone))
    silent = plan.is_paused(now) or plan.is_over(now) or plan.ended_at is not None
    if silent or not TOLD_FROM <= local.time() < TOLD_UNTIL:
        return None
    return Planned(
        key=f"{Kind.DOSES_MISSED}:{plan.id}:{since:%Y%m%d}",
        kind=Kind.DOSES_MISSED,
        person_id=plan.person_id,
        due_at=now,
        useful_until=to_utc(datetime.combine(local.date(), TOLD_UNTIL), plan.zone),
        zone=plan.zone,
        params={"plan": plan.id},
    )
