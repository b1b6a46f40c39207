from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care import booking
from care.booking import Booking, Refusal, find_slot, free_slots, may_book, may_change, offers, slots, to_utc
from care.directory import Clinic, ClosedDay, Position, Session

TEXTS = {"en": "x", "ru": "x"}
MONDAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # 12:00 in Almaty
EVENINGS = Session(weekday=0, start=time(18), end=time(19, 30), slot_minutes=30, capacity=2)


def clinic(
    *sessions: Session, zone: str = "Asia/Almaty", number: int = 1, closed: tuple[date, ...] = ()
) -> Clinic:
    return Clinic(
        id=number,
        code=f"clinic{number}",
        city="city",
        area="area",
        timezone=zone,
        position=Position(43.2, 76.9),
        names=TEXTS,
        address=TEXTS,
        directions=TEXTS,
        hours=TEXTS,
        bring=TEXTS,
        sessions=sessions,
        closed_days=tuple(ClosedDay(day=day) for day in closed),
    )


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def locals_of(found: tuple[booking.Slot, ...]) -> list[str]:
    return [f"{slot.local:%H:%M}" for slot in found]


def test_a_session_is_cut_into_slots_that_end_within_it():
    assert locals_of(slots(clinic(EVENINGS), MONDAY)) == ["18:00", "18:30", "19:00"]
    assert locals_of(slots(clinic(replace(EVENINGS, slot_minutes=40)), MONDAY)) == ["18:00", "18:40"]
    assert slots(clinic(replace(EVENINGS, slot_minutes=120)), MONDAY) == ()


def test_sessions_of_a_day_are_shown_in_order():
    morning = replace(EVENINGS, start=time(9), end=time(10))

    assert locals_of(slots(clinic(EVENINGS, morning), MONDAY))[:2] == ["09:00", "09:30"]


@pytest.mark.parametrize(
    ("day", "count"),
    [(MONDAY, 3), (MONDAY + timedelta(1), 0), (MONDAY + timedelta(7), 3)],
)
def test_a_session_takes_place_on_its_weekday(day, count):
    assert len(slots(clinic(EVENINGS), day)) == count


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        (MONDAY, None, 3),
        (MONDAY + timedelta(1), None, 0),
        (None, MONDAY, 3),
        (None, MONDAY - timedelta(1), 0),
        (MONDAY, MONDAY, 3),
    ],
)
def test_a_session_takes_place_while_it_is_valid_both_days_included(first, last, count):
    session = replace(EVENINGS, valid_from=first, valid_until=last)

    assert len(slots(clinic(session), MONDAY)) == count


def test_a_closed_day_has_no_slots():
    assert slots(clinic(EVENINGS, closed=(MONDAY,)), MONDAY) == ()


def test_free_is_what_the_capacity_leaves_and_never_less_than_nothing():
    taken = {at("2026-11-23T18:00"): 1, at("2026-11-23T18:30"): 2, at("2026-11-23T19:00"): 3}

    assert [slot.free for slot in slots(clinic(EVENINGS), MONDAY, taken)] == [1, 0, 0]
    assert locals_of(tuple(s for s in free_slots(clinic(EVENINGS), taken, now=NOW) if s.day == MONDAY)) == [
        "18:00"
    ]


def test_a_place_can_be_booked_until_an_hour_before():
    one, start = clinic(EVENINGS), at("2026-11-23T18:00")
    begins = to_utc(start, "Asia/Almaty")

    assert may_book(one, start, {}, now=begins - timedelta(hours=1)) is None
    assert may_book(one, start, {}, now=begins - timedelta(minutes=59)) is Refusal.PAST
    assert may_book(one, start, {}, now=begins + timedelta(days=1)) is Refusal.PAST


def test_a_place_can_be_booked_28_days_ahead_and_no_further():
    one = clinic(EVENINGS)

    assert may_book(one, at("2026-12-21T18:00"), {}, now=NOW) is None
    assert may_book(one, at("2026-12-28T18:00"), {}, now=NOW) is Refusal.CLOSED
    assert free_slots(one, {}, now=NOW)[-1].local == at("2026-12-21T19:00")


