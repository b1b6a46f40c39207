"""People who leave: days, what may be typed, when a card opens, when somebody is asked."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.message_kinds import Kind
from care.transfer import (
    FARTHEST,
    NAME_LENGTH,
    NOTE_LENGTH,
    PAPER_LANGUAGES,
    PRIVATE,
    TYPED,
    VALID,
    Country,
    Field,
    Transfer,
    Why,
    asked_again,
    asked_later,
    at_first,
    is_code,
    leaving_day,
    new_code,
    opens,
    questions,
    typed,
)

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # Monday, 12:00 in Almaty
TODAY = NOW.date()
ZONE = "Asia/Almaty"
JOURNEY = Transfer(id=5, person_id=7, country=Country.TJ, created_at=NOW)
CARD = replace(JOURNEY, has_code=True, expires_at=NOW + VALID)


@pytest.mark.parametrize(
    ("word", "day"),
    [
        ("week", date(2026, 11, 29)),
        ("two", date(2026, 12, 7)),
        ("20261123", TODAY),
        ("20261122", None),  # yesterday
        ("20270221", TODAY + FARTHEST),
        ("20270222", None),
        ("unsure", None),
        ("20261399", None),
        ("", None),
    ],
)
def test_a_word_names_a_day_to_leave(word: str, day: date | None):
    assert leaving_day(word, today=TODAY) == day


def test_this_week_is_today_on_a_sunday():
    sunday = date(2026, 11, 29)

    assert leaving_day("week", today=sunday) == sunday


@pytest.mark.parametrize(
    ("field", "text", "kept"),
    [
        (Field.NAME, "  Фарҳод  Раҳимзода ", "Фарҳод Раҳимзода"),
        (Field.NAME, "Oʻktam 🌞", "Oʻktam"),
        (Field.NAME, "🌞", Why.EMPTY),
        (Field.NAME, "x" * (NAME_LENGTH + 1), Why.LONG),
        (Field.BORN, "1990", "1990"),
        (Field.BORN, "90", Why.NO_YEAR),
        (Field.BORN, "2027", Why.NO_YEAR),
        (Field.BORN, "1899", Why.NO_YEAR),
        (Field.BORN, "٢٠٠٠", "2000"),
        (Field.PHONE, "+992 90 123-45-67", "+992901234567"),
        (Field.PHONE, "87011234567", "87011234567"),
        (Field.PHONE, "call me", Why.NO_PHONE),
        (Field.PHONE, "12345", Why.NO_PHONE),
        (Field.NOTE, "Аллергия\nна пенициллин", "Аллергия на пенициллин"),
        (Field.NOTE, "x" * NOTE_LENGTH, "x" * NOTE_LENGTH),
        (Field.NOTE, "x" * (NOTE_LENGTH + 1), Why.LONG),
    ],
)
def test_what_is_typed_is_kept_or_refused_with_a_reason(field: Field, text: str, kept: str | Why):
    assert typed(field, text, today=TODAY) == kept


@given(st.sampled_from(TYPED), st.text())
def test_what_is_kept_is_short_and_on_one_line(field: Field, text: str):
    kept = typed(field, text, today=TODAY)

    if not isinstance(kept, Why):
        assert 0 < len(kept) <= NOTE_LENGTH
        assert kept == " ".join(kept.split())
        assert typed(field, kept, today=TODAY) == kept


@pytest.mark.parametrize(
    ("card", "at", "does"),
    [
        (CARD, NOW, True),
        (CARD, NOW + VALID - timedelta(seconds=1), True),
        (CARD, NOW + VALID, False),
        (replace(CARD, opened_at=NOW), NOW, False),
        (replace(CARD, ended_at=NOW), NOW, False),
        (replace(CARD, has_code=False), NOW, False),
        (JOURNEY, NOW, False),
    ],
)
def test_a_card_opens_once_and_for_sixty_days(card: Transfer, at: datetime, does: bool):
    assert opens(card, now=at) is does


def test_a_code_is_known_by_its_look_and_is_never_the_same():
    codes = {new_code() for _ in range(100)}

    assert len(codes) == 100
    assert all(is_code(one) and len(one) == 25 for one in codes)
    assert not is_code("Fh3kQ9xLm2Zt7PbV")


def test_what_tells_of_the_illness_and_what_is_typed_is_never_allowed_beforehand():
    assert at_first(tuple(Field)).isdisjoint({*PRIVATE, *TYPED})
    assert Field.ILLNESS in PRIVATE


def test_every_country_has_a_paper_in_russian_first():
    assert set(PAPER_LANGUAGES) == set(Country)
    assert all(codes[0] == "ru" for codes in PAPER_LANGUAGES.values())


def test_somebody_is_asked_a_week_and_a_month_after_leaving_at_ten():
    asked = questions(replace(JOURNEY, leaves_on=date(2026, 12, 1)), zone=ZONE, now=NOW)

    assert [one.local_due for one in asked] == ["2026-12-08T10:00", "2026-12-31T10:00"]
    assert [one.kind for one in asked] == [Kind.ARRIVED, Kind.WENT_ON]
    assert all(one.useful_until > one.due_at for one in asked)


def test_without_a_day_the_questions_count_from_when_it_was_told():
    asked = questions(JOURNEY, zone=ZONE, now=NOW)

    assert [one.local_due for one in asked] == ["2026-11-30T10:00", "2026-12-23T10:00"]


def test_not_yet_is_asked_again_a_week_later_under_the_same_key():
    first, _ = questions(JOURNEY, zone=ZONE, now=NOW)
    later = NOW + timedelta(days=7)

    again = asked_again(JOURNEY, zone=ZONE, now=later)

    assert (again.key, again.again, again.local_due) == (first.key, True, "2026-12-07T10:00")


@pytest.mark.parametrize(
    ("days", "at"),
    [(0, "2026-12-31T10:00"), (17, "2026-12-31T10:00"), (20, "2027-01-03T10:00"), (60, "2027-02-12T10:00")],
)
def test_the_month_is_asked_about_three_weeks_after_the_arrival_at_the_earliest(days: int, at: str):
    leaves = replace(JOURNEY, leaves_on=date(2026, 12, 1))

    later = asked_later(leaves, arrival=NOW + timedelta(days=days), zone=ZONE)

    _, month = questions(leaves, zone=ZONE, now=NOW)
    assert (later.key, later.again, later.local_due) == (month.key, True, at)
