"""Fold what people type and what is written for them to one spelling, for search only.

All comes out as small plain Cyrillic letters, digits and single spaces, whatever the script: Uzbek and Tajik
in Latin, Kazakh, Tajik and Uzbek letters that a Russian keyboard lacks, apostrophes of every kind or none,
the new Uzbek letters ö ğ ş ç, letters held down. The result is for comparing, not for reading: yoʻtal, yotal
and йўтал all become "етал".
"""

import re
import unicodedata

_DIGRAPHS = {"sh": "ш", "ch": "ч", "gh": "г", "kh": "х", "zh": "ж"}
_FROM = {
    **dict(zip("abvgdeziyklmnoprstufxhqjwc", "абвгдезийклмнопрстуфххкжвк", strict=True)),
    **dict(zip("öüğşçñıәғқңөұүһіӣӯҳҷўёэыщєїґ", "оугшчниагкноуухииухчоееишеиг", strict=True)),
    **dict.fromkeys("ъь", ""),
    "ц": "тс",
}
_PLAIN = "абвгдежзийклмнопрстуфхчшюя"
_SILENT = "ʻʼ‘’'`´′ʹˈ\u02bd\u2032"
_REPEATED = re.compile(rf"([{_PLAIN}])\1+")
_IOTATED = re.compile("й([аоеу])")
_IOTA = {"йа": "я", "йо": "е", "йе": "е", "йу": "ю"}


class _Letters(dict[int, str]):
    """A table for `str.translate` that works out a character when it meets it, and remembers it."""

    def __missing__(self, code: int) -> str:
        plain = _plain(chr(code))
        if code <= 0xFFFF:
            self[code] = plain
        return plain


def _plain(character: str) -> str:
    """Return a letter as plain Cyrillic, a digit as ASCII, nothing for a mark, a space for all else."""
    if character in _PLAIN:
        return character
    if character in _FROM:
        return _FROM[character]
    kind = unicodedata.category(character)
    if character in _SILENT or kind in {"Mn", "Me", "Cf"}:
        return ""
    if kind == "Nd":
        return str(unicodedata.digit(character))
    base = unicodedata.normalize("NFKD", character)[0].casefold()
    return base if base in _PLAIN else _FROM.get(base, " ")


_LETTERS = _Letters()


def fold(text: str) -> str:
    """Return `text` as it is compared in search; folding twice changes nothing."""
    small = unicodedata.normalize("NFKC", text).casefold()
    if "h" in small:
        for digraph, letter in _DIGRAPHS.items():
            small = small.replace(digraph, letter)
    plain = _REPEATED.sub(r"\1", small.translate(_LETTERS))
    whole = _IOTATED.sub(lambda found: _IOTA[found[0]], plain)
    return " ".join(_REPEATED.sub(r"\1", whole).split())
