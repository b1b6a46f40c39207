"""Move a referral: one episode of one person, from the first contact to the end of care.

A move is a row of MOVES: from where, to where, who may make it, and what it means. What is not there is
refused with a reason. An end that somebody wrote is taken back by a row of RETURNS: the episode then stands
where it stood. `docs/referral.md` is made from this module.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from care.roles import Actor


class State(StrEnum):
    """Where a referral stands."""

    REACHED = "reached"
    INFORMED = "informed"
    SCREENED = "screened"
    BOOKED = "booked"
    CAME = "came"
    MISSED = "missed"
    EXAMINED = "examined"
    RESULT_READY = "result-ready"  # the clinic knows; the person is asked to come for it
    RESULT_GIVEN = "result-given"
    IN_CARE = "in-care"  # the result asks for treatment
    PREVENTIVE = "preventive"  # preventive treatment
    TREATMENT = "treatment"
    COMPLETED = "completed"
    DECLINED = "declined"
    LOST = "lost-to-follow-up"
    MOVED_AWAY = "moved-away"


class Refusal(StrEnum):
    """Why a referral does not move."""

    OVER = "over"  # the episode has ended
    NOT_FROM_HERE = "not-from-here"  # there is no such step from where it stands
    NOT_YOURS = "not-yours"  # somebody else makes this step


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A step that a referral may take."""

    to: State
    sources: frozenset[State]
    by: frozenset[Actor]
    meaning: str  # English, for the page of the documentation


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """A way back from an end to where the episode stood before it."""

    ends: frozenset[State]
    by: frozenset[Actor]
    within: timedelta  # from the end on
    meaning: str  # English, for the page of the documentation


ENDS = frozenset({State.COMPLETED, State.DECLINED, State.LOST, State.MOVED_AWAY})
OPEN = frozenset(State) - ENDS
BEFORE_EXAMINED = frozenset(
    {State.REACHED, State.INFORMED, State.SCREENED, State.BOOKED, State.CAME, State.MISSED}
)
_UNSEEN = BEFORE_EXAMINED - {State.CAME}
_HELPED = frozenset({Actor.PERSON, Actor.WORKER, Actor.COORDINATOR, Actor.ADMIN})  # alone, or with a worker
_DESK = frozenset({Actor.REGISTRAR, Actor.CLINICIAN, Actor.COORDINATOR, Actor.ADMIN})
_CLINICIAN = frozenset({Actor.CLINICIAN})
_TEAM = frozenset({Actor.WORKER, Actor.COORDINATOR, Actor.ADMIN})
_WITH_RESULT = frozenset({State.RESULT_GIVEN, State.IN_CARE, State.PREVENTIVE, State.TREATMENT})
CLOSING_UNDONE = timedelta(days=1)
STAYING_UNTIL = timedelta(days=90)  # as long as a journey that is over is kept (`storage.transfers`)

