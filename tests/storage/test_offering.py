"""A freed place goes to the first of those who wait for it, and to nobody else at that moment."""

import asyncio
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from bot.waiting import offer_places
from care.booking import Booking, Refusal
from care.offer_round import wants
from care.places import Use
from care.waiting_list import HELD, LASTS, MOST_LAPSED, TIME_TO_ANSWER, Hours, Wish, turn
from storage import appointments, bookings, offering, people, places, schema, wait_taking, waiters, waits
from storage.engine import Database, open_database
from tests.storage.waiting_town import DAY, Town

NIGHT = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)  # 23:00 in Almaty


@pytest.fixture
async def town(any_database: Database, now: datetime) -> Town:
    """Two half hours, one person each."""
    return await Town(any_database, now).build()


@pytest.fixture
async def full(town: Town) -> tuple[Town, Booking, list[int]]:
    """Both places are taken, and three people wait for any."""
    first = await town.book(await town.person(), town.slot("17:00"))
    await town.book(await town.person(), town.slot("17:30"))
    waiting = [await town.person() for _ in range(3)]
    for one in waiting:
        await town.wait(one)
    assert first is not None
    return town, first, waiting


async def test_a_cancelled_visit_is_offered_to_the_first_and_nobody_sees_it_free(full: Any) -> None:
    town, booked, (first, second, _) = full

    await town.cancel(booked)

    assert await town.offered(first) == "17:00"
    assert await town.offered(second) is None
    assert await town.free() == []
    assert await town.book(await town.person(), town.slot("17:00")) is None
    (message,) = await town.rows(schema.due, kind="wait-offer")
    assert message["person_id"] == first
    assert message["due_at"] == town.now
    assert message["useful_until"] == town.now + HELD - TIME_TO_ANSWER
    assert "wait-offered" in await town.kinds()


async def test_a_moved_visit_frees_its_old_place_for_who_waits(town: Town) -> None:
    booked = await town.book(await town.person(), town.slot("17:00"))
    first = await town.person()
    await town.wait(first, Wish(hours=Hours.EVENING), sooner_than=town.slot("17:30").starts_at)
    assert booked is not None

    async with town.database.writing() as store:
        locked = await bookings.lock_own(store, booked.id, booked.person_id)
        assert locked is not None
        await appointments.move(store, locked, town.slot("17:30"), now=town.now)

    assert await town.offered(first) == "17:00"


async def test_who_let_their_own_place_go_is_not_offered_it(town: Town) -> None:
    person = await town.person()
    booked = await town.book(person, town.slot("17:00"))
    await town.wait(person, sooner_than=town.slot("17:30").starts_at)
    assert booked is not None

    await town.cancel(booked)

    assert await town.offered(person) is None


async def test_a_place_that_nobody_answers_goes_to_the_next_who_keep_their_turn(full: Any) -> None:
    town, booked, (first, second, third) = full
    await town.cancel(booked)

    await _lapse(town)

    assert await town.offered(first) is None
    assert await town.offered(second) == "17:00"
    assert "wait-lapsed" in await town.kinds()
    for _ in range(2):
        await _lapse(town)
    assert [await town.offered(one) for one in (first, second, third)] == [None] * 3
    assert [slot.local.hour for slot in await town.free()] == [17]  # now it is everybody's


async def test_a_place_let_go_goes_to_the_next_at_once(full: Any) -> None:
    town, booked, (first, second, _) = full
    await town.cancel(booked)

    assert await town.answer(first, take=False)

    assert await town.offered(second) == "17:00"
    assert await town.offered(first) is None


async def test_a_taken_place_is_a_visit_with_its_reminders_and_ends_the_wait(full: Any) -> None:
    town, booked, (first, second, _) = full
    await town.cancel(booked)

    taken = await town.answer(first, take=True)

    assert isinstance(taken, Booking)
    (row,) = await town.rows(schema.bookings, id=taken.id)
    assert (row["use"], row["person_id"], row["held_until"]) == ("visit", first, None)
    kinds = {row["kind"] for row in await town.rows(schema.due, booking_id=taken.id, state="pending")}
    assert kinds == {"visit-eve", "visit-soon", "visit-after"}
    assert (await town.rows(schema.waits, person_id=first))[0]["ended_at"] == town.now
    assert await town.offered(second) is None
    (referral,) = await town.rows(schema.referrals, person_id=first)
    assert referral["state"] == "booked"


