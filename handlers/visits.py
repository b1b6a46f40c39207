"""Keep an eye on one's visits: see, move, cancel, find the way, say whether one went."""

from collections.abc import Sequence
from dataclasses import dataclass

from care.booking import Booking, Refusal, find_slot, may_book, may_change
from care.directory import Clinic
from care.outcomes import Kind
from care.ticket import ticket
from handlers import book, chosen, times, visit_card
from handlers.buttons import Verb
from handlers.calendar_file import calendar_file
from handlers.clinic_card import home_key
from handlers.company_words import asked_again
from handlers.screens import Key, Reply, Step, Way, key, screen
from handlers.share import share_key
from handlers.turn import Turn
from handlers.written import written
from locales.catalogue import Html, Locale
from locales.markup import html
from storage import appointments, bookings, directory
from storage.bookings import Booked


@dataclass(frozen=True, kw_only=True)
class Visits:
    """What /visits and its buttons do. A visit of somebody else is answered like one that is not there."""

    async def show(self, turn: Turn) -> Reply:
        """List the visits ahead and the last ones."""
        await turn.record(Kind.VISITS_SEEN)
        person = turn.known()
        ahead = await bookings.upcoming(turn.store, person.id, now=turn.now)
        before = await bookings.past(turn.store, person.id, now=turn.now)
        return _listed(turn, ahead, before)

    async def visit(self, turn: Turn) -> Reply:
        """Show one visit."""
        booking = await self._own(turn)
        if booking is None:
            return await self._gone(turn)
        clinic = await _clinic(turn, booking)
        await turn.record(Kind.VISITS_SEEN, clinic_id=booking.clinic_id)
        return visit_card.visit(turn.t, booking, clinic, now=turn.now)

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
        lead = turn.t("🔁 Your time now: {moment}", moment=turn.t.moment(booking.local))
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
        moved = await appointments.move(turn.store, booking, slot, now=turn.now)
        if isinstance(moved, Refusal):
            return await self._not_moved(turn, booking, clinic, moved)
        return await self._moved(turn, clinic, moved)

    async def cancel(self, turn: Turn) -> Reply:
        """Ask before a visit is cancelled."""
        booking = await self._own(turn)
        if booking is None:
            return await self._gone(turn)
        if may_change(booking, now=turn.now) is not None:
            return await self._unchangeable(turn, booking)
        await turn.record(Kind.VISITS_SEEN, clinic_id=booking.clinic_id)
        t = turn.t
        return screen(
            t(
                "❌ Cancel the visit on <b>{moment}</b>? Somebody else can then have this time.",
                moment=t.moment(booking.local),
            ),
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
            return await self._gone(turn)
        refusal = may_change(booking, now=turn.now)
        if refusal is None and await appointments.cancel(turn.store, booking, by=turn.actor, now=turn.now):
            await turn.record(Kind.CANCELLED, clinic_id=booking.clinic_id, detail=booking.advice)
        elif refusal is not Refusal.CANCELLED:
            return await self._unchangeable(turn, booking)
        return _cancelled(turn.t, booking)

    async def calendar(self, turn: Turn) -> Reply:
        """Send the visit as a calendar file."""
        booking = await self._own(turn)
        if booking is None:
            return await self._gone(turn)
        if may_change(booking, now=turn.now) is not None:
            return await self._unchangeable(turn, booking)
        clinic = await _clinic(turn, booking)
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

    async def went(self, turn: Turn) -> Reply:
        """Take the person's own answer to 'did you go?'; what the desk wrote down stays."""
        booking, answer = await self._own(turn, lock=True), chosen.word(turn, 1)
        over = booking is not None and booking.cancelled_at is None and booking.starts_at <= turn.now
        if booking is None or not over or answer not in {"y", "n"}:
            return await self._gone(turn)
        went = answer == "y"
        await bookings.change(turn.store, booking.id, said="went" if went else "missed")
        kind = Kind.SAID_WENT if went else Kind.SAID_MISSED
        await turn.record(kind, clinic_id=booking.clinic_id, detail=booking.advice)
        return _thanks(turn.t) if went else _next_time(turn.t, booking)

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
            return await self._gone(turn)
        if may_change(booking, now=turn.now) is not None:
            return await self._unchangeable(turn, booking)
        clinic = await directory.clinic(turn.store, booking.clinic_id)
        return (booking, clinic) if clinic else await self._retired(turn, booking)

    async def _gone(self, turn: Turn) -> Reply:
        """Lead to the present visits: the same answer for 'not yours' and 'not there'."""
        await turn.record(Kind.REFUSED, detail="stale")
        person = turn.known()
        ahead = await bookings.upcoming(turn.store, person.id, now=turn.now)
        before = await bookings.past(turn.store, person.id, now=turn.now)
        return _listed(turn, ahead, before, toast=turn.t.label("This button is old."))

    async def _unchangeable(self, turn: Turn, booking: Booking) -> Reply:
        """Show a visit that is over or cancelled; one that was moved leads to where it is now."""
        await turn.record(Kind.REFUSED, detail="stale", clinic_id=booking.clinic_id)
        now_at = await bookings.moved_to(turn.store, booking.id, turn.known().id)
        shown = now_at or booking
        clinic = await _clinic(turn, shown)
        lead = turn.t("🔁 The visit was moved. This is your time now:") if now_at else ""
        return visit_card.visit(turn.t, shown, clinic, now=turn.now, lead=lead)

    async def _retired(self, turn: Turn, booking: Booking) -> Reply:
        """Show a visit at a clinic that left the directory: there are no other times to move it to."""
        await turn.record(Kind.REFUSED, detail="retired", clinic_id=booking.clinic_id)
        lead = turn.t(
            "🙏 This clinic gives no new times. You can come as agreed, or cancel and book another."
        )
        return visit_card.visit(turn.t, booking, await _clinic(turn, booking), now=turn.now, lead=lead)

    async def _moved(self, turn: Turn, clinic: Clinic, moved: Booked) -> Reply:
        t = turn.t
        if moved.is_new:
            await turn.record(Kind.MOVED, clinic_id=clinic.id, detail=moved.booking.advice)
            await book.finish(turn)
        else:
            await turn.record(Kind.VISITS_SEEN, clinic_id=clinic.id)
        lead = Html(t("✅ <b>Your new time</b>") + await asked_again(turn.store, t, moved.booking))
        return visit_card.visit(t, moved.booking, clinic, now=turn.now, lead=lead)

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


async def _clinic(turn: Turn, booking: Booking) -> Clinic | None:
    return await directory.clinic(turn.store, booking.clinic_id, also_retired=True)


def _listed(turn: Turn, ahead: Sequence[Booking], before: Sequence[Booking], *, toast: str = "") -> Reply:
    t = turn.t
    parts = [t("🗓 <b>My visits</b>")]
    if not ahead:
        parts.append(t("You have no visit ahead. You can book one now."))
    if before:
        parts.append(t("Last visits:"))
        parts += [
            f"• {html(t.moment(one.local))}\n{visit_card.standing(t, one, now=turn.now)}" for one in before
        ]
    rows = [[_visit_key(t, one)] for one in ahead]
    book_key = key(t.label("📅 Book an examination"), Verb.BOOK)
    return screen("\n\n".join(parts), [*rows, [book_key], [home_key(t)]], toast=toast)


def _visit_key(t: Locale, booking: Booking) -> Key:
    return key(f"📅 {t.day(booking.local.date())}, {t.time(booking.local)}", Verb.VISIT, booking.id)


def _cancelled(t: Locale, booking: Booking) -> Reply:
    return screen(
        t(
            "❌ The visit on {moment} is cancelled. Would another time suit you?",
            moment=t.moment(booking.local),
        ),
        [
            [key(t.label("📅 New time"), Verb.BOOK_CLINIC, booking.clinic_id)],
            [key(t.label("🤝 Talk to a person"), Verb.TALK)],
            [home_key(t)],
        ],
    )


def _thanks(t: Locale) -> Reply:
    return screen(
        t("👍 Well done. If you were asked to come again, or have a question, I am here."),
        [
            [share_key(t)],
            [key(t.label("❓ Ask a question"), Verb.ASK)],
            [key(t.label("🤝 Talk to a person"), Verb.TALK)],
            [home_key(t)],
        ],
    )


def _next_time(t: Locale, booking: Booking) -> Reply:
    return screen(
        t("It happens. Nobody is angry with you. Shall we find a time that suits you better?"),
        [
            [key(t.label("📅 New time"), Verb.BOOK_CLINIC, booking.clinic_id)],
            [key(t.label("🤝 Talk to a person"), Verb.TALK)],
            [home_key(t)],
        ],
    )
