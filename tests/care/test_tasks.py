"""Which tasks come, close and climb: tables of the rules, and what holds of all of them together."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.referral import State
from care.task_rules import needs
from care.tasks import (
    BY_ITSELF,
    GRACE,
    NOT_BOOKED,
    NOT_EXAMINED,
    SNOOZE_DAYS,
    Accompanied,
    Kind,
    Known,
    Need,
    Priority,
    Situation,
    Talking,
    Visited,
    climbs,
    due_from,
    put_off_until,
    settle,
)

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # Monday noon in Almaty
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def standing(**parts: Any) -> Situation:
    """Return a referral that needs nothing, but for `parts`."""
    given_parts = {"referral_id": 1, "person_id": 2, "state": State.SCREENED, "zone": "Asia/Almaty", **parts}
    return Situation(**given_parts)


def visit(*, starts_at: datetime, booked_at: datetime | None = None, **parts: Any) -> Visited:
    booked = booked_at or starts_at - 2 * DAY
    return Visited(booking_id=77, created_at=booked, starts_at=starts_at, **parts)


def kinds(one: Situation, *, now: datetime = NOW) -> list[Kind]:
    return [need.kind for need in needs(one, now=now)]


@pytest.mark.parametrize(
    ("advice", "ago", "expected"),
    [
        ("soon", 2 * DAY, [Kind.UNBOOKED]),
        ("urgent", 2 * DAY, [Kind.UNBOOKED]),
        ("red", 2 * DAY, [Kind.UNBOOKED]),
        ("soon", 2 * DAY - timedelta(minutes=1), []),
        ("contact", 9 * DAY, []),
        ("watch", 9 * DAY, []),
        ("none", 9 * DAY, []),
        (None, 9 * DAY, []),
    ],
)
def test_signs_without_a_booking_for_two_days_are_a_task(
    advice: str | None, ago: timedelta, expected: list[Kind]
) -> None:
    assert kinds(standing(advice=advice, checked_at=NOW - ago)) == expected


@pytest.mark.parametrize("state", [State.DECLINED, State.LOST, State.MOVED_AWAY])
def test_who_has_left_needs_no_booking(state: State) -> None:
    assert kinds(standing(state=state, advice="soon", checked_at=NOW - 9 * DAY)) == []


def test_a_referral_that_is_over_needs_nothing() -> None:
    assert kinds(standing(is_open=False, advice="red", checked_at=NOW - 9 * DAY)) == []


def test_a_visit_before_the_check_is_no_booking_after_it() -> None:
    earlier = visit(starts_at=NOW - 20 * DAY, came_at=NOW - 20 * DAY, examined=True)

    assert kinds(standing(advice="soon", checked_at=NOW - 3 * DAY, visits=(earlier,))) == [Kind.UNBOOKED]


def test_two_days_count_again_from_a_cancelling() -> None:
    one = standing(advice="soon", checked_at=NOW - 9 * DAY, cancelled_at=NOW - HOUR)

    assert kinds(one) == []
    assert kinds(one, now=NOW + NOT_BOOKED) == [Kind.UNBOOKED]


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ({"missed_at": NOW}, [Kind.MISSED]),
        ({"said": "missed"}, [Kind.MISSED]),
        ({"said": "went"}, []),
        ({"said": "went", "missed_at": NOW}, [Kind.MISSED]),  # the desk knows
        ({"came_at": NOW}, []),
        ({}, []),
    ],
)
def test_booked_and_not_come_is_a_task(last: dict[str, Any], expected: list[Kind]) -> None:
    assert kinds(standing(state=State.BOOKED, visits=(visit(starts_at=NOW - HOUR, **last),))) == expected


def test_a_visit_of_which_nobody_says_anything_was_missed_a_day_later() -> None:
    one = standing(state=State.BOOKED, visits=(visit(starts_at=NOW),))

    assert kinds(one, now=NOW + DAY - timedelta(seconds=1)) == []
    assert kinds(one, now=NOW + DAY) == [Kind.MISSED]


def test_who_has_booked_again_has_not_missed() -> None:
    visits = (visit(starts_at=NOW - DAY, missed_at=NOW - HOUR), visit(starts_at=NOW + DAY))

    assert kinds(standing(state=State.BOOKED, visits=visits)) == []


@pytest.mark.parametrize(
    ("visits", "expected"),
    [
        ((visit(starts_at=NOW + DAY, booked_at=NOW - NOT_EXAMINED),), [Kind.UNEXAMINED]),
        ((visit(starts_at=NOW + DAY, booked_at=NOW - NOT_EXAMINED + HOUR),), []),
        ((visit(starts_at=NOW - 3 * DAY, booked_at=NOW - 8 * DAY, said="went"),), [Kind.UNEXAMINED]),
        (
            (visit(starts_at=NOW - 3 * DAY, booked_at=NOW - 8 * DAY, came_at=NOW - 3 * DAY, examined=True),),
            [],
        ),
        (
            (
                visit(starts_at=NOW - 6 * DAY, booked_at=NOW - 8 * DAY, missed_at=NOW - 6 * DAY),
                visit(starts_at=NOW + DAY, booked_at=NOW - DAY),
            ),
            [Kind.UNEXAMINED],
        ),
    ],
)
def test_a_week_after_the_first_booking_without_an_examination_is_a_task(
    visits: tuple[Visited, ...], expected: list[Kind]
) -> None:
    assert kinds(standing(state=State.BOOKED, visits=visits)) == expected


@pytest.mark.parametrize(
    ("ahead", "found", "expected"),
    [
        (DAY, False, [(Kind.COMPANY, Priority.URGENT, 2 * HOUR)]),
        (4 * HOUR, False, [(Kind.COMPANY, Priority.URGENT, HOUR)]),
        (HOUR, False, [(Kind.COMPANY, Priority.URGENT, timedelta(0))]),
        (3 * DAY, False, [(Kind.COMPANY, Priority.SOON, 2 * HOUR)]),
        (DAY, True, []),
        (-HOUR, False, []),
    ],
)
def test_company_that_was_asked_for_is_a_task_until_somebody_comes_along(
    ahead: timedelta, found: bool, expected: list[Any]
) -> None:
    wish = Accompanied(id=5, asked_at=NOW, starts_at=NOW + ahead, is_found=found)

    found_needs = needs(standing(company=wish), now=NOW)

    assert [(need.kind, need.priority, need.due_at - NOW) for need in found_needs] == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({}, [Kind.TALK]),
        ({"topic": "stopping-early"}, [Kind.STOPPING]),
        ({"answered_at": NOW, "staff_wrote_at": NOW, "person_wrote_at": NOW - HOUR}, []),
        ({"answered_at": NOW - HOUR, "staff_wrote_at": NOW - HOUR, "person_wrote_at": NOW}, [Kind.TALK]),
    ],
)
def test_who_waits_for_an_answer_is_a_task(words: dict[str, Any], expected: list[Kind]) -> None:
    relay = Talking(id=9, opened_at=NOW - DAY, promised_at=NOW + HOUR, **words)

    assert kinds(standing(relay=relay)) == expected


def known(need: Need, **parts: Any) -> Known:
    """Return the task that a need brought."""
    return Known(id=1, kind=need.kind, key=need.key, due_at=need.due_at, priority=need.priority, **parts)


NEED = Need(kind=Kind.MISSED, cause=5, since=NOW, due_at=NOW + DAY, priority=Priority.SOON)


@pytest.mark.parametrize(
    ("done_at", "by_hand", "since", "reopened"),
    [
        (NOW, True, NOW - HOUR, False),  # somebody did it: it is done
        (NOW, True, NOW + HOUR, True),  # there is a new cause
        (NOW, False, NOW - HOUR, True),  # the cause was gone, and is back
    ],
)
def test_what_was_done_comes_back_only_with_a_new_cause(
    done_at: datetime, by_hand: bool, since: datetime, reopened: bool
) -> None:
    need = replace(NEED, since=since)
    task = known(need, done_at=done_at, by_hand=by_hand)

    assert bool(settle([need], [task]).reopened) is reopened


@pytest.mark.parametrize("kind", list(Kind))
def test_only_what_closes_by_itself_closes_when_the_cause_is_gone(kind: Kind) -> None:
    task = known(replace(NEED, kind=kind))

    assert bool(settle([], [task]).closed) is (kind in BY_ITSELF)


def test_a_request_that_a_person_made_by_hand_is_left_alone() -> None:
    asked = Known(id=1, kind=Kind.TALK, key=None, due_at=NOW)

    assert settle([], [asked]) == settle([], [])


@pytest.mark.parametrize("priority", list(Priority))
def test_what_is_late_climbs_once_after_its_grace(priority: Priority) -> None:
    task = replace(known(NEED), priority=priority)
    at = task.due_at + GRACE[priority]

    assert not climbs(task, now=at - timedelta(seconds=1))
    assert climbs(task, now=at)
    assert not climbs(replace(task, escalated_at=at), now=at + DAY)
    assert not climbs(replace(task, done_at=at), now=at + DAY)


def test_what_is_put_off_is_late_only_after_it_came_back() -> None:
    task = replace(known(NEED), snoozed_until=NOW + 3 * DAY, priority=Priority.URGENT)

    assert due_from(task) == NOW + 3 * DAY
    assert not climbs(task, now=NOW + 2 * DAY)
    assert climbs(task, now=NOW + 3 * DAY)


@pytest.mark.parametrize(
    ("days", "expected"), list(zip(SNOOZE_DAYS, ("24T04", "26T04", "30T04"), strict=True))
)
def test_what_is_put_off_comes_back_at_nine_in_the_morning(days: int, expected: str) -> None:
    until = put_off_until(NOW, days, ZoneInfo("Asia/Almaty"))

    assert until.isoformat().startswith(f"2026-11-{expected}:00")


# What holds of all rules together, whatever happens in whatever order.

moments = st.integers(-30 * 24, 30 * 24).map(lambda hours: NOW + timedelta(hours=hours))
maybe = st.none() | moments
visits = st.builds(
    Visited,
    booking_id=st.integers(1, 6),
    created_at=moments,
    starts_at=moments,
    came_at=maybe,
    missed_at=maybe,
    said=st.sampled_from([None, "went", "missed"]),
)
situations = st.builds(
    Situation,
    referral_id=st.just(1),
    person_id=st.just(2),
    state=st.sampled_from(State),
    zone=st.just("Asia/Almaty"),
    is_open=st.booleans(),
    advice=st.sampled_from([None, "none", "watch", "soon", "urgent", "red"]),
    checked_at=maybe,
    cancelled_at=maybe,
    visits=st.lists(visits, max_size=3, unique_by=lambda one: one.booking_id).map(
        lambda many: tuple(sorted(many, key=lambda one: one.starts_at))
    ),
    company=st.none()
    | st.builds(
        Accompanied, id=st.integers(1, 3), asked_at=moments, starts_at=moments, is_found=st.booleans()
    ),
    relay=st.none()
    | st.builds(
        Talking,
        id=st.integers(1, 3),
        opened_at=moments,
        promised_at=moments,
        topic=st.sampled_from([None, "stopping-early", "treatment"]),
        answered_at=maybe,
        person_wrote_at=maybe,
        staff_wrote_at=maybe,
    ),
)
story = st.lists(st.tuples(situations, st.integers(0, 72), st.booleans()), min_size=1, max_size=8)


def after(tasks: list[Known], wanted: tuple[Need, ...], now: datetime) -> list[Known]:
    """Return the tasks after one look, as the store keeps them."""
    changes = settle(wanted, tasks)
    gone = {task.id for task in changes.closed}
    again = {task.id: need for task, need in changes.reopened}
    kept = [
        replace(task, done_at=now)
        if task.id in gone
        else replace(task, done_at=None, by_hand=False, escalated_at=None)
        if task.id in again
        else task
        for task in tasks
    ]
    return kept + [replace(known(need), id=len(kept) + number) for number, need in enumerate(changes.opened)]


@given(one=situations, now=moments)
def test_a_referral_needs_one_thing_of_a_kind_at_most(one: Situation, now: datetime) -> None:
    found = needs(one, now=now)

    assert len({need.key for need in found}) == len(found)
    assert all(need.since <= max(now, need.since) and len(need.key) <= 80 for need in found)
    if not one.is_open:
        assert found == ()


@given(story=story)
def test_a_task_is_never_lost_and_never_there_twice(story: list[tuple[Situation, int, bool]]) -> None:
    tasks: list[Known] = []
    now = NOW
    for one, hours, somebody_works in story:
        now += timedelta(hours=hours)
        wanted = needs(one, now=now)
        tasks = after(tasks, wanted, now)

        assert len({task.key for task in tasks}) == len(tasks)
        open_keys = {task.key for task in tasks if task.done_at is None}
        done = {task.key: task.done_at for task in tasks if task.done_at is not None and task.by_hand}
        for need in wanted:  # open, or done by somebody since it became so
            assert need.key in open_keys or done[need.key] >= need.since
        assert open_keys <= {need.key for need in wanted}
        assert settle(wanted, tasks) == settle([], [])  # a second look changes nothing
        if somebody_works:
            tasks = [
                replace(task, done_at=now, by_hand=True) if task.done_at is None else task for task in tasks
            ]
            assert not settle(wanted, tasks).opened


@given(
    due=moments,
    snoozed=maybe,
    looks=st.lists(st.integers(0, 48), max_size=30),
    kind=st.sampled_from(Priority),
)
def test_what_is_late_climbs_exactly_once(
    due: datetime, snoozed: datetime | None, looks: list[int], kind: Priority
) -> None:
    task = replace(known(NEED), due_at=due, snoozed_until=snoozed, priority=kind)
    now, told = NOW - 30 * DAY, 0
    for hours in looks:
        now += timedelta(hours=hours)
        if climbs(task, now=now):
            told, task = told + 1, replace(task, escalated_at=now)

    assert told == int(bool(looks) and due_from(task) + GRACE[kind] <= now)
