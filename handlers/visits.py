"""Keep an eye on one's visits: see, move, cancel, find the way."""

from dataclasses import dataclass

from care.booking import Booking, Refusal, find_slot, may_book, may_change
from care.directory import Clinic
from care.outcomes import Kind
from care.ticket import ticket
from handlers import book, chosen, own_visit, times, visit_list
from handlers.buttons import Verb
from handlers.calendar_file import calendar_file
from handlers.children import given_back, left_behind, would_be_left
from handlers.clinic_card import home_key
from handlers.company_words import asked_again
from handlers.screens import Reply, Step, Way, key, screen
from handlers.turn import Turn
from handlers.written import written
from locales.catalogue import Html, Locale
from storage import appointments, bookings, children, directory
from storage.bookings import Booked


@dataclass(frozen=True, kw_only=True)
class Visits:
    """What /visits and its buttons do. A visit of somebody else is answered like one that is not there."""

    async def show(self, turn: Turn) -> Reply:
        """List the visits ahead and the last ones."""
        await turn.record(Kind.VISITS_SEEN)
        return await visit_list.listed(turn)

    async def visit(self, turn: Turn) -> Reply:
        """Show one visit; one that was moved leads to where it is now."""
        booking = await self._own(turn)
        if booking is None:
            return await visit_list.gone(turn)
        await turn.record(Kind.VISITS_SEEN, clinic_id=booking.clinic_id)
        return await own_visit.present(turn, booking)

    async def move(self, turn: Turn) -> Reply:
        """Show the days to move a visit to."""
        found = await self._movable(turn)
        if isinstance(found, Reply):
            return found
        booking, clinic = found
        await turn.record(Kind.VISITS_SEEN, clinic_id=clinic.id)
        slots = await times.free(turn, clinic)
        lead = turn.t("🔁 Your time now: {moment}", moment=turn.t.moment(booking.local))
        choosing = times.to_move(turn.t, booking.id)
        return times.days(turn, clinic, slots, choosing, page=chosen.page(turn, 2), lead=lead)

    async def move_day(self, turn: Turn) -> Reply:
        """Show the times of a day to move a visit to."""
        found, day = await self._movable(turn), chosen.day(turn, 2)
        if isinstance(found, Reply):
            return found
        if day is None:
            return await self.move(turn)
        booking, clinic = found
        await turn.record(Kind.VISITS_SEEN, clinic_id=clinic.id)
        slots = [slot for slot in await times.free(turn, clinic) if slot.local != booking.local]
        choosing = times.to_move(turn.t, booking.id)
        return times.times(turn, clinic, day, slots, choosing, page=chosen.page(turn, 3))

    async def move_time(self, turn: Turn) -> Reply:
        """Show the new time, to be confirmed."""
        found, local = await self._movable(turn), chosen.start(turn, 2)
        if isinstance(found, Reply):
            return found
        if local is None:
            return await self.move(turn)
        booking, clinic = found
        taken = await bookings.taken(turn.store, clinic.id, local.date(), local.date())
        refusal = may_book(clinic, local, taken, now=turn.now)
        if refusal is not None:
            return await self._not_moved(turn, booking, clinic, refusal)
        await turn.record(Kind.VISITS_SEEN, clinic_id=clinic.id)
        left = await children.left_if_moved(turn.store, booking, clinic.id, local, kept=False)
        now_at = turn.t("🔁 Your time now: {moment}", moment=turn.t.moment(booking.local))
        lead = Html("\n\n".join(part for part in (now_at, would_be_left(turn.t, left)) if part))
        return times.confirm(turn, clinic, local, times.to_move(turn.t, booking.id), lead=lead)

    async def move_yes(self, turn: Turn) -> Reply:
        """Move the visit: the new place first, then the old one is freed."""
        found, local = await self._movable(turn, lock=True), chosen.start(turn, 2)
        if isinstance(found, Reply):
            return found
        if local is None:
            return await self.move(turn)
        booking, clinic = found
        slot, refusal = find_slot(clinic, local), may_book(clinic, local, {}, now=turn.now)
        if slot is None or refusal is not None:
            return await self._not_moved(turn, booking, clinic, refusal or Refusal.CLOSED)
        came = len(await children.of(turn.store, booking.id, booking.person_id))
        came += await children.lost_with(turn.store, booking.id)
        moved = await appointments.move(turn.store, booking, slot, now=turn.now)
        if isinstance(moved, Refusal):
            return await self._not_moved(turn, booking, clinic, moved)
        return await self._moved(turn, clinic, booking, moved, came=came)

    async def cancel(self, turn: Turn) -> Reply:
        """Ask before a visit is cancelled."""
        booking = await self._own(turn)
        if booking is None:
            return await visit_list.gone(turn)
        if may_change(booking, now=turn.now) is not None:
            return await own_visit.stale(turn, booking)
        await turn.record(Kind.VISITS_SEEN, clinic_id=booking.clinic_id)
        t = turn.t
        ask = t(
            "❌ Cancel the visit on <b>{moment}</b>? Somebody else can then have this time.",
            moment=t.moment(booking.local),
        )
        too = given_back(t, len(await children.of(turn.store, booking.id, booking.person_id)))
        return screen(
            Html("\n".join(part for part in (ask, too) if part)),
            [
                [key(t.label("🔁 No, another time"), Verb.MOVE, booking.id)],
                [key(t.label("❌ Yes, cancel"), Verb.CANCEL_YES, booking.id)],
                [key(t.label("⬅️ Keep my time"), Verb.VISIT, booking.id)],
            ],
        )

    async def cancel_yes(self, turn: Turn) -> Reply:
        """Cancel a visit and offer another time."""
        booking = await self._own(turn, lock=True)
        if booking is None:
            return await visit_list.gone(turn)
        refusal, known = may_change(booking, now=turn.now), 0
        if refusal is None:
            known = len(await children.of(turn.store, booking.id, booking.person_id))
        if refusal is None and await appointments.cancel(turn.store, booking, by=turn.actor, now=turn.now):
            await turn.record(Kind.CANCELLED, clinic_id=booking.clinic_id, detail=booking.advice)
        elif refusal is not Refusal.CANCELLED:
            return await own_visit.stale(turn, booking)
        return _cancelled(turn.t, booking, known)

    async def calendar(self, turn: Turn) -> Reply:
        """Send the visit as a calendar file."""
        booking = await self._own(turn)
        if booking is None:
            return await visit_list.gone(turn)
        if may_change(booking, now=turn.now) is not None:
            return await own_visit.stale(turn, booking)
        clinic = await directory.clinic(turn.store, booking.clinic_id, also_retired=True)
        await turn.record(Kind.VISITS_SEEN, clinic_id=booking.clinic_id)
        t = turn.t
        first, moves = await bookings.booked_first(turn.store, booking)
        content = calendar_file(
            booking,
            first=first,
            moves=moves,
            now=turn.now,
            summary=t.label("Visit"),
            address=written(t, clinic.address) if clinic else "",
            note=t.label("Ticket: {number}", number=ticket(booking.id)),
        )
        text = t("📲 Open the file: your phone then reminds you, too.")
        return Reply((Step(way=Way.FILE, text=text, name="visit.ics", content=content),))

    async def _own(self, turn: Turn, *, lock: bool = False) -> Booking | None:
        booking_id = chosen.number(turn, 0)
        if booking_id is None:
            return None
        read = bookings.lock_own if lock else bookings.own
        return await read(turn.store, booking_id, turn.known().id)

    async def _movable(self, turn: Turn, *, lock: bool = False) -> tuple[Booking, Clinic] | Reply:
        """Return a visit that can be moved with its clinic, or the screen that says why not."""
        booking = await self._own(turn, lock=lock)
        if booking is None:
            return await visit_list.gone(turn)
        if may_change(booking, now=turn.now) is not None:
            return await own_visit.stale(turn, booking)
        clinic = await directory.clinic(turn.store, booking.clinic_id)
        return (booking, clinic) if clinic else await self._retired(turn, booking)

    async def _retired(self, turn: Turn, booking: Booking) -> Reply:
        """Show a visit at a clinic that left the directory: there are no other times to move it to."""
        await turn.record(Kind.REFUSED, detail="retired", clinic_id=booking.clinic_id)
        lead = turn.t(
            "🙏 This clinic gives no new times. You can come as agreed, or cancel and book another."
        )
        return await own_visit.shown(turn, booking, lead=lead)

    async def _moved(self, turn: Turn, clinic: Clinic, before: Booking, moved: Booked, *, came: int) -> Reply:
        """Show the new time, and how many of the children who `came` along lost their place."""
        t = turn.t
        if moved.is_new:
            await turn.record(Kind.MOVED, clinic_id=clinic.id, detail=moved.booking.advice)
            await book.finish(turn)
        else:
            await turn.record(Kind.VISITS_SEEN, clinic_id=clinic.id)
        lead = Html(t("✅ <b>Your new time</b>") + await asked_again(turn.store, t, moved.booking))
        if moved.is_new and before.plan is not None and moved.booking.plan is None:
            lead = Html("\n".join([lead, t("✍️ Your plan was for another time of day. Make a new one?")]))
        left = left_behind(t, came - len(await children.of(turn.store, moved.booking.id, before.person_id)))
        return await own_visit.shown(turn, moved.booking, lead=lead, left=left)

    async def _not_moved(self, turn: Turn, booking: Booking, clinic: Clinic, refusal: Refusal) -> Reply:
        full = refusal is Refusal.FULL
        await turn.record(
            Kind.BOOKING_FULL if full else Kind.REFUSED, clinic_id=clinic.id, detail=refusal.value
        )
        t, local = turn.t, chosen.start(turn, 2)
        slots = [slot for slot in await times.free(turn, clinic) if slot.local != booking.local]
        day = local.date() if local else booking.local.date()
        kept = t("Your visit stays on {moment}.", moment=t.moment(booking.local))
        lead = f"{book.refused(t, refusal)}\n{kept}"
        choosing = times.to_move(t, booking.id)
        if refusal is Refusal.SAME_DAY:
            slots = [slot for slot in slots if slot.day != day]
        return times.times(turn, clinic, day, slots, choosing, lead=lead)


def _cancelled(t: Locale, booking: Booking, known: int) -> Reply:
    text = t(
        "❌ The visit on {moment} is cancelled. Would another time suit you?", moment=t.moment(booking.local)
    )
    return screen(
        Html("\n".join(part for part in (text, given_back(t, known)) if part)),
        [
            [key(t.label("📅 New time"), Verb.BOOK_CLINIC, booking.clinic_id)],
            [key(t.label("🤝 Talk to a person"), Verb.TALK)],
            [home_key(t)],
        ],
    )
