"""Read the description of a language: `language.toml` in its folder."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel import Locale as Cldr
from babel import UnknownLocaleError
from babel.units import format_unit

from locales.faults import Fault, WordsFault
from locales.formatting import Formats
from locales.transliteration import cyrillic

SCRIPTS: Mapping[str, Callable[[str], str]] = {"uzbek-cyrillic": cyrillic}
_UNITS = ("day", "hour", "minute")
_ASIDE = "compare it with another language's language.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One way of writing one language: its own folder, or a script derived from it."""

    code: str
    name: str  # in its own script
    order: int  # place in the list that is offered
    telegram: tuple[str, ...]  # language codes of Telegram that preselect it, lower case
    formats: Formats
    script: Callable[[str], str] | None = None  # makes its words from those of its folder


def read_language(folder: Path) -> tuple[Language, ...]:
    """Return the language of a folder, then the variants derived from it; raises WordsFault."""
    path = folder / "language.toml"
    try:
        described = tomllib.loads(path.read_text(encoding="utf-8"))
        cldr = Cldr.parse(described["babel"])
        language = Language(
            code=_same(described["code"], folder.name),
            name=described["name"],
            order=described["order"],
            telegram=_codes(described),
            formats=_formats(cldr, described.get("formats", {})),
        )
        derived = [_derived(language, variant) for variant in described.get("derived", ())]
    except tomllib.TOMLDecodeError as error:
        raise WordsFault([Fault(path, f"this is not TOML: {error}", "correct that line")]) from None
    except KeyError as error:
        raise WordsFault([Fault(path, f"the entry {error} is missing", _ASIDE)]) from None
    except (UnknownLocaleError, ValueError, TypeError, AttributeError, OSError) as error:
        raise WordsFault([Fault(path, f"it cannot be read: {error}", _ASIDE)]) from None
    return (language, *derived)


def _same(code: str, folder: str) -> str:
    if code != folder:
        raise ValueError(f"code is {code!r} and the folder is {folder!r}, but they must be the same")
    return code


def _codes(described: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(code.lower().replace("_", "-") for code in described["telegram"])


def _derived(language: Language, described: Mapping[str, Any]) -> Language:
    script = SCRIPTS[described["script"]]
    return Language(
        code=described["code"],
        name=described["name"],
        order=described["order"],
        telegram=_codes(described),
        formats=_overridden(language.formats.written(script), described.get("formats", {})),
        script=script,
    )


def _formats(cldr: Cldr, own: Mapping[str, Any]) -> Formats:
    """Take CLDR's tables for what the language does not say itself."""
    tables = Formats(
        weekdays=_ordered(cldr.days["format"]["wide"], range(7)),
        short_weekdays=_ordered(cldr.days["format"]["abbreviated"], range(7)),
        months=_ordered(cldr.months["format"]["wide"], range(1, 13)),
        short_months=_ordered(cldr.months["format"]["abbreviated"], range(1, 13)),
        today=own["today"],
        tomorrow=own["tomorrow"],
        yesterday=own["yesterday"],
        conjunction=_conjunction(cldr),
        short_day="{weekday} {day} {month}",
        long_day_pattern="{weekday}, {day} {month}",
        moment_pattern="{day}, {time}",
        metres=_spaced(format_unit(5, "length-meter", "short", locale=cldr)).replace("5", "{n}"),
        kilometres=_spaced(format_unit(5, "length-kilometer", "short", locale=cldr)).replace("5", "{n}"),
        decimal=cldr.number_symbols.get("latn", {}).get("decimal", "."),
        units={unit: own.get("units", {}).get(unit) or _unit(cldr, unit) for unit in _UNITS},
        category=cldr.plural_form,
    )
    return _overridden(tables, own)


def _overridden(tables: Formats, own: Mapping[str, Any]) -> Formats:
    every = {name: getattr(tables, name) for name in Formats.__slots__}
    if unknown := own.keys() - every.keys():
        raise ValueError(f"[formats] has entries nobody reads: {', '.join(sorted(unknown))}")
    for name, value in own.items():
        if isinstance(every[name], tuple) and len(value) != len(every[name]):
            raise ValueError(f"{name} needs {len(every[name])} names and has {len(value)}")
    units = {**tables.units, **own.get("units", {})}
    if wrong := [unit for unit in units if unit not in _UNITS or "other" not in units[unit]]:
        raise ValueError(f"units.{wrong[0]} is not one of {', '.join(_UNITS)} with a pattern `other`")
    given = {name: tuple(value) if isinstance(value, list) else value for name, value in own.items()}
    return Formats(**{**every, **given, "units": units})


def _ordered(names: Mapping[int, str], order: Sequence[int]) -> tuple[str, ...]:
    return tuple(names[place] for place in order)


def _conjunction(cldr: Cldr) -> str:
    return str(cldr.list_patterns["standard"]["2"]).removeprefix("{0}").removesuffix("{1}").strip()


def _unit(cldr: Cldr, unit: str) -> dict[str, str]:
    """Return CLDR's pattern for each plural category, read off the first numbers that show it."""
    patterns: dict[str, str] = {}
    for n in (21, 5, 3, 2, 1, 0):
        said = _spaced(format_unit(n, f"duration-{unit}", "long", locale=cldr))
        if "duration" in said:  # Babel's answer where CLDR has nothing
            raise ValueError(f"CLDR has no word for it, so units.{unit} is needed")
        patterns[cldr.plural_form(n)] = said.replace(str(n), "{n}")
    return {"other": next(iter(patterns.values())), **patterns}


def _spaced(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")
