"""Word the reminders that somebody asked for: a drop or their own word, and nothing that a lock screen tells.

Each is compared with the plan once more when it is sent: none comes after the end, in a pause, for a dose
that was taken, or when the next one is there already.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import time
from zoneinfo import ZoneInfo

from care import dose_days
from care import medicine as rules
from care.booking import parse_day, to_local
from care.care_visits import CareVisit, may_say
from care.medicine import SIDE_EFFECTS, Answer, Dose, DosePlan
from care.message_kinds import Kind
from handlers.answer import View, topic_key
from handlers.buttons import Verb
from handlers.care_visits import said_keys
from handlers.clinic_card import home_key
from handlers.dose import dose_rows
from handlers.medicine_words import plan_key, word
from handlers.notice import Notice, message
from handlers.screens import Key, Reply, key
from handlers.talk import where_words_go
from locales.catalogue import Html, Locale
from locales.markup import html
from storage import care_visits, medicine, relays
from storage.vault import Vault

FORGOTTEN = "missed-dose"


@dataclass(frozen=True, kw_only=True)
class MedicineNotices:
    """What the bot sends of somebody's own plan."""

    vault: Vault

    def wordings(self) -> Mapping[Kind, Callable[[Notice], Awaitable[Reply | None]]]:
        """Return who words which kind."""
        return {
            Kind.DOSE: self.dose,
            Kind.DOSES_MISSED: self.missed,
            Kind.DOSE_END: self.last_day,
            Kind.CARE_EVE: self.visit_ahead,
            Kind.CARE_SOON: self.visit_ahead,
            Kind.CARE_AFTER: self.visit_after,
        }

    async def dose(self, notice: Notice) -> Reply | None:
        """Say the word of the day."""
        plan, dose = await self._plan(notice), None
        if plan is not None:
            dose = await self._dose(notice, plan)
        if plan is None or dose is None or dose.answer in {Answer.TAKEN, Answer.PROBLEM}:
            return None
        if not plan.has(dose.day) or notice.now >= rules.useful_until(dose, plan.times, plan.zone):
            return None
        if rules.moment(dose, plan.zone) > notice.now:
            return None
        text = html(word(notice.t, self.vault, notice.person, plan))
        return message(text, dose_rows(notice.t, plan, dose))

    async def missed(self, notice: Notice) -> Reply | None:
        """Ask kindly what is in the way, unless something was taken since."""
        plan, t = await self._plan(notice), notice.t
        if plan is None or plan.is_paused(notice.now) or plan.is_over(notice.now):
            return None
        today = plan.today(notice.now)
        doses = await medicine.asked(notice.store, plan, until=today)
        if dose_days.missed_since(doses, today=today) is None:
            return None
        text = t(
            "💛 We miss you. Two days without a drop happen to many people, and nobody is angry. "
            "Every day you can go on. Is something in the way?"
        )
        talks = await relays.open_of(notice.store, notice.person.id)
        rows = [
            [key(t.label("🤔 Something is in the way"), Verb.DOSE_TROUBLE, plan.id)],
            *([[topic_key(t, FORGOTTEN)]] if t.answer(FORGOTTEN) else []),
            *([_unwell(t)] if t.answer(SIDE_EFFECTS) else []),
            [key(t.label("⏸ I am travelling"), Verb.MEDICINE_PAUSE, plan.id)],
            [
                key(t.label("🤝 Talk to a person"), Verb.TALK),
                *([key(t.label("✖️ End the talk"), Verb.TALK_NO)] if talks else []),
            ],
            [plan_key(t), home_key(t)],
        ]
        zone = ZoneInfo(plan.zone)
        asked = where_words_go(t, talks, now=notice.now, zone=zone) if talks else ""
        parts = [text, asked]
        return message(Html("\n\n".join(part for part in parts if part)), rows)

    async def last_day(self, notice: Notice) -> Reply | None:
        """Say that today is the last day; not when the end was changed."""
        plan, t = await self._plan(notice), notice.t
        if plan is None or plan.today(notice.now) != plan.ends_on:
            return None
        text = (
            t("⏸ Your plan ends today, in the pause. Does it go on? Then choose a later day.")
            if plan.is_paused(notice.now)
            else t(
                "🌟 Today is the last day of your plan. You have come all this way: well done! "
                "After today I write no more. Does it go on? Then choose a later day."
            )
        )
        later = key(t.label("📅 It goes on"), Verb.MEDICINE_END, plan.id)
        return message(text, [[later], [plan_key(t), home_key(t)]])

    async def visit_ahead(self, notice: Notice) -> Reply | None:
        """Remind of a visit: when, and nothing of what for."""
        visit, t = await self._visit(notice), notice.t
        if visit is None or visit.starts_at <= notice.now:
            return None
        text = t("⏰ <b>Your visit: {day}, {time}</b>", **_when(notice, visit))
        about = key(t.label("📋 What is it?"), Verb.CARE_VISIT, visit.id)
        return message(text, [[about], [home_key(t)]])

    async def visit_after(self, notice: Notice) -> Reply | None:
        """Ask whether somebody went, unless they said so."""
        visit, t = await self._visit(notice), notice.t
        if visit is None or visit.said is not None or not may_say(visit, now=notice.now):
            return None
        text = t("👋 Your visit was {day}, {time}. Did you go?", **_when(notice, visit))
        return message(text, [said_keys(t, visit), [home_key(t)]])

    async def _plan(self, notice: Notice) -> DosePlan | None:
        plan_id = notice.about("plan")
        plan = await medicine.own(notice.store, plan_id, notice.person.id) if plan_id is not None else None
        return plan if plan is not None and plan.ended_at is None else None

    async def _dose(self, notice: Notice, plan: DosePlan) -> Dose | None:
        day, hour = parse_day(str(notice.row["params"]["day"])), str(notice.row["params"]["hour"])
        if day is None:
            return None
        return await medicine.dose(notice.store, plan.id, day, time(int(hour[:2]), int(hour[2:])))

    async def _visit(self, notice: Notice) -> CareVisit | None:
        visit_id = notice.about("visit")
        return (
            await care_visits.own(notice.store, visit_id, notice.person.id) if visit_id is not None else None
        )


def _when(notice: Notice, visit: CareVisit) -> dict[str, str]:
    t, today = notice.t, to_local(notice.now, visit.zone).date()
    return {"day": t.relative_day(visit.local.date(), today=today), "time": t.time(visit.local)}


def _unwell(t: Locale) -> list[Key]:
    """Return the button of the side effects; the title of that answer names the illness."""
    return [key(t.label("🤢 I feel a little sick"), Verb.TOPIC, *View(SIDE_EFFECTS).args())]
