"""Notice words that tell too much where anybody can read them: reminders light up on a lock screen.

The names of the illness in the languages of the bot are those of the glossary; TB centres are named after the
illness or after its doctors.
"""

import re
from collections.abc import Iterable, Iterator

from care.directory import Clinic

_TELLING = re.compile(
    r"\bTB\b|\bТБ\b|\bПТД\b|tubercul|tuberkul|туберк|tubdisp|тубдисп|phthis|ftizi|фтизи"
    r"|\bsil(?:ga|ning|ni|dan)?\b|\bсил(?:и|га|нинг|ни|дан)?\b|\bсилшинос"  # uz, tg: sil is TB
    r"|құрт ауру|чахот|кургак учук|көкірек ауру"
    r"|\bHIV\b|\bВИЧ\b|\bOIV\b|\bОИВ\b|\bВНМО\b|\bАИТВ\b",
    re.IGNORECASE,
)


def telling(text: str) -> str | None:
    """Return the first word of a text that names TB or HIV, or None."""
    found = _TELLING.search(text)
    return found[0] if found else None


def telling_addresses(clinics: Iterable[Clinic]) -> Iterator[tuple[Clinic, str, str]]:
    """Yield each clinic whose address, which reminders show, tells too much: the language and the word."""
    for clinic in clinics:
        for language, text in clinic.address.items():
            word = telling(text)
            if word is not None:
                yield clinic, language, word
