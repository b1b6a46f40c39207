"""Whose a referral is in the store: settled by the rules, with its history, and who answers when."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from care.ownership import Reason, Wish
from care.roles import Role
from care.shift import next_shift, same_every_day
from storage import (
    links,
    looking_after,
    ownership,
    people,
    referrals,
    relays,
    settling,
    shifts,
    staff,
    tasks,
    wishes,
)
from storage.engine import Database
from storage.schema import area_posts, areas, cities, due, ownerships, regions
from storage.schema import referrals as referrals_table
from storage.schema import staff as staff_table
from storage.vault import Vault

ALMATY, BERLIN = "Asia/Almaty", "Europe/Berlin"
NOON = datetime(2026, 11, 23, 7, tzinfo=UTC)  # a Monday, 12:00 in Almaty
NIGHT = NOON + timedelta(hours=10)
NINE = NOON + timedelta(hours=21)  # the next morning


@dataclass
class Town:
    """A store with two areas, and what is put into it in few words."""

    database: Database
    vault: Vault
    number: int = 7000

    async def person(self, **values: Any) -> int:
        self.number += 1
        given = {"locale": "uz", "consent_version": "2", "link_id": None, "area_id": 1, **values}
        async with self.database.writing() as store:
            return (await people.add(store, self.vault, self.number, now=NOON, **given)).id

    async def member(self, role: Role = Role.WORKER, *, area_id: int | None = 1, **values: Any) -> int:
        person_id = await self.person()
        async with self.database.writing() as store:
            place = area_id if role is Role.WORKER else None
            staff_id = await staff.add(store, person_id, role, now=NOON, area_id=place)
        if values:
            await self.change(staff_id, **values)
        return staff_id

    async def change(self, staff_id: int, **values: Any) -> None:
        async with self.database.writing() as store:
            await store.execute(update(staff_table).where(staff_table.c.id == staff_id).values(**values))

    async def posts(self, owner_id: int | None, cover_id: int | None = None) -> None:
        async with self.database.writing() as store:
            await store.execute(insert(area_posts).values(area_id=1, owner_id=owner_id, cover_id=cover_id))

    async def referred(self, **values: Any) -> int:
        """Add somebody with an open referral and return the person's id."""
        person_id = await self.person()
        async with self.database.writing() as store:
            await referrals.open_for(store, person_id, now=NOON, **{"area_id": 1, **values})
        return person_id

    async def settle(self, person_id: int, link_staff_id: int | None = None, now: datetime = NOON) -> bool:
        async with self.database.writing() as store:
            return await ownership.settle(store, person_id, now=now, zone=ALMATY, link_staff_id=link_staff_id)

    async def owner(self, person_id: int) -> int | None:
        async with self.database.reading() as store:
            row = await referrals.of(store, person_id)
        assert row is not None
        return row["staff_id"]

    async def history(self, person_id: int) -> list[tuple[int, str]]:
        statement = (
            select(ownerships.c.staff_id, ownerships.c.reason)
            .join(referrals_table, referrals_table.c.id == ownerships.c.referral_id)
            .where(referrals_table.c.person_id == person_id)
            .order_by(ownerships.c.since, ownerships.c.until.is_(None))
        )
        async with self.database.reading() as store:
            return [(row.staff_id, row.reason) for row in (await store.execute(statement)).all()]

    async def prefer(self, person_id: int, gender: str | None) -> wishes.Preferred | None:
        async with self.database.writing() as store:
            return await wishes.prefer(store, person_id, gender, now=NOON, zone=ALMATY)


@pytest.fixture
async def town(any_database: Database, vault: Vault) -> Town:
    async with any_database.writing() as store:
        await store.execute(insert(regions).values(id=1, code="r", names={}))
        for number, zone in ((1, ALMATY), (2, BERLIN)):
            city = {"id": number, "code": f"c{number}", "region_id": 1, "zone": zone, "names": {}}
            await store.execute(insert(cities).values(**city))
            await store.execute(insert(areas).values(id=number, code=f"a{number}", city_id=number, names={}))
    return Town(any_database, vault)


