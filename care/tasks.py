"""Decide what a member of staff must do for a person, and by when: tasks that come, close and climb by
themselves.

Each rule reads where a referral stands and says what it needs now. A task is made once for a cause; it closes
when the cause is gone and comes back when the cause does. What somebody has done stays done until there is a
new cause. The days are those of the programme: two without a booking after signs that call for an
examination, seven without an examination after the first booking.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import IntEnum, StrEnum
from zoneinfo import ZoneInfo

from care.cascade import PRESUMPTIVE
from care.referral import State
from care.symptoms import Advice
from care.talk import promise

NOT_BOOKED = timedelta(days=2)
NO_WORD = timedelta(days=1)  # after a visit of which neither the desk nor the person said anything
NOT_EXAMINED = timedelta(days=7)
WITHIN = timedelta(days=1)  # to do what has come up
COMPANY_WITHIN = timedelta(hours=2)
COMPANY_AHEAD = timedelta(hours=3)  # before the visit somebody must have been found
MORNING = time(9)  # local: what was put off comes back
STOPPING_TOPIC = "stopping-early"
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
)
AT_ONCE = frozenset({Kind.UNEXAMINED, Kind.STOPPING, Kind.RESULT})  # the owner need not wait for the morning
TO_OFFICE = frozenset({Kind.UNEXAMINED})  # the coordinator is told at once …
TO_PERSON = frozenset({Kind.UNEXAMINED})  # … and so is the person


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """What is known of a visit that was booked and not cancelled."""

    booking_id: int
    created_at: datetime  # aware, UTC
    starts_at: datetime  # aware, UTC
    came_at: datetime | None = None
    missed_at: datetime | None = None
    said: str | None = None  # went, missed


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
    company: Accompanied | None = None
    relay: Talking | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Something that must be done now."""

    kind: Kind
    cause: int  # id of the referral, booking, wish or relay: there is one task for a kind and a cause
    since: datetime  # aware, UTC: when it became so
    due_at: datetime  # aware, UTC
    priority: Priority

    @property
    def key(self) -> str:
        """What makes the task one."""
        return f"{self.kind}:{self.cause}"


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


Rule = Callable[[Situation, datetime], Need | None]


def unbooked(one: Situation, now: datetime) -> Need | None:
    """Signs that call for an examination, and no visit booked within two days, or since one was cancelled."""
    if one.state in ENDED or one.advice not in SIGNS or one.checked_at is None:
        return None
    checked_at = one.checked_at
    if any(visit.starts_at >= checked_at for visit in one.visits):
        return None
    since = max(checked_at, one.cancelled_at or checked_at) + NOT_BOOKED
    priority = Priority.URGENT if one.advice in PRESSING else Priority.SOON
    return _from(since, now, kind=Kind.UNBOOKED, cause=one.referral_id, priority=priority)


def missed(one: Situation, now: datetime) -> Need | None:
    """Booked and not come: the desk or the person says so, or nobody has said anything for a day."""
    last = one.visits[-1] if one.visits else None
    if one.state in ENDED or last is None or last.came_at is not None or last.starts_at > now:
        return None
    if last.missed_at is None and last.said == "went":
        return None
    told = last.starts_at if last.said == "missed" else last.starts_at + NO_WORD
    since = last.missed_at or told
    return _from(since, now, kind=Kind.MISSED, cause=last.booking_id, priority=Priority.SOON)


def unexamined(one: Situation, now: datetime) -> Need | None:
    """Booked a week ago, and no clinic has seen the person; what they say themselves is no examination."""
    if one.state in ENDED or not one.visits or any(visit.came_at is not None for visit in one.visits):
        return None
    since = min(visit.created_at for visit in one.visits) + NOT_EXAMINED
    return _from(since, now, kind=Kind.UNEXAMINED, cause=one.referral_id, priority=Priority.URGENT)


def company(one: Situation, now: datetime) -> Need | None:
    """Asked that somebody comes along, and nobody was found yet."""
    wish = one.company
    if wish is None or wish.is_found or wish.starts_at <= now:
        return None
    due_at = max(wish.asked_at, min(wish.asked_at + COMPANY_WITHIN, wish.starts_at - COMPANY_AHEAD))
    is_close = wish.starts_at - wish.asked_at <= WITHIN
    priority = Priority.URGENT if is_close else Priority.SOON
    return Need(kind=Kind.COMPANY, cause=wish.id, since=wish.asked_at, due_at=due_at, priority=priority)


def talk(one: Situation, _: datetime) -> Need | None:
    """Wrote to a person, and waits for an answer; whoever wants to stop treatment goes first."""
    relay = one.relay
    if relay is None:
        return None
    since, due_at = relay.opened_at, relay.promised_at
    if relay.answered_at is not None:
        wrote, answered = relay.person_wrote_at, relay.staff_wrote_at or relay.answered_at
        if wrote is None or wrote <= answered:
            return None
        since, due_at = wrote, promise(wrote, ZoneInfo(one.zone))
    stops = relay.topic == STOPPING_TOPIC
    kind = Kind.STOPPING if stops else Kind.TALK
    priority = Priority.URGENT if stops else Priority.SOON
    return Need(kind=kind, cause=relay.id, since=since, due_at=due_at, priority=priority)


RULES: tuple[Rule, ...] = (unbooked, missed, unexamined, company, talk)


def needs(one: Situation, *, now: datetime) -> tuple[Need, ...]:
    """Return all that a referral needs now; nothing when it is over."""
    found = (rule(one, now) for rule in RULES) if one.is_open else ()
    return tuple(need for need in found if need is not None)


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
    closed = [one for one in over if one.kind in BY_ITSELF]
    return Changes(tuple(opened), tuple(reopened), tuple(closed))


def asked_back(booking_id: int, *, now: datetime) -> Need:
    """Return that the clinic asks somebody who was there to come again: never for what."""
    return Need(kind=Kind.RESULT, cause=booking_id, since=now, due_at=now + WITHIN, priority=Priority.SOON)


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


def _from(since: datetime, now: datetime, *, kind: Kind, cause: int, priority: Priority) -> Need | None:
    """Return what is needed from `since` on, with a day to do it, or None before."""
    if since > now:
        return None
    return Need(kind=kind, cause=cause, since=since, due_at=since + WITHIN, priority=priority)
