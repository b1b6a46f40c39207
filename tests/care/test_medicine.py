"""Plans of reminders: which doses come when, until when a reminder is of use, what is asked for again."""

import itertools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.medicine import (
    AHEAD,
    TOPIC,
    URGENT,
    Dose,
    DosePlan,
    Trouble,
    again,
    ahead,
    key,
    keys,
    last_day,
    may_answer,
    moment,
    reminder,
    useful_until,
)
from care.reminders import is_quiet, is_urgent, next_allowed
from care.topics import TOPICS

ALMATY = "Asia/Almaty"  # UTC+5
ZONES = st.sampled_from([ALMATY, "Europe/Berlin", "America/Sao_Paulo", "Asia/Tashkent", "Pacific/Apia"])
START = date(2026, 11, 23)  # a Monday
HOURS = st.sets(st.integers(0, 47), min_size=1, max_size=4).map(
    lambda found: tuple(time(half // 2, half % 2 * 30) for half in sorted(found))
)
DAYS = st.dates(date(2026, 3, 1), date(2027, 4, 30))
INSTANTS = st.datetimes(datetime(2026, 3, 1), datetime(2027, 4, 30), timezones=st.just(UTC))  # noqa: DTZ001


def local(text: str, zone: str = ALMATY) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def plan(*hours: int, zone: str = ALMATY, **values: object) -> DosePlan:
    given_values = {
        "id": 5,
        "person_id": 7,
        "times": tuple(time(hour) for hour in hours),
        "zone": zone,
        "starts_on": START,
        "ends_on": START + timedelta(days=20),
        "created_at": local("2026-11-23T06:00"),
    }
    return DosePlan(**{**given_values, **values})  # type: ignore[arg-type]  # columns of a plan


@st.composite
def plans(draw: st.DrawFn) -> DosePlan:
    starts_on = draw(DAYS)
    return plan(
        times=draw(HOURS),
        zone=draw(ZONES),
        weekdays=tuple(sorted(draw(st.sets(st.integers(0, 6), max_size=6)))),
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=draw(st.integers(0, 40))),
        paused_until=draw(st.none() | DAYS),
    )


def test_a_plan_of_two_hours_has_both_of_today_and_of_the_next_days() -> None:
    found = ahead(plan(8, 20), now=local("2026-11-23T10:00"))

    assert found[0] == Dose(START, time(20))
    assert found[1] == Dose(START + timedelta(days=1), time(8))
    assert len(found) == 1 + 2 * AHEAD.days


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"weekdays": (0, 2)}, [date(2026, 11, 23), date(2026, 11, 25)]),
        ({"ends_on": date(2026, 11, 24)}, [date(2026, 11, 23), date(2026, 11, 24)]),
        ({"paused_until": date(2026, 11, 27)}, [date(2026, 11, 27)]),
        ({"ended_at": local("2026-11-23T06:30")}, []),
    ],
)
def test_no_dose_comes_on_other_days_after_the_end_or_in_a_pause(
    changed: dict[str, object], expected: list[date]
) -> None:
    found = ahead(plan(8, **changed), now=local("2026-11-23T07:00"))

    assert [dose.day for dose in found] == expected


@given(one=plans(), now=INSTANTS)
def test_every_dose_ahead_belongs_to_the_plan_and_is_still_to_come(one: DosePlan, now: datetime) -> None:
    found = ahead(one, now=now)

    for dose in found:
        assert one.starts_on <= dose.day <= one.ends_on
        assert one.paused_until is None or dose.day >= one.paused_until
        assert not one.weekdays or dose.day.weekday() in one.weekdays
        assert dose.hour in one.times
        assert moment(dose, one.zone) > now
    assert len({key(one.id, dose) for dose in found}) == len(found)


@given(one=plans(), now=INSTANTS)
def test_a_reminder_comes_at_night_only_where_the_person_chose_that_hour(
    one: DosePlan, now: datetime
) -> None:
    for dose in ahead(one, now=now):
        planned = reminder(one, dose)
        chosen = is_quiet(moment(dose, one.zone), one.zone)
        assert is_urgent(planned.params) is chosen
        late = planned.due_at + (planned.useful_until - planned.due_at) / 2  # the program stood still
        for at in (planned.due_at, late):
            allowed = next_allowed(at, one.zone, urgent=is_urgent(planned.params))
            if allowed < planned.useful_until:
                assert chosen or not is_quiet(allowed, one.zone)
        if chosen:
            assert next_allowed(planned.due_at, one.zone, urgent=True) == planned.due_at


