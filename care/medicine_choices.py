"""Read what somebody chose or typed for their plan: hours, days of the week, the last day, their own word."""

import re
import unicodedata
from datetime import date, time, timedelta

from care.typed import plain

MOST_TIMES = 3  # a day
MOST_WORD = 40  # characters of one's own word
HOURS = range(5, 24)  # on the clock: what may be chosen
MONTHS = (1, 3, 4, 6, 9, 12, 18)  # how far away the last day may be chosen by a button; a date says any other
LONGEST = timedelta(days=3 * 365)
PAUSES = (3, 7, 10, 14, 21, 30)  # days from today until reminders come again
LONGEST_PAUSE = timedelta(days=90)
_DAY_FIRST = re.compile(r"(\d{1,2})[./ -](\d{1,2})(?:[./ -](\d{4}|\d{2}))?")
_JOINERS = "\u200c\u200d"
_YEAR_FIRST = re.compile(r"(\d{4})[./-](\d{1,2})[./-](\d{1,2})")


def months_on(start: date, months: int) -> date:
    """Return the last of so many months that begin with `start`."""
    year, month = divmod(start.month - 1 + months, 12)
    first = date(start.year + year, month + 1, 1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    shortest = (following - first).days
    return first + timedelta(days=min(start.day, shortest) - 1) - timedelta(days=1)


def may_end(day: date, *, today: date) -> bool:
    """Return whether a day may be the last of a plan."""
    return today <= day <= today + LONGEST


def read_day(text: str, *, today: date) -> date | None:
    """Return the day that somebody typed: 25.12.2026, 25.12, 2026-12-25; without a year the next one."""
    said = plain(text).strip().rstrip(".")
    found = _YEAR_FIRST.fullmatch(said)
    if found is not None:
        return _date(int(found[1]), int(found[2]), int(found[3]))
    found = _DAY_FIRST.fullmatch(said)
    if found is None:
        return None
    day, month, year = int(found[1]), int(found[2]), found[3]
    if year is not None:
        return _date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    this = _date(today.year, month, day)
    return this if this is None or this >= today else _date(today.year + 1, month, day)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_word(text: str) -> str | None:
    """Return somebody's own word for a reminder in one line, or None when it is too long or empty.

    What nobody can see is left out, but for what joins emoji and letters.
    """
    word = " ".join("".join(map(_seen, text)).split())
    visible = any(unicodedata.category(letter)[0] not in "CMZ" for letter in word)
    return word if visible and len(word) <= MOST_WORD else None


def _seen(letter: str) -> str:
    hidden = unicodedata.category(letter) in {"Cc", "Cf"} and letter not in _JOINERS
    return " " if hidden else letter


def read_times(text: str | None) -> tuple[time, ...] | None:
    """Read the hours that a button brings, "08.20"; None when they are no hours of a plan."""
    parts = text.split(".") if text and text.isascii() else []
    if not 1 <= len(parts) <= MOST_TIMES or not all(part.isdecimal() and len(part) == 2 for part in parts):
        return None
    hours = [int(part) for part in parts]
    if hours != sorted(set(hours)) or not all(hour in HOURS for hour in hours):
        return None
    return tuple(time(hour) for hour in hours)


def read_weekdays(text: str | None) -> tuple[int, ...] | None:
    """Read the days of the week that a button brings, "024", or "all"; None when they are none."""
    if text == "all":
        return ()
    if not text or not re.fullmatch(r"[0-6]{1,7}", text) or list(text) != sorted(set(text)):
        return None
    return tuple(int(one) for one in text) if len(text) < 7 else ()
