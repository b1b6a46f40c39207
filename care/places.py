"""Name what a place of a clinic is kept for.

Every place that is taken is a row of `bookings`, whoever it is for: so the one unique index of a clinic, time
and place holds for people, for who waits, for a brigade, for places that the clinic took back, and a place is
never sold twice. Only a row of `Use.VISIT` is a person's own visit.
"""

from enum import StrEnum

OVERFLOW = 1000  # places from here on are beyond the capacity: walk-ins whom the desk takes all the same


class Use(StrEnum):
    """What a row of `bookings` keeps a place for."""

    VISIT = "visit"  # a person's own visit
    CHILD = "child"  # a child's, booked by the adult `guardian_id`; `use_id`: the adult's own visit, if any
    WAIT = "wait"  # offered to who waits; `use_id`: the wait
    BRIGADE = "brigade"  # to be confirmed by who opens the link; `use_id`: the brigade
    DISPLACED = "displaced"  # instead of a visit that the clinic cancelled; `use_id`: that booking
    BLOCKED = "blocked"  # the clinic sees fewer people; `use_id`: the closure
    WALK_IN = "walk-in"  # came without a booking, and is nobody that the bot knows


KEPT = frozenset({Use.WAIT, Use.BRIGADE, Use.DISPLACED})  # given back after a while, unless somebody takes it
SEEN_AT_THE_DESK = frozenset({Use.VISIT, Use.CHILD, Use.WALK_IN})
