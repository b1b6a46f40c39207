"""Nobody but the clinic and the person learns what a result is: all that others see is the same for each.

The same days are lived once for every result, and with another result written later, for every pair of them,
from the same store on. Then everything that workers, coordinators and registrars can look at is compared byte
for byte, with what waits to be sent and what was counted. Ids that are made on the way carry no meaning: they
come alike in each run, or are levelled.
"""

import json
import random
import re
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot import results as nightly
from bot import tasks
from care.referral import State
from care.results import Result
from care.roles import Actor, Role
from handlers.buttons import Verb, build
from handlers.screens import to_json
from storage import referrals, releasing, schema
from storage.engine import open_database
from tests.handlers.clinician.desk import arrived, hired

ZONE = "Asia/Almaty"
STEPS = ("examined_at", "ready_at", "given_at")
PAIRS = tuple((code, list(Result)[(place + 1) % len(Result)]) for place, code in enumerate(Result))
EVERY_PAIR = tuple((code, other) for code in Result for other in Result)
SEEN_BY_STAFF = ("ppl:0:all", "ppl:0:needs", "ppl:0:booked", "ppl:0:silent", "tasks", "rels", "staff")
SEEN_BY_OFFICE = ("tasks", "team", "audit", "stats:month", "stats:month:work", "stats:month:worker", "staff")
SEEN_AT_THE_DESK = ("res", "res:g", "res:r", "today", "staff")


@dataclass
class Story:
    """One run of the same days, with one result."""

    world: Any
    code: Result
    other: Result  # what is written later
    clinic_id: int
    visit: int
    person_id: int
    who: dict[str, int]  # telegram ids

    def chatter(self, name: str) -> Any:
        return self.world.somebody(telegram_id=self.who[name])

    async def tap(self, name: str, data: str) -> str:
        return json.dumps(to_json(await self.chatter(name).tap(data)), ensure_ascii=False)

    async def examination(self) -> int:
        rows = await self.world.rows(schema.examinations)
        return int(rows[0]["id"]) if rows else 0


Event = Callable[[Story], Awaitable[Any]]


def clinician(data: str) -> Event:
    async def pressed(story: Story) -> None:
        codes = {"code": story.code.value, "other": story.other.value}
        await story.tap("clinician", data.format(visit=story.visit, **codes))

    return pressed


def waits(days: int) -> Event:
    async def later(story: Story) -> None:
        story.world.wait(days=days)

    return later


async def desk_gives(story: Story) -> None:
    await story.tap("registrar", f"rsgiv:{story.visit}")


async def has(story: Story) -> None:
    rows = await story.world.rows(schema.examinations)
    newest = max((rows[0][name] for name in STEPS if rows[0][name]), default=None) if rows else None
    at = int(newest.timestamp()) if newest else 0
    await story.tap("person", build(Verb.RESULT_HAVE, await story.examination(), at))


async def replaces(story: Story) -> None:
    rows = await story.world.rows(schema.examinations)
    at = int(rows[0]["given_at"].timestamp()) if rows and rows[0]["given_at"] else 0
    await story.tap("clinician", build(Verb.RESULT_READY, story.visit, story.other.value, at))


async def told(story: Story) -> None:
    """Let all that is due have been sent."""
    due = (schema.due.c.state == "pending", schema.due.c.due_at <= story.world.now)
    async with story.world.database.writing() as store:
        done = {"state": "sent", "finished_at": story.world.now}
        await store.execute(schema.due.update().where(*due).values(**done))


async def looks(story: Story) -> None:
    await story.tap("person", build(Verb.RESULT_HAVE, await story.examination()))


async def shares(story: Story) -> None:
    await story.tap("person", "hh")


async def talks(story: Story) -> None:
    await story.tap("person", "talky")


async def books(story: Story) -> None:
    day: date = story.world.now.date() + timedelta(days=1)
    day += timedelta(days=1 if day.weekday() == 6 else 0)
    await story.tap("person", f"bky:{story.clinic_id}:{day:%Y%m%d}1800:skip")


async def night(story: Story) -> None:
    await nightly.settle(story.world.database, story.world.vault, now=story.world.now)


async def look(story: Story) -> None:
    await tasks.look(story.world.database, now=story.world.now, zone=ZONE)


