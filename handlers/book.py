"""Book an examination in three taps: the soonest place nearby, or a clinic, day and time of one's choice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from care.booking import Booking, Offer, Refusal, find_slot, may_book, offers
from care.directory import Clinic
from care.outcomes import Kind
from care.reminders import nudge, nudge_key
from handlers import chosen, clinic_list, offered, own_visit, times, visit_card
from handlers.brigade_screens import brigade_key
from handlers.buttons import Verb
from handlers.children import left_behind
from handlers.clinic_card import address, bold, home_key
from handlers.company_words import asked_again
from handlers.screens import Reply, key, screen
from handlers.turn import Turn
from handlers.wait_words import still_waiting, wait_key
from locales.catalogue import Html, Locale
from storage import appointments, bookings, children, directory, drafts, due, offering
from storage.bookings import Booked

DRAFT = "booking"


@dataclass(frozen=True, kw_only=True)
class Book:
    """What /book and its buttons do."""

    async def start(self, turn: Turn) -> Reply:
        """Offer the soonest and nearest places, each one tap from its confirmation, or the clinics."""
        clinics = await directory.clinics_of(turn.store)
        await turn.record(Kind.BOOKING_BEGUN)
        if not clinics:
            return _no_clinics(turn.t)
        await _half_way(turn, clinics[0])
        if chosen.word(turn, 0) == "all":
            return _choose_clinic(turn.t, clinics, page=chosen.page(turn, 1))
        near = await offered.measured(turn, clinics)
        found = offers(near, now=turn.now, most=len(offered.NUMBERS))
        return (
            _offered(turn, found, {clinic.id: clinic for clinic in clinics}) if found else await _full(turn)
        )

    async def days(self, turn: Turn) -> Reply:
        """Show the days of a clinic."""
        clinic = await chosen.clinic(turn, 0)
        if clinic is None:
            return await self.start(turn)
        await turn.record(Kind.BOOKING_BEGUN, clinic_id=clinic.id)
        await _half_way(turn, clinic)
        slots = await times.free(turn, clinic)
        return times.days(turn, clinic, slots, times.to_book(turn.t), page=chosen.page(turn, 1))

    async def day(self, turn: Turn) -> Reply:
        """Show the times of a day."""
        clinic, day = await chosen.clinic(turn, 0), chosen.day(turn, 1)
        if clinic is None or day is None:
            return await self.days(turn)
        await turn.record(Kind.BOOKING_BEGUN, clinic_id=clinic.id)
        await _half_way(turn, clinic)
        slots = await times.free(turn, clinic)
        return times.times(turn, clinic, day, slots, times.to_book(turn.t), page=chosen.page(turn, 2))

    async def time(self, turn: Turn) -> Reply:
        """Show a place with all that matters, to be confirmed."""
        clinic, local = await chosen.clinic(turn, 0), chosen.start(turn, 1)
        if clinic is None or local is None:
            return await self.days(turn)
        taken = await bookings.taken(turn.store, clinic.id, local.date(), local.date())
        refusal = may_book(clinic, local, taken, now=turn.now)
        if refusal is not None:
            return await self._refused(turn, clinic, local, refusal)
        await turn.record(Kind.BOOKING_BEGUN, clinic_id=clinic.id)
        await _half_way(turn, clinic)
        return times.confirm(turn, clinic, local, times.to_book(turn.t))

    async def confirm(self, turn: Turn) -> Reply:
        """Book the place. Who has it sees the same confirmation again, and may say that a child is there."""
        clinic, local = await chosen.clinic(turn, 0), chosen.start(turn, 1)
        if clinic is None or local is None:
            return await self.days(turn)
        slot, refusal = find_slot(clinic, local), may_book(clinic, local, {}, now=turn.now)
        if slot is None or refusal is not None:
            return await self._refused(turn, clinic, local, refusal or Refusal.CLOSED)
        answer = chosen.word(turn, 2)
        booked = await appointments.book(
            turn.store, turn.known(), slot, by=turn.actor, child_under_5=answer == "y", now=turn.now
        )
        if isinstance(booked, Refusal):
            return await self._refused(turn, clinic, local, booked)
        return await self._confirmed(turn, clinic, booked, answer)

    async def _confirmed(self, turn: Turn, clinic: Clinic, booked: Booked, answer: str | None) -> Reply:
        t, booking = turn.t, booked.booking
        if booked.is_new:
            await turn.record(Kind.BOOKED, clinic_id=clinic.id, detail=booking.advice)
            await finish(turn)
        else:
            await turn.record(Kind.VISITS_SEEN, clinic_id=clinic.id)
        if answer in {"y", "n"} and not booked.is_new:
            await bookings.change(turn.store, booking.id, child_under_5=answer == "y")
        asks = answer is None and booking.advice in visit_card.CHILD_ASKED and not booking.child_under_5
        lead = t("✅ <b>You are booked</b>") if answer is None else t("✅ <b>You are booked.</b> Thank you.")
        if booked.is_new and await offering.visit_booked(turn.store, booking, now=turn.now):
            lead = "\n".join([lead, still_waiting(t)])
        lead = Html(lead + await asked_again(turn.store, t, booking)) if booked.is_new else lead
        left = left_behind(t, await children.left_by_loss(turn.store, booking.id)) if booked.is_new else ""
        return await own_visit.shown(turn, booking, lead=lead, left=left, asks_child=asks)

    async def _refused(self, turn: Turn, clinic: Clinic, local: datetime, refusal: Refusal) -> Reply:
        """Say kindly what is in the way, and show what is possible instead."""
        own = await _own_on_day(turn, local)
        if own is not None and (
            refusal is Refusal.SAME_DAY or (own.clinic_id, own.local) == (clinic.id, local)
        ):
            return await self._shown(turn, own.id)
        await turn.record(Kind.BOOKING_FULL if refusal is Refusal.FULL else Kind.REFUSED, clinic_id=clinic.id)
        if refusal is Refusal.ENOUGH:
            return _enough(turn.t)
        slots = await times.free(turn, clinic)
        lead = refused(turn.t, refusal)
        return times.times(turn, clinic, local.date(), slots, times.to_book(turn.t), lead=lead)

    async def _shown(self, turn: Turn, booking_id: int) -> Reply:
        """Show the visit that the person has on that day."""
        await turn.record(Kind.REFUSED, detail=Refusal.SAME_DAY.value)
        booking = await bookings.own(turn.store, booking_id, turn.known().id)
        if booking is None:
            return await self.start(turn)
        lead = turn.t("You already have a visit on this day. You can move or cancel it.")
        return await own_visit.shown(turn, booking, lead=lead)


def refused(t: Locale, refusal: Refusal) -> str:
    """Word why a time cannot be had, HTML."""
    if refusal is Refusal.FULL:
        return t("🙏 Somebody was quicker: this time is taken now. These are free:")
    if refusal is Refusal.PAST:
        return t("🙏 This time is over or begins too soon. These are free:")
    if refusal is Refusal.SAME_DAY:
        return t("🙏 You already have a visit on that day. Choose another day.")
    return t("🙏 The clinic sees nobody at this time. These are free:")


async def finish(turn: Turn) -> None:
    """Forget what was half-way: it is done, or given up."""
    await drafts.drop(turn.store, turn.known().id, DRAFT)
    await due.cancel(turn.store, key=nudge_key(turn.known().id), now=turn.now)


async def _half_way(turn: Turn, clinic: Clinic) -> None:
    """Remember that a booking was begun, so that it can be asked about when it is left for two hours."""
    person = turn.known()
    await drafts.put(turn.store, person.id, DRAFT, {"clinic": clinic.id}, now=turn.now)
    await due.cancel(turn.store, key=nudge_key(person.id), now=turn.now)
    await due.schedule(turn.store, nudge(person.id, now=turn.now, zone=clinic.timezone), now=turn.now)


def _offered(turn: Turn, found: Sequence[Offer], clinics: dict[int, Clinic]) -> Reply:
    t = turn.t
    parts, rows = offered.shown(turn, found, clinics)
    other = key(t.label("🏥 Another clinic or time"), Verb.BOOK, "all")
    text = "\n\n".join([t("📅 <b>Book an examination</b>\nThe soonest free places:"), *parts])
    return screen(text, [*rows, [other], [brigade_key(t)], [home_key(t)]])


def _choose_clinic(t: Locale, clinics: Sequence[Clinic], *, page: int) -> Reply:
    shown = clinic_list.on_page(clinics, page)
    rows = [[key(clinic_list.name(t, clinic.names), Verb.BOOK_CLINIC, clinic.id)] for clinic in shown]
    turns = clinic_list.turns(clinics, page, Verb.BOOK, "all")
    near = key(t.label("📍 Nearest to me"), Verb.NEAR)
    lines = [f"{bold(t, clinic)}\n{address(t, clinic)}" for clinic in shown]
    text = "\n\n".join([t("🏥 <b>Choose a clinic</b>"), *lines])
    back = [key(t.label("⬅️ Back"), Verb.BOOK), home_key(t)]
    return screen(text, [*rows, turns, [near], [wait_key(t)], back])


async def _own_on_day(turn: Turn, local: datetime) -> Booking | None:
    ahead = await bookings.upcoming(turn.store, turn.known().id, now=turn.now)
    return next((one for one in ahead if one.local.date() == local.date()), None)


async def _full(turn: Turn) -> Reply:
    await turn.record(Kind.BOOKING_FULL)
    t = turn.t
    return screen(
        t("🙏 All places of the next four weeks are taken. A person of our team can help."),
        [[wait_key(t)], [key(t.label("🤝 Talk to a person"), Verb.TALK)], [home_key(t)]],
    )


def _no_clinics(t: Locale) -> Reply:
    return screen(
        t("🏥 There is no clinic here yet. A person of our team can help."),
        [[key(t.label("🤝 Talk to a person"), Verb.TALK)], [home_key(t)]],
    )


def _enough(t: Locale) -> Reply:
    return screen(
        t("You have several visits ahead. Please come to one of them first, or cancel one."),
        [[key(t.label("🗓 My visits"), Verb.VISITS)], [home_key(t)]],
    )
