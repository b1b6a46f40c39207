"""A new place: anybody may tell about it, its area's owner is told, and nothing joins it to who told."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from care.roles import Role
from handlers.buttons import Verb
from handlers.field_table import field
from handlers.parts import Parts
from handlers.routes import Routes
from handlers.strangers import Strangers
from locales.catalogue import Words
from storage import schema
from storage.vault import Vault

MARKET = "place:market"
THERE = (43.21, 76.91)


@pytest.fixture
def routes(words: Words, vault: Vault, strangers: Strangers, make_table: Any) -> Routes:
    parts = Parts(words=words, vault=vault, strangers=strangers, zone="Asia/Almaty", username="hamroh_bot")
    made = field(parts, ZoneInfo("Asia/Almaty"))
    return make_table(buttons=made.buttons, locations=made.locations, texts=made.texts)


async def pinned(someone: Any, where: tuple[float, float] = THERE) -> None:
    await someone.tap(MARKET)
    await someone.share_location(*where)


async def the_site(world: Any) -> Any:
    [site] = await world.rows(schema.sites)
    return site


async def notices(world: Any) -> list[Any]:
    return list(await world.rows(schema.due, kind="site-pin"))


async def test_a_migrants_pin_waits_for_somebody_of_the_area(world: Any) -> None:
    area, someone = await world.area(), world.somebody()
    await someone.agree()

    await someone.tap("place")
    assert "I do not keep who told about it." in someone.text
    await someone.press("Market")
    assert someone.shown.steps[0].ask_location
    await someone.share_location(*THERE)

    site = await the_site(world)
    assert (site["area_id"], site["kind"], site["names"]["en"]) == (area, "market", "Market 1")
    assert (site["latitude"], site["longitude"]) == THERE
    assert site["added_by"] is None
    assert site["confirmed_at"] is None
    assert someone.shown.steps[0].close_keyboard


async def test_nothing_joins_a_migrants_pin_to_the_migrant(world: Any) -> None:
    await world.area()
    worker, someone = world.somebody(), world.somebody()
    await worker.hire(Role.WORKER, area_id=1)
    person = await someone.agree(area_id=1)
    async with world.database.writing() as store:
        await store.execute(
            schema.referrals.insert().values(
                id=77,
                person_id=person.id,
                state="reached",
                opened_at=world.now,
                changed_at=world.now,
                area_id=1,
            )
        )
    world.wait(minutes=17)

    await someone.tap("place")
    await pinned(someone)
    await someone.press("Write its name")
    await someone.say("Old market")

    site = await the_site(world)
    assert site["names"] == dict.fromkeys(("ru", "uz", "tg", "kk", "en"), "Old market")
    assert site["added_at"] == world.now.replace(hour=0, minute=0, second=0, microsecond=0)
    joined = {person.id, 77, someone.telegram_id}
    for table in schema.metadata.sorted_tables:
        for row in await world.rows(table):
            about = {value for value in row.values() if isinstance(value, int)}
            if table.name == "outcomes":
                assert not about & joined
                assert (row["locale"], row["site_id"]) == (None, None)
            elif table.name not in {"people", "referrals", "staff"}:
                assert not about & joined, table.name
    assert await world.count(schema.audit) == 0
    assert [row["params"] for row in await notices(world)] == [{"site": site["id"]}]


async def test_the_teams_pin_is_a_site_at_once_and_in_the_audit_log(world: Any) -> None:
    await world.area()
    worker = world.somebody()
    staff_id = await worker.hire(Role.WORKER, area_id=1)

    await pinned(worker)
    await worker.press("Write its name")
    await worker.say("Old market")

    site = await the_site(world)
    assert (site["added_by"], site["names"]["tg"]) == (staff_id, "Old market")
    assert site["confirmed_at"] == world.now
    [row] = await world.rows(schema.audit)
    assert (row["act"], row["about_id"], row["actor_id"]) == ("site-added", site["id"], staff_id)
    assert await notices(world) == []  # nobody is told of their own pin


async def test_a_pin_goes_to_the_nearest_area_whose_owner_is_told(world: Any) -> None:
    near, far = await world.area(), await world.area()
    async with world.database.writing() as store:
        await store.execute(schema.areas.update().where(schema.areas.c.id == far).values(latitude=43.9))
    owner, other, stranger, someone = (world.somebody() for _ in range(4))
    owner_id = await owner.hire(Role.WORKER, area_id=far)
    await other.hire(Role.WORKER, area_id=near)
    await stranger.hire(Role.WORKER, area_id=far)
    await world.add(schema.area_posts, area_id=far, owner_id=owner_id)
    await someone.agree()

    await pinned(someone, (43.88, 76.9))

    assert (await the_site(world))["area_id"] == far
    assert [row["person_id"] for row in await notices(world)] == [(await owner.person()).id]


@pytest.mark.parametrize(
    ("hired", "told"),
    [
        ([(Role.WORKER, 1), (Role.COORDINATOR, None)], [0]),
        ([(Role.WORKER, None), (Role.COORDINATOR, None), (Role.ADMIN, None)], [1]),
        ([(Role.REGISTRAR, None), (Role.ADMIN, None)], [1]),
        ([], []),
    ],
)
async def test_without_an_owner_the_areas_workers_or_the_office_are_told(
    world: Any, hired: list[tuple[Role, int | None]], told: list[int]
) -> None:
    await world.area()
    team = [world.somebody() for _ in hired]
    for member, (role, area_id) in zip(team, hired, strict=True):
        await member.hire(role, area_id=area_id)
    someone = world.somebody()
    await someone.agree()

    await pinned(someone)

    expected = [(await team[number].person()).id for number in told]
    assert [row["person_id"] for row in await notices(world)] == expected


@pytest.mark.parametrize("role", [None, Role.WORKER])
async def test_there_are_three_pins_a_day(world: Any, role: Role | None) -> None:
    await world.area()
    someone = world.somebody()
    await someone.agree()
    if role is not None:
        await someone.hire(role, area_id=1)
    for number in range(3):
        await pinned(someone, (43.21 + number / 100, 76.91))

    await someone.tap("place")
    assert "three places today" in someone.text
    await pinned(someone, (43.29, 76.91))
    assert await world.count(schema.sites) == 3

    world.wait(hours=25)
    await pinned(someone, (43.29, 76.91))
    assert await world.count(schema.sites) == 4


async def test_a_location_that_came_after_the_third_pin_makes_no_fourth(world: Any) -> None:
    await world.area()
    someone = world.somebody()
    await someone.agree()
    await someone.tap(MARKET)
    for number in range(3):
        await someone.tap(MARKET)
        await someone.share_location(43.21 + number / 100, 76.91)
        await someone.tap(MARKET)

    await someone.share_location(43.29, 76.91)

    assert await world.count(schema.sites) == 3


async def test_a_place_that_is_known_is_not_added_again(world: Any) -> None:
    await world.area()
    someone, other = world.somebody(), world.somebody()
    await someone.agree()
    await other.agree()
    await pinned(someone)

    await pinned(other, (43.21005, 76.91005))

    assert "We know this place already" in other.text
    assert await world.count(schema.sites) == 1


async def test_far_from_every_area_nothing_is_kept(world: Any) -> None:
    await world.area()
    someone = world.somebody()
    await someone.agree()

    await pinned(someone, (51.1, 71.4))

    assert "does not go there yet" in someone.text
    assert await world.count(schema.sites) == 0


async def test_a_location_that_nobody_asked_for_is_left_to_the_clinics(world: Any) -> None:
    await world.area()
    someone = world.somebody()
    await someone.agree()

    await someone.share_location(*THERE)
    assert someone.text == "[text]"
    await someone.tap(MARKET)
    world.wait(minutes=31)
    await someone.share_location(*THERE)

    assert someone.text == "[text]"
    assert await world.count(schema.sites) == 0


@pytest.mark.parametrize("typed", ["Aziz +7 701 123 45 67", "@aziz_1990", "x" * 61])
async def test_a_name_with_a_number_or_an_account_is_refused(world: Any, typed: str) -> None:
    await world.area()
    someone = world.somebody()
    await someone.agree()
    await pinned(someone)
    await someone.press("Write its name")

    await someone.say(typed)

    assert (await the_site(world))["names"]["en"] == "Market 1"
    await someone.say("Old market")
    assert (await the_site(world))["names"]["en"] == "Old market"


async def test_a_question_is_never_taken_for_a_name(world: Any) -> None:
    await world.area()
    someone = world.somebody()
    await someone.agree()
    await pinned(someone)
    await someone.say("cough for three weeks")  # nothing was asked for
    await someone.tap("place:name")
    await someone.say("Is it free?")
    world.wait(minutes=11)
    await someone.say("cough for three weeks")

    assert (await the_site(world))["names"]["en"] == "Market 1"


async def test_a_pin_that_was_judged_is_not_renamed_from_outside(world: Any) -> None:
    await world.area()
    someone, worker = world.somebody(), world.somebody()
    await someone.agree()
    await worker.hire(Role.WORKER, area_id=1)
    await pinned(someone)
    await someone.press("Write its name")
    await worker.tap(f"sok:{(await the_site(world))['id']}:y")

    await someone.say("Old market")

    assert "looked at the place already" in someone.text
    assert (await the_site(world))["names"]["en"] == "Market 1"


async def test_somebody_elses_pin_gets_no_name_by_a_forged_button(world: Any) -> None:
    await world.area()
    owner, other = world.somebody(), world.somebody()
    await owner.hire(Role.WORKER, area_id=1)
    await other.hire(Role.REGISTRAR)
    await pinned(owner)

    await other.tap(f"place:name:{(await the_site(world))['id']}")
    await other.say("Mine")

    assert (await the_site(world))["names"]["en"] == "Market 1"


@pytest.mark.parametrize("wish", ["place:castle", "place:name", "place:name:99999999999", "place:name:x"])
async def test_forged_wishes_break_nothing(world: Any, wish: str) -> None:
    await world.area()
    someone = world.somebody()
    await someone.agree()

    await someone.tap(wish)
    await someone.say("Old market")

    assert await world.count(schema.sites) == 0


async def test_the_place_speaks_the_language_of_who_tells(world: Any) -> None:
    await world.area()
    someone = world.somebody()
    await someone.agree(locale="uz")

    await pinned(someone)

    assert all("uz‧" in text for text in someone.texts)
    assert Verb.HOME in someone.wishes
