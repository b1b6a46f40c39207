"""Take the answers to 'have you arrived?' and 'could you go on there?'.

Whoever says that they have arrived has left: the episode here ends with their answer.
"""

from dataclasses import dataclass

from care.clocks import COUNTRY_CLOCKS
from care.outcomes import Kind
from care.tasks import needs_help_there
from care.transfer import AGAIN_AFTER, Arrived, Country, Transfer, WentOn, asked_again, left_by
from handlers import chosen
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.medicine_clock import after_arrival
from handlers.screens import Key, Reply, key, screen
from handlers.transfer import end_here, stays, zone_of
from handlers.transfer_card import Cards
from handlers.turn import Turn
from locales.catalogue import Html
from storage import due, moving_away, task_changes, transfers


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """What the buttons under the questions after a journey do; somebody else's is like one not there."""

    cards: Cards
    zone: str  # IANA name, where a person's city is not known

    async def arrived(self, turn: Turn) -> Reply:
        """Take whether somebody has arrived."""
        known, word = await self._own(turn), chosen.word(turn, 1)
        if known is None or word not in frozenset(Arrived):
            return await self.cards.none(turn)
        await turn.record(Kind.ARRIVED, detail=word)
        t = turn.t
        if word == Arrived.STAYING:
            await end_here(turn, known)
            return stays(turn)
        if word == Arrived.NOT_YET:
            zone = await zone_of(turn, self.zone)
            await due.schedule(turn.store, asked_again(known, zone=zone, now=turn.now), now=turn.now)
            arrival = turn.now + AGAIN_AFTER  # as they may say then
            await transfers.ask_later(turn.store, known, arrival=arrival, zone=zone, now=turn.now)
            text = t("👌 Safe travels. I ask you again in a week.")
            return screen(text, [[key(t.label("✈️ My journey"), Verb.LEAVING)], [home_key(t)]])
        await transfers.change(turn.store, known.id, arrived=True)
        zone = COUNTRY_CLOCKS.get(known.country) or await zone_of(turn, self.zone)
        await transfers.ask_later(turn.store, known, arrival=turn.now, zone=zone, now=turn.now)
        left_on = left_by(known, zone=self.zone)  # what they noted since is there
        await moving_away.leave(turn.store, turn.known().id, by=turn.actor, now=turn.now, left_on=left_on)
        text = t("👍 Good that you have arrived. Go there in the first days, and take your papers along.")
        clock, other = await after_arrival(turn, known.country)
        text = Html("\n\n".join(part for part in (text, clock) if part))
        card = key(t.label("🪪 My transfer card"), Verb.TRANSFER_CARD)
        return screen(text, [other, [_there(turn, known)], [card], [_talk(turn)], [home_key(t)]])

    async def went_on(self, turn: Turn) -> Reply:
        """Take whether somebody could go on; who needs help gets a person, too."""
        known, word = await self._own(turn), chosen.word(turn, 1)
        if known is None or word not in frozenset(WentOn):
            return await self.cards.none(turn)
        await turn.record(Kind.WENT_ON, detail=word)
        t = turn.t
        if word == WentOn.NEEDS_HELP:
            await transfers.change(turn.store, known.id, went_on=False)
            await self._ask_for_help(turn, known)
            text = t("🤝 I have told our team that you need help, and nothing else. You can also write now.")
            return screen(text, [[_there(turn, known)], [_talk(turn)], [home_key(t)]])
        person_id = turn.known().id
        await moving_away.leave(turn.store, person_id, by=turn.actor, now=turn.now, goes_on=True)
        await transfers.end(turn.store, known.id, now=turn.now, arrived=True, went_on=True)
        text = t("👏 Well done. I am here whenever you have a question.")
        if word == WentOn.FINISHED:
            text = t("👏 Well done! I wish you good health.")
        return screen(text, [[key(t.label("❓ Ask a question"), Verb.ASK)], [home_key(t)]])

    async def _ask_for_help(self, turn: Turn, known: Transfer) -> None:
        """Make a task for whose the person is or was: that they need help, never with what."""
        referral = await transfers.referral_of(turn.store, known)
        if referral is not None:
            need = needs_help_there(known.id, now=turn.now)
            await task_changes.ask(turn.store, referral, need, now=turn.now, zone=self.zone)

    async def _own(self, turn: Turn) -> Transfer | None:
        transfer_id = chosen.number(turn, 0)
        if transfer_id is None:
            return None
        known = await transfers.own(turn.store, transfer_id, turn.known().id, lock=True)
        return known if known is not None and known.ended_at is None else None


def _there(turn: Turn, known: Transfer) -> Key:
    country = () if known.country is Country.OTHER else (known.country.value,)
    return key(turn.t.label("📍 Where to go there"), Verb.CENTRES, *country)


def _talk(turn: Turn) -> Key:
    return key(turn.t.label("🤝 Talk to a person"), Verb.TALK)