@pytest.mark.parametrize("start", ["2026-11-23T18:10", "2026-11-23T20:00", "2026-11-24T18:00"])
def test_a_time_that_is_no_slot_is_closed(start):
    assert may_book(clinic(EVENINGS), at(start), {}, now=NOW) is Refusal.CLOSED
    assert find_slot(clinic(EVENINGS), at(start)) is None


def test_a_full_slot_is_refused():
    start = at("2026-11-23T18:00")

    assert may_book(clinic(EVENINGS), start, {start: 2}, now=NOW) is Refusal.FULL


def test_the_last_day_is_counted_at_the_clinic_and_not_in_utc():
    late = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)  # already Monday in Almaty

    assert booking.window(late, "Asia/Almaty") == (MONDAY, date(2026, 12, 21))


@pytest.mark.parametrize(
    ("local", "zone", "utc"),
    [
        ("2026-11-25T09:00", "Asia/Almaty", "2026-11-25T04:00+00:00"),
        ("2024-02-29T09:00", "Asia/Almaty", "2024-02-29T03:00+00:00"),  # +6 until 1 March 2024
        ("2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:30+00:00"),  # never comes: 03:30 on the clock
        ("2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30+00:00"),  # comes twice: the first
        ("2026-10-25T03:00", "Europe/Berlin", "2026-10-25T02:00+00:00"),
    ],
)
def test_nine_at_the_clinic_is_nine_whatever_the_zone_does(local, zone, utc):
    assert to_utc(at(local), zone) == at(utc)


def test_evenings_and_weekends_are_marked():
    saturday = replace(EVENINGS, weekday=5, start=time(10), end=time(10, 30))
    afternoon = replace(EVENINGS, start=time(16, 30), end=time(17, 30))
    day = slots(clinic(afternoon), MONDAY)
    weekend = slots(clinic(saturday), MONDAY + timedelta(5))

    assert [slot.in_the_evening for slot in day] == [False, True]
    assert [(slot.at_the_weekend, slot.in_the_evening) for slot in weekend] == [(True, False)]


def daily(hour: int, *, number: int) -> Clinic:
    return clinic(
        *(
            Session(weekday=n, start=time(hour), end=time(hour + 1), slot_minutes=30, capacity=1)
            for n in range(5)
        ),
        number=number,
    )


def test_the_sooner_of_two_clinics_equally_far_is_offered_first():
    found = offers([(daily(15, number=1), {}, 500.0), (daily(14, number=2), {}, 500.0)], now=NOW)

    assert [offer.slot.clinic_id for offer in found] == [2, 1]


def test_the_nearer_of_two_clinics_equally_soon_is_offered_first():
    found = offers([(daily(14, number=1), {}, 9000.0), (daily(14, number=2), {}, 500.0)], now=NOW)

    assert [offer.slot.clinic_id for offer in found] == [2, 1]


@pytest.mark.parametrize(("metres", "first"), [(900.0, 1), (1100.0, 2)])
def test_a_kilometre_more_is_worth_two_hours_less(metres, first):
    found = offers([(daily(14, number=1), {}, metres), (daily(16, number=2), {}, 0.0)], now=NOW)

    assert found[0].slot.clinic_id == first


def test_who_works_all_day_is_offered_an_evening_too():
    day = Session(weekday=1, start=time(9), end=time(12), slot_minutes=30, capacity=1)
    evening = Session(weekday=4, start=time(18), end=time(19), slot_minutes=30, capacity=1)
    places = [(daily(9, number=n), {}, 100.0 * n) for n in (1, 2, 3)]
    found = offers([*places, (clinic(day, evening, number=4), {}, 900.0)], now=NOW)

    assert len(found) == 3
    assert [offer.slot.off_hours for offer in found] == [False, False, True]


