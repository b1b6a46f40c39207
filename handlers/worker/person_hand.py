"""Give a person to a colleague, with all that is to be done for them; both are told."""

from dataclasses import dataclass

from care.audit import Act, Deed
from care.outcomes import Kind
from care.ownership import Colleague, Reason
from handlers.buttons import Verb
from handlers.roles import work_key
from handlers.screens import Reply, key, screen
from handlers.turn import Turn
from handlers.worker.colleagues import Colleagues
from handlers.worker.person import PersonCard, may_hand
from locales.catalogue import Html
from storage import audit
from storage.case_card import Card
from storage.handover import hand_one


@dataclass(frozen=True, kw_only=True)
class PersonHand:
    """What 👥 below a person's card does."""

    cards: PersonCard
    colleagues: Colleagues

    async def show(self, turn: Turn) -> Reply:
        """Show who could look after the person, ask, and hand them over."""
        found = await self.cards.reached(turn)
        if found is None or turn.press is None or not may_hand(turn, found):
            return await self.cards.gone(turn)
        case = found.case
        able = await self.colleagues.able(
            turn, person_id=case.person_id, locale=case.locale, owner_id=found.staff_id
        )
        if turn.press.word(1) == "p" or turn.press.word(1) is None:
            return await self._choose(turn, found, able, page=turn.press.number(2) or 0)
        chosen = next((one for one in able if one.staff_id == turn.press.number(1)), None)
        if chosen is None:
            toast = turn.t.label("This colleague is not there any more.")
            return await self._choose(turn, found, able, page=0, toast=toast)
        if turn.press.word(2) != "y":
            return await self._ask(turn, found, chosen)
        return await self._hand(turn, found, chosen)

    async def _choose(
        self, turn: Turn, found: Card, able: list[Colleague], *, page: int, toast: str = ""
    ) -> Reply:
        t, person_id = turn.t, found.case.person_id
        head = (
            t("👥 Who looks after them from now on? 🟢 is there now.")
            if able
            else t("👥 There is no colleague to hand them to.")
        )
        rows = await self.colleagues.keys(
            turn,
            able,
            page=page,
            choose=lambda label, staff_id: key(label, Verb.PERSON_HAND, person_id, staff_id),
            turn_to=lambda label, number: key(label, Verb.PERSON_HAND, person_id, "p", number),
        )
        text = Html("\n\n".join([self.cards.text(turn, found), head]))
        return screen(text, [*rows, [key(t.label("⬅️ Back"), Verb.PERSON, person_id)]], toast=toast)

    async def _ask(self, turn: Turn, found: Card, chosen: Colleague) -> Reply:
        t, person_id = turn.t, found.case.person_id
        name = await self.colleagues.name(turn, chosen.staff_id)
        text = t(
            "Hand this person to <b>{name}</b>, with all open tasks? Both are told, and you do not see "
            "the person any more.",
            name=name,
        )
        yes = key(t.label("✅ Yes, hand over"), Verb.PERSON_HAND, person_id, chosen.staff_id, "y")
        back = key(t.label("⬅️ Back"), Verb.PERSON_HAND, person_id)
        return screen(Html("\n\n".join([self.cards.text(turn, found), text])), [[yes], [back]])

    async def _hand(self, turn: Turn, found: Card, chosen: Colleague) -> Reply:
        t = turn.t
        moved = await hand_one(turn.store, found.case.person_id, chosen, reason=Reason.HANDED, now=turn.now)
        if moved is None:
            return await self.cards.gone(turn)
        roles = turn.known().roles
        actor = next((one for one in roles if one.id == found.staff_id), roles[0])
        deed = Deed(
            act=Act.HANDED_OVER,
            role=turn.staff_actor(),
            about="referral",
            actor_id=actor.id,
            about_id=found.referral_id,
            detail=str(chosen.staff_id),
        )
        await audit.append(turn.store, self.colleagues.vault, deed, now=turn.now)
        await turn.record_of(Kind.PERSON_HANDED, found.case.person_id, staff_id=chosen.staff_id)
        text = t("👥 Handed over. Your colleague and the person are told.")
        return screen(text, [[key(t.label("⬅️ My people"), Verb.PEOPLE), work_key(t)]])
