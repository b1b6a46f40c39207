"""Days, distances and durations as each language writes them."""

from datetime import date, datetime, time

import pytest

from locales.catalogue import HERE
from locales.language import read_language
from locales.markup import Html

FORMATS = {
    language.code: language.formats
    for code in ("en", "ru", "uz", "tg", "kk")
    for language in read_language(HERE / code)
}
TUESDAY = date(2026, 11, 24)
FRIDAY = datetime(2026, 9, 4, 18, 30)  # noqa: DTZ001  # local time of the place


@pytest.mark.parametrize(
    ("code", "short", "long", "moment"),
    [
        ("en", "Tue 24 Nov", "Tuesday, 24 November", "Friday, 4 September, 18:30"),
        ("ru", "вт 24 ноя", "вторник, 24 ноября", "пятница, 4 сентября, 18:30"),
        ("uz", "sesh, 24-noy", "seshanba, 24-noyabr", "juma, 4-sentabr, 18:30"),
        ("uz_Cyrl", "сеш, 24 ноя", "сешанба, 24 ноябрь", "жума, 4 сентябрь, 18:30"),
        ("tg", "сшб 24 ноя", "сешанбе, 24 ноябр", "ҷумъа, 4 сентябр, 18:30"),
        ("kk", "сс 24 қар", "24 қараша, сейсенбі", "4 қыркүйек, жұма, 18:30"),
    ],
)
def test_a_day_is_written_in_the_language_s_own_way(code, short, long, moment):
    formats = FORMATS[code]

    assert (formats.day(TUESDAY), formats.long_day(TUESDAY), formats.moment(FRIDAY)) == (short, long, moment)


@pytest.mark.parametrize(
    ("code", "yesterday", "today", "tomorrow"),
    [
        ("en", "yesterday", "today", "tomorrow"),
        ("ru", "вчера", "сегодня", "завтра"),
        ("uz", "kecha", "bugun", "ertaga"),
        ("uz_Cyrl", "кеча", "бугун", "эртага"),
        ("tg", "дирӯз", "имрӯз", "фардо"),
        ("kk", "кеше", "бүгін", "ертең"),
    ],
)
def test_days_nearby_have_names(code, yesterday, today, tomorrow):
    days = [date(2026, 11, day) for day in (23, 24, 25, 26)]

    said = [FORMATS[code].relative_day(day, today=TUESDAY) for day in days]

    assert said == [yesterday, today, tomorrow, FORMATS[code].day(days[3])]


@pytest.mark.parametrize(
    ("code", "near", "far"),
    [
        ("en", "350 m", "2.4 km"),
        ("ru", "350 м", "2,4 км"),
        ("uz", "350 m", "2,4 km"),
        ("uz_Cyrl", "350 м", "2,4 км"),
        ("tg", "350 м", "2,4 км"),
        ("kk", "350 м", "2,4 км"),
    ],
)
def test_a_distance_is_written_in_its_units(code, near, far):
    assert (FORMATS[code].distance(351.2), FORMATS[code].distance(2440)) == (near, far)


@pytest.mark.parametrize(
    ("metres", "said"),
    [
        (0, "10 m"),
        (994, "990 m"),
        (996, "1 km"),
        (1000, "1 km"),
        (9940, "9.9 km"),
        (9960, "10 km"),
        (12500, "12 km"),
    ],
)
def test_a_distance_is_no_more_exact_than_people_walk(metres, said):
    assert FORMATS["en"].distance(metres) == said


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", ["1 minute", "45 minutes", "1 hour", "2 hours 30 minutes", "1 day 1 hour", "3 days"]),
        ("ru", ["1 минута", "45 минут", "1 час", "2 часа 30 минут", "1 день 1 час", "3 дня"]),
        ("uz", ["1 daqiqa", "45 daqiqa", "1 soat", "2 soat 30 daqiqa", "1 kun 1 soat", "3 kun"]),
        ("uz_Cyrl", ["1 дақиқа", "45 дақиқа", "1 соат", "2 соат 30 дақиқа", "1 кун 1 соат", "3 кун"]),
        ("tg", ["1 дақиқа", "45 дақиқа", "1 соат", "2 соат 30 дақиқа", "1 рӯз 1 соат", "3 рӯз"]),
        ("kk", ["1 минут", "45 минут", "1 сағат", "2 сағат 30 минут", "1 күн 1 сағат", "3 күн"]),
    ],
)
def test_a_duration_counts_in_words(code, said):
    assert [FORMATS[code].duration(n) for n in (1, 45, 60, 150, 25 * 60, 3 * 24 * 60)] == said


def test_no_time_at_all_is_said_too():
    assert FORMATS["ru"].duration(0) == "0 минут"


@pytest.mark.parametrize(
    ("code", "word"),
    [("en", "and"), ("ru", "и"), ("uz", "va"), ("uz_Cyrl", "ва"), ("tg", "ва"), ("kk", "және")],
)
def test_a_list_ends_with_the_language_s_and(code, word):
    assert FORMATS[code].listing(["A", "B", "C"]) == f"A, B {word} C"
    assert FORMATS[code].listing(["A", "B"]) == f"A {word} B"


def test_a_list_of_one_or_none_needs_no_and():
    assert (FORMATS["en"].listing(["A"]), FORMATS["en"].listing([])) == ("A", "")


def test_a_list_with_html_in_it_is_html_and_its_plain_items_are_escaped():
    joined = FORMATS["en"].listing([Html("<b>A</b>"), "B & C"])

    assert isinstance(joined, Html)
    assert joined == "<b>A</b> and B &amp; C"


def test_the_clock_has_24_hours():
    assert FORMATS["en"].time(time(8, 5)) == "08:05"


@pytest.mark.parametrize("code", FORMATS)
def test_every_month_and_weekday_has_a_short_and_a_long_name(code):
    days = [date(2026, month, 1) for month in range(1, 13)] + [date(2026, 11, day) for day in range(16, 23)]

    assert len({FORMATS[code].day(day) for day in days}) == 19
    assert all(len(FORMATS[code].day(day)) <= 14 for day in days)
    assert all(FORMATS[code].long_day(day) for day in days)
