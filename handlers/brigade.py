"""Keep places for several people: how many, where, when; then a link for each, to be passed on.

Who asks sees when and where, how many places, and until when they are kept; never who said yes or no, nor how
many did.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from care import brigade as rules
from care.booking import MOST_UPCOMING, Booking, Refusal, Slot
from care.brigade import Brigade, bookable
from care.directory import Clinic
from care.outcomes import Kind
from care.roles import Role
from handlers import book, chosen, times
from handlers import brigade_screens as screens
from handlers.brigade_letters import Letters
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.screens import Reply, Way, key, screen
from handlers.turn import Turn
from locales.catalogue import N_
from storage import bookings, brigades, directory, taking
from storage.vault import Vault

_IN_THE_WAY = {  # of a place for oneself
    Refusal.SAME_DAY: N_("You already have a visit on this day. You can move or cancel it."),
    Refusal.ENOUGH: N_("You have several visits ahead. Please come to one of them first, or cancel one."),
}


@dataclass(frozen=True, kw_only=True)
class Brigades:
    """What '👷 For several people' and its buttons do."""

    vault: Vault
    letters: Letters

    async def show(self, turn: Turn) -> Reply:
        """Show what is kept already; else ask how many places, and then where."""
        t, people = turn.t, _people(turn)
        await book.finish(turn)  # they want no place of their own: nobody asks whether to go on
        if people is not None:
            clinics = await directory.clinics_of(turn.store)
            await turn.record(Kind.BRIGADE_SEEN, detail="begun")
            if len(clinics) == 1:
                return await self._days(turn, clinics[0], people)
            return screens.clinics(t, clinics, people, page=chosen.page(turn, 1))
        kept = await brigades.open_of(turn.store, turn.known().id, now=turn.now)
        if kept and chosen.word(turn, 0) != "new":
            await turn.record(Kind.BRIGADE_SEEN, detail="own")
            return await self._listed(turn, kept)
        await turn.record(Kind.BRIGADE_SEEN, detail="begun")
        return screens.how_many(t, of_worker=turn.known().holds(Role.WORKER) is not None)

    async def days(self, turn: Turn) -> Reply:
        """Show the days on which a clinic has places enough."""
        people, clinic = _people(turn), await chosen.clinic(turn, 1)
        if people is None or clinic is None:
            return await self.show(turn)
        await turn.record(Kind.BRIGADE_SEEN, detail="begun", clinic_id=clinic.id)
        return await self._days(turn, clinic, people, page=chosen.page(turn, 2))

    async def day(self, turn: Turn) -> Reply:
        """Propose how they come on a day; or, with a page, let another time be chosen."""
        people, clinic, day = _people(turn), await chosen.clinic(turn, 1), chosen.day(turn, 2)
        if people is None or clinic is None or day is None:
            return await self.days(turn)
        await turn.record(Kind.BRIGADE_SEEN, detail="begun", clinic_id=clinic.id)
        slots = [slot for slot in await _free(turn, clinic) if slot.day == day]
        if chosen.word(turn, 3) is None:
            at = rules.best(slots, people)
            return await self._proposed(turn, clinic, slots, people, at)
        choosing = screens.choosing(turn.t, people)
        return times.times(turn, clinic, day, slots, choosing, page=chosen.page(turn, 3))

    async def time(self, turn: Turn) -> Reply:
        """Propose how they come around a time."""
        people, clinic, local = _people(turn), await chosen.clinic(turn, 1), chosen.start(turn, 2)
        if people is None or clinic is None or local is None:
            return await self.days(turn)
        await turn.record(Kind.BRIGADE_SEEN, detail="begun", clinic_id=clinic.id)
        return await self._proposed(turn, clinic, await _of_day(turn, clinic, local), people, local)

    async def keep(self, turn: Turn) -> Reply:
        """Keep all the places, and send the links; the same press a second time keeps nothing more.

        Where one is for who asks, that one is booked for them as any visit is, and has no link.
        """
        people, clinic, local = _people(turn), await chosen.clinic(turn, 1), chosen.start(turn, 2)
        number = chosen.number(turn, 3)
        if people is None or clinic is None or local is None or number is None or number <= 0:
            return await self.days(turn)
        worker, person = turn.known().holds(Role.WORKER), turn.known()
        may = await brigades.may_make(turn.store, person.id, of_worker=worker is not None, now=turn.now)
        if await brigades.exists(turn.store, number):
            return await self._card(turn, number)
        if not may:
            return await self._enough(turn)
        found = rules.spread(await _of_day(turn, clinic, local), people, at=local)
        until = rules.confirm_until(found[0][0].starts_at, clinic.timezone, now=turn.now) if found else None
        if until is None:
            return await self._fewer(turn, clinic, people)
        made = Brigade(
            id=number,
            person_id=person.id,
            staff_id=worker.id if worker is not None else None,
            clinic_id=clinic.id,
            confirm_until=until,
        )
        own = await self._made(
            turn, made, found, own_at=local if chosen.word(turn, 4) == screens.ME else None
        )
        if isinstance(own, Refusal) and own in _IN_THE_WAY:
            await turn.record(Kind.REFUSED, detail=own.value, clinic_id=clinic.id)
            slots, lead = await _of_day(turn, clinic, local), turn.t(_IN_THE_WAY[own])
            return await self._proposed(turn, clinic, slots, people, local, lead=lead)
        if isinstance(own, Refusal):
            return await self._fewer(turn, clinic, people)
        return await self._sent(turn, made, lead=screens.kept(turn.t, own.local if own else None), own=own)

    async def _made(
        self, turn: Turn, made: Brigade, found: Sequence[tuple[Slot, int]], *, own_at: datetime | None
    ) -> Booking | Refusal | None:
        """Keep the places; one near `own_at` (local) becomes the visit of who asks, which is returned."""
        own: Booking | Refusal | None = None
        if own_at is not None:
            mine, found = rules.without_own(found, at=own_at)
            own = await taking.beside_brigade(
                turn.store, self.vault, turn.known(), made, mine, found, by=turn.actor, now=turn.now
            )
        elif not await brigades.make(turn.store, self.vault, made, found, now=turn.now):
            own = Refusal.FULL
        if not isinstance(own, Refusal):
            links = str(sum(people for _, people in found))
            await turn.record(
                Kind.BRIGADE_MADE, role=turn.staff_actor(), clinic_id=made.clinic_id, detail=links
            )
        if isinstance(own, Booking):
            await turn.record(Kind.BOOKED, clinic_id=own.clinic_id, detail=own.advice)
        return own

    async def card(self, turn: Turn) -> Reply:
        """Show places that one keeps for others."""
        return await self._card(turn, chosen.number(turn, 0) or 0)

    async def links(self, turn: Turn) -> Reply:
        """Send the same links again, or their pictures; or show one letter in another language."""
        found = await self._own(turn)
        if found is None or not found.is_open(now=turn.now):
            return await self._card(turn, chosen.number(turn, 0) or 0)
        await turn.record(Kind.BRIGADE_SEEN, detail="own", clinic_id=found.clinic_id)
        word, which = chosen.word(turn, 1) or "", chosen.number(turn, 2)
        if word in self.letters.words and which is not None:
            letters = await self.letters.of(turn, found, self.letters.words[word], way=Way.SHOW)
            if one := letters[which : which + 1]:
                return Reply(tuple(one))
        return await self._sent(turn, found, way=Way.QR if word == "qr" else Way.SEND)

    async def back(self, turn: Turn) -> Reply:
        """Ask, and give back what nobody took."""
        found, t = await self._own(turn), turn.t
        if found is None or not found.is_open(now=turn.now):
            return await self._card(turn, chosen.number(turn, 0) or 0)
        if chosen.word(turn, 1) != "y":
            await turn.record(Kind.BRIGADE_SEEN, detail="own", clinic_id=found.clinic_id)
            text = t(
                "↩️ Give back the places that nobody has taken yet?\n\nTheir links stop. Who said yes already "
                "keeps the visit."
            )
            yes = key(t.label("↩️ Yes, give them back"), Verb.BRIGADE_BACK, found.id, "y")
            return screen(text, [[yes], [key(t.label("⬅️ Back"), Verb.BRIGADE_CARD, found.id)]])
        if await brigades.end(turn.store, found.id, now=turn.now):
            await turn.record(
                Kind.BRIGADE_GIVEN_BACK, role=turn.staff_actor(), clinic_id=found.clinic_id, detail="asked"
            )
        text = t("👌 Places that nobody had taken are free for others again. The links do not work any more.")
        return screen(text, [[screens.again_key(t)], [home_key(t)]])

    async def _proposed(
        self,
        turn: Turn,
        clinic: Clinic,
        slots: Sequence[Slot],
        people: int,
        at: datetime | None,
        *,
        lead: str = "",
    ) -> Reply:
        found = rules.spread(slots, people, at=at) if at is not None else ()
        if at is None or not found:
            return await self._days(turn, clinic, people)
        return screens.proposal(
            turn, clinic, found, at=at, one_is_mine=await _may_come_along(turn, at), lead=lead
        )

    async def _listed(self, turn: Turn, kept: Sequence[Brigade]) -> Reply:
        if len(kept) == 1 and turn.known().holds(Role.WORKER) is None:
            return await self._shown(turn, kept[0])
        found = [(one, await brigades.times(turn.store, one.id)) for one in kept]
        return screens.listed(turn.t, found)

    async def _card(self, turn: Turn, brigade_id: int) -> Reply:
        """Show a brigade of one's own; the same answer for one that is over, another's, or not there."""
        found = await brigades.own(turn.store, brigade_id, turn.known().id)
        if found is None or not found.is_open(now=turn.now):
            await turn.record(Kind.REFUSED, detail="gone")
            t = turn.t
            text = t("These places are not kept any more.")
            return screen(text, [[screens.again_key(t)], [home_key(t)]])
        await turn.record(Kind.BRIGADE_SEEN, detail="own", clinic_id=found.clinic_id)
        return await self._shown(turn, found)

    async def _shown(
        self, turn: Turn, found: Brigade, *, lead: str = "", own: Booking | None = None
    ) -> Reply:
        clinic = await directory.clinic(turn.store, found.clinic_id, also_retired=True)
        starts = await brigades.times(turn.store, found.id)
        return screens.card(turn, found, clinic, starts, lead=lead, comes_too=own is not None)

    async def _sent(
        self,
        turn: Turn,
        found: Brigade,
        *,
        way: Way = Way.SEND,
        lead: str = "",
        own: Booking | None = None,
    ) -> Reply:
        """Show the card, and send a message for each person."""
        shown = await self._shown(turn, found, lead=lead, own=own)
        return Reply((*shown.steps, *await self.letters.of(turn, found, turn.t, way=way)))

    async def _days(self, turn: Turn, clinic: Clinic, people: int, *, page: int = 0, lead: str = "") -> Reply:
        """Show the days with places enough; where there is none, what there is."""
        slots = await _free(turn, clinic)
        by_day = rules.places_by_day(slots)
        enough = [slot for slot in slots if by_day[slot.day] >= people]
        if not enough:
            return screens.too_few(turn, clinic, people, by_day)
        said = lead or turn.t("👷 For {n} people", n=people)
        return times.days(turn, clinic, enough, screens.choosing(turn.t, people), page=page, lead=said)

    async def _fewer(self, turn: Turn, clinic: Clinic, people: int) -> Reply:
        """Say that others were quicker, and what is left."""
        await turn.record(Kind.BOOKING_FULL, clinic_id=clinic.id)
        lead = turn.t("🙏 Somebody was quicker: these places are taken now. Choose again.")
        return await self._days(turn, clinic, people, lead=lead)

    async def _enough(self, turn: Turn) -> Reply:
        await turn.record(Kind.REFUSED, detail="held")
        t = turn.t
        text = t("You keep places for others already. When their time is over, you can keep more.")
        return screen(text, [[key(t.label("👷 The places you keep"), Verb.BRIGADE)], [home_key(t)]])

    async def _own(self, turn: Turn) -> Brigade | None:
        return await brigades.own(turn.store, chosen.number(turn, 0) or 0, turn.known().id)


async def _may_come_along(turn: Turn, at: datetime) -> bool:
    """Return whether one of the places can be for who asks; workers keep places for others."""
    if turn.known().holds(Role.WORKER) is not None:
        return False
    ahead = await bookings.upcoming(turn.store, turn.known().id, now=turn.now)
    return len(ahead) < MOST_UPCOMING and all(one.local.date() != at.date() for one in ahead)


def _people(turn: Turn) -> int | None:
    people = chosen.number(turn, 0)
    return people if people is not None and rules.LEAST <= people <= rules.MOST else None


async def _free(turn: Turn, clinic: Clinic) -> list[Slot]:
    return bookable(await times.free(turn, clinic), now=turn.now)


async def _of_day(turn: Turn, clinic: Clinic, local: datetime) -> list[Slot]:
    return [slot for slot in await _free(turn, clinic) if slot.day == local.date()]
