"""Decide about children: a place beside the adult's, and the way of a child without papers.

The steps of that way are those of the programme (record of birth, service centre, clinic). What is said about
papers beside them is from the fact sheet, topic child-without-documents.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from care.booking import Slot
from care.message_kinds import Kind
from care.reminders import Planned
from care.roles import Actor

MOST = 5  # children that somebody brings along
BESIDE = timedelta(hours=1)  # at most until the child's turn
TOLD_AFTER = timedelta(minutes=10)  # several ticks are one piece of news
TOLD_USEFUL = timedelta(days=2)


class Age(StrEnum):
    """How old a child is, in years: as roughly as the clinic needs it."""

    UNDER_5 = "0-4"
    UNDER_15 = "5-14"
    UNDER_18 = "15-17"


class Checklist(StrEnum):
    """What a worker and a parent tick together."""

    WITHOUT_PAPERS = "without-papers"


class Step(StrEnum):
    """A step of the way of a child without papers, in order; none of them waits for another."""

    RECORD = "record"  # of the birth
    CENTRE = "centre"  # the service centre
    CLINIC = "clinic"


Ticked = Mapping[str, str]  # step → care.roles.Actor who ticked it


def beside(slots: Sequence[Slot], local: datetime) -> tuple[Slot, ...]:
    """Return where a child can be seen whose adult is seen at `local`: at the same time, or at the next one.

    `slots` are those of that clinic and day, soonest first, full ones too.
    """
    after = [slot for slot in slots if local <= slot.local <= local + BESIDE]
    return tuple(after[:2])


def ticks(ticked: Ticked, step: Step, *, by: Actor, done: bool) -> dict[str, str]:
    """Return the ticks after somebody ticked a step or took it back; who ticked it first stays."""
    after = {name: who for name, who in ticked.items() if name != step}
    return {**after, step.value: ticked.get(step, by.value)} if done else after


def all_done(ticked: Ticked) -> bool:
    """Return whether every step is ticked."""
    return set(Step) <= set(ticked)


def news(checklist_id: int, person_id: int, about: int, *, staff: bool, now: datetime) -> Planned:
    """Tell the other side that something was ticked: once a day at most, and neither what nor by whom.

    `person_id` is told, `about` is whose list it is, `staff` whether a worker is told. Days are of UTC.
    """
    kind = Kind.CHECKLIST_STAFF if staff else Kind.CHECKLIST
    return Planned(
        key=f"{kind}:{checklist_id}:{person_id}:{now:%Y%m%d}",
        kind=kind,
        person_id=person_id,
        due_at=now + TOLD_AFTER,
        useful_until=now + TOLD_USEFUL,
        params={"checklist": checklist_id, "about": about},
    )
