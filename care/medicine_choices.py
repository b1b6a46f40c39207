"""Read what somebody chose or typed for their plan: hours, days of the week, the last day, their own word."""

import itertools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, time, timedelta

from care.typed import plain

MOST_TIMES = 4  # a day
APART = 30  # minutes at least between two hours of a day
MOST_WORD = 40  # characters of one's own word
HOURS = range(5, 24)  # on the clock: what a button offers; any other may be typed
MONTHS = (1, 3, 4, 6, 9, 12, 18)  # how far away the last day may be chosen by a button; a date says any other
LONGEST = timedelta(days=3 * 365)
PAUSES = (3, 7, 10, 14, 21, 30)  # days from today until reminders come again
LONGEST_PAUSE = timedelta(days=90)
_DAY_FIRST = re.compile(r"(\d{1,2})[./ -](\d{1,2})(?:[./ -](\d{4}|\d{2}))?")
_HOUR = re.compile(r"(\d{1,2})(?:[:.\-\s]?(\d{2}))?")
_WRITTEN = re.compile(r"(?:[01]\d|2[0-3])(?:[0-5]\d)?")
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


def read_time(text: str) -> time | None:
    """Return the hour that somebody typed: 7:30, 07.30, 7 30, 730, 7; None when it is none."""
    found = _HOUR.fullmatch(plain(text).strip())
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def may_add(times: Sequence[time], hour: time) -> bool:
    """Return whether an hour is far enough from those that a plan has."""
    return all(abs(_minutes(hour) - _minutes(one)) >= APART for one in times)


def written(times: Iterable[time]) -> str:
    """Return hours as a button brings them: "0730.20"."""
    return ".".join(f"{one:%H%M}" if one.minute else f"{one:%H}" for one in times)


def read_times(text: str | None) -> tuple[time, ...] | None:
    """Read the hours that a button brings, "0730.20", sorted; None when they are no hours of a plan."""
    parts = text.split(".") if text and text.isascii() else []
    if not 1 <= len(parts) <= MOST_TIMES or not all(_WRITTEN.fullmatch(part) for part in parts):
        return None
    times = tuple(time(int(part[:2]), int(part[2:] or 0)) for part in parts)
    apart = all(may_add([earlier], later) for earlier, later in itertools.pairwise(times))
    return times if apart and list(times) == sorted(times) else None


def _minutes(hour: time) -> int:
    return hour.hour * 60 + hour.minute


def read_weekdays(text: str | None) -> tuple[int, ...] | None:
    """Read the days of the week that a button brings, "024", or "all"; None when they are none."""
    if text == "all":
        return ()
    if not text or not re.fullmatch(r"[0-6]{1,7}", text) or list(text) != sorted(set(text)):
        return None
    return tuple(int(one) for one in text) if len(text) < 7 else ()
