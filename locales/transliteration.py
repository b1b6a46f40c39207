"""Write Uzbek Latin text in Uzbek Cyrillic.

What is not Uzbek stays as it is: HTML tags, {placeholders}, addresses, /commands, @names, entities,
`<code>` and the names in `KEPT`. The Latin spelling drops letters that the Cyrillic one writes (soft and
hard signs, ц): the tables of `locales/loanwords.py` bring them back. Packaged transliterators were tried
and read native words wrong that an appointment cannot do without (айтса as айца, қўнғироқ with a stray ʻ).
"""

import re
from functools import lru_cache

from locales.loanwords import KEPT, STEMS, WHOLE

_PROTECTED = re.compile(
    r"<code>.*?</code>|</?[a-z][^<>]*>|\{[^{}]*\}|&#?\w+;"
    r"|(?:https?://|tg://|www\.)[^\s<>\"]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|@\w+"
    r"|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|info|me|kz|uz|ru|tj|kg)\b(?:/[^\s<>\"]*)?"
    r"|(?<![\w/<])/[a-z][a-z0-9_]*"
    rf"|\b(?:{'|'.join(sorted(map(re.escape, KEPT), key=len, reverse=True))})(?![A-Z])",
    re.DOTALL,
)
_LETTER = "A-Za-zöğşçÖĞŞÇ"
_WORD = re.compile(rf"[{_LETTER}](?:[ʻʼ‘’'`]?[{_LETTER}])*(?:[ʻʼ]|(?<=[oOgG])['`‘])?")
_ABBREVIATION = re.compile(r"([A-Z]{2,})([a-zʻʼ‘’'`]+)")
_FOREIGN = re.compile(r"w|c(?!h)", re.IGNORECASE)  # Uzbek spelling has neither
_STEM = re.compile("|".join(sorted(STEMS, key=len, reverse=True)))
_SOUND = re.compile(
    r"yoʻ|oʻ|gʻ|sʼh|sh|ch|^ts|ts(?=iya|ion|ent|ept|ess|ert|ill|ey\b|ient)"
    r"|ksiya|(?<=[ae])nsiya|y[oaue]|.",
    re.DOTALL,
)
_SPELLINGS = str.maketrans(
    {**dict.fromkeys("‘'`", "ʻ"), "’": "ʼ", "ö": "oʻ", "ğ": "gʻ", "ş": "sh", "ç": "ch"}
)
_LETTERS = dict(zip("abvgdjziyklmnoprstufxqheʼ", "абвгджзийклмнопрстуфхқҳеъ", strict=True))
_SOUNDS = {
    **_LETTERS,
    "yoʻ": "йў",
    "oʻ": "ў",
    "gʻ": "ғ",
    "sʼh": "сҳ",
    "sh": "ш",
    "ch": "ч",
    "ts": "ц",
    "ksiya": "кция",
    "nsiya": "нция",
    "yo": "ё",
    "ya": "я",
    "yu": "ю",
    "ye": "е",
    "ʻ": "ъ",
}


def cyrillic(text: str) -> str:
    """Return Uzbek Latin `text` in Cyrillic letters, protected parts unchanged."""
    parts: list[str] = []
    end = 0
    for kept in _PROTECTED.finditer(text):
        parts += (_words(text[end : kept.start()]), kept[0])
        end = kept.end()
    return "".join([*parts, _words(text[end:])])


def stray_latin(text: str) -> tuple[str, ...]:
    """Return the Latin words of a Cyrillic text that stand outside its protected parts."""
    return tuple(_WORD.findall(_PROTECTED.sub(" ", text)))


def _words(text: str) -> str:
    return _WORD.sub(lambda word: _word(word[0]), text)


@lru_cache(maxsize=16384)
def _word(word: str) -> str:
    """Write one word, in the case it came in; foreign letters or mixed case stay."""
    if _FOREIGN.search(word):
        return word
    if word.isupper():
        written = _lower(word.lower())
        return written.upper() if len(word.rstrip("ʻ")) > 1 else written.capitalize()
    if word.islower():
        return _lower(word)
    if word[1:].islower() or word[1:] == "ʻ":
        written = _lower(word.lower())
        return written[0].upper() + written[1:]
    if abbreviation := _ABBREVIATION.fullmatch(word):
        return _word(abbreviation[1]) + _lower(abbreviation[2])
    return word


def _lower(word: str) -> str:
    latin = _apostrophes(word)
    if latin in WHOLE:
        return WHOLE[latin]
    stem = _STEM.match(latin)
    if stem is None:
        return _sounds(latin)
    written = STEMS[stem[0]]
    return written if stem.end() == len(latin) else written.removesuffix("ь") + _sounds(latin, stem.end())


def _apostrophes(word: str) -> str:
    """Unify the many apostrophes: ʻ after o and g, ʼ anywhere else."""
    latin = re.sub(r"(?<=[og])[’ʼ](?=[^aeiou]|$)", "ʻ", word) if "’" in word else word
    latin = latin.translate(_SPELLINGS)
    return re.sub(r"(?<![og])ʻ", "ʼ", latin)


def _sounds(latin: str, start: int = 0) -> str:
    return "".join(_sound(found[0], latin[: found.start()]) for found in _SOUND.finditer(latin, start))


def _sound(sound: str, before: str) -> str:
    """Write e as э where a word begins and after a, o, u; ye after a consonant with a soft sign."""
    if sound == "e" and (not before or before[-1] in "aouʻ"):
        return "э"
    if sound == "ye" and before and before[-1] not in "aeiouyʻʼ":
        return "ье"
    return _SOUNDS.get(sound, sound)
