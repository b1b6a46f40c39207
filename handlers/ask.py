"""Answer questions: typed in own words, or chosen from the topics; danger signs come first and win."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from care.danger import DangerRule
from care.outcomes import Kind
from care.search import Finding, Search
from care.topics import FEARS, TOPICS, Group, browsing
from care.topics import Kind as TopicKind
from handlers import emergency
from handlers.answer import AnswerScreen, View, topic_key
from handlers.buttons import Press, Verb
from handlers.screens import Key, Reply, key, pairs, screen
from handlers.turn import Conversation, Turn
from locales.catalogue import N_, Html, Locale, Words

GROUPS = {
    Group.RIGHTS: N_("🛡 My rights"),
    Group.SUPPORT: N_("💛 Fear and shame"),
    Group.TESTING: N_("🔬 The examination"),
    Group.TREATMENT: N_("💊 Treatment"),
    Group.FAMILY: N_("👪 Family and children"),
    Group.BASICS: N_("🫁 About the illness"),
    Group.PREVENTION: N_("🪟 How to protect oneself"),
    Group.TB_HIV: N_("➕ TB and HIV"),
    Group.SERVICE: N_("🤖 About this bot"),
}
_WISHES = {
    "check": Verb.CHECK,
    "book": Verb.BOOK,
    "visits": Verb.VISITS,
    "clinics": Verb.CLINICS,
    "talk": Verb.TALK,
    "language": Verb.LANGUAGES,
    "forget": Verb.FORGET,
    "medicine": Verb.MEDICINE,
    "start": Verb.HOME,
}
SURE_OF_EMERGENCY = 0.25  # "tez yordam", the ambulance, scores 0.56; "help me" 0.08
THANKS, SHARE = "thanks", "share-bot"


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What /ask, its buttons and typed questions do."""

    words: Words
    search: Search
    danger: DangerRule
    go_on: Conversation  # grants the wish in `turn.press`
    bot_username: str
    answers: AnswerScreen
    unsure: Callable[[Turn, Finding], Awaitable[Reply]]

    async def open(self, turn: Turn) -> Reply:
        """Show what people fear most, then the groups; with words after the command, answer them."""
        if turn.command == "ask" and turn.words:
            reply = await self.danger_in(turn) or await self.question(turn)
            if reply is not None:
                return reply
        await turn.record(Kind.TOPICS_SEEN)
        t = turn.t
        fears = [topic_key(t, topic) for topic in FEARS if t.answer(topic)]
        written = frozenset(t.answers)
        groups = [
            key(t.label(label), Verb.GROUP, group.value)
            for group, label in GROUPS.items()
            if browsing(group, written=written)
        ]
        text = t("❓ <b>Write your question</b> in your own words, or choose:")
        return screen(text, [*([one] for one in fears), *pairs(groups), [_home(t)]])

    async def group(self, turn: Turn) -> Reply:
        """Show the topics of a group."""
        wanted = turn.press.word(0) if turn.press else None
        group = next((one for one in GROUPS if one.value == wanted), None)
        if group is None:
            return await self.open(turn)
        await turn.record(Kind.TOPICS_SEEN, detail=group.value)
        t = turn.t
        rows = [
            [topic_key(t, topic.id, shelf=group)] for topic in browsing(group, written=frozenset(t.answers))
        ]
        return screen(t(GROUPS[group]), [*rows, [key(t.label("⬅️ Back"), Verb.ASK), _home(t)]])

    async def topic(self, turn: Turn) -> Reply:
        """Show the answer to a topic, in the person's language or, on request, in another one."""
        view = View.of(turn.press)
        if view is not None and view.topic == emergency.TOPIC:
            return await self.emergency(turn)
        if view is not None and TOPICS[view.topic].kind is TopicKind.ACTION:
            return await self._act(turn, view.topic)
        return (await self.answers.show(turn, view) if view else None) or await self.open(turn)

    async def source(self, turn: Turn) -> Reply:
        """Say where an answer comes from."""
        view = View.of(turn.press)
        return (await self.answers.source(turn, view) if view else None) or await self.open(turn)

    async def helped(self, turn: Turn) -> Reply:
        """Count whether an answer helped."""
        view, verdict = View.of(turn.press, after=1), turn.press.word(1) if turn.press else None
        if view is None or verdict not in ("y", "n"):
            return await self.open(turn)
        return await self.answers.helped(turn, view, verdict) or await self.open(turn)

    async def listen(self, turn: Turn) -> Reply:
        """Send the recording of an answer."""
        view = View.of(turn.press)
        return (await self.answers.listen(turn, view) if view else None) or await self.open(turn)

    async def emergency(self, turn: Turn) -> Reply:
        """Show whom to call now, and nothing to decide."""
        await turn.record(Kind.ANSWERED, detail=emergency.TOPIC)
        return emergency.screen_of(turn.t)

    async def danger_in(self, turn: Turn) -> Reply | None:
        """Show the emergency screen when a typed text holds a danger sign; else leave the text to others."""
        found = self.danger(turn.words)
        if found is None:
            return None
        await turn.record(Kind.DANGER_SHOWN, detail=found.value)
        if turn.chosen:
            return emergency.screen_of(turn.t)
        lines = Html("\n".join(self.words[code](emergency.CALL) for code in self.words))
        choice = await self.go_on(replace(turn.pressing(Press(Verb.LANGUAGES)), words=""))
        rows = choice.steps[0].rows if choice.steps else ()
        return screen(Html(f"🚨 {lines}"), rows)

    async def question(self, turn: Turn) -> Reply | None:
        """Answer a typed text: with a topic, an action, or an honest 'I am not sure'."""
        if not turn.words:
            return None
        if not turn.chosen:
            return await self.go_on(turn.pressing(Press(Verb.LANGUAGES)))
        finding = self.search.ask(turn.words)
        best = _best(finding)
        if best is None:
            return await self.unsure(turn, finding)
        return await self._found(turn, best, finding)

    async def caption(self, turn: Turn) -> Reply | None:
        """Answer what stands under a photo when it surely asks something; else leave it."""
        finding = self.search.ask(turn.words) if turn.chosen else None
        best = _best(finding) if finding else None
        return await self._found(turn, best, finding) if finding and best else None

    async def _found(self, turn: Turn, best: str, finding: Finding) -> Reply:
        if TOPICS[best].kind is TopicKind.ACTION:
            return await self._act(turn, best)
        if best == emergency.TOPIC:
            return await self.emergency(turn)
        view = View(best, asked_in=self._other(turn, finding.language))
        return await self.answers.show(turn, view) or await self.open(turn)

    def _other(self, turn: Turn, language: str | None) -> str:
        """Return the language a question was typed in, when it is not the person's own in another script."""
        if language is None or turn.t.code.partition("_")[0] == language:
            return ""
        return self.words.written_in(language, turn.words)

    async def _act(self, turn: Turn, topic: str) -> Reply:
        t = turn.t
        if topic == THANKS:
            await turn.record(Kind.ANSWERED, detail=topic)
            return screen(t("You are welcome. Stay healthy!"), [[_home(t)]])
        if topic == SHARE:
            await turn.record(Kind.ANSWERED, detail=topic)
            address = f"https://t.me/{self.bot_username}"
            return screen(t("Send this link to your friends: {address}", address=address), [[_home(t)]])
        verb = _WISHES[TOPICS[topic].command or "start"]
        return await self.go_on(turn.pressing(Press(verb)))


def _best(finding: Finding) -> str | None:
    """Return the topic of a question, or None where it is not sure enough; an emergency needs less."""
    if not finding.topics:
        return None
    best = finding.topics[0]
    urgent = finding.ours and best.topic == emergency.TOPIC and best.score >= SURE_OF_EMERGENCY
    return best.topic if finding.confident or urgent else None


def _home(t: Locale) -> Key:
    return key(t.label("🏠 Home"), Verb.HOME)
