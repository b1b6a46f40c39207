"""Count the work of the team: visits to sites, talks, company to the clinic, and who came because of it.

It is made of outcomes, as the cascade is. What is taken back counts below zero, on the day on which that is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields

from care.cascade import COLUMN, NUMBER, WIDTH, columns, cut, short
from care.outcomes import Kind

_IN_A_ROW = 6  # numbers; a group has two rows of them below its name


@dataclass(frozen=True, slots=True)
class Work:
    """The work of one group."""

    visits: int = 0  # to sites
    people: int = 0  # talked to there
    leaflets: int = 0
    minutes: int = 0  # at sites
    arrived: int = 0  # agreed to be remembered after a link
    passed_on: int = 0  # of them, through a link that a friend passed on
    accompanied: int = 0  # to the clinic, and it is done
    answered: int = 0  # talks with a first word of the team
    ended: int = 0  # talks, by either side
    helped: int = 0  # talks of which the person says so
    not_helped: int = 0

    def __add__(self, other: "Work") -> "Work":
        """Return the work of both groups together."""
        return Work(*(one + two for one, two in zip(astuple(self), astuple(other), strict=True)))

    def whole(self) -> "Work":
        """Return the work without a number below zero: what was done the day before."""
        return Work(*(max(number, 0) for number in astuple(self)))


DONE = tuple(one.name for one in fields(Work))
_FIELDS = {
    Kind.CONSENTED: "arrived",
    Kind.BROUGHT: "passed_on",
    Kind.COMPANY_DONE: "accompanied",
    Kind.TALK_ANSWERED: "answered",
    Kind.TALK_DONE: "ended",
    Kind.TALK_HELPED: "helped",
    Kind.TALK_NOT_HELPED: "not_helped",
}
KINDS = (*_FIELDS, Kind.SITE_VISITED, Kind.UNDONE)  # all that is read


def visited(people: int, leaflets: int, minutes: int) -> str:
    """Write what a visit to a site was as the detail of its outcome: "8.10.30"."""
    return f"{people}.{leaflets}.{minutes}"


def taken_back(kind: Kind, detail: str | None = None) -> str:
    """Write what was taken back as the detail of `Kind.UNDONE`: "talk-done", "site-visited.8.10.30"."""
    return f"{kind.value}.{detail}" if detail else kind.value


def of(kind: Kind, detail: str | None) -> Work:
    """Return what one outcome adds; nothing where it is no work, or an older way of writing."""
    if kind is Kind.UNDONE:
        undone, _, numbers = (detail or "").partition(".")
        known = next((one for one in KINDS if one.value == undone and one is not Kind.UNDONE), None)
        return times(of(known, numbers), -1) if known else Work()
    if kind is Kind.SITE_VISITED:
        numbers_of = (detail or "").split(".")
        well = len(numbers_of) == 3 and all(one.isdecimal() for one in numbers_of)
        return Work(1, *(int(one) for one in numbers_of)) if well else Work()
    name = _FIELDS.get(kind)
    return Work(**{name: 1}) if name else Work()


def times(work: Work, number: int) -> Work:
    """Return the work as often as it was done."""
    return Work(*(number * one for one in astuple(work)))


def total(groups: Iterable[Work]) -> Work:
    """Return the work of all groups together."""
    return sum(groups, start=Work())


def ladder(names: Sequence[str], work: Work) -> str:
    """Write one group as plain lines: name, number; `names` as in DONE."""
    left = WIDTH - NUMBER - 1
    rows = zip(names, written(work), strict=True)
    return "\n".join(f"{cut(name, left):<{left}} {number:>{NUMBER}}" for name, number in rows)


def grid(groups: Sequence[tuple[str, Work]]) -> str:
    """Write many groups as plain lines: the name, and below it the numbers of DONE, six in a row."""
    rows = [written(work) for _, work in groups]
    heads = tuple(str(column) for column in range(len(DONE)))
    widths = [
        max(COLUMN, *(len(one) for row in (heads, *rows) for one in row[first::_IN_A_ROW]))
        for first in range(_IN_A_ROW)
    ]
    lines = _lines(heads, widths)
    for (name, _), row in zip(groups, rows, strict=True):
        lines += [cut(name, WIDTH), *_lines(row, widths)]
    return "\n".join(lines)


def written(work: Work) -> tuple[str, ...]:
    """Return the numbers in the order of DONE; the minutes as hours, "0:30" or "12"."""
    return tuple(
        _hours(getattr(work, name)) if name == "minutes" else short(getattr(work, name)) for name in DONE
    )


def _hours(minutes: int) -> str:
    """Write hours in at most four characters."""
    return f"{minutes // 60}:{minutes % 60:02}" if minutes < 600 else short(minutes // 60)


def _lines(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    parts = [row[first : first + _IN_A_ROW] for first in range(0, len(row), _IN_A_ROW)]
    return [columns(part, widths[: len(part)]) for part in parts]
