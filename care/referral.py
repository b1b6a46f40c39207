"""Move a referral: one episode of one person, from the first contact to the end of care."""

from enum import StrEnum


class State(StrEnum):
    """Where a referral stands."""

    REACHED = "reached"
    INFORMED = "informed"
    SCREENED = "screened"
    BOOKED = "booked"
    CAME = "came"
    MISSED = "missed"
    DECLINED = "declined"
    LOST = "lost-to-follow-up"
    MOVED_AWAY = "moved-away"


_ANY_OPEN = frozenset({State.REACHED, State.INFORMED, State.SCREENED, State.BOOKED, State.MISSED})

MOVES: dict[State, frozenset[State]] = {  # to: from where
    State.REACHED: frozenset(),
    State.INFORMED: frozenset({State.REACHED}),
    State.SCREENED: frozenset({State.REACHED, State.INFORMED, State.SCREENED, State.MISSED}),
    State.BOOKED: _ANY_OPEN | {State.CAME},  # a second visit after the first is a booking again
    State.CAME: frozenset({State.BOOKED, State.MISSED}),
    State.MISSED: frozenset({State.BOOKED, State.CAME}),
    State.DECLINED: _ANY_OPEN,
    State.LOST: _ANY_OPEN | {State.CAME},
    State.MOVED_AWAY: _ANY_OPEN | {State.CAME},
}


def may_move(now: State, to: State) -> bool:
    """Return whether a referral may go from `now` to `to`."""
    return now in MOVES[to]


def after_cancelling(*, screened: bool) -> State:
    """Return where a referral stands when its only booking was cancelled."""
    return State.SCREENED if screened else State.INFORMED
