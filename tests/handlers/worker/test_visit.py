"""A visit to a site: three taps, counted once, taken back within ten minutes."""

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


@pytest.fixture
def routes(words: Words, vault: Vault, strangers: Strangers, make_table: Any) -> Routes:
    parts = Parts(words=words, vault=vault, strangers=strangers, zone="Asia/Almaty", username="hamroh_bot")
    made = field(parts, ZoneInfo("Asia/Almaty"))
    return make_table(buttons=made.buttons, locations=made.locations, commands={"visit": Verb.SITE_VISIT})


async def a_site(world: Any, area_id: int = 1, **parts: Any) -> int:
    number = await world.count(schema.sites) + 1
    names = {"ru": f"Site {number}", "en": f"Site {number}"}
    return await world.add(
        schema.sites, code=f"site{number}", area_id=area_id, kind="market", names=names, **parts
    )


@pytest.fixture
async def worker(world: Any) -> Any:
    someone = world.somebody()
    await someone.hire(Role.WORKER, area_id=await world.area())
    return someone


async def outcomes(world: Any, kind: str) -> list[Any]:
    return list(await world.rows(schema.outcomes, kind=kind))


async def test_three_taps_keep_a_visit(world: Any, worker: Any) -> None:
    site = await a_site(world)
    await worker.command("/visit")
    await worker.press("Site 1")
    await worker.press("6-10")
    await worker.press("Keep")

    [visit] = await world.rows(schema.site_visits)
    assert (visit["site_id"], visit["people"], visit["leaflets"], visit["minutes"]) == (site, 8, 10, 30)
    [outcome] = await outcomes(world, "site-visited")
    assert (outcome["site_id"], outcome["area_id"], outcome["detail"]) == (site, 1, "8.10.30")
    assert (outcome["staff_id"], outcome["role"]) == (visit["staff_id"], "worker")


async def test_leaflets_and_minutes_take_one_tap_each(world: Any, worker: Any) -> None:
    await a_site(world)
    await worker.tap("svis:1")
    await worker.press("21-50")
    assert "Leaflets: 50" in worker.text
    await worker.press("📄 100")
    await worker.press("2 hours")
    assert "Leaflets: 100" in worker.text
    await worker.press("Keep")

    [visit] = await world.rows(schema.site_visits)
    assert (visit["people"], visit["leaflets"], visit["minutes"]) == (35, 100, 120)


async def test_a_second_press_keeps_no_second_visit(world: Any, worker: Any) -> None:
    await a_site(world)
    await worker.tap("svis:1:8")
    keep = next(item.data for item in worker.keys if item.data.startswith("svisy"))

    await worker.tap(keep)
    await worker.tap(keep)

    assert "Kept" in worker.text
    assert await world.count(schema.site_visits) == 1
    assert len(await outcomes(world, "site-visited")) == 1


async def test_a_visit_is_taken_back_within_ten_minutes(world: Any, worker: Any) -> None:
    await a_site(world)
    await worker.tap("svis:1:8")
    await worker.press("Keep")
    world.wait(minutes=9)
    await worker.press("Take back")

    assert await world.count(schema.site_visits) == 0
    [outcome] = await outcomes(world, "undone")
    assert (outcome["detail"], outcome["site_id"]) == ("site-visited.8.10.30", 1)


async def test_after_ten_minutes_a_visit_stays(world: Any, worker: Any) -> None:
    await a_site(world)
    await worker.tap("svis:1:8")
    await worker.press("Keep")
    world.wait(minutes=10)
    await worker.press("Take back")

    assert "stays as it is" in worker.text
    assert await world.count(schema.site_visits) == 1


async def test_nobody_takes_back_a_colleagues_visit(world: Any, worker: Any) -> None:
    await a_site(world)
    colleague = world.somebody()
    await colleague.hire(Role.WORKER, area_id=1)
    await worker.tap("svis:1:8")
    await worker.press("Keep")
    undo = next(item.data for item in worker.keys if item.data.startswith("svisu"))

    await colleague.tap(undo)

    assert colleague.text == "This is not here any more."
    assert await world.count(schema.site_visits) == 1


async def test_a_colleagues_visit_id_keeps_nothing(world: Any, worker: Any) -> None:
    await a_site(world)
    colleague = world.somebody()
    await colleague.hire(Role.WORKER, area_id=1)
    await worker.tap("svis:1:8")
    keep = next(item.data for item in worker.keys if item.data.startswith("svisy"))
    await worker.tap(keep)

    await colleague.tap(keep)

    assert colleague.text == "This is not here any more."
    assert await world.count(schema.site_visits) == 1


@pytest.mark.parametrize(
    "wish",
    [
        "svisy:1:8:10:30",
        "svisy:1:7:10:30:5",
        "svisy:1:8:11:30:5",
        "svisy:1:8:10:999:5",
        "svisy:2:8:10:30:5",
        "svisu:5",
    ],
)
async def test_forged_visits_are_not_kept(world: Any, worker: Any, wish: str) -> None:
    await a_site(world)
    await a_site(world, await world.area())  # somebody else's

    await worker.tap(wish)

    assert worker.text == "This is not here any more."
    assert await world.count(schema.site_visits) == 0


async def test_the_last_site_comes_first_and_the_nearest_where_it_is_asked(world: Any, worker: Any) -> None:
    for latitude in (43.4, 43.3, 43.21):
        await a_site(world, latitude=latitude, longitude=76.9)
    await worker.tap("svis:2:8")
    await worker.press("Keep")

    await worker.command("/visit")
    assert worker.labels[:3] == ["🛒 Site 2", "🛒 Site 1", "🛒 Site 3"]
    await worker.press("Nearest to me")
    await worker.share_location(43.2, 76.9)

    assert worker.labels[:3] == ["🛒 Site 3", "🛒 Site 2", "🛒 Site 1"]
    assert worker.shown.steps[0].close_keyboard


async def test_a_worker_who_is_a_person_too_counts_no_visit_for_their_own_referral(
    world: Any, worker: Any
) -> None:
    await a_site(world)
    person = await worker.person()
    await world.add(
        schema.referrals,
        id=77,
        person_id=person.id,
        state="reached",
        opened_at=world.now,
        changed_at=world.now,
    )
    await worker.tap("svis:1:8")
    await worker.press("Keep")

    [outcome] = await outcomes(world, "site-visited")
    assert (outcome["referral_id"], outcome["link_id"]) == (None, None)


async def test_without_a_site_a_visit_begins_with_a_new_place(world: Any, worker: Any) -> None:
    await worker.command("/visit")

    assert Verb.PLACE in worker.wishes