async def test_after_three_offers_without_an_answer_the_wait_ends_kindly_and_can_go_on(town: Town) -> None:
    person, other = await town.person(), await town.person()
    await town.wait(person)
    for time in ("17:00", "17:30", "17:00"):
        await town.job()
        assert await town.offered(person) == time
        await _lapse(town)
        if time == "17:30":  # a time at which they were not asked
            await _forget_what_was_refused(town)

    (wait,) = await town.rows(schema.waits, person_id=person)
    assert wait["lapsed"] == MOST_LAPSED
    assert wait["ended_at"] == town.now
    assert len(await town.rows(schema.due, kind="wait-ended", person_id=person)) == 1
    assert "wait-ended" in await town.kinds()
    await town.wait(other)
    async with town.database.writing() as store:
        ended = await waits.own(store, wait["id"], person)
        assert ended is not None
        again = await waits.go_on(store, ended, now=town.now)
    assert again is not None
    assert again.created_at < town.now - timedelta(minutes=1), "with their turn"


async def _lapse(town: Town) -> None:
    """Let the offers reach those whom they are for, and the time pass."""
    await _let_everything_reach_them(town)
    town.now += HELD
    await town.job()


async def test_an_offer_that_never_left_is_made_again_but_not_for_ever(full: Any) -> None:
    town, booked, (first, second, _) = full
    await town.cancel(booked)

    for _ in range(MOST_LAPSED - 1):
        town.now += HELD
        await town.job()
        assert await town.offered(first) == "17:00"
    town.now += HELD
    await town.job()

    assert await town.offered(first) is None
    assert await town.offered(second) == "17:00"


async def _forget_what_was_refused(town: Town) -> None:
    async with town.database.writing() as store:
        await store.execute(update(schema.waits).values(refused=[]))


async def _let_everything_reach_them(town: Town) -> None:
    async with town.database.writing() as store:
        await store.execute(update(schema.due).values(state="sent", finished_at=town.now))


async def test_nobody_who_waits_longer_than_four_weeks_is_forgotten_silently(full: Any) -> None:
    town, _, (first, *_) = full

    town.now += LASTS
    await town.job()

    assert first in {row["person_id"] for row in await town.rows(schema.due, kind="wait-ended")}
    assert all(row["ended_at"] for row in await town.rows(schema.waits, person_id=first))


async def test_who_books_what_suits_waits_no_more_and_what_was_offered_goes_on(town: Town) -> None:
    first, second = await town.person(), await town.person()
    taken = await town.book(await town.person(), town.slot("17:00"))
    await town.wait(first, sooner_than=town.slot("17:30").starts_at)
    await town.wait(second, sooner_than=town.slot("17:30").starts_at)
    assert taken is not None
    await town.cancel(taken)

    await town.book(first, town.slot("17:30"))  # as late as what they knew: they go on waiting

    assert await town.offered(first) == "17:00"
    async with town.database.writing() as store:  # they want no more than that any more
        await store.execute(
            update(schema.waits).where(schema.waits.c.person_id == first).values(sooner_than=None)
        )
    await town.job()
    assert await town.offered(first) is None
    assert await town.offered(second) == "17:00"


async def test_an_offer_ends_when_the_clinic_closes_and_nothing_is_counted(full: Any) -> None:
    town, booked, (first, second, _) = full
    await town.cancel(booked)

    await town.close(town.slot("17:00"))
    await town.job()

    assert await town.offered(first) is None
    assert await town.offered(second) is None
    (wait,) = await town.rows(schema.waits, person_id=first)
    assert (wait["lapsed"], wait["refused"], wait["ended_at"]) == (0, [], None)


async def test_who_lost_a_visit_through_the_clinic_goes_first(full: Any) -> None:
    town, booked, (first, *_) = full
    await town.close(town.slot("17:30"))

    await town.cancel(booked)

    (lost,) = [row for row in await town.rows(schema.waits) if row["lost_booking"] is not None]
    assert await town.offered(lost["person_id"]) == "17:00"
    assert await town.offered(first) is None


async def test_who_blocked_the_bot_is_passed_over_and_back_in_turn_when_they_return(full: Any) -> None:
    town, booked, (first, second, _) = full
    await town.cancel(booked)

    await _blocked(town, first, at=town.now)
    await town.job()
    assert await town.offered(second) == "17:00"

    await _blocked(town, first, at=None)
    await town.answer(second, take=False)
    assert await town.offered(first) == "17:00"


async def _blocked(town: Town, person: int, *, at: datetime | None) -> None:
    async with town.database.writing() as store:
        await people.change(store, person, blocked_at=at)


async def test_what_is_offered_to_somebody_who_is_forgotten_is_given_back(full: Any) -> None:
    town, booked, (first, second, _) = full
    await town.cancel(booked)

    async with town.database.writing() as store:
        known = await people.by_id(store, first)
        assert known is not None
        await people.forget(store, known, [], now=town.now)
    assert await town.rows(schema.waits, person_id=first) == []
    await town.job()

    assert await town.offered(second) == "17:00"


