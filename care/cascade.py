"""Count the cascade: of those who were reached, how many were informed, screened, booked, came, …

A stage counts the referrals in which it happened within the period, each once. Whoever opens a link before
they agreed to be remembered is nobody in particular, so openings are counted by themselves. Days are those of
the clock of the place.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from care.outcomes import Kind
from care.symptoms import Advice

WIDTH = 34  # characters of a fixed-width line that fit a narrow phone
MOST_GROUPS = 25  # groups on one screen; the rest is summed up, since a message holds 4,096 characters
NUMBER = 4  # characters of the longest number: "9999", "999k"
COLUMN = 3  # characters of a column at least, so that numbers do not run into one another

INFORMED = (Kind.ANSWERED, Kind.DANGER_SHOWN)
PRESUMPTIVE = (Advice.SOON, Advice.URGENT, Advice.RED)  # signs that call for an examination for TB
AFTER = (Kind.EXAMINED, Kind.RESULT_GIVEN)  # what a clinic says of who came
KINDS = (
    Kind.CONSENTED,
    *INFORMED,
    Kind.CHECKED,
    Kind.BOOKED,
    Kind.CAME,
    *AFTER,
    Kind.UNDONE,
)  # all a cascade reads
OF_STAFF = (
    Kind.JOINED,
    Kind.INVITED,
    Kind.LINKS_SEEN,
    Kind.LINK_CHANGED,
    Kind.CARD_SEEN,
    Kind.CARD_CHANGED,
    Kind.PEOPLE_SEEN,
    Kind.RELAYS_SEEN,
    Kind.TODAY_SEEN,
    Kind.RESULTS_SEEN,
    Kind.STATS_SEEN,
    Kind.QUESTIONS_SEEN,
    Kind.TASKS_SEEN,
    Kind.DIGEST_SEEN,
    Kind.SITES_SEEN,
    Kind.WELLBEING_SEEN,
    Kind.SHIFT_SEEN,
    Kind.SHIFT_CHANGED,
    Kind.TEAM_SEEN,
    Kind.TEAM_CHANGED,
    Kind.AUDIT_SEEN,
    Kind.STAFF_SEEN,
)
"""What only staff do: a referral with one of these is a colleague's own, and no part of the cascade."""

_ISO = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})", re.ASCII)
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)


class By(StrEnum):
    """What a table is grouped by."""

    AREA = "area"
    WORKER = "worker"
    CLINIC = "clinic"
    LANGUAGE = "language"
    SITE = "site"
    WORDING = "wording"  # of the reminders: a table of its own (care/wording.py)


WORK_BY = (By.AREA, By.WORKER, By.SITE)  # what the work of the team is grouped by


class Span(StrEnum):
    """A period with a name; each ends today."""

    TODAY = "today"
    WEEK = "week"  # seven days
    MONTH = "month"  # thirty days


DAYS = {Span.TODAY: 1, Span.WEEK: 7, Span.MONTH: 30}


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days on the clock of one place, both included."""

    first: date
    last: date

    def moments(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return the beginning and, not included, the end; aware, UTC."""
        after = self.last + timedelta(days=1)
        begin, end = (datetime.combine(day, time(0), zone) for day in (self.first, after))
        return begin.astimezone(UTC), end.astimezone(UTC)

    def word(self) -> str:
        """Write the period as `read` takes it: "20261101..20261120"."""
        return f"{self.first:%Y%m%d}..{self.last:%Y%m%d}"


@dataclass(frozen=True, slots=True)
class Asked:
    """What table somebody wants."""

    period: Period
    by: By | None = None
    span: Span | None = None  # where the period has a name
    work: bool = False  # the work of the team, instead of the cascade


@dataclass(frozen=True, slots=True)
class Stages:
    """The numbers of one group."""

    opened: int = 0  # links opened, by whomever, each time
    reached: int = 0  # referrals, from here on
    informed: int = 0
    screened: int = 0
    presumptive: int = 0
    booked: int = 0
    came: int = 0
    examined: int = 0
    given: int = 0  # has the result

    def __add__(self, other: "Stages") -> "Stages":
        """Return the numbers of both groups together."""
        return Stages(*(one + two for one, two in zip(astuple(self), astuple(other), strict=True)))


STAGES = tuple(one.name for one in fields(Stages))


