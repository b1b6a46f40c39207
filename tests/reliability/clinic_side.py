"""The clinic's side of the town: closing, coming, waiting, brigades; each as the conversations do it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import brigades as brigade_job
from bot import closures as closures_job
from bot.waiting import offer_places
from care.booking import MOST_UPCOMING, Booking, Refusal, slots, to_local
from care.brigade import Brigade, bookable, confirm_until, spread, without_own
from care.closing import all_day
from care.directory import Closure, ClosureKind
from care.person import Person
from care.places import Use
from care.register import Mark, may_mark, may_undo
from care.roles import Actor
from care.waiting_list import Wish, instead_of, let_go
from storage import (
    bookings,
    brigades,
    closing,
    closures,
    directory,
    displaced,
    offering,
    people,
    places,
    register,
    reopening,
    taking,
    wait_taking,
    waiters,
    waits,
)
from storage.displaced import Lost
from storage.people import random_id
from tests.reliability.town import ZONE, Town


class ClinicSide:
    """What the desk, those who wait and brigades do in a town."""

    def __init__(self, town: Town) -> None:
        """Look at the town."""
        self.town = town

    async def jobs(self) -> None:
        """Do what runs by itself."""
        await closures_job.look(self.town.database, now=self.town.now)
        await brigade_job.give_back(self.town.database, now=self.town.now)
        await offer_places(self.town.database, now=self.town.now)

    async def close(self, clinic: int, day: datetime, kind: ClosureKind, places_: int | None) -> int:
        """Say that nobody, or fewer, are seen on a day; return the closure's id."""
        whole = all_day(day.date(), closure_id=random_id(), kind=kind)
        return await self._close(clinic, replace(whole, places=places_))

    async def close_now(self, clinic: int, *, too: bool) -> Closure:
        """Say that nobody is seen from now on, and whether who came and was not examined goes, `too`."""
        local = to_local(self.town.now, ZONE).replace(second=0, microsecond=0)
        whole = all_day(local.date(), closure_id=random_id(), kind=ClosureKind.CLOSED)
        closure = replace(whole, begins=local, also_begun=too)
        await self._close(clinic, closure)
        return closure

    async def _close(self, clinic: int, closure: Closure) -> int:
        async with self.town.database.writing() as store:
            place = await directory.clinic(store, self.town.clinics[clinic], also_retired=True)
            assert place is not None
            assert await closing.close(
                store, place, closure, by=Actor.REGISTRAR, staff_id=None, now=self.town.now
            )
        return closure.id

    async def reopen(self, closure_id: int) -> int | None:
        """Take a closure back; return how many visits came back."""
        async with self.town.database.writing() as store:
            said = await closures.by_id(store, closure_id, None)
            assert said is not None
            return await reopening.undo(store, said, by=Actor.REGISTRAR, now=self.town.now)

    async def lost(self, n: int) -> Sequence[Lost]:
        """Return what somebody lost through a clinic, and what is kept for them."""
        async with self.town.database.reading() as store:
            return await displaced.open_of(store, self.town.people[n].id, now=self.town.now)

    async def take_kept(self, n: int, lost: Lost) -> Booking | Refusal:
        """Take the place that is kept instead of a lost visit."""
        async with self.town.database.writing() as store:
            person = await self._known(store, n)
            locked = await self._locked(store, lost)
            if locked is None or locked.kept is None:
                return Refusal.CANCELLED
            kept = locked.kept
            return await taking.instead(store, person, locked, kept, by=Actor.PERSON, now=self.town.now)

    async def decline_kept(self, lost: Lost) -> None:
        """Want no other place."""
        async with self.town.database.writing() as store:
            locked = await self._locked(store, lost)
            if locked is not None:
                await displaced.decline(store, locked, now=self.town.now)

    async def _locked(self, store: AsyncConnection, lost: Lost) -> Lost | None:
        """Return the loss as it is now, for this transaction alone; None when it is settled."""
        booking = lost.booking
        return await displaced.own(store, booking.id, booking.person_id, now=self.town.now, lock=True)

    async def mark(self, booking_id: int, what: Mark) -> bool:
        """Check somebody in, or say that they did not come; False when the desk may not now."""
        async with self.town.database.writing() as store:
            visit = await register.lock(store, booking_id, None)
            if visit is None or not may_mark(visit, what, now=self.town.now):
                return False
            await register.mark(store, visit, what, by=Actor.REGISTRAR, now=self.town.now)
            return True

    async def unmark(self, booking_id: int) -> bool:
        """Take back what the desk said of a visit."""
        async with self.town.database.writing() as store:
            visit = await register.lock(store, booking_id, None)
            said = visit is not None and (visit.came_at or visit.missed_at)
            if visit is None or not said or not may_undo(visit, now=self.town.now):
                return False
            await register.undo(store, visit, by=Actor.REGISTRAR, now=self.town.now)
            return True

    async def wait(self, n: int, clinic: int | None) -> None:
        """Ask to be told when a place is free."""
        async with self.town.database.writing() as store:
            wish = Wish(clinic_id=None if clinic is None else self.town.clinics[clinic])
            every = await waiters.clinics_of(store, wish.clinic_id)
            free = await waiters.free_at(store, every, now=self.town.now)
            soonest = min((slot.starts_at for slot in free), default=None)
            await waits.begin(store, self.town.people[n].id, wish, sooner_than=soonest, now=self.town.now)

    async def answer_offer(self, n: int, *, yes: bool) -> tuple[Booking, int | None] | Refusal | None:
        """Take an offered place, instead of a later visit where it must be; or let it go: None."""
        async with self.town.database.writing() as store:
            wait = await waits.of(store, self.town.people[n].id)
            if wait is None or wait.offered is None:
                return None
            kept = await places.by_id(store, wait.offered, Use.WAIT, wait.id)
            if kept is None or kept.held_until is None or kept.held_until <= self.town.now:
                return None
            if not yes:
                await wait_taking.let_go(store, let_go(wait, kept), kept, now=self.town.now)
                return None
            ahead = await bookings.upcoming(store, self.town.people[n].id, now=self.town.now)
            other, must = instead_of(ahead, kept, most=MOST_UPCOMING)
            moved = other if must else None
            if moved is not None:
                await bookings.lock_own(store, moved.id, moved.person_id)
            taken = await wait_taking.take(
                store, await self._known(store, n), wait, kept, instead=moved, now=self.town.now
            )
            return taken if isinstance(taken, Refusal) else (taken, moved.id if moved else None)

    async def stop_waiting(self, n: int) -> None:
        """Wait no more."""
        async with self.town.database.writing() as store:
            wait = await waits.of(store, self.town.people[n].id)
            if wait is not None:
                await offering.end(store, wait, offering.End.STOPPED, by=Actor.PERSON, now=self.town.now)

    async def brigade(
        self, n: int, clinic: int, local: datetime, number: int, *, own: bool = False
    ) -> tuple[Brigade, Booking | None] | None:
        """Keep places for several people, or all but one, which is the foreman's own visit, beside them.

        None when they are not all free, it is too late, or the foreman cannot book.
        """
        place, now = await self.town.clinic(clinic), self.town.now
        if place is None:
            return None
        async with self.town.database.writing() as store:
            if not await brigades.may_make(store, self.town.people[n].id, of_worker=False, now=now):
                return None
            taken = await bookings.taken(store, place.id, local.date(), local.date())
            free = bookable(slots(place, local.date(), taken), now=now)
            chosen = spread(free, number, at=local)
            until = confirm_until(chosen[0][0].starts_at, chosen[0][0].zone, now=now) if chosen else None
            if until is None:
                return None
            made = Brigade(
                id=random_id(),
                person_id=self.town.people[n].id,
                staff_id=None,
                clinic_id=place.id,
                confirm_until=until,
            )
            if not own:
                kept = await brigades.make(store, self.town.vault, made, chosen, now=now)
                return (made, None) if kept else None
            mine, others = without_own(chosen, at=local)
            visit = await taking.beside_brigade(
                store,
                self.town.vault,
                await self._known(store, n),
                made,
                mine,
                others,
                by=Actor.PERSON,
                now=now,
            )
            return None if isinstance(visit, Refusal) else (made, visit)

    async def decline(self, booking_id: int, brigade_id: int) -> bool | None:
        """Say no to a place of a brigade, as its link does; None when it is not kept any more."""
        async with self.town.database.writing() as store:
            kept = await places.by_id(store, booking_id, Use.BRIGADE, brigade_id)
            if kept is None or kept.starts_at <= self.town.now:
                return None
            return await brigades.decline(store, booking_id, now=self.town.now)

    async def confirm(self, n: int, booking_id: int, brigade_id: int) -> Booking | Refusal | None:
        """Say yes to a place of a brigade, as its link does; None when it is not kept any more."""
        async with self.town.database.writing() as store:
            kept = await places.by_id(store, booking_id, Use.BRIGADE, brigade_id)
            if kept is None or kept.held_until is None or kept.held_until <= self.town.now:
                return None
            person = await self._known(store, n)
            return await taking.of_brigade(store, person, kept, by=Actor.PERSON, now=self.town.now)

    async def _known(self, store: AsyncConnection, n: int) -> Person:
        person = await people.by_id(store, self.town.people[n].id)
        assert person is not None
        return person
