from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from care.handover import Moved
from care.ownership import Reason
from care.roles import Role
from storage import handover, ownership, people, referrals, staff
from storage.engine import Database
from storage.people import random_id
from storage.schema import (
    areas,
    cities,
    companies,
    due,
    ownerships,
    regions,
    relays,
    tasks,
)
from storage.schema import referrals as referrals_table
from storage.schema import staff as staff_table
from storage.vault import Vault

ZONE = "Asia/Almaty"


@dataclass
class Team:
    """A store with an area, and what is put into it in few words."""

    database: Database
    vault: Vault
    now: datetime
    number: int = 7000

    async def person(self, **values: Any) -> int:
        self.number += 1
        given = {"locale": "uz", "consent_version": "2", "link_id": None, "area_id": 1, **values}
        async with self.database.writing() as store:
            return (await people.add(store, self.vault, self.number, now=self.now, **given)).id

    async def member(self, role: Role = Role.WORKER, **values: Any) -> int:
        person_id = await self.person()
        async with self.database.writing() as store:
            area_id = 1 if role is Role.WORKER else None
            staff_id = await staff.add(store, person_id, role, now=self.now, area_id=area_id)
            if values:
                await store.execute(update(staff_table).where(staff_table.c.id == staff_id).values(**values))
        return staff_id

    async def of(self, staff_id: int | None, **values: Any) -> tuple[int, int]:
        """Add somebody whose referral is `staff_id`'s; return the person's id and the referral's."""
        person_id = await self.person()
        async with self.database.writing() as store:
            referral_id = await referrals.open_for(store, person_id, now=self.now, area_id=1)
            if values:
                await store.execute(
                    update(referrals_table).where(referrals_table.c.id == referral_id).values(**values)
                )
            if staff_id is not None:
                await ownership.assign(store, referral_id, staff_id, Reason.LINK, now=self.now)
        return person_id, referral_id

    async def add(self, table: Any, **values: Any) -> int:
        row = {"id": random_id(), **values}
        async with self.database.writing() as store:
            await store.execute(insert(table).values(**row))
        return int(row["id"])

    async def one(self, table: Any, number: int) -> Any:
        async with self.database.reading() as store:
            return (await store.execute(select(table).where(table.c.id == number))).mappings().one()

    async def give(self, staff_id: int, reason: Reason = Reason.LEFT, to: int | None = None) -> list[Moved]:
        async with self.database.writing() as store:
            return await handover.hand_over(store, staff_id, reason=reason, now=self.now, zone=ZONE, to=to)

    async def back(self, staff_id: int) -> list[Moved]:
        async with self.database.writing() as store:
            return await handover.give_back(store, staff_id, now=self.now, zone=ZONE)

    async def change(self, staff_id: int, **values: Any) -> None:
        async with self.database.writing() as store:
            await store.execute(update(staff_table).where(staff_table.c.id == staff_id).values(**values))

    async def history(self, referral_id: int) -> list[tuple[int, str, bool]]:
        statement = (
            select(ownerships)
            .where(ownerships.c.referral_id == referral_id)
            .order_by(ownerships.c.since, ownerships.c.until.is_(None))
        )
        async with self.database.reading() as store:
            rows = (await store.execute(statement)).mappings().all()
        return [(row["staff_id"], row["reason"], row["until"] is None) for row in rows]

    async def notices(self, kind: str) -> list[Any]:
        async with self.database.reading() as store:
            statement = select(due).where(due.c.kind == kind, due.c.state == "pending")
            return list((await store.execute(statement)).mappings().all())


@pytest.fixture
async def team(any_database: Database, vault: Vault, now: datetime) -> Team:
    async with any_database.writing() as store:
        await store.execute(insert(regions).values(id=1, code="r", names={}))
        await store.execute(insert(cities).values(id=1, code="c", region_id=1, zone=ZONE, names={}))
        await store.execute(insert(areas).values(id=1, code="a", city_id=1, names={}))
    return Team(any_database, vault, now)


async def test_a_caseload_goes_to_the_named_colleague_with_history(team):
    leaving, colleague = await team.member(), await team.member()
    person_id, referral_id = await team.of(leaving)
    team.now += timedelta(hours=1)

    moved = await team.give(leaving, Reason.HANDED, to=colleague)

    assert moved == [Moved(person_id=person_id, referral_id=referral_id, to_staff_id=colleague)]
    assert (await team.one(referrals_table, referral_id))["staff_id"] == colleague
    assert await team.history(referral_id) == [(leaving, "link", False), (colleague, "handed", True)]


