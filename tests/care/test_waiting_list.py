"""Who is offered which place, and when: the fair queue of those who wait."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.booking import AHEAD_LEAST, Slot, to_local
from care.directory import Clinic, Closure, ClosureKind, Position, Session
from care.offer_round import held_for, may_come_true, offers, wants
from care.waiting_list import (
    GO_ON_WITHIN,
    HELD,
    HELD_FOR_A_CALL,
    LASTS,
    MOST_LAPSED,
    Ahead,
    Hours,
    Wait,
    Waiter,
    Wish,
    fits,
    found_one,
    instead_of,
    is_over,
    lapsed,
    let_go,
    may_go_on,
    standing,
    start_key,
    turn,
)

ZONE = "Asia/Almaty"  # UTC+5
NOON = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # a Monday, 12:00 there
ANYTHING = Wish()
WEDNESDAY_EVENING = datetime.fromisoformat("2026-11-25T18:00")


def slot(local: datetime = WEDNESDAY_EVENING, *, clinic: int = 1, free: int = 1) -> Slot:
    return Slot(clinic_id=clinic, zone=ZONE, local=local, minutes=30, capacity=free)


def waiter(number: int = 1, *, wish: Wish = ANYTHING, since: int = 0, **parts: Any) -> Waiter:
    of_waiter = {name: parts.pop(name) for name in ("clinics", "visits", "without_telegram") if name in parts}
    begun = NOON - timedelta(days=1) + timedelta(minutes=since or number)
    wait = Wait(id=number, person_id=number, wish=wish, created_at=begun, ends_at=begun + LASTS, **parts)
    return Waiter(wait=wait, zone=ZONE, **of_waiter)


@pytest.mark.parametrize(
    ("wish", "local", "suits"),
    [
        (Wish(), WEDNESDAY_EVENING, True),
        (Wish(clinic_id=1), WEDNESDAY_EVENING, True),
        (Wish(clinic_id=2), WEDNESDAY_EVENING, False),
        (Wish(days=frozenset({2})), WEDNESDAY_EVENING, True),
        (Wish(days=frozenset({3})), WEDNESDAY_EVENING, False),
        (Wish(hours=Hours.EVENING), datetime.fromisoformat("2026-11-25T17:00"), True),
        (Wish(hours=Hours.EVENING), datetime.fromisoformat("2026-11-25T16:59"), False),
        (
            Wish(hours=Hours.EVENING),
            datetime.fromisoformat("2026-11-28T10:00"),
            True,
        ),  # a Saturday: nobody is at work
        (Wish(hours=Hours.DAY), datetime.fromisoformat("2026-11-25T16:59"), True),
        (Wish(hours=Hours.DAY), WEDNESDAY_EVENING, False),
        (Wish(days=frozenset({5, 6}), hours=Hours.DAY), datetime.fromisoformat("2026-11-28T10:00"), True),
    ],
)
def test_a_place_fits_by_clinic_day_and_hours(wish: Wish, local: datetime, suits: bool) -> None:
    assert fits(wish, slot(local)) is suits


def test_who_lost_a_visit_through_the_clinic_goes_first_and_then_who_waits_longest() -> None:
    early, late, lost = waiter(1).wait, waiter(2).wait, waiter(3, lost_booking=7).wait

    assert [one.id for one in sorted([late, lost, early], key=turn)] == [3, 1, 2]


def test_the_soonest_place_goes_to_the_first_and_each_is_offered_one() -> None:
    later = slot(WEDNESDAY_EVENING + timedelta(days=1), free=5)

    made = list(offers([later, slot()], [waiter(2), waiter(1)], now=NOON))

    assert [(chance.waiter.wait.id, chance.slot.local.day) for chance in made] == [(1, 25), (2, 26)]


def test_somebody_to_whom_a_place_is_offered_is_passed_over() -> None:
    [chance] = offers([slot()], [waiter(1, offered=9), waiter(2)], now=NOON)

    assert chance.waiter.wait.id == 2


def test_a_time_that_was_let_go_is_not_offered_again_but_another_is() -> None:
    again = replace(waiter(), wait=let_go(waiter(offered=9).wait, slot()))

    assert not wants(again, slot())
    assert wants(again, slot(WEDNESDAY_EVENING + timedelta(minutes=30)))


@pytest.mark.parametrize(
    ("wish", "ever"),
    [
        (Wish(), True),
        (Wish(days=frozenset({6})), False),
        (Wish(days=frozenset({5, 6})), True),
        (Wish(days=frozenset({5}), hours=Hours.DAY), False),
        (Wish(hours=Hours.DAY), True),  # Wednesday, 16:45
        (Wish(days=frozenset({2}), hours=Hours.EVENING), False),  # its only slot begins before 17:00
        (Wish(days=frozenset({0})), True),  # from January on
        (Wish(days=frozenset({1})), False),  # until October
    ],
)
def test_a_wish_may_come_true_where_a_clinic_ever_sees_anybody_then(wish: Wish, ever: bool) -> None:
    def session(weekday: int, start: str, end: str, **valid: date) -> Session:
        begins, ends = time.fromisoformat(start), time.fromisoformat(end)
        return Session(weekday=weekday, start=begins, end=ends, slot_minutes=30, capacity=1, **valid)

    shut = Closure(kind=ClosureKind.DOWN, begins=to_local(NOON, ZONE), ends=to_local(NOON + 9 * LASTS, ZONE))
    clinic = Clinic(
        code="clinic",
        city="city",
        area="area",
        timezone=ZONE,
        position=Position(43.2, 76.9),
        names={"en": "Clinic"},
        address={"en": "1 Example Street"},
        directions={},
        hours={},
        bring={},
        sessions=(
            session(5, "17:00", "20:00"),
            session(2, "16:45", "17:15"),
            session(0, "17:00", "20:00", valid_from=date(2027, 1, 4)),
            session(1, "17:00", "20:00", valid_until=date(2026, 10, 31)),
        ),
        closures=(shut,),  # it may open again
    )

    assert may_come_true(wish, [clinic], now=NOON) is ever
    assert not may_come_true(wish, [], now=NOON)


def test_any_clinic_is_any_of_the_persons_city() -> None:
    assert not wants(waiter(clinics=frozenset({2})), slot())
    assert wants(waiter(clinics=frozenset({1, 2})), slot())
    assert wants(waiter(clinics=frozenset(), wish=Wish(clinic_id=1)), slot())


def test_nothing_later_than_a_visit_that_suits_is_offered_and_nothing_as_late_as_what_was_free() -> None:
    ahead = visit(WEDNESDAY_EVENING)

    assert not wants(waiter(visits=[ahead]), slot(WEDNESDAY_EVENING + timedelta(days=1)))
    assert wants(waiter(visits=[ahead]), slot(WEDNESDAY_EVENING - timedelta(days=1)))
    assert wants(
        waiter(visits=[ahead], wish=Wish(hours=Hours.DAY)), slot(datetime.fromisoformat("2026-11-26T09:00"))
    )
    assert not wants(waiter(sooner_than=slot().starts_at), slot())


def test_what_was_free_at_first_and_is_over_is_no_bound_any_more() -> None:
    wait = waiter(sooner_than=NOON).wait

    assert standing(wait, now=NOON - timedelta(minutes=1)).sooner_than == NOON
    assert standing(wait, now=NOON).sooner_than is None


def visit(local: datetime, *, made: timedelta = timedelta(days=-2)) -> Ahead:
    return Ahead(clinic_id=1, local=local, starts_at=slot(local).starts_at, made_at=NOON + made)


def test_a_wait_is_over_with_a_visit_booked_since_that_suits() -> None:
    assert found_one(waiter(visits=[visit(WEDNESDAY_EVENING, made=timedelta())]))
    assert not found_one(waiter(visits=[visit(WEDNESDAY_EVENING)]))  # they had it, and want another
    unsuitable = visit(WEDNESDAY_EVENING, made=timedelta())
    assert not found_one(waiter(visits=[unsuitable], wish=Wish(hours=Hours.DAY)))


@pytest.mark.parametrize(
    ("local_now", "told", "until"),
    [
        ("2026-11-23T12:00", "2026-11-23T12:00", "2026-11-23T12:15"),
        ("2026-11-23T20:44", "2026-11-23T20:44", "2026-11-23T20:59"),
        ("2026-11-23T20:45", "2026-11-24T08:00", "2026-11-24T08:15"),  # it would have to be answered at night
        ("2026-11-23T23:30", "2026-11-24T08:00", "2026-11-24T08:15"),
        ("2026-11-24T03:00", "2026-11-24T08:00", "2026-11-24T08:15"),
    ],
)
def test_nobody_is_woken_a_place_is_held_until_the_morning(local_now: str, told: str, until: str) -> None:
    now = datetime.fromisoformat(local_now).replace(tzinfo=UTC) - timedelta(hours=5)

    held = held_for(slot(), waiter(), now=now)

    assert held is not None
    assert [f"{to_local(one, ZONE):%Y-%m-%dT%H:%M}" for one in held] == [told, until]


def test_a_place_is_offered_only_while_there_is_time_to_answer_and_to_get_there() -> None:
    soon = slot().starts_at - AHEAD_LEAST - HELD

    assert held_for(slot(), waiter(), now=soon) == (soon, soon + HELD)
    assert held_for(slot(), waiter(), now=soon + timedelta(minutes=1)) is None
    assert (
        held_for(slot(datetime.fromisoformat("2026-11-24T09:00")), waiter(), now=NOON + timedelta(hours=9))
        is None
    )


def test_without_telegram_there_are_two_hours_all_of_them_by_day() -> None:
    absent = waiter(without_telegram=True)

    assert held_for(slot(), absent, now=NOON) == (NOON, NOON + HELD_FOR_A_CALL)
    evening = NOON + timedelta(hours=7, minutes=30)  # 19:30
    morning = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # 08:00
    assert held_for(slot(), absent, now=evening) == (morning, morning + HELD_FOR_A_CALL)


def test_the_third_offer_in_a_row_without_an_answer_ends_a_wait_and_an_answer_begins_anew() -> None:
    wait = waiter(offered=9).wait
    for number in range(1, MOST_LAPSED):
        wait = lapsed(wait, slot(), told=True, now=NOON)
        assert (wait.lapsed, wait.ended_at) == (number, None)

    assert lapsed(wait, slot(), told=True, now=NOON).ended_at == NOON
    assert let_go(wait, slot()).lapsed == 0


def test_an_offer_that_did_not_reach_them_may_come_again() -> None:
    assert start_key(slot()) in lapsed(waiter().wait, slot(), told=True, now=NOON).refused
    assert start_key(slot()) not in lapsed(waiter().wait, slot(), told=False, now=NOON).refused


def test_a_wait_lasts_four_weeks_and_can_be_taken_up_for_a_week_after_its_end() -> None:
    wait = waiter().wait

    assert not is_over(wait, now=wait.ends_at - timedelta(minutes=1))
    assert is_over(wait, now=wait.ends_at)
    assert not is_over(replace(wait, offered=9), now=wait.ends_at)  # the offer is answered first
    ended = replace(wait, ended_at=NOON)
    assert may_go_on(ended, now=NOON + GO_ON_WITHIN - timedelta(minutes=1))
    assert not may_go_on(ended, now=NOON + GO_ON_WITHIN)
    assert not may_go_on(wait, now=NOON)


def test_a_visit_on_the_same_day_must_move_and_the_soonest_later_one_may() -> None:
    same, later, latest, before = (
        visit(WEDNESDAY_EVENING + timedelta(hours=hours)) for hours in (1, 24, 48, -24)
    )

    assert instead_of([before, latest, later], slot(), most=9) == (later, False)
    assert instead_of([before, same, later], slot(), most=9) == (same, True)
    assert instead_of([before], slot(), most=9) == (None, False)
    assert instead_of([before, later, latest], slot(), most=3) == (later, True)
    assert instead_of([before], slot(), most=1) == (before, True)


_WISHES = st.builds(
    Wish,
    clinic_id=st.sampled_from([None, 1, 2]),
    days=st.frozensets(st.integers(0, 6), max_size=4),
    hours=st.sampled_from(Hours),
)
_SLOTS = st.lists(
    st.builds(
        slot,
        st.builds(
            datetime.combine,
            st.dates(date(2026, 11, 23), date(2026, 11, 29)),
            st.sampled_from([time(9), time(12, 30), time(17), time(19, 30)]),
        ),
        clinic=st.sampled_from([1, 2]),
        free=st.integers(0, 3),
    ),
    max_size=8,
    unique_by=lambda one: (one.clinic_id, one.local),
)


@st.composite
def _queues(draw: st.DrawFn) -> list[Waiter]:
    return [
        waiter(
            number,
            wish=draw(_WISHES),
            since=draw(st.integers(1, 5)),
            lost_booking=draw(st.sampled_from([None, None, 5])),
            offered=draw(st.sampled_from([None, None, None, 9])),
            without_telegram=draw(st.booleans()),
        )
        for number in range(1, draw(st.integers(1, 9)))
    ]


@given(free=_SLOTS, queue=_queues(), hours=st.integers(0, 60))
def test_a_round_of_offers_is_fair(free: list[Slot], queue: list[Waiter], hours: int) -> None:
    now = NOON + timedelta(hours=hours)
    made = list(offers(free, queue, now=now))

    people = [chance.waiter.wait.id for chance in made]
    assert len(people) == len(set(people)), "nobody is offered two places at a time"
    for chance in made:
        assert wants(chance.waiter, chance.slot), "no place is offered that does not fit"
        assert chance.until + AHEAD_LEAST <= chance.slot.starts_at
        assert 8 <= to_local(chance.told_at, ZONE).hour <= to_local(chance.until, ZONE).hour < 21
    given_of = {(one.clinic_id, one.local): one.free for one in free}
    for chance in made:
        given_of[chance.slot.clinic_id, chance.slot.local] -= 1
    assert all(left >= 0 for left in given_of.values()), "no place is offered to two"
    left_out = [one for one in queue if one.wait.id not in people]
    for one in left_out:
        for place in free:
            if not wants(one, place) or held_for(place, one, now=now) is None:
                continue
            assert given_of[place.clinic_id, place.local] == 0, "no place stays free for which somebody waits"
            had = [chance.waiter.wait for chance in made if start_key(chance.slot) == start_key(place)]
            assert max([*had, one.wait], key=turn) == one.wait, "nobody is served before their turn"
