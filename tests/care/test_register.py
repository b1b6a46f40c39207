"""What the desk may say about a visit, and when."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from care.booking import Booking
from care.register import Mark, marked, may_mark, may_set_out, may_undo

STARTS = datetime(2026, 11, 25, 13, 30, tzinfo=UTC)
BOOKING = Booking(
    id=1,
    person_id=2,
    referral_id=3,
    clinic_id=4,
    local=datetime(2026, 11, 25, 18, 30),  # noqa: DTZ001  # what the clock at the clinic shows
    zone="Asia/Almaty",
    starts_at=STARTS,
)
MIDNIGHT = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)  # in Almaty the day of the visit begins


@pytest.mark.parametrize(
    ("now", "came", "missed"),
    [
        (MIDNIGHT - timedelta(seconds=1), False, False),
        (MIDNIGHT, True, False),
        (STARTS - timedelta(seconds=1), True, False),
        (STARTS, True, True),
        (STARTS + timedelta(days=9), True, True),
    ],
)
def test_nobody_came_before_the_day_and_nobody_is_missing_before_the_hour(
    now: datetime, came: bool, missed: bool
):
    assert may_mark(BOOKING, Mark.CAME, now=now) is came
    assert may_mark(BOOKING, Mark.MISSED, now=now) is missed


@pytest.mark.parametrize("said", ["came_at", "missed_at", "cancelled_at"])
def test_what_was_said_is_taken_back_before_something_else_is_said(said: str):
    booking = replace(BOOKING, **{said: STARTS})

    assert not any(may_mark(booking, mark, now=STARTS) for mark in Mark)


def test_a_mark_is_taken_back_on_its_own_day_only():
    booking = replace(BOOKING, came_at=STARTS)

    assert marked(booking) is Mark.CAME
    assert may_undo(booking, now=STARTS + timedelta(hours=5))  # 23:30
    assert not may_undo(booking, now=STARTS + timedelta(hours=6))
    assert not may_undo(BOOKING, now=STARTS)


@pytest.mark.parametrize(
    ("now", "may"),
    [
        (MIDNIGHT + timedelta(hours=5) - timedelta(seconds=1), False),
        (MIDNIGHT + timedelta(hours=5), True),
        (STARTS + timedelta(hours=1), True),
        (STARTS + timedelta(hours=1, seconds=1), False),
        (STARTS - timedelta(days=1), False),
    ],
)
def test_one_sets_out_from_the_morning_until_an_hour_late(now: datetime, may: bool):
    assert may_set_out(BOOKING, now=now) is may
    for said in ("came_at", "missed_at", "cancelled_at"):
        assert not may_set_out(replace(BOOKING, **{said: STARTS}), now=now)