async def away(story: Story) -> None:
    async with story.world.database.writing() as store:
        known = await referrals.of(store, story.person_id)
        if known is not None:
            await referrals.move(store, known, State.MOVED_AWAY, by=Actor.PERSON, now=story.world.now)


EVENTS: dict[str, Event] = {
    "examined": clinician("rsex:{visit}"),
    "ready": clinician("rsrdy:{visit}:{code}"),
    "given": clinician("rsgiv:{visit}"),
    "replaces": replaces,
    "other": clinician("rsrdy:{visit}:{other}"),
    "told": told,
    "looks": looks,
    "desk-gives": desk_gives,
    "has": has,
    "back-g": clinician("rsbak:{visit}:g"),
    "back-r": clinician("rsbak:{visit}:r"),
    "preventive": clinician("rscar:{visit}:p"),
    "treatment": clinician("rscar:{visit}:t"),
    "not-begun": clinician("rscar:{visit}:n"),
    "completed": clinician("rscar:{visit}:c:y"),
    "shares": shares,
    "talks": talks,
    "books": books,
    "day": waits(1),
    "week": waits(7),
    "month": waits(31),
    "night": night,
    "away": away,
    "look": look,
}
BEGIN = ("examined", "ready")
ANOTHER = (  # care goes as far as it can, the episode ends, and then another result is written; and once more
    *(*BEGIN, "told", "given", "treatment", "day", "shares", "month", "completed", "night"),
    *("replaces", "told", "looks", "week", "look", "desk-gives", "treatment", "look", "replaces", "back-r"),
)
BACK = (  # care goes on and the episode ends, or the person leaves, and another result is taken back
    *(*BEGIN, "told", "given", "treatment", "month", "completed", "night", "replaces", "desk-gives"),
    *("look", "back-g", "look", "back-r", "look", "day", "replaces", "books", "back-r", "night", "look"),
)
BACK_AWAY = (
    *(*BEGIN, "given", "preventive", "day", "away", "replaces", "given", "back-g", "back-r", "look"),
    *("replaces", "books", "back-r", "look", "night"),
)
WHOLE = (*BEGIN, "given", "treatment", "day", "shares", "look", "month", "look", "night", "books", "look")


@pytest.fixture
async def story(world: Any) -> Story:
    area = await world.area()
    clinic = await world.clinic(area)
    worker = world.somebody()
    staff_id = await worker.hire(Role.WORKER, area_id=area)
    someone, visit = await arrived(world, clinic, staff_id=staff_id, area_id=area)
    boss = world.somebody()
    await boss.hire(Role.COORDINATOR)
    people = {
        "worker": worker,
        "person": someone,
        "boss": boss,
        "clinician": await hired(world, Role.CLINICIAN, clinic),
        "registrar": await hired(world, Role.REGISTRAR, clinic),
    }
    person = await someone.person()
    who = {name: one.telegram_id for name, one in people.items()}
    return Story(world, Result.NO_TB, Result.NO_TB, clinic, visit, person.id, who)


async def copied(story: Story, file: Path, code: Result, other: Result = Result.NO_TB) -> Story:
    """Return the same city at the same moment, with a store of its own."""
    [[_, _, path]] = sqlite3.connect(file).execute("PRAGMA database_list").fetchall()
    target = file.with_name(f"{code.value}{other.value}.db")
    for left in file.parent.glob(f"{code.value}{other.value}.db*"):
        left.unlink()
    source, copy = sqlite3.connect(path), sqlite3.connect(target)
    source.backup(copy)
    source.close()
    copy.close()
    database = open_database(f"sqlite+aiosqlite:///{target}")
    return replace(story, world=replace(story.world, database=database, people=[]), code=code, other=other)


async def seen(story: Story) -> str:
    """Return everything that others than the clinicians and the person can look at."""
    parts = [await story.tap("worker", data) for data in SEEN_BY_STAFF]
    parts += [await story.tap(name, f"pers:{story.person_id}") for name in ("worker", "boss")]
    for row in await story.world.rows(schema.tasks):
        parts += [await story.tap(name, f"task:{row['id']}") for name in ("worker", "boss")]
    parts += [await story.tap("boss", data) for data in SEEN_BY_OFFICE]
    parts += [await story.tap("registrar", data) for data in (*SEEN_AT_THE_DESK, f"rslt:{story.visit}")]
    return "\n".join(parts)


