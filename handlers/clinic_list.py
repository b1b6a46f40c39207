"""List clinics on pages: dozens of them, with long names, are more than one message holds."""

from collections.abc import Sequence
from typing import TypeVar

from care.directory import Clinic, Texts
from handlers.buttons import Verb
from handlers.screens import Key, key
from handlers.written import written
from locales.catalogue import Locale

A_PAGE = 8
LABEL_LENGTH = 48  # characters of a button
_T = TypeVar("_T")


def cut(text: str, most: int = LABEL_LENGTH) -> str:
    """Return a label of at most `most` characters."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def name(t: Locale, names: Texts, *, lead: str = "🏥 ") -> str:
    """Return the label of a clinic's button."""
    return cut(f"{lead}{written(t, names)}")


def on_page(found: Sequence[_T], page: int) -> Sequence[_T]:
    """Return what stands on a page (0 …); a page too far is the last one."""
    first = _sound(found, page) * A_PAGE
    return found[first : first + A_PAGE]


def turns(found: Sequence[object], page: int, verb: Verb, *args: str | int) -> list[Key]:
    """Return the buttons that turn pages; the page is the argument behind `args`."""
    page = _sound(found, page)
    back = [key("◀️", verb, *args, page - 1)] if page else []
    return [*back, *([key("▶️", verb, *args, page + 1)] if (page + 1) * A_PAGE < len(found) else [])]


def choice(t: Locale, found: Sequence[Clinic], page: int, verb: Verb, *, after: str = "") -> list[list[Key]]:
    """Return a button for each clinic of a page, which `verb` takes first, and the turns: its third.

    `after` is its second, where something was chosen before the clinic.
    """
    more = [after] if after else []
    keys = [[key(name(t, one.names, lead=""), verb, one.id, *more)] for one in on_page(found, page)]
    return [*keys, turns(found, page, verb, "", after)]


def _sound(found: Sequence[object], page: int) -> int:
    return min(max(page, 0), max(len(found) - 1, 0) // A_PAGE)
