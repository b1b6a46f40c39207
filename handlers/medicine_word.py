"""Let somebody choose what a reminder says: the drop, or a word of their own, typed once and kept sealed."""

from dataclasses import dataclass, replace

from care.lock_screen import telling
from care.medicine import DosePlan
from care.medicine_choices import MOST_WORD, read_word
from care.outcomes import Kind
from care.typed import asks
from handlers import chosen
from handlers import location as asked_for
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.medicine import Medicine
from handlers.medicine_words import back_key, count, word
from handlers.screens import Reply, Step, Way, frozen, key, screen
from handlers.turn import Conversation, Turn
from storage import drafts, medicine

DRAFT = "dose-word"  # storage.drafts: the person was asked for a word
DROP, KEEP, MEANT = "drop", "y", "m"


@dataclass(frozen=True, kw_only=True)
class MedicineWord:
    """What ✏️ does, and the word that is typed after it."""

    plans: Medicine
    question: Conversation  # answers what is typed as a question

    async def show(self, turn: Turn) -> Reply:
        """Ask for a word, take the drop again, or keep a word that was asked about."""
        plan = await self.plans.own(turn, lock=True)
        if plan is None:
            return await self.plans.gone(turn)
        said = chosen.word(turn, 1)
        if said == DROP:
            return await self._keep(turn, plan, None)
        typed = read_word(turn.asked) if said in {KEEP, MEANT} else None
        if typed is None:
            return await self._ask(turn, plan)
        if said == MEANT and telling(typed) is not None:
            return await self._sure(turn, plan)
        return await self._keep(turn, plan, typed)

    async def _ask(self, turn: Turn, plan: DosePlan) -> Reply:
        await drafts.put(turn.store, turn.known().id, DRAFT, {"plan": plan.id}, now=turn.now)
        await count(turn, Kind.MEDICINE_SEEN)
        t = turn.t
        text = t(
            "✏️ Now I write: <b>{word}</b>\n\nWrite a word that reminds you, at most {n} letters. "
            "For example: Call mother 🌷",
            word=word(t, self.plans.vault, turn.known(), plan),
            n=MOST_WORD,
        )
        drop = key(t.label("💧 Drop of the day"), Verb.MEDICINE_WORD, plan.id, DROP)
        return screen(text, [[drop], [back_key(t), home_key(t)]])

    async def _keep(self, turn: Turn, plan: DosePlan, typed: str | None) -> Reply:
        sealed = self.plans.vault.seal_for(turn.known().key, typed.encode()) if typed is not None else None
        plan = await medicine.change(turn.store, plan, now=turn.now, word=sealed)
        await count(turn, Kind.DOSE_PLAN_CHANGED, detail="word")
        return await self.plans.plan(turn, plan, toast=turn.t.label("👌 Kept."))

    async def typed(self, turn: Turn) -> Reply | None:
        """Take a text for the word where it was asked for; one that tells too much is asked about."""
        content = await asked_for.asked(turn, DRAFT)
        if turn.person is None or content is None or turn.edited:
            return None
        t, plan = turn.t, await medicine.open_of(turn.store, turn.person.id)
        if plan is None or plan.id != content.get("plan"):
            await drafts.drop(turn.store, turn.person.id, DRAFT)
            return None
        if asks(turn.words):
            return await self._answered(turn, plan)
        chosen_word = read_word(turn.words)
        if chosen_word is None:
            await count(turn, Kind.REFUSED, detail="nobody")
            text = t("I need a word of 1 to {n} letters. Please write it once more.", n=MOST_WORD)
            return screen(text, [[back_key(t), home_key(t)]])
        if telling(chosen_word) is not None:
            return await self._sure(turn, plan)
        await drafts.drop(turn.store, turn.person.id, DRAFT)
        locked = await medicine.lock(turn.store, plan.id)
        return await self._keep(turn, locked, chosen_word) if locked else await self.plans.gone(turn)

    async def _answered(self, turn: Turn, plan: DosePlan) -> Reply | None:
        """Answer what reads like a question, and let a short one be kept as the word all the same."""
        if read_word(turn.words) is None:
            return None
        answer, t = await self.question(turn), turn.t
        keep = key(t.label("✅ Keep it as my word"), Verb.MEDICINE_WORD, plan.id, MEANT)
        asked = Step(way=Way.SEND, text=t("✏️ Or is this your word?"), rows=frozen([[keep]]))
        return replace(answer, steps=(*answer.steps, asked), quotes=True)

    async def _sure(self, turn: Turn, plan: DosePlan) -> Reply:
        """Ask whether to keep a word that names the illness; the word itself waits in the chat."""
        await count(turn, Kind.MEDICINE_SEEN)
        t = turn.t
        text = t("⚠️ This word tells about the illness. Anybody who sees your phone may read it. Keep it?")
        rows = [
            [key(t.label("✏️ Another word"), Verb.MEDICINE_WORD, plan.id)],
            [key(t.label("✅ Keep it"), Verb.MEDICINE_WORD, plan.id, KEEP)],
            [back_key(t), home_key(t)],
        ]
        shown = screen(text, rows)
        return Reply(shown.steps, quotes=True)
