"""Decide what the desk of a clinic may say about a visit, and when."""

from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from care.booking import Booking

BACK = timedelta(days=30)  # how far the desk looks back
AHEAD = timedelta(days=28)  # and ahead: as far as people book (care.booking.AHEAD_DAYS)


class Mark(StrEnum):
    """What became of a visit."""

    CAME = "came"
    MISSED = "missed"


def may_mark(booking: Booking, mark: Mark, *, now: datetime) -> bool:
    """Return whether the desk may say this now.

    Who comes may come early on the day; who is missing is missing once the visit has begun. What was said
    before is taken back first.
    """
    if booking.cancelled_at is not None or marked(booking) is not None:
        return False
    if mark is Mark.MISSED:
        return booking.starts_at <= now
    return booking.local.date() <= now.astimezone(ZoneInfo(booking.zone)).date()


def may_undo(booking: Booking, *, now: datetime) -> bool:
    """Return whether a mark may be taken back: on the day on which it was made."""
    made = booking.came_at or booking.missed_at
    zone = ZoneInfo(booking.zone)
    return made is not None and made.astimezone(zone).date() == now.astimezone(zone).date()


def marked(booking: Booking) -> Mark | None:
    """Return what was said about a visit, or None."""
    if booking.came_at is not None:
        return Mark.CAME
    return Mark.MISSED if booking.missed_at is not None else None
