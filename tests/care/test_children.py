"""Where a child is seen beside an adult, and how steps are ticked together."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from care.booking import Slot
from care.children import BESIDE, Step, all_done, beside, news, ticks
from care.message_kinds import Kind
from care.roles import Actor

DAY = datetime.fromisoformat("2026-11-25T00:00")
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


def slot(hour: str, *, taken: int = 0) -> Slot:
    local = datetime.fromisoformat(f"2026-11-25T{hour}")
    return Slot(clinic_id=1, zone="Asia/Almaty", local=local, minutes=30, capacity=2, taken=taken)


SLOTS = [slot("09:00"), slot("09:30"), slot("10:00"), slot("17:00")]


@pytest.mark.parametrize(
    ("adult", "child"),
    [
        ("09:00", ["09:00", "09:30"]),
        ("10:00", ["10:00"]),  # nobody waits until the evening with a child
        ("17:00", ["17:00"]),
        ("09:15", ["09:30", "10:00"]),  # the hours changed since the adult booked
        ("18:00", []),
    ],
)
def test_a_child_is_seen_at_the_same_time_or_the_next(adult: str, child: list[str]) -> None:
    found = beside(SLOTS, datetime.fromisoformat(f"2026-11-25T{adult}"))

    assert [f"{one.local:%H:%M}" for one in found] == child


@given(minutes=some.integers(0, 24 * 60))
def test_nobody_waits_longer_than_an_hour_for_a_child(minutes: int) -> None:
    local = DAY + timedelta(minutes=minutes)

    for one in beside(SLOTS, local):
        assert timedelta(0) <= one.local - local <= BESIDE


def test_who_ticked_first_stays_until_it_is_taken_back() -> None:
    ticked = ticks({}, Step.RECORD, by=Actor.PERSON, done=True)

    assert ticks(ticked, Step.RECORD, by=Actor.WORKER, done=True) == {"record": "person"}
    assert ticks(ticked, Step.RECORD, by=Actor.WORKER, done=False) == {}


@given(
    deeds=some.lists(
        some.tuples(some.sampled_from(Step), some.booleans(), some.sampled_from([Actor.PERSON, Actor.WORKER]))
    )
)
def test_all_is_done_when_the_last_word_on_every_step_is_yes(deeds: list[tuple[Step, bool, Actor]]) -> None:
    ticked: dict[str, str] = {}
    for step, done, by in deeds:
        ticked = ticks(ticked, step, by=by, done=done)

    last = {step: done for step, done, _ in deeds}
    assert all_done(ticked) is all(last.get(step, False) for step in Step)


def test_the_other_side_is_told_once_a_day() -> None:
    first = news(5, 7, 9, staff=True, now=NOW)

    assert first.key == news(5, 7, 9, staff=True, now=NOW + timedelta(hours=10)).key
    assert first.key != news(5, 7, 9, staff=True, now=NOW + timedelta(days=1)).key
    assert (first.kind, first.person_id, first.due_at) == (
        Kind.CHECKLIST_STAFF,
        7,
        NOW + timedelta(minutes=10),
    )
    assert news(5, 9, 9, staff=False, now=NOW).kind is Kind.CHECKLIST