async def test_at_night_a_place_is_held_until_the_morning_and_nobody_is_woken(full: Any) -> None:
    town, booked, (first, *_) = full
    town.now = NIGHT

    await town.cancel(booked)

    (message,) = await town.rows(schema.due, kind="wait-offer")
    morning = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    assert (message["due_at"], message["useful_until"]) == (morning, morning + HELD - TIME_TO_ANSWER)
    assert await town.offered(first) == "17:00"


async def test_who_takes_over_a_record_waits_in_the_better_turn_of_the_two(full: Any) -> None:
    town, booked, (first, second, third) = full
    await town.cancel(booked)

    async with town.database.writing() as store:
        await offering.taken_over(store, first, third, now=town.now)
    await town.job()

    assert await town.offered(third) == "17:00", "with the turn of the record"
    assert await town.offered(second) is None
    async with town.database.writing() as store:
        await offering.taken_over(store, third, first, now=town.now)
    assert await town.offered(first) == "17:00", "what was offered comes along"


async def test_where_nobody_waits_nothing_is_read_but_that(town: Town, monkeypatch: Any) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise AssertionError("looked at clinics though nobody waits")

    monkeypatch.setattr(waiters, "clinics_of", refuse)
    booked = await town.book(await town.person(), town.slot())
    assert booked is not None
    await town.cancel(booked)

    await offer_places(town.database, now=town.now)


async def test_jobs_that_run_at_the_same_time_offer_each_place_once(
    any_database: Database, now: datetime
) -> None:
    town = await Town(any_database, now).build(capacity=4)
    waiting = [await town.person() for _ in range(12)]
    for one in waiting:
        await town.wait(one)

    async with asyncio.timeout(60):
        await asyncio.gather(*(offer_places(any_database, now=town.now) for _ in range(10)))
    await offer_places(any_database, now=town.now)

    assert [await town.offered(one) is not None for one in waiting] == [True] * 8 + [False] * 4
    kept = await town.rows(schema.bookings, use="wait")
    assert len(kept) == len({row["use_id"] for row in kept}) == 8
    assert len(await town.rows(schema.due, kind="wait-offer")) == 8


async def test_a_place_is_taken_once_while_the_job_takes_it_back(full: Any) -> None:
    town, booked, (first, second, _) = full
    await town.cancel(booked)
    town.now += HELD

    async with asyncio.timeout(60):
        await asyncio.gather(town.answer(first, take=True), offer_places(town.database, now=town.now))

    active = [row for row in await town.rows(schema.bookings) if row["cancelled_at"] is None]
    assert len([row for row in active if row["local_start"] == f"{DAY}T17:00"]) == 1
    took = [row for row in active if row["person_id"] == first]
    assert (await town.offered(second) is None) == bool(took)


async def test_a_move_to_an_offer_that_is_gone_leaves_the_visit_where_it_was(
    any_database: Database, now: datetime
) -> None:
    town = await Town(any_database, now).build(clinics=2)
    person = await town.person()
    mine = await town.book(person, town.slot("17:30", clinic=1))
    await town.wait(person, Wish(clinic_id=town.clinics[0]))
    await town.job()
    assert mine is not None
    async with any_database.writing() as store:
        known, wait = await people.by_id(store, person), await waits.of(store, person)
        assert known is not None
        assert wait is not None
        (kept,) = await places.of(store, Use.WAIT, wait.id)
        await places.give_back(store, kept.id, Use.WAIT, now=now)

        refused = await wait_taking.take(store, known, wait, kept, instead=mine, now=town.now)

    assert refused is Refusal.FULL
    (row,) = await town.rows(schema.bookings, person_id=person)
    assert row["cancelled_at"] is None


@pytest.mark.skipif(not os.environ.get("HAMROH_TEST_POSTGRES"), reason="SQLite has one writer at a time")
@pytest.mark.parametrize(("careful", "kept"), [(True, 1), (False, 2)])
async def test_without_a_look_at_the_write_somebody_is_offered_two_places(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, now: datetime, careful: bool, kept: int
) -> None:
    """The negative control, without the lock that lets one round go after the other."""
    database = open_database(request.getfixturevalue("postgres_url"))
    try:
        town = await Town(database, now).build(capacity=2)
        await town.wait(await town.person())
        looked, read = asyncio.Barrier(2), waiters.free

        async def both_look(*args: Any, **parts: Any) -> Any:
            found = await read(*args, **parts)
            await looked.wait()
            return found

        async def always(*_: object, **__: object) -> bool:
            return True

        monkeypatch.setattr(waiters, "free", both_look)
        monkeypatch.setattr("storage.offering.try_until_commit", always)
        if not careful:
            monkeypatch.setattr(waits, "offer", always)
        async with asyncio.timeout(60):
            await asyncio.gather(town.job(), town.job())

        rows = await town.rows(schema.bookings, use="wait")
        assert len([row for row in rows if row["cancelled_at"] is None]) == kept
    finally:
        await database.close()


