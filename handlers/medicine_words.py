"""Word what belongs to somebody's own plan, and count it without whose it is.

The team learns nothing of a plan. So what happens with it is counted without the person's referral, link,
worker and area: no case card and no list of the team can show it.
"""

from collections.abc import Mapping, Sequence
from datetime import date, time

from care.medicine import DosePlan, Trouble
from care.medicine_choices import MONTHS, months_on
from care.outcomes import Kind
from care.person import Person
from care.reminders import QUIET_FROM, QUIET_UNTIL
from care.roles import Actor
from handlers.buttons import Verb
from handlers.screens import Key, key
from handlers.turn import Turn
from locales.catalogue import N_, Html, Locale
from storage import outcomes
from storage.vault import Vault

TROUBLES: Mapping[Trouble, str] = {
    Trouble.BREATH: N_("🚑 My face swells, I cannot breathe"),
    Trouble.YELLOW: N_("🟡 Yellow eyes or skin, dark urine"),
    Trouble.VOMITS: N_("🤮 I vomit, or have no appetite"),
    Trouble.SIGHT: N_("👁 I see worse, or other colours"),
    Trouble.RASH: N_("🔴 Rash"),
    Trouble.FEVER: N_("🌡 Fever for 3 days"),
    Trouble.BELLY: N_("🤕 Strong pain in the belly"),
    Trouble.NUMB: N_("🖐 Numb or tingling hands, feet"),
    Trouble.BLEEDS: N_("🩸 I bleed easily"),
    Trouble.SICK: N_("🤢 I feel a little sick"),
    Trouble.JOINTS: N_("🦵 Pain in the joints"),
    Trouble.DIZZY: N_("💫 Dizzy, or I hear worse"),
    Trouble.EMPTY: N_("📦 No pills left"),
    Trouble.STOP: N_("🛑 I want to stop"),
    Trouble.OTHER: N_("➕ Something else"),
}

ASKED_FOR_A_PERSON = N_(
    "🤝 I asked a person of our team to talk with you. They do not learn why. "
    "What you write here now goes to them."
)


async def count(turn: Turn, kind: Kind, *, detail: str | None = None) -> None:
    """Record an outcome of somebody's own plan, of a day (UTC): without all that leads to the person.

    Neither their referral nor the update nor the moment, by which it could be joined with what else they did.
    """
    await outcomes.append(
        turn.store,
        kind,
        now=turn.now.replace(hour=0, minute=0, second=0, microsecond=0),
        role=Actor.PERSON,
        locale=turn.t.code if turn.chosen else None,
        detail=detail,
    )


def word(t: Locale, vault: Vault, person: Person, plan: DosePlan) -> str:
    """Return what a reminder says: the drop, or the person's own word; plain text.

    Raises VaultFault when the word was changed in the store.
    """
    if plan.word is None:
        return t.label("💧 Drop of the day")
    return vault.open_for(person.key, plan.word).decode()


def is_night(hour: time) -> bool:
    """Return whether nothing comes at an hour unless the person chose it."""
    return not QUIET_UNTIL <= hour < QUIET_FROM


def hour_label(t: Locale, hour: time) -> str:
    """Return an hour, with 🌙 where it is night, plain text."""
    return f"{t.time(hour)}{' 🌙' if is_night(hour) else ''}"


def hours(t: Locale, times: Sequence[time]) -> str:
    """Return hours in a row, those of the night marked, plain text."""
    return ", ".join(hour_label(t, hour) for hour in times)


def weekdays(t: Locale, chosen: Sequence[int]) -> str:
    """Return on which days of the week, plain text."""
    if not chosen:
        return t.label("every day")
    return ", ".join(t.formats.short_weekdays[day] for day in chosen)


def full_day(day: date) -> str:
    """Return a day with its year, since plans go on for long: digits, which end alike in every language."""
    return f"{day:%d.%m.%Y}"


def summary(t: Locale, times: Sequence[time], days: Sequence[int], ends_on: date) -> Html:
    """Return when reminders come and until when, HTML."""
    when = t("🕗 {hours} · {days}", hours=hours(t, times), days=weekdays(t, days))
    return Html("\n".join([when, t("📅 Until {day}", day=full_day(ends_on))]))


def month_keys(t: Locale, start: date, verb: Verb, *before: str | int, today: date) -> list[Key]:
    """Return buttons with last days, counted in months from `start`; none that is over."""
    found = [(n, months_on(start, n)) for n in MONTHS]
    return [
        key(t.many("{n} month", "{n} months", n), verb, *before, f"{day:%Y%m%d}")
        for n, day in found
        if day >= today
    ]


def plan_key(t: Locale) -> Key:
    """Return the button to the plan."""
    return key(t.label("💧 My plan"), Verb.MEDICINE)


def back_key(t: Locale) -> Key:
    """Return the button back to the plan."""
    return key(t.label("⬅️ Back"), Verb.MEDICINE)
