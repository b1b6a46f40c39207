"""Read from the buttons what the desk of a clinic has chosen to close so far."""

from dataclasses import dataclass
from datetime import date, timedelta

from care.booking import AHEAD_DAYS, parse_day, to_local
from care.closing import PLACES, all_day
from care.directory import Clinic, Closure, ClosureKind
from handlers import chosen
from handlers.turn import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the desk has chosen so far."""

    day: date | None = None  # local
    what: str | None = None  # a: all day, n: from now on, d: X-ray, f: fewer
    until: date | None = None  # last day of a broken X-ray
    places: int | None = None  # how many people fewer


def choice_of(turn: Turn, clinic: Clinic) -> Choice:
    """Read what was chosen so far; what makes no sense counts as not chosen."""
    today = to_local(turn.now, clinic.timezone).date()
    day = chosen.day(turn, 1)
    if day is None or not today <= day <= today + timedelta(days=AHEAD_DAYS):
        return Choice()
    what = chosen.word(turn, 2)
    if what not in {"a", "n", "d", "f"} or (what == "n" and day != today):
        return Choice(day=day)
    until = parse_day(chosen.word(turn, 3)) if what == "d" else None
    if until is not None and not day <= until <= day + timedelta(days=AHEAD_DAYS):
        until = None
    number = chosen.number(turn, 3) if what == "f" else None
    return Choice(day=day, what=what, until=until, places=number if number in PLACES else None)


def closure_of(turn: Turn, clinic: Clinic, choice: Choice, closure_id: int) -> Closure | None:
    """Return what the choice closes; None while something is not chosen, or it lies behind."""
    if choice.day is None or choice.what is None:
        return None
    local = to_local(turn.now, clinic.timezone).replace(second=0, microsecond=0)
    begun = choice.day == local.date()
    whole = all_day(choice.day, closure_id=closure_id, kind=ClosureKind.CLOSED)
    if choice.what == "a":
        return whole
    if choice.what == "n":
        return Closure(id=closure_id, kind=ClosureKind.CLOSED, begins=local, ends=whole.ends)
    if choice.what == "f":
        if choice.places is None:
            return None
        fewer = ClosureKind.FEWER
        return Closure(id=closure_id, kind=fewer, begins=whole.begins, ends=whole.ends, places=choice.places)
    if choice.until is None:
        return None
    down = all_day(choice.day, closure_id=closure_id, until=choice.until, kind=ClosureKind.DOWN)
    begins = local if begun else down.begins
    return Closure(id=closure_id, kind=ClosureKind.DOWN, begins=begins, ends=down.ends)