@given(one=plans(), now=INSTANTS)
def test_a_reminder_is_of_use_before_the_next_one_and_on_its_own_day(one: DosePlan, now: datetime) -> None:
    found = ahead(one, now=now)

    for dose, following in itertools.pairwise(found):
        until = useful_until(dose, one.times, one.zone)
        assert until <= moment(following, one.zone) or moment(following, one.zone) <= moment(dose, one.zone)
        assert moment(dose, one.zone) <= until
        assert (until - timedelta(seconds=1)).astimezone(ZoneInfo(one.zone)).date() <= dose.day or (
            until == moment(dose, one.zone)
        )


@given(one=plans(), now=INSTANTS)
def test_no_reminder_is_of_no_use(one: DosePlan, now: datetime) -> None:
    for dose in ahead(one, now=now):
        assert moment(dose, one.zone) < useful_until(dose, one.times, one.zone)


def test_two_hours_that_fall_together_when_the_clock_is_set_forward_both_come() -> None:
    spring = date(2026, 3, 29)  # in Berlin 02:00 is 03:00
    one = plan(2, 3, zone="Europe/Berlin", starts_on=spring, ends_on=spring)
    found = ahead(one, now=local("2026-03-28T12:00"))

    assert [dose.hour for dose in found] == [time(2), time(3)]
    assert all(reminder(one, dose).due_at < reminder(one, dose).useful_until for dose in found)


@given(one=plans(), now=INSTANTS, wait=st.integers(0, 600), nth=st.integers(1, 4))
def test_later_asks_again_within_the_day_at_most_twice_and_not_past_nine(
    one: DosePlan, now: datetime, wait: int, nth: int
) -> None:
    for dose in ahead(one, now=now)[:3]:
        pressed = moment(dose, one.zone) + timedelta(minutes=wait)
        planned = again(one, dose, nth, now=pressed)
        if planned is None:
            continue
        assert nth <= 2
        assert pressed < planned.due_at <= pressed + timedelta(hours=1)
        assert planned.due_at < planned.useful_until
        asked = planned.due_at.astimezone(ZoneInfo(one.zone))
        assert asked.date() == dose.day
        assert asked.time() < time(21)
        assert planned.key in keys(one.id, dose)


@pytest.mark.parametrize(
    ("hour", "pressed", "expected"),
    [
        (8, "2026-11-23T08:05", "2026-11-23T09:05"),
        (20, "2026-11-23T20:01", "2026-11-23T20:55"),  # an hour later were past nine
        (20, "2026-11-23T20:45", None),
        (22, "2026-11-23T22:01", None),
    ],
)
def test_an_evening_dose_is_asked_for_again_before_nine(
    hour: int, pressed: str, expected: str | None
) -> None:
    planned = again(plan(hour), Dose(START, time(hour)), 1, now=local(pressed))

    assert (planned.local_due if planned else None) == expected


def test_later_gives_way_to_the_next_dose() -> None:
    assert again(plan(8, 9), Dose(START, time(8)), 1, now=local("2026-11-23T08:30")) is None


@pytest.mark.parametrize(("days", "may"), [(-1, False), (0, True), (1, True), (2, False)])
def test_doses_of_today_and_yesterday_can_be_answered(days: int, may: bool) -> None:  # a table
    now = local("2026-11-25T12:00")

    assert may_answer(Dose(date(2026, 11, 25) - timedelta(days=days), time(8)), plan(8), now=now) is may


def test_the_last_day_is_spoken_of_in_its_evening() -> None:
    planned = last_day(plan(8))

    assert planned.local_due == "2026-12-13T19:00"
    assert planned.useful_until == local("2026-12-13T21:00")


def test_each_trouble_has_an_answer_that_exists() -> None:
    assert set(TOPIC.values()) <= set(TOPICS)
    assert set(TOPIC) <= set(Trouble)
    assert not URGENT & set(TOPIC)