async def test_nothing_moves_twice(team):
    leaving, _ = await team.member(), await team.member()
    await team.of(leaving)
    assert len(await team.give(leaving)) == 1

    assert await team.give(leaving) == []
    assert len(await team.notices("handed")) == len(await team.notices("taken-over")) == 1


async def test_a_caseload_is_spread_over_equals(team):
    leaving, one, other = await team.member(), await team.member(), await team.member()
    for _ in range(6):
        await team.of(leaving)
    team.now += timedelta(hours=5)  # 14:30: everybody is on shift

    moved = await team.give(leaving)

    assert sorted(row.to_staff_id for row in moved) == sorted([one, other] * 3)
    notices = await team.notices("taken-over")
    assert sorted(row["params"]["people"] for row in notices) == [3, 3]


async def test_the_person_is_told_once_and_so_is_the_new_owner(team):
    leaving, cover = await team.member(), await team.member()
    person_id, _ = await team.of(leaving)
    await team.of(leaving)

    await team.give(leaving)

    told = await team.notices("handed")
    assert len(told) == 2
    assert person_id in {row["person_id"] for row in told}
    assert {row["params"]["staff"] for row in told} == {cover}
    (summary,) = await team.notices("taken-over")
    assert summary["params"] == {"people": 2, "reason": "left"}


async def test_tasks_talks_and_company_go_along(team):
    leaving, cover = await team.member(), await team.member()
    person_id, _ = await team.of(leaving)
    head = {"person_id": person_id, "staff_id": leaving}
    task = await team.add(tasks, kind="talk", promised_at=team.now, created_at=team.now, **head)
    relay = await team.add(relays, promised_at=team.now, tags=[], opened_at=team.now, **head)
    company = await team.add(
        companies, booking_id=1, state="accepted", refused_by=[], created_at=team.now, **head
    )
    done = await team.add(
        tasks, kind="talk", promised_at=team.now, created_at=team.now, done_at=team.now, **head
    )

    await team.give(leaving)

    for table, number in ((tasks, task), (relays, relay), (companies, company)):
        assert (await team.one(table, number))["staff_id"] == cover
    assert (await team.one(tasks, done))["staff_id"] == leaving


async def test_a_talk_about_somebody_elses_person_goes_to_whose_the_person_is(team):
    leaving, owner, _ = await team.member(), await team.member(), await team.member()
    person_id, referral_id = await team.of(owner)
    relay = await team.add(
        relays, person_id=person_id, staff_id=leaving, promised_at=team.now, tags=[], opened_at=team.now
    )

    moved = await team.give(leaving)

    assert [(one.referral_id, one.to_staff_id) for one in moved] == [(None, owner)]
    assert (await team.one(relays, relay))["staff_id"] == owner
    assert await team.history(referral_id) == [(owner, "link", True)]


async def test_company_with_a_woman_stays_company_with_a_woman(team):
    leaving, man = await team.member(gender="f"), await team.member(gender="m")
    woman = await team.member(gender="f")
    person_id, _ = await team.of(leaving)
    company = await team.add(
        companies,
        person_id=person_id,
        staff_id=leaving,
        booking_id=1,
        wanted_gender="f",
        state="accepted",
        refused_by=[],
        created_at=team.now,
    )

    await team.give(leaving, to=man)

    assert (await team.one(companies, company))["staff_id"] == woman


async def test_whoever_asked_for_a_woman_gets_a_woman(team):
    leaving, _, woman = (
        await team.member(gender="f"),
        await team.member(gender="m"),
        await team.member(gender="f"),
    )
    await team.of(leaving, wanted_gender="f")

    (moved,) = await team.give(leaving)

    assert moved.to_staff_id == woman


async def test_where_there_is_nobody_it_is_nobodys_and_nobody_is_told(team):
    leaving = await team.member()
    person_id, referral_id = await team.of(leaving)
    task = await team.add(
        tasks, person_id=person_id, staff_id=leaving, kind="talk", promised_at=team.now, created_at=team.now
    )

    (moved,) = await team.give(leaving)

    assert moved.to_staff_id is None
    assert (await team.one(referrals_table, referral_id))["staff_id"] is None
    assert (await team.one(tasks, task))["staff_id"] is None
    assert await team.history(referral_id) == [(leaving, "link", False)]
    assert await team.notices("handed") == await team.notices("taken-over") == []


async def test_a_colleague_who_has_left_too_gets_nobody(team):
    leaving, gone = await team.member(), await team.member()
    boss = await team.member(Role.COORDINATOR)
    await team.change(gone, ended_at=team.now)
    await team.of(leaving)

    (moved,) = await team.give(leaving, to=gone)

    assert moved.to_staff_id == boss


