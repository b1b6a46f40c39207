"""Tasks that come, close and climb by themselves, and the morning message, over a real store."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from bot.tasks import look
from care.message_kinds import Kind as Due
from care.roles import Role
from care.tasks import Kind as What
from care.tasks import Need, Priority
from storage import erasing, people, referrals, schema, staff, task_changes
from storage.engine import Database
from storage.vault import Vault

NOON = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # Monday, 12:00 in Almaty
ZONE = "Asia/Almaty"
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


class Team:
    """A worker, a coordinator, and people in the worker's care."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self.database, self.vault, self.number = database, vault, 0
        self.worker = self.boss = self.worker_person = self.boss_person = 0

    async def begin(self) -> "Team":
        async with self.database.writing() as store:
            for name, role in (("worker", Role.WORKER), ("boss", Role.COORDINATOR)):
                person = await self._person(store)
                setattr(self, f"{name}_person", person.id)
                setattr(self, name, await staff.add(store, person.id, role, now=NOON - 30 * DAY))
        return self

    async def _person(self, store: Any) -> Any:
        self.number += 1
        given = {"locale": "uz", "consent_version": "1", "link_id": None, "area_id": None}
        return await people.add(store, self.vault, 7000 + self.number, now=NOON, **given)

    async def somebody(self, *, owner: int | None = -1, **values: Any) -> tuple[Any, int]:
        """Add somebody with an open referral of the worker; `values` are columns of it."""
        async with self.database.writing() as store:
            person = await self._person(store)
            referral = await referrals.open_for(
                store, person.id, now=NOON - 20 * DAY, staff_id=self.worker if owner == -1 else owner
            )
            await self.change(store, referral, **values)
        return person, referral

    async def change(self, store: Any, referral: int, **values: Any) -> None:
        if values:
            await store.execute(
                update(schema.referrals).where(schema.referrals.c.id == referral).values(**values)
            )

    async def booked(self, person: Any, referral: int, *, starts_at: datetime, **values: Any) -> int:
        """Add a visit."""
        self.number += 1
        async with self.database.writing() as store:
            if await self._clinic(store) == 0:
                await self._make_clinic(store)
            row = {
                "id": people.random_id(),
                "person_id": person.id,
                "referral_id": referral,
                "clinic_id": 1,
                "starts_at": starts_at,
                "local_start": f"{starts_at:%Y-%m-%dT%H:%M}",
                "local_day": f"{starts_at:%Y-%m-%d}",
                "zone": ZONE,
                "place": self.number,
                "created_at": NOON - DAY,
                **values,
            }
            await store.execute(insert(schema.bookings).values(**row))
        return int(row["id"])

    async def _clinic(self, store: Any) -> int:
        return len((await store.execute(select(schema.clinics.c.id))).all())

    async def _make_clinic(self, store: Any) -> None:
        await store.execute(insert(schema.regions).values(id=1, code="r", names={}))
        await store.execute(insert(schema.cities).values(id=1, code="c", region_id=1, zone=ZONE, names={}))
        await store.execute(insert(schema.areas).values(id=1, code="a", city_id=1, names={}))
        texts = {name: {"en": "x"} for name in ("names", "address", "directions", "hours", "bring")}
        await store.execute(
            insert(schema.clinics).values(id=1, code="k", area_id=1, latitude=1, longitude=1, **texts)
        )

    async def rows(self, table: Any, **where: Any) -> list[Any]:
        async with self.database.reading() as store:
            wanted = [table.c[name] == value for name, value in where.items()]
            return list((await store.execute(select(table).where(*wanted))).mappings())

    async def look(self, now: datetime = NOON) -> None:
        await look(self.database, now=now, zone=ZONE)

    async def kinds(self) -> list[str]:
        """Return the kinds of open tasks."""
        return sorted(row["kind"] for row in await self.rows(schema.tasks) if row["done_at"] is None)

    async def due(self, kind: Due) -> list[Any]:
        return await self.rows(schema.due, kind=kind.value)


