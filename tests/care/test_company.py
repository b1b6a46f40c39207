"""Who comes along: asked in order, one after the other, never twice, never two, and nobody is lost."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care import company as rules
from care import company_visit
from care.company import BY_DAY, IN_A_HURRY, Candidate, Company, State, Trip, advanced, next_to_ask

NOON = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # Monday, 12:00 in Almaty
ZONE = "Asia/Almaty"
TOMORROW = Trip(starts_at=NOON + timedelta(hours=30), zone=ZONE, owner_id=1)


def asked(**values: Any) -> Company:
    given: dict[str, Any] = {"id": 1, "person_id": 90, "booking_id": 5, "state": State.ASKED}
    return Company(**(given | {"created_at": NOON} | values))


def worker(staff_id: int, **values: Any) -> Candidate:
    given: dict[str, Any] = {"person_id": 100 + staff_id, "since": NOON, "languages": frozenset({"tg"})}
    return Candidate(staff_id=staff_id, **(given | values))


def chosen(team: Sequence[Candidate], company: Company | None = None, owner_id: int | None = 1) -> int | None:
    found = next_to_ask(team, company or asked(), owner_id)
    return found.staff_id if found else None


@pytest.mark.parametrize(
    ("team", "who"),
    [
        ([worker(2, same_area=True), worker(1, open_referrals=50)], 1),  # whose the referral is
        ([worker(2, open_referrals=1), worker(3, same_area=True, open_referrals=9)], 3),
        ([worker(2, open_referrals=5), worker(3, open_referrals=4)], 3),
        ([worker(2), worker(3, since=NOON - timedelta(days=1))], 3),
        ([worker(1, on_shift=False), worker(2)], 2),
        ([worker(1, away=True), worker(2)], 2),
        ([worker(1, busy=True), worker(2)], 2),
        ([worker(1, asks=False)], 1),  # a coordinator goes with people of their own …
        ([worker(2, asks=False)], None),  # … and is not asked for others
        ([worker(1, person_id=90)], None),  # nobody goes with themselves
        ([], None),
    ],
)
def test_who_is_asked_next(team: list[Candidate], who: int | None):
    assert chosen(team) == who


@pytest.mark.parametrize(
    ("wish", "who"),
    [
        ({}, 1),
        ({"gender": "f"}, 2),
        ({"locale": "uz"}, 3),
        ({"gender": "f", "locale": "uz"}, None),
        ({"refused": (1, 2)}, 3),
    ],
)
def test_what_the_person_asked_for_is_a_condition(wish: dict[str, Any], who: int | None):
    team = [
        worker(1, gender="m"),
        worker(2, gender="f"),
        worker(3, gender="m", languages=frozenset({"uz"}), open_referrals=9),
    ]

    assert chosen(team, asked(**wish)) == who


@pytest.mark.parametrize(
    ("offered", "starts", "until"),
    [
        (NOON, NOON + timedelta(hours=30), NOON + BY_DAY),
        (NOON, NOON + timedelta(hours=2), NOON + IN_A_HURRY),
        (  # 20:45: until 21:15 nobody waits, but until half past eight
            NOON + timedelta(hours=8, minutes=45),
            NOON + timedelta(hours=30),
            NOON + timedelta(hours=20, minutes=30),
        ),
    ],
)
def test_how_long_an_offer_waits(offered: datetime, starts: datetime, until: datetime):
    assert rules.answer_by(offered, Trip(starts_at=starts, zone=ZONE)) == until


def test_one_after_the_other_is_asked_and_at_the_end_nobody_is_left():
    team, company, moment, order = [worker(1), worker(2), worker(3)], asked(), NOON, []
    for _ in range(3):
        company = advanced(company, TOMORROW, team, now=moment)
        order.append(company.offered_to)
        assert advanced(company, TOMORROW, team, now=moment + BY_DAY - timedelta(seconds=1)) == company
        moment += BY_DAY

    company = advanced(company, TOMORROW, team, now=moment)

    assert order == [1, 2, 3]
    assert (company.state, company.refused) == (State.NOBODY, (1, 2, 3))


def test_who_begins_to_work_later_is_asked_where_nobody_was():
    company = advanced(asked(), TOMORROW, [], now=NOON)
    assert company.state is State.NOBODY

    assert advanced(company, TOMORROW, [worker(7)], now=NOON).offered_to == 7


def test_at_night_nobody_is_asked():
    night = NOON + timedelta(hours=10)

    assert advanced(asked(), TOMORROW, [worker(1)], now=night).state is State.ASKED


def test_who_is_asked_says_yes_and_nobody_else_can():
    offered = advanced(asked(), TOMORROW, [worker(1), worker(2)], now=NOON)
    company = rules.accepted(offered, 1, now=NOON)

    assert company is not None
    assert (company.state, company.staff_id) == (State.ACCEPTED, 1)
    assert rules.accepted(company, 2, oversees=True, now=NOON) is None
    assert rules.accepted(offered, 3, now=NOON) is None  # was never asked


def test_who_said_no_or_nothing_may_change_their_mind_while_nobody_said_yes():
    company = rules.declined(advanced(asked(), TOMORROW, [worker(1), worker(2)], now=NOON), 1)

    assert company is not None
    assert company.refused == (1,)
    assert rules.declined(company, 1) is None
    assert rules.accepted(company, 1, now=NOON) is not None


def accepted_by(staff_id: int) -> Company:
    company = rules.accepted(asked(state=State.OFFERED, offered_to=staff_id), staff_id, now=NOON)
    assert company is not None
    return company


def test_somebody_else_is_asked_when_who_said_yes_cannot():
    company = rules.swapped(accepted_by(1), 1)

    assert company is not None
    assert rules.swapped(accepted_by(1), 2) is None
    assert advanced(company, TOMORROW, [worker(1), worker(2)], now=NOON).offered_to == 2


@pytest.mark.parametrize("team", [[worker(2)], [worker(1, away=True), worker(2)]])
def test_somebody_else_is_asked_when_who_said_yes_has_left_or_is_away(team: list[Candidate]):
    company = advanced(accepted_by(1), TOMORROW, team, now=NOON)

    assert (company.state, company.offered_to, company.staff_id) == (State.OFFERED, 2, None)
    assert company.refused == (1,)


def test_who_was_handed_the_caseload_is_the_first_to_be_asked():
    handed = replace(accepted_by(1), staff_id=3)

    company = advanced(handed, TOMORROW, [worker(1), worker(2), worker(3, open_referrals=99)], now=NOON)

    assert (company.state, company.offered_to, company.staff_id) == (State.OFFERED, 3, None)


def test_who_is_off_shift_and_said_yes_goes_all_the_same():
    company = accepted_by(1)

    assert advanced(company, TOMORROW, [worker(1, on_shift=False)], now=NOON) == company


def test_when_the_visit_moves_who_said_yes_is_asked_first_and_others_again():
    company = company_visit.moved(replace(accepted_by(1), refused=(2, 3)), 6, now=NOON)

    assert (company.booking_id, company.state, company.offered_to) == (6, State.OFFERED, 1)
    later = advanced(company, TOMORROW, [worker(1), worker(2)], now=NOON + BY_DAY)
    assert (later.offered_to, later.refused) == (2, (1,))


@pytest.mark.parametrize(
    ("state", "first", "goes_on"),
    [
        (State.ASKED, None, State.ASKED),
        (State.OFFERED, None, State.ASKED),
        (State.NOBODY, None, State.ASKED),
        (State.ACCEPTED, 1, State.OFFERED),
        (State.MET, 1, State.OFFERED),
    ],
)
def test_what_the_clinic_cancels_pauses_it_and_it_goes_on_with_the_visit_instead(
    state: State, first: int | None, goes_on: State
):
    company = asked(state=state, staff_id=1, offered_to=1, offered_at=NOON, place=b"x", refused=(2,))

    waiting = company_visit.paused(company, now=NOON)

    assert waiting is not None
    assert (waiting.state, waiting.staff_id, waiting.offered_to) == (State.PAUSED, None, first)
    assert advanced(waiting, TOMORROW, [worker(1), worker(2)], now=NOON + timedelta(days=3)) == waiting
    after = company_visit.moved(waiting, 6, now=NOON)
    assert (after.state, after.offered_to, after.booking_id, after.place) == (goes_on, first, 6, b"x")
    assert after.refused == ()


def test_what_was_not_sent_off_ends_when_the_clinic_cancels_and_what_is_over_stays_so():
    ended = company_visit.paused(asked(state=State.BEGUN, place=b"x"), now=NOON)

    assert ended is not None
    assert (ended.state, ended.ended_at, ended.place) == (State.CANCELLED, NOON, None)
    assert company_visit.paused(ended, now=NOON) is None


@pytest.mark.parametrize(
    ("state", "hours", "end"),
    [
        (State.PAUSED, 30 + 30 * 24, State.CANCELLED),
        (State.BEGUN, 24, State.CANCELLED),
        (State.ASKED, 30, State.NOBODY),
        (State.OFFERED, 30, State.NOBODY),
        (State.NOBODY, 30, State.NOBODY),
        (State.ACCEPTED, 54, State.UNSAID),
        (State.MET, 54, State.DONE),
    ],
)
def test_how_it_ends_by_itself(state: State, hours: int, end: State):
    company = asked(state=state, staff_id=1, offered_to=1, offered_at=NOON, place=b"x", phone=b"y")
    moment = NOON + timedelta(hours=hours)

    over = advanced(company, TOMORROW, [worker(1)], now=moment)

    assert (over.state, over.ended_at, over.place, over.phone) == (end, moment, None, None)
    assert advanced(company, TOMORROW, [worker(1)], now=moment - timedelta(minutes=1)).ended_at is None


@pytest.mark.parametrize(
    ("state", "what", "after"),
    [
        (State.ACCEPTED, State.MET, State.MET),
        (State.ACCEPTED, State.DONE, State.DONE),
        (State.ACCEPTED, State.MISSED, State.MISSED),
        (State.MET, State.DONE, State.DONE),
        (State.MET, State.MISSED, None),
        (State.DONE, State.DONE, None),
        (State.NOBODY, State.MET, None),
    ],
)
def test_what_who_comes_along_can_say(state: State, what: State, after: State | None):
    company = rules.said(asked(state=state, staff_id=1, offered_to=1), what, now=NOON)

    assert (company.state if company else None) == after
    if after is State.DONE:
        assert company is not None
        assert company.met_at == NOON


def test_it_can_be_said_from_three_hours_before_by_who_comes_along_only():
    company, before = accepted_by(1), TOMORROW.starts_at - timedelta(hours=3)

    assert rules.may_say(company, 1, TOMORROW, now=before)
    assert not rules.may_say(company, 2, TOMORROW, now=before)
    assert not rules.may_say(company, 1, TOMORROW, now=before - timedelta(seconds=1))


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["wait", "accept", "decline", "swap", "move", "leave", "come", "hand", "widen"]),
        st.integers(1, 5),
        st.integers(1, 240),
    ),
    max_size=40,
)


@given(ACTS)
def test_whatever_happens_never_two_never_twice_and_never_lost(acts: list[tuple[str, int, int]]):
    """Whoever is asked was not asked before for this time; one at most goes; it stays open until its end."""
    company, moment, working = asked(), NOON, {1, 2, 3}
    trip = Trip(starts_at=NOON + timedelta(days=5), zone=ZONE, owner_id=1)
    for act, number, minutes in acts:
        before = company
        if act == "wait":
            moment += timedelta(minutes=minutes)
        elif act == "accept":
            company = rules.accepted(company, number, oversees=number == 5, now=moment) or company
        elif act == "decline":
            company = rules.declined(company, number) or company
        elif act == "swap":
            company = rules.swapped(company, number) or company
        elif act == "move":
            company = company_visit.moved(company, company.booking_id + 1, now=moment)
        elif act == "leave":
            working = working - {number}
        elif act == "come":
            working = working | {number}
        elif act == "hand" and company.state is State.ACCEPTED:
            company = replace(company, staff_id=number)
        elif act == "widen":
            company = rules.widened(company) or company
        if before.state is State.ACCEPTED and act == "accept":
            assert company == before
        asked_before = company.refused
        company = advanced(company, trip, [worker(one) for one in sorted(working)], now=moment)
        _sound(company, asked_before, working, over=moment >= trip.starts_at)


def _sound(company: Company, asked_before: tuple[int, ...], working: set[int], *, over: bool) -> None:
    assert len(set(company.refused)) == len(company.refused)
    assert set(asked_before) <= set(company.refused)
    if company.state is State.OFFERED:
        assert company.offered_to in working
        assert company.offered_to not in company.refused
        assert company.staff_id is None
    if company.state is State.ACCEPTED:
        assert company.staff_id in working
        assert company.staff_id == company.offered_to
    if not over:
        assert company.ended_at is None
        assert company.state in rules.UNANSWERED | {State.ACCEPTED}
