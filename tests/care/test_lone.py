"""Who is told that somebody has not come back: never they themselves, never nobody while there is one."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.lone import LONGER, LoneVisit, escalates_to, is_late, late, longer, soon, to_tell
from care.message_kinds import TO_STAFF
from care.ownership import Colleague
from care.reminders import is_urgent
from care.roles import Role

NOON = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
VISIT = LoneVisit(
    id=5, staff_id=1, person_id=101, started_at=NOON, ends_at=NOON + timedelta(hours=1), area_id=9
)


def one(staff_id: int, role: Role = Role.WORKER, **parts: object) -> Colleague:
    given = {"since": NOON, "area_id": 9, **parts}
    return Colleague(staff_id=staff_id, person_id=100 + staff_id, role=role, **given)  # type: ignore[arg-type]


TEAM = st.lists(
    st.builds(
        one,
        st.integers(1, 40),
        st.sampled_from([Role.WORKER, Role.COORDINATOR, Role.ADMIN]),
        area_id=st.sampled_from([None, 8, 9]),
        on_shift=st.booleans(),
        away=st.booleans(),
        open_referrals=st.integers(0, 5),
    ),
    unique_by=lambda colleague: colleague.staff_id,
    max_size=8,
)


@pytest.mark.parametrize(
    ("team", "cover", "expected"),
    [
        ([one(1), one(2), one(3)], 3, [3]),  # the cover
        ([one(1), one(2, open_referrals=4), one(3, on_shift=False)], 3, [2]),  # is not there
        ([one(1), one(2, open_referrals=4), one(3)], None, [3]),  # the one with fewer people
        ([one(1), one(2, area_id=8), one(4, Role.COORDINATOR)], None, [4]),
        ([one(1), one(4, Role.COORDINATOR), one(5, Role.ADMIN)], None, [4, 5]),
        (
            [one(1), one(4, Role.COORDINATOR, on_shift=False), one(5, Role.ADMIN, on_shift=False)],
            None,
            [4],
        ),
        ([one(1), one(2, area_id=8, on_shift=False)], None, [2]),  # nobody else is there at all
        ([one(1)], 1, []),
    ],
)
def test_who_is_told_first(team: list[Colleague], cover: int | None, expected: list[int]):
    assert [found.staff_id for found in to_tell(team, VISIT, cover_id=cover)] == expected


@given(TEAM, st.none() | st.integers(1, 40))
def test_somebody_else_is_told_while_there_is_anybody(team: list[Colleague], cover: int | None):
    others = [each for each in team if each.staff_id != VISIT.staff_id and each.person_id != VISIT.person_id]

    for told in (to_tell(team, VISIT, cover_id=cover), escalates_to(team, VISIT)):
        assert bool(told) is bool(others)
        assert all(each in others for each in told)
        assert len({each.person_id for each in told}) == len(told)


@given(TEAM, st.none() | st.integers(1, 40))
def test_nobody_off_shift_is_told_while_the_area_or_the_office_is_there(
    team: list[Colleague], cover: int | None
):
    others = [each for each in team if each.staff_id != VISIT.staff_id and each.person_id != VISIT.person_id]
    there = [each for each in others if each.on_shift and not each.away]
    useful = [
        each for each in there if each.role is not Role.WORKER or each.area_id == 9 or each.staff_id == cover
    ]

    told = to_tell(team, VISIT, cover_id=cover)

    assert not useful or all(each in there for each in told)


def test_all_coordinators_are_told_after_a_quarter_of_an_hour():
    team = [
        one(1),
        one(2),
        one(4, Role.COORDINATOR),
        one(6, Role.COORDINATOR, on_shift=False),
        one(5, Role.ADMIN),
    ]

    assert [found.staff_id for found in escalates_to(team, VISIT)] == [4, 6]


def test_a_longer_visit_ends_half_an_hour_later_but_not_without_end():
    assert longer(VISIT, now=NOON) == VISIT.ends_at + LONGER
    assert longer(VISIT, now=NOON + timedelta(hours=2)) == NOON + timedelta(hours=2) + LONGER
    assert longer(VISIT, now=NOON + timedelta(hours=7, minutes=31)) is None


def test_somebody_is_late_from_the_agreed_moment_on():
    assert not is_late(VISIT, now=VISIT.ends_at - timedelta(seconds=1))
    assert is_late(VISIT, now=VISIT.ends_at)


def test_reminder_and_alert_are_urgent_and_to_staff():
    for planned in (soon(VISIT, 101), late(VISIT, 102, now=VISIT.ends_at)):
        assert is_urgent(planned.params)
        assert planned.kind in TO_STAFF
        assert len(planned.key) <= 80
    assert soon(VISIT, 101).due_at == VISIT.ends_at - timedelta(minutes=5)
