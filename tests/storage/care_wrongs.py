"""Say what is wrong in a town after many things happened at the same moment."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from care.absence import past_of, was_missed
from care.booking import to_utc
from care.company import TAKEN, UNANSWERED
from care.company import State as With
from care.directory import ClosureKind
from care.message_kinds import Kind as Message
from care.outcomes import Kind as Outcome
from care.places import OVERFLOW, Use
from care.referral import ENDS, State
from storage import schema
from storage.bookings import from_row
from tests.reliability.town import CAPACITY, OF_VISITS, Town

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Store:
    """All that is to be looked at."""

    town: Town
    every: dict[int, Row]  # bookings, also cancelled ones
    closures: dict[int, Row]
    waits: list[Row]
    due: list[Row]
    brigades: list[Row]
    brigade_places: list[Row]
    referrals: list[Row]
    companies: list[Row]
    examinations: list[Row]
    outcomes: list[Row]
    gone: frozenset[int]  # clinics that are not in the directory

    @property
    def active(self) -> list[Row]:
        """Places that somebody has, or that are kept."""
        return [row for row in self.every.values() if row["cancelled_at"] is None]

    @property
    def kept(self) -> list[Row]:
        """Places that are kept and nobody's visit."""
        return [row for row in self.active if row["person_id"] is None]

    @property
    def replaced(self) -> set[int]:
        """Visits for which another one stands or stood."""
        return {row["moved_from"] for row in self.every.values() if row["moved_from"]}


async def wrongs(town: Town) -> list[str]:
    """Return what is not as it must be, once the jobs came to rest."""
    store = Store(
        town=town,
        every={row["id"]: row for row in await town.rows(schema.bookings)},
        closures={row["id"]: row for row in await town.rows(schema.closures)},
        waits=list(await town.rows(schema.waits)),
        due=list(await town.rows(schema.due)),
        brigades=list(await town.rows(schema.brigades)),
        brigade_places=list(await town.rows(schema.brigade_places)),
        referrals=list(await town.rows(schema.referrals)),
        companies=list(await town.rows(schema.companies)),
        examinations=list(await town.rows(schema.examinations)),
        outcomes=list(await town.rows(schema.outcomes)),
        gone=frozenset(
            row["id"] for row in await town.rows(schema.clinics, schema.clinics.c.retired_at.is_not(None))
        ),
    )
    looks = (
        _sold_twice,
        _reminded_of_nothing,
        _lost_their_turn,
        _closed_doors,
        _gone,
        _offers,
        _kept,
        _answered,
        _states,
        _ended,
        _no_shows,
        _company,
        _results,
    )
    return [f"{look.__name__}: {one}" for look in looks for one in look(store)]


def _sold_twice(store: Store) -> Iterator[Any]:
    """Yield times with more people than places, and people with two visits on a day."""
    seats = Counter((row["clinic_id"], row["local_start"]) for row in store.active if row["place"] < OVERFLOW)
    yield from (one for one, number in seats.items() if number > CAPACITY)
    days = Counter((row["person_id"], row["local_day"]) for row in store.active if row["person_id"])
    yield from (one for one, number in days.items() if number > 1)


def _reminded_of_nothing(store: Store) -> Iterator[Any]:
    """Yield reminders that wait without a visit.

    What was in hand when the visit was cancelled, and was then put off until the morning, is not among them:
    whether it is true is looked at when it is worded.
    """
    standing = {row["id"] for row in store.active}
    for row in store.due:
        if row["kind"] in OF_VISITS and row["state"] == "pending" and row["booking_id"] not in standing:
            planned = to_utc(datetime.fromisoformat(row["local_due"]), row["zone"])
            if row["due_at"] == planned:
                yield row["key"]


def _lost_their_turn(store: Store) -> Iterator[Any]:
    """Yield visits that a clinic took of which nobody was told, or for which nothing is kept."""
    told = {row["booking_id"] for row in store.due if row["kind"] == "closed"}
    instead = {row["use_id"] for row in store.kept if row["use"] == Use.DISPLACED}
    waited = {row["lost_booking"] for row in store.waits}
    ahead = {row["person_id"] for row in store.active if row["starts_at"] > store.town.now}
    for row in store.every.values():
        if row["closure_id"] is not None and row["person_id"] and row["cancelled_at"] is not None:
            answered = row["said"] or row["id"] in store.replaced or row["person_id"] in ahead
            if row["id"] not in told or not (answered or row["id"] in instead | waited):
                yield dict(row)