@pytest.fixture
async def team(any_database: Database, vault: Vault) -> Team:
    return await Team(any_database, vault).begin()


SIGNS = {"state": "screened", "advice": "soon", "checked_at": NOON - 2 * DAY, "changed_at": NOON - 2 * DAY}


async def test_signs_without_a_booking_become_a_task_of_the_owner_once(team: Team) -> None:
    person, referral = await team.somebody(**SIGNS)

    await team.look()
    await team.look()
    await team.look(NOON + HOUR)

    [task] = await team.rows(schema.tasks)
    assert (task["kind"], task["key"]) == ("unbooked", f"unbooked:{referral}")
    assert (task["person_id"], task["staff_id"], task["referral_id"]) == (person.id, team.worker, referral)
    assert (task["promised_at"], task["priority"]) == (NOON + DAY, 1)


async def test_it_closes_by_itself_with_a_booking_and_comes_back_with_the_cause(team: Team) -> None:
    person, referral = await team.somebody(**SIGNS)
    await team.look()

    booking = await team.booked(person, referral, starts_at=NOON + 3 * DAY, created_at=NOON + HOUR)
    async with team.database.writing() as store:
        await team.change(store, referral, state="booked", changed_at=NOON + HOUR)
    await team.look(NOON + HOUR)
    [task] = await team.rows(schema.tasks)
    assert (task["done_at"], task["done_by"]) == (NOON + HOUR, None)

    async with team.database.writing() as store:
        await store.execute(
            update(schema.bookings)
            .where(schema.bookings.c.id == booking)
            .values(cancelled_at=NOON + 2 * HOUR)
        )
        await team.change(store, referral, state="screened", changed_at=NOON + 2 * HOUR)
    await team.look(NOON + 3 * HOUR)
    assert await team.kinds() == []
    await team.look(NOON + 2 * HOUR + 2 * DAY)

    [task] = await team.rows(schema.tasks)
    assert (task["done_at"], task["promised_at"]) == (None, NOON + 2 * HOUR + 3 * DAY)


async def test_what_somebody_did_stays_done(team: Team) -> None:
    await team.somebody(**SIGNS)
    await team.look()
    async with team.database.writing() as store:
        await store.execute(update(schema.tasks).values(done_at=NOON + HOUR, done_by=team.worker))

    await team.look(NOON + 2 * HOUR)
    await team.look(NOON + 20 * DAY)

    assert await team.kinds() == []


async def test_what_somebody_did_is_kept_while_it_could_come_again(team: Team) -> None:
    await team.somebody(**SIGNS)
    await team.look()
    async with team.database.writing() as store:
        await store.execute(update(schema.tasks).values(done_at=NOON + HOUR, done_by=team.worker))

    await erasing.retention(team.database, now=NOON + 50 * DAY)
    await team.look(NOON + 50 * DAY)
    assert await team.kinds() == []

    async with team.database.writing() as store:
        await store.execute(update(schema.referrals).values(closed_at=NOON + 51 * DAY))
    await erasing.retention(team.database, now=NOON + 52 * DAY)
    assert await team.rows(schema.tasks) == []


@pytest.mark.parametrize(
    ("visit", "expected"),
    [
        ({"missed_at": NOON - HOUR}, ["missed"]),
        ({"said": "missed"}, ["missed"]),
        ({"said": "went"}, []),
        ({"came_at": NOON - HOUR}, []),
        ({"cancelled_at": NOON - HOUR}, []),
        ({"starts_at": NOON - DAY}, ["missed"]),
        ({"created_at": NOON - 8 * DAY}, ["unexamined"]),
        ({"created_at": NOON - 8 * DAY, "said": "went"}, ["unexamined"]),
        ({"created_at": NOON - 8 * DAY, "missed_at": NOON - HOUR}, ["missed", "unexamined"]),
        ({"created_at": NOON - 8 * DAY, "came_at": NOON - HOUR}, []),
    ],
)
async def test_what_became_of_a_visit_brings_the_tasks(
    team: Team, visit: dict[str, Any], expected: list[str]
) -> None:
    person, referral = await team.somebody(state="booked", changed_at=NOON - 8 * DAY)
    await team.booked(person, referral, **{"starts_at": NOON - 2 * HOUR, **visit})

    await team.look()
    await team.look()

    assert await team.kinds() == expected


