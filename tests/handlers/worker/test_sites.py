"""Sites: whose they are, in which order, and what may be written about a place."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from care.message_kinds import Kind
from care.roles import Role
from handlers.buttons import Verb
from handlers.field_table import field
from handlers.notices import Notices
from handlers.parts import Parts
from handlers.routes import Routes
from handlers.screens import Way
from handlers.strangers import Strangers
from locales.catalogue import Words
from storage import people, schema
from storage.vault import Vault


@pytest.fixture
def routes(words: Words, vault: Vault, strangers: Strangers, make_table: Any) -> Routes:
    parts = Parts(words=words, vault=vault, strangers=strangers, zone="Asia/Almaty", username="hamroh_bot")
    made = field(parts, ZoneInfo("Asia/Almaty"))
    return make_table(
        buttons=made.buttons, locations=made.locations, texts=made.texts, commands={"sites": Verb.SITES}
    )


async def a_site(world: Any, area_id: int = 1, **parts: Any) -> int:
    number = await world.count(schema.sites) + 1
    given = {"names": {"ru": f"Site {number}", "en": f"Site {number}"}, "kind": "market", **parts}
    return await world.add(schema.sites, code=f"site{number}", area_id=area_id, **given)


async def waits(world: Any, site_id: int, *, state: str = "booked", closed: bool = False) -> None:
    person = await world.somebody().agree()
    await world.add(
        schema.referrals,
        id=people.random_id(),
        person_id=person.id,
        site_id=site_id,
        state=state,
        opened_at=world.now,
        changed_at=world.now,
        closed_at=world.now if closed else None,
    )


async def visited(world: Any, site_id: int, staff_id: int, *, days: int) -> None:
    await world.add(
        schema.site_visits,
        id=people.random_id(),
        site_id=site_id,
        staff_id=staff_id,
        at=world.now - timedelta(days=days),
        people=8,
        leaflets=10,
        minutes=30,
    )


async def shown_sites(someone: Any) -> list[str]:
    await someone.command("/sites")
    return [label for label in someone.labels if "Site" in label]


async def pin_notice(world: Any, to: Any) -> Any:
    receiver = await to.person()
    [row] = await world.rows(schema.due, kind="site-pin", person_id=receiver.id)
    async with world.database.reading() as store:
        notices = Notices(words=world.words, vault=world.vault, zone=ZoneInfo("Asia/Almaty"))
        return await notices.render(Kind.PIN, row, receiver, world.words["en"], store, world.now)


async def test_without_a_site_the_screen_offers_to_tell_about_one(world: Any) -> None:
    worker = world.somebody()
    await worker.hire(Role.WORKER, area_id=await world.area())

    await worker.command("/sites")

    assert "no site on your list" in worker.text
    assert Verb.PLACE in worker.wishes


async def test_sites_are_ordered_by_waiting_days_and_distance(world: Any) -> None:
    worker = world.somebody()
    staff_id = await worker.hire(Role.WORKER, area_id=await world.area())
    far, near, old, waited, retired = [
        await a_site(world, latitude=latitude, longitude=76.9) for latitude in (43.4, 43.21, 43.3, 43.5, 43.2)
    ]
    for site in (far, near, waited):
        await visited(world, site, staff_id, days=2)
    await visited(world, old, staff_id, days=9)
    await waits(world, waited)
    for state, closed in (("came", False), ("booked", True)):
        await waits(world, far, state=state, closed=closed)
    async with world.database.writing() as store:
        await store.execute(
            schema.sites.update().where(schema.sites.c.id == retired).values(retired_at=world.now)
        )

    assert await shown_sites(worker) == ["🛒 Site 4", "🛒 Site 3", "🛒 Site 1", "🛒 Site 2"]
    assert "1 waits · 2 days ago" in worker.text
    await worker.press("Nearest to me")
    assert worker.shown.steps[0].ask_location
    await worker.share_location(43.2, 76.9)

    assert [label for label in worker.labels if "Site" in label][2:] == ["🛒 Site 2", "🛒 Site 1"]
    assert "1.1 km" in worker.text


async def test_where_the_worker_stands_is_stored_nowhere(world: Any) -> None:
    worker = world.somebody()
    await worker.hire(Role.WORKER, area_id=await world.area())
    for _ in range(8):
        await a_site(world, latitude=43.3, longitude=76.9)
    await worker.tap("snear:sites")

    await worker.share_location(43.7531, 76.9642)

    stored = [str(dict(row)) for table in schema.metadata.sorted_tables for row in await world.rows(table)]
    assert not [row for row in stored if "43.75" in row or "76.964" in row]
    await worker.press("More")
    assert "51 km" in worker.text  # the second page still knows


async def test_a_worker_sees_the_sites_of_their_own_area_and_of_those_they_own_or_cover(world: Any) -> None:
    areas = [await world.area() for _ in range(4)]
    for area in areas:
        await a_site(world, area)
    worker, coordinator = world.somebody(), world.somebody()
    staff_id = await worker.hire(Role.WORKER, area_id=areas[0])
    await coordinator.hire(Role.COORDINATOR)
    await world.add(schema.area_posts, area_id=areas[1], owner_id=staff_id)
    await world.add(schema.area_posts, area_id=areas[2], cover_id=staff_id)

    assert await shown_sites(worker) == ["🛒 Site 1", "🛒 Site 2", "🛒 Site 3"]
    assert len(await shown_sites(coordinator)) == 4


async def test_sites_have_pages(world: Any) -> None:
    worker = world.somebody()
    await worker.hire(Role.WORKER, area_id=await world.area())
    for _ in range(8):
        await a_site(world)

    assert len(await shown_sites(worker)) == 6
    await worker.press("More")
    assert [label for label in worker.labels if "Site" in label] == ["🛒 Site 7", "🛒 Site 8"]
    await worker.press("◀️ Back")
    assert "🛒 Site 1" in worker.labels


@pytest.mark.parametrize(
    "wish", ["site:1", "smap:1", "sedit:1:notes", "sret:1:y", "sok:1:n", "sedit:1:clear"]
)
async def test_somebody_elses_site_answers_as_if_it_were_not_there(world: Any, wish: str) -> None:
    await a_site(world, await world.area())
    worker = world.somebody()
    await worker.hire(Role.WORKER, area_id=await world.area())

    await worker.tap(wish)
    refused = worker.text
    await worker.tap(wish.replace(":1", ":99", 1))

    assert refused == worker.text == "This is not here any more."
    [site] = await world.rows(schema.sites)
    assert site["retired_at"] is None


async def test_a_site_shows_its_kind_area_notes_and_last_visits(world: Any) -> None:
    worker = world.somebody()
    staff_id = await worker.hire(Role.WORKER, area_id=await world.area(name="Old Town"))
    site = await a_site(world, notes="Gate <left>", kind="hostel", latitude=43.21, longitude=76.9)
    for days in (1, 3, 5, 9):
        await visited(world, site, staff_id, days=days)
    await waits(world, site)

    await worker.tap(f"site:{site}")

    for part in (
        "Site 1",
        "Hostel · Old Town",
        "Gate &lt;left&gt;",
        "1 person waits here",
        "yesterday: talked to 6-10",
    ):
        assert part in worker.text
    assert worker.text.count("•") == 3
    await worker.press("On the map")
    assert worker.shown.steps[0].way is Way.VENUE


async def test_notes_are_typed_replaced_and_cleared(world: Any) -> None:
    worker = world.somebody()
    await worker.hire(Role.WORKER, area_id=await world.area())
    site = await a_site(world)
    await worker.tap(f"site:{site}")
    await worker.press("Notes")
    assert "never about people" in worker.text
    await worker.say("Gate on the left.")
    assert "Gate on the left." in worker.text
    await worker.press("Notes")
    await worker.press("Clear")

    assert "📝 Gate" not in worker.text
    [row] = await world.rows(schema.sites)
    assert row["notes"] is None
    assert [row["detail"] for row in await world.rows(schema.audit)] == ["notes", "notes"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Aziz +7 701 123 45 67", "I do not keep phone numbers here."),
        ("ask @aziz_1990", "I do not keep names of accounts"),
        ("x" * 301, "too long"),
    ],
)
async def test_notes_about_people_are_refused_with_one_sentence(world: Any, typed: str, said: str) -> None:
    worker = world.somebody()
    await worker.hire(Role.WORKER, area_id=await world.area())
    site = await a_site(world)
    await worker.tap(f"sedit:{site}:notes")

    await worker.say(typed)

    assert said in worker.text
    [row] = await world.rows(schema.sites)
    assert row["notes"] is None
    await worker.say("Gate on the left.")  # tried again
    [row] = await world.rows(schema.sites)
    assert row["notes"] == "Gate on the left."


async def test_only_the_owner_of_an_area_and_the_office_rename_and_retire(world: Any) -> None:
    area = await world.area()
    site = await a_site(world, area)
    owner, colleague, coordinator = (world.somebody() for _ in range(3))
    owner_id = await owner.hire(Role.WORKER, area_id=area)
    await colleague.hire(Role.WORKER, area_id=area)
    await coordinator.hire(Role.COORDINATOR)
    await world.add(schema.area_posts, area_id=area, owner_id=owner_id)

    await colleague.tap(f"site:{site}")
    assert Verb.SITE_RETIRE not in colleague.wishes
    for wish in (f"sedit:{site}:name", f"sret:{site}:y", f"sok:{site}:n"):
        await colleague.tap(wish)
        assert colleague.text == "This is not here any more."
    await coordinator.tap(f"site:{site}")
    assert Verb.SITE_RETIRE in coordinator.wishes
    await owner.tap(f"site:{site}")
    await owner.press("Rename")
    await owner.say("Big Market")
    assert "Big Market" in owner.text
    await owner.press("Not there any more")
    await owner.press("Yes")

    [row] = await world.rows(schema.sites)
    assert (row["names"]["ru"], row["retired_at"]) == ("Big Market", world.now)
    await owner.press("It is there after all")
    [row] = await world.rows(schema.sites)
    assert row["retired_at"] is None
    acts = [(row["act"], row["detail"]) for row in await world.rows(schema.audit)]
    assert acts == [("site-changed", "name"), ("site-retired", None), ("site-changed", "confirmed")]


async def test_a_role_that_ends_between_asking_and_typing_changes_nothing(world: Any) -> None:
    area = await world.area()
    worker, other = world.somebody(), world.somebody()
    await worker.hire(Role.WORKER, area_id=area)
    other_id = await other.hire(Role.WORKER, area_id=area)
    site = await a_site(world, area)
    await worker.tap(f"sedit:{site}:name")
    await world.add(schema.area_posts, area_id=area, owner_id=other_id)

    await worker.say("Mine")

    [row] = await world.rows(schema.sites)
    assert row["names"]["en"] == "Site 1"


@pytest.mark.parametrize(
    ("press", "confirmed", "retired"), [("It is a place", True, False), ("Not a place", False, True)]
)
async def test_the_areas_owner_judges_a_pin_from_outside(
    world: Any, press: str, confirmed: bool, retired: bool
) -> None:
    owner, someone = world.somebody(), world.somebody()
    await owner.hire(Role.WORKER, area_id=await world.area())
    await someone.agree()
    await someone.tap("place:canteen")
    await someone.share_location(43.21, 76.9)

    reply = await pin_notice(world, owner)
    assert reply is not None
    assert "from outside the team" in reply.steps[0].text
    owner._see(reply, asked=None)
    await owner.press(press)

    [row] = await world.rows(schema.sites)
    assert (row["confirmed_at"] is not None, row["retired_at"] is not None) == (confirmed, retired)
    if retired:
        assert await pin_notice(world, owner) is None
        await owner.press("It is there after all")
        [row] = await world.rows(schema.sites)
        assert (row["confirmed_at"], row["retired_at"]) == (world.now, None)


async def test_an_old_location_question_shows_no_sites(world: Any) -> None:
    worker = world.somebody()
    await worker.hire(Role.WORKER, area_id=await world.area())
    await worker.tap("snear:sites")
    world.wait(minutes=31)

    await worker.share_location(43.2, 76.9)

    assert worker.text == "[text]"


@pytest.mark.parametrize(
    "wish", ["sites:99", "sites:0:nan:nan", "sites:0:99:999", "sites:x:1e999:-", "sites:-5"]
)
async def test_forged_pages_and_places_show_the_list(world: Any, wish: str) -> None:
    worker = world.somebody()
    await worker.hire(Role.WORKER, area_id=await world.area())
    await a_site(world, latitude=43.3, longitude=76.9)

    await worker.tap(wish)

    assert "Site 1" in worker.text
