"""Show the desk of a clinic who came and how far their examinations are; find one by its ticket number.

No name, and no result: what is known of it stands on the visit's own screen, for clinicians alone.
"""

from dataclasses import dataclass

from care.outcomes import Kind
from care.results import Stage
from care.ticket import read_ticket
from care.typed import asks_instead
from handlers import location as asked_for
from handlers.buttons import Verb
from handlers.clinician import result_words
from handlers.clinician.reach import clinics_of, list_key
from handlers.clinician.result import ResultCard
from handlers.roles import work_key
from handlers.screens import Key, Reply, key, pairs, screen
from handlers.turn import Turn
from locales.catalogue import Html
from storage import drafts, examinations

PAGE = 10  # visits on one screen
DRAFT = "result-number"
ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Results:
    """What /results does."""

    card: ResultCard

    async def show(self, turn: Turn) -> Reply:
        """Show a page of the visits to which somebody came, the newest first; all, or those of one stage."""
        t, clinic_ids = turn.t, clinics_of(turn.known())
        await turn.record(Kind.RESULTS_SEEN, role=turn.staff_actor())
        counts = await examinations.counts(turn.store, clinic_ids, now=turn.now)
        wanted = turn.press.word(0) if turn.press else None
        which = next((one for one in Stage if one == wanted), None)
        many = sum(counts.values()) if which is None else counts[which]
        last = max(many - 1, 0) // PAGE
        page = min(max((turn.press.number(1) if turn.press else None) or 0, 0), last)
        shown = await examinations.page(
            turn.store, clinic_ids, now=turn.now, first=page * PAGE, most=PAGE, which=which
        )
        parts = [t("🩺 <b>Results</b>"), Html("\n".join(result_words.line(t, one) for one in shown))]
        if not shown:
            parts[1] = t("Nobody here now. Who was checked in at the desk is shown here.")
        word = which.value if which else ALL
        turns: list[Key] = [
            *([key(t.label("◀️ Newer"), Verb.RESULTS, word, page - 1)] if page else []),
            *([key(t.label("Older ▶️"), Verb.RESULTS, word, page + 1)] if page < last else []),
        ]
        filters = [
            key(_chosen(t.label(label, n=counts[one]), one is which), Verb.RESULTS, one.value)
            for one, label in result_words.FILTERS.items()
        ]
        everything = key(_chosen(t.label("👥 All: {n}", n=sum(counts.values())), which is None), Verb.RESULTS)
        find = key(t.label("🔎 By ticket number"), Verb.RESULT_FIND)
        rows = [*pairs([result_words.button(one) for one in shown]), turns, *pairs(filters)]
        return screen(Html("\n\n".join(parts)), [*rows, [everything, find], [work_key(t)]])

    async def find(self, turn: Turn) -> Reply:
        """Ask for the number of a ticket."""
        t = turn.t
        await turn.record(Kind.RESULTS_SEEN, role=turn.staff_actor())
        await drafts.put(turn.store, turn.known().id, DRAFT, {}, now=turn.now)
        text = t("🔎 Write the number of the ticket: eight digits, such as {example}.", example="4829 1573")
        return screen(text, [[list_key(t)], [work_key(t)]])

    async def typed(self, turn: Turn) -> Reply | None:
        """Open the visit with the number that was asked for; None when none was."""
        person, t = turn.person, turn.t
        number = read_ticket(turn.words)
        if person is None or (turn.edited and number is None) or not clinics_of(person):
            return None
        if asks_instead(turn.words) or await asked_for.asked(turn, DRAFT) is None:
            return None
        again = [[key(t.label("🔎 By ticket number"), Verb.RESULT_FIND)], [list_key(t)], [work_key(t)]]
        if number is None:
            await turn.record(Kind.REFUSED, detail="unknown-code", role=turn.staff_actor())
            return screen(t("This number is not complete, or a digit is wrong. Please look again."), again)
        visit = await examinations.by_number(turn.store, clinics_of(person), number, now=turn.now)
        if visit is None:
            await turn.record(Kind.REFUSED, detail="not-yours", role=turn.staff_actor())
            return screen(
                t("Nobody with ticket {ticket} was checked in here. Ask at the desk.", ticket=number), again
            )
        await drafts.drop(turn.store, person.id, DRAFT)
        await turn.record(Kind.RESULTS_SEEN, role=turn.staff_actor())
        return await self.card.card(turn, visit)


def _chosen(label: str, chosen: bool) -> str:  # a label and whether it is the chosen one
    return f"✓ {label}" if chosen else label