async def test_a_referral_goes_to_the_links_worker_and_the_history_says_so(town):
    worker, person_id = await town.member(area_id=2), await town.referred()

    assert await town.settle(person_id, worker)

    assert await town.owner(person_id) == worker
    assert await town.history(person_id) == [(worker, "link")]


async def test_without_a_link_it_goes_to_the_owner_of_the_area_then_to_the_cover(town):
    owner, cover = await town.member(), await town.member()
    await town.posts(owner, cover)
    first, second = await town.referred(), await town.referred()

    await town.settle(first)
    await town.change(owner, away_until=NOON + timedelta(days=1))
    await town.settle(second)

    assert await town.history(first) == [(owner, "owner")]
    assert await town.history(second) == [(cover, "cover")]


async def test_at_night_it_goes_to_a_coordinator_when_everybody_is_off(town):
    await town.member()
    boss, person_id = await town.member(Role.COORDINATOR), await town.referred()

    await town.settle(person_id, now=NIGHT)

    assert await town.history(person_id) == [(boss, "office")]


async def test_the_person_without_a_team_stays_nobodys_and_is_settled_later(town):
    person_id = await town.referred()
    assert not await town.settle(person_id)
    assert await town.history(person_id) == []

    worker = await town.member()

    assert await town.settle(person_id)
    assert await town.owner(person_id) == worker


async def test_settled_twice_is_settled_once(town):
    worker, person_id = await town.member(), await town.referred()
    await town.settle(person_id)

    assert not await town.settle(person_id)
    assert await town.history(person_id) == [(worker, "owner")]


async def test_who_stands_in_gives_way_to_who_brought_the_person_and_nobody_else_does(town):
    first, second = await town.member(), await town.member()
    boss, person_id = await town.member(Role.COORDINATOR), await town.referred(area_id=2)
    await town.settle(person_id)
    assert await town.owner(person_id) == boss

    assert await town.settle(person_id, first)
    assert not await town.settle(person_id, second)

    assert await town.history(person_id) == [(boss, "office"), (first, "link")]


async def test_whoever_has_left_gives_way(town):
    gone, worker = await town.member(), await town.member()
    person_id = await town.referred(staff_id=gone)
    await town.change(gone, ended_at=NOON)

    assert await town.settle(person_id)

    assert await town.history(person_id) == [(gone, "link"), (worker, "owner")]


async def test_nobody_without_a_referral_is_settled(town):
    await town.member()

    assert not await town.settle(await town.person())
    assert not await town.settle(12345)


async def test_a_link_adopts_a_person_with_the_history(town):
    worker, boss = await town.member(area_id=2), await town.member(Role.COORDINATOR)
    person_id = await town.referred(area_id=2)
    await town.change(worker, away_until=NOON + timedelta(hours=1))
    await town.settle(person_id)
    await town.change(worker, away_until=None)
    async with town.database.writing() as store:
        link = await links.by_id(store, await links.add(store, now=NOON, staff_id=worker), now=NOON)
        assert link is not None
        assert await links.adopt(store, person_id, link, now=NOON, zone=ALMATY)

    assert await town.history(person_id) == [(boss, "office"), (worker, "link")]


async def test_tasks_of_others_stay_theirs_when_a_referral_changes_hands(town):
    first, second, third = await town.member(), await town.member(), await town.member()
    person_id = await town.referred(staff_id=first)
    async with town.database.writing() as store:
        row = await referrals.of(store, person_id)
        assert row is not None
        given = {"person_id": person_id, "promised_at": NOON, "now": NOON}
        own, free, other = [
            (await tasks.add(store, **given, kind=kind, staff_id=staff_id)).id
            for kind, staff_id in (("talk", first), ("company", None), ("result", third))
        ]
        assert await ownership.assign(store, row["id"], second, Reason.HANDED, now=NOON)
        assert not await ownership.assign(store, row["id"], second, Reason.HANDED, now=NOON)
        found = [await tasks.by_id(store, number) for number in (own, free, other)]

    assert [one and one.staff_id for one in found] == [second, second, third]


