"""Decide what becomes of what a member of staff must do for a person: tasks that come, close and climb by
themselves.

A task is made once for a cause; it closes when the cause is gone and comes back when the cause does. What
somebody has done stays done until there is a new cause. `care/task_rules.py` says when there is one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import IntEnum, StrEnum
from zoneinfo import ZoneInfo

from care.absence import Past
from care.cascade import PRESUMPTIVE
from care.referral import State
from care.symptoms import Advice

NOT_BOOKED = timedelta(days=2)
NO_WORD = timedelta(days=1)  # after a visit of which neither the desk nor the person said anything
NOT_EXAMINED = timedelta(days=7)
WITHIN = timedelta(days=1)  # to do what has come up
COMPANY_WITHIN = timedelta(hours=2)
COMPANY_AHEAD = timedelta(hours=3)  # before the visit somebody must have been found
MORNING = time(9)  # local: what was put off comes back
STOPPING_TOPIC = "stopping-early"
WAITING = "result-waiting"  # in the key of a task that comes and closes by itself, beside those asked for
ENDED = frozenset({State.DECLINED, State.LOST, State.MOVED_AWAY})
SIGNS = frozenset(advice.name.lower() for advice in PRESUMPTIVE)
PRESSING = frozenset({Advice.URGENT.name.lower(), Advice.RED.name.lower()})


class Kind(StrEnum):
    """What there is to do."""

    TALK = "talk"  # somebody asked for a person
    UNBOOKED = "unbooked"  # signs that call for an examination, and no visit booked
    MISSED = "missed"  # booked, and did not come
    UNEXAMINED = "unexamined"  # booked a week ago, and not examined
    COMPANY = "company"  # asked that somebody comes along
    RESULT = "result"  # the clinic has something to say: the person should go there; never what
    STOPPING = "stopping"  # wants to stop treatment
    LAWYER = "lawyer"  # a lawyer is needed
    PSYCHOLOGIST = "psychologist"
    ABROAD = "abroad"  # has left, and asks for help to go on there: never with what
    DISPLACED = "displaced"  # the clinic cannot see them, and they have no other place, or have not answered
    MISSED_TWICE = "missed-twice"  # did not come twice in a row: a person writes now, and not the bot
    REMEDY = "remedy"  # said what is in the way, and nothing that the bot has helps


class Priority(IntEnum):
    """What goes first."""

    URGENT = 0
    SOON = 1
    USUAL = 2


class Snooze(StrEnum):
    """Why something is put off."""

    ASKED = "asked-to-wait"
    NOT_REACHED = "not-reached"
    TRAVELLING = "travelling"
    ILL = "ill"
    OTHER = "other"


SNOOZE_DAYS = (1, 3, 7)
GRACE = {  # how long after its time a task climbs to the coordinator
    Priority.URGENT: timedelta(0),
    Priority.SOON: timedelta(hours=4),
    Priority.USUAL: timedelta(days=1),
}
BY_ITSELF = frozenset(  # these close when their cause is gone; the others somebody must have done
    {Kind.UNBOOKED, Kind.MISSED, Kind.UNEXAMINED, Kind.COMPANY, Kind.TALK, Kind.STOPPING}
) | {Kind.MISSED_TWICE, Kind.DISPLACED}
AT_ONCE = frozenset(
    {Kind.UNEXAMINED, Kind.STOPPING, Kind.RESULT, Kind.ABROAD}
) | {  # the owner need not wait for the morning
    Kind.MISSED_TWICE,
    Kind.REMEDY,
}
TO_OFFICE = frozenset({Kind.UNEXAMINED})  # the coordinator is told at once …
TO_PERSON = frozenset({Kind.UNEXAMINED})  # … and so is the person


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited(Past):
    """What is known of a visit that was booked and not cancelled."""

    created_at: datetime  # aware, UTC
    examined: bool = False  # the clinic says so; or the person came, and nobody writes examinations there


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a clinic has to say to somebody, or had: that there is something, never what."""

    id: int  # of the examination
    ready_at: datetime  # aware, UTC
    given_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Displaced:
    """A visit that the clinic cancelled, and instead of which the person has no other yet."""

    booking_id: int
    lost_at: datetime  # aware, UTC
    is_kept: bool  # another place is kept for them, and waits for their answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Accompanied:
    """A wish for company that is open."""

    id: int
    asked_at: datetime  # aware, UTC
    starts_at: datetime  # aware, UTC: the visit
    is_found: bool  # somebody comes along


