"""Word the work of the team as a table that fits a phone."""

from collections.abc import Sequence

from care.work import DONE, Work, grid, ladder
from locales.catalogue import N_, Html, Locale
from locales.markup import html

_NAMES = {
    "visits": N_("Visits to sites"),
    "people": N_("People talked to"),
    "leaflets": N_("Leaflets given"),
    "minutes": N_("Hours at sites"),
    "arrived": N_("Came through links"),
    "passed_on": N_("Sent by friends"),
    "accompanied": N_("Taken to the clinic"),
    "answered": N_("Talks answered"),
    "ended": N_("Talks ended"),
    "helped": N_("It helped"),
    "not_helped": N_("It did not help"),
}


def whole(t: Locale, work: Work) -> list[str]:
    """Write the work of everybody together: parts of a screen, HTML."""
    below = t("Sent by friends: of those who came through links. It helped: as people say after a talk.")
    return [_fixed(ladder(_names(t), work)), below]


def grouped(t: Locale, rows: Sequence[tuple[str, Work]]) -> list[str]:
    """Write the work by group: parts of a screen, HTML."""
    legend = Html("\n".join(f"{number} {html(name)}" for number, name in enumerate(_names(t))))
    return [_fixed(grid(rows)), legend]


def _fixed(table: str) -> Html:
    return Html(f"<pre>{html(table)}</pre>")


def _names(t: Locale) -> list[str]:
    return [t.label(_NAMES[one]) for one in DONE]
