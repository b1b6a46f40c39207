"""Decide which messages are due later, when, and how long they stay useful."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum


class Kind(StrEnum):
    """What a message due later says."""

    VISIT_EVE = "visit-eve"  # the evening before, 18:00
    VISIT_SOON = "visit-soon"  # two hours before
    VISIT_AFTER = "visit-after"  # the evening after: did you go?
    RECHECK = "recheck"  # the symptom check again, after WATCH
    NUDGE = "nudge"  # a booking was left half-way
    TALK = "talk"  # to staff: somebody asked for a person
    BOOKED = "booked"  # to staff: somebody of theirs booked, moved, cancelled
    UNKNOWN = "unknown"  # to staff: a message may not have arrived


class Lane(IntEnum):
    """Who goes first when not everything can go at once."""

    REPLY = 0  # somebody waits for it
    NOTICE = 1  # reminders, notices to staff
    BROADCAST = 2  # at most 25 a second


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A message to be sent later."""

    key: str  # what makes it one: a second one with the same key is not made
    kind: Kind
    person_id: int
    due_at: datetime  # aware, UTC
    useful_until: datetime  # aware, UTC: after this it is not sent any more
    lane: Lane = Lane.NOTICE
    local_due: str | None = None  # "2026-11-24T18:00" where the hour on the clock is what counts
    zone: str | None = None  # IANA name of that clock
    booking_id: int | None = None  # with it the message is cancelled
    params: Mapping[str, str | int] = field(default_factory=dict)  # ids and closed words only
