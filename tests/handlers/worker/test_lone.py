"""Alone somewhere: a colleague is told in time, all hear that all is well, nothing is kept of the place."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.watching import tell_of_late
from care.message_kinds import Kind
from care.person import pseudonym
from care.roles import Role
from handlers.buttons import Verb
from handlers.field_table import field
from handlers.notices import Notices
from handlers.parts import Parts
from handlers.routes import Routes
from handlers.screens import Reply, Way
from handlers.strangers import Strangers
from locales.catalogue import Words
from storage import due, people, schema
from storage.vault import Vault

ALMATY = "Asia/Almaty"


@pytest.fixture
def routes(words: Words, vault: Vault, strangers: Strangers, make_table: Any) -> Routes:
    parts = Parts(words=words, vault=vault, strangers=strangers, zone=ALMATY, username="hamroh_bot")
    made = field(parts, ZoneInfo(ALMATY))
    return make_table(buttons=made.buttons, locations=made.locations)


@pytest.fixture
async def worker(world: Any) -> Any:
    someone = world.somebody()
    await someone.hire(Role.WORKER, area_id=await world.area(name="Old Town"))
    return someone


@pytest.fixture
async def colleague(world: Any, worker: Any) -> Any:
    someone = world.somebody()
    await someone.hire(Role.WORKER, area_id=1)
    return someone


@pytest.fixture
async def office(world: Any) -> Any:
    someone = world.somebody()
    await someone.hire(Role.COORDINATOR)
    return someone


async def watch(world: Any) -> None:
    await tell_of_late(world.database, now=world.now, zone=ALMATY)


async def pending(world: Any, kind: str) -> list[int]:
    return [row["person_id"] for row in await world.rows(schema.due, kind=kind, state="pending")]


async def sent(world: Any) -> None:
    """Let everything that waits be sent."""
    async with world.database.writing() as store:
        await store.execute(schema.due.update().values(state=due.State.SENT.value))


async def shown(world: Any, to: Any, kind: Kind) -> Reply | None:
    receiver = await to.person()
    async with world.database.reading() as store:
        rows = [
            row for row in await world.rows(schema.due, kind=kind.value) if row["person_id"] == receiver.id
        ]
        notices = Notices(words=world.words, vault=world.vault, zone=ZoneInfo(ALMATY))
        reply = await notices.render(kind, rows[-1], receiver, world.words["en"], store, world.now)
    if reply is not None:
        to._see(reply, asked=None)
    return reply


async def test_a_timer_begins_with_two_taps_and_ends_with_one(
    world: Any, worker: Any, colleague: Any
) -> None:
    await worker.tap("lone")
    await worker.press("30 minutes")
    assert "Until 12:30" in worker.text
    assert await pending(world, "lone-soon") == [(await worker.person()).id]
    await worker.press("I am back")

    [visit] = await world.rows(schema.lone_visits)
    assert visit["ended_at"] == world.now
    assert await pending(world, "lone-soon") == []
    world.wait(hours=1)
    await watch(world)
    assert await pending(world, "lone-late") == []


async def test_five_minutes_before_the_end_the_worker_is_reminded_at_night_too(
    world: Any, worker: Any
) -> None:
    await worker.tap("lone:60")
    [row] = await world.rows(schema.due, kind="lone-soon")

    assert row["due_at"] == world.now + timedelta(minutes=55)
    assert row["params"]["urgent"] == 1
    reply = await shown(world, worker, Kind.LONE_SOON)
    assert reply is not None
    assert "At 13:00 I tell a colleague." in reply.steps[0].text
    await worker.press("I am back")
    assert await shown(world, worker, Kind.LONE_SOON) is None


async def test_a_colleague_is_told_at_the_end_and_the_office_a_quarter_of_an_hour_later(
    world: Any, worker: Any, colleague: Any, office: Any
) -> None:
    await worker.tap("lone:30")
    world.wait(minutes=29)
    await watch(world)
    assert await pending(world, "lone-late") == []
    world.wait(minutes=1)
    await watch(world)
    await watch(world)
    assert await pending(world, "lone-late") == [(await colleague.person()).id]
    world.wait(minutes=14)
    await watch(world)
    assert len(await pending(world, "lone-late")) == 1
    world.wait(minutes=1)
    for _ in range(3):
        await watch(world)

    assert await pending(world, "lone-late") == [(await colleague.person()).id, (await office.person()).id]
    assert all(row["params"]["urgent"] == 1 for row in await world.rows(schema.due, kind="lone-late"))


async def test_an_alert_says_who_where_and_what_to_do(world: Any, worker: Any, colleague: Any) -> None:
    person = await worker.person()
    async with world.database.writing() as store:
        sealed = world.vault.seal_for(person.key, b"Dilnoza")
        await store.execute(
            schema.staff.update().where(schema.staff.c.person_id == person.id).values(name=sealed)
        )
    await world.add(
        schema.sites,
        code="s",
        area_id=1,
        kind="building-site",
        names={"en": "Tower", "ru": "Tower"},
        latitude=43.21,
        longitude=76.9,
    )
    await worker.tap("lonea:1")
    await worker.press("30 minutes")
    world.wait(minutes=30)
    await watch(world)

    reply = await shown(world, colleague, Kind.LONE_LATE)

    assert reply is not None
    for part in (f"Dilnoza ({pseudonym(person.id)})", "12:30", "🏗 Tower", "Old Town", "1. Call them", "112"):
        assert part in reply.steps[0].text
    assert (reply.steps[1].way, reply.steps[1].latitude) == (Way.VENUE, 43.21)


async def test_the_place_is_kept_sealed_shown_in_the_alert_and_erased_at_the_end(
    world: Any, worker: Any, colleague: Any
) -> None:
    await worker.tap("lone:30")
    await worker.press("Add where I am")
    assert worker.shown.steps[0].ask_location
    await worker.share_location(43.25, 76.95)
    assert Verb.LONE_END in worker.wishes

    [visit] = await world.rows(schema.lone_visits)
    assert b"43.25" not in visit["place"]
    world.wait(minutes=31)
    await watch(world)
    reply = await shown(world, colleague, Kind.LONE_LATE)
    assert reply is not None
    assert (reply.steps[1].latitude, reply.steps[1].longitude) == (43.25, 76.95)
    await worker.tap(f"lonee:{visit['id']}")

    [visit] = await world.rows(schema.lone_visits)
    assert visit["place"] is None
    assert await shown(world, colleague, Kind.LONE_LATE) is None


async def test_who_was_told_hears_that_all_is_well(
    world: Any, worker: Any, colleague: Any, office: Any
) -> None:
    await worker.tap("lone:30")
    world.wait(minutes=31)
    await watch(world)
    await sent(world)
    world.wait(minutes=16)
    await watch(world)  # the office's alert is planned and not sent yet
    await worker.tap("lone")
    await worker.press("I am back")

    assert await pending(world, "lone-late") == []
    assert await pending(world, "lone-well") == [(await colleague.person()).id]
    reply = await shown(world, colleague, Kind.LONE_WELL)
    assert reply is not None
    assert "All is well with" in reply.steps[0].text


async def test_a_colleague_who_reached_them_ends_it_and_everybody_is_told(
    world: Any, worker: Any, colleague: Any, office: Any
) -> None:
    await worker.tap("lone:30")
    world.wait(minutes=30)
    await watch(world)
    world.wait(minutes=15)
    await watch(world)
    await shown(world, colleague, Kind.LONE_LATE)
    await sent(world)
    await colleague.press("I have reached them")

    assert "Everybody is told" in colleague.text
    told = {(await office.person()).id, (await worker.person()).id}
    assert set(await pending(world, "lone-well")) == told
    assert await shown(world, worker, Kind.LONE_WELL) is not None
    await worker.tap("lone")
    assert "For how long?" in worker.text


async def test_nobody_else_ends_a_timer(world: Any, worker: Any, colleague: Any, office: Any) -> None:
    await worker.tap("lone:30")
    [visit] = await world.rows(schema.lone_visits)
    for other in (colleague, office):
        await other.tap(f"lonee:{visit['id']}")
        await other.tap(f"lonem:{visit['id']}")
        assert other.text == "This timer is over."
    world.wait(minutes=30)
    await watch(world)
    await office.tap(f"lonee:{visit['id']}")  # was not told

    [visit] = await world.rows(schema.lone_visits)
    assert visit["ended_at"] is None


async def test_longer_moves_the_end_and_calms_who_was_told(world: Any, worker: Any, colleague: Any) -> None:
    await worker.tap("lone:30")
    await worker.press("longer")
    [visit] = await world.rows(schema.lone_visits)
    assert visit["ends_at"] == world.now + timedelta(minutes=60)
    [reminder] = await world.rows(schema.due, kind="lone-soon")
    assert (reminder["due_at"], reminder["state"]) == (world.now + timedelta(minutes=55), "pending")
    world.wait(minutes=61)
    await watch(world)
    await sent(world)
    await worker.tap("lone")
    await worker.press("longer")

    assert await pending(world, "lone-well") == [(await colleague.person()).id]
    assert await shown(world, colleague, Kind.LONE_LATE) is None
    world.wait(minutes=31)
    await watch(world)
    assert await pending(world, "lone-late") == [(await colleague.person()).id]  # once more


async def test_a_timer_is_not_prolonged_without_end(world: Any, worker: Any) -> None:
    await worker.tap("lone:180")
    for _ in range(20):
        await worker.press("longer")

    [visit] = await world.rows(schema.lone_visits)
    assert visit["ends_at"] == world.now + timedelta(hours=8)


async def test_there_is_one_timer_at_a_time(world: Any, worker: Any) -> None:
    for wish in ("lone:30", "lone:60", "lonea:1"):
        await worker.tap(wish)
        assert Verb.LONE_END in worker.wishes

    assert await world.count(schema.lone_visits) == 1


async def test_who_is_alone_in_the_team_is_told_so(world: Any, worker: Any) -> None:
    await worker.tap("lone")

    assert "nobody would be told" in worker.text


async def test_a_timer_left_open_for_a_day_ends_by_itself(world: Any, worker: Any, colleague: Any) -> None:
    await worker.tap("lone:30")
    world.wait(hours=25)
    await watch(world)

    [visit] = await world.rows(schema.lone_visits)
    assert visit["ended_at"] == world.now


async def test_who_left_the_team_in_the_meantime_is_still_looked_for(
    world: Any, worker: Any, colleague: Any
) -> None:
    person = await worker.person()
    await worker.tap("lone:30")
    async with world.database.writing() as store:
        await store.execute(
            schema.staff.update().where(schema.staff.c.person_id == person.id).values(ended_at=world.now)
        )
    world.wait(minutes=31)
    await watch(world)

    assert await pending(world, "lone-late") == [(await colleague.person()).id]


async def test_a_forgotten_worker_alarms_nobody(world: Any, worker: Any, colleague: Any) -> None:
    person = await worker.person()
    await worker.tap("lone:30")
    async with world.database.writing() as store:
        hashes = world.vault.hashes(str(worker.telegram_id))
        await people.forget(store, person, hashes, now=world.now)
    world.wait(minutes=31)
    await watch(world)

    assert await pending(world, "lone-late") == []


@pytest.mark.parametrize(
    "wish", ["lone:31", "lone:-5", "lone:999999", "lonee:5", "lonem:5", "lonep", "lonee"]
)
async def test_forged_timers_do_nothing(world: Any, worker: Any, wish: str) -> None:
    await worker.tap(wish)

    assert await world.count(schema.lone_visits) == 0


async def test_a_site_that_is_not_theirs_is_left_out(world: Any, worker: Any) -> None:
    other = await world.area()
    await world.add(schema.sites, code="s", area_id=other, kind="market", names={"ru": "x"})

    await worker.tap("lone:30:1")

    [visit] = await world.rows(schema.lone_visits)
    assert visit["site_id"] is None
