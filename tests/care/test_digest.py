"""When somebody is told in the morning, and to whom what is late climbs: tables and properties."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.digest import HOURS, NONE, Reader, climbs_to, digest, hour_of, late
from care.ownership import Colleague
from care.reminders import is_quiet
from care.roles import Role
from care.shift import Hours, Schedule, is_away, next_shift, week

ALMATY = "Asia/Almaty"
NOON = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # Monday
NINE = NOON - timedelta(hours=3)
WEEKEND = (Hours(5, time(10), time(18)), Hours(6, time(10), time(18)))


def reader(*, chosen: str | None = None, **schedule: Any) -> Reader:
    return Reader(staff_id=1, person_id=2, schedule=Schedule(zone=ALMATY, **schedule), chosen=chosen)


@pytest.mark.parametrize(
    ("who", "now", "at"),
    [
        (reader(), NINE - timedelta(minutes=1), None),
        (reader(), NINE, NINE),
        (reader(), NINE + timedelta(hours=7), NINE),  # the program was down in the morning
        (reader(), NINE + timedelta(hours=8), None),
        (reader(chosen="11:00"), NINE, None),
        (reader(chosen="11:00"), NOON, NINE + timedelta(hours=2)),
        (reader(chosen="18:00"), NOON + timedelta(hours=6), NINE + timedelta(hours=9)),
        (reader(chosen="18:00"), NOON + timedelta(hours=9), None),  # at 21:00 it is night
        (reader(chosen=NONE), NOON, None),
        (reader(chosen="25:99"), NOON, NINE),
        (reader(chosen="03:00"), NOON, NINE),
        (reader(hours=WEEKEND), NOON, None),
        (reader(hours=WEEKEND), NOON + timedelta(days=5), NINE + timedelta(days=5)),
        (reader(hours=WEEKEND, here_until=NOON), NOON, NINE),
        (reader(away_until=NOON), NOON, None),
        (reader(hours=(Hours(0, time(18), time(21)),)), NOON, NINE),  # works on that day
    ],
)
def test_the_message_comes_at_the_chosen_hour_of_a_working_day(
    who: Reader, now: datetime, at: datetime | None
) -> None:
    planned = digest(who, now=now)

    assert (planned.due_at if planned else None) == at


def test_the_hour_is_that_of_the_clock_on_the_wall_when_zone_rules_change() -> None:
    who = Reader(staff_id=1, person_id=2, schedule=Schedule(zone="Europe/Berlin"))
    winter = digest(who, now=datetime(2026, 10, 26, 9, 0, tzinfo=UTC))
    summer = digest(who, now=datetime(2026, 10, 24, 9, 0, tzinfo=UTC))

    assert winter
    assert winter.due_at.hour == 8
    assert summer
    assert summer.due_at.hour == 7


def test_every_hour_that_can_be_chosen_is_read_back_and_not_at_night() -> None:
    for hour in HOURS:
        assert hour_of(f"{hour:%H:%M}") == hour
        assert not is_quiet(datetime.combine(NOON.date(), hour, ZoneInfo(ALMATY)), ALMATY)


hours = st.lists(
    st.builds(
        lambda day, begins, length: Hours(day, time(begins), time(min(begins + length, 23))),
        st.integers(0, 6),
        st.integers(6, 20),
        st.integers(1, 8),
    ),
    max_size=5,
).map(tuple)
moments = st.integers(-5 * 24 * 60, 5 * 24 * 60).map(lambda minutes: NOON + timedelta(minutes=minutes))
schedules = st.builds(
    Schedule,
    zone=st.sampled_from([ALMATY, "Europe/Moscow", "UTC"]),
    hours=hours,
    here_until=st.none() | moments,
    away_until=st.none() | moments,
)


@given(schedule=schedules, chosen=st.none() | st.sampled_from([f"{hour:%H:%M}" for hour in HOURS]))
def test_nobody_is_told_twice_a_day_or_off_shift_and_no_working_day_is_left_out(
    schedule: Schedule, chosen: str | None
) -> None:
    who, told = Reader(staff_id=1, person_id=2, schedule=schedule, chosen=chosen), {}
    zone, now = ZoneInfo(schedule.zone), NOON - timedelta(days=4)
    while now < NOON + timedelta(days=4):
        planned = digest(who, now=now)
        if planned:
            assert planned.due_at <= now < planned.useful_until
            assert told.setdefault(planned.key, planned.due_at) == planned.due_at
            assert not is_away(schedule, now=planned.due_at)
            assert not is_quiet(planned.due_at, schedule.zone)
        now += timedelta(minutes=20)
    days = {at.astimezone(zone).date() for at in told.values()}
    assert len(days) == len(told)  # once a day
    for number in range(-3, 4):
        day = (NOON + timedelta(days=number)).astimezone(zone).date()
        at = datetime.combine(day, hour_of(chosen) or time(9), zone)
        works = any(one.weekday == day.weekday() for one in week(schedule))
        here = schedule.here_until is not None and at < schedule.here_until
        assert (day in days) is ((works or here) and not is_away(schedule, now=at))


def colleague(staff_id: int, role: Role = Role.COORDINATOR, **parts: Any) -> Colleague:
    return Colleague(
        staff_id=staff_id, person_id=staff_id, role=role, since=NOON - timedelta(days=staff_id), **parts
    )


THERE, AWAY = Schedule(zone=ALMATY), Schedule(zone=ALMATY, away_until=NOON + timedelta(days=30))
LATER = Schedule(zone=ALMATY, hours=WEEKEND)


@pytest.mark.parametrize(
    ("office", "expected"),
    [
        ([], None),
        ([(colleague(1), AWAY)], None),
        ([(colleague(1, Role.WORKER), THERE)], None),
        ([(colleague(7), THERE)], None),  # the owner is told otherwise
        ([(colleague(1, Role.ADMIN), THERE), (colleague(2), LATER)], 2),
        ([(colleague(1, Role.ADMIN), THERE), (colleague(2), AWAY)], 1),
        ([(colleague(1), THERE), (colleague(2, organisation_id=5), LATER)], 2),
        ([(colleague(1), LATER), (colleague(2), THERE)], 2),
        ([(colleague(1), THERE), (colleague(2), THERE)], 2),  # there longest
    ],
)
def test_what_is_late_climbs_to_the_coordinator_who_should_know(
    office: list[tuple[Colleague, Schedule]], expected: int | None
) -> None:
    chosen = climbs_to(office, owner_id=7, organisation_id=5, now=NOON)

    assert (chosen[0].staff_id if chosen else None) == expected


@given(office=st.lists(schedules, max_size=5), now=moments)
def test_what_is_late_never_climbs_to_somebody_off_shift(office: list[Schedule], now: datetime) -> None:
    people = [(colleague(number), schedule) for number, schedule in enumerate(office)]
    chosen = climbs_to(people, owner_id=None, organisation_id=None, now=now)

    if chosen is None:  # only where nobody will be there
        assert all(next_shift(schedule, now=now) is None for schedule in office)
    else:
        schedule = office[chosen[0].staff_id]
        assert chosen[1] == next_shift(schedule, now=now)


@given(first=st.integers(0, 3600), second=st.integers(0, 3600))
def test_what_becomes_late_within_ten_minutes_is_one_message_that_comes_after_all_of_it(
    first: int, second: int
) -> None:
    one, two = (late(1, at=NOON + timedelta(seconds=seconds), zone=ALMATY) for seconds in (first, second))

    assert one.due_at > NOON + timedelta(seconds=first)
    assert (one.key == two.key) is (first // 600 == second // 600)
