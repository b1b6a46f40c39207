"""Read what people type where something was asked for: digits of other scripts, a question instead."""

import unicodedata


def plain(text: str) -> str:
    """Return a text with the digits 0-9, ordinary dashes and full stops, and nothing invisible.

    Keyboards for Arabic, Persian and East Asian scripts write digits and full stops of their own.
    """
    return "".join(map(_plain, unicodedata.normalize("NFKC", text)))


def asks(text: str) -> bool:
    """Return whether a text is a question: nothing that is typed for us needs a question mark."""
    return "?" in plain(text)


def asks_instead(text: str) -> bool:
    """Return whether a text is a question where a number or a day was asked for: also several words."""
    said = plain(text)
    return "?" in said or (len(said.split()) > 1 and not any(one.isdigit() for one in said))


def _plain(letter: str) -> str:
    digit = unicodedata.decimal(letter, None)
    if digit is not None:
        return str(digit)
    category = unicodedata.category(letter)
    if category == "Pd":
        return "-"
    return {"؟": "?", "٫": ".", "،": ","}.get(letter, "" if category == "Cf" else letter)
