"""Jobs: what returns by itself, also when the program slept or the clock was moved."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from bot.clock import MovedClock
from bot.jobs import COLLISIONS, NIGHTLY_AT, Job, Jobs, due_today
from storage.engine import Database

ZONE = "Asia/Almaty"
EVENING = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)  # 18:00 in Almaty


def at(hour: int, minute: int) -> datetime:
    return datetime(2026, 11, 23, hour, minute, tzinfo=UTC)


class Evening:
    def now(self) -> datetime:
        return EVENING


@pytest.mark.parametrize(
    ("last", "local", "expected"),
    [
        (date(2026, 11, 22), at(3, 29), False),
        (date(2026, 11, 22), at(3, 30), True),
        (date(2026, 11, 23), at(3, 30), False),
        (date(2026, 11, 22), at(18, 0), True),  # down at half past three
        (date(2026, 11, 20), at(2, 0), True),  # down for three days
        (date(2026, 11, 24), at(18, 0), False),  # the clock was set back
        (None, at(18, 0), False),  # a new store
    ],
)
def test_a_daily_job_runs_once_after_its_hour(last, local, expected):
    assert due_today(last, local, NIGHTLY_AT) is expected


async def test_a_daily_job_follows_the_clock_that_is_moved(database):
    clock, nights = MovedClock(Evening()), []

    async def work() -> None:
        nights.append(clock.now())

    job = Job(name="nightly", work=work, at=NIGHTLY_AT)
    jobs = Jobs([job], database=database, now=clock.now, zone=ZONE)
    await jobs.run(job)
    assert nights == []
    for _ in range(3):
        clock.move(timedelta(days=1))
        await jobs.run(job)
        await jobs.run(job)

    assert len(nights) == 3


async def test_a_job_that_fails_is_tried_again_and_stops_nobody(database):
    clock, tries = MovedClock(Evening()), []

    async def work() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise OSError("no room on the disk")

    job = Job(name="nightly", work=work, at=NIGHTLY_AT)
    jobs = Jobs([job], database=database, now=clock.now, zone=ZONE)
    await jobs.run(job)
    clock.move(timedelta(days=1))
    for _ in range(3):
        await jobs.run(job)

    assert len(tries) == 2


async def tries_of_a_job_that_collides(database: Database, times: int) -> int:
    tries = 0
    fault = Exception("deadlock detected")
    fault.sqlstate = "40P01"  # type: ignore[attr-defined]

    async def work() -> None:
        nonlocal tries
        tries += 1
        if tries <= times:
            raise DBAPIError("update", None, fault)

    job = Job(name="closures", work=work, every=timedelta(seconds=5))
    await Jobs([job], database=database, now=MovedClock(Evening()).now, zone=ZONE).run(job)
    return tries


async def test_a_job_that_waited_for_a_press_which_waited_for_it_is_done_again_at_once(database):
    assert await tries_of_a_job_that_collides(database, 1) == 2
    assert await tries_of_a_job_that_collides(database, 99) == COLLISIONS


async def test_without_a_name_for_collisions_it_waits_for_its_next_time(database, monkeypatch):
    monkeypatch.setattr("bot.jobs.is_collision", lambda _: False)
    assert await tries_of_a_job_that_collides(database, 1) == 1


async def test_the_ticker_ticks_until_it_is_stopped(database):
    ticked = asyncio.Event()

    async def work() -> None:
        ticked.set()

    table = [Job(name="due", work=work, every=timedelta(milliseconds=20))]
    jobs = Jobs(table, database=database, now=lambda: EVENING, zone=ZONE)
    jobs.start()
    await asyncio.wait_for(ticked.wait(), 5)
    jobs.stop()
    jobs.stop()


def test_a_job_says_when_exactly_once(database):
    async def work() -> None:
        return

    for job in (
        Job(name="never", work=work),
        Job(name="both", work=work, every=timedelta(seconds=1), at=time(3)),
    ):
        with pytest.raises(ValueError, match=job.name):
            Jobs([job], database=database, now=lambda: EVENING, zone=ZONE)