def total(groups: Iterable[Stages]) -> Stages:
    """Return the numbers of all groups together."""
    return sum(groups, start=Stages())


def span(name: Span, today: date) -> Period:
    """Return the days of a named period."""
    return Period(today - timedelta(days=DAYS[name] - 1), today)


def read(words: Sequence[str], *, today: date) -> Asked | None:
    """Read "[today|week|month|from..to] [work] [by area|worker|clinic|language|site|wording]", or None.

    Without a period it is a week. Days are written 2026-11-20, 20261120 or 20.11.2026.
    """
    left = [word.lower() for word in words]
    name, period = Span.WEEK, None
    if left and left[0] in set(Span):
        name = Span(left.pop(0))
    elif left and ".." in left[0]:
        period = _range(left.pop(0))
        if period is None:
            return None
    work = left[:1] == ["work"]
    left = left[1:] if work else left
    if left and left[0] == "by":
        left.pop(0)
        if not left:
            return None
    by = By(left.pop(0)) if left and left[0] in set(By) else None
    if left or (work and by not in {None, *WORK_BY}):
        return None
    return Asked(period, by, work=work) if period else Asked(span(name, today), by, name, work)


def share(part: int, whole: int) -> str:
    """Write a share as "83%"; a dash where it would mislead: of nobody, or of fewer than came from before."""
    return f"{round(100 * part / whole)}%" if whole and part <= whole else "–"


def ladder(names: Sequence[str], numbers: Stages) -> str:
    """Write one group as plain lines: name, number, share of those reached; `names` as in STAGES."""
    return "\n".join(
        _rung(name, number, "" if stage in {"opened", "reached"} else share(number, numbers.reached))
        for stage, name, number in zip(STAGES, names, astuple(numbers), strict=True)
    )


def grid(groups: Sequence[tuple[str, Stages]]) -> str:
    """Write many groups as plain lines: the name, and below it the numbers of STAGES in columns 0, 1, 2 …

    The columns stand in two lines, since nine do not fit beside one another.
    """
    rows = [tuple(short(number) for number in astuple(numbers)) for _, numbers in groups]
    heads = tuple(str(column) for column in range(len(STAGES)))
    widths = [max(COLUMN, *(len(row[column]) for row in (heads, *rows))) for column in range(len(STAGES))]
    half = (len(STAGES) + 1) // 2
    widths = [max(pair) for pair in zip(widths, (*widths[half:], *widths[:half]), strict=True)][:half]
    lines = _halves(heads, widths)
    for (name, _), row in zip(groups, rows, strict=True):
        lines += [cut(name, WIDTH), *_halves(row, widths)]
    return "\n".join(lines)


def _halves(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    half = len(widths)
    return [columns(row[:half], widths), columns(row[half:], widths[: len(row) - half])]


def cut(text: str, width: int) -> str:
    """Return a text of at most `width` characters."""
    return text if len(text) <= width else f"{text[: width - 1].rstrip()}…"


def _rung(name: str, number: int, percent: str) -> str:
    left = WIDTH - 2 * (1 + NUMBER) - 1
    return f"{cut(name, left):<{left}} {short(number):>{NUMBER}} {percent:>5}".rstrip()


def columns(row: Sequence[str], widths: Sequence[int]) -> str:
    """Write one line of numbers, each as wide as its column."""
    return " ".join(f"{text:>{width}}" for text, width in zip(row, widths, strict=True))


def short(number: int) -> str:
    """Write a number in at most four characters: "9999", "10k", "1M"."""
    if number < 10_000:
        return str(number)
    return f"{number // 1000}k" if number < 1_000_000 else f"{number // 1_000_000}M"


def _range(word: str) -> Period | None:
    first, last = (_day(part) for part in word.split("..", maxsplit=1))
    if first is None or last is None or first > last:
        return None
    return Period(first, last)


def _day(text: str) -> date | None:
    """Read a day of this century."""
    iso, dotted = _ISO.fullmatch(text), _DOTTED.fullmatch(text)
    parts = iso.groups() if iso else dotted.groups()[::-1] if dotted else None
    if parts is None:
        return None
    try:
        day = date(*map(int, parts))
    except ValueError:
        return None
    return day if 2000 <= day.year < 2100 else None
