"""Whoever is erased leaves nothing in what the team keeps: talks, company, tickets, tasks, links, care."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, insert, select, update

from care.person import Person
from care.roles import Role
from storage import people, referrals, schema, staff
from storage.erasing import compact
from storage.people import random_id

MIGRANT_ID, FRIEND_ID, WORKER_ID, OTHER_ID = 7_701_234_567, 7_702_345_678, 7_703_456_789, 7_704_567_890
PHONE, PLACE, NICKNAME, LABEL = (
    b"+77015550199",
    b"43.238949,76.889709",
    b"Gulnora Kanareeva",
    "Kanareev's uncle",
)
PLACES = ("offer", "instead", "lapsed")  # kept for somebody
OF_THE_LOG = frozenset({"audit"})  # ids that tell nothing, and survive (row G9)


@dataclass
class Street:
    """A migrant with everything open, a friend who passes a link on, and their worker with everything."""

    database: Any
    vault: Any
    now: Any
    people: dict[str, Person] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    sealed: dict[str, list[bytes]] = field(default_factory=dict)

    async def build(self) -> "Street":
        async with self.database.writing() as store:
            await self._places(store)
            for name, number in (
                ("migrant", MIGRANT_ID), ("friend", FRIEND_ID), ("worker", WORKER_ID), ("other", OTHER_ID)
            ):  # fmt: skip
                self.people[name] = await people.add(
                    store,
                    self.vault,
                    number,
                    locale="ru",
                    consent_version="1",
                    link_id=None,
                    area_id=1,
                    now=self.now,
                )
                self.sealed[name] = [self.people[name].telegram_id or b"", self.people[name].key]
            self.ids["worker"] = await staff.add(
                store, self.people["worker"].id, Role.WORKER, now=self.now, area_id=1
            )
            self.ids["other"] = await staff.add(
                store, self.people["other"].id, Role.WORKER, now=self.now, area_id=1
            )
            await self._of_worker(store)
            await self._of_migrant(store)
            await self._put(
                store, schema.links, id=random_id(), code="q" * 16, short_code="QQQQ2222", kind="friend",
                person_id=self.people["friend"].id, created_at=self.now,
            )  # fmt: skip
        return self

    def seal(self, name: str, content: bytes) -> bytes:
        sealed: bytes = self.vault.seal_for(self.people[name].key, content)
        self.sealed[name].append(sealed)
        return sealed

    async def _put(self, store: Any, table: Table, **values: Any) -> None:
        await store.execute(insert(table).values(**values))

    async def _places(self, store: Any) -> None:
        await self._put(store, schema.regions, id=1, code="r", names={})
        await self._put(store, schema.cities, id=1, code="c", region_id=1, zone="Asia/Almaty", names={})
        await self._put(store, schema.areas, id=1, code="a", city_id=1, names={})
        await self._put(
            store, schema.sites, id=1, code="s", area_id=1, kind="market", names={}, notes="A gate"
        )
        texts: dict[str, Any] = {key: {} for key in ("names", "address", "directions", "hours", "bring")}
        await self._put(
            store, schema.clinics, id=1, code="k", area_id=1, latitude=43.2, longitude=76.9, **texts
        )

    async def _of_worker(self, store: Any) -> None:
        now, number = self.now, self.ids["worker"]
        card = {name: self.seal("worker", NICKNAME) for name in ("name", "photo", "voice")}
        said = {"gender": "f", "languages": ["ru", "tg"], "quiet_from": "20:00", "digest_at": "08:30"}
        await store.execute(update(schema.staff).where(schema.staff.c.id == number).values(**card, **said))
        await self._put(store, schema.shifts, staff_id=number, weekday=0, starts="18:00", ends="21:00")
        await self._put(store, schema.area_posts, area_id=1, owner_id=number)
        await self._put(
            store, schema.links, id=random_id(), code="w" * 16, short_code="WWWW2222", kind="colleague",
            label=LABEL,
            staff_id=number, created_at=now,
        )  # fmt: skip
        await self._put(
            store, schema.lone_visits, id=random_id(), staff_id=number, site_id=1, started_at=now,
            ends_at=now + timedelta(hours=1), place=self.seal("worker", PLACE),
        )  # fmt: skip
        await self._put(
            store,
            schema.moods,
            id=random_id(),
            staff_id=number,
            week="2026-W47",
            answers={"work": 3, "sleep": 2},
        )
        await self._put(
            store, schema.site_visits, id=random_id(), site_id=1, staff_id=number, at=now, people=3,
            leaflets=5,
            minutes=60,
        )  # fmt: skip

    async def _of_migrant(self, store: Any) -> None:
        now, person, worker = self.now, self.people["migrant"], self.people["worker"]
        referral = await referrals.open_for(store, person.id, now=now)
        booking, relay, company, task = (random_id() for _ in range(4))
        self.ids |= {
            "referral": referral,
            "booking": booking,
            "relay": relay,
            "company": company,
            "task": task,
        }
        about = {"person_id": person.id, "staff_id": self.ids["worker"]}
        await self._put(
            store, schema.ownerships, id=random_id(), referral_id=referral, staff_id=self.ids["worker"],
            reason="link", since=now,
        )  # fmt: skip
        await self._put(
            store, schema.bookings, id=booking, person_id=person.id, referral_id=referral, clinic_id=1,
            starts_at=now + timedelta(days=1), local_start="2026-11-22T09:30", local_day="2026-11-22",
            zone="Asia/Almaty", place=0, created_at=now,
        )  # fmt: skip
        await self._put(
            store,
            schema.relays,
            id=relay,
            **about,
            referral_id=referral,
            promised_at=now,
            tags=["lawyer"],
            opened_at=now,
        )
        await self._put(
            store,
            schema.relay_messages,
            relay_id=relay,
            side="person",
            message_id=987_001,
            copy_id=987_002,
            at=now,
        )
        await self._put(
            store, schema.companies, id=company, **about, booking_id=booking, state="accepted", refused_by=[],
            created_at=now, place=self.seal("migrant", PLACE), phone=self.seal("migrant", PHONE),
        )  # fmt: skip
        await self._put(
            store, schema.claims, id=random_id(), person_id=person.id, kind="record",
            code_hash=self.vault.hash("code"),
            created_at=now, expires_at=now + timedelta(days=30),
        )  # fmt: skip
        await self._put(
            store, schema.tasks, id=task, **about, kind="talk", promised_at=now, created_at=now,
            contact=self.seal("migrant", PHONE),
        )  # fmt: skip
        await store.execute(
            update(schema.people)
            .where(schema.people.c.id == self.people["friend"].id)
            .values(reminders_to=person.id)
        )
        await self._of_migrant_at_clinics(store, referral, booking)
        # what others are to be told about the person, and what the worker is in the middle of
        told = {
            "staff-news:1": {"about": person.id, "booking": booking, "what": "booked"},
            "followup:1": {"kind": "came", "person": person.id},
            "claimed:1": {"before": random_id(), "after": person.id},
            f"task:{task}:1": {"task": task},
            f"talk:{task}": {"task": task},
        }
        for key, params in told.items():
            await self._put(
                store, schema.due, key=key, kind="talk", person_id=worker.id, params=params, due_at=now,
                useful_until=now + timedelta(days=1), lane=1, created_at=now,
            )  # fmt: skip
        await self._put(
            store,
            schema.drafts,
            person_id=worker.id,
            kind="agent",
            content={"person": person.id},
            changed_at=now,
        )

    async def _of_migrant_at_clinics(self, store: Any, referral: int, booking: int) -> None:
        """Write everything that comes from a booked place to care, and after it."""
        now, person_id, other_id = self.now, self.people["migrant"].id, self.people["other"].id
        names = ("lost", "wait", "offer", "instead", "lapsed", "child", "brigade", "checklist", "plan")
        self.ids |= {name: random_id() for name in (*names, "transfer", "theirs", "examination")}
        ids, later = self.ids, now + timedelta(days=9)
        place = {"clinic_id": 1, "zone": "Asia/Almaty", "created_at": now, "starts_at": later}
        rows: list[dict[str, Any]] = [
            {"id": ids["lost"], "person_id": person_id, "referral_id": referral, "closure_id": 5},
            {"id": ids["offer"], "use": "wait", "use_id": ids["wait"]},
            {"id": ids["instead"], "use": "displaced", "use_id": ids["lost"]},
            {"id": ids["lapsed"], "use": "displaced", "use_id": ids["lost"], "cancelled_at": now},
            {"id": ids["child"], "use": "child", "use_id": booking, "guardian_id": person_id},
            {"id": random_id(), "use": "brigade", "use_id": ids["brigade"]},
        ]
        for number, row in enumerate(rows):
            day = f"2026-12-{number + 1:02}"
            on = {"local_start": f"{day}T10:00", "local_day": day, "place": number}
            cancelled = {"cancelled_at": now} if "closure_id" in row else {}
            await self._put(store, schema.bookings, **place, **on, **cancelled, **row)
        await self._put(
            store, schema.waits, id=ids["wait"], person_id=person_id, days=[], hours="any", refused=[],
            lost_booking=ids["lost"], offered=ids["offer"], created_at=now, ends_at=later,
        )  # fmt: skip
        for number, owner in ((ids["brigade"], person_id), (ids["theirs"], other_id)):
            at = {"confirm_until": later, "created_at": now}
            await self._put(store, schema.brigades, id=number, person_id=owner, clinic_id=1, **at)
        await self._put(  # they came by the link that somebody else had for them
            store, schema.brigade_places, id=random_id(), brigade_id=ids["theirs"], booking_id=booking,
            local_start="2026-11-22T09:30", code_hash=self.vault.hash("letter"), used_at=now,
        )  # fmt: skip
        for number, visit in ((ids["examination"], booking), (random_id(), ids["child"])):
            await self._put(
                store, schema.examinations, id=number, booking_id=visit, person_id=person_id, clinic_id=1,
                referral_id=referral, examined_at=now, ready_at=now, outcome=self.seal("migrant", b"R2"),
            )  # fmt: skip
        await self._put(
            store, schema.dose_plans, id=ids["plan"], person_id=person_id, times=["08:00"], weekdays=[],
            zone="Asia/Almaty", starts_on=now.date(), ends_on=later.date(), created_at=now,
            word=self.seal("migrant", PLACE),
        )  # fmt: skip
        await self._put(
            store, schema.doses, plan_id=ids["plan"], day=now.date(), hour="08:00", answer="taken", at=now
        )
        await self._put(
            store, schema.care_visits, id=random_id(), person_id=person_id, kind="doctor",
            local_start="2026-12-20T09:00", zone="Asia/Almaty", created_at=now,
        )  # fmt: skip
        await self._put(
            store, schema.transfers, id=ids["transfer"], person_id=person_id, country="TJ", allowed=["name"],
            written=self.seal("migrant", PHONE), code_hash=self.vault.hash("card"), created_at=now,
        )  # fmt: skip
        await self._put(
            store, schema.checklists, id=ids["checklist"], person_id=person_id, kind="without-papers",
            ticked={}, created_at=now, changed_at=now,
        )  # fmt: skip

    async def forget(self, name: str, telegram_id: int) -> None:
        async with self.database.writing() as store:
            hashes = self.vault.hashes(str(telegram_id))
            await people.forget(store, self.people[name], hashes, now=self.now)
        await compact(self.database)

    def on_disk(self) -> bytes:
        folder = Path(self.database.file).parent
        return b"".join(path.read_bytes() for path in sorted(folder.glob("hamroh.db*")))

    async def rows_with(self, number: int) -> list[str]:
        """Return the tables that hold a number anywhere, in a column or in JSON."""
        found = []
        async with self.database.reading() as store:
            for table in schema.metadata.sorted_tables:
                rows = (await store.execute(select(table))).all()
                if table.name not in OF_THE_LOG and any(str(number) in repr(tuple(row)) for row in rows):
                    found.append(table.name)
        return found

    async def row(self, table: Table, **where: Any) -> Mapping[str, Any]:
        async with self.database.reading() as store:
            statement = select(table).where(*(table.c[name] == value for name, value in where.items()))
            return dict((await store.execute(statement)).mappings().one())


@pytest.fixture
async def street(database: Any, vault: Any, now: Any) -> Street:
    return await Street(database, vault, now).build()


async def test_nothing_of_a_migrant_is_left_in_talks_company_tickets_tasks_and_notices(
    street: Street,
) -> None:
    await street.forget("migrant", MIGRANT_ID)

    assert await street.rows_with(street.people["migrant"].id) == []
    stay = {"worker", "other", "theirs", *PLACES}
    for name in street.ids.keys() - stay:
        assert await street.rows_with(street.ids[name]) == [], name
    for name in PLACES:  # free for others, and nobody's
        row = await street.row(schema.bookings, id=street.ids[name])
        assert (row["use_id"], row["person_id"], row["cancelled_at"]) == (None, None, street.now), name
    link = await street.row(schema.brigade_places, brigade_id=street.ids["theirs"])
    assert link["used_at"] == street.now, "who made the link sees nothing of it"
    content = street.on_disk()
    assert [
        one for one in (*street.sealed["migrant"], PHONE, PLACE, str(MIGRANT_ID).encode()) if one in content
    ] == []


async def test_a_friend_who_is_erased_leaves_a_link_of_nobody(street: Street) -> None:
    await street.forget("friend", FRIEND_ID)

    assert await street.rows_with(street.people["friend"].id) == []
    link = await street.row(schema.links, short_code="QQQQ2222")
    assert (link["person_id"], link["ended_at"]) == (None, street.now)
    assert all(one not in street.on_disk() for one in street.sealed["friend"])


async def test_nothing_that_a_worker_said_of_themselves_is_left(street: Street) -> None:
    await street.forget("worker", WORKER_ID)

    assert await street.rows_with(street.people["worker"].id) == []
    left = await street.row(schema.staff, id=street.ids["worker"])
    assert {name for name, value in left.items() if value is not None} == {
        "id", "role", "area_id", "started_at", "ended_at",
    }  # fmt: skip
    assert (await street.row(schema.links, short_code="WWWW2222"))["label"] is None
    assert (await street.row(schema.area_posts, area_id=1))["owner_id"] is None
    assert "shifts" not in await street.rows_with(street.ids["worker"])
    content = street.on_disk()
    wanted = (*street.sealed["worker"], NICKNAME, LABEL.encode(), PLACE, str(WORKER_ID).encode())
    assert [one for one in wanted if one in content] == []


async def test_what_is_searched_for_is_there_before(street: Street) -> None:
    """The negative control."""
    for name in ("migrant", "friend", "worker"):
        assert await street.rows_with(street.people[name].id)
    await compact(street.database)
    content = street.on_disk()
    assert all(one in content for sealed in street.sealed.values() for one in sealed)
    assert LABEL.encode() in content
