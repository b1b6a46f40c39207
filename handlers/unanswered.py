"""Say that a question was not understood, offer what is near, a person, and a message once it is answered.

The buttons of a question carry its id and a mark made of the id, the person and our keys: ids can be counted
up by anybody, and a question belongs to whoever asked it.
"""

from dataclasses import dataclass

from care.directory import DataKind
from care.outcomes import Kind
from care.person import Person
from care.scrubbing import scrub
from care.search import Finding
from care.unanswered import plain
from handlers.buttons import Verb
from handlers.screens import Key, Reply, key, screen
from handlers.topic_names import POLITE, topic_name
from handlers.turn import Conversation, Turn
from locales.catalogue import Locale
from locales.folding import fold
from storage import awaited_answers, directory, questions
from storage.erasing import QUESTIONS_DAYS, questions_days
from storage.vault import Vault

MOST_NEAREST = 3
NEAR = 0.02  # smallest certainty to be worth offering: nonsense scores about 0.01
MARK = 16  # hex digits: 64 bits
BESIDE = POLITE | {"talk-to-person"}  # never offered as what was meant: a person is offered anyway


@dataclass(frozen=True, kw_only=True)
class Unanswered:
    """What follows a question that the bot is not sure about."""

    vault: Vault
    stale: Conversation

    async def unsure(self, turn: Turn, finding: Finding) -> Reply:
        """Ask back with the nearest topics; keep the question of a person, scrubbed and without them."""
        await turn.record(Kind.NOT_ANSWERED)
        t, kept = turn.t, await self._keep(turn)
        near = [one.topic for one in finding.topics if one.score >= NEAR and one.topic not in BESIDE]
        named = [(topic, topic_name(t, topic)) for topic in near[:MOST_NEAREST]]
        rows = [[key(name, Verb.TOPIC, topic)] for topic, name in named if name]
        if not rows:
            text = t("I do not know the answer to this. A person can help you.")
            return screen(text, self._ways_on(turn, kept))
        rows.append([key(t.label("✖️ None of these"), Verb.NONE_OF_THESE, *self._args(turn, kept))])
        rows.append([_person(t)])
        rows.append(_elsewhere(t))
        return screen(t("I am not sure what you mean. Is it one of these?"), rows)

    async def _keep(self, turn: Turn) -> int | None:
        """Keep the question, when there is somebody who agreed and words that say something.

        Words that answer a message are not kept: they may be meant for whom a talk was with.
        """
        scrubbed = scrub(turn.words)
        folded = fold(plain(scrubbed))
        answers = turn.press is None and turn.replied_to is not None
        if turn.person is None or not folded or answers:
            return None
        return await questions.keep(
            turn.store, scrubbed, folded=folded, locale=turn.t.code, today=turn.now.date()
        )

    async def none_of_these(self, turn: Turn) -> Reply:
        """Offer a person, other questions, and a message once there is an answer."""
        await turn.record(Kind.NONE_OF_THESE)
        question_id = self._own(turn)
        text = turn.t("I am sorry that I did not understand you. A person can help you.")
        return screen(text, self._ways_on(turn, question_id))

    async def tell_me(self, turn: Turn) -> Reply:
        """Let the person wait for an answer; when it came meanwhile, lead there."""
        question_id = self._own(turn)
        question = await questions.lock(turn.store, question_id) if question_id is not None else None
        if question is None:
            return await self.stale(turn)
        t = turn.t
        if question.topic is not None:
            await turn.record(Kind.TELL_ASKED, detail=question.topic)
            return screen(t("🔔 There is an answer to your question."), answer_rows(t, question.topic))
        await turn.record(Kind.TELL_ASKED)
        await awaited_answers.add(turn.store, self.vault, turn.known().id, question.id, today=turn.now.date())
        programme = await directory.programme(turn.store)
        kept_days = programme.retention_days if programme else {DataKind.QUESTIONS: QUESTIONS_DAYS}
        text = t(
            "🔔 When there is an answer, I write to you. I wait for {days}, then I forget it. "
            "Who reads the questions does not see who asked.",
            days=t.many("{n} day", "{n} days", questions_days(kept_days)),
        )
        no_more = key(t.label("🔕 Do not write to me"), Verb.TELL_NOT, *self._args(turn, question.id))
        return screen(text, [[_person(t)], [no_more], _elsewhere(t)])

    async def tell_not(self, turn: Turn) -> Reply:
        """Let the person wait no more."""
        question_id = self._own(turn)
        if question_id is None or not await awaited_answers.drop(
            turn.store, self.vault, turn.known().id, question_id
        ):
            return await self.stale(turn)
        await turn.record(Kind.TELL_WITHDRAWN)
        text = turn.t("🔕 I do not write to you about this question.")
        return screen(text, self._ways_on(turn, question_id))

    def _ways_on(self, turn: Turn, question_id: int | None) -> list[list[Key]]:
        t = turn.t
        rows = [[_person(t)]]
        if question_id is not None:
            bell = t.label("🔔 Tell me when there is an answer")
            rows.append([key(bell, Verb.TELL_ME, *self._args(turn, question_id))])
        return [*rows, _elsewhere(t)]

    def _args(self, turn: Turn, question_id: int | None) -> tuple[str, ...]:
        if turn.person is None or question_id is None:
            return ()
        return (str(question_id), self._marks(turn.person, question_id)[0])

    def _own(self, turn: Turn) -> int | None:
        """Return the id of the question that the pressed button is about, when this person asked it."""
        question_id = turn.press.number(0) if turn.press else None
        if turn.person is None or turn.press is None or question_id is None:
            return None
        return question_id if turn.press.word(1) in self._marks(turn.person, question_id) else None

    def _marks(self, person: Person, question_id: int) -> list[str]:
        """Return what joins a question to a person in a button: one under each key, the newest first."""
        return [one.hex()[:MARK] for one in self.vault.hashes(f"tell:{person.id}:{question_id}")]


def answer_rows(t: Locale, topic: str) -> list[list[Key]]:
    """Return the button to an answer that somebody waited for; it says nothing on a lock screen."""
    return [[key(t.label("▶️ Read it"), Verb.TOPIC, topic)], [_home(t)]]


def _person(t: Locale) -> Key:
    return key(t.label("🤝 Talk to a person"), Verb.TALK)


def _elsewhere(t: Locale) -> list[Key]:
    return [key(t.label("❓ Other questions"), Verb.ASK), _home(t)]


def _home(t: Locale) -> Key:
    return key(t.label("🏠 Home"), Verb.HOME)
