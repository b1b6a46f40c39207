"""Reminders: when they come, how long they are of use, and that nobody is woken."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.message_kinds import TO_STAFF, Kind
from care.reminders import (
    VISIT_TAKES,
    Planned,
    Visit,
    answer_key,
    answered,
    is_quiet,
    is_urgent,
    next_allowed,
    nudge,
    recheck,
    unknown,
    visit_reminders,
)

ALMATY = "Asia/Almaty"  # UTC+5
ZONES = (ALMATY, "Asia/Tashkent", "Europe/Moscow", "Asia/Bishkek", "Europe/Berlin")
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def local(text: str, zone: str = ALMATY) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def visit(starts: str) -> Visit:
    return Visit(booking_id=5, person_id=7, starts_at=local(starts), zone=ALMATY)


def planned(starts: str, *, booked: str) -> dict[str, str]:
    return {str(one.kind): str(one.local_due) for one in visit_reminders(visit(starts), now=local(booked))}


@pytest.mark.parametrize(
    ("starts", "booked", "expected"),
    [
        (
            "2026-11-25T15:00",
            "2026-11-20T10:00",
            {
                "visit-eve": "2026-11-24T18:00",
                "visit-soon": "2026-11-25T13:00",
                "visit-after": "2026-11-25T19:00",
            },
        ),
        (  # half past six is night: the evening before is enough
            "2026-11-25T08:30",
            "2026-11-20T10:00",
            {"visit-eve": "2026-11-24T18:00", "visit-after": "2026-11-25T19:00"},
        ),
        (  # booked at 17:30 the day before: the reminder at 18:00 says nothing new
            "2026-11-25T15:00",
            "2026-11-24T17:30",
            {"visit-soon": "2026-11-25T13:00", "visit-after": "2026-11-25T19:00"},
        ),
        (  # booked for tonight
            "2026-11-25T18:30",
            "2026-11-25T17:00",
            {"visit-after": "2026-11-25T20:30"},
        ),
        (  # an hour after it ended it is night
            "2026-11-25T19:00",
            "2026-11-25T17:00",
            {"visit-after": "2026-11-26T10:00"},
        ),
        (  # the last minute of the evening
            "2026-11-25T18:59",
            "2026-11-25T17:00",
            {"visit-after": "2026-11-25T20:59"},
        ),
        (  # it ends at 18:00 sharp: there is an hour until then
            "2026-11-25T17:00",
            "2026-11-25T15:30",
            {"visit-after": "2026-11-25T19:00"},
        ),
    ],
)
def test_a_visit_has_the_messages_that_still_say_something(starts, booked, expected):
    assert planned(starts, booked=booked) == expected


@pytest.mark.parametrize("starts", ["17:00", "17:30", "18:00", "18:30"])
def test_an_evening_visit_is_asked_about_the_same_evening(starts):
    asked = planned(f"2026-11-25T{starts}", booked="2026-11-20T10:00")["visit-after"]

    assert "2026-11-25T19:00" <= asked < "2026-11-25T21:00"


def test_the_first_two_are_of_no_use_once_the_visit_begins():
    eve, soon, after = visit_reminders(visit("2026-11-25T15:00"), now=local("2026-11-20T10:00"))

    assert eve.useful_until == soon.useful_until == local("2026-11-25T15:00")
    assert after.useful_until == after.due_at + timedelta(days=3)


def test_every_message_of_a_visit_is_cancelled_with_its_booking():
    for one in visit_reminders(visit("2026-11-25T15:00"), now=local("2026-11-20T10:00")):
        assert one.booking_id == 5
        assert one.key == f"{one.kind}:5"


@given(starts=INSTANTS, ahead=st.integers(0, 20 * 24 * 60), zone=st.sampled_from(ZONES))
def test_no_reminder_comes_at_night_or_after_it_is_of_use(starts, ahead, zone):
    booked = starts - timedelta(minutes=ahead)
    one_visit = Visit(booking_id=5, person_id=7, starts_at=starts, zone=zone)

    for one in visit_reminders(one_visit, now=booked):
        assert not is_quiet(one.due_at, zone)
        assert booked < one.due_at < one.useful_until
        assert at_clock(one) == one.local_due
        if one.kind is Kind.VISIT_AFTER:
            assert one.due_at >= starts + VISIT_TAKES
        else:
            assert one.useful_until == starts


def at_clock(one: Planned) -> str:
    return one.due_at.astimezone(ZoneInfo(str(one.zone))).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize(
    ("at", "allowed"),
    [
        ("2026-11-25T20:59", "2026-11-25T20:59"),
        ("2026-11-25T21:00", "2026-11-26T08:00"),
        ("2026-11-25T23:59", "2026-11-26T08:00"),
        ("2026-11-26T00:00", "2026-11-26T08:00"),
        ("2026-11-26T07:59", "2026-11-26T08:00"),
        ("2026-11-26T08:00", "2026-11-26T08:00"),
    ],
)
def test_what_comes_at_night_waits_until_eight(at, allowed):
    assert next_allowed(local(at), ALMATY) == local(allowed)


NIGHT = local("2026-11-25T23:00")


def at_night(at: datetime) -> bool:
    return is_quiet(next_allowed(at, ALMATY), ALMATY)


def test_at_night_the_rule_moves_a_message():
    assert not at_night(NIGHT)


def test_with_a_night_that_never_comes_a_message_stays_at_night(monkeypatch):
    monkeypatch.setattr("care.reminders.is_quiet", lambda *_, **__: False)

    assert at_night(NIGHT)


def test_what_cannot_wait_does_not():
    night = local("2026-11-25T23:00")

    assert next_allowed(night, ALMATY, urgent=True) == night


@given(at=INSTANTS, zone=st.sampled_from(ZONES))
def test_nothing_is_allowed_at_night_and_nothing_waits_longer_than_a_night(at, zone):
    allowed = next_allowed(at, zone)

    assert not is_quiet(allowed, zone)
    assert timedelta() <= allowed - at <= timedelta(hours=12)  # eleven, and one when the clocks change


@given(at=INSTANTS, zone=st.sampled_from(ZONES))
def test_a_nudge_comes_by_day_two_hours_later_at_the_soonest(at, zone):
    one = nudge(7, now=at, zone=zone)

    assert not is_quiet(one.due_at, zone)
    assert one.due_at >= at + timedelta(hours=2)
    assert one.due_at < one.useful_until


def test_the_check_is_asked_again_at_ten_in_the_morning():
    one = recheck(7, date(2026, 11, 29), zone=ALMATY)

    assert one.local_due == "2026-11-29T10:00"
    assert one.due_at == local("2026-11-29T10:00")
    assert one.booking_id is None


def test_staff_are_told_once_each_of_a_message_that_may_not_have_arrived():
    now = local("2026-11-25T12:00")

    first, again, other = (unknown(3, staff, Kind.VISIT_EVE, 7, now=now) for staff in (8, 8, 9))

    assert first.key == again.key != other.key
    assert first.params == {"kind": "visit-eve", "person": 7}


def test_who_waits_for_an_answer_is_told_ten_minutes_later_and_within_a_week():
    now = datetime(2026, 11, 21, 4, 30, tzinfo=UTC)

    one = answered(5, 7, now=now)

    assert (one.kind, one.person_id, one.key) == (Kind.ANSWERED, 7, answer_key(5))
    assert one.due_at == now + timedelta(minutes=10)
    assert one.useful_until == now + timedelta(days=7)
    assert one.kind not in TO_STAFF
    assert not is_urgent(one.params), "it can wait until the morning"
    assert answer_key(5) != answer_key(6)
