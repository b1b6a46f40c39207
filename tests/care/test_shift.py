"""When somebody of the team is there: weekly hours on their clock, 'here', 'away', and jumps of the clock."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.shift import (
    LOOK_AHEAD,
    Hours,
    Schedule,
    is_away,
    next_shift,
    on_shift,
    runs,
    same_every_day,
    there_until,
    week,
    with_day,
)

ALMATY, BERLIN, CAIRO = "Asia/Almaty", "Europe/Berlin", "Africa/Cairo"
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
EVENINGS = (Hours(0, time(18), time(21)), Hours(3, time(18), time(21)))


def at(text: str, zone: str = ALMATY, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("local", "there"),
    [
        ("2026-11-23T17:59", False),
        ("2026-11-23T18:00", True),
        ("2026-11-23T20:59", True),
        ("2026-11-23T21:00", False),
        ("2026-11-24T19:00", False),
        ("2026-11-26T19:00", True),
    ],
)
def test_somebody_is_there_in_their_hours_and_not_at_their_end(local, there):
    assert on_shift(Schedule(zone=ALMATY, hours=EVENINGS), now=at(local)) is there


@pytest.mark.parametrize(
    ("hour", "there"), [("08:59", False), ("09:00", True), ("20:59", True), ("21:00", False)]
)
@pytest.mark.parametrize("day", range(23, 30))
def test_who_set_no_hours_is_there_every_day_from_nine_to_nine(day, hour, there):
    assert on_shift(Schedule(zone=ALMATY), now=at(f"2026-11-{day}T{hour}")) is there


def test_the_hours_of_a_week_without_any_are_seven_days():
    assert len(week(Schedule(zone=ALMATY))) == 7
    assert week(Schedule(zone=ALMATY, hours=EVENINGS[::-1])) == EVENINGS


def test_days_in_a_row_with_the_same_hours_are_one_line():
    nine, ten, six = time(9), time(10), time(18)
    mixed = (
        *(Hours(day, nine, six) for day in (0, 1, 2, 4)),
        Hours(4, time(19), time(20)),
        Hours(5, ten, six),
    )

    assert runs(Schedule(zone=ALMATY)) == [(0, 6, ((time(9), time(21)),))]
    assert runs(Schedule(zone=ALMATY, hours=mixed)) == [
        (0, 2, ((nine, six),)),
        (4, 4, ((nine, six), (time(19), time(20)))),
        (5, 5, ((ten, six),)),
    ]


@pytest.mark.parametrize(
    ("local", "until"),
    [
        ("2026-11-23T18:30", "2026-11-23T21:00"),
        ("2026-11-23T12:00", None),
        ("2026-11-23T21:00", None),
    ],
)
def test_whoever_is_there_is_there_until_the_end_of_the_hours(local, until):
    schedule = Schedule(zone=ALMATY, hours=EVENINGS)

    assert there_until(schedule, now=at(local)) == (at(until) if until else None)


def test_here_lasts_longer_than_the_hours_where_it_was_said_so():
    now, late = at("2026-11-23T20:00"), at("2026-11-23T23:00")

    assert there_until(Schedule(zone=ALMATY, hours=EVENINGS, here_until=late), now=now) == late


@given(st.integers(0, 6))
def test_a_changed_day_changes_that_day_only(day):
    span = (time(10), time(12))
    changed = with_day(Schedule(zone=ALMATY), day, span)

    assert [one for one in changed if one.weekday == day] == [Hours(day, *span)]
    assert [one for one in changed if one.weekday != day] == [
        one for one in week(Schedule(zone=ALMATY)) if one.weekday != day
    ]
    assert {one.weekday for one in with_day(Schedule(zone=ALMATY), day, None)} == set(range(7)) - {day}


def test_the_same_hours_hold_on_working_days_only():
    assert same_every_day(Schedule(zone=ALMATY, hours=EVENINGS), (time(8), time(9))) == (
        Hours(0, time(8), time(9)),
        Hours(3, time(8), time(9)),
    )


def test_away_wins_over_here_and_here_over_the_hours():
    now = at("2026-11-24T12:00")
    hour = now + timedelta(hours=1)

    assert not on_shift(Schedule(zone=ALMATY, hours=EVENINGS), now=now)
    assert on_shift(Schedule(zone=ALMATY, hours=EVENINGS, here_until=hour), now=now)
    assert not on_shift(Schedule(zone=ALMATY, hours=EVENINGS, here_until=hour, away_until=hour), now=now)


def test_here_and_away_end_at_their_minute():
    now = at("2026-11-24T12:00")

    assert not on_shift(Schedule(zone=ALMATY, hours=EVENINGS, here_until=now), now=now)
    assert not is_away(Schedule(zone=ALMATY, away_until=now), now=now)


@pytest.mark.parametrize(
    ("now", "begins"),
    [
        ("2026-11-23T12:00", "2026-11-23T18:00"),
        ("2026-11-23T18:30", "2026-11-23T18:30"),
        ("2026-11-23T21:00", "2026-11-26T18:00"),
        ("2026-11-26T21:00", "2026-11-30T18:00"),
    ],
)
def test_the_next_shift_is_now_or_the_next_beginning(now, begins):
    assert next_shift(Schedule(zone=ALMATY, hours=EVENINGS), now=at(now)) == at(begins)


def test_whoever_works_once_a_week_is_there_in_a_week():
    once = Schedule(zone=ALMATY, hours=(Hours(0, time(9), time(10)),))

    assert next_shift(once, now=at("2026-11-23T10:00")) == at("2026-11-30T09:00")


def test_whoever_is_away_is_there_with_the_first_hours_after_it():
    away = Schedule(zone=ALMATY, hours=EVENINGS, away_until=at("2026-11-27T00:00"))

    assert next_shift(away, now=at("2026-11-23T18:30")) == at("2026-11-30T18:00")


def test_whoever_is_back_in_the_middle_of_their_hours_is_there_then():
    away = Schedule(zone=ALMATY, hours=EVENINGS, away_until=at("2026-11-26T19:00"))

    assert next_shift(away, now=at("2026-11-23T18:30")) == at("2026-11-26T19:00")


@pytest.mark.parametrize("days", [15, 40])
def test_who_is_away_for_longer_than_two_weeks_is_not_promised(days):
    now = at("2026-11-23T18:30")

    assert next_shift(Schedule(zone=ALMATY, away_until=now + timedelta(days=days)), now=now) is None


def test_hours_are_those_of_the_clock_before_and_after_it_changes():
    mornings = Schedule(zone=BERLIN, hours=(Hours(6, time(9), time(10)),))

    assert next_shift(mornings, now=at("2026-03-28T12:00", BERLIN)) == datetime(2026, 3, 29, 7, tzinfo=UTC)
    assert next_shift(mornings, now=at("2026-10-24T12:00", BERLIN)) == datetime(2026, 10, 25, 8, tzinfo=UTC)


def test_an_hour_that_comes_twice_is_two():
    nights = Schedule(zone=BERLIN, hours=(Hours(6, time(2, 15), time(2, 45)),))
    first, second = (at("2026-10-25T02:15", BERLIN, fold) for fold in (0, 1))

    assert second - first == timedelta(hours=1)
    assert next_shift(nights, now=first - timedelta(hours=1)) == first
    assert next_shift(nights, now=first + timedelta(minutes=30)) == second


def test_hours_within_the_hour_that_is_skipped_do_not_happen():
    nights = Schedule(zone=BERLIN, hours=(Hours(6, time(2, 15), time(2, 45)),))

    assert next_shift(nights, now=at("2026-03-28T12:00", BERLIN)) == at("2026-04-05T02:15", BERLIN)


ZONES = st.sampled_from([ALMATY, BERLIN, CAIRO, "America/Sao_Paulo", "Asia/Tashkent", "UTC"])
MOMENTS = st.datetimes(
    min_value=datetime(2026, 1, 1),  # noqa: DTZ001 - Hypothesis adds the zone
    max_value=datetime(2027, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)
TIMES = st.tuples(st.integers(0, 23), st.sampled_from([0, 15, 30, 45])).map(lambda pair: time(*pair))
SPANS = (
    st.tuples(st.integers(0, 6), TIMES, TIMES)
    .filter(lambda row: row[1] < row[2])
    .map(lambda row: Hours(*row))
)
UNTIL = st.none() | MOMENTS
SCHEDULES = st.builds(
    Schedule,
    zone=ZONES,
    hours=st.lists(SPANS, max_size=5).map(tuple),
    here_until=UNTIL,
    away_until=UNTIL,
)


@given(SCHEDULES, MOMENTS)
def test_somebody_is_there_at_their_next_shift_and_it_is_within_two_weeks(schedule, now):
    moment = next_shift(schedule, now=now)

    if moment is not None:
        assert now <= moment <= now + LOOK_AHEAD
        assert on_shift(schedule, now=moment)
    assert (moment == now) == on_shift(schedule, now=now)


@given(SCHEDULES, MOMENTS, st.integers(1, 4 * 24 * 8))
def test_nobody_is_there_between_now_and_their_next_shift(schedule, now, quarters):
    moment = next_shift(schedule, now=now)
    between = now + quarters * timedelta(minutes=15)
    gap = _is_after_a_jump(between, schedule.zone)

    if not gap and moment is not None and between < moment:
        assert not on_shift(schedule, now=between)
    if moment is None and between <= now + LOOK_AHEAD and not gap:
        assert not on_shift(schedule, now=between)


@given(st.builds(Schedule, zone=ZONES, hours=st.lists(SPANS, min_size=1, max_size=5).map(tuple)), MOMENTS)
def test_who_is_not_away_is_there_within_two_weeks_wherever_they_are(schedule, now):
    assert next_shift(schedule, now=now) is not None


def _is_after_a_jump(moment: datetime, zone: str) -> bool:
    """Return whether a clock was set forward in the hour before: what would begin then begins later."""
    before, after = (
        one.astimezone(ZoneInfo(zone)).utcoffset() for one in (moment - timedelta(hours=1), moment)
    )
    assert before is not None
    assert after is not None
    return after > before