def test_a_clinic_gives_its_soonest_place_and_its_soonest_one_after_work():
    day = Session(weekday=1, start=time(9), end=time(10), slot_minutes=30, capacity=1)
    evening = Session(weekday=3, start=time(18), end=time(19), slot_minutes=30, capacity=1)
    found = booking.soonest(clinic(day, evening), {at("2026-11-24T09:00"): 1}, now=NOW)

    assert [slot.local for slot in found] == [at("2026-11-24T09:30"), at("2026-11-26T18:00")]


def test_a_clinic_without_free_places_is_not_offered():
    assert offers([(clinic(), {}, 0.0)], now=NOW) == ()


BOOKED = Booking(
    id=7,
    person_id=1,
    referral_id=2,
    clinic_id=3,
    local=at("2026-11-23T18:30"),
    zone="Asia/Almaty",
    starts_at=to_utc(at("2026-11-23T18:30"), "Asia/Almaty"),
)


@pytest.mark.parametrize(
    ("visit", "refusal"),
    [
        (BOOKED, None),
        (replace(BOOKED, cancelled_at=NOW), Refusal.CANCELLED),
        (replace(BOOKED, came_at=NOW), Refusal.CAME),
        (replace(BOOKED, starts_at=NOW), Refusal.PAST),
        (replace(BOOKED, starts_at=NOW + timedelta(seconds=1)), None),
    ],
)
def test_a_visit_can_be_changed_until_it_begins(visit, refusal):
    assert may_change(visit, now=NOW) is refusal


@pytest.mark.parametrize(
    "word",
    [
        None,
        "",
        "2026112518",
        "202613011830",
        "202611312500",
        "20261125183０",
        "-20261125183",
        "+2026112518:",
        "199911251830",
    ],
)
def test_a_forged_start_is_no_start(word):
    assert booking.parse_start(word) is None


@pytest.mark.parametrize("word", [None, "", "2026", "20261131", "2026112518", "202611２5", "0"])
def test_a_forged_day_is_no_day(word):
    assert booking.parse_day(word) is None


MINUTES = st.datetimes(at("2000-01-01"), at("2099-12-31")).map(lambda d: d.replace(second=0, microsecond=0))


@given(MINUTES)
def test_a_start_comes_back_as_it_was_written(local):
    assert booking.parse_start(booking.start_word(local)) == local
    assert booking.parse_day(booking.day_word(local.date())) == local.date()


@given(st.text(max_size=14))
def test_no_text_breaks_the_reading_of_a_start(word):
    found = booking.parse_start(word)

    assert found is None or booking.start_word(found) == word


ZONES = st.sampled_from(
    ["Asia/Almaty", "Europe/Berlin", "Asia/Tehran", "America/New_York", "Australia/Lord_Howe"]
)


@given(MINUTES, ZONES)
def test_local_time_survives_utc_unless_the_clock_never_shows_it(local, zone):
    moment = to_utc(local, zone)
    shown = booking.to_local(moment, zone)

    assert moment.tzinfo is UTC
    assert shown == local or shown > local
    if shown != local:  # a gap: no moment at all is shown as `local`
        other = local.replace(tzinfo=ZoneInfo(zone), fold=1).astimezone(UTC)
        assert booking.to_local(other, zone) != local


SESSIONS = st.builds(
    lambda weekday, start, length, step, capacity: Session(
        weekday=weekday,
        start=time(start // 60, start % 60),
        end=time((start + length) // 60, (start + length) % 60),
        slot_minutes=step,
        capacity=capacity,
    ),
    st.integers(0, 6),
    st.integers(0, 20 * 60),
    st.integers(5, 180),
    st.integers(5, 60),
    st.integers(1, 5),
)


@given(st.lists(SESSIONS, max_size=4), st.integers(0, 60 * 24 * 40))
def test_whatever_is_free_may_be_booked_and_comes_in_order(sessions, minutes):
    one, now = clinic(*sessions), NOW + timedelta(minutes=minutes)
    free = free_slots(one, {}, now=now)

    assert [slot.local for slot in free] == sorted({slot.local for slot in free})
    assert all(may_book(one, slot.local, {}, now=now) is None for slot in free)
    assert all(slot.starts_at >= now + booking.AHEAD_LEAST for slot in free)
