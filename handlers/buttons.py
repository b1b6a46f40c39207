"""Build and parse callback data: the only place that knows how a button's wish is written.

The form is `verb:argument:argument~locale~link`, at most 64 bytes. What follows the first `~` is what a
stranger's buttons remember for us: nothing about a person is stored before they agreed, so the language and
the link travel here. Whatever comes back was written by whoever wanted to: `parse` trusts nothing, and every
handler loads the object by id *and* by what the sender may touch.
"""

import re
from dataclasses import dataclass

from handlers.verbs import Verb

__all__ = ["MOST_BYTES", "Press", "Verb", "build", "parse", "remember"]

MOST_BYTES = 64  # Bot API, InlineKeyboardButton.callback_data
_DATA = re.compile(
    r"([a-z0-9]{1,6})((?::[A-Za-z0-9_.+-]{0,40}){0,6})(?:~([A-Za-z_]{2,10})(?:~([A-Za-z0-9_-]{1,40}))?)?"
)


@dataclass(frozen=True, slots=True)
class Press:
    """What came back from a button: a wish, nothing more."""

    verb: Verb
    args: tuple[str, ...] = ()
    locale: str | None = None  # what a stranger's buttons remember
    link: str | None = None

    def word(self, position: int) -> str | None:
        """Return an argument, or None when there is none."""
        return self.args[position] if position < len(self.args) and self.args[position] else None

    def number(self, position: int) -> int | None:
        """Return an argument as a whole number that a database takes (63 bits), or None when it is none."""
        word = self.word(position)
        if word is None or not re.fullmatch(r"-?[0-9]{1,18}|[0-9]{19}", word, re.ASCII):
            return None
        number = int(word)
        return number if -(2**63) <= number < 2**63 else None


def build(verb: Verb, *args: str | int) -> str:
    """Write callback data. Raises ValueError when it would not come back as it was."""
    data = ":".join([verb.value, *(str(arg) for arg in args)])
    if len(data.encode()) > MOST_BYTES or not _DATA.fullmatch(data):
        raise ValueError(f"callback data cannot hold {verb.value} with these arguments")
    return data


def remember(data: str, locale: str, link: str | None) -> str:
    """Add what a stranger's buttons remember, as much of it as fits."""
    with_locale = f"{data}~{locale}"
    with_link = f"{with_locale}~{link}" if link else with_locale
    for candidate in (with_link, with_locale):
        if len(candidate.encode()) <= MOST_BYTES:
            return candidate
    return data


def parse(data: str) -> Press | None:
    """Read callback data, or return None when it is none of ours (old, foreign or forged)."""
    match = _DATA.fullmatch(data)
    if match is None:
        return None
    verb, args, locale, link = match.groups()
    try:
        known = Verb(verb)
    except ValueError:
        return None
    return Press(known, tuple(args[1:].split(":")) if args else (), locale, link)
