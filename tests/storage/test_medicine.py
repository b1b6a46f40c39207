"""Plans over a real store: one reminder for a dose whatever the clock does, and all goes after its term."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from bot import medicine as jobs
from bot.delivery import Destination, Result
from bot.due import DueMessages, Tools
from care import medicine as rules
from care.directory import DataKind
from care.medicine import Answer, Dose
from care.reminders import is_quiet, next_allowed
from handlers.notices import Notices
from handlers.screens import Reply
from locales.catalogue import Words
from storage import care_visits, erasing, medicine, medicine_kept, people, schema, zones
from storage.care_visits import CareVisit, What
from storage.engine import Database
from storage.vault import Vault

ZONE = "Asia/Almaty"
NOON = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # Monday, 12:00 in Almaty
EIGHT = (time(8),)
LOCAL = datetime.fromisoformat("2026-11-24T09:00")  # on the clock of the place
WORDS = Words.load(strict=False)


async def somebody(database: Database, vault: Vault, number: int = 7001) -> Any:
    given_values = {"locale": "en", "consent_version": "1", "link_id": None, "area_id": None}
    async with database.writing() as store:
        return await people.add(store, vault, number, now=NOON, **given_values)


async def _somebody_else(store: Any, vault: Vault) -> Any:
    given_values = {"locale": "en", "consent_version": "1", "link_id": None, "area_id": None}
    return await people.add(store, vault, 7999, now=NOON, **given_values)


async def begun(database: Database, person: Any, *, times: tuple[time, ...] = EIGHT, **values: Any) -> Any:
    given_values = {"weekdays": (), "zone": ZONE, "ends_on": date(2027, 5, 22), "now": NOON, **values}
    async with database.writing() as store:
        return await medicine.begin(store, person.id, times=times, **given_values)


async def rows(database: Database, table: Any, **where: Any) -> list[Any]:
    async with database.reading() as store:
        wanted = [table.c[name] == value for name, value in where.items()]
        return list((await store.execute(select(table).where(*wanted))).mappings())


async def test_a_person_has_one_plan_that_goes_on(any_database: Database, vault: Vault) -> None:
    person = await somebody(any_database, vault)
    first, second = await asyncio.gather(begun(any_database, person), begun(any_database, person))

    assert (first is None) != (second is None)
    [plan] = await rows(any_database, schema.dose_plans)
    assert {row["plan_id"] for row in await rows(any_database, schema.doses)} == {plan["id"]}


async def test_each_reminder_has_what_was_expected_beside_it(any_database: Database, vault: Vault) -> None:
    plan = await begun(any_database, await somebody(any_database, vault), times=(time(8), time(20)))
    expected = {
        rules.key(plan.id, Dose(row["day"], time.fromisoformat(row["hour"])))
        for row in await rows(any_database, schema.doses)
    }

    assert expected == {row["key"] for row in await rows(any_database, schema.due, kind="dose")}


async def test_planning_ahead_and_new_hours_at_once_leave_one_set_of_reminders(
    any_database: Database, vault: Vault
) -> None:
    plan = await begun(any_database, await somebody(any_database, vault))
    later = NOON + timedelta(days=2)

    async def change() -> None:
        async with any_database.writing() as store:
            locked = await medicine.lock(store, plan.id)
            await medicine.change(store, locked, now=later, times=(time(21),))

    await asyncio.gather(jobs.look(any_database, now=later), change(), jobs.look(any_database, now=later))

    ahead = list(await rows(any_database, schema.due, kind="dose", state="pending"))
    assert {row["local_due"][11:] for row in ahead if row["due_at"] > later} == {"21:00"}


async def test_a_pause_leaves_nothing_to_send_and_going_on_brings_it_back(
    any_database: Database, vault: Vault
) -> None:
    plan = await begun(any_database, await somebody(any_database, vault))
    async with any_database.writing() as store:
        plan = await medicine.change(store, plan, now=NOON, paused_until=date(2026, 12, 20))
    assert not await rows(any_database, schema.due, kind="dose", state="pending")
    await jobs.look(any_database, now=NOON)
    assert not await rows(any_database, schema.due, kind="dose", state="pending")
    async with any_database.writing() as store:
        await medicine.change(store, plan, now=NOON, paused_until=None)

    assert len(await rows(any_database, schema.due, kind="dose", state="pending")) == rules.AHEAD.days


async def test_what_was_said_of_a_dose_is_kept_once(any_database: Database, vault: Vault) -> None:
    plan = await begun(any_database, await somebody(any_database, vault))
    dose = Dose(date(2026, 11, 24), time(8))
    said = []
    for _ in range(2):
        async with any_database.writing() as store:
            said.append(await medicine.say(store, plan.id, dose, Answer.TAKEN, now=NOON))
    async with any_database.writing() as store:
        nothing = await medicine.say(store, plan.id, Dose(date(2030, 1, 1), time(8)), Answer.TAKEN, now=NOON)

    assert (said, nothing) == ([True, False], False)


async def test_somebody_else_reaches_no_plan(any_database: Database, vault: Vault) -> None:
    plan = await begun(any_database, await somebody(any_database, vault))
    other = await somebody(any_database, vault, 7002)
    async with any_database.writing() as store:
        visit, _ = await care_visits.add(
            store,
            plan.person_id,
            What.DOCTOR,
            LOCAL,
            zone=ZONE,
            now=NOON,
        )
        assert isinstance(visit, CareVisit)
        assert await medicine.own(store, plan.id, other.id) is None
        assert await care_visits.own(store, visit.id, other.id) is None
        assert await medicine.own(store, plan.id, plan.person_id) == plan


@pytest.mark.parametrize(("terms", "days"), [({}, medicine_kept.DAYS), ({DataKind.VISITS: 10}, 10)])
async def test_what_is_over_goes_after_its_term(
    any_database: Database, vault: Vault, terms: dict[DataKind, int], days: int
) -> None:
    plan = await begun(any_database, await somebody(any_database, vault))
    async with any_database.writing() as store:
        await care_visits.add(store, plan.person_id, What.SAMPLE, LOCAL, zone=ZONE, now=NOON)
        await medicine.end(store, plan, now=NOON)
    await erasing.retention(any_database, now=NOON + timedelta(days=days - 1), kept_days=terms)
    assert await rows(any_database, schema.dose_plans)
    assert await rows(any_database, schema.care_visits)
    await erasing.retention(any_database, now=NOON + timedelta(days=days + 2), kept_days=terms)

    for table in (schema.dose_plans, schema.doses, schema.care_visits):
        assert not await rows(any_database, table)


async def test_a_plan_that_goes_on_is_kept(any_database: Database, vault: Vault) -> None:
    await begun(any_database, await somebody(any_database, vault))
    await erasing.retention(any_database, now=NOON + timedelta(days=400), kept_days={})

    assert await rows(any_database, schema.dose_plans)


@dataclass
class Life:
    """A program that starts anew with every look, over a clock that is moved about."""

    database: Database
    vault: Vault
    now: datetime = NOON
    sent: list[datetime] = field(default_factory=list)
    chat: int = 0

    async def deliver(self, _: Reply, to: Destination, **__: Any) -> Result:
        if to.chat_id == self.chat:
            self.sent.append(self.now)
        return Result.DELIVERED

    async def look(self) -> None:
        await jobs.look(self.database, now=self.now)
        notices = Notices(words=WORDS, vault=self.vault, zone=ZoneInfo(ZONE))
        tools = Tools(
            database=self.database,
            vault=self.vault,
            words=WORDS,
            courier=self,  # type: ignore[arg-type]  # stands for it
            render=notices.render,
            now=lambda: self.now,
            zone=ZONE,
        )
        await DueMessages(tools).tick()

    async def new_rules(self, shift: timedelta) -> None:
        """Let the rules of the zone have been others when the reminders were planned, and start again."""
        async with self.database.writing() as store:
            found = (await store.execute(select(schema.due.c.id, schema.due.c.due_at))).all()
            for row in found:
                await store.execute(
                    update(schema.due).where(schema.due.c.id == row.id).values(due_at=row.due_at + shift)
                )
            await zones.recompute(store, now=self.now)


STEPS = st.lists(
    st.tuples(st.sampled_from(["run", "jump", "rules"]), st.integers(-60, 60)), min_size=1, max_size=10
)
HOURS = st.sets(st.integers(0, 23), min_size=1, max_size=3).map(lambda found: tuple(map(time, sorted(found))))


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(times=HOURS, length=st.integers(1, 6), zone=st.sampled_from([ZONE, "Europe/Berlin"]), steps=STEPS)
async def test_one_reminder_for_a_dose_whatever_the_clock_does(
    database: Database, vault: Vault, times: tuple[time, ...], length: int, zone: str, steps: list[Any]
) -> None:
    async with database.reading() as store:
        number = 8000 + int(
            (await store.execute(select(func.count()).select_from(schema.people))).scalar_one()
        )
    life = Life(database, vault, chat=number)
    person = await somebody(database, vault, number)
    ends_on = NOON.astimezone(ZoneInfo(zone)).date() + timedelta(days=length)
    plan = await begun(database, person, times=times, zone=zone, ends_on=ends_on)
    must: set[str] = set()
    over: set[str] = set()

    async def look() -> None:
        for row in await rows(database, schema.doses, plan_id=plan.id):
            dose = Dose(row["day"], time.fromisoformat(row["hour"]))
            at, until = rules.moment(dose, zone), rules.useful_until(dose, times, zone)
            key, chosen = rules.key(plan.id, dose), is_quiet(at, zone)
            if at <= life.now and next_allowed(life.now, zone, urgent=chosen) >= until:
                over.add(key)  # too late for it; a clock that is set back later does not bring it again
            if at <= life.now < until and (chosen or not is_quiet(life.now, zone)) and key not in over:
                must.add(key)
        await life.look()

    for what, amount in [*steps, ("run", 6), ("jump", 24), ("run", 6)]:
        if what == "run":
            for _ in range(abs(amount) // 6):
                life.now += timedelta(hours=1)
                await look()
        elif what == "jump":
            life.now += timedelta(hours=amount)
            await look()
        else:
            await life.new_rules(timedelta(hours=1 if amount > 0 else -1))

    found = {row["key"]: row for row in await rows(database, schema.due, person_id=person.id, kind="dose")}
    sent = {key for key, row in found.items() if row["state"] == "sent"}
    assert must <= sent
    reminded = await rows(database, schema.outcomes, kind="reminded", detail="dose")
    assert not Counter(row["referral_id"] for row in reminded).keys() - {None}
    ends = sum(row["state"] == "sent" for row in await rows(database, schema.due, person_id=person.id)) - len(
        sent
    )
    assert len(life.sent) == len(sent) + ends  # each once
    for key in sent:
        day = datetime.strptime(key.split(":")[2], "%Y%m%d").replace(tzinfo=UTC).date()
        assert plan.starts_on <= day <= ends_on
        assert found[key]["attempts"] == 1
    for at in life.sent:
        local = at.astimezone(ZoneInfo(zone))
        assert local.date() <= ends_on
        assert not is_quiet(at, zone) or any(is_quiet(_at(hour, local), zone) for hour in times)


def _at(hour: time, local: datetime) -> datetime:
    return datetime.combine(local.date(), hour, local.tzinfo)
