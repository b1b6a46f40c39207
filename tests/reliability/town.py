"""A small town for tests of long random lives: two clinics, a few people, the real store, the real sending.

Everything goes through the functions that the conversations call. Messages go to a courier that notes what it
was given and, for each, whether its cause stood at that moment.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping, Table, insert, select

from bot.delivery import Destination, Result
from bot.due import DueMessages, Tools
from care.booking import Booking, Refusal, find_slot, may_book, may_change
from care.directory import LANGUAGES, Area, City, Clinic, DataKind, DirectoryData, Programme, Region
from care.message_kinds import Kind
from care.person import Person
from handlers.notices import Notices
from handlers.screens import Reply
from locales.catalogue import Locale, Words
from storage import (
    appointments,
    bookings,
    directory,
    directory_import,
    people,
    places,
    referrals,
    schema,
    zones,
)
from storage.bookings import Booked
from storage.engine import Database, open_database
from storage.people import Vault

ZONE = "Asia/Almaty"
CLINICS = 2
SESSION = ("17:00", "18:00")  # two times a day, 30 minutes each
CAPACITY = 2
PEOPLE = 5
ADDRESS = dict.fromkeys(LANGUAGES, "1 Example Street")
OF_VISITS = frozenset({Kind.VISIT_EVE, Kind.VISIT_SOON})
PROGRAMME = Programme(
    names=ADDRESS,
    operator=ADDRESS,
    contact=ADDRESS,
    purpose=ADDRESS,
    retention_days=dict.fromkeys(DataKind, 365),
    promises=frozenset(),
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that went out."""

    at: datetime  # aware, UTC
    row_id: int
    key: str
    kind: str
    person_id: int
    booking: Mapping[str, Any] | None  # as it stood at that moment


@dataclass
class Post:
    """A courier to whom nothing ever happens."""

    brought: list[Reply] = field(default_factory=list)

    async def deliver(self, reply: Reply, _: Destination, **__: Any) -> Result:
        """Note the reply."""
        self.brought.append(reply)
        return Result.DELIVERED


