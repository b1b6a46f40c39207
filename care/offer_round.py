"""Decide which of the places that are free now is offered to whom: one round of the waiting list.

Nobody is woken: what becomes free at night is held until the morning for who is first.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias

from care.booking import AHEAD_DAYS, AHEAD_LEAST, EVENING, SATURDAY, Slot, slots, to_local
from care.directory import Clinic, Session
from care.reminders import is_quiet, next_allowed
from care.waiting_list import LASTS, Hours, Waiter, Wish, fits, start_key, turn

_Wanted: TypeAlias = "tuple[Wish, frozenset[int] | None]"  # a wish, and which clinics 'any' means


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """A free place for who is first to be offered it."""

    slot: Slot
    waiter: Waiter
    told_at: datetime  # aware, UTC: now, or when the night is over
    until: datetime  # aware, UTC: held until then


def held_for(slot: Slot, waiter: Waiter, *, now: datetime) -> tuple[datetime, datetime] | None:
    """Return when the offer reaches them and until when the place is held (aware, UTC).

    None when too little time would be left for the way to the clinic. Nothing is offered between 21:00 and
    08:00, nor so late that it would have to be answered then, on the clinic's clock and on theirs.
    """
    told_at = now
    for zone in (slot.zone, waiter.zone or slot.zone):
        for moment in (told_at, told_at + waiter.hold):
            if is_quiet(moment, zone):
                told_at = next_allowed(moment, zone)
    until = told_at + waiter.hold
    return (told_at, until) if slot.starts_at >= until + AHEAD_LEAST else None


def wants(waiter: Waiter, slot: Slot) -> bool:
    """Return whether a place may be offered to somebody who is offered nothing now.

    Not a time that they let go before, nothing later than a visit of theirs that suits as well, and nothing
    as late as what was free when they began to wait.
    """
    wait = waiter.wait
    if wait.offered is not None or wait.ended_at is not None or not _suit((wait.wish, waiter.clinics), slot):
        return False
    if start_key(slot) in wait.refused:
        return False
    return not _too_late(waiter, slot)


def offers(free: Iterable[Slot], waiters: Iterable[Waiter], *, now: datetime) -> Iterator[Chance]:
    """Yield which free place is offered to whom: soonest places first, one to each who waits.

    People with the same wish stand in one queue, and slots of the same clinic, weekday and half of the day
    suit the same queues: so a round costs little more than reading the slots.
    """
    queues: dict[_Wanted, list[Waiter]] = {}
    for waiter in sorted(waiters, key=lambda one: turn(one.wait)):
        if waiter.wait.offered is None:
            queues.setdefault((waiter.wait.wish, waiter.clinics), []).append(waiter)
    alike: dict[object, list[list[Waiter]]] = {}
    for slot in sorted(free, key=lambda one: (one.starts_at, one.clinic_id)):
        kind = (slot.clinic_id, slot.local.weekday(), slot.in_the_evening)
        if kind not in alike:
            alike[kind] = [queue for wanted, queue in queues.items() if _suit(wanted, slot)]
        for _ in range(slot.free if alike[kind] else 0):
            found = [one for queue in alike[kind] if (one := _head(slot, queue, now=now)) is not None]
            if not found:
                break
            chance, queue = min(found, key=lambda one: turn(one[0].waiter.wait))
            queue.remove(chance.waiter)
            yield chance


def only_wanted(clinic: Clinic, waiters: Iterable[Waiter]) -> Clinic:
    """Return the clinic with those of its sessions that anybody waits for: no other slot need be read."""
    wishes = {(one.wait.wish, one.clinics) for one in waiters if one.wait.offered is None}
    near = [wish for wish, clinics in wishes if _is_near(wish, clinics, clinic.id)]
    sessions = tuple(one for one in clinic.sessions if any(_meets(wish, one) for wish in near))
    return replace(clinic, sessions=sessions)


def may_come_true(wish: Wish, clinics: Iterable[Clinic], *, now: datetime) -> bool:
    """Return whether any of these clinics sees people at a time that suits, as long as a wait lasts.

    Places may all be taken, and hours be shut that open again; but nobody should wait for a day on which a
    clinic never sees anybody.
    """
    for clinic in clinics:
        sessions = tuple(one for one in clinic.sessions if _meets(wish, one))
        as_planned, first = replace(clinic, sessions=sessions, closures=()), to_local(now, clinic.timezone)
        days = range((LASTS.days + AHEAD_DAYS) if sessions else 0)
        for slot in (slot for n in days for slot in slots(as_planned, first.date() + timedelta(days=n))):
            if fits(wish, slot):
                return True
    return False


def _meets(wish: Wish, session: Session) -> bool:
    """Return whether a slot of the session may fit: the slots themselves are asked afterwards."""
    if wish.days and session.weekday not in wish.days:
        return False
    if wish.hours is Hours.EVENING:
        return session.weekday >= SATURDAY or session.end > EVENING
    return wish.hours is Hours.ANY or session.start < EVENING


def _is_near(wish: Wish, clinics: frozenset[int] | None, clinic_id: int) -> bool:
    if wish.clinic_id is not None:
        return wish.clinic_id == clinic_id
    return clinics is None or clinic_id in clinics


def _suit(wanted: _Wanted, slot: Slot) -> bool:
    """Return whether a slot is what people with this wish, in this city, want."""
    wish, clinics = wanted
    return _is_near(wish, clinics, slot.clinic_id) and fits(wish, slot)


def _head(slot: Slot, queue: list[Waiter], *, now: datetime) -> tuple[Chance, list[Waiter]] | None:
    """Return the first of a queue of equal wishes to whom the slot can be offered, with the queue.

    Slots come soonest first: for whom this one is too late, all that follow are.
    """
    if any(_too_late(waiter, slot) for waiter in queue):
        queue[:] = [waiter for waiter in queue if not _too_late(waiter, slot)]
    for waiter in queue:
        held = held_for(slot, waiter, now=now) if wants(waiter, slot) else None
        if held is not None:
            return Chance(slot=slot, waiter=waiter, told_at=held[0], until=held[1]), queue
    return None


def _too_late(waiter: Waiter, slot: Slot) -> bool:
    """Return whether somebody knew of as late a place, or has a visit that is sooner and suits."""
    wait = waiter.wait
    if wait.sooner_than is not None and slot.starts_at >= wait.sooner_than:
        return True
    return any(fits(wait.wish, one) and one.starts_at <= slot.starts_at for one in waiter.visits)
