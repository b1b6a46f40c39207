"""Answers about law are compared with the law twice a year."""

from datetime import date, timedelta

import pytest

from care.freshness import LEGAL_FOR, stale
from care.topics import LEGAL, TOPICS

CHECKED = date(2026, 11, 22)


@pytest.mark.parametrize(("days", "old"), [(0, False), (180, False), (181, True), (400, True), (-5, False)])
def test_a_legal_answer_is_stale_after_180_days(days: int, old: bool):
    found = stale({"deportation": CHECKED.isoformat()}, today=CHECKED + timedelta(days=days))

    assert found == (("deportation",) if old else ())


@pytest.mark.parametrize("day", ["", "soon", "2026-13-01"])
def test_a_date_that_cannot_be_read_counts_as_never(day: str):
    assert stale({"employer": day}, today=CHECKED) == ("employer",)


def test_only_answers_about_law_are_stale():
    everything = dict.fromkeys(TOPICS, CHECKED.isoformat())

    assert set(stale(everything, today=CHECKED + LEGAL_FOR + timedelta(days=1))) == LEGAL
