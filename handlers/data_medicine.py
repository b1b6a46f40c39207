"""Write what is kept of somebody's own plan for /mydata: the plan, the last answers, the visits beside it."""

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping

from care.absence import Said
from care.care_visits import What
from care.medicine import Answer
from handlers.care_visits import SAID, WHAT
from handlers.data_words import named
from handlers.medicine_words import full_day, hours, weekdays
from locales.catalogue import N_, Locale
from storage.kept import Kept

SPOKEN: Mapping[str, str] = {
    Answer.TAKEN: N_("taken"),
    Answer.LATER: N_("later"),
    Answer.AGAIN: N_("later"),
    Answer.PROBLEM: N_("a problem"),
}


def as_lines(t: Locale, kept: Kept, _: ZoneInfo) -> Iterable[str]:
    """Return lines of plain text; none where nothing is kept."""
    found = kept.medicine
    if found.plans:
        yield t.label("YOUR OWN PLAN OF REMINDERS (ONLY YOU SEE IT)")
        yield from (_plan(t, plan) for plan in found.plans)
    for dose in found.doses:
        at = f"{full_day(dose['day'])}, {dose['hour']}"
        yield t.label("{time}: {state}", time=at, state=named(t, SPOKEN, dose["answer"]))
    if found.visits:
        yield t.label("VISITS THAT YOU NOTED")
        yield from (_visit(t, visit) for visit in found.visits)


def _plan(t: Locale, plan: RowMapping) -> str:
    times = hours(t, [time.fromisoformat(hour) for hour in plan["times"]])
    marks = [
        t.label("paused until {day}", day=full_day(plan["paused_until"])) if plan["paused_until"] else "",
        t.label("your own word: encrypted") if plan["word"] else "",
        t.label("it is over") if plan["ended_at"] else "",
    ]
    span = f"{full_day(plan['starts_on'])} - {full_day(plan['ends_on'])}"
    days = weekdays(t, plan["weekdays"])
    return "; ".join([span, f"{times}, {days}", *(mark for mark in marks if mark)])


def _visit(t: Locale, visit: RowMapping) -> str:
    local = datetime.fromisoformat(visit["local_start"])
    marks = [
        t.label(SAID[Said(visit["said"])]) if visit["said"] else "",
        t.label("cancelled") if visit["ended_at"] else "",
    ]
    at = f"{full_day(local.date())}, {t.time(local)}"
    return "; ".join([at, t.label(WHAT[What(visit["kind"])]), *(mark for mark in marks if mark)])