MOVES: tuple[Move, ...] = (
    Move(
        to=State.INFORMED,
        sources=frozenset({State.REACHED}),
        by=_HELPED,
        meaning="a question was answered",
    ),
    Move(
        to=State.SCREENED,
        sources=frozenset({State.REACHED, State.INFORMED, State.SCREENED, State.MISSED}),
        by=_HELPED,
        meaning="symptoms were checked; or it was the clinic that failed, they say, after such a check",
    ),
    Move(
        to=State.INFORMED,
        sources=frozenset({State.MISSED}),
        by=_HELPED,
        meaning="it was the clinic that failed, they say, and symptoms were not checked",
    ),
    Move(
        to=State.BOOKED,
        sources=_UNSEEN | {State.CAME},
        by=_HELPED | _DESK,
        meaning="a place is booked, also once more after a visit; or the desk takes back what it wrote",
    ),
    Move(
        to=State.BOOKED,
        sources=frozenset({State.REACHED, State.INFORMED, State.SCREENED, State.CAME}),
        by=frozenset({Actor.JOB}),
        meaning="a visit that the clinic had cancelled stands again",
    ),
    Move(
        to=State.INFORMED,
        sources=frozenset({State.BOOKED}),
        by=_HELPED | _DESK | {Actor.JOB},
        meaning="the only visit is cancelled, and symptoms were not checked",
    ),
    Move(
        to=State.SCREENED,
        sources=frozenset({State.BOOKED}),
        by=_HELPED | _DESK | {Actor.JOB},
        meaning="the only visit is cancelled after symptoms were checked",
    ),
    Move(
        to=State.CAME,
        sources=frozenset({State.BOOKED}),
        by=_HELPED | _DESK | {Actor.JOB},
        meaning="the person came; or a second visit is cancelled after a first one that was kept",
    ),
    Move(
        to=State.CAME,
        sources=_UNSEEN - {State.BOOKED} | {State.EXAMINED},
        by=_DESK,
        meaning="the person came after all or without a booking; or 'examined' is taken back",
    ),
    Move(
        to=State.MISSED,
        sources=frozenset({State.BOOKED, State.CAME}),
        by=_DESK,
        meaning="the person did not come",
    ),
    Move(
        to=State.MISSED,
        sources=frozenset({State.INFORMED, State.SCREENED, State.BOOKED}),
        by=_HELPED,
        meaning="they take back that the clinic failed: the desk had written that they did not come",
    ),
    Move(
        to=State.EXAMINED,
        sources=BEFORE_EXAMINED,
        by=_CLINICIAN,
        meaning="the clinic has examined the person",
    ),
    Move(
        to=State.RESULT_READY,
        sources=frozenset({State.EXAMINED}),
        by=_CLINICIAN,
        meaning="the result is there; the person is asked to come for it, and not told what it is",
    ),
    Move(
        to=State.EXAMINED,
        sources=frozenset({State.RESULT_READY}),
        by=_CLINICIAN,
        meaning="'result ready' is taken back",
    ),
    Move(
        to=State.RESULT_GIVEN,
        sources=frozenset({State.RESULT_READY}),
        by=_DESK | {Actor.PERSON},
        meaning="the person has the result",
    ),
    Move(
        to=State.RESULT_READY,
        sources=frozenset({State.RESULT_GIVEN, State.IN_CARE, State.PREVENTIVE, State.TREATMENT}),
        by=_DESK,
        meaning="'result given' is taken back",
    ),
    Move(
        to=State.IN_CARE,
        sources=frozenset({State.RESULT_GIVEN}),
        by=_DESK | {Actor.PERSON},
        meaning="the result that was given asks for treatment",
    ),
    Move(
        to=State.IN_CARE,
        sources=frozenset({State.PREVENTIVE, State.TREATMENT}),
        by=_CLINICIAN,
        meaning="treatment has not begun: it was written by mistake",
    ),
    Move(
        to=State.PREVENTIVE,
        sources=frozenset({State.IN_CARE, State.TREATMENT}),
        by=_CLINICIAN,
        meaning="preventive treatment has begun",
    ),
    Move(
        to=State.TREATMENT,
        sources=frozenset({State.IN_CARE, State.PREVENTIVE}),
        by=_CLINICIAN,
        meaning="treatment has begun",
    ),
    Move(
        to=State.COMPLETED,
        sources=frozenset({State.RESULT_GIVEN, State.PREVENTIVE, State.TREATMENT}),
        by=_CLINICIAN | {Actor.JOB},
        meaning="treatment is completed, or no treatment was needed",
    ),
    Move(
        to=State.DECLINED,
        sources=BEFORE_EXAMINED,
        by=_TEAM,
        meaning="the person does not want to be examined, as they told the team",
    ),
    Move(
        to=State.LOST,
        sources=OPEN - _WITH_RESULT,
        by=_TEAM,
        meaning="nobody could reach the person for long; after a result the end comes by itself",
    ),
    Move(
        to=State.MOVED_AWAY,
        sources=OPEN,
        by=_HELPED,
        meaning="the person went home or moved on, with a transfer card or without",
    ),
)

RETURNS: tuple[Return, ...] = (
    Return(
        ends=frozenset({State.MOVED_AWAY}),
        by=_HELPED,
        within=STAYING_UNTIL,
        meaning="the person says that they are staying after all, or are here again",
    ),
    Return(
        ends=frozenset({State.DECLINED, State.LOST}),
        by=_TEAM,
        within=CLOSING_UNDONE,
        meaning="the team takes the end back",
    ),
    Return(
        ends=frozenset({State.DECLINED, State.LOST}),
        by=frozenset({Actor.PERSON}) | _DESK,
        within=STAYING_UNTIL,
        meaning="the person came to the clinic after all: for the visit, or for the result",
    ),
)

_SEEN_BY_WORKERS = {
    State.IN_CARE: State.RESULT_GIVEN,
    State.PREVENTIVE: State.RESULT_GIVEN,
    State.TREATMENT: State.RESULT_GIVEN,
    State.COMPLETED: State.RESULT_GIVEN,
}


def refusal(now: State, to: State, by: Actor) -> Refusal | None:
    """Return why a referral may not go from `now` to `to`, or None when `by` may move it so."""
    if now in ENDS:
        return Refusal.OVER
    known = [move for move in MOVES if move.to is to and now in move.sources]
    if not known:
        return Refusal.NOT_FROM_HERE
    return None if any(by in move.by for move in known) else Refusal.NOT_YOURS


def no_return(end: State, by: Actor, *, ended_at: datetime, now: datetime) -> Refusal | None:
    """Return why an episode stays ended, or None when `by` may take its end back (both moments aware)."""
    known = [way for way in RETURNS if end in way.ends and now - ended_at < way.within]
    if not known:
        return Refusal.OVER
    return None if any(by in way.by for way in known) else Refusal.NOT_YOURS


def shown_to_workers(state: State) -> State:
    """Return the state that an outreach worker may see: never one that tells what a result was."""
    return _SEEN_BY_WORKERS.get(state, state)


def after_cancelling(*, screened: bool) -> State:
    """Return where a referral stands when its only booking was cancelled."""
    return State.SCREENED if screened else State.INFORMED
