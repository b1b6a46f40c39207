"""Tell which answers about law have waited too long for somebody to compare them with the law."""

from collections.abc import Mapping
from datetime import date, timedelta

from care.topics import LEGAL

LEGAL_FOR = timedelta(days=180)  # fact sheet, "How to use this file": legal answers are checked twice a year


def stale(checked: Mapping[str, str], *, today: date) -> tuple[str, ...]:
    """Return the legal topics that were checked longer ago than LEGAL_FOR, in the order of `checked`.

    `checked` has the ISO date by topic; a topic whose date cannot be read was never checked.
    """
    return tuple(topic for topic, day in checked.items() if topic in LEGAL and _is_old(day, today))


def _is_old(day: str, today: date) -> bool:
    try:
        return today - date.fromisoformat(day) > LEGAL_FOR
    except ValueError:
        return True
