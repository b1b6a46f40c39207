"""Show an answer: its text, what fits next, where it comes from, its recording, and whether it helped.

What the screen was reached by travels in its buttons: the shelf it was taken from, the language it is read
in, and the language in which the question was asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from sqlalchemy.ext.asyncio import AsyncConnection

from care.outcomes import Kind
from care.referral import State
from care.sources import readable
from care.topics import TOPICS, Group, Step, related, with_promises
from handlers.buttons import Press, Verb
from handlers.screens import Key, Reply, Way, frozen, key, screen
from handlers.screens import Step as Shown
from handlers.turn import Turn
from handlers.verdicts import Verdicts
from locales.catalogue import N_, Answer, Html, Locale, Words
from locales.recordings import Recordings
from storage import directory, referrals

STEPS = {
    Step.CHECK: (N_("🩺 Check symptoms"), Verb.CHECK),
    Step.BOOK: (N_("📅 Book an examination"), Verb.BOOK),
    Step.CLINICS: (N_("📍 Clinics"), Verb.CLINICS),
    Step.TALK: (N_("🤝 Talk to a person"), Verb.TALK),
    Step.PAPERS: (N_("📋 Step by step"), Verb.CHECKLIST),
    Step.LEAVE: (N_("✈️ I am leaving"), Verb.LEAVING),
}
MOST_STEPS = 3
ALSO_TREATMENT = frozenset({"preventive-treatment"})  # pills, on another shelf
_SHELVES = tuple(Group)  # a shelf travels as its place in this order: buttons are short


@dataclass(frozen=True, slots=True)
class View:
    """An answer, and how somebody came to it."""

    topic: str
    read_in: str = ""  # a language other than the person's own
    shelf: Group | None = None  # where it was taken from; None: what people fear most, or a question
    asked_in: str = ""  # a language other than the person's own

    @classmethod
    def of(cls, press: Press | None, *, after: int = 0) -> Self | None:
        """Read what `args` wrote, behind `after` other arguments that follow the topic."""
        topic = press.word(0) if press else None
        if press is None or topic is None or topic not in TOPICS:
            return None
        place = press.number(after + 2)
        shelf = _SHELVES[place] if place is not None and 0 <= place < len(_SHELVES) else None
        return cls(topic, press.word(after + 1) or "", shelf, press.word(after + 3) or "")

    def args(self, *between: str) -> tuple[str, ...]:
        """Return this as arguments of a button, with `between` behind the topic."""
        shelf = "" if self.shelf is None else str(_SHELVES.index(self.shelf))
        words = [self.topic, *between, self.read_in, shelf, self.asked_in]
        while not words[-1]:
            words.pop()
        return tuple(words)


def topic_key(t: Locale, topic: str, *, shelf: Group | None = None) -> Key:
    """Return the button that leads to an answer."""
    answer = t.answer(topic)
    return key(answer.title if answer else topic, Verb.TOPIC, *View(topic, shelf=shelf).args())


@dataclass(frozen=True, kw_only=True)
class AnswerScreen:
    """What is shown about one topic. Methods return None where there is no such answer."""

    words: Words
    recordings: Recordings
    verdicts: Verdicts

    async def show(self, turn: Turn, view: View) -> Reply | None:
        """Show the answer, in the person's language or, on request, in another one."""
        if self._answer(turn, view) is None:
            return None
        await turn.record(Kind.ANSWERED, detail=view.topic)
        if turn.person is not None:
            referral = await referrals.of(turn.store, turn.person.id)
            if referral is not None:  # refused for whoever is further on than reading
                await referrals.move(turn.store, referral, State.INFORMED, by=turn.actor, now=turn.now)
        return await self._screen(turn, view)

    async def _screen(self, turn: Turn, view: View) -> Reply | None:
        answer, t = self._answer(turn, view), turn.t
        if answer is None:
            return None
        text = f"<b>{escaped(answer.title)}</b>\n\n{await body(turn.store, answer)}"
        judged = self.verdicts.given(turn.telegram_id, view.topic, now=turn.now)
        if judged:
            text = "\n\n".join([text, t("✅ Thank you for your answer.")])
        rows = [
            self._listen(turn, view),
            *self._next_steps(t, view),
            self._other_language(t, view),
            [] if judged else _verdicts(view),
            self._remind(t, view),
            [key(t.label("🔎 Where from?"), Verb.SOURCE, *view.args())],
            [_back(t, view), _home(t)],
        ]
        return screen(Html(text), rows)

    def _answer(self, turn: Turn, view: View) -> Answer | None:
        return self._locale(turn, view).answer(view.topic)

    def _locale(self, turn: Turn, view: View) -> Locale:
        return self.words.get(view.read_in, turn.t)

    def _listen(self, turn: Turn, view: View) -> list[Key]:
        t = turn.t
        if self.recordings.name(self._locale(turn, view).code, view.topic) is None:
            return []
        return [key(t.label("🔊 Listen"), Verb.LISTEN, *View(view.topic, view.read_in).args())]

    def _next_steps(self, t: Locale, view: View) -> list[list[Key]]:
        steps = [key(t.label(STEPS[step][0]), STEPS[step][1]) for step in TOPICS[view.topic].steps]
        near = [
            topic_key(t, other, shelf=view.shelf)
            for other in related(view.topic, written=frozenset(t.answers))
        ]
        return [[one] for one in [*steps, *near][:MOST_STEPS]]

    def _remind(self, t: Locale, view: View) -> list[Key]:
        """Offer reminders to whoever asks about treatment; they are offered nowhere else."""
        about = TOPICS[view.topic].group is Group.TREATMENT or view.topic in ALSO_TREATMENT
        return [key(t.label("💧 Remind me"), Verb.MEDICINE)] if about else []

    def _other_language(self, t: Locale, view: View) -> list[Key]:
        """Offer the language of the question, or, read in another one, the person's own."""
        if view.read_in in self.words and view.read_in != t.code:
            own = replace(view, read_in="", asked_in=view.read_in)
            return [key(f"🌐 {t.name}", Verb.TOPIC, *own.args())]
        if view.asked_in in self.words and view.asked_in != t.code:
            other = replace(view, read_in=view.asked_in, asked_in="")
            return [key(f"🌐 {self.words[view.asked_in].name}", Verb.TOPIC, *other.args())]
        return []

    async def source(self, turn: Turn, view: View) -> Reply | None:
        """Say where an answer comes from, when it was checked, and whether a doctor has read it."""
        answer, t = self._answer(turn, view), turn.t
        if answer is None:
            return None
        await turn.record(Kind.SOURCE_SEEN, detail=view.topic)
        named = "\n".join(f"• {escaped(readable(source))}" for source in answer.sources)
        text = t(
            "🔎 <b>{title}</b>\n\nThe facts come from:\n{sources}\n\nChecked: {date}",
            title=answer.title,
            sources=Html(named),
            date=answer.checked,
        )
        reviewed = (
            t("A doctor has not read this text yet.")
            if answer.review in ("", "none")
            else t("Read by: {who}", who=answer.review)
        )
        back = key(t.label("⬅️ Back"), Verb.TOPIC, *view.args())
        return screen(Html(f"{text}\n{reviewed}"), [[back, _home(t)]])

    async def helped(self, turn: Turn, view: View, verdict: str) -> Reply | None:
        """Count whether an answer helped, once; when it did not, offer a person."""
        if self._answer(turn, view) is None:
            return None
        t, helped = turn.t, verdict == "y"
        if self.verdicts.note(turn.telegram_id, view.topic, now=turn.now):
            await turn.record(Kind.HELPED if helped else Kind.NOT_HELPED, detail=view.topic)
        if helped:
            shown = await self._screen(turn, view)
            return replace(shown, toast=t.label("Thank you!")) if shown else None
        rows = [
            [key(t.label("🤝 Talk to a person"), Verb.TALK, view.topic)],
            [key(t.label("❓ Ask in other words"), Verb.ASK)],
            [key(t.label("⬅️ Back"), Verb.TOPIC, *view.args()), _home(t)],
        ]
        return screen(t("I am sorry. A person can help you with this question."), rows)

    async def listen(self, turn: Turn, view: View) -> Reply | None:
        """Send the recording of an answer, with its title."""
        answer, locale = self._answer(turn, view), self._locale(turn, view)
        name = self.recordings.name(locale.code, view.topic)
        if answer is None or name is None:
            return None
        await turn.record(Kind.LISTENED, detail=view.topic)
        title = f"🔊 <b>{escaped(answer.title)}</b>"
        return Reply((Shown(way=Way.VOICE, name=name, text=title, rows=frozen([])),))


async def body(store: AsyncConnection, answer: Answer) -> str:
    """Return an answer's text with what the programme promises, HTML."""
    programme = await directory.programme(store)
    promised = frozenset(programme.promises) if programme else frozenset()
    confirmed: Sequence[str] = [text for promise, text in answer.promises if promise in promised]
    return with_promises(answer.topic, answer.text, confirmed)


def escaped(text: str) -> str:
    """Return plain text as HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _verdicts(view: View) -> list[Key]:
    return [key("👍", Verb.HELPED, *view.args("y")), key("👎", Verb.HELPED, *view.args("n"))]


def _back(t: Locale, view: View) -> Key:
    """Return the way back to where the answer was taken from."""
    label = t.label("⬅️ Back")
    return key(label, Verb.GROUP, view.shelf.value) if view.shelf else key(label, Verb.ASK)


def _home(t: Locale) -> Key:
    return key(t.label("🏠 Home"), Verb.HOME)
