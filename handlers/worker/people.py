"""Show a worker the people in their care: a picture for a name, and where each one stands."""

from dataclasses import dataclass

from care.outcomes import Kind
from care.person import StaffMember, pseudonym
from care.referral import State
from care.roles import Role
from handlers.buttons import Verb
from handlers.roles import work_key
from handlers.screens import Key, Reply, key, screen
from handlers.turn import Turn
from locales.catalogue import N_, Html, Locale, Words
from storage import caseload
from storage.caseload import Case

PAGE = 8  # people on one screen
STATES = {
    State.REACHED: N_("has begun"),
    State.INFORMED: N_("has read answers"),
    State.SCREENED: N_("has checked symptoms"),
    State.BOOKED: N_("has booked a visit"),
    State.CAME: N_("was at the visit"),
    State.MISSED: N_("did not come to the visit"),
    State.DECLINED: N_("does not want help now"),
    State.LOST: N_("has not answered for long"),
    State.MOVED_AWAY: N_("has moved away"),
}


@dataclass(frozen=True, kw_only=True)
class People:
    """What /people and its buttons do."""

    words: Words

    async def show(self, turn: Turn) -> Reply:
        """Show a page of people, the newest change first."""
        worker = turn.known().holds(Role.WORKER)
        if worker is None:
            await turn.record(Kind.REFUSED, detail="not-yours", role=turn.staff_actor())
            return screen(turn.t("This is not here any more."), [[work_key(turn.t)]])
        await turn.record(Kind.PEOPLE_SEEN, role=turn.staff_actor())
        people = await caseload.count(turn.store, worker.id)
        return await self._list(turn, worker, people) if people else _empty(turn.t)

    async def _list(self, turn: Turn, worker: StaffMember, people: int) -> Reply:
        t, last = turn.t, (people - 1) // PAGE
        page = min(max((turn.press.number(0) if turn.press else None) or 0, 0), last)
        cases = await caseload.page(turn.store, worker.id, now=turn.now, first=page * PAGE, most=PAGE)
        head = t.many("👥 <b>{n} person</b>", "👥 <b>{n} people</b>", people)
        lines = [head, *(self._line(t, case) for case in cases)]
        turns: list[Key] = [
            *([key(t.label("◀️ Newer"), Verb.PEOPLE, page - 1)] if page else []),
            *([key(t.label("Older ▶️"), Verb.PEOPLE, page + 1)] if page < last else []),
        ]
        tasks = key(t.label("🤝 Who asked for a person"), Verb.TASKS)
        return screen(Html("\n\n".join(lines)), [turns, [tasks], [work_key(t)]])

    def _line(self, t: Locale, case: Case) -> str:
        language = self.words[case.locale].name if case.locale in self.words else case.locale
        line = t(
            "<b>{name}</b> · {language}\n{state}",
            name=pseudonym(case.person_id),
            language=language,
            state=t.label(STATES[case.state]),
        )
        if case.next_start is None:
            return line
        return Html("\n".join([line, t("📅 {moment}", moment=t.moment(case.next_start))]))


def _empty(t: Locale) -> Reply:
    text = t(
        "👥 Nobody has come through your link yet.\n\n"
        "Show the picture of your link where people work, eat or live, or forward the link."
    )
    return screen(text, [[key(t.label("🔗 My link and QR code"), Verb.LINKS)], [work_key(t)]])
