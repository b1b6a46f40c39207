"""A town with clinics and people who wait, for tests of the waiting list."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from care.booking import Booking, Slot
from care.places import Use
from care.waiting_list import Wait, Waiter, Wish, let_go
from storage import appointments, bookings, offering, people, places, schema, wait_taking, waiters, waits
from storage.bookings import Booked
from storage.engine import Database

ZONE = "Asia/Almaty"
DAY = "2026-11-25"  # the only day on which anybody is seen, a Wednesday


class Town:
    """Clinics that see people on one day: every half hour from 17:00 to 19:00, one at a time."""

    def __init__(self, database: Database, now: datetime) -> None:
        self.database, self.now = database, now
        self.numbers = 0

    async def build(self, *, clinics: int = 1, capacity: int = 1, ends: str = "18:00") -> "Town":
        async with self.database.writing() as store:
            region = await self._add(store, schema.regions, code="r", names={})
            city = await self._add(store, schema.cities, code="c", region_id=region, zone=ZONE, names={})
            area = await self._add(store, schema.areas, code="a", city_id=city, names={})
            self.clinics = [await self._clinic(store, area, n, capacity, ends) for n in range(clinics)]
        return self

    async def _clinic(self, store: Any, area: int, number: int, capacity: int, ends: str) -> int:
        words: dict[str, Any] = {name: {} for name in ("names", "address", "directions", "hours", "bring")}
        clinic = await self._add(
            store,
            schema.clinics,
            code=f"k{number}",
            area_id=area,
            latitude=0.0,
            longitude=0.0,
            **words,
        )
        day = datetime.fromisoformat(DAY).date()
        await self._add(
            store,
            schema.sessions,
            clinic_id=clinic,
            weekday=day.weekday(),
            starts="17:00",
            ends=ends,
            slot_minutes=30,
            capacity=capacity,
            valid_from=day,
            valid_until=day,
        )
        return clinic

    async def _add(self, store: Any, table: Any, **values: Any) -> int:
        done = await store.execute(insert(table).values(**values))
        return int(done.inserted_primary_key[0])

    async def person(self, **values: Any) -> int:
        """Add somebody with an open referral of the same id."""
        self.numbers += 1
        number = 10**17 + self.numbers
        known = {
            "telegram_hash": number.to_bytes(32, "big"),
            "telegram_id": b"x",
            "key": b"",
            "locale": "en",
            "consent_version": "1",
            "consent_locale": "en",
            "consented_at": self.now,
            "seen_on": self.now.date(),
            "created_at": self.now,
            **values,
        }
        referral = {"state": "reached", "opened_at": self.now, "changed_at": self.now}
        async with self.database.writing() as store:
            await store.execute(insert(schema.people).values(id=number, **known))
            await store.execute(insert(schema.referrals).values(id=number, person_id=number, **referral))
        return number

    def slot(self, time: str = "17:00", *, clinic: int = 0, capacity: int = 1) -> Slot:
        local = datetime.fromisoformat(f"{DAY}T{time}")
        return Slot(clinic_id=self.clinics[clinic], zone=ZONE, local=local, minutes=30, capacity=capacity)

    async def book(self, person: int, slot: Slot) -> Booking | None:
        """Book as the person would; None when it is refused."""
        async with self.database.writing() as store:
            known = await people.by_id(store, person)
            assert known is not None
            booked = await appointments.book(store, known, slot, now=self.now)
            if not isinstance(booked, Booked):
                return None
            await offering.visit_booked(store, booked.booking, now=self.now)
            return booked.booking

    async def cancel(self, booking: Booking) -> None:
        async with self.database.writing() as store:
            locked = await bookings.lock_own(store, booking.id, booking.person_id)
            assert locked is not None
            await appointments.cancel(store, locked, now=self.now)

    async def wait(self, person: int, wish: Wish | None = None, **values: Any) -> Wait:
        """Let somebody wait; a minute passes, so that it is clear who came first."""
        async with self.database.writing() as store:
            begun = await waits.begin(store, person, wish, now=self.now, **values)
        self.now += timedelta(minutes=1)
        return begun

    async def answer(self, person: int, *, take: bool) -> Any:
        """Take the place that is offered, or let it go."""
        async with self.database.writing() as store:
            known, wait = await people.by_id(store, person), await waits.of(store, person)
            assert known is not None
            assert wait is not None
            kept = await places.by_id(store, wait.offered or 0, Use.WAIT, wait.id)
            assert kept is not None
            if take:
                return await wait_taking.take(store, known, wait, kept, now=self.now)
            return await wait_taking.let_go(store, let_go(wait, kept), kept, now=self.now)

    async def job(self) -> None:
        async with self.database.writing() as store:
            await offering.advance(store, now=self.now)

    async def close(self, slot: Slot) -> None:
        """Shut the hour of a slot, as a clinic does: whoever is booked loses the visit."""
        local = slot.local.isoformat(timespec="minutes")
        until = (slot.local + timedelta(minutes=30)).isoformat(timespec="minutes")
        async with self.database.writing() as store:
            await store.execute(
                insert(schema.closures).values(
                    id=people.random_id(),
                    clinic_id=slot.clinic_id,
                    kind="closed",
                    local_from=local,
                    local_until=until,
                    created_at=self.now,
                )
            )
            lost = (
                update(schema.bookings)
                .where(
                    schema.bookings.c.clinic_id == slot.clinic_id,
                    schema.bookings.c.local_start == local,
                    schema.bookings.c.cancelled_at.is_(None),
                    schema.bookings.c.person_id.is_not(None),
                )
                .values(cancelled_at=self.now)
                .returning(schema.bookings.c.id, schema.bookings.c.person_id)
            )
            for booking_id, person_id in (await store.execute(lost)).all():
                await waits.begin(store, person_id, lost_booking=booking_id, now=self.now)

    async def offered(self, person: int) -> str | None:
        """Return the time that is offered to somebody, and whether the place is really kept."""
        async with self.database.reading() as store:
            wait = await waits.of(store, person)
            if wait is None or wait.offered is None:
                return None
            kept = await places.by_id(store, wait.offered, Use.WAIT, wait.id)
            assert kept is not None, "what is offered is kept"
            return f"{kept.local:%H:%M}"

    async def rows(self, table: Any, **where: Any) -> Sequence[Any]:
        statement = select(table).where(*(table.c[name] == value for name, value in where.items()))
        async with self.database.reading() as store:
            return (await store.execute(statement)).mappings().all()

    async def kinds(self) -> list[str]:
        return [row["kind"] for row in await self.rows(schema.outcomes)]

    async def waiting(self) -> list[Waiter]:
        async with self.database.reading() as store:
            clinics = await waiters.clinics_of(store)
            return await waiters.reachable(store, clinics, now=self.now)

    async def free(self) -> list[Slot]:
        async with self.database.reading() as store:
            return await waiters.free_at(store, await waiters.clinics_of(store), now=self.now)