async def test_somebody_who_says_that_they_went_has_not_missed(team: Team) -> None:
    person, referral = await team.somebody(state="booked", changed_at=NOON - 3 * DAY)
    await team.booked(person, referral, starts_at=NOON - DAY)
    await team.look()
    assert await team.kinds() == ["missed"]

    async with team.database.writing() as store:
        await store.execute(update(schema.bookings).values(said="went"))
    await team.look(NOON + HOUR)

    assert await team.kinds() == []


async def test_not_examined_in_a_week_tells_the_person_the_worker_and_the_coordinator(team: Team) -> None:
    person, referral = await team.somebody(state="booked", changed_at=NOON - 7 * DAY)
    await team.booked(person, referral, starts_at=NOON + DAY, created_at=NOON - 7 * DAY)

    await team.look()
    await team.look(NOON + HOUR)

    told = {
        kind: [row["person_id"] for row in await team.due(kind)]
        for kind in (Due.TASK, Due.LATE, Due.NOT_EXAMINED)
    }
    assert told == {
        Due.TASK: [team.worker_person],
        Due.LATE: [team.boss_person],
        Due.NOT_EXAMINED: [person.id],
    }
    assert [row["escalated_at"] for row in await team.rows(schema.tasks)] == [NOON]


async def test_company_and_a_talk_are_tasks_until_somebody_is_there(team: Team) -> None:
    person, referral = await team.somebody(state="booked", changed_at=NOON)
    booking = await team.booked(person, referral, starts_at=NOON + 3 * DAY)
    async with team.database.writing() as store:
        wish = {"id": 5, "person_id": person.id, "booking_id": booking, "refused_by": [], "created_at": NOON}
        await store.execute(insert(schema.companies).values(state="asked", **wish))
        talk = {"id": 6, "person_id": person.id, "tags": [], "promised_at": NOON + HOUR, "opened_at": NOON}
        await store.execute(insert(schema.relays).values(referral_id=referral, **talk))
    await team.look()
    assert await team.kinds() == ["company", "talk"]

    async with team.database.writing() as store:
        await store.execute(update(schema.companies).values(state="accepted", staff_id=team.worker))
        await store.execute(update(schema.relays).values(answered_at=NOON + HOUR, staff_wrote_at=NOON + HOUR))
    await team.look(NOON + HOUR)
    assert await team.kinds() == []

    async with team.database.writing() as store:  # the person writes again
        await store.execute(update(schema.relays).values(person_wrote_at=NOON + 2 * HOUR))
    await team.look(NOON + 2 * HOUR)
    assert await team.kinds() == ["talk"]


async def test_what_is_late_climbs_once_and_many_come_in_one_message(team: Team) -> None:
    for _ in range(3):
        await team.somebody(**SIGNS)
    await team.look()
    later = NOON + DAY + 4 * HOUR  # a day to do it, and the grace

    await team.look(later - timedelta(minutes=1))
    assert await team.due(Due.LATE) == []
    await team.look(later)
    await team.look(later + timedelta(minutes=1))

    [notice] = await team.due(Due.LATE)
    assert notice["person_id"] == team.boss_person
    assert later < notice["due_at"] <= later + timedelta(minutes=10)
    assert {row["escalated_at"] for row in await team.rows(schema.tasks)} == {later}


async def test_a_late_task_waits_for_a_coordinator_and_is_not_lost(team: Team) -> None:
    await team.somebody(**SIGNS)
    await team.look()
    async with team.database.writing() as store:
        boss = update(schema.staff).where(schema.staff.c.id == team.boss)
        await store.execute(boss.values(paused_at=NOON))
    await team.look(NOON + 3 * DAY)
    assert await team.due(Due.LATE) == []

    async with team.database.writing() as store:
        await store.execute(boss.values(paused_at=None))
    await team.look(NOON + 3 * DAY + HOUR)

    assert len(await team.due(Due.LATE)) == 1


