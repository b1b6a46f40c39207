"""Show somebody their own plan of reminders, and let them pause it, go on, and stop.

Nobody is ever offered a plan by the bot itself: it is asked for. Nobody but the person sees it.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from care.medicine import STOP_UNDONE, DosePlan
from care.medicine_choices import LONGEST_PAUSE, PAUSES
from care.outcomes import Kind
from handlers import chosen
from handlers import medicine_screen as shown
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.medicine_choose import NEW, often_keys
from handlers.medicine_words import back_key, count, word
from handlers.screens import Reply, key, pairs, screen
from handlers.turn import Turn
from locales.catalogue import Html, Locale
from locales.markup import html
from storage import medicine
from storage.vault import Vault


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
        if plan is not None:
            return await self.plan(turn, plan)
        last = await medicine.last_of(turn.store, turn.known().id)
        return begin(t, last=last if last is not None and last.may_go_on(turn.now) else None)

    async def plan(self, turn: Turn, plan: DosePlan, *, lead: str = "", toast: str = "") -> Reply:
        """Show a plan that goes on: what it says today, how the last days went, what can be changed."""
        t, today = turn.t, plan.today(turn.now)
        doses = await medicine.history(turn.store, plan.id, since=today - medicine.KEPT, until=today)
        parts = [
            lead,
            t("💧 <b>My plan</b>"),
            Html("\n".join([html(word(t, self.vault, turn.known(), plan)), *shown.when(t, plan, turn)])),
            shown.days_in_a_row(t, doses, today),
            shown.calendar(t, plan, doses, today),
        ]
        text = Html("\n\n".join(part for part in parts if part))
        rows = [*shown.answers(t, plan, doses, today, now=turn.now), *shown.below(t, plan, turn)]
        return screen(text, rows, toast=toast)

    async def change(self, turn: Turn) -> Reply:
        """Show what can be changed."""
        plan = await self.own(turn)
        if plan is None:
            return await self.gone(turn)
        await count(turn, Kind.MEDICINE_SEEN)
        t = turn.t
        rows = [
            [key(t.label("🕗 Hours and days"), Verb.MEDICINE_HOURS, plan.id)],
            [shown.clock_key(t, plan)],
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

    async def to_go_on(self, turn: Turn, plan_id: int | None) -> DosePlan | None:
        """Return this plan of the sender, locked; also one whose last day was some days ago, else None."""
        if plan_id is None:
            return None
        plan = await medicine.own(turn.store, plan_id, turn.known().id, lock=True)
        if plan is None or plan.ended_at is None:
            return plan
        other = await medicine.open_of(turn.store, turn.known().id)
        return plan if other is None and plan.may_go_on(turn.now) else None

    async def gone(self, turn: Turn) -> Reply:
        """Answer a button of a plan that is not there, or not theirs: with what there is now."""
        await count(turn, Kind.REFUSED, detail="gone")
        t, plan = turn.t, await medicine.open_of(turn.store, turn.known().id)
        gone = t("This is not here any more.")
        return await self.plan(turn, plan, lead=gone) if plan else begin(t, lead=gone)


def begin(t: Locale, *, lead: str = "", last: DosePlan | None = None) -> Reply:
    """Say what a plan is, and ask how many times a day; or let the `last` plan go on."""
    text = t(
        "💧 <b>Daily reminders</b>\n\nAt the hours that you choose I write “Drop of the day 💧”, or your own "
        "word. Whoever sees your phone learns nothing more. You answer with one tap.\n\n"
        "Only you see your plan: our team does not.\n\n<b>How many times a day?</b>"
    )
    visits = key(t.label("🗓 Remind me of visits"), Verb.CARE_VISITS)
    again = [key(t.label("📅 My last plan goes on"), Verb.MEDICINE_END, last.id)] if last else []
    rows = [again, *often_keys(t, NEW), [visits], [home_key(t)]]
    return screen(Html("\n\n".join(part for part in (lead, text) if part)), rows)
