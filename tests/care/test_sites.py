"""Sites: in which order a worker goes to them, and which pins, names and notes are taken."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.directory import Area, Position, SiteKind
from care.referral import State
from care.sites import (
    LEAFLETS,
    TALKED_TO,
    WAITING,
    Place,
    Refusal,
    away_m,
    days_since,
    for_visit,
    in_order,
    is_visit,
    known_as,
    may_pin,
    may_undo,
    name_in,
    nearest_area,
    notes_in,
    page_of,
    talked_to,
    usual_leaflets,
)

NOON = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
HERE = Position(43.24, 76.92)
POSITIONS = st.builds(Position, st.floats(43.0, 43.5), st.floats(76.5, 77.2))
MOMENTS = st.none() | st.integers(0, 60 * 24 * 40).map(lambda minutes: NOON - timedelta(minutes=minutes))


def place(number: int, **parts: object) -> Place:
    given = {
        "area_id": 1,
        "zone": "Asia/Almaty",
        "kind": SiteKind.MARKET,
        "names": {"ru": f"{number}"},
        **parts,
    }
    return Place(id=number, **given)  # type: ignore[arg-type]


PLACES = st.lists(
    st.builds(
        place,
        st.integers(1, 10_000),
        waiting=st.integers(0, 3),
        visited_at=MOMENTS,
        own_visit_at=MOMENTS,
        position=st.none() | POSITIONS,
    ),
    unique_by=lambda one: one.id,
    max_size=12,
)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (place(2, waiting=1, visited_at=NOON), place(1)),  # who waits comes before a site that nobody visited
        (place(2), place(1, visited_at=NOON - timedelta(days=300))),  # never visited comes first
        (place(2, visited_at=NOON - timedelta(days=9)), place(1, visited_at=NOON - timedelta(days=8))),
        (  # on the same day the nearer one
            place(2, visited_at=NOON - timedelta(hours=1), position=Position(43.241, 76.92)),
            place(1, visited_at=NOON - timedelta(hours=20), position=Position(43.3, 76.92)),
        ),
        (place(2, position=HERE), place(1)),  # a place that is not known is far
        (place(1), place(2)),
    ],
)
def test_the_first_of_two_sites(first: Place, second: Place):
    assert in_order([second, first], now=NOON, here=HERE) == [first, second]


@given(PLACES, st.none() | POSITIONS)
def test_the_order_is_of_waiting_then_days_then_distance(places: list[Place], here: Position | None):
    ordered = in_order(places, now=NOON, here=here)

    assert sorted(one.id for one in ordered) == sorted(one.id for one in places)
    for one, other in pairwise(ordered):
        assert one.waiting >= other.waiting
        if one.waiting == other.waiting:
            days, others_days = days_since(one, now=NOON), days_since(other, now=NOON)
            assert days is None or (others_days is not None and days >= others_days)
            if days == others_days and here is not None:
                metres, others_metres = away_m(one, here), away_m(other, here)
                assert others_metres is None or (metres is not None and metres <= others_metres)


@given(PLACES, st.none() | POSITIONS, st.randoms())
def test_the_order_does_not_depend_on_how_the_store_gives_them(places, here, random):
    shuffled = list(places)
    random.shuffle(shuffled)

    assert in_order(shuffled, now=NOON, here=here) == in_order(places, now=NOON, here=here)


@given(PLACES, st.none() | POSITIONS)
def test_for_a_visit_the_nearest_or_the_last_comes_first(places: list[Place], here: Position | None):
    ordered = for_visit(places, now=NOON, here=here)

    assert sorted(one.id for one in ordered) == sorted(one.id for one in places)
    known = [metres for one in ordered if (metres := away_m(one, here)) is not None]
    own = [one.own_visit_at for one in ordered if one.own_visit_at is not None]
    if known:
        assert known == sorted(known)
        assert away_m(ordered[0], here) == known[0]
    elif here is None and own:
        assert ordered[0].own_visit_at == max(own)


def test_who_was_at_a_clinic_does_not_wait_at_a_site():
    assert {State.REACHED, State.INFORMED, State.SCREENED, State.BOOKED, State.MISSED} == WAITING


def test_a_site_told_twice_is_known():
    market = place(1, position=HERE)
    beside = Position(43.24010, 76.92010)

    assert known_as([market], SiteKind.MARKET, beside) is market
    assert known_as([market], SiteKind.HOSTEL, beside) is None
    assert known_as([market], SiteKind.MARKET, Position(43.241, 76.92)) is None
    assert known_as([place(2)], SiteKind.MARKET, beside) is None


@pytest.mark.parametrize(
    ("here", "expected"),
    [
        (Position(43.21, 76.9), "near"),
        (Position(43.39, 76.9), "far"),
        (Position(51.1, 71.4), None),  # another city, a thousand kilometres away
    ],
)
def test_a_pin_goes_to_the_nearest_area(here: Position, expected: str | None):
    areas = [
        Area(id=1, code="near", city="c", names={}, position=Position(43.2, 76.9)),
        Area(id=2, code="far", city="c", names={}, position=Position(43.4, 76.9)),
        Area(id=3, code="nowhere", city="c", names={}),
    ]

    found = nearest_area(areas, here)

    assert (found.code if found else None) == expected


def test_the_fourth_pin_of_a_day_is_refused():
    assert [may_pin(made) for made in range(5)] == [True, True, True, False, False]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("  Old \n market ", "Old market"),
        ("", Refusal.EMPTY),
        ("   ", Refusal.EMPTY),
        ("x" * 61, Refusal.TOO_LONG),
        ("Market 2024", "Market 2024"),
        ("House 12/4, flat 7", "House 12/4, flat 7"),
        ("Aziz +7 701 123-45-67", Refusal.PHONE),
        ("call 8(701)1234567", Refusal.PHONE),
        ("ask @aziz_1990", Refusal.NAME),
        ("t.me/aziz", Refusal.NAME),
        ("https://example.org", Refusal.NAME),
        ("aziz@example.org", Refusal.NAME),
    ],
)
def test_a_name_is_of_the_place_and_of_nobody(typed: str, expected: str | Refusal):
    assert name_in(typed) == expected


def test_notes_may_have_lines_and_three_hundred_letters():
    assert notes_in("Gate on the left.\nAfter six.") == "Gate on the left.\nAfter six."
    assert notes_in("x" * 300) == "x" * 300
    assert notes_in("x" * 301) is Refusal.TOO_LONG


def test_leaflets_are_guessed_from_the_people():
    assert [usual_leaflets(people) for people in TALKED_TO.values()] == [0, 5, 10, 20, 50, 100]
    assert set(map(usual_leaflets, range(200))) <= set(LEAFLETS)


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ((8, 10, 30), True),
        ((7, 10, 30), False),
        ((8, 11, 30), False),
        ((8, 10, 31), False),
        ((None,) * 3, False),
    ],
)
def test_a_visit_has_numbers_of_the_buttons(numbers: tuple[int | None, ...], expected: bool):
    assert is_visit(*numbers) is expected


def test_a_visit_is_taken_back_within_ten_minutes():
    assert may_undo(NOON, now=NOON + timedelta(minutes=9, seconds=59))
    assert not may_undo(NOON, now=NOON + timedelta(minutes=10))


def test_a_number_is_said_as_it_was_chosen():
    assert [talked_to(number) for number in (0, 8, 60, 7)] == ["0", "6-10", "50+", "7"]


@given(st.integers(0, 30), st.integers(-3, 20))
def test_pages_show_every_site_once(number: int, wanted: int):
    places = [place(one) for one in range(number)]
    _, page, last = page_of(places, wanted, most=6)
    every = [one for each in range(last + 1) for one in page_of(places, each, most=6)[0]]

    assert every == places
    assert 0 <= page <= last
