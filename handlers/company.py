"""Ask that somebody comes along to the clinic: whom, in which language, where to meet, a phone or none."""

from dataclasses import dataclass, replace
from datetime import timedelta

from care import company as rules
from care.booking import Booking, may_change
from care.company import Company as Wish
from care.company import State, may_ask
from care.directory import Clinic
from care.outcomes import Kind
from care.talk import phone_in
from handlers import chosen
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.company_screens import (
    ask_contact,
    ask_gender,
    ask_language,
    ask_phone,
    ask_place,
    ask_to_cancel,
    cancelled,
    over,
    standing,
    summary,
    take_pin,
    too_late,
)
from handlers.company_words import WITHOUT, place_of, sealed_place
from handlers.screens import Reply, Step, Way, key, screen
from handlers.turn import Turn
from locales.catalogue import Words
from storage import bookings, company, company_offers, directory, drafts, looking_after
from storage.company import Asked
from storage.vault import Vault

DRAFT = "company"
ANSWERED_WITHIN = timedelta(hours=1)  # a place or a number that comes later is meant for something else
GENDERS = {"f": "f", "m": "m", "any": None}


@dataclass(frozen=True, kw_only=True)
class Company:
    """What 🚶 and its buttons do for the person; somebody else's visit is answered like one not there."""

    words: Words
    vault: Vault
    zone: str  # IANA name, where somebody of the team has no city

    async def show(self, turn: Turn) -> Reply:
        """Show how it stands for a visit, or begin to ask."""
        booking = await self._booking(turn)
        if booking is None:
            return await self._gone(turn)
        asked = await company.newest_for(turn.store, booking.id, turn.known().id)
        state = asked.company.state if asked else State.CANCELLED
        if asked is not None and state not in {State.BEGUN, State.CANCELLED}:
            return await self._standing(turn, asked)
        return await self._begin(turn, booking)

    async def wish(self, turn: Turn) -> Reply:
        """Take one answer and show the next question."""
        found = await self._begun(turn)
        if isinstance(found, Reply):
            return found
        booking, wish = found
        field, value = chosen.word(turn, 1), chosen.word(turn, 2) or ""
        await turn.record(Kind.COMPANY_BEGUN, clinic_id=booking.clinic_id)
        if field == "g" and value in GENDERS:
            await company.save(turn.store, replace(wish, gender=GENDERS[value]))
            return ask_language(turn, self.words, booking)
        if field == "l" and (value == "any" or value in self.words):
            wish = replace(wish, locale=None if value == "any" else value)
            await company.save(turn.store, wish)
            return ask_place(turn, booking, await self._clinic(turn, booking), wish)
        if field == "p" and value == "pin":
            await self._wait_for(turn, booking, "pin")
            return take_pin(turn, booking, wish)
        if field == "p":
            await company.save(turn.store, replace(wish, place=None))
            return ask_phone(turn, booking, wish)
        if field == "t" and value == "y":
            await self._wait_for(turn, booking, "phone")
            return ask_contact(turn)
        if field == "t":
            wish = replace(wish, phone=None)
            await company.save(turn.store, wish)
            return await self._summary(turn, booking, wish)
        return ask_gender(turn, booking)

    async def located(self, turn: Turn) -> Reply | None:
        """Keep the place that was asked for; None when none was."""
        found = await self._waited_for(turn, "pin")
        if found is None or turn.location is None:
            return None
        booking, wish = found
        place = sealed_place(self.vault, turn.known(), turn.location)
        await company.save(turn.store, replace(wish, place=place))
        await turn.record(Kind.COMPANY_BEGUN, clinic_id=booking.clinic_id)
        thanks = turn.t("👌 Only who comes along sees this place. I erase it afterwards.")
        return _after(thanks, ask_phone(turn, booking, wish))

    async def contact(self, turn: Turn) -> Reply | None:
        """Keep the phone that was asked for; None when none was."""
        found = await self._waited_for(turn, "phone")
        if found is None:
            return None
        booking, wish = found
        phone = phone_in(turn.phone)
        if phone is None:
            await self._wait_for(turn, booking, "phone")
            await turn.record(Kind.REFUSED, detail="not-yours")
            return ask_contact(turn, turn.t("This is not your own number. I have not kept it."))
        wish = replace(wish, phone=self.vault.seal_for(turn.known().key, phone.encode()))
        await company.save(turn.store, wish)
        await turn.record(Kind.COMPANY_BEGUN, clinic_id=booking.clinic_id)
        thanks = turn.t("👌 Only who comes along sees your number. I erase it afterwards.")
        return _after(thanks, await self._summary(turn, booking, wish))

    async def without(self, turn: Turn) -> Reply | None:
        """Go on without a number when the text is that of the button; None when none was asked for."""
        if turn.words != turn.t.label(WITHOUT):
            return None
        found = await self._waited_for(turn, "phone")
        if found is None:
            return None
        booking, wish = found
        await turn.record(Kind.COMPANY_BEGUN, clinic_id=booking.clinic_id)
        return _after(turn.t("👌 Without a number."), await self._summary(turn, booking, wish))

    async def confirm(self, turn: Turn) -> Reply:
        """Send it off: the first of the team is asked at once."""
        found = await self._begun(turn)
        if isinstance(found, Reply):
            return found
        booking, wish = found
        asked, sent = await company.open_for(turn.store, booking.id), rules.sent_off(wish)
        if asked is None or sent is None:
            return await self.show(turn)
        await company_offers.settle(turn.store, asked, sent, now=turn.now, told=True)
        await turn.record(Kind.COMPANY_ASKED, clinic_id=booking.clinic_id)
        return await self._advanced(turn, asked, sent)

    async def wider(self, turn: Turn) -> Reply:
        """Ask everybody: woman or man, any language."""
        asked = await self._open(turn)
        wider = rules.widened(asked.company) if asked else None
        if asked is None or wider is None:
            return await self.show(turn)
        await company_offers.settle(turn.store, asked, wider, now=turn.now, told=True)
        await turn.record(Kind.COMPANY_ASKED, clinic_id=asked.clinic_id)
        return await self._advanced(turn, asked, wider)

    async def cancel(self, turn: Turn) -> Reply:
        """Ask, and then end it; who would have come is told."""
        asked = await self._open(turn)
        if asked is None:
            return await self.show(turn)
        if chosen.word(turn, 1) != "y":
            await turn.record(Kind.COMPANY_SEEN, clinic_id=asked.clinic_id)
            return ask_to_cancel(turn, asked)
        after = rules.cancelled(asked.company, now=turn.now)
        if after is not None:
            await company_offers.settle(turn.store, asked, after, now=turn.now, told=True)
            await turn.record(Kind.COMPANY_CANCELLED, clinic_id=asked.clinic_id)
        await drafts.drop(turn.store, turn.known().id, DRAFT)
        return cancelled(turn, asked)

    async def _begin(self, turn: Turn, booking: Booking) -> Reply:
        clinic = await self._clinic(turn, booking)
        if may_change(booking, now=turn.now) is not None or not may_ask(booking.starts_at, now=turn.now):
            await turn.record(Kind.REFUSED, detail="stale", clinic_id=booking.clinic_id)
            return too_late(turn, booking, clinic)
        await turn.record(Kind.COMPANY_BEGUN, clinic_id=booking.clinic_id)
        return ask_gender(turn, booking)

    async def _begun(self, turn: Turn) -> tuple[Booking, Wish] | Reply:
        """Return the wish that is being put together, begun now if it was not; else what there is instead."""
        booking = await self._booking(turn)
        if booking is None:
            return await self._gone(turn)
        await drafts.drop(turn.store, turn.known().id, DRAFT)
        asked = await company.open_for(turn.store, booking.id)
        if asked is not None and asked.company.state is not State.BEGUN:
            return await self._standing(turn, asked)
        if may_change(booking, now=turn.now) is not None or not may_ask(booking.starts_at, now=turn.now):
            return await self._begin(turn, booking)
        if asked is not None:
            return booking, asked.company
        await company.begin(turn.store, turn.known().id, booking.id, now=turn.now)
        begun = await company.open_for(turn.store, booking.id)
        return (booking, begun.company) if begun else await self._gone(turn)

    async def _wait_for(self, turn: Turn, booking: Booking, what: str) -> None:
        content = {"booking": booking.id, "waits": what}
        await drafts.put(turn.store, turn.known().id, DRAFT, content, now=turn.now)

    async def _waited_for(self, turn: Turn, what: str) -> tuple[Booking, Wish] | None:
        """Return what a place or a number belongs to that was asked for a moment ago, once."""
        if turn.person is None:
            return None
        draft = await drafts.get(turn.store, turn.person.id, DRAFT)
        if draft is None or draft.content["waits"] != what or turn.now - draft.changed_at > ANSWERED_WITHIN:
            return None
        booking = await bookings.own(turn.store, int(draft.content["booking"]), turn.person.id)
        asked = await company.open_for(turn.store, booking.id) if booking else None
        if booking is None or asked is None or asked.company.state is not State.BEGUN:
            return None
        await drafts.drop(turn.store, turn.person.id, DRAFT)
        return booking, asked.company

    async def _advanced(self, turn: Turn, asked: Asked, wish: Wish) -> Reply:
        """Ask the first of the team, and show how it stands."""
        there = replace(asked, company=wish)
        after = await company_offers.advance(turn.store, there, now=turn.now, zone=self.zone, told=True)
        return await self._screen(turn, replace(there, company=after))

    async def _standing(self, turn: Turn, asked: Asked) -> Reply:
        await turn.record(Kind.COMPANY_SEEN, clinic_id=asked.clinic_id)
        return await self._screen(turn, asked)

    async def _screen(self, turn: Turn, asked: Asked) -> Reply:
        clinic = await directory.clinic(turn.store, asked.clinic_id, also_retired=True)
        wish = asked.company
        if wish.ended_at is not None:
            return over(turn, asked, clinic)
        name = None
        if wish.state in rules.TAKEN and wish.staff_id is not None:
            name = await looking_after.name_of(turn.store, self.vault, wish.staff_id)
        place = place_of(self.vault, turn.known(), wish)
        return standing(turn, asked, clinic, name=name, place=place)

    async def _summary(self, turn: Turn, booking: Booking, wish: Wish) -> Reply:
        clinic = await self._clinic(turn, booking)
        place = place_of(self.vault, turn.known(), wish)
        return summary(turn, self.words, booking, clinic, wish, place)

    async def _open(self, turn: Turn) -> Asked | None:
        booking = await self._booking(turn)
        return await company.open_for(turn.store, booking.id) if booking else None

    async def _booking(self, turn: Turn) -> Booking | None:
        booking_id = chosen.number(turn, 0)
        return await bookings.own(turn.store, booking_id, turn.known().id) if booking_id is not None else None

    async def _clinic(self, turn: Turn, booking: Booking) -> Clinic | None:
        return await directory.clinic(turn.store, booking.clinic_id, also_retired=True)

    async def _gone(self, turn: Turn) -> Reply:
        await turn.record(Kind.REFUSED, detail="stale")
        t = turn.t
        visits = key(t.label("🗓 My visits"), Verb.VISITS)
        return screen(t("This visit is not there any more."), [[visits], [home_key(t)]])


def _after(thanks: str, shown: Reply) -> Reply:
    """Take the reply keyboard away with a word, and go on below it."""
    steps = tuple(replace(step, way=Way.SEND) for step in shown.steps)
    return Reply((Step(way=Way.SEND, text=thanks, close_keyboard=True), *steps))
