"""Take down what somebody says of a dose: taken, later, a problem; and answer what is in the way.

Nothing is lost by pressing late or twice, and yesterday's may still be said today. Signs of harm are answered
with what the doctor must know the same day; and a person of our team is asked for, as by anybody who wants to
talk to one, so that nobody learns what was pressed, or that there is a plan.
"""

from dataclasses import dataclass, replace
from datetime import time
from zoneinfo import ZoneInfo

from care import dose_days
from care import medicine as rules
from care.medicine import SIDE_EFFECTS, TOPIC, URGENT, Answer, Dose, DosePlan, Trouble
from care.outcomes import Kind
from handlers import chosen, emergency, talk_begin
from handlers.answer import body, topic_key
from handlers.answering import Answering
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.medicine import Medicine
from handlers.medicine_screen import dose_args
from handlers.medicine_words import TROUBLES, count, plan_key, word
from handlers.screens import Key, Reply, frozen, key, screen
from handlers.talk import where_words_go
from handlers.turn import Turn
from locales.catalogue import Html, Locale
from locales.markup import html
from storage import due, medicine

UNDO = "u"
ANSWERS = {"t": Answer.TAKEN, "l": Answer.LATER, "p": Answer.PROBLEM, UNDO: Answer.ASKED}


@dataclass(frozen=True, kw_only=True)
class Doses:
    """What the buttons under a reminder do."""

    plans: Medicine
    answering: Answering  # who of our team talks with whom

    async def say(self, turn: Turn) -> Reply:
        """Keep what was said of a dose of today or yesterday."""
        plan, answer = await self.plans.own(turn, lock=True), ANSWERS.get(chosen.word(turn, 3) or "")
        dose = await _dose(turn, plan) if plan is not None else None
        if plan is None or dose is None or answer is None:
            return await self.plans.gone(turn)
        if not rules.may_answer(dose, plan, now=turn.now):
            await count(turn, Kind.REFUSED, detail="stale")
            old = turn.t("This was some days ago, and that is all right. Here is your plan of today.")
            return await self.plans.plan(turn, plan, lead=old)
        await medicine.plan_ahead(turn.store, plan, now=turn.now)
        if answer is Answer.TAKEN:
            return await self._taken(turn, plan, dose)
        if answer is Answer.LATER:
            return await self._later(turn, plan, dose)
        if answer is Answer.PROBLEM:
            return await self._problem(turn, plan, dose)
        return await self._undo(turn, plan, dose)

    async def _taken(self, turn: Turn, plan: DosePlan, dose: Dose) -> Reply:
        if await medicine.say(turn.store, plan.id, dose, Answer.TAKEN, now=turn.now):
            await medicine.silence(turn.store, plan.id, dose, now=turn.now)
            await count(turn, Kind.DOSE_TAKEN)
        t, today = turn.t, plan.today(turn.now)
        doses = await medicine.history(turn.store, plan.id, since=today - medicine.KEPT, until=today)
        in_a_row = dose_days.streak(doses, today=today)
        lines = [
            t("✅ <b>{word}</b>: {time}", word=self._word(turn, plan), time=t.time(dose.hour)),
            t.many("🌟 {n} day in a row", "🌟 {n} days in a row", in_a_row) if in_a_row else "",
        ]
        undo = key(t.label("↩️ Not yet"), Verb.DOSE, *dose_args(plan.id, dose), UNDO)
        text = Html("\n".join(line for line in lines if line))
        return screen(text, [[undo, plan_key(t)]], toast=t.label("👍 Well done!"))

    async def _later(self, turn: Turn, plan: DosePlan, dose: Dose) -> Reply:
        """Ask again in an hour, at most twice, and in the evening not past nine."""
        t, waits = turn.t, False
        for nth in range(1, rules.MOST_LATER + 1):
            waits = waits or await due.waits(turn.store, rules.again_key(plan.id, dose, nth))
        nth = {Answer.LATER: 2, Answer.AGAIN: rules.MOST_LATER + 1}.get(dose.answer, 1)
        planned = rules.again(plan, dose, nth, now=turn.now) if dose.day == plan.today(turn.now) else None
        if dose.answer is Answer.TAKEN or (planned is None and not waits):
            text = t("⏰ I do not ask again today. Press ✅ when you took it.")
            return screen(text, _rows(t, plan, dose, later=False))
        if planned is not None and not waits:
            answer = Answer.AGAIN if nth == rules.MOST_LATER else Answer.LATER
            await medicine.say(turn.store, plan.id, dose, answer, now=turn.now)
            await due.cancel(turn.store, key=rules.key(plan.id, dose), now=turn.now)
            await due.schedule(turn.store, planned, now=turn.now)
            await count(turn, Kind.DOSE_LATER)
        asked_at = planned.due_at.astimezone(ZoneInfo(plan.zone)) if planned and not waits else None
        text = (
            t("⏰ I ask again at {time}.", time=t.time(asked_at)) if asked_at else t("⏰ I ask again soon.")
        )
        return screen(text, _rows(t, plan, dose, later=False))

    async def _problem(self, turn: Turn, plan: DosePlan, dose: Dose) -> Reply:
        if dose.answer is not Answer.TAKEN:
            await medicine.say(turn.store, plan.id, dose, Answer.PROBLEM, now=turn.now)
            await medicine.silence(turn.store, plan.id, dose, now=turn.now)
        return ask_what(turn.t, plan)

    async def _undo(self, turn: Turn, plan: DosePlan, dose: Dose) -> Reply:
        """Take back what was pressed by mistake: nothing is known of the dose."""
        if await medicine.say(turn.store, plan.id, dose, Answer.ASKED, now=turn.now):
            await count(turn, Kind.DOSE_UNDONE)
            if rules.moment(dose, plan.zone) > turn.now and plan.has(dose.day):
                await due.schedule(turn.store, rules.reminder(plan, dose), now=turn.now)
        t = turn.t
        later = dose.day == plan.today(turn.now)
        return screen(html(self._word(turn, plan)), _rows(t, plan, dose, later=later))

    def _word(self, turn: Turn, plan: DosePlan) -> str:
        return word(turn.t, self.plans.vault, turn.known(), plan)

    async def trouble(self, turn: Turn) -> Reply:
        """Ask what is in the way, or answer it, and let who looks after the person help."""
        plan = await self.plans.own(turn)
        if plan is None:
            return await self.plans.gone(turn)
        found = [one for one in Trouble if one.value == chosen.word(turn, 1)]
        if not found:
            await count(turn, Kind.MEDICINE_SEEN)
            return ask_what(turn.t, plan)
        relay, new = await talk_begin.begin_for(
            self.answering, turn.store, turn.known(), now=turn.now, update_id=turn.update_id
        )
        told = await talk_begin.told(self.answering, turn.store, relay, now=turn.now) if relay and new else ()
        zone = ZoneInfo(plan.zone)
        asked = where_words_go(turn.t, relay, now=turn.now, zone=zone) if relay else ""
        if found[0] is Trouble.BREATH:
            shown = _emergency(turn.t, asked=asked)
        else:
            shown = await self._help(turn, plan, found[0], asked=asked)
        return replace(shown, steps=(*shown.steps, *told))

    async def _help(self, turn: Turn, plan: DosePlan, trouble: Trouble, *, asked: str) -> Reply:
        t, topic = turn.t, TOPIC.get(trouble, SIDE_EFFECTS)
        answer = t.answer(topic) or t.answer(SIDE_EFFECTS)
        parts = [
            _urgent(t, trouble),
            await body(turn.store, answer) if answer else "",
            asked,
        ]
        pause = key(t.label("⏸ Pause the reminders"), Verb.MEDICINE_PAUSE, plan.id)
        rows: list[list[Key]] = [
            [key(t.label("🤝 Talk to a person now"), Verb.TALK)],
            [pause] if trouble in URGENT else [],
            [topic_key(t, topic)] if answer else [],
            [key(t.label("✖️ End the talk"), Verb.TALK_NO)] if asked else [],
            [key(t.label("⬅️ Back"), Verb.DOSE_TROUBLE, plan.id), plan_key(t)],
            [home_key(t)],
        ]
        return screen(Html("\n\n".join(part for part in parts if part)), rows)


