"""Write days, times, distances, durations and lists in the way of one language.

Names and unit words come from CLDR (through Babel) where it is right, and from the language's own
`language.toml` where CLDR is missing or wrong: Tajik and Uzbek lists, Tajik durations, capital letters
in the middle of a sentence, numbers with a leading zero.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Self

from locales.markup import Html, html

_DAY = 24 * 60  # minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Formats:
    """The tables of one language; weekdays begin with Monday."""

    weekdays: tuple[str, ...]
    short_weekdays: tuple[str, ...]
    months: tuple[str, ...]  # as they stand beside a day: "4 марта"
    short_months: tuple[str, ...]
    today: str
    tomorrow: str
    yesterday: str
    conjunction: str  # "and"
    short_day: str  # pattern of {weekday} {day} {month}
    long_day_pattern: str
    moment_pattern: str  # of {day} {time}
    metres: str  # pattern of {n}
    kilometres: str
    decimal: str
    units: Mapping[str, Mapping[str, str]]  # day, hour, minute: plural category: pattern of {n}
    category: Callable[[int], str]

    def day(self, day: date) -> str:
        """Write a day for a button: "Tue 24 Nov"."""
        return self.short_day.format(
            weekday=self.short_weekdays[day.weekday()], day=day.day, month=self.short_months[day.month - 1]
        )

    def long_day(self, day: date) -> str:
        """Write a day for a sentence: "Tuesday, 24 November"."""
        return self.long_day_pattern.format(
            weekday=self.weekdays[day.weekday()], day=day.day, month=self.months[day.month - 1]
        )

    def relative_day(self, day: date, *, today: date) -> str:
        """Write yesterday, today and tomorrow as words, any other day as `day` does."""
        near = {-1: self.yesterday, 0: self.today, 1: self.tomorrow}
        return near.get((day - today) // timedelta(days=1)) or self.day(day)

    def time(self, moment: time | datetime) -> str:
        """Write a time of day on the 24-hour clock; the zone is the one it comes in."""
        return f"{moment:%H:%M}"

    def moment(self, local: datetime) -> str:
        """Write day and time; `local` is already in the zone of the place."""
        return self.moment_pattern.format(day=self.long_day(local.date()), time=self.time(local))

    def distance(self, metres: float) -> str:
        """Write a distance in metres as people say it: to 10 m, from 1 km to 100 m, from 10 km to 1 km."""
        rounded = max(10, round(metres / 10) * 10)
        if rounded < 1000:
            return self.metres.format(n=rounded)
        kilometres = f"{metres / 1000:.1f}" if metres < 9950 else f"{metres / 1000:.0f}"
        return self.kilometres.format(n=kilometres.removesuffix(".0").replace(".", self.decimal))

    def duration(self, minutes: int) -> str:
        """Write whole minutes with their two greatest units; minutes are left out from one day on."""
        days, rest = divmod(max(minutes, 0), _DAY)
        hours, left = divmod(rest, 60)
        parts = [("day", days), ("hour", hours)] if days else [("hour", hours), ("minute", left)]
        said = [self._unit(unit, n) for unit, n in parts if n]
        return " ".join(said) or self._unit("minute", 0)

    def _unit(self, unit: str, n: int) -> str:
        patterns = self.units[unit]
        return patterns.get(self.category(n), patterns["other"]).format(n=n)

    def listing(self, items: Sequence[str]) -> str:
        """Join items with commas and the language's "and"; HTML when one of them is, empty for none."""
        marked = any(isinstance(item, Html) for item in items)
        words = [html(item) for item in items] if marked else list(items)
        joined = f" {self.conjunction} ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)
        return Html(joined) if marked else joined

    def written(self, script: Callable[[str], str]) -> Self:
        """Return the same tables in another script."""
        every = {name: getattr(self, name) for name in self.__slots__}
        changed: dict[str, object] = {
            name: script(value) for name, value in every.items() if isinstance(value, str)
        }
        changed |= {
            name: tuple(map(script, value)) for name, value in every.items() if isinstance(value, tuple)
        }
        units = {
            unit: {category: script(pattern) for category, pattern in patterns.items()}
            for unit, patterns in self.units.items()
        }
        return replace(self, **changed, units=units)  # type: ignore[arg-type]  # names and kinds are kept
