"""Write what is kept of somebody's journeys for /mydata: where to, when, and what stands on the card."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.transfer_words import COUNTRIES, LABELS
from locales.catalogue import Locale
from storage.kept import Kept
from storage.transfers import from_row


def as_lines(t: Locale, kept: Kept, zone: ZoneInfo) -> Iterable[str]:
    """Return lines of plain text; none where nothing is kept."""
    if not kept.transfers:
        return
    yield t.label("YOUR JOURNEYS")
    for row in kept.transfers:
        one = from_row(row)
        day = f"{one.leaves_on:%d.%m.%Y}" if one.leaves_on else t.label("the day is not known yet")
        fields = ", ".join(t.label(words) for field, words in LABELS.items() if field in one.allowed)
        marks = [
            t.label("on the card: {fields}", fields=fields) if fields else "",
            t.label("what you wrote for it: encrypted") if one.written else "",
            t.label("it can be opened until {day}", day=_day(one.expires_at, zone)) if one.expires_at else "",
            t.label("it was opened: {day}", day=_day(one.opened_at, zone)) if one.opened_at else "",
            t.label("you have arrived") if one.arrived else "",
            t.label("you go on there") if one.went_on else "",
            t.label("it is over") if one.ended_at else "",
        ]
        begin = f"{t.label(COUNTRIES[one.country])}, {day}"
        yield "; ".join([begin, *(mark for mark in marks if mark)])


def _day(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%d.%m.%Y}"