async def test_a_closed_referral_is_not_given_to_anybody(town):
    first, second = await town.member(), await town.member()
    person_id = await town.referred(staff_id=first)
    async with town.database.writing() as store:
        row = await referrals.of(store, person_id)
        assert row is not None
        await store.execute(update(referrals_table).values(closed_at=NOON))
        assert not await ownership.assign(store, row["id"], second, Reason.HANDED, now=NOON)


async def test_paused_and_ended_members_and_registrars_are_not_of_the_team(town):
    worker = await town.member()
    await town.change(await town.member(), paused_at=NOON)
    await town.change(await town.member(), ended_at=NOON)
    await town.member(Role.REGISTRAR)

    async with town.database.reading() as store:
        found = await ownership.team(store, now=NOON, zone=ALMATY)

    assert [one.staff_id for one in found] == [worker]


async def test_everybody_works_on_the_clock_of_their_own_city(town):
    here, there = await town.member(), await town.member(area_id=2)
    boss = await town.member(Role.COORDINATOR)

    async with town.database.reading() as store:
        found = {one.staff_id: one for one in await ownership.team(store, now=NOON, zone="Asia/Tokyo")}
        zones = await ownership.schedules_of(store, zone="Asia/Tokyo", staff_ids=[here, there, boss])

    assert {one: zones[one].zone for one in zones} == {here: ALMATY, there: BERLIN, boss: "Asia/Tokyo"}
    assert found[here].on_shift  # 12:00
    assert not found[there].on_shift  # 08:00


async def test_the_owner_is_found_for_a_wish_with_the_posts_of_the_area(town):
    owner = await town.member(area_id=2)
    await town.member()
    await town.posts(owner)
    wish = Wish(person_id=await town.person(), locale="uz", area_id=1)

    async with town.database.reading() as store:
        found = await ownership.owner_for(store, wish, now=NOON + timedelta(hours=2), zone=ALMATY)

    assert found is not None
    assert (found[0].staff_id, found[1]) == (owner, Reason.OWNER)


async def test_the_weekly_hours_that_were_set_are_those_that_are_promised(town):
    worker = await town.member()
    async with town.database.writing() as store:
        schedules = await ownership.schedules_of(store, zone=ALMATY, staff_ids=[worker])
        await shifts.keep_week(store, [worker], same_every_day(schedules[worker], (time(10), time(12))))
        kept = await ownership.schedules_of(store, zone=ALMATY, staff_ids=[worker])

    assert next_shift(kept[worker], now=NIGHT) == NINE + timedelta(hours=1)


async def test_a_wish_for_a_woman_holds_at_once_with_history_and_word_to_her(town):
    man, woman = await town.member(gender="m"), await town.member(gender="f")
    person_id = await town.referred(staff_id=man)

    assert await town.prefer(person_id, "f") == wishes.Preferred(met=True, moved=True)

    assert await town.history(person_id) == [(man, "link"), (woman, "wish")]
    async with town.database.reading() as store:
        planned = (await store.execute(select(due.c.kind).where(due.c.state == "pending"))).scalars().all()
    assert planned == ["taken-over"]
    assert await town.prefer(person_id, "f") == wishes.Preferred(met=True, moved=False)
    assert await town.prefer(person_id, None) == wishes.Preferred(met=True, moved=False)


async def test_a_wish_that_nobody_fits_is_kept_and_moves_nobody(town):
    man = await town.member(gender="m")
    person_id = await town.referred(staff_id=man)

    assert await town.prefer(person_id, "f") == wishes.Preferred(met=False, moved=False)

    assert await town.owner(person_id) == man
    async with town.database.reading() as store:
        row = await referrals.of(store, person_id)
    assert row is not None
    assert row["wanted_gender"] == "f"
    assert await town.prefer(await town.person(), "f") is None


