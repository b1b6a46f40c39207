"""Decide what a clinic may write of an examination, what follows from it, and when somebody is told again.

A result is written by code, known to the clinic and to the person, and shown to nobody else: so everything
that others see (where a referral stands and since when, tasks, messages, outcomes with a referral) follows
from *that* there is a result, never from which. The codes are those of the programme: no TB, infection, TB,
drug-resistant TB.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from care.referral import State


class Result(StrEnum):
    """What an examination found, as a code: all are equally long, so that what is sealed tells nothing."""

    NO_TB = "R0"
    INFECTION = "R1"
    TB = "R2"
    RESISTANT = "R3"  # drug-resistant TB


class Stage(StrEnum):
    """How far an examination is; the values are the filters of the list's buttons."""

    ARRIVED = "a"  # the person is there, and nobody has written anything
    EXAMINED = "e"
    READY = "r"  # the clinic knows, and the person was asked to come
    GIVEN = "g"  # the person has it


class Care(StrEnum):
    """What is written after a result was given that asks for care."""

    PREVENTIVE = "p"  # preventive treatment has begun
    TREATMENT = "t"
    COMPLETED = "c"
    NOTHING = "n"  # what was begun was written by mistake


OPENS_CARE = frozenset({Result.INFECTION, Result.TB, Result.RESISTANT})
OF_THE_HOUSEHOLD = frozenset({Result.TB, Result.RESISTANT})
"""Whoever lived close to somebody with TB should be examined (facts.md, contact-with-patient: WHO-TPT)."""

AGAIN_AFTER = timedelta(days=2)  # the person is told a second time …
TASK_AFTER = AGAIN_AFTER + timedelta(days=1)  # … and then the outreach worker is asked to help
RELEASED_AFTER = timedelta(days=30)  # from 'given' on: outreach has no more to do, whatever the result was
SHORTEST_COURSE = timedelta(days=28)  # preventive treatment takes a month at least (facts.md: WHO-TPT)
LOOKED_BACK = timedelta(days=90)  # visits longer ago are found by their number no more
TOGETHER = 5  # results of a clinic that are counted at once, so that no count tells of one person
SETTLED_AFTER = timedelta(days=1)  # until then 'given' may be taken back
POOLED_AFTER = timedelta(days=60)  # what waited so long is counted with results of other clinics
SMALL = 5  # a count below this is not shown
STATES: Mapping[Care, State] = {
    Care.PREVENTIVE: State.PREVENTIVE,
    Care.TREATMENT: State.TREATMENT,
    Care.COMPLETED: State.COMPLETED,
    Care.NOTHING: State.IN_CARE,
}
_ON_TREATMENT = frozenset({State.PREVENTIVE, State.TREATMENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What a clinic wrote of a visit, without the result."""

    id: int  # random
    booking_id: int
    clinic_id: int
    examined_at: datetime  # aware, UTC, as those below
    person_id: int | None = None  # who is told; None: somebody whom the bot does not know
    referral_id: int | None = None
    ready_at: datetime | None = None
    given_at: datetime | None = None
    earlier_at: datetime | None = None  # since when they have had another result, which this one replaces


def stage(one: Examination | None) -> Stage:
    """Return how far an examination is; None: nothing was written of the visit."""
    if one is None:
        return Stage.ARRIVED
    if one.given_at is not None:
        return Stage.GIVEN
    return Stage.READY if one.ready_at is not None else Stage.EXAMINED


def written_at(one: Examination) -> datetime:
    """Return when the newest step was written (aware, UTC)."""
    return one.given_at or one.ready_at or one.examined_at


def round_of(one: Examination) -> int:
    """Return what tells a result from the next one of the same visit: the newest step, in seconds."""
    return int(written_at(one).timestamp())


def may_take_back(one: Examination | None, *, zone: str, now: datetime) -> bool:
    """Return whether the newest step can be taken back: on the day on which it was written, at the clinic."""
    if one is None:
        return False
    clock = ZoneInfo(zone)
    return written_at(one).astimezone(clock).date() == now.astimezone(clock).date()


def after_given(result: Result) -> State | None:
    """Return where a referral goes from 'given', or None when it stays there."""
    return State.IN_CARE if result in OPENS_CARE else None


def care_steps(
    one: Examination | None, result: Result | None, state: State | None, *, now: datetime
) -> tuple[Care, ...]:
    """Return what can be written of somebody's care, in the order of the buttons.

    None before the result was given, where it asks for no care, and where there is no referral.
    """
    if one is None or one.given_at is None or result is None or result not in OPENS_CARE:
        return ()
    if state is State.IN_CARE:
        return (Care.PREVENTIVE, Care.TREATMENT)
    if state not in _ON_TREATMENT:
        return ()
    other = Care.TREATMENT if state is State.PREVENTIVE else Care.PREVENTIVE
    done = (Care.COMPLETED,) if now - one.given_at >= SHORTEST_COURSE else ()
    return (other, *done, Care.NOTHING)


def needs_help_from(ready_at: datetime) -> datetime:
    """Return from when on the outreach worker is asked to help somebody who did not come for it."""
    return ready_at + TASK_AFTER


def counted_together(
    waiting: Iterable[tuple[int, int, datetime]], *, now: datetime
) -> list[tuple[int | None, tuple[int, ...]]]:
    """Return which results are counted now: those of a clinic once there are enough of them.

    `waiting` holds the id, the clinic and when it was given (aware, UTC) of those that are not counted yet.
    What waited for long at small clinics is counted with that of others, without a clinic. What was given
    within a day may still be taken back.
    """
    settled = [one for one in waiting if one[2] <= now - SETTLED_AFTER]
    by_clinic: dict[int, list[int]] = defaultdict(list)
    for examination_id, clinic_id, _ in settled:
        by_clinic[clinic_id].append(examination_id)
    enough = {clinic_id for clinic_id, ids in by_clinic.items() if len(ids) >= TOGETHER}
    batches: list[tuple[int | None, tuple[int, ...]]] = [
        (clinic_id, tuple(by_clinic[clinic_id])) for clinic_id in sorted(enough)
    ]
    long = [one[0] for one in settled if one[1] not in enough and one[2] <= now - POOLED_AFTER]
    return [*batches, (None, tuple(long))] if len(long) >= TOGETHER else batches


def shown_count(number: int) -> str:
    """Write a count so that it tells of nobody, alone or beside that of another period: "0", "<5", "10+".

    It is below nothing where more were replaced than counted.
    """
    if 0 < number < SMALL:
        return f"<{SMALL}"
    return f"{number - number % SMALL}+" if number > 0 else "0"


def linkage(counts: Mapping[Result, int]) -> str:
    """Write how many came to have care opened, so that no hidden count can be worked out from the others."""
    positive = [max(counts.get(result, 0), 0) for result in sorted(OPENS_CARE)]
    whole = sum(positive)
    if whole >= SMALL and any(0 < number < SMALL for number in positive):
        return f"{SMALL}+"
    return shown_count(whole)