async def test_a_coordinator_off_shift_is_told_when_they_are_there_again(team: Team) -> None:
    await team.somebody(**SIGNS)
    await team.look()
    back = NOON + 4 * DAY
    async with team.database.writing() as store:
        await store.execute(
            update(schema.staff).where(schema.staff.c.id == team.boss).values(away_until=back)
        )

    await team.look(NOON + 2 * DAY)

    [notice] = await team.due(Due.LATE)
    assert back < notice["due_at"] <= back + timedelta(minutes=10)


async def test_a_referral_of_nobody_finds_somebody_for_its_task(team: Team) -> None:
    await team.somebody(owner=None, **SIGNS)

    await team.look()

    assert [row["staff_id"] for row in await team.rows(schema.tasks)] == [team.boss]


async def test_a_conversation_can_ask_for_a_task_that_somebody_must_have_done(team: Team) -> None:
    _, referral = await team.somebody(changed_at=NOON)
    need = Need(kind=What.RESULT, cause=referral, since=NOON, due_at=NOON + DAY, priority=Priority.SOON)
    async with team.database.writing() as store:
        [row] = (await store.execute(select(schema.referrals))).mappings()
        assert await task_changes.ask(store, row, need, now=NOON, zone=ZONE)
        assert not await task_changes.ask(store, row, need, now=NOON, zone=ZONE)

    await team.look(NOON + HOUR)

    assert await team.kinds() == ["result"]
    assert len(await team.due(Due.TASK)) == 1


async def test_a_forgotten_person_leaves_no_task_and_no_message_about_it(team: Team) -> None:
    person, referral = await team.somebody(state="booked", changed_at=NOON - 7 * DAY)
    await team.booked(person, referral, starts_at=NOON + DAY, created_at=NOON - 7 * DAY)
    await team.look()
    assert await team.due(Due.TASK)

    async with team.database.writing() as store:
        await people.forget(store, person, [b""], now=NOON)

    assert await team.rows(schema.tasks) == []
    assert await team.due(Due.TASK) == await team.due(Due.NOT_EXAMINED) == []


async def test_the_morning_message_is_planned_once_for_each_who_works(team: Team) -> None:
    nine = NOON - 3 * HOUR
    await team.look(nine - timedelta(minutes=1))
    assert await team.due(Due.DIGEST) == []

    for minutes in range(0, 200, 40):
        await team.look(nine + timedelta(minutes=minutes))
    async with team.database.writing() as store:  # nothing to do: it was not sent
        await store.execute(update(schema.due).values(state="cancelled"))
    await team.look(nine + 4 * HOUR)

    rows = await team.due(Due.DIGEST)
    assert sorted(row["key"] for row in rows) == sorted(
        f"digest:{staff_id}:20261123" for staff_id in (team.worker, team.boss)
    )
    assert {row["state"] for row in rows} == {"cancelled"}
    await team.look(nine + DAY)
    assert len(await team.due(Due.DIGEST)) == 4


@pytest.mark.parametrize("column", ["paused_at", "ended_at"])
async def test_who_rests_or_has_left_gets_no_morning_message(team: Team, column: str) -> None:
    async with team.database.writing() as store:
        await store.execute(update(schema.staff).values({column: NOON - DAY}))

    await team.look()

    assert await team.due(Due.DIGEST) == []


async def test_where_nothing_changed_nothing_is_written(database: Database, vault: Vault) -> None:
    team = await Team(database, vault).begin()
    person, referral = await team.somebody(**SIGNS)
    await team.booked(person, referral, starts_at=NOON - DAY, missed_at=NOON)
    await team.look()
    writes: list[None] = []
    real = database.writing

    def counted() -> Any:
        writes.append(None)
        return real()

    database.writing = counted  # type: ignore[method-assign]
    await team.look(NOON + timedelta(minutes=1))

    assert writes == []
