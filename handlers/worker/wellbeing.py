"""Care for whoever works here: quiet hours, what they carry beside the others, how they are."""

from dataclasses import dataclass
from datetime import date, time
from zoneinfo import ZoneInfo

from care.outcomes import Kind
from care.person import StaffMember
from care.reminders import NIGHT, Quiet
from care.roles import Role
from care.wellbeing import NIGHTS, QUESTIONS, WEEKS_SHOWN, Load, medians, weeks_before
from handlers import chosen
from handlers.buttons import Verb
from handlers.roles import OVERSEERS, work_key
from handlers.screens import Reply, key, pairs, screen
from handlers.turn import Turn
from locales.catalogue import N_, Html, Locale
from storage import wellbeing

ASKED = {
    "rest": N_("😴 Did you rest well this week?"),
    "work": N_("🎒 Was the work not too much?"),
    "support": N_("🤝 Did you feel supported?"),
}
SHORT = {"rest": N_("😴 Rest"), "work": N_("🎒 Work"), "support": N_("🤝 Support")}
PICTURES = {1: "🙁", 2: "😐", 3: "🙂"}


@dataclass(frozen=True, kw_only=True)
class Wellbeing:
    """What 🌿 and its buttons do. What a worker sees here, nobody else sees."""

    zone: ZoneInfo  # where a person's city is not known

    async def show(self, turn: Turn) -> Reply:
        """Show one's quiet hours, one's load beside the team's, and one's own weeks."""
        await turn.record(Kind.WELLBEING_SEEN, detail="own", role=turn.staff_actor())
        return await self._own(turn)

    async def hours(self, turn: Turn) -> Reply:
        """Offer quiet hours, or keep those that were chosen."""
        t = turn.t
        wanted = _hours_in(turn)
        if wanted is None:
            await turn.record(Kind.WELLBEING_SEEN, detail="hours", role=turn.staff_actor())
            text = t(
                "🌙 <b>Quiet hours</b>\n\nWhen shall I write nothing to you? What is urgent still comes."
            )
            keys = [key(_span(t, one), Verb.QUIET, one.begins.hour, one.ends.hour) for one in NIGHTS]
            return screen(text, [*pairs(keys), [key(t.label("⬅️ Back"), Verb.WELLBEING), work_key(t)]])
        await wellbeing.keep_hours(turn.store, turn.known().roles, wanted)
        await turn.record(Kind.QUIET_KEPT, role=turn.staff_actor())
        return await self._own(turn, toast=t.label("👌 Kept."))

    async def _own(self, turn: Turn, *, toast: str = "") -> Reply:
        t, person = turn.t, turn.known()
        hours = await wellbeing.hours_of(turn.store, person.id)
        worker = person.holds(Role.WORKER)
        parts = [
            t("🌿 <b>Care for you</b>"),
            t("🌙 Quiet hours: {span}", span=_span(t, hours.quiet if hours and hours.quiet else NIGHT)),
        ]
        rows = [[key(t.label("🌙 Quiet hours"), Verb.QUIET)]]
        if person.holds(Role.WORKER, *OVERSEERS):
            rows.append([key(t.label("🧍 I am alone somewhere"), Verb.LONE)])
        if worker is not None:
            parts += [await self._load(turn, worker), await self._weeks(turn, worker)]
            rows.append([key(t.label("🙂 How I am this week"), Verb.MOOD)])
        if person.holds(*OVERSEERS):
            rows.append([key(t.label("🌿 How the team is"), Verb.TEAM_MOOD)])
        text = Html("\n\n".join(part for part in parts if part))
        return screen(text, [*rows, [work_key(t)]], toast=toast)

    async def _load(self, turn: Turn, worker: StaffMember) -> str:
        t = turn.t
        every = await wellbeing.loads(turn.store, now=turn.now)
        own, middle = every.get(worker.id, Load()), medians(list(every.values()))
        lines = [
            t("🎒 <b>What you carry</b>"),
            t("People: {n}", n=own.people) + _beside(t, middle.people if middle else None),
            t("Open tasks: {n}", n=own.tasks) + _beside(t, middle.tasks if middle else None),
            t("Done in 7 days: {n}", n=own.done) + _beside(t, middle.done if middle else None),
            t("Only you see this.") if middle else "",
        ]
        return Html("\n".join(one for one in lines if one))

    async def _weeks(self, turn: Turn, worker: StaffMember) -> str:
        """Return the worker's own last weeks as faces, the newest first; nothing where there are none."""
        t, today = turn.t, await self._today(turn)
        weeks = weeks_before(today, WEEKS_SHOWN)
        found = await wellbeing.moods_of(turn.store, worker.id, weeks)
        if not found:
            return ""
        lines = [
            f"{week[-2:]} · {''.join(PICTURES[found[week][one]] for one in QUESTIONS)}"
            for week in weeks
            if week in found
        ]
        names = " · ".join(t.label(SHORT[one]) for one in QUESTIONS)
        return Html("\n".join([t("🙂 <b>Your weeks</b>: {names}", names=names), *lines]))

    async def _today(self, turn: Turn) -> date:
        hours = await wellbeing.hours_of(turn.store, turn.known().id)
        zone = ZoneInfo(hours.zone) if hours and hours.zone else self.zone
        return turn.now.astimezone(zone).date()


def _beside(t: Locale, middle: int | None) -> str:
    return " · " + t("the middle of the team: {n}", n=middle) if middle is not None else ""


def _span(t: Locale, quiet: Quiet) -> str:
    return f"{t.time(quiet.begins)}–{t.time(quiet.ends)}"


def _hours_in(turn: Turn) -> Quiet | None:
    """Return the hours that were chosen, when they are among those that were offered."""
    begins, ends = chosen.number(turn, 0), chosen.number(turn, 1)
    return next((one for one in NIGHTS if (one.begins, one.ends) == (_hour(begins), _hour(ends))), None)


def _hour(number: int | None) -> time | None:
    return time(number) if number is not None and 0 <= number < 24 else None
