"""Show somebody their own plan of reminders, and let them pause it, go on, and stop.

Nobody is ever offered a plan by the bot itself: it is asked for. Nobody but the person sees it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from care import dose_days
from care import medicine as rules
from care.dose_days import Mark
from care.medicine import STOP_UNDONE, Answer, Dose, DosePlan
from care.medicine_choices import LONGEST_PAUSE, MOST_TIMES, PAUSES
from care.outcomes import Kind
from handlers import chosen
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.medicine_words import back_key, count, full_day, summary, word
from handlers.screens import Key, Reply, key, pairs, screen
from handlers.turn import Turn
from locales.catalogue import N_, Html, Locale
from locales.markup import html
from storage import medicine
from storage.vault import Vault

WEEK = 7
EARLY = timedelta(hours=3)  # so long before its hour a dose can be said to be taken
PICTURES = {
    Mark.TAKEN: "✅",
    Mark.WAITING: "⏳",
    Mark.NOT_ALL: "➖",
    Mark.NONE: "⏸",
    Mark.FREE: "▫️",
}
LEGEND = {
    Mark.TAKEN: N_("✅ taken"),
    Mark.WAITING: N_("⏳ today"),
    Mark.NOT_ALL: N_("➖ not all"),
    Mark.NONE: N_("⏸ pause"),
    Mark.FREE: N_("▫️ free day"),
}


@dataclass(frozen=True, kw_only=True)
class Medicine:
    """What /medicine does, and the buttons under the plan."""

    vault: Vault
    zone: ZoneInfo  # where a person's city is not known

    async def show(self, turn: Turn) -> Reply:
        """Show the plan; whoever has none is asked how many times a day."""
        t = turn.t
        if turn.behalf_of is not None:
            await count(turn, Kind.REFUSED, detail="nobody")
            text = t(
                "💧 Everybody does this alone, on their own phone: nobody else is to see it. "
                "With the ticket they can take over what you keep for them, and begin."
            )
            return screen(text, [[home_key(t)]])
        await count(turn, Kind.MEDICINE_SEEN)
        plan = await medicine.open_of(turn.store, turn.known().id)
        return await self.plan(turn, plan) if plan else begin(t)

    async def plan(self, turn: Turn, plan: DosePlan, *, lead: str = "", toast: str = "") -> Reply:
        """Show a plan that goes on: what it says today, how the last days went, what can be changed."""
        t, today = turn.t, plan.today(turn.now)
        doses = await medicine.history(turn.store, plan.id, since=today - medicine.KEPT, until=today)
        parts = [
            lead,
            t("💧 <b>My plan</b>"),
            Html("\n".join([html(word(t, self.vault, turn.known(), plan)), *_when(t, plan, turn)])),
            _days_in_a_row(t, doses, today),
            _calendar(t, plan, doses, today),
        ]
        text = Html("\n\n".join(part for part in parts if part))
        return screen(
            text, [*_answers(t, plan, doses, today, now=turn.now), *_below(t, plan, turn)], toast=toast
        )

    async def change(self, turn: Turn) -> Reply:
        """Show what can be changed."""
        plan = await self.own(turn)
        if plan is None:
            return await self.gone(turn)
        await count(turn, Kind.MEDICINE_SEEN)
        t = turn.t
        rows = [
            [key(t.label("🕗 Hours and days"), Verb.MEDICINE_HOURS, plan.id)],
            [key(t.label("✏️ What I write"), Verb.MEDICINE_WORD, plan.id)],
            [key(t.label("📅 Last day"), Verb.MEDICINE_END, plan.id)],
            [key(t.label("🛑 Stop the reminders"), Verb.MEDICINE_STOP, plan.id)],
            [back_key(t), home_key(t)],
        ]
        return screen(t("✏️ <b>What shall I change?</b>"), rows)

    async def pause(self, turn: Turn) -> Reply:
        """Ask until when, for instance for a journey; then send nothing until that day."""
        plan = await self.own(turn, lock=True)
        if plan is None:
            return await self.gone(turn)
        t, today, until = turn.t, plan.today(turn.now), chosen.day(turn, 1)
        if until is None or not today < until <= today + LONGEST_PAUSE:
            return self._ask_until(t, plan, today)
        plan = await medicine.change(turn.store, plan, now=turn.now, paused_until=until)
        await count(turn, Kind.DOSE_PLAN_CHANGED, detail="pause")
        return await self.plan(turn, plan, toast=t.label("⏸ Paused"))

    def _ask_until(self, t: Locale, plan: DosePlan, today: date) -> Reply:
        text = t(
            "⏸ <b>A pause of the reminders</b>\n\nA pause is only about my messages, for instance on a "
            "journey. Whether the pills pause is said by your doctor. From which day on shall I write again?"
        )
        days = [today + timedelta(days=number) for number in PAUSES]
        keys = [key(t.day(day), Verb.MEDICINE_PAUSE, plan.id, f"{day:%Y%m%d}") for day in days]
        return screen(text, [*pairs(keys), [back_key(t), home_key(t)]])

    async def go_on(self, turn: Turn) -> Reply:
        """End a pause."""
        plan = await self.own(turn, lock=True)
        if plan is None:
            return await self.gone(turn)
        if plan.paused_until is not None:
            plan = await medicine.change(turn.store, plan, now=turn.now, paused_until=None)
            await count(turn, Kind.DOSE_PLAN_CHANGED, detail="go-on")
        return await self.plan(turn, plan, toast=turn.t.label("▶️ Reminders come again"))

    async def stop(self, turn: Turn) -> Reply:
        """Ask, then stop the reminders; on the same day that can be taken back."""
        plan = await self.own(turn, lock=True)
        if plan is None:
            return await self.gone(turn)
        t = turn.t
        if chosen.word(turn, 1) != "y":
            text = t(
                "🛑 <b>Stop the reminders?</b>\n\nThis stops only my messages. "
                "Please do not stop the pills by yourself: your doctor says when they end."
            )
            yes = key(t.label("🛑 Yes, stop the reminders"), Verb.MEDICINE_STOP, plan.id, "y")
            pause = key(t.label("⏸ Only a pause"), Verb.MEDICINE_PAUSE, plan.id)
            return screen(text, [[yes], [pause], [back_key(t), home_key(t)]])
        await medicine.end(turn.store, plan, now=turn.now)
        await count(turn, Kind.DOSE_PLAN_STOPPED)
        undo = key(t.label("↩️ Go on after all"), Verb.MEDICINE_UNDO, plan.id)
        text = t("🛑 I do not write any more. You can begin again at any time: /medicine")
        return screen(text, [[undo], [home_key(t)]])

    async def undo(self, turn: Turn) -> Reply:
        """Go on with a plan that was stopped within a day, unless another was begun."""
        plan_id, person = chosen.number(turn, 0), turn.known()
        plan = await medicine.own(turn.store, plan_id, person.id, lock=True) if plan_id is not None else None
        other = await medicine.open_of(turn.store, person.id)
        t = turn.t
        if plan is None or other is not None or plan.ended_at is None:
            return await self.gone(turn)
        if turn.now - plan.ended_at > STOP_UNDONE or plan.today(turn.now) > plan.ends_on:
            return await self.gone(turn)
        plan = await medicine.change(turn.store, plan, now=turn.now, ended_at=None)
        await count(turn, Kind.DOSE_PLAN_CHANGED, detail="undone")
        return await self.plan(turn, plan, toast=t.label("↩️ We go on"))

    async def own(self, turn: Turn, *, lock: bool = False) -> DosePlan | None:
        """Return the sender's plan that the button names and that goes on, or None."""
        plan_id = chosen.number(turn, 0)
        if plan_id is None:
            return None
        plan = await medicine.own(turn.store, plan_id, turn.known().id, lock=lock)
        return plan if plan is not None and plan.ended_at is None else None

    async def gone(self, turn: Turn) -> Reply:
        """Answer a button of a plan that is not there, or not theirs: with what there is now."""
        await count(turn, Kind.REFUSED, detail="gone")
        t, plan = turn.t, await medicine.open_of(turn.store, turn.known().id)
        gone = t("This is not here any more.")
        return await self.plan(turn, plan, lead=gone) if plan else begin(t, lead=gone)


