"""Answer whoever lost a visit through the clinic: take what is kept, choose something else, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from care import plan as plans
from care.booking import Booking, Refusal, find_slot, may_book, start_word, to_local
from care.closing import Free, few, ranked
from care.directory import Clinic
from care.outcomes import Kind
from care.plan import Plan
from handlers import book, chosen, clinic_list, own_visit
from handlers.buttons import Verb
from handlers.children import left_behind
from handlers.clinic_card import home_key
from handlers.company_words import asked_again
from handlers.displaced_words import shown
from handlers.screens import Key, Reply, key, screen
from handlers.turn import Turn
from locales.catalogue import Html
from storage import appointments, bookings, children, directory, displaced, displacing, taking
from storage.displaced import Lost


@dataclass(frozen=True, kw_only=True)
class Displaced:
    """What the buttons below 'the clinic cannot see you' do. Somebody else's is answered like none."""

    async def show(self, turn: Turn) -> Reply:
        """Show what is kept instead of a visit that the clinic cancelled."""
        lost = await _lost(turn)
        if lost is None:
            return await self._settled(turn)
        await turn.record(Kind.DISPLACED_SEEN, clinic_id=lost.booking.clinic_id)
        return await shown(turn, lost)

    async def take(self, turn: Turn) -> Reply:
        """Make the kept place the person's visit."""
        lost = await _lost(turn, lock=True)
        if lost is None:
            return await self._settled(turn)
        kept = lost.kept
        if kept is None or kept.id != chosen.number(turn, 1):
            return await self._refused(turn, lost, Refusal.FULL)
        taken = await taking.instead(turn.store, turn.known(), lost, kept, by=turn.actor, now=turn.now)
        if isinstance(taken, Refusal):
            return await self._refused(turn, lost, taken)
        return await self._booked(turn, lost, taken, how="kept")

    async def other(self, turn: Turn) -> Reply:
        """Show other places, each one tap away, soonest and nearest to the lost hour first."""
        lost = await _lost(turn)
        if lost is None:
            return await self._settled(turn)
        await turn.record(Kind.DISPLACED_SEEN, clinic_id=lost.booking.clinic_id)
        return await _choose(turn, lost)

    async def book(self, turn: Turn) -> Reply:
        """Book one of the other places; what was kept is given back."""
        lost = await _lost(turn, lock=True)
        if lost is None:
            return await self._settled(turn)
        clinic, local = await chosen.clinic(turn, 1), chosen.start(turn, 2)
        if clinic is None or local is None:
            return await _choose(turn, lost)
        slot, refusal = find_slot(clinic, local), may_book(clinic, local, {}, now=turn.now)
        if slot is None or refusal is not None:
            return await self._taken(turn, lost, clinic, refusal or Refusal.CLOSED)
        booked = await appointments.book(
            turn.store, turn.known(), slot, by=turn.actor, instead_of=lost.booking, now=turn.now
        )
        if isinstance(booked, Refusal):
            return await self._taken(turn, lost, clinic, booked)
        return await self._booked(turn, lost, booked.booking, how="other")

    async def decline(self, turn: Turn) -> Reply:
        """Give the kept place back, after asking once; another one can be booked at any time."""
        lost = await _lost(turn, lock=True)
        if lost is None:
            return await self._settled(turn)
        t, booking = turn.t, lost.booking
        if chosen.word(turn, 1) != "y":
            await turn.record(Kind.DISPLACED_SEEN, clinic_id=booking.clinic_id)
            yes = key(t.label("❌ Yes, I want no other time"), Verb.DISPLACED_NO, booking.id, "y")
            back = key(t.label("⬅️ Back"), Verb.DISPLACED, booking.id)
            text = t("Shall I give your place to somebody else? You can book again at any time.")
            return screen(text, [[yes], [back], [home_key(t)]])
        await displaced.decline(turn.store, lost, now=turn.now)
        await turn.record(Kind.DISPLACED_DECLINED, clinic_id=booking.clinic_id)
        text = t("👌 I keep no place for you any more. You can book again at any time.")
        talk = key(t.label("🤝 Talk to a person"), Verb.TALK)
        return screen(text, [[key(t.label("📅 Book an examination"), Verb.BOOK)], [talk], [home_key(t)]])

    async def _booked(self, turn: Turn, lost: Lost, booking: Booking, *, how: str) -> Reply:
        """Carry over what was said of the lost visit, and show the new one."""
        plan: Plan | None = plans.carried(lost.booking.plan, lost.booking.local, booking.local)
        values = {"child_under_5": lost.booking.child_under_5, **({"plan": plan.words()} if plan else {})}
        await bookings.change(turn.store, booking.id, **values)
        await turn.record(Kind.DISPLACED_TAKEN, clinic_id=booking.clinic_id, detail=how)
        await book.finish(turn)
        lead = Html(turn.t("✅ <b>You are booked</b>") + await asked_again(turn.store, turn.t, booking))
        current = await bookings.own(turn.store, booking.id, turn.known().id) or booking
        left = left_behind(turn.t, await children.lost_with(turn.store, lost.booking.id))
        return await own_visit.shown(turn, current, lead=lead, left=left)

    async def _refused(self, turn: Turn, lost: Lost, refusal: Refusal) -> Reply:
        """Say kindly why the kept place cannot be taken, and show what is possible."""
        await turn.record(Kind.REFUSED, detail="held", clinic_id=lost.booking.clinic_id)
        t = turn.t
        if refusal is Refusal.FULL and lost.kept is not None:
            return await shown(turn, lost, lead=t("This button is old. This is how it stands now:"))
        if refusal is Refusal.FULL:
            over = t("🙏 The time to answer is over, and the place is given back.")
            return await _choose(turn, lost, lead=over)
        lead = (
            book.refused(t, refusal)
            if refusal is Refusal.SAME_DAY
            else t("You have several visits ahead. Please come to one of them first, or cancel one.")
        )
        return await _choose(turn, lost, lead=lead)

    async def _taken(self, turn: Turn, lost: Lost, clinic: Clinic, refusal: Refusal) -> Reply:
        full = refusal is Refusal.FULL
        kind = Kind.BOOKING_FULL if full else Kind.REFUSED
        await turn.record(kind, clinic_id=clinic.id, detail=refusal.value)
        return await _choose(turn, lost, lead=book.refused(turn.t, refusal))

    async def _settled(self, turn: Turn) -> Reply:
        """Lead to the visit that stands: the same answer for 'not yours' and 'not there'."""
        await turn.record(Kind.REFUSED, detail="stale")
        t, booking_id = turn.t, chosen.number(turn, 0)
        now_at = await _standing(turn, booking_id) if booking_id is not None else None
        if now_at is not None:
            return await own_visit.shown(turn, now_at, lead=t("📅 This is your time now:"))
        rows = [
            [key(t.label("📅 Book an examination"), Verb.BOOK)],
            [key(t.label("🗓 My visits"), Verb.VISITS), home_key(t)],
        ]
        return screen(t("Nothing is kept for you any more. You can book a time now."), rows)


