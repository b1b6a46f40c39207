"""A worker goes on holiday: whoever came through their link is with the cover, and comes back with them."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from care.roles import Role
from storage import schema

CODE = "Fh3kQ9xLm2Zt7PbV"


class Street:
    """A worker with a link, a cover, and a coordinator, in one area."""

    world: Any
    worker: Any
    ids: dict[str, int]

    async def build(self, world: Any) -> "Street":
        self.world, self.worker, self.ids = world, world.somebody(), {}
        area = await world.area()
        self.ids["worker"] = await self.worker.hire(Role.WORKER, area_id=area)
        self.ids["cover"] = await world.somebody().hire(Role.WORKER, area_id=area)
        self.ids["boss"] = await world.somebody().hire(Role.COORDINATOR)
        await world.link(code=CODE, staff_id=self.ids["worker"], area_id=area)
        async with world.database.writing() as store:
            posts = {"area_id": area, "owner_id": self.ids["worker"], "cover_id": self.ids["cover"]}
            await store.execute(insert(schema.area_posts).values(**posts))
        return self

    async def newcomer(self, code: str | None = CODE) -> Any:
        """Come in, choose a language, agree; return the phone."""
        someone = self.world.somebody()
        await someone.command(f"/start {code}" if code else "/start")
        await someone.press("English")
        await someone.tap(f"agree~en~{code}" if code else "agree~en")
        return someone

    async def owner(self, someone: Any) -> str | None:
        person = await someone.person()
        [row] = await self.world.rows(schema.referrals, person_id=person.id)
        return next((name for name, number in self.ids.items() if number == row["staff_id"]), None)

    async def history(self, someone: Any) -> list[str]:
        person = await someone.person()
        [referral] = await self.world.rows(schema.referrals, person_id=person.id)
        rows = await self.world.rows(schema.ownerships, referral_id=referral["id"])
        return [row["reason"] for row in sorted(rows, key=lambda row: row["since"])]


@pytest.fixture
async def street(world: Any) -> Street:
    return await Street().build(world)


async def test_who_comes_through_a_link_is_its_workers_also_when_they_are_off_shift(street):
    street.world.wait(hours=11)

    someone = await street.newcomer()

    assert await street.owner(someone) == "worker"
    assert await street.history(someone) == ["link"]


async def test_who_comes_through_a_link_while_its_worker_is_away_is_the_covers(street):
    await street.worker.tap("away:20261130:y")

    someone = await street.newcomer()

    assert await street.owner(someone) == "cover"
    assert await street.history(someone) == ["cover"]


async def test_who_came_without_a_link_is_an_offices_until_a_link_brings_them(street):
    someone = await street.newcomer(None)
    assert await street.owner(someone) == "boss"

    await someone.command(f"/start {CODE}")

    assert await street.owner(someone) == "worker"
    assert await street.history(someone) == ["office", "link"]


async def test_a_holiday_moves_people_and_their_talks_there_and_back_and_loses_nobody(street):
    talking, silent = await street.newcomer(), await street.newcomer()
    await talking.command("/talk")
    await talking.press("Yes, please")

    await street.worker.tap("away:20261130:y")

    assert [await street.owner(one) for one in (talking, silent)] == ["cover", "cover"]
    [talk] = await street.world.rows(schema.relays)
    assert talk["staff_id"] == street.ids["cover"]
    open_tasks = [row["staff_id"] for row in await street.world.rows(schema.tasks) if not row["done_at"]]
    assert set(open_tasks) == {street.ids["cover"]}
    assert len(await street.world.rows(schema.due, kind="handed")) == 2
    [summary] = await street.world.rows(schema.due, kind="taken-over")
    assert summary["params"]["people"] == 2

    await street.worker.tap("back")
    assert [await street.owner(one) for one in (talking, silent)] == ["worker", "worker"]
    [talk] = await street.world.rows(schema.relays)
    assert talk["staff_id"] == street.ids["worker"]
    assert await street.history(silent) == ["link", "away", "back"]


async def test_who_prefers_a_woman_says_so_where_they_ask_for_a_person(street):
    someone = await street.newcomer()
    async with street.world.database.writing() as store:
        cover = schema.staff.c.id == street.ids["cover"]
        await store.execute(update(schema.staff).where(cover).values(gender="f"))
    await someone.command("/talk")

    await someone.press("I prefer a woman or a man")
    await someone.press("A woman")

    assert await street.owner(someone) == "cover"
    assert await street.history(someone) == ["link", "wish"]


async def test_a_visit_is_told_to_whose_the_person_is(street):
    someone = await street.newcomer()
    [area] = await street.world.rows(schema.areas)
    await street.world.clinic(area["id"])
    await street.worker.tap("away:20261130:y")
    await someone.command("/book")

    await someone.tap("bky:1:202611241700:skip")

    [told] = await street.world.rows(schema.due, kind="booked")
    [cover] = await street.world.rows(schema.staff, id=street.ids["cover"])
    assert told["person_id"] == cover["person_id"]


async def test_whoever_agrees_in_order_to_join_the_team_is_nobodys_person(street):
    someone = street.world.somebody()
    await someone.command("/start")
    await someone.press("English")

    await someone.tap("agree:join:AAAAAAAAAAAAAAAAAAAAAA~en")

    assert await street.owner(someone) is None


@pytest.mark.parametrize(("topic", "answers"), [("stopping-early", "cover"), ("treatment", "worker")])
async def test_what_is_urgent_goes_to_who_is_there_and_the_rest_waits_for_whose_it_is(street, topic, answers):
    someone = await street.newcomer()
    await someone.tap(f"talk:{topic}")
    street.world.wait(hours=10)
    async with street.world.database.writing() as store:
        cover = schema.staff.c.id == street.ids["cover"]
        until = street.world.now + timedelta(hours=2)
        await store.execute(update(schema.staff).where(cover).values(here_until=until))

    await someone.tap(f"talky:{topic}")

    [talk] = await street.world.rows(schema.relays)
    assert talk["staff_id"] == street.ids[answers]
    assert await street.owner(someone) == "worker"


async def test_after_an_urgent_check_whoever_is_there_answers(street):
    someone = await street.newcomer()
    street.world.wait(hours=10)
    async with street.world.database.writing() as store:
        cover = schema.staff.c.id == street.ids["cover"]
        until = street.world.now + timedelta(hours=2)
        await store.execute(update(schema.staff).where(cover).values(here_until=until))
        await store.execute(update(schema.referrals).values(advice="urgent", checked_at=street.world.now))

    await someone.tap("talky")

    [talk] = await street.world.rows(schema.relays)
    assert talk["staff_id"] == street.ids["cover"]
