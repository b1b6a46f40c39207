"""Decide who comes along to the clinic with somebody who asked for it, and where that stands.

Workers who are on shift at the hour of the visit are asked one after the other: whose the referral is first,
then those of the same area, then who has the fewest open referrals. A woman, a man, a language are conditions
where the person named them. Whoever was asked once is not asked again for the same visit; they may still
change their mind as long as nobody else said yes.

    begun → asked ⇄ offered → accepted → met → done
              ⇅                  ↓ the one who said yes cannot: asked again
            nobody
    and from anywhere: cancelled; in the end also: missed, unsaid, nobody

What becomes of it when the visit moves, or the clinic cancels it (paused), stands in `care/company_visit.py`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from care.closing import OPEN_FOR
from care.ownership import speaks
from care.reminders import is_quiet, next_allowed

BY_DAY = timedelta(minutes=30)  # how long an offer waits before the next one is asked …
IN_A_HURRY = timedelta(minutes=10)  # … when the visit begins within …
HURRY = timedelta(hours=3)
SOONEST = timedelta(minutes=30)  # before the visit: later nobody can be asked
MEETS_FROM = timedelta(hours=3)  # before the visit: from then on 'we have met' can be said
OVER_AFTER = timedelta(days=1)  # after the visit nobody says anything more
KEPT_BEGUN = timedelta(days=1)  # what was begun and not sent off
SAME_TIME = timedelta(hours=2)  # nobody goes with two people whose visits begin closer together


class State(StrEnum):
    """Where it stands that somebody comes along."""

    BEGUN = "begun"  # the person says whom they want, and where to meet
    ASKED = "asked"  # nobody has said yes, and nobody is being asked just now
    OFFERED = "offered"  # somebody is being asked
    ACCEPTED = "accepted"
    MET = "met"
    DONE = "done"
    MISSED = "missed"  # the person did not come
    UNSAID = "unsaid"  # the day is over, and nobody said whether they met
    CANCELLED = "cancelled"
    PAUSED = "paused"  # the clinic cancelled the visit, and nothing has become of the person's place yet
    NOBODY = "nobody"  # everybody was asked; a coordinator looks for somebody


UNSEEN = frozenset({State.BEGUN, State.PAUSED})  # nobody of the team has to do with it
UNANSWERED = frozenset({State.ASKED, State.OFFERED, State.NOBODY})  # nobody has said yes so far
TAKEN = frozenset({State.ACCEPTED, State.MET})


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """That somebody comes along to one visit of one person."""

    id: int
    person_id: int
    booking_id: int
    state: State
    created_at: datetime  # aware, UTC, as all below
    gender: str | None = None  # f, m: asked for
    locale: str | None = None  # asked for; None: any language
    staff_id: int | None = None  # who comes along; not `offered_to`: the caseload was handed over since
    offered_to: int | None = None  # staff id of who is being asked, who said yes, or had when it was paused
    offered_at: datetime | None = None
    refused: tuple[int, ...] = ()  # staff ids of who was asked before, in this order
    accepted_at: datetime | None = None
    met_at: datetime | None = None
    ended_at: datetime | None = None
    place: bytes | None = None  # "latitude,longitude", encrypted for the person; None: the clinic's door
    phone: bytes | None = None  # likewise


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """The visit that somebody comes along to."""

    starts_at: datetime  # aware, UTC
    zone: str  # IANA name of the clinic's clock
    owner_id: int | None = None  # staff id of whose the referral is


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody of the team who could come along."""

    staff_id: int
    person_id: int
    since: datetime  # aware, UTC: when they began to work here
    languages: frozenset[str] = frozenset()
    gender: str | None = None
    on_shift: bool = True  # at the hour of the visit
    away: bool = False  # on holiday or ill, now or then
    asks: bool = True  # workers of the city; who is no worker goes only with people of their own
    same_area: bool = False  # as the clinic or the person
    open_referrals: int = 0
    busy: bool = False  # goes with somebody else about that time


def may_ask(starts_at: datetime, *, now: datetime) -> bool:
    """Return whether there is time enough to find somebody for a visit (aware moments)."""
    return now + SOONEST <= starts_at


def next_to_ask(team: Sequence[Candidate], company: Company, owner_id: int | None) -> Candidate | None:
    """Return who is asked next, or None when nobody is left."""
    able = [one for one in team if _suits(one, company) and (one.asks or one.staff_id == owner_id)]
    return min(
        able,
        key=lambda one: (
            one.staff_id != owner_id,
            not one.same_area,
            one.open_referrals,
            one.since,
            one.staff_id,
        ),
        default=None,
    )


def _suits(one: Candidate, company: Company) -> bool:
    return (
        one.on_shift
        and not one.away
        and not one.busy
        and one.person_id != company.person_id
        and one.staff_id not in company.refused
        and company.gender in {None, one.gender}
        and (company.locale is None or speaks(one.languages, company.locale))
    )


def answer_by(offered_at: datetime, trip: Trip) -> datetime:
    """Return until when an offer waits for its answer (aware, UTC); the night does not count."""
    patience = IN_A_HURRY if trip.starts_at - offered_at <= HURRY else BY_DAY
    end = offered_at + patience
    if not is_quiet(end, trip.zone):
        return end
    return next_allowed(end, trip.zone) + patience


