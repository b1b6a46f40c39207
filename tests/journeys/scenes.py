"""Bring people into the middle of things: a visit ahead, a place kept, a wait, a plan, a card, a result."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from care.booking import Booking, Slot, slots, to_local
from care.brigade import Brigade, confirm_until, spread
from care.care_visits import What
from care.children import Age, Checklist
from care.closing import all_day
from care.directory import Clinic, ClosureKind
from care.places import Use
from care.register import Mark
from care.results import Result
from care.roles import Actor
from care.transfer import Country, Field, new_code
from care.waiting_list import Wish
from storage import (
    appointments,
    bookings,
    brigades,
    care_visits,
    checklists,
    children,
    closing,
    examinations,
    medicine,
    people,
    places,
    register,
    results,
    transfers,
    waits,
)
from storage.bookings import Booked
from storage.people import random_id
from storage.vault import Vault


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Somebody, and where and when they are."""

    store: AsyncConnection
    vault: Vault
    person_id: int
    clinic: Clinic
    now: datetime  # aware, UTC
    staff_id: int  # who writes at the clinic
    codes: list[str] = field(default_factory=list)  # what stands on cards and behind links

    async def ahead(self) -> None:
        """A visit in some days, which others may come along to."""
        await self._booked(days=2)

    async def today(self) -> None:
        """A visit of this very hour, of which nobody has said anything."""
        await self._booked(minutes=-30)

    async def not_come(self) -> None:
        """A visit of yesterday at which nobody came."""
        booked = await self._booked(days=-1)
        await self._mark(booked, Mark.MISSED)

    async def waits(self) -> None:
        """Wait for a place."""
        await waits.begin(self.store, self.person_id, Wish(), now=self.now)

    async def offered(self) -> None:
        """Be offered a place for a quarter of an hour."""
        wait = await waits.begin(self.store, self.person_id, Wish(), now=self.now)
        until = self.now + timedelta(minutes=15)
        kept = await places.keep(
            self.store, self._slot(days=3), use=Use.WAIT, use_id=wait.id, until=until, now=self.now
        )
        if kept is not None:
            await waits.offer(self.store, wait.id, kept.id, until=until)

    async def brigade(self) -> None:
        """Keep places for others."""
        local = to_local(self.now, self.clinic.timezone)
        for day in range(1, 9):
            on = (local + timedelta(days=day)).date()
            taken = await bookings.taken(self.store, self.clinic.id, on, on)
            free = [one for one in slots(self.clinic, on, taken) if one.free]
            chosen = spread(free, 2, at=free[0].local) if free else ()
            until = (
                confirm_until(chosen[0][0].starts_at, self.clinic.timezone, now=self.now) if chosen else None
            )
            if until is not None:
                made = Brigade(
                    id=random_id(),
                    person_id=self.person_id,
                    staff_id=None,
                    clinic_id=self.clinic.id,
                    confirm_until=until,
                )
                if await brigades.make(self.store, self.vault, made, chosen, now=self.now):
                    letters = await brigades.letters(self.store, self.vault, made.id)
                    self.codes.extend(one.code for one in letters)
                return

    async def medicine(self) -> None:
        """Be reminded twice a day."""
        await medicine.begin(
            self.store,
            self.person_id,
            times=[time(8), time(20)],
            weekdays=[],
            zone=self.clinic.timezone,
            ends_on=(self.now + timedelta(days=99)).date(),
            now=self.now,
        )

    async def leaves(self) -> None:
        """Go home with a card."""
        planned = await transfers.plan(
            self.store,
            self.person_id,
            Country.TJ,
            leaves_on=(self.now + timedelta(days=5)).date(),
            referral_id=None,
            zone=self.clinic.timezone,
            now=self.now,
        )
        await transfers.allow(self.store, planned.id, frozenset(Field), None)
        code = new_code()
        await transfers.give_code(self.store, planned.id, code, now=self.now)
        self.codes.append(code)

    async def child(self) -> None:
        """Come with a child, who has a place beside, and needs papers."""
        local = to_local(self.now, self.clinic.timezone)
        for day in range(3, 10):
            for slot in slots(self.clinic, (local + timedelta(days=day)).date(), {})[:1]:
                booked = await self._at(slot, now=self.now)
                if booked is not None:
                    await children.add(self.store, booked, Age.UNDER_5, after=0, now=self.now)
                    await checklists.begin(self.store, self.person_id, Checklist.WITHOUT_PAPERS, now=self.now)
                    return

    async def lost(self) -> None:
        """Lose a visit, since the clinic closes."""
        booked = await self._booked(days=4)
        if booked is not None:
            closure = all_day(booked.local.date(), closure_id=random_id(), kind=ClosureKind.CLOSED)
            await closing.close(
                self.store, self.clinic, closure, by=Actor.REGISTRAR, staff_id=self.staff_id, now=self.now
            )

    async def result_ready(self) -> None:
        """Be examined, and told that there is something."""
        await self._written(given=False)

    async def result_given(self) -> None:
        """Have the result."""
        await self._written(given=True)

    async def treated(self) -> None:
        """Have a visit noted."""
        local = to_local(self.now, self.clinic.timezone).replace(minute=0, second=0, microsecond=0)
        await care_visits.add(
            self.store,
            self.person_id,
            What.SAMPLE,
            local + timedelta(days=1),
            zone=self.clinic.timezone,
            now=self.now,
        )

    async def some(self, numbers: Collection[int]) -> None:
        """Come into the middle of some of SCENES, by their places there, as far as they fit."""
        for number in sorted(numbers):
            await SCENES[number](self)

    def _slot(self, **later: float) -> Slot:
        local = to_local(self.now + timedelta(**later), self.clinic.timezone)
        local = local.replace(minute=local.minute // 10 * 10, second=0, microsecond=0)
        return Slot(clinic_id=self.clinic.id, zone=self.clinic.timezone, local=local, minutes=30, capacity=50)

    async def _booked(self, **later: float) -> Booking | None:
        slot = self._slot(**later)
        return await self._at(slot, now=min(self.now, slot.starts_at - timedelta(days=1)))

    async def _at(self, slot: Slot, *, now: datetime) -> Booking | None:
        person = await people.by_id(self.store, self.person_id)
        assert person is not None
        booked = await appointments.book(self.store, person, slot, now=now)
        return booked.booking if isinstance(booked, Booked) else None

    async def _mark(self, booked: Booking | None, what: Mark) -> None:
        visit = await register.lock(self.store, booked.id, None) if booked else None
        if visit is not None:
            await register.mark(self.store, visit, what, by=Actor.REGISTRAR, now=self.now)

    async def _written(self, *, given: bool) -> None:
        booked = await self._booked(days=-3 if given else -2)
        await self._mark(booked, Mark.CAME)
        if booked is None:
            return
        visit = await examinations.lock(self.store, booked.id, [self.clinic.id], now=self.now)
        if visit is None:
            return
        made = await examinations.begin(self.store, visit, staff_id=self.staff_id, now=self.now)
        if made is None:
            return
        zone, staff, now = self.clinic.timezone, self.staff_id, self.now
        await results.ready(
            self.store,
            self.vault,
            made,
            Result.TB,
            zone=zone,
            by=Actor.CLINICIAN,
            staff_id=staff,
            now=now,
        )
        done = await examinations.by_id(self.store, made.id)
        if given and done is not None:
            await results.given(self.store, self.vault, done, zone=zone, by=Actor.CLINICIAN, now=now)


SCENES = (  # what is longest ago comes first: somebody has at most three visits ahead
    Scene.result_given,
    Scene.result_ready,
    Scene.not_come,
    Scene.today,
    Scene.ahead,
    Scene.lost,
    Scene.child,
    Scene.waits,
    Scene.offered,
    Scene.brigade,
    Scene.medicine,
    Scene.leaves,
    Scene.treated,
)