@dataclass(kw_only=True)
class Town:
    """The store and its people; `now` is moved by the test."""

    url: str
    vault: Vault
    words: Words
    now: datetime
    database: Database = field(init=False)
    clinics: list[int] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    taken_up: set[int] = field(default_factory=set)  # referrals whose end was taken back

    async def build(self) -> "Town":
        """Add the clinics."""
        self.database = open_database(self.url)
        async with self.database.writing() as store:
            region = await _add(store, schema.regions, code="r", names=ADDRESS)
            city = await _add(store, schema.cities, code="c", region_id=region, zone=ZONE, names=ADDRESS)
            self.area = await _add(store, schema.areas, code="a", city_id=city, names=ADDRESS)
            for n in range(CLINICS):
                clinic = await _add(
                    store,
                    schema.clinics,
                    code=f"k{n}",
                    area_id=self.area,
                    latitude=43.2 + n / 100,
                    longitude=76.9,
                    **dict.fromkeys(("names", "address", "directions", "hours", "bring"), ADDRESS),
                )
                self.clinics.append(clinic)
                for weekday in range(7):
                    await _add(
                        store,
                        schema.sessions,
                        clinic_id=clinic,
                        weekday=weekday,
                        starts=SESSION[0],
                        ends=SESSION[1],
                        slot_minutes=30,
                        capacity=CAPACITY,
                    )
        for n in range(PEOPLE):
            await self.arrive(n)
        return self

    async def close(self) -> None:
        """Close the store."""
        await self.database.close()

    async def restart(self) -> None:
        """End this life of the program and begin another, as after kill -9."""
        await self.database.close()
        self.database = open_database(self.url)
        async with self.database.writing() as store:
            await zones.recompute(store, now=self.now)

    async def arrive(self, n: int) -> Person:
        """Let somebody begin, as number `n` of the town."""
        async with self.database.writing() as store:
            person = await people.add(
                store,
                self.vault,
                7000 + n + 100 * len(self.sent) + 100_000 * len(self.people),
                locale="en",
                consent_version="1",
                link_id=None,
                area_id=self.area,
                now=self.now,
            )
            await referrals.open_for(store, person.id, now=self.now, area_id=self.area)
        self.people[n:] = [person, *self.people[n + 1 :]]
        return person

    async def forget(self, n: int) -> Person:
        """Erase somebody; somebody new takes their number."""
        person = self.people[n]
        async with self.database.writing() as store:
            known = await people.by_id(store, person.id)
            assert known is not None
            await people.forget(store, known, [], now=self.now)
        await self.arrive(n)
        return person

    async def clinic(self, n: int) -> Clinic | None:
        """Return a clinic as people see it now; None when it is not in the directory."""
        async with self.database.reading() as store:
            return await directory.clinic(store, self.clinics[n])

    async def publish(self, *, without: Collection[int] = ()) -> directory_import.Changes:
        """Import the directory again, without the clinics that left it."""
        left = {self.clinics[n] for n in without}
        async with self.database.writing() as store:
            every = await directory.clinics_of(store, also_retired=True)
            data = DirectoryData(
                regions=(Region(code="r", names=ADDRESS),),
                cities=(City(code="c", region="r", names=ADDRESS, timezone=ZONE),),
                areas=(Area(code="a", city="c", names=ADDRESS),),
                sites=(),
                clinics=tuple(one for one in every if one.id not in left),
                programme=PROGRAMME,
            )
            return await directory_import.replace(store, data, now=self.now)

    async def book(self, n: int, clinic: int, local: datetime) -> Booked | Refusal:
        """Book as the conversation does: look, then sell."""
        place = await self.clinic(clinic)
        if place is None:
            return Refusal.CLOSED
        async with self.database.writing() as store:
            slot, refusal = find_slot(place, local), may_book(place, local, {}, now=self.now)
            if slot is None or refusal is not None:
                return refusal or Refusal.CLOSED
            person = await people.by_id(store, self.people[n].id)
            assert person is not None
            return await appointments.book(store, person, slot, now=self.now)

    async def move(self, n: int, booking_id: int, clinic: int, local: datetime) -> Booked | Refusal:
        """Move a visit as the conversation does."""
        place = await self.clinic(clinic)
        if place is None:
            return Refusal.CLOSED
        async with self.database.writing() as store:
            booking = await bookings.lock_own(store, booking_id, self.people[n].id)
            if booking is None:
                return Refusal.CANCELLED
            refusal = may_change(booking, now=self.now) or may_book(place, local, {}, now=self.now)
            slot = find_slot(place, local)
            if slot is None or refusal is not None:
                return refusal or Refusal.CLOSED
            return await appointments.move(store, booking, slot, now=self.now)

    async def cancel(self, n: int, booking_id: int) -> bool:
        """Cancel a visit as the conversation does."""
        async with self.database.writing() as store:
            booking = await bookings.lock_own(store, booking_id, self.people[n].id)
            if booking is None or may_change(booking, now=self.now) is not None:
                return False
            return await appointments.cancel(store, booking, now=self.now)

    async def send(self) -> None:
        """Send what is due now."""
        notices = Notices(words=self.words, vault=self.vault, zone=ZoneInfo(ZONE))

        async def render(
            kind: Kind, row: RowMapping, person: Person, t: Locale, store: Any, now: datetime
        ) -> Reply | None:
            reply = await notices.render(kind, row, person, t, store, now)
            if reply is not None:
                booking = await self._row(store, row["booking_id"])
                self.sent.append(Sent(now, row["id"], row["key"], row["kind"], person.id, booking))
            return reply

        tools = Tools(
            database=self.database,
            vault=self.vault,
            words=self.words,
            courier=Post(),  # type: ignore[arg-type]  # stands for it
            render=render,
            now=lambda: self.now,
            zone=ZONE,
        )
        await DueMessages(tools).tick()

    async def rows(self, table: Table, *where: Any) -> Sequence[RowMapping]:
        """Return rows of the store."""
        async with self.database.reading() as store:
            return (await store.execute(select(table).where(*where))).mappings().all()

    async def kept(self) -> Sequence[RowMapping]:
        """Return the places that are nobody's visit and are not given back."""
        table = schema.bookings
        return await self.rows(table, table.c.person_id.is_(None), table.c.cancelled_at.is_(None))

    async def visits(self, n: int) -> Sequence[Booking]:
        """Return somebody's visits ahead."""
        async with self.database.reading() as store:
            return await bookings.upcoming(store, self.people[n].id, now=self.now)

    async def _row(self, store: Any, booking_id: int | None) -> Mapping[str, Any] | None:
        table = schema.bookings
        found = (await store.execute(select(table).where(table.c.id == booking_id))).mappings().one_or_none()
        return dict(found) if found else None

    def slot_times(self, days: int) -> list[datetime]:
        """Return the local times of the next days at which a clinic may see somebody."""
        today: date = self.now.astimezone(ZoneInfo(ZONE)).date()
        return [
            datetime.combine(today + timedelta(days=day), time(17, minute))
            for day in range(days)
            for minute in (0, 30)
        ]


async def _add(store: Any, table: Table, **values: Any) -> int:
    return int((await store.execute(insert(table).values(**values))).inserted_primary_key[0])


__all__ = ["ADDRESS", "CAPACITY", "CLINICS", "OF_VISITS", "PEOPLE", "ZONE", "Sent", "Town", "places"]
