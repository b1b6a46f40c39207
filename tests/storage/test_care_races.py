"""Many people, desks and jobs at the same moment, on few places: what must hold whoever comes first.

On PostgreSQL transactions run side by side; on SQLite they queue up, and what lies between them still
interleaves. Whoever is told that the store gave up on one of two that waited for each other tries again, as
the program does.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, text, update
from sqlalchemy.exc import DBAPIError

from bot.medicine import look as look_at_plans
from care.booking import Booking, find_slot
from care.children import Age
from care.closing import all_day
from care.directory import ClosureKind
from care.places import Use
from care.referral import State
from care.register import Mark
from care.roles import Actor
from care.transfer import Country
from locales.catalogue import Words
from storage import (
    appointments,
    bookings,
    brigades,
    children,
    closing,
    closures,
    directory,
    endings,
    medicine,
    moving_away,
    people,
    places,
    referrals,
    reopening,
    schema,
    transfers,
    waits,
    walk_ins,
)
from storage.bookings import Booked
from storage.people import random_id
from storage.vault import Vault
from tests.reliability.clinic_side import ClinicSide
from tests.reliability.town import CLINICS, OF_VISITS, ZONE, Sent, Town
from tests.storage.care_steps import Steps
from tests.storage.care_wrongs import wrongs

BEGIN = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # Monday 09:00 in Almaty
EVENING = datetime(2026, 11, 23, 13, 10, tzinfo=UTC)  # 18:10 there: the visits of the day have begun
DAYS = 3
CROWD = 8
AT_ONCE = 10
OPERATIONS = int(os.environ.get("HAMROH_RACES", "120"))  # in each of ROUNDS; a longer trial: 1000
ROUNDS = 3
UNTIL = [3, 8.5, 9, 12]  # hours from one round to the next: often it is after the visits of a day then
MOST_COLLISIONS = 100  # one operation of so many may have to be done again because two waited for each other
SEED = int(os.environ.get("HAMROH_RACES_SEED", "1"))


def fault(error: DBAPIError) -> str:
    """Return the SQLSTATE of an error, or its name."""
    return str(getattr(error.orig, "sqlstate", None) or type(error.orig).__name__)


@dataclass
class Rush:
    """Random operations, some of them at the same moment."""

    town: Town
    chance: random.Random
    faults: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    closed: list[int] = field(default_factory=list)
    brigades: list[int] = field(default_factory=list)
    unexpected: list[BaseException] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Give everybody one phone: what one person does comes one after the other, as in the program."""
        self.side = ClinicSide(self.town)
        self.steps = Steps(town=self.town, chance=self.chance, crowd=CROWD)
        self.phones = [asyncio.Lock() for _ in range(CROWD)]
        self.own: list[Callable[[int], Awaitable[Any]]] = [
            *[self.book] * 5,
            *[self.move] * 3,
            *[self.cancel] * 3,
            *[self.answer_clinic] * 3,
            *[self.wait] * 3,
            *[self.answer_offer] * 4,
            self.stop_waiting,
            self.brigade,
            *[self.confirm] * 3,
            *[self.child] * 2,
            self.leave,
            self.steps.stay,
            *[self.steps.say] * 2,
            *[self.steps.company] * 2,
            self.travel,
            *[self.medicine] * 2,
            self.forget,
        ]
        self.others: list[Callable[[], Awaitable[Any]]] = [
            *[self.close] * 2,
            self.close_now,
            *[self.reopen] * 3,
            *[self.mark] * 4,
            *[self.steps.examine] * 4,
            *[self.steps.give_up] * 2,
            *[self.steps.take_up] * 2,
            *[self.steps.come_along] * 2,
            self.steps.ask_the_next,
            self.steps.publish,
            self.doses,
            self.unmark,
            self.walk_in,
            self.end_brigade,
            *[self.side.jobs] * 5,
            *[self.town.send] * 2,
        ]

    async def run(self, operations: int, *, of_people: float = 0.7) -> None:
        """Do so many operations, AT_ONCE at a time; so large a part is what people do themselves."""

        async def one_after_the_other() -> None:
            for _ in range(operations // AT_ONCE):
                if self.chance.random() < of_people:
                    n = self.chance.randrange(CROWD)
                    async with self.phones[n]:
                        await self.again(self.chance.choice(self.own), n)
                else:
                    await self.again(self.chance.choice(self.others))

        async with asyncio.timeout(240):
            await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))

    async def again(self, what: Callable[..., Awaitable[Any]], *args: int) -> None:
        """Do something, again where the store gave up on it."""
        for _ in range(4):
            try:
                await what(*args)
            except DBAPIError as error:
                self.faults[f"{fault(error)} {what.__name__}"] += 1
                if not self.passes(error):
                    self.unexpected.append(error)
                    return
            else:
                self.done[what.__name__] += 1
                return
        raise AssertionError(f"{what.__name__} never comes to its end: {self.faults}")

    def collisions(self) -> int:
        """Return how often two transactions waited for each other."""
        return sum(number for one, number in self.faults.items() if one.startswith("40P01"))

    def passes(self, error: DBAPIError) -> bool:
        """Return whether the program tries the same again after such an error."""
        return fault(error) in {"40P01", "23503"}  # 23503: somebody was forgotten meanwhile

    def some_time(self) -> tuple[int, datetime]:
        return self.chance.randrange(CLINICS), self.chance.choice(self.town.slot_times(DAYS))

    async def book(self, n: int) -> None:
        await self.town.book(n, *self.some_time())

    async def move(self, n: int) -> None:
        for visit in (await self.town.visits(n))[:1]:
            await self.town.move(n, visit.id, *self.some_time())

    async def cancel(self, n: int) -> None:
        for visit in (await self.town.visits(n))[:1]:
            await self.town.cancel(n, visit.id)

    async def forget(self, n: int) -> None:
        if self.chance.random() < 0.4:  # else nobody has a history
            await self.town.forget(n)

    async def answer_clinic(self, n: int) -> None:
        for lost in await self.side.lost(n):
            if lost.kept is not None and self.chance.random() < 0.7:
                await self.side.take_kept(n, lost)
            else:
                await self.side.decline_kept(lost)

    async def wait(self, n: int) -> None:
        await self.side.wait(n, self.chance.choice([None, *range(CLINICS)]))

    async def answer_offer(self, n: int) -> None:
        await self.side.answer_offer(n, yes=self.chance.random() < 0.6)

    async def stop_waiting(self, n: int) -> None:
        await self.side.stop_waiting(n)

    async def brigade(self, n: int) -> None:
        own = self.chance.random() < 0.5
        made = await self.side.brigade(n, *self.some_time(), self.chance.randint(2, 4), own=own)
        self.brigades += [made[0].id] if made else []

    async def confirm(self, n: int) -> None:
        kept = [row for row in await self.town.kept() if row["use"] == Use.BRIGADE]
        if kept:
            row = self.chance.choice(kept)
            if self.chance.random() < 0.3:
                await self.side.decline(row["id"], row["use_id"])
            else:
                await self.side.confirm(n, row["id"], row["use_id"])

    async def end_brigade(self) -> None:
        if self.brigades:
            async with self.town.database.writing() as store:
                await brigades.end(store, self.chance.choice(self.brigades), now=self.town.now)

    async def child(self, n: int) -> None:
        for visit in (await self.town.visits(n))[:1]:
            async with self.town.database.writing() as store:
                locked = await bookings.lock_own(store, visit.id, visit.person_id)
                if locked is not None and locked.cancelled_at is None:
                    await children.add(store, locked, next(iter(Age)), after=0, now=self.town.now)

    async def leave(self, n: int) -> None:
        async with self.town.database.writing() as store:
            await moving_away.leave(store, self.town.people[n].id, by=Actor.PERSON, now=self.town.now)

    async def travel(self, n: int) -> None:
        async with self.town.database.writing() as store:
            await transfers.plan(
                store,
                self.town.people[n].id,
                self.chance.choice(list(Country)),
                leaves_on=None,
                referral_id=None,
                zone=ZONE,
                now=self.town.now,
            )

    async def medicine(self, n: int) -> None:
        now, person_id = self.town.now, self.town.people[n].id
        async with self.town.database.writing() as store:
            plan = await medicine.open_of(store, person_id)
            if plan is None:
                ends = now.date() + timedelta(days=9)
                times = [time(8), time(20)]
                await medicine.begin(
                    store, person_id, times=times, weekdays=[], zone=ZONE, ends_on=ends, now=now
                )
            elif locked := await medicine.own(store, plan.id, person_id, lock=True):
                if self.chance.random() < 0.5:
                    await medicine.end(store, locked, now=now)
                else:
                    await medicine.change(store, locked, times=[time(self.chance.randrange(24))], now=now)

    async def doses(self) -> None:
        await look_at_plans(self.town.database, now=self.town.now)

    async def close(self) -> None:
        clinic, local = self.some_time()
        kind = self.chance.choice([ClosureKind.CLOSED, ClosureKind.DOWN, ClosureKind.FEWER])
        self.closed.append(
            await self.side.close(clinic, local, kind, 2 if kind is ClosureKind.FEWER else None)
        )

    async def close_now(self) -> None:
        said = await self.side.close_now(self.chance.randrange(CLINICS), too=self.chance.random() < 0.7)
        self.closed.append(said.id)

    async def reopen(self) -> None:
        if self.closed:
            await self.side.reopen(self.closed.pop(self.chance.randrange(len(self.closed))))

    async def _some_visit(self, *, today: bool = False, marked: bool = False) -> Any:
        table = schema.bookings
        where = [table.c.cancelled_at.is_(None), table.c.person_id.is_not(None)]
        where += [table.c.starts_at <= self.town.now + timedelta(hours=9)] if today else []
        where += [table.c.came_at.is_not(None) | table.c.missed_at.is_not(None)] if marked else []
        return await self.steps.some(table, *where)

    async def mark(self) -> None:
        if (one := await self._some_visit(today=True)) is not None:
            begun = one["starts_at"] <= self.town.now
            await self.side.mark(one["id"], self.chance.choice(list(Mark) if begun else [Mark.CAME]))

    async def unmark(self) -> None:
        if (one := await self._some_visit(marked=True)) is not None:
            await self.side.unmark(one["id"])

    async def walk_in(self) -> None:
        async with self.town.database.writing() as store:
            clinic = self.chance.choice(self.town.clinics)
            await walk_ins.add(
                store, random_id(), clinic_id=clinic, zone=ZONE, locale="en", now=self.town.now
            )

    async def settle(self) -> None:
        """Let the jobs come to rest."""
        for _ in range(3):
            await self.side.jobs()


