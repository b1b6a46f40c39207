"""Each reason has a remedy that leads on, and two misses in a row bring a person."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.absence import (
    ENOUGH_MISSES,
    MOST_OFFERS,
    REMEDIES,
    Past,
    Places,
    Reason,
    asked_after,
    goes_to_a_person,
    misses_in_a_row,
    places,
    reason_of,
    was_missed,
)
from care.booking import Slot
from care.failures import not_seen
from care.topics import TOPICS, Kind

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # Monday noon in Almaty
ZONE = "Asia/Almaty"

visits = st.builds(
    Past,
    booking_id=st.integers(1, 99),
    starts_at=st.integers(0, 400).map(lambda hours: NOW - timedelta(hours=hours)),
    came_at=st.none() | st.just(NOW),
    missed_at=st.none() | st.just(NOW),
    said=st.sampled_from([None, "went", "missed"]),
    failure=st.sampled_from([None, None, "closed", "charged"]),
)


def visit(number: int, **parts: Any) -> Past:
    return Past(booking_id=number, starts_at=NOW - timedelta(days=10 - number), **parts)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_remedy_with_a_next_step(reason: Reason) -> None:
    assert REMEDIES[reason].steps >= 1
    assert reason_of(reason.value) is reason


@pytest.mark.parametrize("reason", Reason)
def test_remedies_lead_to_answers_that_there_are(reason: Reason) -> None:
    assert all(TOPICS[topic].kind is Kind.ANSWER for topic in REMEDIES[reason].topics)


def test_each_remedy_is_its_own() -> None:
    assert len({repr(one) for one in REMEDIES.values()}) == len(Reason)
    assert REMEDIES[Reason.BOSS].places is Places.OFF_HOURS
    assert REMEDIES[Reason.MONEY].costs
    assert {"deportation", "confidentiality"} <= set(REMEDIES[Reason.FEAR].topics)
    assert REMEDIES[Reason.PAPERS].lawyer
    assert REMEDIES[Reason.ROAD].company
    assert REMEDIES[Reason.ROAD].places is Places.NEAREST
    assert REMEDIES[Reason.FORGOT].reminders
    assert REMEDIES[Reason.WELL].topics
    assert REMEDIES[Reason.OTHER].person


@given(word=st.none() | st.text(max_size=12))
def test_whatever_else_a_button_says_is_no_reason(word: str | None) -> None:
    assert (reason_of(word) is not None) == (word in set(Reason))


@pytest.mark.parametrize(
    ("parts", "missed"),
    [
        ({}, None),
        ({"came_at": NOW}, False),
        ({"missed_at": NOW}, True),
        ({"said": "missed"}, True),
        ({"said": "went"}, False),
        ({"missed_at": NOW, "said": "went"}, True),
        ({"came_at": NOW, "said": "missed"}, False),
        ({"missed_at": NOW, "failure": "closed"}, None),
        ({"said": "missed", "failure": "turned-away"}, None),
        ({"said": "missed", "failure": "charged"}, True),
        ({"missed_at": NOW, "failure": "other"}, True),
        ({"failure": "charged"}, None),
        ({"came_at": NOW, "failure": "charged"}, False),
    ],
)
def test_a_visit_is_missed_when_the_desk_or_else_the_person_says_so(parts: Any, missed: Any) -> None:
    assert was_missed(visit(1, **parts)) is missed


def test_two_misses_in_a_row_bring_a_person_and_one_does_not() -> None:
    first, second = visit(1, missed_at=NOW), visit(2, said="missed")
    assert not goes_to_a_person([first])
    assert goes_to_a_person([first, second])
    assert [one.booking_id for one in misses_in_a_row([first, second])] == [2, 1]


def test_having_been_there_ends_the_row() -> None:
    row = [visit(1, missed_at=NOW), visit(2, came_at=NOW), visit(3, missed_at=NOW)]
    assert not goes_to_a_person(row)


def test_a_closed_door_is_nobodys_no_show_and_does_not_end_the_row() -> None:
    closed = visit(2, missed_at=NOW, failure="closed")
    assert not goes_to_a_person([visit(1, missed_at=NOW), closed])
    assert goes_to_a_person([visit(1, missed_at=NOW), closed, visit(3, said="missed")])


@given(found=st.lists(visits, max_size=6))
def test_the_row_holds_only_misses_newest_first_and_the_order_given_does_not_matter(
    found: list[Past],
) -> None:
    row = misses_in_a_row(found)
    assert all(was_missed(one) for one in row)
    assert list(row) == sorted(row, key=lambda one: (one.starts_at, one.booking_id), reverse=True)
    assert goes_to_a_person(found) == (len(row) >= ENOUGH_MISSES)
    kept = [one for one in found if was_missed(one) is False]
    assert all(one.starts_at >= last.starts_at for one in row for last in kept)


@given(found=st.lists(visits, max_size=6))
def test_failures_of_the_clinic_never_bring_anybody_nearer_to_a_person(found: list[Past]) -> None:
    without = [one for one in found if not not_seen(one.failure) or one.came_at is not None]
    assert len(misses_in_a_row(found)) == len(misses_in_a_row(without))


def test_only_what_nobody_has_said_is_asked_after() -> None:
    assert asked_after(visit(1))
    assert asked_after(visit(1, missed_at=NOW))
    for parts in ({"came_at": NOW}, {"said": "went"}, {"failure": "closed"}, {"reason": "boss"}):
        assert not asked_after(visit(1, **parts))


slots = st.builds(
    Slot,
    clinic_id=st.integers(1, 3),
    zone=st.just(ZONE),
    local=st.integers(1, 24 * 14).map(
        lambda hours: datetime.fromisoformat("2026-11-23T08:00") + timedelta(hours=hours)
    ),
    minutes=st.just(30),
    capacity=st.just(2),
)
near = st.lists(st.tuples(st.lists(slots, max_size=9), st.floats(0, 50_000)), max_size=4)


@given(found=near, wanted=st.sampled_from(Places))
def test_offers_are_few_each_of_its_own_day_or_clinic_and_after_work_where_that_is_wanted(
    found: list[tuple[list[Slot], float]], wanted: Places
) -> None:
    offers = places(found, wanted, now=NOW)
    assert len(offers) <= MOST_OFFERS
    assert len({(one.slot.clinic_id, one.slot.day) for one in offers}) == len(offers)
    every = [slot for of_clinic, _ in found for slot in of_clinic]
    assert all(one.slot in every for one in offers)
    if wanted is Places.OFF_HOURS:
        assert all(one.slot.off_hours for one in offers)
        assert bool(offers) == any(slot.off_hours for slot in every)
    else:
        assert bool(offers) == bool(every)
    if wanted is Places.NEAREST:
        assert [one.distance_m for one in offers] == sorted(one.distance_m for one in offers)
