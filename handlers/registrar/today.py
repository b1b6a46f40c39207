"""Show the desk of a clinic who is expected on a day, and take down who came.

The desk sees a ticket's number, the time, the language, whether somebody comes along, and whether it is
urgent or a child: no name, and no more than it needs.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from care.booking import day_word
from care.directory import Clinic
from care.outcomes import Kind
from care.referral import Refusal, State
from care.register import AHEAD, BACK, Attendance, Mark, Standing, marked, may_mark, may_undo
from care.tasks import asked_back
from care.ticket import ticket
from handlers import chosen, refusals
from handlers.buttons import Verb
from handlers.registrar.day_screen import ALL, PAGE, Shown, day_screen
from handlers.registrar.desk import choose, clinic_of, locked, record
from handlers.registrar.said_day import said_day
from handlers.roles import work_key
from handlers.screens import Reply, key, screen
from handlers.turn import Turn
from locales.catalogue import N_, Words
from storage import directory, register, task_changes

_SAID = {Mark.CAME: N_("✅ Came: {ticket}"), Mark.MISSED: N_("✖️ Did not come: {ticket}")}
_OUTCOMES = {Mark.CAME: Kind.CAME, Mark.MISSED: Kind.MISSED}


@dataclass(frozen=True, kw_only=True)
class Today:
    """What /today and its buttons do."""

    words: Words
    zone: ZoneInfo  # where no clinic is chosen yet

    async def show(self, turn: Turn) -> Reply:
        """Show a day of the registrar's clinic; coordinators choose the clinic."""
        clinic = await clinic_of(turn)
        today = turn.now.astimezone(ZoneInfo(clinic.timezone) if clinic else self.zone).date()
        day = chosen.day(turn, 1)
        if turn.command is not None and turn.words.strip():
            day = said_day(self.words, turn.words, today=today)
            if day is None:
                return await self._no_day(turn, today)
        if clinic is None:
            return await self._choose(turn, after=day_word(day) if day is not None else "")
        await turn.record(Kind.TODAY_SEEN, role=turn.staff_actor(), clinic_id=clinic.id)
        day = min(max(day or today, today - BACK), today + AHEAD)
        page = (turn.press.number(2) if turn.press else None) or 0
        which = _which(turn.press.word(3) if turn.press else None, past=day < today)
        return await self._day(turn, clinic, day, which, page=page)

    async def came(self, turn: Turn) -> Reply:
        """Take down that somebody came."""
        return await self._mark(turn, Mark.CAME)

    async def missed(self, turn: Turn) -> Reply:
        """Take down that somebody did not come."""
        return await self._mark(turn, Mark.MISSED)

    async def undo(self, turn: Turn) -> Reply:
        """Take back what was said today."""
        found = await locked(turn)
        if found is None:
            return await self._refused(turn)
        said = marked(found)
        if said is None or not may_undo(found, now=turn.now):
            return await self._after(turn, found, turn.t.label("This cannot be changed any more."))
        if not await register.undo(turn.store, found, by=turn.staff_actor(), now=turn.now):
            return await self._written(turn, found)
        await record(turn, found, Kind.UNDONE, detail=said.value)
        return await self._after(turn, found, turn.t.label("↩️ Taken back"))

    async def ask_back(self, turn: Turn) -> Reply:
        """Ask the outreach worker to bring somebody again who was here; nothing is said of why."""
        found = await locked(turn)
        about = await register.referral_of(turn.store, found) if found else None
        if found is None or about is None or marked(found) is not Mark.CAME:
            return await self._refused(turn)
        t = turn.t
        if turn.press is None or turn.press.word(1) != "y":
            text = t(
                "📨 Ticket {ticket}: shall an outreach worker ask this person to come to you again? "
                "They learn that you ask, and not why.",
                ticket=ticket(found.id),
            )
            back = key(t.label("⬅️ Back"), Verb.TODAY, found.clinic_id, day_word(found.local.date()))
            return screen(text, [[key(t.label("✅ Yes, please"), Verb.ASK_BACK, found.id, "y")], [back]])
        need = asked_back(found.id, now=turn.now)
        if await task_changes.ask(turn.store, about, need, now=turn.now, zone=found.zone):
            await record(turn, found, Kind.ASKED_BACK)
        return await self._after(turn, found, t.label("📨 Asked: {ticket}", ticket=ticket(found.id)))

    async def _mark(self, turn: Turn, mark: Mark) -> Reply:
        found = await locked(turn)
        if found is None:
            return await self._refused(turn)
        said = turn.t.label(_SAID[mark], ticket=ticket(found.id))
        if marked(found) is mark:
            return await self._after(turn, found, said)  # pressed twice
        if not may_mark(found, mark, now=turn.now):
            return await self._after(turn, found, turn.t.label("Not yet, or something else was said before."))
        done = await register.mark(turn.store, found, mark, by=turn.staff_actor(), now=turn.now)
        if done is False:
            return await self._written(turn, found)
        await record(turn, found, _OUTCOMES[mark])
        if isinstance(done, Refusal):  # who is further on than this visit is no matter of the desk
            said = "\n".join([said, *await self._ended(turn, found)])
        return await self._after(turn, found, said)

    async def _ended(self, turn: Turn, found: Attendance) -> list[str]:
        """Return how the episode of a visit has ended, where somebody said so."""
        about = await register.referral_of(turn.store, found)
        end = refusals.ended(turn.t, State(about["state"])) if about is not None else ""
        return [end] if end else []

    async def _written(self, turn: Turn, found: Attendance) -> Reply:
        await turn.record(Kind.REFUSED, detail="examined", role=turn.staff_actor())
        toast = turn.t.label("A clinician has written about this visit: this person was here.")
        return await self._after(turn, found, toast)

    async def _refused(self, turn: Turn) -> Reply:
        await turn.record(Kind.REFUSED, detail="not-yours", role=turn.staff_actor())
        toast = turn.t.label("This visit is not in the list.")
        return await self._choose(turn, toast=toast)

    async def _no_day(self, turn: Turn, today: date) -> Reply:
        await turn.record(Kind.REFUSED, detail="no-day", role=turn.staff_actor())
        t = turn.t
        text = t(
            "🗓 I need a day from {first} to {last}, like this: <b>{example}</b>",
            first=t.day(today - BACK),
            last=t.day(today + AHEAD),
            example=f"{today + timedelta(days=1):%d.%m.%Y}",
        )
        return screen(text, [[key(t.label("📋 Today's list"), Verb.TODAY)], [work_key(t)]])

    async def _after(self, turn: Turn, found: Attendance, toast: str) -> Reply:
        """Show the day again as it was filtered, where the visit stood, with the visit itself on top."""
        clinic = await directory.clinic(turn.store, found.clinic_id, also_retired=True)
        if clinic is None:
            return await self._refused(turn)
        day = found.local.date()
        today = turn.now.astimezone(ZoneInfo(clinic.timezone)).date()
        which = _which(turn.press.word(1) if turn.press else None, past=day < today)
        page = await register.before(turn.store, found, which=which) // PAGE
        just = await register.lock(turn.store, found.id, [clinic.id])
        return await self._day(turn, clinic, day, which, page=page, just=just, toast=toast)

    async def _choose(self, turn: Turn, *, after: str = "", toast: str = "") -> Reply:
        return await choose(turn, Verb.TODAY, head=turn.t("📋 Which clinic?"), after=after, toast=toast)

    async def _day(
        self,
        turn: Turn,
        clinic: Clinic,
        day: date,
        which: Standing | None,
        *,
        page: int = 0,
        just: Attendance | None = None,
        toast: str = "",
    ) -> Reply:
        counts = await register.counts(turn.store, clinic.id, day)
        many = counts[which] if which is not None else sum(counts.values())
        page = min(max(page, 0), max(many - 1, 0) // PAGE)
        visits = await register.page(turn.store, clinic.id, day, which=which, first=page * PAGE, most=PAGE)
        shown = Shown(clinic=clinic, day=day, which=which, page=page, counts=counts, visits=visits, just=just)
        return day_screen(turn, self.words, shown, toast=toast)


def _which(word: str | None, *, past: bool) -> Standing | None:
    """Return the filter that a button names; without one: who is expected, and all of a day that is over."""
    if word == ALL or (past and word is None):
        return None
    return next((one for one in Standing if one.value == word), Standing.EXPECTED)
