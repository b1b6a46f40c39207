"""Open a transfer card, once: for whoever receives the person. Nothing is kept of who opens it.

What it says is read from the store at that moment, so that it ends with the card, and with the person's data.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from care.clocks import COUNTRY_CLOCKS
from care.outcomes import Kind
from care.roles import Role
from care.transfer import Transfer, opened, opens
from handlers import chosen
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.screens import Reply, key, screen
from handlers.transfer_card import EDIT, Cards
from handlers.transfer_words import Line, lines
from handlers.turn import Turn
from locales.catalogue import Html, Locale
from storage import due, people, transfer_facts, transfers
from storage.staff import code_hash

SHARED = "ru"  # what clinics of all these countries read
_MAY_RECEIVE = frozenset({Role.CLINICIAN})  # of the team: nobody else of it may read a result


@dataclass(frozen=True, kw_only=True)
class OpenCard:
    """What the code on a card does."""

    cards: Cards

    async def open(self, turn: Turn) -> Reply:
        """Ask who scans, and show the card once; what opens nothing is answered alike, whatever the cause."""
        code = chosen.word(turn, 0) or ""
        known = await transfers.by_code(turn.store, code)
        if known is None:
            return await self._over(turn, None)
        if turn.person is not None and turn.person.id == known.person_id:
            return await self.cards.standing(turn, known)
        if not opens(known, now=turn.now):
            return await self._over(turn, known)
        if not _may_receive(turn):
            return await self._of_the_team(turn, known)
        if chosen.word(turn, 1) != "y":
            return await self._ask(turn, known, code)
        if not await transfers.open_once(turn.store, code, now=turn.now):
            return await self._over(turn, known)
        return await self._show(turn, known, code)

    async def not_me(self, turn: Turn) -> Reply:
        """End the card that somebody opened whom the person does not know."""
        t, transfer_id = turn.t, chosen.number(turn, 0)
        known = None
        if transfer_id is not None:
            known = await transfers.own(turn.store, transfer_id, turn.known().id, lock=True)
        if known is None or known.ended_at is not None:
            return await self.cards.none(turn)
        await transfers.take_back(turn.store, known.id)
        await turn.record(Kind.TRANSFER_ENDED, detail="not-me")
        text = t(
            "🔒 The card is ended: nobody can open it any more. What was read cannot be taken back. "
            "A person of our team can help you, and you can make a new card."
        )
        talk = key(t.label("🤝 Talk to a person"), Verb.TALK)
        anew = key(t.label("🔁 Make it anew"), Verb.TRANSFER_CARD, EDIT)
        return screen(text, [[talk], [anew], [home_key(t)]])

    async def _ask(self, turn: Turn, known: Transfer, code: str) -> Reply:
        await turn.record_of(Kind.TRANSFER_SEEN, known.person_id)
        t = turn.t
        text = t(
            "🪪 <b>Medical transfer</b>\n\nA patient gives this card to the clinic that receives them. "
            "It can be opened once, and the patient is told. Are you of that clinic?"
        )
        yes = key(t.label("✅ Yes, open it once"), Verb.TRANSFER_OPEN, code, "y")
        return screen(text, [[yes], [key(t.label("✖️ No"), Verb.HOME)]])

    async def _show(self, turn: Turn, known: Transfer, code: str) -> Reply:
        person = await people.by_id(turn.store, known.person_id)
        if person is None:
            return await self._over(turn, None)
        await turn.record_of(Kind.TRANSFER_OPENED, known.person_id, detail=known.country.value)
        told = opened(known, code_hash(code), now=turn.now)
        there = (
            COUNTRY_CLOCKS.get(known.country) if known.arrived else None
        )  # its night, not that of the city
        await due.schedule(turn.store, replace(told, zone=there), now=turn.now)
        zone = await due.zone_of(turn.store, person.id) or self.cards.zone
        facts = await transfer_facts.of(turn.store, self.cards.vault, person, known, zone=zone)
        t, words = turn.t, self.cards.words
        said = [
            _block(one, lines(one, words, facts, known.allowed))
            for one in _languages(turn, words.get(SHARED))
        ]
        foot = t("✍️ Please write it down now: the card does not open again.")
        head = t("🪪 <b>Medical transfer</b>")
        return screen(Html("\n\n".join([head, *said, foot])), [[home_key(t)]])

    async def _of_the_team(self, turn: Turn, known: Transfer) -> Reply:
        await turn.record_of(Kind.REFUSED, known.person_id, detail="not-yours")
        t = turn.t
        text = t("🪪 This card is for the clinic that receives the person. Our own team does not open it.")
        return screen(text, [[home_key(t)]])

    async def _over(self, turn: Turn, known: Transfer | None) -> Reply:
        if known is None:
            await turn.record(Kind.REFUSED, detail="unknown-code")
        else:
            await turn.record_of(Kind.REFUSED, known.person_id, detail="unknown-code")
        t = turn.t
        text = t(
            "🪪 This card cannot be opened: it was opened before, is too old, or was ended. "
            "Please ask the person for a new one."
        )
        return screen(text, [[home_key(t)]])


def _may_receive(turn: Turn) -> bool:
    """Return whether who scans may be of a clinic that receives people: our own team reads no result."""
    if turn.admin:
        return False  # also one whom nothing is known of yet
    roles = {one.role for one in turn.person.roles} if turn.person is not None else set()
    return roles <= _MAY_RECEIVE


def _languages(turn: Turn, shared: Locale | None) -> Sequence[Locale]:
    return [turn.t] if shared is None or turn.t.code == shared.code else [shared, turn.t]


def _block(t: Locale, said: Sequence[Line]) -> str:
    return Html("\n".join(t("{label}: <b>{value}</b>", label=one.label, value=one.value) for one in said))
