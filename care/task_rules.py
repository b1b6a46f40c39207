"""Decide when there is something to do for a person: each rule reads where a referral stands and says what
it needs now.

The days are those of the programme: two without a booking after signs that call for an examination, seven
without an examination after the first booking.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from care.absence import ENOUGH_MISSES, Said, goes_to_a_person, misses_in_a_row, was_missed
from care.closing import OPEN_FOR, UNANSWERED
from care.referral import BEFORE_EXAMINED
from care.results import needs_help_from
from care.talk import promise
from care.tasks import (
    COMPANY_AHEAD,
    COMPANY_WITHIN,
    ENDED,
    NO_WORD,
    NOT_BOOKED,
    NOT_EXAMINED,
    PRESSING,
    SIGNS,
    STOPPING_TOPIC,
    WAITING,
    WITHIN,
    Kind,
    Need,
    Priority,
    Situation,
    Visited,
)

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
    known = was_missed(last)
    if known is False or (known is None and last.failure is not None):
        return None  # who went has missed nothing, nor who says of the clinic alone what was wrong
    if goes_to_a_person(_past(one, now)):
        return None  # `missed_twice`
    told = last.starts_at if last.said == Said.MISSED else last.starts_at + NO_WORD
    since = last.missed_at or told
    return _from(since, now, kind=Kind.MISSED, cause=last.booking_id, priority=Priority.SOON)


def missed_twice(one: Situation, now: datetime) -> Need | None:
    """Did not come to two visits in a row, the desk or the person says: one of the team writes."""
    row = misses_in_a_row(_past(one, now))
    if one.state in ENDED or len(row) < ENOUGH_MISSES:
        return None
    last = row[0]
    since = last.missed_at or last.starts_at
    return _from(
        since,
        now,
        kind=Kind.MISSED_TWICE,
        cause=last.booking_id,
        priority=Priority.URGENT,
        topic=last.reason,
    )


def unexamined(one: Situation, now: datetime) -> Need | None:
    """Booked a week ago, and no clinic has examined the person; what they say is no examination."""
    if one.state not in BEFORE_EXAMINED or not one.visits or any(visit.examined for visit in one.visits):
        return None
    since = min(visit.created_at for visit in one.visits) + NOT_EXAMINED
    return _from(since, now, kind=Kind.UNEXAMINED, cause=one.referral_id, priority=Priority.URGENT)


def displaced(one: Situation, now: datetime) -> Need | None:
    """Lost a visit through the clinic, and has no other place, or has not answered for a day."""
    since = [
        lost.lost_at + UNANSWERED if lost.is_kept else lost.lost_at
        for lost in (one.displaced if one.state not in ENDED else ())
        if now < lost.lost_at + OPEN_FOR
    ]
    due = [moment for moment in since if moment <= now]
    if not due:
        return None
    return _from(max(due), now, kind=Kind.DISPLACED, cause=one.referral_id, priority=Priority.SOON)


def result(one: Situation, now: datetime) -> Need | None:
    """Was told twice that the clinic has something, and has not come for it: whatever it is."""
    waiting = [each for each in one.results if each.given_at is None]
    if not waiting:
        return None
    first = min(waiting, key=lambda each: (each.ready_at, each.id))
    since = needs_help_from(first.ready_at)
    need = _from(since, now, kind=Kind.RESULT, cause=first.id, priority=Priority.SOON)
    return replace(need, named=WAITING) if need is not None else None


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


RULES: tuple[Rule, ...] = (unbooked, missed, missed_twice, unexamined, displaced, result, company, talk)


def needs(one: Situation, *, now: datetime) -> tuple[Need, ...]:
    """Return all that a referral needs now; nothing when it is over."""
    found = (rule(one, now) for rule in RULES) if one.is_open else ()
    return tuple(need for need in found if need is not None)


def _past(one: Situation, now: datetime) -> list[Visited]:
    return [visit for visit in one.visits if visit.starts_at <= now]


def _from(
    since: datetime,
    now: datetime,
    *,
    kind: Kind,
    cause: int,
    priority: Priority,
    topic: str | None = None,
) -> Need | None:
    """Return what is needed from `since` on, with a day to do it, or None before."""
    if since > now:
        return None
    return Need(kind=kind, cause=cause, since=since, due_at=since + WITHIN, priority=priority, topic=topic)
