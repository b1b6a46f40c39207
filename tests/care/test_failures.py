"""What a clinic did wrong is counted beside the no-shows, and is never one."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.booking import Booking
from care.failures import (
    NOT_SEEN,
    REPORTED_WITHIN,
    Failure,
    Tally,
    failure_of,
    may_report,
    tally,
    told,
)
from care.message_kinds import TO_STAFF
from care.outcomes import Kind

STARTS = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)
VISIT = Booking(
    id=1,
    person_id=2,
    referral_id=3,
    clinic_id=4,
    local=datetime.fromisoformat("2026-11-24T18:30"),
    zone="Asia/Almaty",
    starts_at=STARTS,
)


@pytest.mark.parametrize(
    ("after", "may"),
    [
        (timedelta(minutes=-1), False),
        (timedelta(0), True),
        (timedelta(days=3), True),
        (REPORTED_WITHIN, False),
    ],
)
def test_a_failure_is_reported_after_the_visit_and_not_for_ever(after: timedelta, may: bool) -> None:
    assert may_report(VISIT, now=STARTS + after) is may


@pytest.mark.parametrize(
    ("counts", "numbers"),
    [
        ({(Kind.CAME, None): 1}, Tally(1, 0, 0)),
        ({(Kind.CAME, None): 1, (Kind.UNDONE, "came"): 1}, Tally(0, 0, 0)),
        ({(Kind.CAME, "walk-in"): 1, (Kind.CAME, None): 1}, Tally(2, 0, 0)),
        ({(Kind.NO_SHOW, None): 1, (Kind.MISSED, None): 1, (Kind.SAID_MISSED, "soon"): 2}, Tally(0, 1, 0)),
        ({(Kind.NO_SHOW, None): 2, (Kind.NO_SHOW_ENDED, None): 1, (Kind.UNDONE, "came"): 0}, Tally(0, 1, 0)),
        ({(Kind.NO_SHOW, None): 1, (Kind.CAME, None): 1}, Tally(1, 1, 0)),
        (
            {(Kind.CAME, None): 1, (Kind.CLINIC_FAILED, "charged"): 1, (Kind.NO_SHOW, None): 1},
            Tally(1, 1, 1),
        ),
        ({(Kind.CLINIC_FAILED, "closed"): 1, (Kind.CLINIC_FAILED, "charged"): 1}, Tally(0, 0, 2)),
        ({(Kind.CLINIC_FAILED, "closed"): 1, (Kind.UNDONE, "clinic-failed"): 1}, Tally(0, 0, 0)),
        ({(Kind.NO_SHOW_ENDED, None): 1}, Tally(0, 0, 0)),
    ],
)
def test_each_is_counted_as_often_as_it_was_written_and_not_taken_back(
    counts: dict[tuple[Kind, str | None], int], numbers: Tally
) -> None:
    assert tally(counts) == numbers


@given(
    counts=st.dictionaries(
        st.tuples(st.sampled_from(Kind), st.sampled_from([None, "came", "missed", "closed"])),
        st.integers(0, 9),
    )
)
def test_no_number_is_below_nothing_and_a_failure_of_one_visit_changes_no_other_number(
    counts: dict[tuple[Kind, str | None], int],
) -> None:
    before, after = tally(counts), tally({**counts, (Kind.CLINIC_FAILED, "other"): 99})
    assert min(before.came, before.missed, before.failed) >= 0
    assert (after.came, after.missed) == (before.came, before.missed)


def test_numbers_add_up() -> None:
    assert Tally(1, 2, 3) + Tally(1, 0, 1) == Tally(2, 2, 4)


def test_the_office_is_told_once_a_day_for_each_clinic_and_no_person_is_named() -> None:
    first = told(4, 9, day=date(2026, 11, 24), now=STARTS)
    assert first.key == told(4, 9, day=date(2026, 11, 24), now=STARTS + timedelta(hours=5)).key
    others = [
        told(4, 9, day=date(2026, 11, 25), now=STARTS),
        told(5, 9, day=date(2026, 11, 24), now=STARTS),
        told(4, 8, day=date(2026, 11, 24), now=STARTS),
    ]
    assert len({first.key, *(one.key for one in others)}) == 4
    assert first.params == {"clinic": 4}
    assert first.kind in TO_STAFF


@given(word=st.none() | st.text(max_size=12))
def test_whatever_else_a_button_says_is_no_failure(word: str | None) -> None:
    assert (failure_of(word) is not None) == (word in set(Failure))


def test_who_was_not_seen_needs_a_new_time() -> None:
    assert {Failure.CLOSED, Failure.TURNED_AWAY} == set(NOT_SEEN)
