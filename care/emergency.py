"""Know which number calls an ambulance in the countries where people who use the bot live and travel.

Source: fact sheet, "Emergency numbers": Kazakhstan KZ-112, Uzbekistan UZ-103 and UZ-112, Kyrgyzstan KG-103
and KG-112, Russia RU-103, Tajikistan TJ-112. Tajikistan's 103 was not verified and is not shown; Uzbekistan's
112 does not work everywhere yet and is not shown either.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Emergency:
    """The numbers of one country."""

    country: str  # ISO 3166-1
    numbers: tuple[str, ...]  # the one to call first stands first


EMERGENCY = (
    Emergency(country="KZ", numbers=("103", "112")),
    Emergency(country="UZ", numbers=("103",)),
    Emergency(country="KG", numbers=("103", "112")),
    Emergency(country="TJ", numbers=("112",)),
    Emergency(country="RU", numbers=("103", "112")),
)