def _closed_doors(store: Store) -> Iterator[Any]:
    """Yield who is to come when the clinic sees nobody."""
    for row in store.active:
        said = row["came_at"] or row["missed_at"] or row["said"]
        said = said or row["use"] == Use.BLOCKED or row["place"] >= OVERFLOW
        if said or row["starts_at"] <= store.town.now - timedelta(days=1):
            continue
        for closure in store.closures.values():
            shuts = closure["kind"] != ClosureKind.FEWER.value and closure["undone_at"] is None
            at = closure["local_from"] <= row["local_start"] < closure["local_until"]
            if shuts and at and closure["clinic_id"] == row["clinic_id"]:
                yield dict(row)
    yield from _sent_home(store)


def _sent_home(store: Store) -> Iterator[Any]:
    """Yield who came or should have, and has no other time though the desk said that they all get one."""
    written = {row["booking_id"] for row in store.examinations}
    for row in store.active:
        if row["use"] not in {Use.VISIT, Use.CHILD} or row["said"] or row["id"] in written:
            continue
        for closure in store.closures.values():
            today = row["local_day"] == closure["local_from"][:10]
            goes = closure["also_begun"] and closure["undone_at"] is None
            here = closure["clinic_id"] == row["clinic_id"] and row["local_start"] < closure["local_from"]
            there_before = row["created_at"] <= closure["created_at"]
            if today and goes and here and there_before and _is_recent(store, row):
                yield dict(row)


def _is_recent(store: Store, row: Row) -> bool:
    return bool(row["starts_at"] > store.town.now - timedelta(days=1))


def _gone(store: Store) -> Iterator[Any]:
    """Yield who is to come to a clinic that left the directory, or waits for it alone."""
    for row in store.active:
        said = row["came_at"] or row["missed_at"] or row["said"] or row["use"] == Use.BLOCKED
        if row["clinic_id"] in store.gone and row["starts_at"] > store.town.now and not said:
            yield dict(row)
    yield from (
        row["id"] for row in store.waits if row["ended_at"] is None and row["clinic_id"] in store.gone
    )
    said_so = [row for row in store.closures.values() if row["kind"] == ClosureKind.GONE.value]
    for row in said_so:
        if row["undone_at"] is None and row["clinic_id"] not in store.gone:
            yield dict(row)


def _offers(store: Store) -> Iterator[Any]:
    """Yield the difference between what is offered and what is kept for who waits."""
    offered = {row["offered"] for row in store.waits if row["ended_at"] is None and row["offered"]}
    yield from offered ^ {row["id"] for row in store.kept if row["use"] == Use.WAIT}


def _kept(store: Store) -> Iterator[Any]:
    """Yield places that are kept for nothing, twice, or more than a clinic said."""
    one_each = Counter(
        (row["use"], row["use_id"]) for row in store.kept if row["use"] in {Use.WAIT, Use.DISPLACED}
    )
    yield from (one for one, number in one_each.items() if number > 1)
    for row in store.kept:
        if not _has_a_cause(store, row):
            yield dict(row), store.every.get(row["use_id"] or 0)
    for closure_id, closure in store.closures.items():
        blocked = [row for row in store.kept if row["use"] == Use.BLOCKED and row["use_id"] == closure_id]
        if len(blocked) > (closure["places"] or 0):
            yield dict(closure)


def _has_a_cause(store: Store, row: Row) -> bool:
    cause = store.every.get(row["use_id"] or 0)
    if row["use"] == Use.BRIGADE:
        return row["use_id"] in {one["id"] for one in store.brigades if one["ended_at"] is None}
    if row["use"] == Use.CHILD:
        return cause is not None and cause["cancelled_at"] is None
    if row["use"] == Use.BLOCKED:
        return store.closures[row["use_id"]]["undone_at"] is None
    if row["use"] == Use.DISPLACED:
        lost = cause is not None and cause["cancelled_at"] is not None and not cause["said"]
        return lost and row["use_id"] not in store.replaced
    return True


