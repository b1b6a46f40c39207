"""Measure what `/people`, `/tasks` and the look for tasks cost the database where the work is large.

`python -m benchmarks.caseload [--workers 100] [--people 200] [--rounds 30]` builds a store with so many
workers and so many open referrals each, on SQLite, and on PostgreSQL when HAMROH_TEST_POSTGRES names a server
(`.ci/postgres run` starts one), runs the very queries of the screens for changing workers, and prints the
time of each screen in ms (median, 99 of 100) with the rows it read. It fails when a screen takes 100 ms or
more at the median.
"""

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks.caseload_store import AREAS, NOW, ZONE, rows
from benchmarks.stores import on_each
from bot import tasks as looking
from care.person import StaffMember
from care.roles import Role
from storage import case_card, caseload, task_lists
from storage.caseload import Filter
from storage.engine import Database

LIMIT_MS = 100.0  # for a screen
MINUTE_LIMIT_MS = 1000.0  # for the look of every minute, with nothing to do


@dataclass(frozen=True)
class Screen:
    """One screen: all that it reads, and how many rows that was."""

    name: str
    read: Callable[[AsyncConnection, StaffMember], Awaitable[int]]
    role: Role = Role.WORKER


async def _people(store: AsyncConnection, member: StaffMember) -> int:
    counts = await caseload.counts(store, member.id, now=NOW)
    cases = await caseload.page(store, member.id, now=NOW, first=0, most=8)
    return len(cases) + sum(counts.values())


async def _needs(store: AsyncConnection, member: StaffMember) -> int:
    await caseload.counts(store, member.id, now=NOW)
    return len(await caseload.page(store, member.id, now=NOW, first=8, most=8, which=Filter.NEEDS))


async def _tasks(store: AsyncConnection, member: StaffMember) -> int:
    load = await task_lists.load(store, [member], now=NOW, day_ends=NOW + timedelta(hours=9))
    shown = await task_lists.page(store, [member], now=NOW, first=0, most=6)
    faces = await caseload.faces(store, [task.person_id for task in shown])
    return load.open + len(shown) + len(faces)


async def _card(store: AsyncConnection, member: StaffMember) -> int:
    [case] = await caseload.page(store, member.id, now=NOW, first=0, most=1)
    found = await case_card.card(store, [member], case.person_id, now=NOW)
    if found is None:
        raise LookupError("a worker does not reach their own people")
    tasks = await task_lists.of_person(store, [member], case.person_id)
    return len(tasks) + len(await case_card.history(store, found.referral_id, first=0, most=7))


async def _home(store: AsyncConnection, member: StaffMember) -> int:
    load = await task_lists.load(store, [member], now=NOW, day_ends=NOW + timedelta(hours=9))
    talks, _ = await task_lists.relays_open(store, [member.id])
    ahead = await task_lists.day(store, [member.id], begins=NOW, ends=NOW + timedelta(days=7), since=NOW)
    return load.open + talks + len(ahead.visits)


SCREENS = (
    Screen("/people", _people),
    Screen("/people, need me", _needs),
    Screen("one person", _card),
    Screen("/tasks", _tasks),
    Screen("🧰 work", _home),
    Screen("/tasks, coordinator", _tasks, Role.COORDINATOR),
)


async def measure(database: Database, *, workers: int, rounds: int) -> bool:
    """Print the time of each screen; return whether all were fast enough."""
    fast = True
    async with database.reading() as store:
        for screen in SCREENS:
            times, read = [], 0
            for number in range(rounds + 1):
                staff_id = number % workers + 1 if screen.role is Role.WORKER else workers + 1
                area = staff_id % AREAS + 1 if screen.role is Role.WORKER else None
                began = time.perf_counter()
                read = await screen.read(store, StaffMember(id=staff_id, role=screen.role, area_id=area))
                times.append((time.perf_counter() - began) * 1000)
            fast &= _told(screen.name, times[1:], read)  # the first one compiles the statements
    return await _minute(database) and fast


async def _minute(database: Database) -> bool:
    """Print what the look of every minute takes: once with much to do, then with nothing."""
    times = []
    for _ in range(4):  # what is not settled by one look is by the next
        began = time.perf_counter()
        await looking.look(database, now=NOW, zone=ZONE)
        times.append((time.perf_counter() - began) * 1000)
    much, nothing = times[0], times[-1]
    print(f"  every minute: {much:.0f} ms with all of it to do at once, {nothing:.1f} ms with nothing to do")
    return nothing < MINUTE_LIMIT_MS


def _told(name: str, times: Sequence[float], read: int) -> bool:
    median, slow = statistics.median(times), sorted(times)[int(len(times) * 0.99) - 1]
    print(f"  {name:<22} {median:7.1f} ms   99 of 100: {slow:7.1f} ms   {read:6} rows")
    return median < LIMIT_MS


async def main(arguments: argparse.Namespace) -> int:
    """Measure on each database there is; return the exit code."""
    workers, people = arguments.workers, arguments.people

    async def measured(database: Database) -> bool:
        return await measure(database, workers=workers, rounds=arguments.rounds)

    title = f"{workers} workers with {people} open referrals each"
    return 0 if await on_each(title, rows(workers, people), measured) else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=100)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=30)
    sys.exit(asyncio.run(main(parser.parse_args())))