@dataclass(frozen=True, slots=True, kw_only=True)
class Talking:
    """A relay that is open."""

    id: int
    opened_at: datetime  # aware, UTC
    promised_at: datetime
    topic: str | None = None
    answered_at: datetime | None = None
    person_wrote_at: datetime | None = None
    staff_wrote_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Where a referral stands: all that the rules read."""

    referral_id: int
    person_id: int
    state: State
    zone: str  # IANA name of the clock where the person is
    staff_id: int | None = None
    is_open: bool = True
    advice: str | None = None  # class of the last symptom check
    checked_at: datetime | None = None  # aware, UTC
    cancelled_at: datetime | None = None  # the newest cancelling of a visit
    visits: tuple[Visited, ...] = ()  # by their beginning
    displaced: tuple[Displaced, ...] = ()  # soonest lost first
    company: Accompanied | None = None
    relay: Talking | None = None
    results: tuple[Result, ...] = ()  # also of a child that the person brought


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Something that must be done now."""

    kind: Kind
    cause: int  # id of the referral, booking, wish or relay: there is one task for a kind and a cause
    since: datetime  # aware, UTC: when it became so
    due_at: datetime  # aware, UTC
    priority: Priority
    topic: str | None = None  # of care.topics, or care.absence.Reason: what it is about
    named: str | None = None  # instead of the kind in the key, where a kind has causes of several sorts

    @property
    def key(self) -> str:
        """What makes the task one."""
        return f"{self.named or self.kind}:{self.cause}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A task that there is."""

    id: int
    kind: Kind
    key: str | None
    due_at: datetime  # aware, UTC
    priority: Priority = Priority.SOON
    snoozed_until: datetime | None = None
    escalated_at: datetime | None = None
    done_at: datetime | None = None
    by_hand: bool = False  # somebody did it; else its cause was gone


@dataclass(frozen=True, slots=True)
class Changes:
    """What must become of a referral's tasks."""

    opened: tuple[Need, ...] = ()
    reopened: tuple[tuple[Known, Need], ...] = ()
    closed: tuple[Known, ...] = ()


def settle(wanted: Sequence[Need], known: Iterable[Known]) -> Changes:
    """Return what must become of the tasks `known` of one referral, so that they are what is `wanted`.

    A second time it changes nothing.
    """
    by_key = {task.key: task for task in known if task.key is not None}
    opened, reopened = [], []
    for need in wanted:
        task = by_key.get(need.key)
        if task is None:
            opened.append(need)
        elif task.done_at is not None and (not task.by_hand or need.since > task.done_at):
            reopened.append((task, need))
    keys = {need.key for need in wanted}
    over = [one for key, one in by_key.items() if one.done_at is None and key not in keys]
    closed = [one for one in over if closes_by_itself(one)]
    return Changes(tuple(opened), tuple(reopened), tuple(closed))


def closes_by_itself(task: Known) -> bool:
    """Return whether a task is over when its cause is gone; others somebody must have done."""
    return task.kind in BY_ITSELF or (task.key or "").startswith(f"{WAITING}:")


def asked_back(booking_id: int, *, now: datetime) -> Need:
    """Return that the clinic asks somebody who was there to come again: never for what."""
    return Need(kind=Kind.RESULT, cause=booking_id, since=now, due_at=now + WITHIN, priority=Priority.SOON)


def nothing_helped(booking_id: int, reason: str, *, now: datetime) -> Need:
    """Return that nothing which the bot has helps somebody to come: `reason` is a word of care.absence."""
    return Need(
        kind=Kind.REMEDY,
        cause=booking_id,
        since=now,
        due_at=now + WITHIN,
        priority=Priority.SOON,
        topic=reason,
    )


def remedy_key(booking_id: int) -> str:
    """Return the key of the task of `nothing_helped`."""
    return f"{Kind.REMEDY}:{booking_id}"


def needs_help_there(transfer_id: int, *, now: datetime) -> Need:
    """Return that somebody who has left asks for help to go on there: never with what."""
    return Need(kind=Kind.ABROAD, cause=transfer_id, since=now, due_at=now + WITHIN, priority=Priority.SOON)


def due_from(task: Known) -> datetime:
    """Return when a task is due (aware, UTC): what was put off, when it comes back."""
    return max(task.due_at, task.snoozed_until) if task.snoozed_until else task.due_at


def climbs(task: Known, *, now: datetime) -> bool:
    """Return whether the coordinator must be told that a task is late: once for each task."""
    if task.done_at is not None or task.escalated_at is not None:
        return False
    return due_from(task) + GRACE[task.priority] <= now


def put_off_until(now: datetime, days: int, zone: ZoneInfo) -> datetime:
    """Return nine in the morning, `days` days from today on the clock of `zone` (aware, UTC)."""
    day = now.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(day, MORNING, zone).astimezone(now.tzinfo)
