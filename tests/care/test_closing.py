"""Which place is kept for somebody whose visit the clinic cancels, for how long, and who is told at night."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.booking import Booking, Slot, to_utc
from care.closing import (
    HELD,
    HELD_BEFORE,
    READY,
    Free,
    Taken,
    all_day,
    few,
    held_until,
    leaving,
    pressing_from,
    ranked,
)
from care.closing_notices import closed, closed_key, reopened
from care.directory import ClosureKind
from care.reminders import Planned, is_urgent, next_allowed

ZONE = "Asia/Almaty"
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # Monday noon in Almaty


def slot(local: str, *, clinic: int = 1) -> Slot:
    return Slot(clinic_id=clinic, zone=ZONE, local=datetime.fromisoformat(local), minutes=30, capacity=2)


def free(local: str, *, clinic: int = 1, metres: float = 0.0) -> Free:
    one = slot(local, clinic=clinic)
    return Free(slot=one, starts_at=one.starts_at, distance_m=metres)


LOST = slot("2026-11-25T10:00")  # Wednesday


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (free("2026-11-26T10:00"), free("2026-11-26T10:30")),  # the same hour
        (free("2026-11-26T10:00"), free("2026-11-27T10:00")),  # sooner
        (free("2026-11-27T10:00"), free("2026-11-26T13:00")),  # a day later rather than three hours off
        (free("2026-12-01T10:00"), free("2026-11-26T10:00", clinic=2)),  # the same clinic within a week
        (free("2026-11-26T10:00", clinic=2), free("2026-12-04T10:00")),  # the next one, else
        (free("2026-11-26T10:00", clinic=2, metres=500), free("2026-11-26T10:00", clinic=3, metres=5000)),
        (free("2026-11-25T16:00", clinic=1), free("2026-11-25T10:00", clinic=2)),  # later on the same day
        (free("2026-12-02T10:00"), free("2026-11-24T10:00")),  # within a week after rather than before
    ],
)
def test_the_better_place_comes_first(better: Free, worse: Free) -> None:
    assert ranked(LOST, [worse, better], now=NOW)[0] == better


def test_who_came_after_work_keeps_a_place_after_work() -> None:
    evening = slot("2026-11-25T18:30")

    found = ranked(evening, [free("2026-11-26T16:00"), free("2026-11-28T18:30")], now=NOW)

    assert found[0] == free("2026-11-28T18:30")


@pytest.mark.parametrize(
    ("best", "shown"),
    [
        ([], []),
        (["2026-11-27T18:00", "2026-11-26T18:00"], ["2026-11-26T18:00", "2026-11-27T18:00"]),
        (
            ["2026-11-26T18:00", "2026-11-26T18:30", "2026-11-26T19:00", "2026-11-27T18:00"],
            ["2026-11-26T18:00", "2026-11-26T18:30", "2026-11-27T18:00"],
        ),
        (
            [f"2026-12-{day:02}T18:00" for day in range(9, 1, -1)],
            [f"2026-12-{day:02}T18:00" for day in range(4, 10)],
        ),
    ],
)
def test_a_screen_shows_a_few_places_two_of_a_day_at_most_soonest_first(
    best: list[str], shown: list[str]
) -> None:
    assert [f"{one.slot.local:%Y-%m-%dT%H:%M}" for one in few(free(local) for local in best)] == shown


def test_two_of_a_day_are_counted_for_each_clinic() -> None:
    same = [free("2026-11-26T18:00", clinic=clinic) for clinic in (1, 2, 1, 2, 1)]

    assert len(few(same)) == 4


def test_a_day_on_which_the_person_has_a_visit_is_left_out() -> None:
    found = ranked(LOST, [free("2026-11-26T10:00")], not_on={date(2026, 11, 26)}, now=NOW)

    assert found == ()


@given(
    st.lists(
        st.tuples(st.integers(0, 27 * 48), st.integers(1, 3), st.integers(0, 20_000)), min_size=1, max_size=30
    ),
    st.integers(0, 24 * 60),
)
def test_a_place_leaves_time_to_answer_and_to_get_there(
    found: list[tuple[int, int, int]], minutes: int
) -> None:
    now = NOW + timedelta(minutes=minutes)
    begin = datetime(2026, 11, 23)  # noqa: DTZ001 - the clinic's clock
    every = [
        free((begin + timedelta(minutes=30 * half)).isoformat(), clinic=clinic, metres=metres)
        for half, clinic, metres in found
    ]

    chosen = ranked(LOST, every, now=now)

    assert set(chosen) <= set(every)
    for one in chosen:
        reads = next_allowed(now, ZONE)
        until = held_until(one.starts_at, now=now)
        assert until >= reads + READY - HELD_BEFORE or until == now + HELD
        assert now < until <= one.starts_at - HELD_BEFORE
    assert chosen == ranked(LOST, reversed(every), now=now) or len(set(every)) < len(every)


@pytest.mark.parametrize(
    ("now", "visit", "urgent"),
    [
        ("2026-11-24T22:00", "2026-11-25T09:59", True),  # in the night before
        ("2026-11-24T22:00", "2026-11-25T10:00", False),  # there is time to read it in the morning
        ("2026-11-25T02:00", "2026-11-25T09:00", True),
        ("2026-11-25T02:00", "2026-11-25T17:00", False),
        ("2026-11-24T22:00", "2026-11-26T09:00", False),
        ("2026-11-25T12:00", "2026-11-25T14:00", True),
    ],
)
def test_who_would_come_before_the_next_ten_oclock_is_told_at_once(
    now: str, visit: str, urgent: bool
) -> None:
    starts_at = to_utc(datetime.fromisoformat(visit), ZONE)

    assert (to_utc(datetime.fromisoformat(now), ZONE) >= pressing_from(starts_at, ZONE)) is urgent


def test_a_whole_day_is_shut_to_its_last_minute_and_no_longer() -> None:
    day = all_day(date(2026, 11, 25), closure_id=1, kind=ClosureKind.CLOSED)

    assert day.shuts(datetime.fromisoformat("2026-11-25T00:00"))
    assert day.shuts(datetime.fromisoformat("2026-11-25T23:59"))
    assert not day.shuts(datetime.fromisoformat("2026-11-26T00:00"))


@pytest.mark.parametrize(
    ("now", "urgent"),
    [
        ("2026-11-23T12:00", False),
        ("2026-11-24T09:59", False),
        ("2026-11-24T23:00", True),  # also where the program was asleep since the clinic said it
        ("2026-11-25T08:59", True),
        ("2026-11-25T09:00", False),  # nobody is woken for a visit that is over
        ("2026-11-25T23:00", False),
    ],
)
@pytest.mark.parametrize("word", [closed, reopened])
def test_a_message_that_had_to_wait_comes_at_night_while_it_is_pressing(
    word: Callable[..., Planned], now: str, urgent: bool
) -> None:
    at_nine = replace(_lost(), starts_at=to_utc(datetime.fromisoformat("2026-11-25T09:00"), ZONE))
    planned = word(7, at_nine, 1, now=NOW)

    assert is_urgent(planned.params, now=to_utc(datetime.fromisoformat(now), ZONE)) is urgent


def test_there_is_one_message_for_a_closure_and_a_visit() -> None:
    lost = _lost()

    planned = closed(7, lost, 1, now=NOW)

    assert planned.key == closed_key(7, 5)
    assert planned.booking_id == 5
    assert planned.useful_until > lost.starts_at
    assert planned.params["closure"] == 7


def _lost() -> Booking:
    return Booking(
        id=5,
        person_id=1,
        referral_id=1,
        clinic_id=1,
        local=LOST.local,
        zone=ZONE,
        starts_at=LOST.starts_at,
    )


def taken(number: int, *, family: int | None = None, minute: int = 0) -> Taken:
    made = datetime(2026, 11, 20, 12, minute, tzinfo=UTC)
    return Taken(id=number, family=family or number, made_at=made)


def test_who_booked_last_goes_first() -> None:
    assert leaving([taken(1, minute=1), taken(2, minute=3), taken(3, minute=2)], 2) == [[2], [3]]


def test_a_family_stays_while_others_do_and_goes_whole_where_they_do_not() -> None:
    family = [taken(2, minute=2), taken(3, family=2, minute=3)]

    assert leaving([taken(1), *family], 1) == [[1]]
    assert leaving([taken(1), *family], 2) == [[2, 3]]
    assert leaving(family, 1) == [[2, 3]]


def test_children_whose_adult_is_there_already_go_last() -> None:
    assert leaving([taken(1), taken(5, family=4, minute=9)], 1) == [[1]]


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 59)), max_size=14),
    st.integers(-2, 12),
)
def test_enough_leave_nobody_for_nothing_and_no_family_is_parted(
    made: list[tuple[int, int]], missing: int
) -> None:
    everybody = [taken(n + 1, family=family + 1, minute=at) for n, (family, at) in enumerate(made)]

    gone = leaving(everybody, missing)

    families: dict[int, list[int]] = {}
    for one in everybody:
        families.setdefault(one.family, []).append(one.id)
    assert all(sorted(group) in [sorted(each) for each in families.values()] for group in gone)
    left = sum(map(len, gone))
    assert left >= min(max(missing, 0), len(everybody))
    assert all(left - len(group) < missing for group in gone)
