"""Show the directory's own texts in the language, and the script, that a person chose."""

from care.directory import Texts, text_in
from locales.catalogue import Locale
from locales.transliteration import cyrillic


def written(t: Locale, texts: Texts) -> str:
    """Return plain text of the directory for a person who reads `t`."""
    text = text_in(texts, t.code)
    return cyrillic(text) if t.code.endswith("_Cyrl") else text
