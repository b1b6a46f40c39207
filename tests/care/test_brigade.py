"""How places for several people are found, spread over a day, and kept."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from care.booking import Slot, to_local, to_utc
from care.brigade import (
    BEFORE,
    LONGEST,
    MOST,
    MOST_OPEN,
    MOST_OPEN_OF_WORKERS,
    REMIND_BEFORE,
    SHORTEST,
    Brigade,
    best,
    bookable,
    code,
    confirm_until,
    most_open,
    over,
    places_by_day,
    remind,
    spread,
)

ALMATY = "Asia/Almaty"
NOON = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # a Monday, 12:00 in Almaty


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}")


def slot(text: str, free: int, *, taken: int = 0) -> Slot:
    return Slot(clinic_id=1, zone=ALMATY, local=at(text), minutes=30, capacity=free + taken, taken=taken)


DAY = [slot("25T17:00", 2), slot("25T17:30", 0, taken=2), slot("25T18:00", 3), slot("25T18:30", 2)]


@pytest.mark.parametrize(
    ("starts", "now", "until"),
    [
        ("30T18:00", "23T12:00", "25T12:00"),  # far away: two days
        ("25T18:00", "23T12:00", "24T20:00"),  # the evening before
        ("24T18:00", "23T12:00", "23T20:00"),
        ("24T18:00", "23T18:00", "23T20:00"),
        ("24T18:00", "23T18:01", "24T16:00"),  # the evening is nearly over: two hours before
        ("23T18:00", "23T12:00", "23T16:00"),  # today
        ("23T15:00", "23T12:00", "23T13:00"),
        ("23T14:59", "23T12:00", None),  # nobody could answer in time
    ],
)
def test_places_are_kept_until_the_evening_before_and_two_days_at_most(
    starts: str, now: str, until: str | None
) -> None:
    found = confirm_until(to_utc(at(starts), ALMATY), ALMATY, now=to_utc(at(now), ALMATY))

    assert (to_local(found, ALMATY) if found else None) == (at(until) if until else None)


@given(minutes=some.integers(0, 28 * 24 * 60), hour=some.integers(0, 23))
def test_there_is_always_time_to_answer_and_time_for_others_to_come(minutes: int, hour: int) -> None:
    now = NOON + timedelta(hours=hour)
    starts = now + timedelta(minutes=minutes)

    until = confirm_until(starts, ALMATY, now=now)

    if until is None:
        assert starts < now + BEFORE + SHORTEST
    else:
        assert now + SHORTEST <= until <= min(starts - BEFORE, now + LONGEST)


def test_they_come_at_the_same_time_first_and_then_at_the_next_ones() -> None:
    found = spread(DAY, 5, at=at("25T18:00"))

    assert [(one.local, number) for one, number in found] == [(at("25T18:00"), 3), (at("25T18:30"), 2)]
    assert [number for _, number in spread(DAY, 7, at=at("25T18:00"))] == [2, 3, 2]


def test_too_few_places_are_no_places() -> None:
    assert spread(DAY, 8, at=at("25T18:00")) == ()
    assert best(DAY, 8) is None
    assert best([], 2) is None


def test_the_best_time_keeps_them_together_and_prefers_the_evening() -> None:
    morning = [slot("25T09:00", 3), slot("25T17:00", 3), slot("25T19:00", 3)]

    assert best(morning, 3) == at("25T17:00")
    assert best([slot("25T09:00", 5), slot("25T17:00", 3), slot("25T17:30", 3)], 5) == at("25T09:00")


@given(
    free=some.lists(some.integers(0, 4), min_size=1, max_size=8),
    people=some.integers(1, MOST),
    anchor=some.integers(0, 7),
)
def test_everybody_gets_a_place_that_is_free_or_nobody_does(
    free: list[int], people: int, anchor: int
) -> None:
    first = at("25T09:00")
    slots = [
        Slot(clinic_id=1, zone=ALMATY, local=first + timedelta(minutes=30 * n), minutes=30, capacity=number)
        for n, number in enumerate(free)
    ]

    found = spread(slots, people, at=first + timedelta(minutes=30 * anchor))

    if sum(free) < people:
        assert found == ()
        return
    assert sum(number for _, number in found) == people
    assert all(0 < number <= one.free for one, number in found)
    assert all(one.local < other.local for (one, _), (other, _) in pairwise(found))
    wanted = best(slots, people)
    assert wanted is not None
    together = spread(slots, people, at=wanted)
    assert together[-1][0].local - together[0][0].local <= found[-1][0].local - found[0][0].local


def test_days_are_counted_to_ten_places_and_what_is_too_soon_is_left_out() -> None:
    assert places_by_day([*DAY, slot("26T17:00", 14)]) == {
        at("25T17:00").date(): 7,
        at("26T17:00").date(): 10,
    }
    assert bookable([slot("23T14:30", 2), slot("23T15:00", 2)], now=NOON) == [slot("23T15:00", 2)]


def test_a_code_fits_into_a_link_and_tells_nothing() -> None:
    codes = Counter(code(bytes([n]) * 32) for n in range(256))

    assert set(codes.values()) == {1}
    assert {len(one) for one in codes} == {22}


def test_a_worker_may_keep_places_for_several_brigades() -> None:
    assert (most_open(of_worker=False), most_open(of_worker=True)) == (MOST_OPEN, MOST_OPEN_OF_WORKERS)


def test_who_asked_is_reminded_twelve_hours_before_unless_that_is_now() -> None:
    brigade = Brigade(id=5, person_id=7, staff_id=None, clinic_id=1, confirm_until=NOON + timedelta(hours=48))
    planned = remind(brigade, ALMATY, now=NOON)

    assert planned is not None
    assert planned.due_at == brigade.confirm_until - REMIND_BEFORE
    assert planned.useful_until == brigade.confirm_until
    assert remind(brigade, ALMATY, now=planned.due_at - timedelta(minutes=59)) is None
    assert over(brigade, now=NOON).person_id == 7