def begin(t: Locale, *, lead: str = "") -> Reply:
    """Say what a plan is, and ask how many times a day."""
    text = t(
        "💧 <b>Daily reminders</b>\n\nAt the hours that you choose I write “Drop of the day 💧”, or your own "
        "word. Whoever sees your phone learns nothing more. You answer with one tap.\n\n"
        "Only you see your plan: our team does not.\n\n<b>How many times a day?</b>"
    )
    times = [key(t.many("{n} time", "{n} times", n), Verb.MEDICINE_NEW, n) for n in range(1, MOST_TIMES + 1)]
    visits = key(t.label("🗓 Remind me of visits"), Verb.CARE_VISITS)
    return screen(Html("\n\n".join(part for part in (lead, text) if part)), [times, [visits], [home_key(t)]])


def _when(t: Locale, plan: DosePlan, turn: Turn) -> list[str]:
    lines: list[str] = [summary(t, plan.times, plan.weekdays, plan.ends_on)]
    if plan.is_paused(turn.now) and plan.paused_until is not None:
        lines.append(t("⏸ <b>Pause: I write again on {day}</b>", day=full_day(plan.paused_until)))
    return lines


def _days_in_a_row(t: Locale, doses: Sequence[Dose], today: date) -> str:
    in_a_row = dose_days.streak(doses, today=today)
    if not in_a_row:
        return ""
    return t.many("🌟 <b>{n} day in a row</b>", "🌟 <b>{n} days in a row</b>", in_a_row)


