"""Begin a plan of reminders, or change its hours and its last day: a few buttons, all optional until the end.

What was chosen so far travels in the buttons; only the last day may be typed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from care.booking import to_local
from care.medicine import DosePlan
from care.medicine_choices import may_end, read_day, read_times, read_weekdays
from care.outcomes import Kind
from care.typed import asks_instead
from handlers import chosen
from handlers import location as asked_for
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.medicine import Medicine, begin
from handlers.medicine_choose import DONE, NEW, Choices, Steps, ask_times, changing, choices, night
from handlers.medicine_choose import args as args_of
from handlers.medicine_clock import clock_now
from handlers.medicine_words import back_key, count, full_day, is_night, month_keys, summary
from handlers.screens import Key, Reply, key, pairs, screen
from handlers.turn import Turn
from locales.catalogue import Html, Locale
from storage import drafts, medicine

DRAFT = "dose-end"  # storage.drafts: the person was asked to type the last day
DATE = "date"


@dataclass(frozen=True, kw_only=True)
class MedicineNew:
    """What the buttons do that begin a plan, or change when reminders come."""

    plans: Medicine

    async def show(self, turn: Turn) -> Reply:
        """Go on where the choices end: hours, days of the week, the last day, and the word to begin."""
        plan = await medicine.open_of(turn.store, turn.known().id)
        if plan is not None:
            await count(turn, Kind.MEDICINE_SEEN)
            return await self.plans.plan(turn, plan)
        found = await choices(turn, NEW)
        if not isinstance(found, Choices):
            await count(turn, Kind.MEDICINE_SEEN)
            return found or begin(turn.t)
        times, days = found.times, found.days
        word, args = chosen.word(turn, 3), args_of(times, days)
        zone = await clock_now(turn, self.plans.zone.key)
        today = _today(turn, zone)
        if word == DATE:
            return await self._ask_date(
                turn, {"times": args[1], "days": args[2]}, NEW.key(turn.t.label("⬅️ Back"), *args, DONE)
            )
        ends_on = chosen.day(turn, 3)
        if ends_on is None or not may_end(ends_on, today=today):
            await count(turn, Kind.MEDICINE_SEEN)
            return _ask_end(turn.t, today, NEW, args)
        if chosen.word(turn, 4) != "y":
            await count(turn, Kind.MEDICINE_SEEN)
            return _confirm(turn.t, times, days, ends_on)
        return await self._begin(turn, times, days, ends_on, zone=zone)

    async def _begin(
        self, turn: Turn, times: Sequence[time], days: Sequence[int], ends_on: date, *, zone: str
    ) -> Reply:
        made = await medicine.begin(
            turn.store,
            turn.known().id,
            times=times,
            weekdays=days,
            zone=zone,
            ends_on=ends_on,
            now=turn.now,
        )
        if made is None:
            return await self.plans.gone(turn)
        await count(turn, Kind.DOSE_PLAN_BEGUN)
        return await self.plans.plan(turn, made, lead=turn.t("👌 I write to you from now on."))

    async def hours(self, turn: Turn) -> Reply:
        """Change the hours and the days of the week."""
        plan = await self.plans.own(turn, lock=True)
        if plan is None:
            return await self.plans.gone(turn)
        found = await choices(turn, changing(plan.id))
        if not isinstance(found, Choices):
            await count(turn, Kind.MEDICINE_SEEN)
            return found or ask_times(turn.t, changing(plan.id))
        times, days = found.times, found.days
        plan = await medicine.change(turn.store, plan, now=turn.now, times=times, weekdays=days)
        await count(turn, Kind.DOSE_PLAN_CHANGED, detail="hours")
        return await self.plans.plan(turn, plan, toast=turn.t.label("👌 Kept."))

    async def end(self, turn: Turn) -> Reply:
        """Change the last day."""
        plan = await self.plans.to_go_on(turn, chosen.number(turn, 0))
        if plan is None:
            return await self.plans.gone(turn)
        if chosen.word(turn, 1) == DATE:
            return await self._ask_date(
                turn, {"plan": plan.id}, key(turn.t.label("⬅️ Back"), Verb.MEDICINE_END, plan.id)
            )
        ends_on = chosen.day(turn, 1)
        if ends_on is None or not may_end(ends_on, today=plan.today(turn.now)):
            await count(turn, Kind.MEDICINE_SEEN)
            return self._ask_new_end(turn, plan)
        return await self._keep_end(turn, plan, ends_on)

    async def _keep_end(self, turn: Turn, plan: DosePlan, ends_on: date) -> Reply:
        plan = await medicine.change(turn.store, plan, now=turn.now, ends_on=ends_on, ended_at=None)
        await count(turn, Kind.DOSE_PLAN_CHANGED, detail="end")
        return await self.plans.plan(turn, plan, toast=turn.t.label("👌 Kept."))

    def _ask_new_end(self, turn: Turn, plan: DosePlan) -> Reply:
        t, today = turn.t, plan.today(turn.now)
        months = month_keys(t, plan.starts_on, Verb.MEDICINE_END, plan.id, today=today)
        typed = key(t.label("📅 Another day"), Verb.MEDICINE_END, plan.id, DATE)
        now = t("Now: until {day}", day=full_day(plan.ends_on))
        return screen(Html("\n\n".join([_until_when(t), now])), [*pairs(months, 3), [typed], [back_key(t)]])

    async def _ask_date(self, turn: Turn, content: dict[str, Any], back: Key) -> Reply:
        await drafts.put(turn.store, turn.known().id, DRAFT, content, now=turn.now)
        await count(turn, Kind.MEDICINE_SEEN)
        t = turn.t
        text = t("📅 Write the last day that your doctor named, like this: <b>25.12.2027</b>")
        return screen(text, [[back], [home_key(t)]])

    async def typed(self, turn: Turn) -> Reply | None:
        """Take a text for the last day where it was asked for; else leave it."""
        content = await asked_for.asked(turn, DRAFT)
        if turn.person is None or content is None or asks_instead(turn.words):
            return None
        changed = await self.plans.to_go_on(turn, content.get("plan"))
        plan = changed or await medicine.open_of(turn.store, turn.person.id)
        zone = plan.zone if plan else await clock_now(turn, self.plans.zone.key)
        today = _today(turn, zone)
        ends_on, t = read_day(turn.words, today=today), turn.t
        if ends_on is None or not may_end(ends_on, today=today):
            if turn.edited:
                return None
            await count(turn, Kind.REFUSED, detail="nobody")
            text = t("I need a day from today on, like this: <b>25.12.2027</b>. Please write it once more.")
            return screen(text, [[back_key(t), home_key(t)]])
        await drafts.drop(turn.store, turn.person.id, DRAFT)
        return await self._with_date(turn, content, plan, ends_on)

    async def _with_date(self, turn: Turn, content: Any, plan: DosePlan | None, ends_on: date) -> Reply:
        if plan is not None:
            if content.get("plan") != plan.id:
                return await self.plans.gone(turn)
            return await self._keep_end(turn, plan, ends_on)
        times, days = read_times(content.get("times")), read_weekdays(content.get("days"))
        if times is None or days is None:
            return await self.plans.gone(turn)
        await count(turn, Kind.MEDICINE_SEEN)
        return _confirm(turn.t, times, days, ends_on)


def _ask_end(t: Locale, today: date, steps: Steps, args: Sequence[str | int]) -> Reply:
    months = month_keys(t, today, steps.verb, *args, today=today)
    typed = steps.key(t.label("📅 Another day"), *args, DATE)
    return screen(_until_when(t), [*pairs(months, 3), [typed], [back_key(t), home_key(t)]])


def _until_when(t: Locale) -> Html:
    return Html(
        t(
            "📅 <b>Until when?</b>\n\nYour doctor tells you until when. Months are counted from the first "
            "day of your plan here. Do you know the day itself? Press “Another day”."
        )
    )


def _confirm(t: Locale, times: Sequence[time], days: Sequence[int], ends_on: date) -> Reply:
    text = t(
        "💧 <b>Is this right?</b>\n\n{when}\n\nIf nothing was taken for two days, or you press 🤔, I ask a "
        "person of our team to talk with you here. They do not learn why, and they do not see your plan.",
        when=summary(t, times, days, ends_on),
    )
    parts = [text, night(t) if any(map(is_night, times)) else ""]
    yes = NEW.key(t.label("✅ Yes, begin"), *args_of(times, days), f"{ends_on:%Y%m%d}", "y")
    other = NEW.key(t.label("🕗 Other hours"), len(times))
    last = NEW.key(t.label("📅 Another last day"), *args_of(times, days), DONE)
    rows = [[yes], [other, last], [back_key(t), home_key(t)]]
    return screen(Html("\n\n".join(part for part in parts if part)), rows)


def _today(turn: Turn, zone: str) -> date:
    return to_local(turn.now, zone).date()
