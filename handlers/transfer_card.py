"""Make a transfer card: the person decides field by field, looks at it, and takes it along.

What is typed is sealed with the person's key. Of the code only the hash is kept, so a card cannot be shown a
second time: it is made anew, and the one before it opens nothing any more.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from care import transfer as rules
from care.outcomes import Kind
from care.transfer import NOT_FOR_HELPERS, PRIVATE, TYPED, Country, Field, Transfer
from handlers import chosen, transfer_plan
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.screens import Key, Reply, Step, Way, key, screen
from handlers.transfer import zone_of
from handlers.transfer_paper import PDF, PICTURE, content, papers
from handlers.transfer_plan import plan_key
from handlers.transfer_words import LABELS, lines, on_paper, value
from handlers.turn import Turn
from locales.catalogue import Html, Locale, Words
from storage import transfer_facts, transfers
from storage.transfer_facts import Facts, sealed
from storage.vault import Vault

EDIT = "edit"
LABEL_LENGTH = 44  # characters of a button


@dataclass(frozen=True, kw_only=True)
class Cards:
    """What 🪪 and its buttons do; they are about the person's one journey."""

    words: Words
    vault: Vault
    username: str  # of the bot
    zone: str  # IANA name, where a person's city is not known

    async def show(self, turn: Turn) -> Reply:
        """Show how the card stands, or what may stand on it; a field is put on it or taken off."""
        known, word = await transfers.open_of(turn.store, turn.known().id, lock=True), chosen.word(turn, 0)
        if known is None:
            return await self.none(turn)
        if known.has_code and word is None:
            return await self.standing(turn, known)
        facts = await self.facts(turn, known)
        known = await self._changed(turn, known, facts, field_in(word))
        return await self.fields(turn, known, facts)

    async def view(self, turn: Turn) -> Reply:
        """Show as a text what the card will say, before it is made."""
        known = await transfers.open_of(turn.store, turn.known().id)
        if known is None:
            return await self.none(turn)
        await turn.record(Kind.LEAVING_SEEN, detail="preview")
        facts, t = await self.facts(turn, known), turn.t
        allowed, edit = self.allowed(turn, known, facts), key(t.label("✏️ Change"), Verb.TRANSFER_CARD, EDIT)
        said = lines(t, self.words, facts, allowed)
        if not said:
            return screen(t("🪪 Nothing stands on the card yet. Choose what it may say."), [[edit]])
        printed = {line[0].field for line in on_paper(self._papers(known), self.words, facts, allowed)}
        parts = [t("🪪 <b>This is what your card says</b>")]
        for heading, there in (
            (t("<b>On the paper</b>"), [one for one in said if one.field in printed]),
            (t("<b>Behind the code only</b>"), [one for one in said if one.field not in printed]),
        ):
            if there:
                rows = [t("{label}: <b>{value}</b>", label=one.label, value=one.value) for one in there]
                parts.append("\n".join([heading, *rows]))
        if known.country is Country.KG:
            parts.append(t("I do not speak Kyrgyz. The card is in Russian."))
        parts.append(t("Whoever receives you opens the code once, within 60 days. I tell you when."))
        make = key(t.label("✅ Make the card"), Verb.TRANSFER_MAKE, stamp(known))
        return screen(Html("\n\n".join(parts)), [[make], [edit], [plan_key(t), home_key(t)]])

    async def make(self, turn: Turn) -> Reply:
        """Make the card as a picture and as PDF; pressed a second time, show how it stands."""
        known = await transfers.open_of(turn.store, turn.known().id, lock=True)
        if known is None:
            return await self.none(turn)
        if chosen.number(turn, 0) != stamp(known):
            return await self.standing(turn, known)
        facts, code = await self.facts(turn, known), rules.new_code()
        allowed = self.allowed(turn, known, facts)
        if not lines(turn.t, self.words, facts, allowed):
            return await self.view(turn)
        until = await transfers.give_code(turn.store, known.id, code, now=turn.now)
        await turn.record(Kind.TRANSFERRED, detail=known.country.value)
        paper = content(
            self.words,
            facts,
            allowed,
            country=known.country,
            code=code,
            username=self.username,
            until=until,
        )
        t = turn.t
        made = replace(known, has_code=True, expires_at=until, opened_at=None)
        shown = await transfer_plan.show(turn, made, lead=t("✅ <b>Your card is ready.</b>"))
        picture = t("🪪 Show this picture where you are received. Keep it for yourself until then.")
        printed = t("🖨 The same on paper: print it, and take it with you.")
        return Reply(
            (
                Step(way=Way.TRANSFER_PICTURE, content=paper, name=PICTURE, text=picture),
                Step(way=Way.TRANSFER, content=paper, name=PDF, text=printed),
                *(replace(step, way=Way.SEND) for step in shown.steps),
            )
        )

    async def take_back(self, turn: Turn) -> Reply:
        """Ask, and then let the code of the card open nothing any more."""
        known, t = await transfers.open_of(turn.store, turn.known().id, lock=True), turn.t
        if known is None:
            return await self.none(turn)
        if not known.has_code:
            await turn.record(Kind.REFUSED, detail="stale")
            return await transfer_plan.show(turn, known)
        if chosen.word(turn, 0) != "y":
            await turn.record(Kind.LEAVING_SEEN, detail="card")
            text = t("↩️ Shall I end the card? Its code then opens nothing, on the picture and on paper.")
            yes = key(t.label("↩️ Yes, end it"), Verb.TRANSFER_BACK, "y")
            return screen(text, [[yes], [key(t.label("⬅️ Back"), Verb.TRANSFER_CARD)]])
        await transfers.take_back(turn.store, known.id)
        await turn.record(Kind.TRANSFER_ENDED, detail="taken-back")
        ended = replace(known, has_code=False, expires_at=None)
        return await transfer_plan.show(turn, ended, lead=t("↩️ The card is ended."))

    async def standing(self, turn: Turn, known: Transfer) -> Reply:
        """Show how a card stands that was made."""
        await turn.record(Kind.LEAVING_SEEN, detail="card")
        t = turn.t
        state = transfer_plan.card_state(turn, known) or t("🪪 You have no card.")
        back = [key(t.label("↩️ End the card"), Verb.TRANSFER_BACK)] if known.has_code else []
        anew = key(t.label("🔁 Make it anew"), Verb.TRANSFER_CARD, EDIT)
        note = t("A new card has a new code: the old one then opens nothing.")
        return screen(Html(f"{state}\n\n{note}"), [[anew], back, [plan_key(t), home_key(t)]])

    async def fields(self, turn: Turn, known: Transfer, facts: Facts, *, toast: str = "") -> Reply:
        """Show what may stand on the card, each with a mark."""
        await turn.record(Kind.LEAVING_SEEN, detail="card")
        t, allowed = turn.t, self.allowed(turn, known, facts)
        text = t(
            "🪪 <b>What may your card say?</b>\n\nYou decide. Press to allow it ☑️ or to leave it out ⬜. "
            "What names the illness stands behind the code only, unless you allow its name on the paper."
        )
        rows = [[self._field_key(turn, facts, field, allowed)] for field in self.offers(turn, facts)]
        look = key(t.label("👀 Look at it first"), Verb.TRANSFER_VIEW)
        return screen(text, [*rows, [look], [plan_key(t), home_key(t)]], toast=toast)

    async def facts(self, turn: Turn, known: Transfer) -> Facts:
        """Return what is known for the card."""
        zone = await zone_of(turn, self.zone)
        return await transfer_facts.of(turn.store, self.vault, turn.known(), known, zone=zone)

    def offers(self, turn: Turn, facts: Facts) -> tuple[Field, ...]:
        """Return what can stand on the card; who acts for somebody is offered nothing that tells a result."""
        hidden = NOT_FOR_HELPERS if turn.behalf_of is not None else frozenset[Field]()
        return tuple(one for one in facts.offers() if one not in hidden)

    def allowed(self, turn: Turn, known: Transfer, facts: Facts) -> frozenset[Field]:
        """Return what stands on the card, as far as it is offered to who looks."""
        return known.allowed & frozenset(self.offers(turn, facts))

    async def none(self, turn: Turn) -> Reply:
        """Lead on where there is no journey."""
        await turn.record(Kind.REFUSED, detail="stale")
        t = turn.t
        leave = key(t.label("✈️ I am leaving"), Verb.LEAVING)
        return screen(t("This is not here any more."), [[leave], [home_key(t)]])

    async def _changed(self, turn: Turn, known: Transfer, facts: Facts, field: Field | None) -> Transfer:
        """Return the journey with a field put on the card or taken off, or as it is at the first look."""
        offers = self.offers(turn, facts)
        allowed = known.allowed if known.has_chosen else rules.at_first(offers)
        if field in offers and field not in TYPED:
            allowed ^= {field}
        if allowed != known.allowed or not known.has_chosen:
            written = sealed(self.vault, turn.known(), facts.written or {})
            await transfers.allow(turn.store, known.id, allowed, written)
        return replace(known, allowed=allowed, has_chosen=True)

    def _papers(self, known: Transfer) -> list[Locale]:
        return papers(self.words, known.country)

    def _field_key(self, turn: Turn, facts: Facts, field: Field, allowed: Collection[Field]) -> Key:
        t = turn.t
        named = t.label("The illness by its name, on the paper, too")
        label = named if field is Field.ILLNESS else t.label(LABELS[field])
        says = "" if field in PRIVATE else value(t, self.words, facts, field)
        text = f"{label}: {says}" if says else label
        text = text if len(text) <= LABEL_LENGTH else f"{text[: LABEL_LENGTH - 1].rstrip()}…"
        if field in TYPED:
            mark = "☑️" if field in allowed else "✍️"
            return key(f"{mark} {text}", Verb.TRANSFER_TYPE, field.value)
        mark = "☑️" if field in allowed else "⬜"
        return key(f"{mark} {text}", Verb.TRANSFER_CARD, field.value)


def field_in(word: str | None) -> Field | None:
    """Return the field that a button names, or None."""
    return Field(word) if word in frozenset(Field) else None


def stamp(known: Transfer) -> int:
    """Return a number that changes with each new card: a button of before makes no second one."""
    return int(known.expires_at.timestamp()) if known.expires_at is not None else 0
