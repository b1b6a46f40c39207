"""When the offer to pass a link on goes out."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.pass_on import AFTER, pass_on, pass_on_key
from care.reminders import Visit, is_quiet

ZONE = "Asia/Almaty"


def visit(booking_id: int = 1) -> Visit:
    return Visit(booking_id=booking_id, person_id=7, starts_at=datetime(2026, 11, 23, tzinfo=UTC), zone=ZONE)


@pytest.mark.parametrize(("hour", "due"), [(10, 12), (18, 20), (20, 32), (23, 32)])
def test_it_comes_two_hours_later_and_by_day(hour: int, due: int) -> None:
    midnight = datetime(2026, 11, 23, tzinfo=ZoneInfo(ZONE))

    assert pass_on(visit(), now=midnight + timedelta(hours=hour)).due_at == midnight + timedelta(hours=due)


@given(st.integers(min_value=0, max_value=365 * 24 * 60))
def test_it_never_comes_at_night_nor_too_soon(minutes: int) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)

    planned = pass_on(visit(), now=now)

    assert not is_quiet(planned.due_at, ZONE)
    assert planned.due_at >= now + AFTER
    assert planned.useful_until > planned.due_at


def test_a_person_is_asked_once_however_many_visits_they_keep() -> None:
    keys = {pass_on(visit(number), now=datetime(2026, 11, 23, tzinfo=UTC)).key for number in (1, 2)}

    assert keys == {pass_on_key(7)}