def _calendar(t: Locale, plan: DosePlan, doses: Sequence[Dose], today: date) -> str:
    marks = [mark for _, mark in dose_days.calendar(plan, doses, today=today)]
    asked = [dose for dose in doses if dose.day < today or dose.answer is Answer.TAKEN]
    if not asked:
        return ""
    rows = [
        "".join(PICTURES[mark] for mark in marks[start : start + WEEK])
        for start in range(0, len(marks), WEEK)
    ]
    legend = " · ".join(t(LEGEND[mark]) for mark in LEGEND if mark in marks)
    taken = sum(dose.answer is Answer.TAKEN for dose in asked)
    total = t("Taken: {taken} of {all}", taken=taken, all=len(asked))
    return Html("\n".join([*rows, legend, total]))


def _answers(
    t: Locale, plan: DosePlan, doses: Sequence[Dose], today: date, *, now: datetime
) -> list[list[Key]]:
    """Return a button for each dose of yesterday and today that was not taken, and of what comes soon."""
    soon = now + EARLY
    open_ones = [
        dose
        for dose in doses
        if (today - dose.day).days <= 1
        and dose.answer is not Answer.TAKEN
        and rules.moment(dose, plan.zone) <= soon
    ]
    return [[taken_key(t, plan, dose, today=today)] for dose in open_ones]


def taken_key(t: Locale, plan: DosePlan, dose: Dose, *, today: date) -> Key:
    """Return the button that says that a dose was taken."""
    when = f"{t.relative_day(dose.day, today=today)}, {t.time(dose.hour)}"
    return key(t.label("✅ Taken: {when}", when=when), Verb.DOSE, *dose_args(plan.id, dose), "t")


def dose_args(plan_id: int, dose: Dose) -> tuple[int, str, str]:
    """Return how a button names a dose."""
    return plan_id, f"{dose.day:%Y%m%d}", f"{dose.hour:%H%M}"


def _below(t: Locale, plan: DosePlan, turn: Turn) -> list[list[Key]]:
    paused = plan.is_paused(turn.now)
    pause = (
        key(t.label("▶️ Go on now"), Verb.MEDICINE_GO_ON, plan.id)
        if paused
        else key(t.label("⏸ Pause"), Verb.MEDICINE_PAUSE, plan.id)
    )
    return [
        [key(t.label("🤔 Problem"), Verb.DOSE_TROUBLE, plan.id)],
        [pause, key(t.label("✏️ Change"), Verb.MEDICINE_CHANGE, plan.id)],
        [key(t.label("🗓 My other visits"), Verb.CARE_VISITS)],
        [home_key(t)],
    ]
