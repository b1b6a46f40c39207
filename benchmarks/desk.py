"""Measure what `/today` and a check-in cost the database where 300 people are expected every day.

`python -m benchmarks.desk [--people 300] [--days 58] [--rounds 30]` builds a store with a clinic that sees so
many people on each of so many days around today, on SQLite, and on PostgreSQL when HAMROH_TEST_POSTGRES names
a server (`.ci/postgres run` starts one), runs the very queries of the desk's screens, and prints the time of
each in ms (median, 99 of 100). A check-in is its whole transaction, with what follows from it and the commit.
It fails when one takes 100 ms or more at the median.
"""

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks.stores import on_each
from care.register import BACK, Mark, Standing
from care.roles import Actor
from care.ticket import ticket
from storage import directory, register, schema, walk_ins
from storage.engine import Database
from storage.people import random_id

LIMIT_MS = 100.0
ZONE = "Asia/Almaty"
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # 12:00 in Almaty
TODAY = NOW.astimezone(ZoneInfo(ZONE)).date()
CLINIC, PAGE = 1, 10
Step = Callable[[AsyncConnection, int], Awaitable[None]]


def rows(people: int, days: int) -> list[tuple[Any, list[dict[str, Any]]]]:
    """Return the rows of the store, table by table."""
    texts = {name: {"en": "x"} for name in ("names", "address", "directions", "hours", "bring")}
    clinic = {"id": CLINIC, "code": "k", "area_id": 1, "latitude": 43.2, "longitude": 76.9, **texts}
    visits = [_visit(day, number, people) for day in range(days) for number in range(people)]
    return [
        (schema.regions, [{"id": 1, "code": "r", "names": {}}]),
        (schema.cities, [{"id": 1, "code": "c", "region_id": 1, "zone": ZONE, "names": {}}]),
        (schema.areas, [{"id": 1, "code": "a", "city_id": 1, "names": {}}]),
        (schema.clinics, [clinic]),
        (schema.people, [_person(one["person_id"]) for one in visits]),
        (schema.referrals, [_referral(one["person_id"]) for one in visits]),
        (schema.bookings, visits),
        (schema.companies, [_company(one) for one in visits if one["person_id"] % 10 == 0]),
    ]


def ticket_of(number: int, people: int) -> int:
    """Return the id of today's booking with this number (0 …)."""
    return _id(BACK.days, number, people)


def _id(day: int, number: int, people: int) -> int:
    return (day * people + number + 1) * 1_000_003


def _visit(day: int, number: int, people: int) -> dict[str, Any]:
    local = datetime.combine(TODAY, datetime.min.time()) + timedelta(days=day - BACK.days)
    local += timedelta(hours=9, minutes=number // 10 * 10)
    past = day < BACK.days
    starts = local.replace(tzinfo=ZoneInfo(ZONE))
    person = day * people + number + 1
    return {
        "id": _id(day, number, people),
        "use": "visit",
        "person_id": person,
        "referral_id": person,
        "clinic_id": CLINIC,
        "starts_at": starts,
        "local_start": local.isoformat(timespec="minutes"),
        "local_day": local.date().isoformat(),
        "zone": ZONE,
        "place": number % 10,
        "created_at": NOW - timedelta(days=40),
        "came_at": starts if past and number % 4 else None,
        "missed_at": starts if past and not number % 4 else None,
    }


def _person(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "telegram_hash": number.to_bytes(32, "big"),
        "telegram_id": b"x",
        "key": b"x",
        "locale": ("uz", "tg", "ru", "kk")[number % 4],
        "consent_version": "1",
        "consent_locale": "uz",
        "consented_at": NOW,
        "seen_on": NOW.date(),
        "created_at": NOW,
    }


def _referral(number: int) -> dict[str, Any]:
    return {"id": number, "person_id": number, "state": "booked", "opened_at": NOW, "changed_at": NOW}


def _company(visit: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": visit["id"],
        "person_id": visit["person_id"],
        "booking_id": visit["id"],
        "state": "accepted",
        "refused_by": [],
        "created_at": NOW,
    }


async def _day(store: AsyncConnection, *, which: Standing | None, page: int) -> None:
    await directory.clinic(store, CLINIC, also_retired=True)
    await register.counts(store, CLINIC, TODAY)
    await register.page(store, CLINIC, TODAY, which=which, first=page * PAGE, most=PAGE)


def steps(people: int) -> dict[str, Step]:
    """Return what is measured; each takes the connection and the number of the round (0 …)."""

    async def first(store: AsyncConnection, _: int) -> None:
        await _day(store, which=Standing.EXPECTED, page=0)

    async def last(store: AsyncConnection, _: int) -> None:
        await _day(store, which=None, page=people // PAGE - 1)

    async def scanned(store: AsyncConnection, number: int) -> None:
        await _come(store, ticket_of(number, people))

    async def listed(store: AsyncConnection, number: int) -> None:
        visit = await register.lock(store, ticket_of(number + people // 3, people), [CLINIC])
        assert visit is not None
        await register.mark(store, visit, Mark.CAME, by=Actor.REGISTRAR, now=NOW)
        await register.before(store, visit, which=Standing.EXPECTED)
        await _day(store, which=Standing.EXPECTED, page=number % 3)

    async def typed(store: AsyncConnection, number: int) -> None:
        wanted = ticket(ticket_of(number + people * 2 // 3, people))
        [found] = await register.by_number(store, [CLINIC], wanted, TODAY)
        await _come(store, found.id)

    async def unknown(store: AsyncConnection, number: int) -> None:  # no id leaves this remainder
        assert not await register.by_number(store, [CLINIC], ticket(999_000 + number), TODAY)

    async def walk_in(store: AsyncConnection, _: int) -> None:
        number = random_id()
        await walk_ins.add(store, number, clinic_id=CLINIC, zone=ZONE, locale="tg", now=NOW)
        await register.lock(store, number, [CLINIC])

    return {
        "/today": first,
        "/today, last page of all": last,
        "check-in by code": scanned,
        "check-in from the list": listed,
        "check-in by number": typed,
        "a number of no visit": unknown,
        "walk-in": walk_in,
    }


async def _come(store: AsyncConnection, booking_id: int) -> None:
    visit = await register.lock(store, booking_id, [CLINIC], also_cancelled=True)
    assert visit is not None
    await register.mark(store, visit, Mark.CAME, by=Actor.REGISTRAR, now=NOW)
    await register.referral_of(store, visit)  # for the outcome


async def measure(database: Database, *, people: int, rounds: int) -> bool:
    """Print the time of each step; return whether all were fast enough."""
    fast = True
    for name, step in steps(people).items():
        times = []
        for number in range(rounds + 1):
            began = time.perf_counter()
            async with database.writing() as store:
                await step(store, number)
            times.append((time.perf_counter() - began) * 1000)
        times = times[1:]  # the first one compiles the statements
        median, slow = statistics.median(times), sorted(times)[max(int(len(times) * 0.99) - 1, 0)]
        print(f"  {name:<26} {median:7.1f} ms   99 of 100: {slow:7.1f} ms")
        fast &= median < LIMIT_MS
    return fast


async def main(arguments: argparse.Namespace) -> int:
    """Measure on each database there is; return the exit code."""
    people, days = arguments.people, arguments.days

    async def measured(database: Database) -> bool:
        return await measure(database, people=people, rounds=arguments.rounds)

    title = f"{people} people expected on each of {days} days"
    return 0 if await on_each(title, rows(people, days), measured) else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--days", type=int, default=58)
    parser.add_argument("--rounds", type=int, default=30)
    sys.exit(asyncio.run(main(parser.parse_args())))
