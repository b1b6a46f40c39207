"""Take what a person types for their transfer card: a name, a year, a phone, a note. All of it is sealed."""

from dataclasses import dataclass, replace

from care import transfer as rules
from care.booking import to_local
from care.outcomes import Kind
from care.talk import phone_in
from care.transfer import NAME_LENGTH, NOTE_LENGTH, TYPED, Field, Transfer, Why
from care.typed import asks, asks_instead
from handlers import chosen
from handlers import location as asked_for
from handlers.buttons import Verb
from handlers.screens import Key, Reply, Step, Way, key, screen
from handlers.talk_phone import WITHOUT
from handlers.transfer import zone_of
from handlers.transfer_card import EDIT, Cards, field_in
from handlers.turn import Turn
from locales.catalogue import N_, Html
from storage import drafts, transfers
from storage.transfer_facts import sealed

DRAFT = "transfer"  # storage.drafts: what the person was asked to type
QUESTIONS = {
    Field.NAME: N_("✍️ Write your name, as it should stand on the card."),
    Field.BORN: N_("✍️ Write the year of your birth, for example 1990."),
    Field.PHONE: N_("✍️ Write the phone at which you can be reached there, with the code of the country."),
    Field.NOTE: N_("✍️ Write what is important to know: an allergy, for example."),
}
WRONG = {
    Why.EMPTY: N_("There are no letters or numbers in it. Please write it once more."),
    Why.LONG: N_("That is too long. Please write at most {n} letters."),
    Why.NO_YEAR: N_("That is no year of birth. Please write 4 numbers, for example 1990."),
    Why.NO_PHONE: N_("That is no phone number. Please write it like +998901234567."),
}


@dataclass(frozen=True, kw_only=True)
class TypedFields:
    """What ✍️ on a card does."""

    cards: Cards

    async def ask(self, turn: Turn) -> Reply:
        """Ask for one field; or take it off the card, and with it what was typed."""
        known, field = await transfers.open_of(turn.store, turn.known().id, lock=True), self._field(turn)
        if known is None or field is None:
            return await self.cards.none(turn)
        if chosen.word(turn, 1) == "x":
            await drafts.drop(turn.store, turn.known().id, DRAFT)
            return await self._keep(turn, known, field, None)
        await drafts.put(turn.store, turn.known().id, DRAFT, {"field": field.value}, now=turn.now)
        await turn.record(Kind.LEAVING_SEEN, detail="card")
        there = (await self.cards.facts(turn, known)).written or {}
        return self._question(turn, field, typed_before=there.get(field, ""))

    async def typed(self, turn: Turn) -> Reply | None:
        """Keep the text that was asked for, or say what is wrong with it; None when none was asked for."""
        field, known = await self._asked(turn)
        if field is None or known is None or turn.edited:
            return None
        if field is Field.PHONE and turn.words == turn.t.label(WITHOUT):
            await drafts.drop(turn.store, turn.known().id, DRAFT)
            return await self._after(turn, known, turn.t("👌 Without a number."))
        if _is_question(field, turn.words):
            return None
        today = to_local(turn.now, await zone_of(turn, self.cards.zone)).date()
        said = rules.typed(field, turn.words, today=today)
        if isinstance(said, Why):
            return await self._wrong(turn, field, said)
        await drafts.drop(turn.store, turn.known().id, DRAFT)
        shown = await self._keep(turn, known, field, said)
        if field is Field.PHONE:
            return _below(turn.t("👌 It stands on your card."), shown)
        return replace(shown, steps=tuple(replace(step, way=Way.SEND) for step in shown.steps))

    async def contact(self, turn: Turn) -> Reply | None:
        """Keep the person's own number that they share; None when none was asked for."""
        field, known = await self._asked(turn)
        if field is not Field.PHONE or known is None:
            return None
        phone = phone_in(turn.phone)
        if phone is None:
            await turn.record(Kind.REFUSED, detail="not-yours")
            lead = turn.t("This is not your own number. I have not kept it.")
            return self._question(turn, field, lead=lead)
        await drafts.drop(turn.store, turn.known().id, DRAFT)
        return _below(turn.t("👌 It stands on your card."), await self._keep(turn, known, field, phone))

    async def _keep(self, turn: Turn, known: Transfer, field: Field, text: str | None) -> Reply:
        """Put what was typed on the card, or take it off, and show the fields."""
        facts = await self.cards.facts(turn, known)
        written = {**(facts.written or {})}
        written.pop(field, None)
        allowed = known.allowed - {field}
        if not known.has_chosen:
            allowed |= rules.at_first(self.cards.offers(turn, facts))
        if text is not None:
            written[field] = text
            allowed |= {field}
        kept = sealed(self.cards.vault, turn.known(), written)
        await transfers.allow(turn.store, known.id, allowed, kept)
        changed = replace(known, allowed=allowed, written=kept, has_chosen=True)
        return await self.cards.fields(turn, changed, replace(facts, written=written))

    async def _after(self, turn: Turn, known: Transfer, thanks: str) -> Reply:
        facts = await self.cards.facts(turn, known)
        return _below(thanks, await self.cards.fields(turn, known, facts))

    async def _wrong(self, turn: Turn, field: Field, why: Why) -> Reply:
        await drafts.put(turn.store, turn.known().id, DRAFT, {"field": field.value}, now=turn.now)
        await turn.record(Kind.REFUSED, detail=why.value)
        longest = NOTE_LENGTH if field is Field.NOTE else NAME_LENGTH
        return self._question(turn, field, lead=turn.t(WRONG[why], n=longest))

    async def _asked(self, turn: Turn) -> tuple[Field | None, Transfer | None]:
        """Return what was asked for a moment ago, and for which journey."""
        content = await asked_for.asked(turn, DRAFT)
        if content is None:
            return None, None
        known = await transfers.open_of(turn.store, turn.known().id, lock=True)
        return field_in(content["field"]), known

    def _field(self, turn: Turn) -> Field | None:
        field = field_in(chosen.word(turn, 0))
        return field if field in TYPED else None

    def _question(self, turn: Turn, field: Field, *, typed_before: str = "", lead: str = "") -> Reply:
        t = turn.t
        now = t("It says now: <b>{text}</b>", text=typed_before) if typed_before else ""
        promise = t("It is kept encrypted and stands on your card only.")
        text = Html("\n\n".join(part for part in (lead, t(QUESTIONS[field]), now, promise) if part))
        less: list[Key] = []
        if typed_before:
            less = [key(t.label("🗑 Take it off the card"), Verb.TRANSFER_TYPE, field.value, "x")]
        back = [key(t.label("⬅️ Back"), Verb.TRANSFER_CARD, EDIT)]
        shown = screen(text, [less, back])
        if field is not Field.PHONE or turn.behalf_of is not None:
            return shown
        share, without = t.label("📱 Send my phone number"), t.label(WITHOUT)
        asking = Step(
            way=Way.SEND, text=t("Or press the button below."), ask_contact=share, ask_nothing=without
        )
        return replace(shown, steps=(*shown.steps, asking))


def _is_question(field: Field, text: str) -> bool:
    return asks_instead(text) if field in {Field.BORN, Field.PHONE} else asks(text)


def _below(thanks: str, shown: Reply) -> Reply:
    """Take the reply keyboard away with a word, and go on below it."""
    steps = tuple(replace(step, way=Way.SEND) for step in shown.steps)
    return Reply((Step(way=Way.SEND, text=thanks, close_keyboard=True), *steps))