async def test_visits_are_told_to_whose_the_person_is_and_not_to_an_office(town):
    worker, boss = await town.member(), await town.member(Role.COORDINATOR)
    first = await town.referred(staff_id=worker)
    second = await town.referred(area_id=2)
    await town.change(worker, paused_at=NOON)
    await town.settle(second)
    assert await town.owner(second) == boss
    await town.change(worker, paused_at=None)

    async with town.database.reading() as store:
        [told] = [
            one.person_id
            for one in await ownership.team(store, now=NOON, zone=ALMATY)
            if one.staff_id == worker
        ]
        assert await looking_after.told_of_visits(store, first) == told
        assert await looking_after.told_of_visits(store, second) is None


async def test_a_card_without_a_name_names_nobody(town, vault):
    worker = await town.member()
    async with town.database.reading() as store:
        assert await looking_after.name_of(store, vault, worker) is None
        assert await looking_after.name_of(store, vault, 12345) is None


async def settled(town: Town) -> int:
    async with town.database.writing() as store:
        return await settling.settle_all(store, now=NOON + timedelta(hours=2), zone=ALMATY)


async def kinds(town: Town) -> list[str]:
    async with town.database.reading() as store:
        return sorted((await store.execute(select(due.c.kind))).scalars())


async def test_who_is_nobodys_is_somebodys_as_soon_as_there_is_somebody(town):
    people_ids = [await town.referred() for _ in range(4)]
    assert await settled(town) == 0
    team = [await town.member(), await town.member()]

    assert await settled(town) == 4

    owners = [await town.owner(person_id) for person_id in people_ids]
    assert sorted(owners) == sorted([*team, *team])
    assert await kinds(town) == ["taken-over", "taken-over"]
    assert await settled(town) == 0
    async with town.database.reading() as store:
        assert not await settling.anybody_alone(store, now=NOON + timedelta(hours=2))


async def test_whose_owner_has_left_without_a_word_gets_somebody_and_is_told(town):
    gone, worker = await town.member(), await town.member()
    person_id = await town.referred(staff_id=gone)
    await town.change(gone, ended_at=NOON)

    assert await settled(town) == 1

    assert await town.owner(person_id) == worker
    assert await kinds(town) == ["handed", "taken-over"]


async def test_the_team_itself_needs_nobody_to_look_after_it(town):
    await town.member()
    boss = await town.member(Role.COORDINATOR)
    async with town.database.writing() as store:
        row = (await store.execute(select(staff_table).where(staff_table.c.id == boss))).mappings().one()
        await referrals.open_for(store, row["person_id"], now=NOON)

    assert await settled(town) == 0


async def test_who_came_a_moment_ago_may_be_joining_the_team(town):
    await town.referred()
    await town.member()

    async with town.database.reading() as store:
        assert not await settling.anybody_alone(store, now=NOON + timedelta(minutes=59))
        assert await settling.anybody_alone(store, now=NOON + timedelta(hours=1))


async def test_who_is_forgotten_leaves_history_and_talks_that_somebody_else_takes(town, vault):
    gone, person_id = await town.member(), await town.person()
    async with town.database.writing() as store:
        await referrals.open_for(store, person_id, now=NOON, staff_id=gone)
        talk = await relays.begin(store, person_id=person_id, promised_at=NOON, now=NOON, staff_id=gone)
        row = (await store.execute(select(staff_table).where(staff_table.c.id == gone))).mappings().one()
        worker = await people.by_id(store, row["person_id"])
        assert worker is not None
        await people.forget(store, worker, [], now=NOON)
        left = await relays.by_id(store, talk.id)

    assert left is not None
    assert left.staff_id is None
    assert await town.owner(person_id) is None
    async with town.database.reading() as store:
        assert (await store.execute(select(ownerships.c.until))).scalars().all() == [NOON]
    colleague = await town.member()
    assert await settled(town) == 1
    assert await town.owner(person_id) == colleague