async def _lost(turn: Turn, *, lock: bool = False) -> Lost | None:
    booking_id = chosen.number(turn, 0)
    if booking_id is None:
        return None
    return await displaced.own(turn.store, booking_id, turn.known().id, now=turn.now, lock=lock)


async def _standing(turn: Turn, booking_id: int) -> Booking | None:
    """Return the visit that came instead of a lost one, or that one when the clinic sees them after all."""
    instead = await bookings.moved_to(turn.store, booking_id, turn.known().id)
    own = await bookings.own(turn.store, booking_id, turn.known().id)
    return instead or (own if own is not None and own.cancelled_at is None else None)


async def _choose(turn: Turn, lost: Lost, *, lead: str = "") -> Reply:
    t, booking = turn.t, lost.booking
    found = await _others(turn, lost)
    clinics = {one.id: one for one in await directory.clinics_of(turn.store)}
    head = lead or t("🔁 <b>Another time</b>")
    rows = [
        [_place_key(turn, booking.id, one, clinics[one.slot.clinic_id])]
        for one in found
        if one.slot.clinic_id in clinics
    ]
    text = t("These times are free. One tap books:") if rows else t("No other time is free just now.")
    more = key(t.label("🏥 Another clinic or day"), Verb.BOOK, "all")
    back = key(t.label("⬅️ Back"), Verb.DISPLACED, booking.id)
    return screen(f"{head}\n\n{text}", [*rows, [more], [back, home_key(t)]])


async def _others(turn: Turn, lost: Lost) -> Sequence[Free]:
    """Return a few places, not too many of them on one day."""
    clinic = await directory.clinic(turn.store, lost.booking.clinic_id, also_retired=True)
    if clinic is None:
        return ()
    there = await displacing.elsewhere(turn.store, clinic, now=turn.now)
    ahead = await bookings.upcoming(turn.store, turn.known().id, now=turn.now)
    slot = displacing.slot_of(lost.booking)
    not_on = {each.local.date() for each in ahead}
    return few(ranked(slot, there.possible(), not_on=not_on, now=turn.now))


def _place_key(turn: Turn, booking_id: int, one: Free, clinic: Clinic) -> Key:
    t, slot = turn.t, one.slot
    today = to_local(turn.now, slot.zone).date()
    when = f"{t.relative_day(slot.day, today=today)}, {t.time(slot.local)}"
    label = clinic_list.name(t, clinic.names, lead=f"📅 {when} · ")
    return key(label, Verb.DISPLACED_BOOK, booking_id, clinic.id, start_word(slot.local))
