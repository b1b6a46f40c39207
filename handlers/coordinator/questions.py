"""Show coordinators what the bot could not answer: the most frequent first, what is alike together."""

from collections.abc import Sequence
from dataclasses import dataclass

from care.outcomes import Kind
from care.search import Search
from care.unanswered import Group, Verdict, plain, short
from handlers import chosen
from handlers.buttons import Verb
from handlers.coordinator.question_groups import Chosen, from_wanted, groups, list_key, pressed
from handlers.coordinator.shelves import SHELVES, shelf_name, topics_on
from handlers.roles import work_key
from handlers.screens import Key, Reply, key, pairs, screen
from handlers.topic_names import topic_name
from handlers.turn import Turn
from handlers.unanswered import NEAR
from locales.catalogue import N_, Html, Locale
from locales.markup import html

PAGE = 8  # groups on one screen
SHOWN = 6  # wordings of a group besides the leading one
LIKELY = 2  # topics that the search would name
LABEL = 34  # characters of a wording on a button
SAID = {
    Verdict.NEW: N_("✨ A new topic is needed"),
    Verdict.NOT_OURS: N_("🚫 Not for us"),
}


@dataclass(frozen=True, kw_only=True)
class Questions:
    """What /questions shows."""

    search: Search

    async def show(self, turn: Turn) -> Reply:
        """Show the groups, a page at a time."""
        await turn.record(Kind.QUESTIONS_SEEN, detail="list", role=turn.staff_actor())
        return await self.listing(turn, wanted=from_wanted(turn, 1), page=chosen.page(turn, 0))

    async def listing(self, turn: Turn, *, wanted: bool, page: int = 0, toast: str = "") -> Reply:
        """Show a page of groups; one that there is not is the last one."""
        t, found = turn.t, await groups(turn, wanted=wanted)
        below = [[_other_list(t, wanted=wanted)], [work_key(t)]]
        if not found:
            return screen(_nothing(t, wanted=wanted), below, toast=toast)
        page = min(page, (len(found) - 1) // PAGE)
        until_id = max(one.newest_id for group in found for one in group.wordings)
        some = [Chosen(group, until_id, wanted) for group in found[page * PAGE : (page + 1) * PAGE]]
        keys = [[key(_label(one.group), Verb.QUESTION, *one.args())] for one in some]
        turns = _turns(t, page, last=(page + 1) * PAGE >= len(found), wanted=wanted)
        head = t("✨ <b>New topics needed</b>") if wanted else t("📬 <b>Questions without an answer</b>")
        count = t.many("{n} question", "{n} questions, the most frequent first", len(found))
        return screen(Html(f"{head}\n{count}"), [*keys, turns, *below], toast=toast)

    async def gone(self, turn: Turn) -> Reply:
        """Show the list in place of a group that somebody else decided about, or that never was."""
        await turn.record(Kind.REFUSED, detail="gone", role=turn.staff_actor())
        toast = turn.t.label("This question is not open any more.")
        return await self.listing(turn, wanted=from_wanted(turn, 2), toast=toast)

    async def question(self, turn: Turn) -> Reply:
        """Show one group: its wordings, likely topics, the shelves, and what else may be said."""
        one = await pressed(turn)
        if one is None:
            return await self.gone(turn)
        await turn.record(Kind.QUESTIONS_SEEN, detail="one", role=turn.staff_actor())
        t = turn.t
        shelves = [key(shelf_name(t, shelf), Verb.SHELF, *one.args(shelf)) for shelf in SHELVES]
        verdicts = [
            key(t.label(label), Verb.TEACH, *one.args(verdict.value))
            for verdict, label in SAID.items()
            if verdict is not one.verdict
        ]
        rows = [
            *_teach_keys(t, one, self._likely(one.group), mark="💡 "),
            *pairs(shelves),
            *pairs(verdicts, 1),
            [list_key(t.label("⬅️ Back"), wanted=one.wanted), work_key(t)],
        ]
        return screen(_about(t, one.group), rows)

    def _likely(self, group: Group) -> list[str]:
        """Return the topics that the search thinks of, best first."""
        ranked = self.search.ask(plain(group.leader.text)).topics
        return [one.topic for one in ranked if one.score >= NEAR][:LIKELY]

    async def shelf(self, turn: Turn) -> Reply:
        """Show the topics of a shelf to choose from."""
        one, shelf = await pressed(turn), chosen.word(turn, 3)
        if one is None or shelf not in SHELVES:
            return await self.gone(turn)
        await turn.record(Kind.QUESTIONS_SEEN, detail="shelf", role=turn.staff_actor())
        t = turn.t
        text = t("Which topic answers “{question}”?", question=short(one.group.leader.text))
        back = [key(t.label("⬅️ Back"), Verb.QUESTION, *one.args()), work_key(t)]
        return screen(text, [*_teach_keys(t, one, topics_on(t, shelf)), back])


def decision_name(t: Locale, said: str) -> str | None:
    """Return what stands for a topic or a verdict, plain text; None for what nobody can decide."""
    verdict = next((one for one in Verdict if one == said), None)
    return t.label(SAID[verdict]) if verdict else topic_name(t, said)


def _teach_keys(t: Locale, one: Chosen, topics: Sequence[str], *, mark: str = "") -> list[list[Key]]:
    named = [(topic, topic_name(t, topic)) for topic in topics]
    return [[key(f"{mark}{name}", Verb.TEACH, *one.args(topic))] for topic, name in named if name]


def _about(t: Locale, group: Group) -> Html:
    times = t.many("Asked {n} time", "Asked {n} times", group.count)
    last = t("Last on {day}", day=t.long_day(group.last_on))
    lines = [f"📬 <b>{html(group.leader.text)}</b>", f"{times}. {last}."]
    others = [f"• {html(short(one.text))}" for one in group.wordings[1:]]
    if others:
        rest = ["…"] if len(others) > SHOWN else []
        lines += ["", t("Also in these words:"), *others[:SHOWN], *rest]
    return Html("\n".join([*lines, "", t("Which topic answers it?")]))


def _label(group: Group) -> str:
    return f"{group.count} × {short(group.leader.text, LABEL)}"


def _other_list(t: Locale, *, wanted: bool) -> Key:
    label = t.label("📬 Without an answer") if wanted else t.label("✨ New topics needed")
    return list_key(label, wanted=not wanted)


def _nothing(t: Locale, *, wanted: bool) -> str:
    if wanted:
        return t("✨ No new topic is needed yet. You can say so under each question.")
    return t("📬 No question waits. What the bot cannot answer appears here.")


def _turns(t: Locale, page: int, *, last: bool, wanted: bool) -> list[Key]:
    before = [list_key(t.label("◀️ Before"), wanted=wanted, page=page - 1)] if page else []
    more = [] if last else [list_key(t.label("More ▶️"), wanted=wanted, page=page + 1)]
    return [*before, *more]
