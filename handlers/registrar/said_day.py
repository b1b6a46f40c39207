"""Read which day the desk wants to see, as people write it behind /today."""

from datetime import date, timedelta

from care.medicine_choices import read_day
from care.register import AHEAD, BACK
from care.typed import plain
from locales.catalogue import Words

_ONE = timedelta(days=1)


def said_day(words: Words, text: str, *, today: date) -> date | None:
    """Return the local day that somebody typed; None when it is none, or not one that the desk may see.

    In digits as everywhere (25.11, 25.11.2026, 2026-11-25; without a year the nearest), or as the buttons say
    it in any of our languages: tomorrow, завтра.
    """
    first, last = today - BACK, today + AHEAD
    found = read_day(text, today=first)
    if found is None:
        said = _folded(text)
        days = [first + number * _ONE for number in range((last - first).days + 1)]
        found = next((day for day in days if said in _written(words, day, today=today)), None)
    return found if found is not None and first <= found <= last else None


def _written(words: Words, day: date, *, today: date) -> set[str]:
    return {_folded(t.relative_day(day, today=today)) for t in words.values()}


def _folded(text: str) -> str:
    return " ".join(plain(text).casefold().rstrip(".").split())