def _emergency(t: Locale, *, asked: str) -> Reply:
    """Show whom to call now; below it (`asked`, HTML) where what they write goes from now on."""
    shown = emergency.screen_of(t)
    if not asked:
        return shown
    first = shown.steps[0]
    below = frozen([*first.rows, [key(t.label("✖️ End the talk"), Verb.TALK_NO)]])
    said = replace(first, text=Html(f"{first.text}\n\n{asked}"), rows=below)
    return replace(shown, steps=(said, *shown.steps[1:]))


def _urgent(t: Locale, trouble: Trouble) -> str:
    """Return the line that stands first: for a sign of harm, and for what may be one."""
    if trouble in URGENT:
        return t("🚨 <b>Call your doctor today. Do not take the next dose until the doctor answers.</b>")
    if trouble is not Trouble.OTHER:
        return ""
    return t(
        "🚨 <b>Is it one of the signs below for which one calls the doctor? Then call your doctor today. "
        "Do not take the next dose until the doctor answers.</b>"
    )


def ask_what(t: Locale, plan: DosePlan) -> Reply:
    """Ask what is in the way: what is most dangerous stands first."""
    text = t("🤔 <b>What is it?</b>\n\nNobody else sees what you press.")
    rows = [[key(t.label(label), Verb.DOSE_TROUBLE, plan.id, one.value)] for one, label in TROUBLES.items()]
    return screen(text, [*rows, [plan_key(t), home_key(t)]])


def _rows(t: Locale, plan: DosePlan, dose: Dose, *, later: bool = True) -> list[list[Key]]:
    return [*dose_rows(t, plan, dose, later=later), [plan_key(t)]]


def dose_rows(t: Locale, plan: DosePlan, dose: Dose, *, later: bool = True) -> list[list[Key]]:
    """Return the buttons under a reminder."""
    args = dose_args(plan.id, dose)
    return [
        [
            key(t.label("✅ Taken"), Verb.DOSE, *args, "t"),
            *([key(t.label("⏰ Later"), Verb.DOSE, *args, "l")] if later else []),
            key(t.label("🤔 Problem"), Verb.DOSE, *args, "p"),
        ]
    ]


async def _dose(turn: Turn, plan: DosePlan) -> Dose | None:
    day, hour = chosen.day(turn, 1), chosen.word(turn, 2)
    if day is None or hour is None or len(hour) != 4 or not hour.isdecimal() or not hour.isascii():
        return None
    if int(hour[:2]) > 23 or int(hour[2:]) > 59:
        return None
    return await medicine.dose(turn.store, plan.id, day, time(int(hour[:2]), int(hour[2:])))
