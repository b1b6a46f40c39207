"""Show a worker the people in their care: a picture for a name, where each one stands, and what is next."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from care.outcomes import Kind
from care.person import StaffMember, pseudonym
from care.referral import State, shown_to_workers
from care.roles import Role
from handlers.buttons import Verb
from handlers.roles import work_key
from handlers.screens import Key, Reply, key, pairs, screen
from handlers.turn import Turn
from handlers.worker.end_keys import undo_key
from handlers.worker.task_words import TaskWords
from locales.catalogue import N_, Html, Locale
from storage import caseload, endings
from storage.caseload import Case, Filter

PAGE = 8  # people on one screen
MOST_ENDED = 3  # whose end can be taken back from here
STATES = {
    State.REACHED: N_("has begun"),
    State.INFORMED: N_("has read answers"),
    State.SCREENED: N_("has checked symptoms"),
    State.BOOKED: N_("has booked a visit"),
    State.CAME: N_("was at the visit"),
    State.MISSED: N_("did not come to the visit"),
    State.EXAMINED: N_("was examined"),
    State.RESULT_READY: N_("a result waits at the clinic"),
    State.RESULT_GIVEN: N_("the result was given"),
    State.COMPLETED: N_("has finished"),
    State.DECLINED: N_("does not want help now"),
    State.LOST: N_("has not answered for long"),
    State.MOVED_AWAY: N_("has moved away"),
}
FILTERS = {
    Filter.ALL: N_("👥 All: {n}"),
    Filter.NEEDS: N_("📌 Need me: {n}"),
    Filter.BOOKED: N_("📅 Booked: {n}"),
    Filter.SILENT: N_("🔕 Silent: {n}"),
}


@dataclass(frozen=True, kw_only=True)
class People:
    """What /people and its buttons do."""

    said: TaskWords
    zone: ZoneInfo  # of the worker's clock, where it is not known

    async def show(self, turn: Turn) -> Reply:
        """Show a page of people, the newest change first; all, or those of one filter."""
        worker = turn.known().holds(Role.WORKER)
        if worker is None:
            await turn.record(Kind.REFUSED, detail="not-yours", role=turn.staff_actor())
            return screen(turn.t("This is not here any more."), [[work_key(turn.t)]])
        await turn.record(Kind.PEOPLE_SEEN, role=turn.staff_actor())
        counts = await caseload.counts(turn.store, worker.id, now=turn.now)
        ended = await endings.newest(turn.store, worker.id, now=turn.now)
        undo = [[undo_key(turn.t, person_id, named=True)] for person_id in ended[:MOST_ENDED]]
        if not counts[Filter.ALL]:
            return _empty(turn.t, undo)
        return await self._list(turn, worker, counts, undo)

    async def _list(
        self, turn: Turn, worker: StaffMember, counts: dict[Filter, int], undo: list[list[Key]]
    ) -> Reply:
        t, wanted = turn.t, turn.press.word(1) if turn.press else None
        which = next((one for one in Filter if one == wanted), Filter.ALL)
        last = max(counts[which] - 1, 0) // PAGE
        page = min(max((turn.press.number(0) if turn.press else None) or 0, 0), last)
        cases = await caseload.page(
            turn.store, worker.id, now=turn.now, first=page * PAGE, most=PAGE, which=which
        )
        head = t.many("👥 <b>{n} person</b>", "👥 <b>{n} people</b>", counts[which])
        lines = [head, *(self._line(turn, case) for case in cases)]
        if not cases:
            lines = [t("👥 Nobody here now.")]
        turns: list[Key] = [
            *([key(t.label("◀️ Newer"), Verb.PEOPLE, page - 1, which.value)] if page else []),
            *([key(t.label("Older ▶️"), Verb.PEOPLE, page + 1, which.value)] if page < last else []),
        ]
        filters = [
            key(_chosen(t.label(label, n=counts[one]), one is which), Verb.PEOPLE, 0, one.value)
            for one, label in FILTERS.items()
        ]
        named = [key(pseudonym(case.person_id), Verb.PERSON, case.person_id) for case in cases]
        rows = [
            *pairs(named),
            turns,
            *pairs(filters),
            *undo,
            [key(t.label("📌 My tasks"), Verb.TASKS), work_key(t)],
        ]
        return screen(Html("\n\n".join(lines)), rows)

    def _line(self, turn: Turn, case: Case) -> str:
        """Return somebody in two or three lines: who, where they stand, what is next."""
        t = turn.t
        lines = [
            t(
                "<b>{name}</b> · {language}\n{state}",
                name=pseudonym(case.person_id),
                language=self.said.language(case.locale),
                state=t.label(STATES[shown_to_workers(case.state)]),
            )
        ]
        if case.next_task is not None:
            is_late = case.next_due is not None and case.next_due < turn.now
            mark = "🔴" if is_late else "📌"
            lines.append(t("{mark} {what}", mark=mark, what=self.said.what(t, case.next_task)))
        if case.next_start is not None:
            lines.append(t("📅 {moment}", moment=t.moment(case.next_start)))
        return Html("\n".join(lines))


def _chosen(label: str, chosen: bool) -> str:  # a label and whether it is the chosen one
    return f"✓ {label}" if chosen else label


def _empty(t: Locale, undo: list[list[Key]]) -> Reply:
    text = t(
        "👥 Nobody has come through your link yet.\n\n"
        "Show the picture of your link where people work, eat or live, or forward the link."
    )
    return screen(text, [[key(t.label("🔗 My link and QR code"), Verb.LINKS)], *undo, [work_key(t)]])
