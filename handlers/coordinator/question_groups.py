"""Read the groups of questions that the bot could not answer, as a screen showed them.

A group is named by the id of one of its questions and by the newest id that was shown: what comes in
meanwhile waits for the next look, so that exactly what was seen is decided.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from care.unanswered import Group, Verdict, grouped
from handlers import chosen
from handlers.buttons import Verb
from handlers.screens import Key, key
from handlers.turn import Turn
from locales.folding import fold
from storage import questions
from storage.questions import MOST_IDS

WANTED = "n"  # as an argument of buttons: those about which somebody said that a topic is missing


@dataclass(frozen=True, slots=True)
class Chosen:
    """A group of questions, and the list from which it was chosen."""

    group: Group
    until_id: int  # the newest question that was shown
    wanted: bool  # from the list of those that want a new topic

    @property
    def verdict(self) -> Verdict | None:
        """Return what was said about the group so far."""
        return Verdict.NEW if self.wanted else None

    def args(self, *more: str) -> tuple[str | int, ...]:
        """Return this as arguments of a button."""
        return (self.group.leader.id, self.until_id, WANTED if self.wanted else "", *more)


async def groups(turn: Turn, *, wanted: bool, until_id: int = MOST_IDS) -> Sequence[Group]:
    """Return the groups that wait, or those that want a new topic, most frequent first."""
    verdict = Verdict.NEW if wanted else None
    return grouped(await questions.frequent(turn.store, verdict=verdict, until_id=until_id), fold=fold)


async def pressed(turn: Turn) -> Chosen | None:
    """Return the group of the pressed button, or None when somebody was quicker or its time is over."""
    question_id, until_id = chosen.number(turn, 0), chosen.number(turn, 1)
    if question_id is None or until_id is None:
        return None
    wanted = from_wanted(turn, 2)
    found = await groups(turn, wanted=wanted, until_id=until_id)
    group = next((one for one in found if one.holds(question_id)), None)
    return Chosen(group, until_id, wanted) if group else None


def from_wanted(turn: Turn, position: int) -> bool:
    """Return whether a button was on the list of those that want a new topic."""
    return chosen.word(turn, position) == WANTED


def list_key(label: str, *, wanted: bool, page: int = 0) -> Key:
    """Return a button to one of the two lists."""
    return key(label, Verb.QUESTIONS, page, *([WANTED] if wanted else []))
