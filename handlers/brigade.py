"""Keep places for several people: how many, where, when; then a link for each, to be passed on.

Who asks sees when and where, how many places, and until when they are kept; never who said yes or no, nor how
many did.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from care import brigade as rules
from care.booking import Slot, to_local
from care.brigade import Brigade, bookable
from care.directory import Clinic
from care.outcomes import Kind
from care.roles import Role
from handlers import book, chosen, times
from handlers import brigade_screens as screens
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.screens import Reply, Way, key, screen
from handlers.turn import Turn
from storage import brigades, directory
from storage.vault import Vault


@dataclass(frozen=True, kw_only=True)
class Brigades:
    """What '👷 For several people' and its buttons do."""

    username: str  # of the bot, without the @
    vault: Vault

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
        return screens.how_many(t)

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
        """Keep all the places, and send the links; the same press a second time keeps nothing more."""
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
        if not await brigades.make(turn.store, self.vault, made, found, now=turn.now):
            return await self._fewer(turn, clinic, people)
        await turn.record(Kind.BRIGADE_MADE, role=turn.staff_actor(), clinic_id=clinic.id, detail=str(people))
        lead = turn.t("✅ <b>The places are kept</b>\nForward each message below to one person.")
        return await self._sent(turn, made, lead=lead)

    async def card(self, turn: Turn) -> Reply:
        """Show places that one keeps for others."""
        return await self._card(turn, chosen.number(turn, 0) or 0)

    async def links(self, turn: Turn) -> Reply:
        """Send the same links again, or their pictures."""
        found = await self._own(turn)
        if found is None or not found.is_open(now=turn.now):
            return await self._card(turn, chosen.number(turn, 0) or 0)
        await turn.record(Kind.BRIGADE_SEEN, detail="own", clinic_id=found.clinic_id)
        way = Way.QR if chosen.word(turn, 1) == "qr" else Way.SEND
        return await self._sent(turn, found, way=way)

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
        self, turn: Turn, clinic: Clinic, slots: Sequence[Slot], people: int, at: datetime | None
    ) -> Reply:
        found = rules.spread(slots, people, at=at) if at is not None else ()
        if at is None or not found:
            return await self._days(turn, clinic, people)
        return screens.proposal(turn, clinic, found, at=at)

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

    async def _shown(self, turn: Turn, found: Brigade, *, lead: str = "") -> Reply:
        clinic = await directory.clinic(turn.store, found.clinic_id, also_retired=True)
        starts = await brigades.times(turn.store, found.id)
        return screens.card(turn, found, clinic, starts, lead=lead)

    async def _sent(self, turn: Turn, found: Brigade, *, way: Way = Way.SEND, lead: str = "") -> Reply:
        """Show the card, and send a message for each person."""
        shown = await self._shown(turn, found, lead=lead)
        clinic = await directory.clinic(turn.store, found.clinic_id, also_retired=True)
        letters = await brigades.letters(turn.store, self.vault, found.id)
        until = to_local(found.confirm_until, clinic.timezone) if clinic else None
        steps = [
            screens.letter(turn.t, one, clinic, until, username=self.username, way=way) for one in letters
        ]
        return Reply((*shown.steps, *steps))

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


def _people(turn: Turn) -> int | None:
    people = chosen.number(turn, 0)
    return people if people is not None and rules.LEAST <= people <= rules.MOST else None


async def _free(turn: Turn, clinic: Clinic) -> list[Slot]:
    return bookable(await times.free(turn, clinic), now=turn.now)


async def _of_day(turn: Turn, clinic: Clinic, local: datetime) -> list[Slot]:
    return [slot for slot in await _free(turn, clinic) if slot.day == local.date()]