async def kept(story: Story) -> list[str]:
    """Return what waits to be sent and to be done, and what was counted of the person."""
    world, known = story.world, []
    for table, drop in ((schema.due, {"id"}), (schema.tasks, {"id"}), (schema.relays, {"id"})):
        for row in await world.rows(table):
            known.append(repr({name: value for name, value in row.items() if name not in drop}))
    own = {row["id"] for row in await world.rows(schema.referrals, person_id=story.person_id)}
    for row in await world.rows(schema.outcomes):
        if row["referral_id"] in own:
            known.append(repr({name: value for name, value in row.items() if name != "id"}))
    for row in await world.rows(schema.referrals, person_id=story.person_id):
        known.append(repr((row["staff_id"], row["advice"], row["changed_at"], row["closed_at"])))
    return known


def levelled(text: str, base: str) -> str:
    """Return a text without ids that were made after the stories parted."""
    return re.sub(r"\d{12,19}", lambda found: found[0] if found[0] in base else "ID", text)


class Repeated(random.Random):
    """Stands for `secrets`: the same ids in each run, since tickets are made of them and lists sorted."""

    def randbits(self, bits: int) -> int:
        return self.getrandbits(bits)


async def lived(story: Story, days: tuple[str, ...], base: str) -> tuple[str, list[str]]:
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("storage.people.secrets", Repeated(len(days)))
            for one in days:
                await EVENTS[one](story)
        screens = levelled(await seen(story), base)
        return screens, [levelled(line, base) for line in await kept(story)]
    finally:
        await story.world.close()


async def base_of(story: Story) -> str:
    """Return all that was stored before the stories part."""
    tables = (schema.people, schema.staff, schema.referrals, schema.bookings, schema.links)
    return repr([dict(row) for table in tables for row in await story.world.rows(table)])


@settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(days=WHOLE)
@example(days=ANOTHER)
@example(days=(*BEGIN, "week", "look", "has", "preventive", "back-g", "look", "given", "day", "shares"))
@example(days=(*BEGIN, "desk-gives", "treatment", "talks", "month", "night", "completed", "look", "talks"))
@given(days=st.lists(st.sampled_from(sorted(EVENTS)), max_size=9).map(lambda more: (*BEGIN, *more)))
async def test_whatever_the_result_is_others_see_the_same(
    story: Story, store_file: Path, days: tuple[str, ...]
) -> None:
    base = await base_of(story)
    runs = [await lived(await copied(story, store_file, *pair), days, base) for pair in PAIRS]

    assert all(screens == runs[0][0] for screens, _ in runs)
    assert all(rows == runs[0][1] for _, rows in runs)


@pytest.mark.parametrize(
    "days", [ANOTHER, BACK, BACK_AWAY, (*BEGIN, "has", "told", "replaces", "other", "told", "back-r")]
)
async def test_whatever_replaces_a_result_others_see_the_same(
    story: Story, store_file: Path, days: tuple[str, ...]
) -> None:
    base = await base_of(story)
    runs = [await lived(await copied(story, store_file, *pair), days, base) for pair in EVERY_PAIR]

    assert all(run == runs[0] for run in runs)


def test_each_code_is_once_before_and_once_after() -> None:
    assert {code for code, _ in PAIRS} == {other for _, other in PAIRS} == set(Result)


async def moved_only(store: Any, referral: Any, *, now: datetime) -> None:
    """Ask the table of moves alone, in which completed care is an end."""
    await referrals.move(store, referral, State.RESULT_READY, by=Actor.CLINICIAN, now=now)


@pytest.mark.parametrize(
    ("heedless", "days"),
    [
        ((referrals, "shown_to_workers", lambda state: state), (*BEGIN, "given", "week", "treatment")),
        ((releasing, "_GIVEN", (State.RESULT_GIVEN,)), (*BEGIN, "given", "month", "night", "books")),
        ((releasing, "go_on", moved_only), (*BEGIN, "given", "treatment", "month", "completed", "replaces")),
    ],
)
async def test_without_care_for_it_the_difference_is_seen(
    story: Story,
    store_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    heedless: tuple[Any, str, Any],
    days: tuple[str, ...],
) -> None:
    """The negative control: a hidden step that moves the date; care keeps an episode open, or ends it."""
    monkeypatch.setattr(*heedless)
    base = await base_of(story)
    none, tb = [
        await lived(await copied(story, store_file, code), days, base) for code in (Result.NO_TB, Result.TB)
    ]

    assert none[0] != tb[0]
