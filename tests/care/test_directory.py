"""The rules of the directory: distances, the nearest clinic, the right language, overlapping sessions."""

from dataclasses import replace
from datetime import date, time

import pytest

from care.directory import (
    Clinic,
    Payer,
    Position,
    Session,
    distance_m,
    nearest_clinics,
    session_minutes,
    sessions_overlap,
    text_in,
)

NAMES = {"ru": "Клиника", "uz": "Klinika", "tg": "Клиникаи", "kk": "Емхана", "en": "Clinic"}
EVENING = Session(weekday=1, start=time(18), end=time(20), slot_minutes=20, capacity=2)


def clinic(code: str, latitude: float, longitude: float) -> Clinic:
    return Clinic(
        code=code,
        city="demo",
        area="north",
        timezone="Asia/Almaty",
        position=Position(latitude, longitude),
        names=NAMES,
        address=NAMES,
        directions=NAMES,
        hours=NAMES,
        bring=NAMES,
    )


@pytest.mark.parametrize(
    ("one", "other", "metres"),
    [
        (Position(48.0, 72.0), Position(48.0, 72.0), 0),
        (Position(48.0, 72.0), Position(49.0, 72.0), 111_195),  # one degree of a great circle: 2 π R / 360
        (Position(0.0, 179.5), Position(0.0, -179.5), 111_195),  # across the date line
        (Position(90.0, 0.0), Position(-90.0, 0.0), 20_015_114),  # half round the earth
        (Position(43.2383, 76.9453), Position(51.1283, 71.4304), 973_000),  # Almaty to Astana
    ],
)
def test_a_distance_is_measured_along_the_ground(one: Position, other: Position, metres: float):
    assert distance_m(one, other) == pytest.approx(metres, rel=0.003, abs=0.1)


def test_a_distance_is_the_same_both_ways():
    one, other = Position(48.1, 72.3), Position(48.3, 72.1)

    assert distance_m(one, other) == distance_m(other, one)


def test_the_nearest_clinic_comes_first():
    far, near, middle = clinic("far", 48.9, 72.0), clinic("near", 48.1, 72.0), clinic("middle", 48.4, 72.0)

    found = nearest_clinics([far, near, middle], Position(48.0, 72.0))

    assert [each.code for each, _ in found] == ["near", "middle", "far"]
    assert found[0][1] == pytest.approx(11_119, rel=0.001)


def test_clinics_at_one_distance_keep_one_order():
    pair = [clinic("b", 48.1, 72.0), clinic("a", 48.1, 72.0)]

    assert [each.code for each, _ in nearest_clinics(pair, Position(48.0, 72.0))] == ["a", "b"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("tg", "Клиникаи"),
        ("en", "Clinic"),
        ("uz", "Klinika"),
        ("uz_Cyrl", "Klinika"),
        ("ky", "Клиника"),  # joined later: Russian, never English
    ],
)
def test_a_text_is_in_the_language_of_the_person(language: str, words: str):
    assert text_in(NAMES, language) == words


@pytest.mark.parametrize(
    ("other", "overlap"),
    [
        (EVENING, True),
        (replace(EVENING, start=time(19, 59), end=time(21)), True),
        (replace(EVENING, start=time(20), end=time(21)), False),
        (replace(EVENING, weekday=2), False),
        (replace(EVENING, valid_from=date(2026, 12, 1)), True),
    ],
)
def test_sessions_overlap_when_both_run_at_one_time(other: Session, overlap: bool):
    assert sessions_overlap(EVENING, other) is overlap
    assert sessions_overlap(other, EVENING) is overlap


def test_a_session_that_replaces_another_from_a_day_on_does_not_overlap_it():
    until = replace(EVENING, valid_until=date(2026, 11, 30))
    afterwards = replace(EVENING, valid_from=date(2026, 12, 1))

    assert not sessions_overlap(until, afterwards)
    assert sessions_overlap(until, replace(EVENING, valid_from=date(2026, 11, 30)))


def test_the_minutes_of_a_session_are_counted():
    assert session_minutes(replace(EVENING, end=time(20, 30))) == 150
    assert session_minutes(replace(EVENING, end=time(17, 30))) == -30


def test_only_what_the_state_or_the_programme_pays_is_free():
    assert [payer for payer in Payer if payer.is_free] == [Payer.FREE_STATE, Payer.FREE_PROGRAMME]


def test_a_thing_is_the_same_before_and_after_it_was_stored():
    assert clinic("near", 48.1, 72.0) == replace(clinic("near", 48.1, 72.0), id=7)
