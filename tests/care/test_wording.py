"""Each person gets one wording for good, about half get each, and what came of it is counted once."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.message_kinds import Kind as Message
from care.outcomes import Kind
from care.results import SMALL
from care.wording import READ, TESTED, Happened, Results, Variant, results, sent_as, shown, variant

START = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)  # 18:00 in Almaty
A, B = Variant


def story(*told: tuple[float, Kind, str | None]) -> list[Happened]:
    """Return outcomes, each so many hours after the evening before the visit."""
    return [Happened(START + timedelta(hours=hours), kind, detail) for hours, kind, detail in told]


EVE = (0.0, Kind.REMINDED, "visit-eve.a")
SOON = (22.0, Kind.REMINDED, "visit-soon.a")


def test_about_half_get_each_wording() -> None:
    ids = [Random(number).getrandbits(62) for number in range(4000)]
    counts = Counter(variant(one) for one in ids)
    assert 1850 < counts[A] < 2150
    assert [variant(one) for one in ids] == [variant(one) for one in ids]


@given(person_id=st.integers(1, 2**63 - 1))
def test_what_is_written_down_says_the_wording_of_reminders_of_visits_alone(person_id: int) -> None:
    assert {sent_as(kind, person_id) for kind in TESTED} == {
        f"{kind}.{variant(person_id)}" for kind in TESTED
    }
    assert sent_as(Message.RECHECK, person_id) == "recheck"


@pytest.mark.parametrize(
    ("happened", "counted"),
    [
        ([EVE, SOON, (25, Kind.CAME, None)], Results(reminded=1, came=1)),
        ([EVE, SOON, (25, Kind.MISSED, None)], Results(reminded=1, missed=1)),
        ([EVE, SOON], Results(reminded=1, silent=1)),
        ([SOON, (27, Kind.SAID_WENT, None)], Results(reminded=1, came=1)),
        ([EVE, (30, Kind.SAID_MISSED, None)], Results(reminded=1, missed=1)),
        ([EVE, (25, Kind.MISSED, None), (30, Kind.SAID_WENT, None)], Results(reminded=1, missed=1)),
        ([EVE, (25, Kind.MISSED, None), (26, Kind.UNDONE, "missed")], Results(reminded=1, silent=1)),
        (
            [EVE, (25, Kind.MISSED, None), (26, Kind.UNDONE, "missed"), (27, Kind.CAME, None)],
            Results(reminded=1, came=1),
        ),
        ([EVE, (2, Kind.CANCELLED, None)], Results(reminded=1, changed=1)),
        ([EVE, (2, Kind.MOVED, None), (200, Kind.CAME, None)], Results(reminded=1, changed=1)),
        ([EVE, (30, Kind.CLINIC_FAILED, "closed")], Results()),
        ([EVE, (25, Kind.CAME, None), (30, Kind.CLINIC_FAILED, "charged")], Results(reminded=1, came=1)),
        ([EVE, (25, Kind.MISSED, None), (30, Kind.CLINIC_FAILED, "charged")], Results(reminded=1, missed=1)),
        ([EVE, (29, Kind.SAID_MISSED, None), (30, Kind.SAID_WENT, None)], Results(reminded=1, came=1)),
        (
            [
                EVE,
                (25, Kind.MISSED, None),
                (30, Kind.CLINIC_FAILED, "closed"),
                (31, Kind.UNDONE, "clinic-failed"),
            ],
            Results(reminded=1, missed=1),
        ),
        ([EVE, (2, Kind.DISPLACED, "kept")], Results()),
        ([EVE, (2, Kind.DISPLACED, "child"), (25, Kind.CAME, None)], Results(reminded=1, came=1)),
        (
            [EVE, (2, Kind.DISPLACED, "waits"), (3, Kind.DISPLACED_BACK, None), (25, Kind.MISSED, None)],
            Results(reminded=1, missed=1),
        ),
        ([(25, Kind.CAME, None)], Results()),
        ([(0, Kind.REMINDED, "visit-after"), (25, Kind.CAME, None)], Results()),
        (
            [EVE, (25, Kind.MISSED, None), (168, Kind.REMINDED, "visit-eve.a"), (193, Kind.CAME, None)],
            Results(reminded=2, came=1, missed=1),
        ),
    ],
)
def test_what_came_of_a_visit(happened: list[tuple[float, Kind, str | None]], counted: Results) -> None:
    assert results([story(*happened)])[A] == counted


def test_each_wording_is_counted_for_itself() -> None:
    came = story((0, Kind.REMINDED, "visit-soon.b"), (3, Kind.CAME, None))
    assert results([story(EVE, SOON), came]) == {
        A: Results(reminded=1, silent=1),
        B: Results(reminded=1, came=1),
    }


happenings = st.lists(
    st.tuples(
        st.floats(0, 500),
        st.sampled_from(READ),
        st.sampled_from(
            [None, "visit-eve.a", "visit-soon.b", "visit-eve", "came", "missed", "closed", "clinic-failed"]
        ),
    ),
    max_size=15,
)


@given(told=happenings)
def test_each_visit_that_is_counted_has_one_end(told: list[tuple[float, Kind, str | None]]) -> None:
    for one in results([story(*sorted(told, key=lambda row: row[0]))]).values():
        assert one.reminded == one.came + one.missed + one.changed + one.silent
        assert min(one.came, one.missed, one.changed, one.silent) >= 0


@given(number=st.integers(0, 10_000))
def test_few_people_are_not_shown(number: int) -> None:
    assert shown(number) == ("<5" if 1 <= number < SMALL else str(number))
