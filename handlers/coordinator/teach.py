"""Let coordinators decide about questions without an answer: at work at once, and taken back at once."""

from dataclasses import dataclass

from care.outcomes import Kind
from care.reminders import answer_key, answered
from care.topics import TOPICS
from care.unanswered import Group, plain, short
from handlers import chosen
from handlers.buttons import Verb
from handlers.coordinator.question_groups import Chosen, list_key, pressed
from handlers.coordinator.questions import Questions, decision_name
from handlers.roles import work_key
from handlers.screens import Reply, key, screen
from handlers.teaching import Teaching
from handlers.turn import Turn
from locales.catalogue import Html
from locales.folding import fold
from storage import awaited_answers, due, questions
from storage.questions import Decided, Wording
from storage.vault import Vault


@dataclass(frozen=True, kw_only=True)
class Teach:
    """What the buttons below a question without an answer do."""

    questions: Questions
    teaching: Teaching
    vault: Vault

    async def teach(self, turn: Turn) -> Reply:
        """Decide about a group: from now on its wordings are examples, and who waits is told."""
        one, said = await pressed(turn), chosen.word(turn, 3)
        if one is None or said is None or decision_name(turn.t, said) is None:
            return await self.questions.gone(turn)
        decided = await questions.decide(
            turn.store,
            said,
            [each.text for each in one.group.wordings],
            verdict=one.verdict,
            until_id=one.until_id,
            now=turn.now,
        )
        if decided is None:
            return await self.questions.gone(turn)
        await turn.record(Kind.TAUGHT, detail=said, role=turn.staff_actor())
        await questions.teach(turn.store, decided.id, _wordings(one.group))
        await self.teaching.refresh(turn.store)
        told = await self._tell(turn, decided) if said in TOPICS else 0
        return _done(turn, one, said, decided, told)

    async def _tell(self, turn: Turn, decided: Decided) -> int:
        """Plan a message to those who wait for this answer; return how many people they are."""
        found = await awaited_answers.answer(
            turn.store, self.vault, decided.questions, decision_id=decided.id
        )
        for row_id, person_id in found:
            await due.schedule(turn.store, answered(row_id, person_id, now=turn.now), now=turn.now)
        return len({person_id for _, person_id in found})

    async def undo(self, turn: Turn) -> Reply:
        """Take a decision back: its questions wait again, and whoever was not told yet is not."""
        decision_id = chosen.number(turn, 0) or 0
        rows = await awaited_answers.joined(turn.store, decision_id)
        if not await questions.undo(turn.store, decision_id):
            return await self.questions.gone(turn)
        for row_id in rows:
            await due.cancel(turn.store, key=answer_key(row_id), now=turn.now)
        await turn.record(Kind.UNDONE, detail="taught", role=turn.staff_actor())
        await self.teaching.refresh(turn.store)
        toast = turn.t.label("↩️ Taken back: the question waits again.")
        return await self.questions.listing(turn, wanted=False, toast=toast)


def _wordings(group: Group) -> list[Wording]:
    texts = [(plain(one.text), one.locale) for one in group.wordings]
    return [Wording(text, locale, fold(text)) for text, locale in texts]


def _done(turn: Turn, one: Chosen, said: str, decided: Decided, told: int) -> Reply:
    t = turn.t
    question = short(one.group.leader.text)
    lines = [t("✅ “{question}” → <b>{topic}</b>", question=question, topic=decision_name(t, said) or said)]
    if told:
        lines.append(
            t.many(
                "{n} person waits for this answer and is told soon.",
                "{n} people wait for this answer and are told soon.",
                told,
            )
        )
    rows = [
        [key(t.label("↩️ Undo"), Verb.UNTEACH, decided.id)],
        [list_key(t.label("📬 Next question"), wanted=one.wanted)],
        [work_key(t)],
    ]
    return screen(Html("\n".join(lines)), rows)
