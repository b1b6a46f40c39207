"""Show the desk of a clinic who is expected on a day, and take down who came.

The desk sees a ticket's number, the time, the language, and whether the visit is urgent or a small child's:
no name, and no more than it needs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from care.booking import day_word, parse_day
from care.directory import Clinic
from care.outcomes import Kind
from care.register import AHEAD, BACK, Mark, marked, may_mark, may_undo
from care.roles import AT_CLINICS
from care.symptoms import Advice
from care.tasks import asked_back
from care.ticket import ticket
from handlers import chosen
from handlers.buttons import Verb
from handlers.roles import OVERSEERS, work_key
from handlers.screens import Key, Reply, key, pairs, screen
from handlers.turn import Turn
from handlers.written import written
from locales.catalogue import N_, Html, Locale, Words
from storage import directory, register, task_changes
from storage.register import Expected

PAGE = 15  # visits on one screen
_MARKS = {Mark.CAME: "✅", Mark.MISSED: "✖️"}
_URGENT = frozenset({Advice.URGENT.name.lower(), Advice.RED.name.lower()})
_SAID = {Mark.CAME: N_("✅ Came: {ticket}"), Mark.MISSED: N_("✖️ Did not come: {ticket}")}
_OUTCOMES = {Mark.CAME: Kind.CAME, Mark.MISSED: Kind.MISSED}


@dataclass(frozen=True, kw_only=True)
class Today:
    """What /today and its buttons do."""

    words: Words

    async def show(self, turn: Turn) -> Reply:
        """Show a day of the registrar's clinic; coordinators choose the clinic."""
        clinics = _clinics_of(turn)
        wanted = chosen.directory_id(turn, 0)
        if wanted is None and clinics is not None and len(clinics) == 1:
            wanted = clinics[0]
        if wanted is None or (clinics is not None and wanted not in clinics):
            return await self._choose(turn, clinics)
        clinic = await directory.clinic(turn.store, wanted, also_retired=True)
        if clinic is None:
            return await self._choose(turn, clinics)
        await turn.record(Kind.TODAY_SEEN, role=turn.staff_actor(), clinic_id=clinic.id)
        today = turn.now.astimezone(ZoneInfo(clinic.timezone)).date()
        day = parse_day(turn.press.word(1) if turn.press else None) or today
        day = min(max(day, today - BACK), today + AHEAD)
        page = (turn.press.number(2) if turn.press else None) or 0
        return await self._day(turn, clinic, day, page=page)

    async def came(self, turn: Turn) -> Reply:
        """Take down that somebody came."""
        return await self._mark(turn, Mark.CAME)

    async def missed(self, turn: Turn) -> Reply:
        """Take down that somebody did not come."""
        return await self._mark(turn, Mark.MISSED)

    async def undo(self, turn: Turn) -> Reply:
        """Take back what was said today."""
        found = await self._lock(turn)
        if found is None:
            return await self._refused(turn)
        said = marked(found.booking)
        if said is None or not may_undo(found.booking, now=turn.now):
            return await self._after(turn, found, turn.t.label("This cannot be changed any more."))
        await register.undo(turn.store, found.booking, by=turn.staff_actor(), now=turn.now)
        await self._record(turn, found, Kind.UNDONE, detail=said.value)
        return await self._after(turn, found, turn.t.label("↩️ Taken back"))

    async def ask_back(self, turn: Turn) -> Reply:
        """Ask the outreach worker to bring somebody again who was here; nothing is said of why."""
        found = await self._lock(turn)
        about = await register.referral_of(turn.store, found.booking) if found else None
        if found is None or about is None or marked(found.booking) is not Mark.CAME:
            return await self._refused(turn)
        t, booking = turn.t, found.booking
        if turn.press is None or turn.press.word(1) != "y":
            text = t(
                "📨 Ticket {ticket}: shall an outreach worker ask this person to come to you again? "
                "They learn that you ask, and not why.",
                ticket=ticket(booking.id),
            )
            back = key(t.label("⬅️ Back"), Verb.TODAY, booking.clinic_id, day_word(booking.local.date()))
            return screen(text, [[key(t.label("✅ Yes, please"), Verb.ASK_BACK, booking.id, "y")], [back]])
        need = asked_back(booking.id, now=turn.now)
        if await task_changes.ask(turn.store, about, need, now=turn.now, zone=booking.zone):
            await self._record(turn, found, Kind.ASKED_BACK)
        return await self._after(turn, found, t.label("📨 Asked: {ticket}", ticket=ticket(booking.id)))

    async def _mark(self, turn: Turn, mark: Mark) -> Reply:
        found = await self._lock(turn)
        if found is None:
            return await self._refused(turn)
        said = turn.t.label(_SAID[mark], ticket=ticket(found.booking.id))
        if marked(found.booking) is mark:
            return await self._after(turn, found, said)  # pressed twice
        if not may_mark(found.booking, mark, now=turn.now):
            return await self._after(turn, found, turn.t.label("Not yet, or something else was said before."))
        await register.mark(turn.store, found.booking, mark, by=turn.staff_actor(), now=turn.now)
        await self._record(turn, found, _OUTCOMES[mark])
        return await self._after(turn, found, said)

    async def _lock(self, turn: Turn) -> Expected | None:
        booking_id = turn.press.number(0) if turn.press else None
        return await register.lock(turn.store, booking_id, _clinics_of(turn)) if booking_id else None

    async def _record(self, turn: Turn, found: Expected, kind: Kind, *, detail: str | None = None) -> None:
        """Record the outcome with the referral of whoever was booked, in their language, not the desk's."""
        about = await register.referral_of(turn.store, found.booking)
        names = ("referral_id", "link_id", "staff_id", "area_id", "site_id")
        await turn.record(
            kind,
            role=turn.staff_actor(),
            detail=detail,
            locale=found.locale,
            clinic_id=found.booking.clinic_id,
            **{name: about[name] if about else None for name in names},
        )

    async def _refused(self, turn: Turn) -> Reply:
        await turn.record(Kind.REFUSED, detail="not-yours", role=turn.staff_actor())
        return await self._choose(
            turn, _clinics_of(turn), toast=turn.t.label("This visit is not in the list.")
        )

    async def _after(self, turn: Turn, found: Expected, toast: str) -> Reply:
        """Show the day again, on the page where the visit stands."""
        clinic = await directory.clinic(turn.store, found.booking.clinic_id, also_retired=True)
        if clinic is None:
            return await self._refused(turn)
        return await self._day(turn, clinic, found.booking.local.date(), around=found, toast=toast)

    async def _choose(self, turn: Turn, clinic_ids: Sequence[int] | None, *, toast: str = "") -> Reply:
        t = turn.t
        found = await directory.clinics_of(turn.store, also_retired=clinic_ids is not None)
        mine = [one for one in found if clinic_ids is None or one.id in clinic_ids]
        keys = [key(written(t, one.names), Verb.TODAY, one.id) for one in mine]
        text = (
            t("📋 Which clinic?")
            if mine
            else t("There is no clinic yet. Ask the operator to import the directory.")
        )
        return screen(text, [*pairs(keys, 1), [work_key(t)]], toast=toast)

    async def _day(
        self,
        turn: Turn,
        clinic: Clinic,
        day: date,
        *,
        page: int = 0,
        around: Expected | None = None,
        toast: str = "",
    ) -> Reply:
        t = turn.t
        visits = await register.of_day(turn.store, clinic.id, day)
        ids = [one.booking.id for one in visits]
        if around is not None and around.booking.id in ids:
            page = ids.index(around.booking.id) // PAGE
        last = max(0, (len(visits) - 1) // PAGE)
        page = min(max(page, 0), last)
        shown = visits[page * PAGE : (page + 1) * PAGE]
        rows = [keys for one in shown if (keys := _mark_keys(one, turn.now))]
        turns = [
            key(f"{n + 1}", Verb.TODAY, clinic.id, day_word(day), n) for n in range(last + 1) if n != page
        ]
        text = self._text(turn, clinic, day, shown, many=len(visits))
        return screen(
            text, [*rows, turns[:8], _days(t, clinic, day, turn.now), *_ways_out(turn)], toast=toast
        )

    def _text(self, turn: Turn, clinic: Clinic, day: date, shown: Sequence[Expected], *, many: int) -> str:
        t = turn.t
        head = t("📋 <b>{clinic}</b>\n{day}", clinic=written(t, clinic.names), day=t.long_day(day))
        if not shown:
            return Html("\n\n".join([head, t("Nobody is booked on this day.")]))
        lines = "\n".join(self._line(t, one) for one in shown)
        visits = t.many("{n} visit", "{n} visits", many)
        legend = t("✅ came · ✖️ did not come · 📨 ask to come again · ❗ urgent · 👶 child under 5")
        return Html("\n\n".join([head, visits, Html(lines), legend]))

    def _line(self, t: Locale, one: Expected) -> str:
        booking, said = one.booking, marked(one.booking)
        language = self.words[one.locale].name if one.locale in self.words else one.locale
        signs = [
            "❗" if booking.advice in _URGENT else "",
            "👶" if booking.child_under_5 else "",
            _MARKS[said] if said else "",
        ]
        return t(
            "<code>{time}</code> · <b>{ticket}</b> · {language} {signs}",
            time=t.time(booking.local),
            ticket=ticket(booking.id),
            language=language,
            signs="".join(signs),
        ).rstrip()


def _clinics_of(turn: Turn) -> list[int] | None:
    """Return the clinics whose register the sender may touch now; None means all."""
    person = turn.known()
    if person.holds(*OVERSEERS):
        return None
    registrars = [member for member in person.roles if member.role in AT_CLINICS]
    return [member.clinic_id for member in registrars if member.clinic_id is not None]


def _mark_keys(one: Expected, now: datetime) -> list[Key]:
    """Return the buttons of a visit: pictures and numbers, which need no translation."""
    booking = one.booking
    label = f"{booking.local:%H:%M} · {ticket(booking.id)[:4]}"
    if marked(booking) is not None:
        undo = [key(f"↩️ {label}", Verb.UNDO, booking.id)] if may_undo(booking, now=now) else []
        came = marked(booking) is Mark.CAME
        return [*undo, *([key(f"📨 {label}", Verb.ASK_BACK, booking.id)] if came else [])]
    verbs = {Mark.CAME: Verb.CAME, Mark.MISSED: Verb.MISSED}
    return [
        key(f"{_MARKS[mark]} {label}", verb, booking.id)
        for mark, verb in verbs.items()
        if may_mark(booking, mark, now=now)
    ]


def _days(t: Locale, clinic: Clinic, day: date, now: datetime) -> list[Key]:
    today, one = now.astimezone(ZoneInfo(clinic.timezone)).date(), timedelta(days=1)
    before, after = day - one, day + one
    keys = [
        (f"◀️ {t.relative_day(before, today=today)}", before, before >= today - BACK),
        (f"📍 {t.relative_day(today, today=today)}", today, day != today),
        (f"{t.relative_day(after, today=today)} ▶️", after, after <= today + AHEAD),
    ]
    return [key(label, Verb.TODAY, clinic.id, day_word(to)) for label, to, there in keys if there]


def _ways_out(turn: Turn) -> list[list[Key]]:
    t = turn.t
    all_clinics = [key(t.label("🏥 Other clinic"), Verb.TODAY)] if _clinics_of(turn) is None else []
    return [all_clinics, [work_key(t)]]
