"""Fill a store with workers and the people in their care: the same ones each time."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.stores import fill
from care.roles import Role
from storage import schema

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
ZONE = "Asia/Almaty"
AREAS = 10
_STATES = ("reached", "informed", "screened", "booked", "came", "missed")
_KINDS = ("talk", "unbooked", "missed", "unexamined", "company")


def rows(workers: int, people: int) -> list[tuple[Any, list[dict[str, Any]]]]:
    """Return the rows of the store, table by table: the same ones each time."""
    chance = random.Random(20261123)
    near = [
        {"id": n, "code": f"a{n}", "city_id": 1, "names": {"en": f"Area {n}"}} for n in range(1, AREAS + 1)
    ]
    texts = {name: {"en": "x"} for name in ("names", "address", "directions", "hours", "bring")}
    clinic = {"id": 1, "code": "k", "area_id": 1, "latitude": 43.2, "longitude": 76.9, **texts}
    team = [_person(number) for number in range(1, workers + 2)]
    staff = [
        {
            "id": number,
            "person_id": number,
            "role": Role.COORDINATOR if number > workers else Role.WORKER,
            "area_id": None if number > workers else number % AREAS + 1,
            "started_at": NOW - timedelta(days=90),
        }
        for number in range(1, workers + 2)
    ]
    cases = [_case(chance, number, number % workers + 1) for number in range(1, workers * people + 1)]
    return [
        (schema.regions, [{"id": 1, "code": "r", "names": {}}]),
        (schema.cities, [{"id": 1, "code": "c", "region_id": 1, "zone": ZONE, "names": {}}]),
        (schema.areas, near),
        (schema.clinics, [clinic]),
        (schema.people, team + [_person(10_000 + one["referral"]["id"]) for one in cases]),
        (schema.staff, staff),
        (schema.referrals, [one["referral"] for one in cases]),
        (schema.bookings, [one["booking"] for one in cases if one["booking"]]),
        (schema.tasks, [task for one in cases for task in one["tasks"]]),
        (schema.outcomes, [outcome for one in cases for outcome in one["outcomes"]]),
        (schema.relays, [one["relay"] for one in cases if one["relay"]]),
    ]


def _person(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "telegram_hash": number.to_bytes(32, "big"),
        "telegram_id": b"x",
        "key": b"x",
        "locale": ("uz", "tg", "ru", "kk")[number % 4],
        "consent_version": "1",
        "consent_locale": "uz",
        "consented_at": NOW - timedelta(days=40),
        "seen_on": (NOW - timedelta(days=number % 30)).date(),
        "created_at": NOW - timedelta(days=40),
    }


def _case(chance: random.Random, number: int, worker: int) -> dict[str, Any]:
    """Return an open referral with all that hangs on it."""
    person, state = 10_000 + number, chance.choice(_STATES)
    opened = NOW - timedelta(days=chance.randrange(1, 40))
    referral = {
        "id": number,
        "person_id": person,
        "staff_id": worker,
        "area_id": worker % AREAS + 1,
        "state": state,
        "advice": chance.choice(("none", "watch", "soon", "urgent")),
        "checked_at": opened,
        "opened_at": opened,
        "changed_at": NOW - timedelta(hours=chance.randrange(1, 700)),
    }
    kinds = chance.sample(_KINDS, chance.choice((0, 0, 1, 1, 2)))
    return {
        "referral": referral,
        "booking": _booking(chance, number, state) if state in {"booked", "came", "missed"} else None,
        "tasks": [_task(chance, number, worker, kind) for kind in kinds],
        "outcomes": [
            {"kind": kind, "at": opened, "role": "person", "referral_id": number}
            for kind in ("consented", "checked", "booked", "answered")
        ],
        "relay": None
        if chance.random() > 0.02
        else {
            "id": number,
            "person_id": person,
            "referral_id": number,
            "staff_id": worker,
            "promised_at": NOW,
            "opened_at": NOW - timedelta(hours=3),
            "tags": [],
        },
    }


def _booking(chance: random.Random, number: int, state: str) -> dict[str, Any]:
    starts = NOW + timedelta(hours=chance.randrange(1, 200) * (1 if state == "booked" else -1))
    return {
        "id": number,
        "person_id": 10_000 + number,
        "referral_id": number,
        "clinic_id": 1,
        "starts_at": starts,
        "local_start": f"{starts:%Y-%m-%dT%H:%M}",
        "local_day": f"{starts:%Y-%m-%d}",
        "zone": ZONE,
        "place": number,
        "created_at": starts - timedelta(days=2),
        "came_at": starts if state == "came" else None,
        "missed_at": starts if state == "missed" else None,
        "cancelled_at": None,
    }


def _task(chance: random.Random, number: int, worker: int, kind: str) -> dict[str, Any]:
    due = NOW + timedelta(hours=chance.randrange(-48, 96))
    return {
        "id": number * 10 + _KINDS.index(kind),
        "kind": kind,
        "key": f"{kind}:{number}",
        "priority": chance.randrange(3),
        "person_id": 10_000 + number,
        "referral_id": number,
        "staff_id": worker,
        "promised_at": due,
        "snoozed_until": NOW + timedelta(days=1) if chance.random() < 0.1 else None,
        "escalated_at": due if due < NOW - timedelta(days=1) else None,
        "created_at": NOW - timedelta(days=3),
        "done_at": NOW if chance.random() < 0.2 else None,
    }


async def build(url: str, *, workers: int, people: int) -> None:
    """Fill an empty database with the store."""
    await fill(url, rows(workers, people))
