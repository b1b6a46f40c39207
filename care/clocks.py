"""Decide by which clock somebody lives who has left: by the country, or by what time it is with them now."""

from collections.abc import Mapping
from datetime import datetime, time
from zoneinfo import ZoneInfo

from care.transfer import Country

COUNTRY_CLOCKS: Mapping[Country, str] = {  # countries with one clock (IANA names)
    Country.KG: "Asia/Bishkek",
    Country.TJ: "Asia/Dushanbe",
    Country.UZ: "Asia/Tashkent",
}
NAMED: Mapping[str, Country] = {zone: country for country, zone in COUNTRY_CLOCKS.items()} | dict.fromkeys(
    (
        "Asia/Almaty",
        "Asia/Aqtau",
        "Asia/Aqtobe",
        "Asia/Atyrau",
        "Asia/Oral",
        "Asia/Qostanay",
        "Asia/Qyzylorda",
    ),
    Country.KZ,
)
"""Clocks that are called by their country."""

ASKED = (  # west to east; of those that show the same time now the first one is meant
    "America/Los_Angeles",
    "America/Denver",
    "America/Chicago",
    "America/New_York",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Kaliningrad",
    "Europe/Moscow",
    "Europe/Samara",
    "Asia/Yekaterinburg",
    "Asia/Omsk",
    "Asia/Novosibirsk",
    "Asia/Irkutsk",
    "Asia/Seoul",
    "Asia/Vladivostok",
    "Asia/Magadan",
    "Asia/Kamchatka",
)


def shows_now(zone: str, now: datetime) -> time:
    """Return what a clock shows, without seconds."""
    return now.astimezone(ZoneInfo(zone)).time().replace(second=0, microsecond=0)


def clocks(now: datetime) -> tuple[tuple[int, time], ...]:
    """Return what somebody may see on their clock now: the place in ASKED and the time, each time once."""
    found: dict[time, int] = {}
    for number, zone in enumerate(ASKED):
        found.setdefault(shows_now(zone, now), number)
    return tuple((number, shown) for shown, number in found.items())
