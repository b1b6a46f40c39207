"""The work of the team: what an outcome adds, and tables that fit a phone."""

from dataclasses import astuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.cascade import WIDTH
from care.outcomes import Kind
from care.work import DONE, Work, grid, ladder, of, taken_back, times, total, visited, written

works = st.builds(Work, *[st.integers(0, 10**6) for _ in DONE])


@pytest.mark.parametrize(
    ("kind", "detail", "work"),
    [
        (Kind.SITE_VISITED, "8.10.30", Work(visits=1, people=8, leaflets=10, minutes=30)),
        (Kind.SITE_VISITED, "8.10", Work()),
        (Kind.SITE_VISITED, None, Work()),
        (Kind.CONSENTED, None, Work(arrived=1)),
        (Kind.BROUGHT, None, Work(passed_on=1)),
        (Kind.COMPANY_DONE, None, Work(accompanied=1)),
        (Kind.TALK_ANSWERED, None, Work(answered=1)),
        (Kind.TALK_DONE, None, Work(ended=1)),
        (Kind.TALK_HELPED, None, Work(helped=1)),
        (Kind.TALK_NOT_HELPED, None, Work(not_helped=1)),
        (Kind.UNDONE, "site-visited.8.10.30", Work(visits=-1, people=-8, leaflets=-10, minutes=-30)),
        (Kind.UNDONE, "talk-done", Work(ended=-1)),
        (Kind.UNDONE, "came", Work()),
        (Kind.UNDONE, "undone", Work()),
        (Kind.UNDONE, None, Work()),
        (Kind.CAME, None, Work()),
    ],
)
def test_an_outcome_adds_what_was_done(kind: Kind, detail: str | None, work: Work):
    assert of(kind, detail) == work


@given(st.integers(0, 999), st.integers(0, 999), st.integers(0, 999))
def test_a_visit_that_is_taken_back_leaves_nothing(people: int, leaflets: int, minutes: int):
    detail = visited(people, leaflets, minutes)

    assert of(Kind.SITE_VISITED, detail) + of(Kind.UNDONE, taken_back(Kind.SITE_VISITED, detail)) == Work()


@pytest.mark.parametrize(
    ("minutes", "hours"), [(0, "0:00"), (30, "0:30"), (599, "9:59"), (600, "10"), (119, "1:59")]
)
def test_minutes_are_written_as_hours(minutes: int, hours: str):
    assert written(Work(minutes=minutes))[DONE.index("minutes")] == hours


@given(st.lists(works, max_size=5), st.integers(-3, 3))
def test_groups_add_up_and_nothing_is_below_zero_when_shown(groups: list[Work], number: int):
    assert sum(astuple(total(groups))) == sum(sum(astuple(one)) for one in groups)
    assert all(one >= 0 for work in groups for one in astuple(times(work, number).whole()))


@given(st.lists(st.tuples(st.text("abя ", max_size=50), works), min_size=1, max_size=5))
def test_a_table_fits_a_phone_and_holds_every_number(groups: list[tuple[str, Work]]):
    lines = grid(groups).splitlines()

    assert len(lines) == 2 + 3 * len(groups)
    assert all(len(line) <= WIDTH for line in lines)
    for place, (_, work) in enumerate(groups):
        both = lines[3 + 3 * place].split() + lines[4 + 3 * place].split()
        assert tuple(both) == written(work)


@given(works)
def test_one_group_has_a_line_for_each_number(work: Work):
    lines = ladder(["A very long name of something that was done"] * len(DONE), work).splitlines()

    assert [line.split()[-1] for line in lines] == list(written(work))
    assert all(len(line) <= WIDTH for line in lines)
