"""Say what is wrong in a town after many things happened at the same moment."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from care.booking import to_utc
from care.directory import ClosureKind
from care.places import OVERFLOW, Use
from storage import schema
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
    referrals: list[Row]

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
        referrals=list(await town.rows(schema.referrals)),
    )
    looks = (_sold_twice, _reminded_of_nothing, _lost_their_turn, _closed_doors, _offers, _kept, _states)
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
        said = row["came_at"] or row["missed_at"] or row["use"] == Use.BLOCKED or row["place"] >= OVERFLOW
        if said or row["starts_at"] <= store.town.now - timedelta(days=1):
            continue
        for closure in store.closures.values():
            shuts = closure["kind"] != ClosureKind.FEWER.value and closure["undone_at"] is None
            at = closure["local_from"] <= row["local_start"] < closure["local_until"]
            if shuts and at and closure["clinic_id"] == row["clinic_id"]:
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
    yield from (dict(row) for row in store.kept if not _has_a_cause(store, row))
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
            yield row["id"]
