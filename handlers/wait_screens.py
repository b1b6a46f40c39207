"""Ask what somebody waits for: at which clinic, on which days, at what time of the day."""

from collections.abc import Sequence

from care.directory import Clinic
from care.waiting_list import WEEKEND, WORKDAYS, Hours, Wish
from handlers import clinic_list
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.screens import Key, Reply, key, pairs, screen
from handlers.wait_words import ANY, HOURS, wished
from handlers.wait_words import days as weekdays
from locales.catalogue import Locale

NONE = "n"  # no weekday is chosen yet
WEEKDAYS = frozenset("0123456")  # as buttons carry them, 0 = Monday


def clinics(t: Locale, found: Sequence[Clinic], here: int | None, *, page: int, back: Key) -> Reply:
    """Ask where: first the clinic at which the person looked."""
    ordered = sorted(found, key=lambda clinic: clinic.id != here)
    shown = clinic_list.on_page(ordered, page)
    rows = [[key(clinic_list.name(t, clinic.names), Verb.WAIT_CLINIC, clinic.id)] for clinic in shown]
    turns = clinic_list.turns(ordered, page, Verb.WAIT, "set", here if here is not None else "")
    text = t("🔔 <b>Tell me when a place is free</b>\nAt which clinic?")
    return screen(
        text,
        [
            [key(t.label("🏥 Any clinic"), Verb.WAIT_CLINIC, ANY)],
            *rows,
            turns,
            [back, home_key(t)],
        ],
    )


def days(t: Locale, where: str, *, back: Key) -> Reply:
    """Ask on which days."""
    choices = [(frozenset[int](), ANY), (WORKDAYS, "01234"), (WEEKEND, "56")]
    rows = [[key(weekdays(t, picked), Verb.WAIT_HOURS, where, word)] for picked, word in choices]
    single = key(t.label("☑️ Choose days"), Verb.WAIT_DAYS, where, NONE)
    text = t("🔔 <b>Tell me when a place is free</b>\nOn which days?")
    return screen(text, [*rows, [single], [back, home_key(t)]])


def single_days(t: Locale, where: str, picked: frozenset[int]) -> Reply:
    """Let single weekdays be chosen."""
    keys = [
        key(
            f"{'✅' if day in picked else '⬜️'} {name}",
            Verb.WAIT_DAYS,
            where,
            _word(picked ^ {day}, none=NONE),
        )
        for day, name in enumerate(t.formats.short_weekdays)
    ]
    go = [key(t.label("➡️ Go on"), Verb.WAIT_HOURS, where, _word(picked, none=ANY))] if picked else []
    back = key(t.label("⬅️ Back"), Verb.WAIT_CLINIC, where)
    text = t("🔔 <b>Tell me when a place is free</b>\nTap the days on which you can come.")
    return screen(text, [*pairs(keys, 3), go, [back, home_key(t)]])


def hours(t: Locale, where: str, picked: frozenset[int]) -> Reply:
    """Ask for the time of the day."""
    asked = [Hours.ANY, Hours.DAY] if picked and picked <= WEEKEND else list(Hours)
    word = _word(picked, none=ANY)
    rows = [[key(t.label(HOURS[one]), Verb.WAIT_YES, where, word, one.value)] for one in asked]
    back = key(t.label("⬅️ Back"), Verb.WAIT_CLINIC, where)
    text = t("🔔 <b>Tell me when a place is free</b>\nAt what time of the day?")
    return screen(text, [*rows, [back, home_key(t)]])


def never(t: Locale, wish: Wish, clinic: Clinic | None, *, elsewhere: bool, waits_already: bool) -> Reply:
    """Say that nobody is seen then, at the clinic or (None) at any; `elsewhere`: another clinic is better."""
    where = ANY if clinic is None else str(clinic.id)
    if clinic is None:
        said = t("🙏 No clinic here sees anybody then. Choose other days or another time.")
    else:
        said = t("🙏 This clinic sees nobody then. Choose other days or another time.")
    word = _word(wish.days, none=ANY)
    any_clinic = key(t.label("🏥 Any clinic"), Verb.WAIT_YES, ANY, word, wish.hours.value)
    before = key(t.label("🔔 What I wait for"), Verb.WAIT)
    return screen(
        f"{said}\n\n{wished(t, wish, clinic)}",
        [
            [any_clinic] if elsewhere else [],
            [key(t.label("✏️ Change"), Verb.WAIT_CLINIC, where)],
            [before] if waits_already else [key(t.label("📅 Book an examination"), Verb.BOOK)],
            [home_key(t)],
        ],
    )


def _word(picked: frozenset[int], *, none: str) -> str:
    """Write weekdays as buttons carry them."""
    return "".join(str(day) for day in sorted(picked)) or none