async def test_nobody_is_handed_themselves(team):
    leaving, colleague = await team.member(), await team.member()
    boss = await team.member(Role.COORDINATOR)
    _, referral_id = await team.of(leaving)
    own = (await team.one(staff_table, colleague))["person_id"]
    async with team.database.writing() as store:
        await store.execute(
            update(referrals_table).where(referrals_table.c.id == referral_id).values(person_id=own)
        )

    (moved,) = await team.give(leaving, to=colleague)

    assert moved.to_staff_id == boss


async def test_a_caseload_cannot_be_handed_to_whose_it_is(team):
    leaving = await team.member()
    with pytest.raises(ValueError, match="somebody else"):
        await team.give(leaving, to=leaving)


async def test_whoever_is_back_gets_their_people_back(team):
    worker, cover = await team.member(), await team.member()
    person_id, referral_id = await team.of(worker)
    await team.change(worker, away_until=team.now + timedelta(days=7))
    await team.give(worker, Reason.AWAY)
    team.now += timedelta(days=3)
    await team.change(worker, away_until=None)

    moved = await team.back(worker)

    assert moved == [Moved(person_id=person_id, referral_id=referral_id, to_staff_id=worker)]
    assert await team.history(referral_id) == [
        (worker, "link", False),
        (cover, "away", False),
        (worker, "back", True),
    ]
    assert await team.back(worker) == []


async def test_what_was_handed_on_meanwhile_stays_where_it_is(team):
    worker, cover, third = await team.member(), await team.member(), await team.member()
    await team.of(worker)
    await team.give(worker, Reason.AWAY, to=cover)
    team.now += timedelta(days=1)
    await team.give(cover, Reason.HANDED, to=third)
    team.now += timedelta(days=1)

    assert await team.back(worker) == []


async def test_a_cover_of_the_cover_gives_back_to_whose_it_was(team):
    worker, cover, third = await team.member(), await team.member(), await team.member()
    await team.of(worker)
    await team.give(worker, Reason.AWAY, to=cover)
    team.now += timedelta(days=1)
    await team.give(cover, Reason.AWAY, to=third)
    team.now += timedelta(days=1)

    assert await team.back(cover) == []
    assert [one.to_staff_id for one in await team.back(worker)] == [worker]


async def test_whoever_is_away_still_or_has_left_gets_nobody_back(team):
    worker, cover = await team.member(), await team.member()
    await team.of(worker)
    await team.give(worker, Reason.AWAY, to=cover)
    await team.change(worker, away_until=team.now + timedelta(days=1))
    assert await team.back(worker) == []

    await team.change(worker, away_until=None, ended_at=team.now)
    assert await team.back(worker) == []


async def test_who_never_heard_of_the_cover_is_not_told_of_the_return(team):
    worker, cover = await team.member(), await team.member()
    await team.of(worker)
    await team.give(worker, Reason.AWAY, to=cover)

    await team.back(worker)

    assert await team.notices("handed") == []


async def test_a_talk_in_which_the_cover_has_written_stays_with_the_cover(team):
    worker, cover = await team.member(), await team.member()
    (written, _), (begun, _), (waits, _) = [await team.of(worker) for _ in range(3)]
    head = {"staff_id": worker, "promised_at": team.now, "tags": [], "opened_at": team.now}
    answered = {**head, "answered_at": team.now, "staff_wrote_at": team.now}  # by the worker
    first = await team.add(relays, person_id=written, **answered)
    second = await team.add(relays, person_id=begun, **answered)
    third = await team.add(relays, person_id=waits, **head)
    team.now += timedelta(hours=1)
    await team.give(worker, Reason.AWAY, to=cover)
    later = team.now + timedelta(hours=1)
    async with team.database.writing() as store:
        await store.execute(update(relays).where(relays.c.id == first).values(staff_wrote_at=later))

    await team.back(worker)

    assert (await team.one(relays, first))["staff_id"] == cover
    assert (await team.one(relays, second))["staff_id"] == worker
    assert (await team.one(relays, third))["staff_id"] == worker


async def test_a_whole_caseload_moves_in_one_go(team):
    leaving, cover = await team.member(), await team.member()
    for _ in range(30):
        await team.of(leaving)

    moved = await team.give(leaving)

    assert len({one.person_id for one in moved}) == len(moved) == 30
    async with team.database.reading() as store:
        open_rows = select(func.count()).select_from(ownerships).where(ownerships.c.until.is_(None))
        assert (await store.execute(open_rows)).scalar_one() == 30
    assert {one.to_staff_id for one in moved} == {cover}
