"""Word the screen of somebody's own plan: when, how the days went, what can be answered and changed."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from care import dose_days
from care import medicine as rules
from care.clocks import NAMED, shows_now
from care.dose_days import Mark
from care.medicine import Answer, Dose, DosePlan
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.medicine_words import full_day, summary
from handlers.screens import Key, key
from handlers.transfer_words import LANDS
from handlers.turn import Turn
from locales.catalogue import N_, Html, Locale

WEEK = 7
CLOCK = "clock"  # in a button: what is changed is by which clock reminders come
EARLY = timedelta(hours=3)  # so long before its hour each dose can be said to be taken
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


def when(t: Locale, plan: DosePlan, turn: Turn) -> list[str]:
    """Return when reminders come, until when, and what stops them now: lines of HTML."""
    lines: list[str] = [
        summary(t, plan.times, plan.weekdays, plan.ends_on),
        clock_line(t, plan, now=turn.now),
    ]
    if plan.is_over(turn.now):
        lines.append(t("🏁 The last day is over, and I write no more. Does it go on?"))
    elif plan.ends_in_pause:
        lines.append(
            t("⏸ <b>Pause. Your plan ends in it, and I write no more.</b> Does it go on? Choose a later day.")
        )
    elif plan.is_paused(turn.now) and plan.paused_until is not None:
        lines.append(t("⏸ <b>Pause: I write again on {day}</b>", day=full_day(plan.paused_until)))
    return lines


def clock_line(t: Locale, plan: DosePlan, *, now: datetime) -> str:
    """Say by whose clock the reminders come, and what it shows now, HTML."""
    shown = t.time(shows_now(plan.zone, now))
    country = NAMED.get(plan.zone)
    if country is None:
        return t("🕐 My clock for you: it is {time} now", time=shown)
    return t("🕐 My clock for you: {place}, it is {time} now", place=t.label(LANDS[country]), time=shown)


def clock_key(t: Locale, plan: DosePlan) -> Key:
    """Return the button that asks what time it is with them."""
    return key(t.label("🕐 It is another time here"), Verb.MEDICINE_CHANGE, plan.id, CLOCK)


def days_in_a_row(t: Locale, doses: Sequence[Dose], today: date) -> str:
    """Return on how many days in a row all was taken, HTML; empty where it is none."""
    in_a_row = dose_days.streak(doses, today=today)
    if not in_a_row:
        return ""
    return t.many("🌟 <b>{n} day in a row</b>", "🌟 <b>{n} days in a row</b>", in_a_row)


def calendar(t: Locale, plan: DosePlan, doses: Sequence[Dose], today: date) -> str:
    """Return the last days in pictures, what these say, and how much was taken, HTML."""
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


def answers(
    t: Locale, plan: DosePlan, doses: Sequence[Dose], today: date, *, now: datetime
) -> list[list[Key]]:
    """Return a button for each dose of yesterday and today that was not taken and is asked for, or soon is.

    Where none of today is, the next one of today may be said to be taken before its hour.
    """
    not_taken = [dose for dose in doses if (today - dose.day).days <= 1 and dose.answer is not Answer.TAKEN]
    shown = [dose for dose in not_taken if rules.moment(dose, plan.zone) <= now + EARLY]
    ahead = [dose for dose in not_taken if dose not in shown]
    if ahead and not any(dose.day == today for dose in shown):
        shown.append(ahead[0])
    return [[taken_key(t, plan, dose, today=today)] for dose in shown]


def taken_key(t: Locale, plan: DosePlan, dose: Dose, *, today: date) -> Key:
    """Return the button that says that a dose was taken."""
    when = f"{t.relative_day(dose.day, today=today)}, {t.time(dose.hour)}"
    return key(t.label("✅ Taken: {when}", when=when), Verb.DOSE, *dose_args(plan.id, dose), "t")


def dose_args(plan_id: int, dose: Dose) -> tuple[int, str, str]:
    """Return how a button names a dose."""
    return plan_id, f"{dose.day:%Y%m%d}", f"{dose.hour:%H%M}"


def below(t: Locale, plan: DosePlan, turn: Turn) -> list[list[Key]]:
    """Return the buttons below a plan: a problem, a pause, what can be changed, and the way on."""
    paused = plan.is_paused(turn.now)
    pause = (
        key(t.label("▶️ Go on now"), Verb.MEDICINE_GO_ON, plan.id)
        if paused
        else key(t.label("⏸ Pause"), Verb.MEDICINE_PAUSE, plan.id)
    )
    ends = plan.is_over(turn.now) or plan.ends_in_pause
    return [
        [key(t.label("📅 It goes on"), Verb.MEDICINE_END, plan.id)] if ends else [],
        [key(t.label("🤔 Problem"), Verb.DOSE_TROUBLE, plan.id)],
        [
            *([] if plan.is_over(turn.now) else [pause]),
            key(t.label("✏️ Change"), Verb.MEDICINE_CHANGE, plan.id),
        ],
        [key(t.label("🗓 My other visits"), Verb.CARE_VISITS)],
        [home_key(t)],
    ]
