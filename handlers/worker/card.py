"""Let a worker say what people see of them: a first name or nickname, languages, a photo, a greeting."""

from dataclasses import dataclass, replace
from datetime import timedelta

from care.cards import name_in
from care.outcomes import Kind
from care.person import StaffMember
from care.roles import Role
from handlers.buttons import Verb
from handlers.newcomer import Newcomer, language_names
from handlers.roles import work_key
from handlers.screens import Key, Reply, Step, Way, frozen, key, pairs, screen
from handlers.turn import Turn
from locales.catalogue import N_, Html, Locale
from storage import drafts, staff_cards
from storage.staff_cards import Card

DRAFTS = {"name": "card-name", "photo": "card-photo", "voice": "card-voice"}  # what was asked for
WITHIN = timedelta(minutes=15)  # afterwards a text is a question again, and a photo is just a photo
_ASKED = {
    "name": N_("✏️ What should people call you? Write a first name or a nickname: letters only, at most 30."),
    "photo": N_("📷 Send me a photo. People see it when they come through your links."),
    "voice": N_("🎤 Record a voice message: say hello, and who you are. People hear it when they come."),
}
_SENT = {"photo": "photo", "voice": "voice"}  # in Telegram's words: what is asked for


@dataclass(frozen=True, kw_only=True)
class CardOf:
    """What 'my card' and its buttons do; the card is the worker's own, always."""

    newcomer: Newcomer

    async def show(self, turn: Turn) -> Reply:
        """Show what is on the card."""
        worker = _worker(turn)
        for draft in DRAFTS.values():
            await drafts.drop(turn.store, turn.known().id, draft)
        await turn.record(Kind.CARD_SEEN, role=turn.staff_actor())
        return await self._card(turn, worker)

    async def view(self, turn: Turn) -> Reply:
        """Show the card as others see it."""
        worker = _worker(turn)
        await turn.record(Kind.CARD_SEEN, role=turn.staff_actor())
        card, t = await self._of(turn, worker), turn.t
        *before, last = self.newcomer.steps(t, card)
        rows = frozen([[_back(t), work_key(t)]])
        return Reply((*before, replace(last, rows=rows)))

    async def ask(self, turn: Turn) -> Reply:
        """Ask for a name, a photo or a voice."""
        what, t = turn.press.word(0) if turn.press else None, turn.t
        if what not in _ASKED:
            return await self.show(turn)
        await drafts.put(turn.store, turn.known().id, DRAFTS[what], {}, now=turn.now)
        await turn.record(Kind.CARD_SEEN, role=turn.staff_actor())
        return screen(t(_ASKED[what]), [[_back(t), work_key(t)]])

    async def remove(self, turn: Turn) -> Reply:
        """Take something off the card."""
        what = turn.press.word(0) if turn.press else None
        if what not in DRAFTS:
            return await self.show(turn)
        return await self._keep(turn, _worker(turn), what, "")

    async def typed(self, turn: Turn) -> Reply | None:
        """Take a text for the name that was asked for; else leave it."""
        worker = await self._asked(turn, "name")
        if worker is None:
            return None
        name, t = name_in(turn.words), turn.t
        if name is None:
            await turn.record(Kind.REFUSED, detail="name", role=turn.staff_actor())
            text = t("Write only letters, at most 30, please: a first name or a nickname.")
            return screen(text, [[_back(t), work_key(t)]])
        return await self._keep(turn, worker, "name", name)

    async def sent(self, turn: Turn) -> Reply | None:
        """Take a photo or a voice message that was asked for; else leave it."""
        what = next((one for one, sent in _SENT.items() if sent == turn.sent), None)
        worker = await self._asked(turn, what) if what and turn.file_id and not turn.edited else None
        return await self._keep(turn, worker, what, turn.file_id) if worker and what else None

    async def _asked(self, turn: Turn, what: str) -> StaffMember | None:
        worker = turn.person.holds(Role.WORKER) if turn.person else None
        if turn.person is None or worker is None:
            return None
        draft = await drafts.get(turn.store, turn.person.id, DRAFTS[what])
        return worker if draft is not None and turn.now - draft.changed_at <= WITHIN else None

    async def _keep(self, turn: Turn, worker: StaffMember, what: str, value: str) -> Reply:
        person = turn.known()
        await drafts.drop(turn.store, person.id, DRAFTS[what])
        await staff_cards.change(turn.store, self.newcomer.vault, worker.id, person.key, **{what: value})
        await turn.record(Kind.CARD_CHANGED, role=turn.staff_actor(), detail=what)
        lead = turn.t("✅ Kept.") if value else turn.t("🗑 Taken away.")
        return await self._card(turn, worker, lead=lead)

    async def _of(self, turn: Turn, worker: StaffMember) -> Card:
        return await staff_cards.of(turn.store, self.newcomer.vault, worker.id) or Card()

    async def _card(self, turn: Turn, worker: StaffMember, *, lead: str = "") -> Reply:
        t, card = turn.t, await self._of(turn, worker)
        languages = language_names(self.newcomer.words, card.languages)
        yes, no = t("yes"), t("not yet")
        parts = [
            lead,
            t(
                "🪪 <b>My card</b>\nPeople who come through your links see it first, and the name stands on "
                "your posters and pocket cards. All of it is up to you."
            ),
            t("Name: {name}", name=card.name or no),
            t("Languages: {languages}", languages=t.listing(languages) if languages else no),
            t("Photo: {there}", there=yes if card.photo else no),
            t("Voice greeting: {there}", there=yes if card.voice else no),
        ]
        text = Html("\n\n".join([*(one for one in parts[:2] if one), Html("\n".join(parts[2:]))]))
        return Reply((Step(way=Way.SHOW, text=text, rows=frozen(_rows(t, card))),))


def _rows(t: Locale, card: Card) -> list[list[Key]]:
    gone = [
        *([key(t.label("🗑 Name"), Verb.CARD_LESS, "name")] if card.name else []),
        *([key(t.label("🗑 Photo"), Verb.CARD_LESS, "photo")] if card.photo else []),
        *([key(t.label("🗑 Voice"), Verb.CARD_LESS, "voice")] if card.voice else []),
    ]
    asked = [
        key(t.label("✏️ Name"), Verb.CARD_ASK, "name"),
        key(t.label("🗣 Languages"), Verb.SHIFT_ME),
        key(t.label("📷 Photo"), Verb.CARD_ASK, "photo"),
        key(t.label("🎤 Voice greeting"), Verb.CARD_ASK, "voice"),
    ]
    see = key(t.label("👀 As others see it"), Verb.CARD_VIEW)
    return [*pairs(asked), gone, [see], [key(t.label("⬅️ My links"), Verb.LINKS), work_key(t)]]


def _back(t: Locale) -> Key:
    return key(t.label("⬅️ My card"), Verb.CARD)


def _worker(turn: Turn) -> StaffMember:
    """Return the worker's role. Raises LookupError where a route let somebody else in."""
    worker = turn.known().holds(Role.WORKER)
    if worker is None:
        raise LookupError("only workers have a card")
    return worker
