"""Word what a clinic says of a day: for the screens of its desk."""

from datetime import date, timedelta

from care.closing import all_day
from care.directory import Clinic, Closure, ClosureKind
from locales.catalogue import Html, Locale
from storage.closures import Said


def said_of(t: Locale, closure: Closure) -> str:
    """Return what a closure says, short and plain: for a button, and in a text."""
    day, last = closure.begins.date(), (closure.ends - timedelta(minutes=1)).date()
    if closure.kind is ClosureKind.GONE:
        return t.label("from {day}: not in the directory", day=t.day(day))
    if closure.kind is ClosureKind.FEWER:
        return t.label("{day}: {n} fewer", day=t.day(day), n=closure.places or 0)
    if closure.kind is ClosureKind.DOWN:
        if last == day:
            return t.label("{day}: no X-ray", day=t.day(day))
        return t.label("{day} - {last}: no X-ray", day=t.day(day), last=t.day(last))
    if closure.begins.hour or closure.begins.minute:
        return t.label("{day}: closed from {time}", day=t.day(day), time=t.time(closure.begins))
    return t.label("{day}: closed", day=t.day(day))


def shut_on(t: Locale, clinic: Clinic, day: date) -> str:
    """Return what is said of a local day, plain, by the desk or the directory; "" when all is as usual."""
    said = [
        said_of(t, one)
        for one in sorted(clinic.closures, key=lambda one: (one.begins, one.id))
        if one.begins.date() <= day <= (one.ends - timedelta(minutes=1)).date()
    ]
    if any(one.day == day for one in clinic.closed_days):
        said.append(said_of(t, all_day(day, closure_id=0, kind=ClosureKind.CLOSED)))
    return " · ".join(dict.fromkeys(said))


def summary(t: Locale, said: Said) -> str:
    """Return a closure in one line, with how many people it concerned, HTML."""
    line = t("• {what}", what=said_of(t, said.closure))
    if not said.people:
        return line
    people = t.many("{n} person told", "{n} people told", said.people)
    return Html(f"{line} · {people}")
