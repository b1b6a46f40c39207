"""Read what a pressed button chose. Whatever it says was written by anybody: nothing is taken for granted."""

from datetime import date, datetime

from care import booking
from care.directory import Clinic
from handlers.turn import Turn
from storage import directory

_MOST = 2**31 - 1  # ids of the directory are whole numbers of 32 bits, and PostgreSQL refuses greater ones


def directory_id(turn: Turn, position: int) -> int | None:
    """Return the id of something in the directory, or None."""
    number = turn.press.number(position) if turn.press else None
    return number if number is not None and 0 <= number <= _MOST else None


def number(turn: Turn, position: int) -> int | None:
    """Return any other number, such as the id of a booking, or None."""
    return turn.press.number(position) if turn.press else None


def page(turn: Turn, position: int) -> int:
    """Return which page of a list is wanted, from 0."""
    return min(max(number(turn, position) or 0, 0), 99)


def word(turn: Turn, position: int) -> str | None:
    """Return an argument as it is, or None."""
    return turn.press.word(position) if turn.press else None


def day(turn: Turn, position: int) -> date | None:
    """Return a day, or None."""
    return booking.parse_day(word(turn, position))


def start(turn: Turn, position: int) -> datetime | None:
    """Return a local start (naive), or None."""
    return booking.parse_start(word(turn, position))


async def clinic(turn: Turn, position: int, *, also_retired: bool = False) -> Clinic | None:
    """Return a clinic, or None when there is none with the id."""
    clinic_id = directory_id(turn, position)
    if clinic_id is None:
        return None
    return await directory.clinic(turn.store, clinic_id, also_retired=also_retired)
