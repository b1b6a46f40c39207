"""Write a visit as a calendar file (iCalendar, RFC 5545): a phone then reminds even without the bot.

A calendar is often shared or shown on a lock screen, so the event is called a visit and no more.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from care.booking import Booking
from care.ticket import ticket

TAKES = timedelta(hours=1)
REMIND_BEFORE = "-PT2H"  # RFC 5545, 3.3.6 and 3.8.6.3
MOST_OCTETS = 75  # of one line, without its break: RFC 5545, 3.1


def calendar_file(
    booking: Booking, *, first: Booking, moves: int, now: datetime, summary: str, address: str, note: str
) -> str:
    """Return the file; times in UTC, so that it needs no table of zones (RFC 5545, 3.3.5, form 2).

    `first` is the visit as it was booked first, and `moves` how often it was moved since: a phone then puts
    the new event in place of the old one (RFC 5545, 3.8.4.7 and 3.8.7.4).
    """
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Hamroh//Visits//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{ticket(first.id).replace(' ', '')}-{_utc(first.starts_at)}@visits.invalid",
        f"SEQUENCE:{moves}",
        f"DTSTAMP:{_utc(now)}",
        f"DTSTART:{_utc(booking.starts_at)}",
        f"DTEND:{_utc(booking.starts_at + TAKES)}",
        f"SUMMARY:{_escaped(summary)}",
        f"LOCATION:{_escaped(address)}",
        f"DESCRIPTION:{_escaped(note)}",
        "CLASS:PRIVATE",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"TRIGGER:{REMIND_BEFORE}",
        f"DESCRIPTION:{_escaped(summary)}",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "".join(f"{piece}\r\n" for line in lines for piece in _folded(line))


def _utc(moment: datetime) -> str:
    return f"{moment:%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    """Escape a TEXT value: RFC 5545, 3.3.11."""
    for character, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\n"), ("\n", "\\n")):
        text = text.replace(character, written)
    return text.replace("\r", "")


def _folded(line: str) -> Iterable[str]:
    """Yield the pieces of a line, each after the first begun by a space, none cut within a character."""
    piece = ""
    for character in line:
        if len((piece + character).encode()) > MOST_OCTETS:
            yield piece
            piece = " "
        piece += character
    yield piece
