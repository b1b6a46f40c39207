"""Notice words that tell too much where anybody can read them: reminders light up on a lock screen.

The names of the illness in the languages of the bot are those of the glossary; TB centres are named after the
illness or after its doctors, and medicine against TB tells as much as its name. What is innocent and looks
alike is left out by hand: a tube is «тубус» and «туба», «тубида» is Uzbek for "at the foot of", «кох» is
Tajik for a palace, «т.б.» is Kazakh for "and so on", «сил» is Russian for "of forces", Tbilisi is a city.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from care.directory import Clinic

_ENDINGS = r"(?:га|ға|ни|нинг|дан|да|ка|қа)?"  # of Uzbek nouns, as they follow an abbreviation
_NAMES = (
    r"\bT\.?B\b|\bTB(?!il)\w*|\banti-?TB|\b(?:анти)?ТБ(?!ил)\w*|ПТД|PTD",
    r"\b(?:МЛУ|ШЛУ|MDR|XDR)\w*|tubercul|tuberkul|туберк|против[оа]туб|protiv[oa]tub",
    r"\bтуб(?!ус|(?:а|ы|у|е|ой|ам|ами|ах)\b|ид|иг|сиз|инск|ек|ала)\w*",
    r"\btub(?:ik|disp|inf|dori|kasal|shif|san|klin)\w*|phthis|ftizi|фтизи|чахот|chaxot|chahot",
    r"\b(?:палоч|бацил|таеқч|таекч|таяқш|чӯбч)\w*\W{1,3}кох|\bкох\w*\W{1,3}(?:палоч|бацил|таеқ|таек|таяқ)",
    r"\bkoch\W{0,2}s?\W+bacil|\bbacil\w*\W+(?:of\W+)?koch|\bko(?:x|ch)\w*\W+tayoq",
    r"\bsil(?:ga|ning|ni|dan|da|im|imiz|ing|i|li|lik|mi)?\b|\bsil\W?kasal",  # Uzbek, Tajik: sil is TB
    r"(?<!ых )(?<!нет )(?<!без )\bсил(?:и|га|нинг|ни|дан|да|им|имиз|инг|ли|лик|ро)?\b",
    r"\bсил\W?касал|\bсилшинос|құрт ауру|көксау|көкірек ауру|кургак учук",
    rf"\bHIV\b|\bВИЧ(?:а|у|е|ом|{_ENDINGS})\b|\bOIV\w*|\bОИВ{_ENDINGS}\b|\bВНМО|\bБНМО|\bАИТВ|\bЖИТС",
    rf"\bСПИД(?:а|у|е|ом|{_ENDINGS})\b|\bSPID(?:ga|ni|ning|dan)?\b|(?-i:\bAIDS\b)|\bOITS|\bОИТС",
    r"антиретровир|antiretrovir",
)
_MEDICINE = (
    r"изониаз|i[sz]oniaz|тубазид|фтивазид|рифамп|rifamp|рифапент|rifapent|рифабут|rifabut",
    r"пиразинам|p[iy]razinam|этамбут|eth?ambut|бедаквил|бедакил|bedaqu|bedakv|деламанид|delamanid",
    r"претоманид|pretomanid|линезолид|linezolid|циклосерин|[cst]+[iy][ck]loserin|теризидон|terizidon",
    r"[пэ]\w{0,2}тионамид|th?ionamid|клофазимин|[ck]lofazimin|капреоми|[ck]apreom[iy]|стрептоми|streptom[iy]",
    r"диаскин|diaskin|\bманту\b|\bmantoux\b",
)
_TELLING = re.compile("|".join((*_NAMES, *_MEDICINE)), re.IGNORECASE)
_ONE_LETTER = str.maketrans({"ё": "е", "Ё": "Е"})


def telling(text: str) -> str | None:
    """Return the first word of a text that names TB or HIV or the medicine against TB, or None; ё as е."""
    found = _TELLING.search(unicodedata.normalize("NFC", text).translate(_ONE_LETTER))
    return found[0] if found else None


def telling_addresses(clinics: Iterable[Clinic]) -> Iterator[tuple[Clinic, str, str]]:
    """Yield each clinic whose address, which reminders show, tells too much: the language and the word."""
    for clinic in clinics:
        for language, text in clinic.address.items():
            word = telling(text)
            if word is not None:
                yield clinic, language, word
