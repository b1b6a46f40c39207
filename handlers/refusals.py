"""Say why a referral did not move: one sentence, and nothing that tells a result."""

from collections.abc import Mapping

from care.referral import MOVES, Refusal, State, shown_to_workers
from care.roles import Actor
from handlers.worker.people import STATES
from locales.catalogue import N_, Locale

_ENDED: Mapping[State, str] = {
    State.MOVED_AWAY: N_("This has ended: they moved away."),
    State.DECLINED: N_("This has ended: they did not want to."),
    State.LOST: N_("This has ended: they could not be reached for long."),
}
_CLINICIANS = frozenset({Actor.CLINICIAN})


def ended(t: Locale, state: State) -> str:
    """Return that an episode has ended, and how, where somebody said so; else "". Plain."""
    return t.label(_ENDED[state]) if state in _ENDED else ""


def why(t: Locale, refused: Refusal, state: State, to: State | None = None) -> str:
    """Return why somebody who stands at `state` does not go to `to`, plain.

    With a result they stand at the same place for everybody, and the answer is the same.
    """
    shown = shown_to_workers(state)
    if shown is State.RESULT_GIVEN:
        refused = Refusal.NOT_FROM_HERE
    if refused is Refusal.OVER:
        return t.label(_ENDED.get(shown, N_("This has ended.")))
    if refused is Refusal.NOT_FROM_HERE:
        return t.label(
            "There is no such step from here. They stand at: {state}.", state=t.label(STATES[shown])
        )
    if to is not None and all(move.by <= _CLINICIANS for move in MOVES if move.to is to):
        return t.label("Doctors and nurses of the clinic write this.")
    return t.label("Somebody else makes this step.")