def advanced(company: Company, trip: Trip, team: Sequence[Candidate], *, now: datetime) -> Company:
    """Return what becomes of it by itself until `now`: given up offers, the next one asked, the end."""
    if company.ended_at is not None:
        return company
    over = _when_over(company, trip, now=now)
    if over is not None:
        return over
    if company.state not in UNANSWERED | {State.ACCEPTED}:
        return company
    here = {one.staff_id for one in team if not one.away}
    waiting = _without_gone(company, here, now=now)
    if waiting.state is State.OFFERED and waiting.offered_at is not None:
        if now < answer_by(waiting.offered_at, trip):
            return waiting
        waiting = _asked_again(waiting, waiting.offered_to)
    if waiting.state is State.ACCEPTED or is_quiet(now, trip.zone) or now >= trip.starts_at:
        return waiting
    chosen = next_to_ask(team, waiting, trip.owner_id)
    if chosen is None:
        return replace(waiting, state=State.NOBODY)
    return replace(waiting, state=State.OFFERED, offered_to=chosen.staff_id, offered_at=now)


def _when_over(company: Company, trip: Trip, *, now: datetime) -> Company | None:
    """Return how it ends by itself, or None as long as it does not."""
    if company.state is State.BEGUN:
        gone = now >= company.created_at + KEPT_BEGUN or now >= trip.starts_at
        return _ended(company, State.CANCELLED, now=now) if gone else None
    if company.state is State.PAUSED:
        return _ended(company, State.CANCELLED, now=now) if now >= trip.starts_at + OPEN_FOR else None
    if company.state in UNANSWERED:
        return _ended(company, State.NOBODY, now=now) if now >= trip.starts_at else None
    if now < trip.starts_at + OVER_AFTER:
        return None
    return _ended(company, State.DONE if company.state is State.MET else State.UNSAID, now=now)


def _without_gone(company: Company, here: Collection[int], *, now: datetime) -> Company:
    """Let somebody else be asked where the one who said yes, or is being asked, is not there any more.

    A colleague who was handed the caseload did not say yes themselves: they are the first to be asked.
    """
    if company.state is State.OFFERED:
        gone = company.offered_to not in here
        return _asked_again(company, company.offered_to) if gone else company
    if company.state is not State.ACCEPTED:
        return company
    if company.staff_id not in here:
        return _asked_again(_asked_again(company, company.offered_to), company.staff_id)
    if company.staff_id == company.offered_to:
        return company
    freed = _asked_again(company, company.offered_to)
    if company.staff_id in freed.refused:
        return freed
    return replace(freed, state=State.OFFERED, offered_to=company.staff_id, offered_at=now)


def _asked_again(company: Company, without: int | None) -> Company:
    refused = company.refused
    if without is not None and without not in refused:
        refused = (*refused, without)
    return replace(
        company,
        state=State.ASKED,
        staff_id=None,
        offered_to=None,
        offered_at=None,
        accepted_at=None,
        refused=refused,
    )


def _ended(company: Company, state: State, *, now: datetime) -> Company:
    """End it; where to meet and whom to call goes with the end."""
    return replace(
        company, state=state, ended_at=now, offered_to=None, offered_at=None, place=None, phone=None
    )


def accepted(company: Company, staff_id: int, *, oversees: bool = False, now: datetime) -> Company | None:
    """Return it with `staff_id` coming along, or None when it is not theirs to take, or somebody's already.

    Whoever is being asked may, whoever was asked before and nobody said yes since, and a coordinator always.
    """
    asked = company.offered_to == staff_id or staff_id in company.refused or oversees
    if company.ended_at is not None or company.state not in UNANSWERED or not asked:
        return None
    return replace(
        _asked_again(company, company.offered_to if company.offered_to != staff_id else None),
        state=State.ACCEPTED,
        staff_id=staff_id,
        accepted_at=now,
        offered_to=staff_id,
        offered_at=None,
    )


def declined(company: Company, staff_id: int) -> Company | None:
    """Return it with somebody else to be asked, or None when `staff_id` is not being asked."""
    if company.state is not State.OFFERED or company.offered_to != staff_id:
        return None
    return _asked_again(company, staff_id)


def swapped(company: Company, staff_id: int) -> Company | None:
    """Return it with somebody else to be asked, because who said yes cannot; None when it is not theirs."""
    if company.state is not State.ACCEPTED or company.staff_id != staff_id:
        return None
    return _asked_again(company, staff_id)


def may_say(company: Company, staff_id: int, trip: Trip, *, now: datetime) -> bool:
    """Return whether `staff_id` may say by now whether they met."""
    return company.state in TAKEN and company.staff_id == staff_id and now >= trip.starts_at - MEETS_FROM


def said(company: Company, what: State, *, now: datetime) -> Company | None:
    """Return it after a word of who comes along: MET, DONE or MISSED; None when that was said before."""
    if company.state is State.ACCEPTED and what is State.MET:
        return replace(company, state=State.MET, met_at=now)
    if company.state in TAKEN and what is State.DONE:
        return replace(_ended(company, State.DONE, now=now), met_at=company.met_at or now)
    if company.state is State.ACCEPTED and what is State.MISSED:
        return _ended(company, State.MISSED, now=now)
    return None


def cancelled(company: Company, *, now: datetime) -> Company | None:
    """Return it ended, because nobody needs it any more; None when it was over before."""
    return _ended(company, State.CANCELLED, now=now) if company.ended_at is None else None


def sent_off(company: Company) -> Company | None:
    """Return what was begun as asked for; None when that was done before."""
    return replace(company, state=State.ASKED) if company.state is State.BEGUN else None


def widened(company: Company) -> Company | None:
    """Return it without conditions: woman or man, any language; None when that changes nothing."""
    if company.state not in UNANSWERED or (company.gender, company.locale) == (None, None):
        return None
    return replace(company, gender=None, locale=None)