@pytest.fixture(scope="session")
def words() -> Words:
    return Words.load(strict=False)


@pytest.fixture
async def town(any_url: str, vault: Vault, words: Words) -> AsyncIterator[Town]:
    built = await Town(url=any_url, vault=vault, words=words, now=BEGIN).build()
    for n in range(len(built.people), CROWD):
        await built.arrive(n)
    yield built
    await built.close()


def stood(one: Sent) -> bool:
    """Return whether the visit that somebody was reminded of stood at that moment."""
    return one.booking is not None and one.booking["cancelled_at"] is None


async def test_whatever_happens_at_the_same_moment_everybody_keeps_what_they_have(town):
    chance = random.Random(SEED)
    rush = Rush(town, chance)
    await rush.steps.hire()
    for _ in range(ROUNDS):
        await rush.run(OPERATIONS)
        await rush.settle()
        assert rush.unexpected == []
        wrong = await wrongs(town)
        assert not wrong, "\n".join(wrong)
        town.now += timedelta(hours=chance.choice(UNTIL))
    for _ in range(DAYS * 24 // 6):  # what waits for the morning goes, or is found to be true no more
        town.now += timedelta(hours=6)
        await town.send()
        assert [one for one in town.sent if one.kind in OF_VISITS and not stood(one)] == []
    assert rush.collisions() <= ROUNDS * OPERATIONS // MOST_COLLISIONS, rush.faults


async def test_whatever_is_said_of_a_day_at_the_same_moment_is_counted_and_told_as_it_stands(town):
    rush = Rush(town, random.Random(SEED))
    await rush.steps.hire()
    for n in range(CROWD):
        await booked(town, n, n % 2, clinic=n // 2 % 2)
    town.now = EVENING
    one, steps = rush.side, rush.steps
    rush.own = [*[steps.say] * 4, *[steps.company] * 2, rush.book, rush.cancel, rush.leave, steps.stay]
    rush.own += [rush.answer_clinic] * 2
    rush.others = [*[rush.mark] * 5, *[rush.unmark] * 2, *[steps.examine] * 6, rush.close_now, rush.reopen]
    rush.others += [*[steps.give_up] * 2, *[steps.take_up] * 2, steps.come_along, one.jobs, town.send]

    await rush.run(OPERATIONS, of_people=0.4)

    await rush.settle()
    assert rush.unexpected == []
    wrong = await wrongs(town)
    assert not wrong, "\n".join(wrong)


async def until_it_waits(town: Town, task: "asyncio.Task[Any]") -> None:
    """Wait until a task waits for another transaction, or is done."""
    if town.database.is_sqlite:  # whoever writes next is in the queue at once
        for _ in range(10):
            await asyncio.sleep(0)
        return
    waits = text(
        "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"  # not what waits in other databases
        " WHERE NOT granted AND datname = current_database()"
    )
    while not task.done():
        async with town.database.reading() as store:
            if (await store.execute(waits)).scalar_one():
                return


async def nothing(*_: object) -> None:
    """Stand for a guard that is switched off."""


async def nothing_by_name(*_: object, **__: object) -> None:
    """Stand for a guard that is switched off, and is called with names."""


async def booked(town: Town, n: int, number: int, clinic: int = 0) -> Booking:
    """Let somebody book the time with this number."""
    made = await town.book(n, clinic, town.slot_times(DAYS)[number])
    assert isinstance(made, Booked)
    return made.booking


async def cancel_both_at_once(town: Town) -> set[str]:
    """Let somebody cancel a visit while the other one is being cancelled; return where referrals stand."""
    first, second = await booked(town, 0, 2), await booked(town, 0, 4)

    async with town.database.writing() as store:
        locked = await bookings.lock_own(store, first.id, first.person_id)
        assert locked is not None
        await appointments.cancel(store, locked, now=town.now)
        other = asyncio.create_task(town.cancel(0, second.id))
        await until_it_waits(town, other)
    assert await other

    return {row["state"] for row in await town.rows(schema.referrals)}


async def test_of_two_visits_cancelled_at_the_same_moment_the_second_was_the_last(town):
    assert "booked" not in await cancel_both_at_once(town)


async def test_without_the_lock_of_the_referral_both_think_that_the_other_visit_stands(town, monkeypatch):
    monkeypatch.setattr("storage.appointments.referrals.lock", nothing)
    assert ("booked" in await cancel_both_at_once(town)) is not town.database.is_sqlite


async def test_what_the_desk_said_meanwhile_is_not_overwritten(town):
    visit = await booked(town, 0, 2)
    async with town.database.reading() as store:
        as_it_was = await referrals.of(store, visit.person_id)
    assert as_it_was is not None
    async with town.database.writing() as store:
        await referrals.move(store, as_it_was, State.CAME, by=Actor.REGISTRAR, now=town.now)
    async with town.database.writing() as store:
        refused = await referrals.move(store, as_it_was, State.REACHED, by=Actor.PERSON, now=town.now)

    assert refused is not None
    mine = await town.rows(schema.referrals, schema.referrals.c.id == visit.referral_id)
    assert [row["state"] for row in mine] == ["came"]


async def test_two_processes_say_once_that_the_directory_closes_a_day(town):
    visit = await booked(town, 0, 4)
    async with town.database.writing() as store:
        await store.execute(
            insert(schema.closed_days).values(clinic_id=visit.clinic_id, day=visit.local.date())
        )
    async with town.database.reading() as store:
        days = await closing.closed_by_the_directory(store, now=town.now)
    assert len(days) == 1

    async def job() -> bool:
        async with town.database.writing() as store:
            return await closing.close_by_the_directory(store, *days[0], now=town.now)

    async with town.database.writing() as store:
        assert await closing.close_by_the_directory(store, *days[0], now=town.now)
        other = asyncio.create_task(job())
        await until_it_waits(town, other)
    assert not await other

    assert len(await town.rows(schema.closures)) == 1


async def book_while_the_clinic_opens_again(town: Town) -> list[str]:
    """Return the visits of somebody who lost one and books another one at that moment: clinic and time."""
    side = ClinicSide(town)
    visit = await booked(town, 0, 2)
    closure = await side.close(0, visit.local, ClosureKind.CLOSED, None)
    other_time = town.slot_times(DAYS)[4]

    async with town.database.writing() as store:
        person = await people.by_id(store, visit.person_id)
        slot = find_slot(await town.clinic(1), other_time)
        assert person is not None
        assert slot is not None
        assert isinstance(await appointments.book(store, person, slot, now=town.now), Booked)
        opening = asyncio.create_task(side.reopen(closure))
        await until_it_waits(town, opening)
    await opening
    return [f"{town.clinics.index(one.clinic_id)} {one.local:%d}" for one in await town.visits(0)]


async def test_whoever_books_something_else_while_the_clinic_opens_again_has_one_visit(town):
    assert await book_while_the_clinic_opens_again(town) == ["1 25"]
    assert await wrongs(town) == []


async def test_without_a_look_at_what_is_lost_the_other_visit_comes_back_too(town, monkeypatch):
    monkeypatch.setattr("storage.reopening._lock_lost", nothing)
    both = ["1 25"] if town.database.is_sqlite else ["0 24", "1 25"]
    assert await book_while_the_clinic_opens_again(town) == both


async def test_two_clinics_that_close_at_the_same_moment_do_not_wait_for_each_other(town):
    side = ClinicSide(town)
    for n in range(4):
        await booked(town, n, 2 + n % 2, clinic=n // 2)
    day = town.slot_times(DAYS)[2]

    async with asyncio.timeout(60):
        await asyncio.gather(*(side.close(n % CLINICS, day, ClosureKind.CLOSED, None) for n in range(6)))

    lost = [row for row in await town.rows(schema.bookings) if row["closure_id"] and row["person_id"]]
    assert len(lost) == 4
    await side.jobs()
    assert await wrongs(town) == []


async def test_a_brigade_that_ends_while_its_clinic_closes_is_over_once(town):
    side = ClinicSide(town)
    local = town.slot_times(DAYS)[4]
    for n in range(3):
        made = await side.brigade(n, 0, local, 2)
        if made is None:
            break
        brigade = made[0]

        async def end(brigade_id: int = brigade.id) -> bool:
            async with town.database.writing() as store:
                return await brigades.end(store, brigade_id, now=town.now)

        async with town.database.writing() as store:
            await places.lock_all(store, Use.BRIGADE, brigade.id)  # as a closing does
            ending = asyncio.create_task(end())
            await until_it_waits(town, ending)
            assert await brigades.end(store, brigade.id, now=town.now)
        assert not await ending

    assert [row["id"] for row in await town.kept()] == []


async def test_an_offer_that_is_let_go_while_its_time_runs_out_is_answered_once(town):
    side = ClinicSide(town)
    for n in range(4):
        await booked(town, n, 2 + n % 2)
    visit = (await town.visits(0))[0]
    await side.wait(5, 0)
    async with town.database.writing() as store:
        await store.execute(update(schema.waits).values(sooner_than=None))
    await town.cancel(0, visit.id)
    await side.jobs()
    [held] = await town.kept()
    assert held["use"] == Use.WAIT

    async with town.database.writing() as store:
        wait = await waits.of(store, town.people[5].id)
        kept = await places.by_id(store, held["id"], Use.WAIT, held["use_id"])
        assert wait is not None
        assert kept is not None
        assert await places.give_back(store, kept.id, Use.WAIT, now=town.now)  # as who lets it lapse begins
        pressing = asyncio.create_task(side.answer_offer(5, yes=False))
        await until_it_waits(town, pressing)
        after = replace(wait, offered=None, offered_until=None, lapsed=1)
        assert await waits.save(store, after, was_offered=kept.id)
    async with asyncio.timeout(30):
        await pressing

    assert await wrongs(town) == []


async def leave_while_the_clinic_opens_again(town: Town) -> list[str]:
    """Let somebody leave while a clinic gives them their visit back; return what is wrong then."""
    visit = await booked(town, 0, 2)
    closure = await ClinicSide(town).close(0, visit.local, ClosureKind.CLOSED, None)

    async def leave() -> None:
        async with town.database.writing() as store:
            await moving_away.leave(store, visit.person_id, by=Actor.PERSON, now=town.now)

    async with town.database.writing() as store:
        said = await closures.by_id(store, closure, None)
        assert said is not None
        await reopening.undo(store, said, by=Actor.REGISTRAR, now=town.now)
        leaving = asyncio.create_task(leave())
        await until_it_waits(town, leaving)
    await leaving
    return await wrongs(town)


async def test_whoever_leaves_while_the_clinic_opens_again_leaves_no_visit_behind(town):
    assert await leave_while_the_clinic_opens_again(town) == []


async def test_without_the_lock_of_their_visits_one_comes_back_to_who_has_left(town, monkeypatch):
    monkeypatch.setattr("storage.moving_away.locking.all_visits_of", nothing)
    wrong = await leave_while_the_clinic_opens_again(town)
    assert any(one.startswith("_ended") for one in wrong) is not town.database.is_sqlite


async def test_an_end_that_is_taken_back_does_not_stand_at_a_visit_that_the_clinic_cancelled_since(town):
    visit = await booked(town, 0, 0)
    town.now = EVENING
    async with town.database.writing() as store:
        ended = await endings.close(store, visit.referral_id, State.DECLINED, by=Actor.WORKER, now=town.now)
    assert ended is None
    await ClinicSide(town).close_now(0, too=True)
    async with town.database.writing() as store:
        row = await referrals.ended_of(store, visit.person_id)
        assert row is not None
        assert await referrals.take_up(store, row, by=Actor.WORKER, now=town.now) is None

    [mine] = await town.rows(schema.referrals, schema.referrals.c.id == visit.referral_id)
    assert (mine["state"], mine["closed_at"]) == ("informed", None)
    assert await wrongs(town) == []


async def test_nobody_is_asked_to_come_along_to_a_visit_that_the_clinic_cancels_at_that_moment(town):
    steps = Steps(town=town, chance=random.Random(SEED), crowd=CROWD)
    await steps.hire()
    visit = await booked(town, 0, 4)
    await steps.company(0)
    closure = all_day(visit.local.date(), closure_id=random_id(), kind=ClosureKind.CLOSED)

    async with town.database.writing() as store:
        clinic = await directory.clinic(store, visit.clinic_id)
        assert clinic is not None
        await closing.close(store, clinic, closure, by=Actor.REGISTRAR, staff_id=None, now=town.now)
        asking = asyncio.create_task(steps.ask_the_next())
        await until_it_waits(town, asking)
    await asking

    assert [row["state"] for row in await town.rows(schema.companies)] == ["paused"]
    assert await wrongs(town) == []


async def test_nobody_begins_to_ask_for_company_to_a_visit_that_the_clinic_cancels_at_that_moment(town):
    steps = Steps(town=town, chance=random.Random(SEED), crowd=CROWD)
    visit = await booked(town, 0, 4)
    closure = all_day(visit.local.date(), closure_id=random_id(), kind=ClosureKind.CLOSED)

    async with town.database.writing() as store:
        clinic = await directory.clinic(store, visit.clinic_id)
        assert clinic is not None
        await closing.close(store, clinic, closure, by=Actor.REGISTRAR, staff_id=None, now=town.now)
        asking = asyncio.create_task(steps.company(0))
        await until_it_waits(town, asking)
    await asking

    assert await town.rows(schema.companies) == []


async def test_without_the_pause_somebody_comes_along_to_a_visit_that_is_gone(town, monkeypatch):
    steps = Steps(town=town, chance=random.Random(SEED), crowd=CROWD)
    visit = await booked(town, 0, 4)
    await steps.company(0)
    monkeypatch.setattr("storage.displacing.company_offers.visit_displaced", nothing_by_name)
    await ClinicSide(town).close(0, visit.local, ClosureKind.CLOSED, None)

    assert [one.split(":")[0] for one in await wrongs(town)] == ["_company"]


async def test_a_declined_place_that_is_free_at_once_would_tell_of_it(town):
    side = ClinicSide(town)
    made = await side.brigade(0, 0, town.slot_times(DAYS)[4], 2)
    assert made is not None
    declined, freed = await town.kept()
    assert await side.decline(declined["id"], made[0].id)
    assert await wrongs(town) == []

    async with town.database.writing() as store:
        assert await places.give_back(store, freed["id"], Use.BRIGADE, now=town.now)
    assert [one.split(":")[0] for one in await wrongs(town)] == ["_answered"]
