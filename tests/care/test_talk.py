"""Promises fall in working hours."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from care.talk import notice_at, phone_in, promise

ALMATY = ZoneInfo("Asia/Almaty")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ALMATY).astimezone(UTC)


@pytest.mark.parametrize(
    ("asked", "promised"),
    [
        ("2026-11-23T09:00", "2026-11-23T11:00"),
        ("2026-11-23T12:34", "2026-11-23T14:34"),
        ("2026-11-23T19:00", "2026-11-23T21:00"),
        ("2026-11-23T19:01", "2026-11-24T11:00"),
        ("2026-11-23T20:59", "2026-11-24T11:00"),
        ("2026-11-23T23:30", "2026-11-24T11:00"),
        ("2026-11-24T00:00", "2026-11-24T11:00"),
        ("2026-11-24T08:59", "2026-11-24T11:00"),
    ],
)
def test_an_answer_is_promised_within_two_working_hours(asked: str, promised: str) -> None:
    assert promise(at(asked), ALMATY) == at(promised)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("2026-11-23T09:00", "2026-11-23T09:00"),
        ("2026-11-23T20:59", "2026-11-23T20:59"),
        ("2026-11-23T21:00", "2026-11-24T09:00"),
        ("2026-11-24T03:00", "2026-11-24T09:00"),
    ],
)
def test_staff_are_told_when_they_work(asked: str, told: str) -> None:
    assert notice_at(at(asked), ALMATY) == at(told)


def test_hours_are_those_of_the_clock_on_a_day_when_it_is_changed() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    asked = datetime(2026, 3, 28, 20, 0, tzinfo=berlin).astimezone(UTC)  # 29 March has 23 hours

    assert promise(asked, berlin).astimezone(berlin).hour == 11


@pytest.mark.parametrize(
    ("shared", "dialled"),
    [
        ("77011234567", "+77011234567"),
        ("+7 (701) 123-45-67", "+77011234567"),
        ("", None),
        ("123", None),
        ("1234567890123456", None),
        ("<b>call me</b>", None),
    ],
)
def test_a_shared_number_is_dialled_or_refused(shared: str, dialled: str | None) -> None:
    assert phone_in(shared) == dialled
