"""The invented city: complete, plainly invented, and with no number or address of a real place."""

from datetime import time
from pathlib import Path

import pytest

from bot.directory import read_directory
from care.directory import Clinic, DirectoryData, Payer, distance_m
from care.topics import PROMISES

FOLDER = Path(__file__).parents[2] / "examples" / "demo-city"


@pytest.fixture(scope="module")
def demo() -> DirectoryData:
    return read_directory(FOLDER, known_promises=PROMISES)


def test_the_demo_city_is_complete(demo: DirectoryData):
    assert (len(demo.cities), len(demo.areas), len(demo.sites), len(demo.clinics)) == (1, 7, 14, 4)
    assert all(any(site.area == area.code for site in demo.sites) for area in demo.areas)


def test_the_demo_city_says_in_every_language_that_it_is_invented(demo: DirectoryData):
    marks = {
        "ru": "вымышлен",
        "uz": "oʻylab topilgan",
        "tg": "хаёлӣ",
        "kk": "ойдан шығарылған",
        "en": "invented",
    }
    things = [*demo.regions, *demo.organisations, *demo.cities, *demo.clinics, *demo.centres, demo.programme]

    assert [
        (thing.names[language], language)
        for thing in things
        for language, mark in marks.items()
        if mark not in thing.names[language]
    ] == []


def test_two_organisations_work_in_the_demo_city(demo: DirectoryData):
    assert [each.code for each in demo.organisations] == ["wide-road", "warm-lamp"]


def test_every_demo_clinic_sees_people_in_the_evening_or_at_the_weekend(demo: DirectoryData):
    def evening(clinic: Clinic) -> bool:
        return any(each.end > time(18) for each in clinic.sessions)

    def on(clinic: Clinic, weekday: int) -> bool:
        return any(each.weekday == weekday for each in clinic.sessions)

    assert all(evening(each) and on(each, 5) for each in demo.clinics)
    assert [each.code for each in demo.clinics if on(each, 6)] == ["xray-room"]


def test_the_demo_city_names_no_phone_and_no_real_address(demo: DirectoryData):
    assert all(place.phone is None for place in (*demo.clinics, *demo.centres))
    assert {centre.country for centre in demo.centres} == {"UZ", "TJ", "KG"}
    assert all("example.org" in text for text in demo.programme.contact.values())


def test_uzbek_texts_of_the_demo_city_use_the_right_letters(demo: DirectoryData):
    texts = [clinic.directions["uz"] for clinic in demo.clinics] + [site.names["uz"] for site in demo.sites]

    assert [text for text in texts if set(text) & set("'‘’`")] == []


def test_the_demo_programme_keeps_some_promises_and_not_others(demo: DirectoryData):
    assert set() < demo.programme.promises < set(PROMISES)


def test_the_demo_city_shows_every_way_to_pay(demo: DirectoryData):
    assert {service.payer for clinic in demo.clinics for service in clinic.services} == set(Payer)


def test_the_demo_city_is_a_town_and_not_a_country(demo: DirectoryData):
    middle = next(area.position for area in demo.areas if area.code == "old-market" and area.position)
    places = [*demo.areas, *demo.sites, *demo.clinics]

    assert [
        place.code for place in places if place.position and distance_m(place.position, middle) > 8_000
    ] == []
