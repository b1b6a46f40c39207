"""A clinic is found by location, by area or in the whole list; what is not free is said before the visit."""

from collections.abc import Callable
from typing import Any

import pytest

from handlers.buttons import Verb
from handlers.clinics import Clinics
from handlers.routes import Route, Routes
from handlers.screens import Way
from storage import schema


@pytest.fixture
def routes(make_table: Callable[..., Routes]) -> Routes:
    clinics = Clinics()
    free = {
        Verb.CLINICS: clinics.show,
        Verb.NEAR: clinics.ask_location,
        Verb.AREAS: clinics.areas,
        Verb.CLINIC: clinics.clinic,
        Verb.MAP: clinics.map,
    }
    return make_table(
        buttons={verb: Route(what, consent=False) for verb, what in free.items()},
        commands={"clinics": Verb.CLINICS},
        shared_location=clinics.near,
    )


@pytest.fixture
async def person(world: Any) -> Any:
    """Somebody in a city with five clinics in two areas."""
    area = await world.area()
    for letter in "ABCD":
        await world.clinic(area, name=f"Clinic {letter}")
    someone = world.somebody()
    await someone.agree()
    return someone


async def test_there_are_three_ways_to_a_clinic(person):
    await person.command("/clinics")

    assert {Verb.NEAR, Verb.AREAS, Verb.CLINICS, Verb.HOME} <= set(person.wishes)


async def test_all_clinics_are_listed_with_their_addresses(person):
    await person.command("/clinics")
    await person.press("All clinics")

    assert [label for label in person.labels if "🏥" in label] == [f"🏥 Clinic {c}" for c in "ABCD"]
    assert "1 Example Street" in person.text


async def test_the_nearest_three_are_shown_with_their_distance_and_the_place_is_not_kept(person, world):
    await person.command("/clinics")
    await person.press("Nearest to me")
    assert person.shown.steps[-1].ask_location

    await person.share_location(43.24, 76.91)

    assert [label for label in person.labels if "🏥" in label] == [
        "🏥 Clinic C",
        "🏥 Clinic B",
        "🏥 Clinic D",
    ]
    assert "1.1 km" in person.text
    assert person.shown.steps[0].close_keyboard
    assert "43.24" not in str(await world.rows(schema.outcomes))


async def test_a_clinic_is_found_by_its_area(person):
    await person.command("/clinics")
    await person.press("By area")
    await person.press("Area A")

    assert "Clinic A" in person.text


async def test_where_there_are_two_cities_the_city_comes_first(person, world):
    await world.area(name="Area B")

    await person.command("/clinics")
    await person.press("By area")
    await person.press("City 2")

    assert "📌 Area B" in person.labels
    assert "📌 Area A" not in person.labels


async def test_an_unknown_area_leads_to_the_three_ways(person):
    for data in ("clins:99", "clins:99999999999", "clins:x", "areas:99999999999"):
        await person.tap(data)
        assert Verb.HOME in person.wishes


async def test_the_card_says_who_pays_and_what_is_not_free(person, world):
    clinic = (await world.rows(schema.clinics))[0]["id"]
    for position, (kind, payer, note) in enumerate(
        [
            ("chest-xray", "free-programme", None),
            ("sputum-test", "free-state", None),
            ("blood-test", "self", {"en": "You may say no."}),
            ("treatment", "insurance", None),
            ("skin-test", "unknown", None),
        ]
    ):
        await world.add(
            schema.services, clinic_id=clinic, kind=kind, payer=payer, note=note, position=position
        )

    await person.tap(f"clin:{clinic}")

    assert "Free, the programme pays: chest X-ray" in person.text
    assert "Free, the state pays: sputum test" in person.text
    assert "You pay yourself: blood test\n<i>You may say no.</i>" in person.text
    assert "Free only with medical insurance: treatment" in person.text
    assert "Not known who pays, ask before: skin test" in person.text
    assert "Bus 10 to the market" in person.text
    assert {Verb.BOOK_CLINIC, Verb.MAP, Verb.CLINICS, Verb.HOME} == set(person.wishes)


async def test_a_clinic_is_sent_as_a_pin_on_the_map(person, world):
    await person.tap("clin:1")

    reply = await person.press("On the map")

    (step,) = reply.steps
    assert step.way is Way.VENUE
    assert (step.latitude, step.longitude) == pytest.approx((43.22, 76.91))
    assert step.address == "1 Example Street"


@pytest.mark.parametrize("data", ["clin:99", "clin:-1", "clin:99999999999", "clin", "map:77", "clin:abc"])
async def test_a_clinic_that_is_not_there_leads_back_to_the_ways(person, data):
    await person.tap(data)

    assert Verb.NEAR in person.wishes


async def test_where_no_clinic_is_known_a_person_is_offered(world):
    someone = world.somebody()
    await someone.agree()

    await someone.command("/clinics")

    assert person_is_offered(someone)
    await someone.share_location(43.2, 76.9)
    assert person_is_offered(someone)


def person_is_offered(someone: Any) -> bool:
    return set(someone.wishes) == {Verb.TALK, Verb.HOME}


async def test_a_stranger_finds_a_clinic_and_nothing_is_stored_about_them(world):
    await world.clinic(await world.area())
    stranger = world.somebody()

    await stranger.tap("clins:all~en")
    await stranger.press("Clinic A")

    assert "Bus 10" in stranger.text
    assert await world.count(schema.people) == 0