def _states(store: Store) -> Iterator[Any]:
    """Yield open referrals that stand as booked where nothing is."""
    booked = {row["referral_id"] for row in store.active if row["person_id"] and row["came_at"] is None}
    for row in store.referrals:
        if row["state"] == "booked" and row["closed_at"] is None and row["id"] not in booked:
            yield dict(row), [one for one in store.every.values() if one["referral_id"] == row["id"]]


def _answered(store: Store) -> Iterator[Any]:
    """Yield places of an open brigade that are free though nobody else has them: a no can be seen by it."""
    open_ones = {row["id"] for row in store.brigades if row["ended_at"] is None}
    for place in store.brigade_places:
        row = store.every.get(place["booking_id"])
        if row is None or place["brigade_id"] not in open_ones or row["use"] != Use.BRIGADE:
            continue
        if row["cancelled_at"] is not None and row["closure_id"] is None:
            yield dict(row)


def _ended(store: Store) -> Iterator[Any]:
    """Yield visits ahead of episodes that have ended."""
    over = {row["id"]: row["state"] for row in store.referrals if row["closed_at"] is not None}
    for row in store.active:
        if row["person_id"] and row["starts_at"] > store.town.now and row["referral_id"] in over:
            yield over[row["referral_id"]], dict(row)
    for row in store.referrals:
        if row["closed_at"] is None and row["state"] in ENDS - {State.COMPLETED}:
            yield dict(row)


def _no_shows(store: Store) -> Iterator[Any]:
    """Yield the difference between what is counted as not come, and the visits that stand as such."""
    here = {row["id"] for row in store.referrals}  # what is counted of who was forgotten stays
    worth = {Outcome.NO_SHOW.value: 1, Outcome.NO_SHOW_ENDED.value: -1}
    counted: Counter[tuple[int, int]] = Counter()
    for row in store.outcomes:
        if row["kind"] in worth and row["referral_id"] in here:
            counted[row["clinic_id"], row["referral_id"]] += worth[row["kind"]]
    stand = Counter(
        (row["clinic_id"], row["referral_id"])
        for row in store.active
        if row["person_id"] and was_missed(past_of(from_row(row))) is True
    )
    for one in counted.keys() | stand.keys():
        if counted[one] != stand[one]:
            yield one, counted[one], stand[one]


def _company(store: Store) -> Iterator[Any]:
    """Yield who is asked for, or has said yes to, company to a visit that does not stand."""
    standing = {row["id"] for row in store.active if row["person_id"]}
    for row in store.companies:
        goes = row["ended_at"] is None and row["state"] in TAKEN | UNANSWERED
        if goes and row["booking_id"] not in standing:
            yield row["state"], row["staff_id"], dict(store.every.get(row["booking_id"]) or {})
        if row["ended_at"] is None and row["state"] == With.PAUSED and row["booking_id"] in standing:
            yield dict(row)


def _results(store: Store) -> Iterator[Any]:
    """Yield examinations that contradict themselves, their referral or what waits to be told.

    Whether nobody should come yet is looked at when that is worded.
    """
    ready = {row["id"] for row in store.examinations if row["ready_at"] and not row["given_at"]}
    given = {row["id"] for row in store.examinations if row["given_at"]}
    true = {Message.RESULT_READY: ready, Message.RESULT_AGAIN: ready, Message.AFTER_RESULT: given}
    for row in store.due:
        one = (row["params"] or {}).get("examination")
        waits = row["state"] == "pending" and one is not None
        if waits and one not in true.get(Message(row["kind"]), {one}):
            yield dict(row), [each for each in store.examinations if each["id"] == one]
    for row in store.examinations:
        replaces = row["earlier"] is not None, row["earlier_at"] is not None
        if len(set(replaces)) > 1 or (any(replaces) and row["id"] not in ready | given):
            yield dict(row)
        if (row["outcome"] is None) != (row["ready_at"] is None) or (row["given_at"] and not row["ready_at"]):
            yield dict(row)
    stages = {State.RESULT_READY: ready, State.RESULT_GIVEN: given, State.IN_CARE: given}
    for row in store.referrals:
        its = {one["id"] for one in store.examinations if one["referral_id"] == row["id"]}
        if row["id"] in store.town.taken_up:
            continue  # it goes on where it stood, whatever the clinic has written meanwhile
        if row["state"] in stages and not its & stages[row["state"]]:
            yield dict(row)