class Checked(Town):
    """A town in which every step is followed by a look at what must hold."""

    async def check(self, before: set[int]) -> None:
        """Fail unless everything is fair: call it after each step with the places that were kept before."""
        await self.job()
        rows = [row for row in await self.rows(schema.bookings) if row["cancelled_at"] is None]
        keys = [(row["clinic_id"], row["local_start"], row["place"]) for row in rows]
        assert len(keys) == len(set(keys)), "a place is sold once"
        waiting, free = await self.waiting(), await self.free()
        offered = {one.wait.offered: one for one in waiting if one.wait.offered is not None}
        kept = {row["id"]: row for row in rows if row["use"] == "wait"}
        assert set(kept) == set(offered), "a place is kept for one person, and each has one at most"
        idle = [one for one in waiting if one.wait.offered is None]
        for slot in free:
            assert not any(wants(one, slot) for one in idle), "nobody waits for a place that is free"
        for booking_id in set(kept) - before:
            row, one = kept[booking_id], offered[booking_id]
            slot = self.slot(row["local_start"][-5:])
            for other in idle:
                if wants(other, slot):
                    assert turn(one.wait) < turn(other.wait), "in the order of the queue"

    async def kept(self) -> set[int]:
        return {
            row["id"] for row in await self.rows(schema.bookings, use="wait") if row["cancelled_at"] is None
        }


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["book", "book", "cancel", "wait", "wait", "decline", "take", "lapse", "close", "forget"]
        ),
        st.integers(0, 6),
        st.integers(0, 3),
    ),
    min_size=5,
    max_size=30,
)
_WISHES = (Wish(), Wish(hours=Hours.DAY), Wish(hours=Hours.EVENING), Wish(days=frozenset({2})))
_TIMES = ("17:00", "17:30", "18:00", "18:30")


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=_STEPS)
def test_a_random_life_of_the_waiting_list_is_fair(
    steps: list[tuple[str, int, int]], sqlite_template: Path, tmp_path: Path, now: datetime
) -> None:
    file = tmp_path / "life.db"
    for old in tmp_path.glob("life.db*"):
        old.unlink()
    shutil.copy(sqlite_template, file)
    asyncio.run(_live(steps, f"sqlite+aiosqlite:///{file}", now))


async def _live(steps: list[tuple[str, int, int]], url: str, now: datetime) -> None:
    database = open_database(url)
    try:
        town = Checked(database, now)
        await town.build(ends="19:00")
        folk = [await town.person() for _ in range(7)]
        for what, who, which in steps:
            before = await town.kept()
            await _step(town, what, folk[who], which)
            await town.check(before)
        await _everybody_gets_an_answer(town)
    finally:
        await database.close()


async def _step(town: Checked, what: str, person: int, which: int) -> None:
    if what == "book":
        if await _known(town, person):
            await town.book(person, town.slot(_TIMES[which]))
    elif what == "cancel":
        async with town.database.reading() as store:
            ahead = await bookings.upcoming(store, person, now=town.now)
        if ahead:
            await town.cancel(ahead[0])
    elif what == "wait" and await _known(town, person):
        await town.wait(person, _WISHES[which])
    elif what in {"decline", "take"} and await town.offered(person):
        await town.answer(person, take=what == "take")
    elif what == "lapse":
        if which:
            await _let_everything_reach_them(town)
        town.now += HELD
    elif what == "close" and which == 0:
        await town.close(town.slot(_TIMES[person % len(_TIMES)]))
    elif what == "forget" and which == 0 and (known := await _known(town, person)):
        async with town.database.writing() as store:
            await people.forget(store, known, [], now=town.now)


async def _known(town: Town, person: int) -> Any:
    async with town.database.reading() as store:
        return await people.by_id(store, person)


async def _everybody_gets_an_answer(town: Checked) -> None:
    """Let everybody decline until nothing is offered any more: then nothing free is left to offer."""
    for _ in range(60):
        offered = [one for one in await town.waiting() if one.wait.offered is not None]
        if not offered:
            break
        for one in offered:
            if await town.offered(one.wait.person_id):
                await town.answer(one.wait.person_id, take=False)
        await town.job()
    assert await town.kept() == set()
