"""Let a person choose a clinic, a day, a time, and confirm: the same screens to book and to move a visit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from care.booking import AHEAD_DAYS, Slot, day_word, free_slots, start_word, to_local
from care.directory import Clinic
from handlers.buttons import Verb
from handlers.clinic_card import address, bold, costs, home_key
from handlers.screens import Key, Reply, key, pairs, screen
from handlers.turn import Turn
from handlers.wait_words import wait_key
from handlers.written import written
from locales.catalogue import Locale
from locales.markup import html
from storage import bookings

DAYS_A_PAGE = 12
TIMES_A_PAGE = 12
EVENING, WEEKEND = "🌙", "🗓"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosing:
    """Which buttons lead on: to book, or to move the visit whose id stands before the other arguments."""

    clinics: Key
    days: Verb
    day: Verb
    time: Verb
    yes: Verb
    before: tuple[int, ...] = ()
    may_wait: bool = True  # whether a place of one's own that becomes free can be waited for


def to_book(t: Locale) -> Choosing:
    """Return the buttons of a booking."""
    return Choosing(
        clinics=key(t.label("🏥 Another clinic"), Verb.BOOK, "all"),
        days=Verb.BOOK_CLINIC,
        day=Verb.BOOK_DAY,
        time=Verb.BOOK_TIME,
        yes=Verb.BOOK_YES,
    )


def to_move(t: Locale, booking_id: int) -> Choosing:
    """Return the buttons that move a visit."""
    return Choosing(
        clinics=key(t.label("⬅️ Keep my time"), Verb.VISIT, booking_id),
        days=Verb.MOVE,
        day=Verb.MOVE_DAY,
        time=Verb.MOVE_TIME,
        yes=Verb.MOVE_YES,
        before=(booking_id,),
    )


async def free(turn: Turn, clinic: Clinic) -> tuple[Slot, ...]:
    """Return all free slots of a clinic, soonest first."""
    today = to_local(turn.now, clinic.timezone).date()
    last = date.fromordinal(today.toordinal() + AHEAD_DAYS)
    taken = await bookings.taken(turn.store, clinic.id, today, last)
    return free_slots(clinic, taken, now=turn.now)


def days(
    turn: Turn, clinic: Clinic, slots: Sequence[Slot], choosing: Choosing, *, page: int = 0, lead: str = ""
) -> Reply:
    """Show the days with a free place; `lead` (HTML) is said first."""
    t = turn.t
    found = sorted({slot.day for slot in slots})
    if not found:
        return _nothing_free(t, clinic, choosing, lead)
    today = to_local(turn.now, clinic.timezone).date()
    page = min(page, (len(found) - 1) // DAYS_A_PAGE)
    shown = found[page * DAYS_A_PAGE : (page + 1) * DAYS_A_PAGE]
    keys = [
        key(
            f"{t.relative_day(day, today=today)}{_marks([slot for slot in slots if slot.day == day])}",
            choosing.day,
            *choosing.before,
            clinic.id,
            day_word(day),
        )
        for day in shown
    ]
    turns = _pages(
        choosing.days, (*choosing.before, clinic.id), page, more=len(found) > (page + 1) * DAYS_A_PAGE
    )
    text = _joined(
        lead, t("🏥 {clinic}\n<b>Choose a day</b>", clinic=written(t, clinic.names)), legend(t, slots)
    )
    wait = [wait_key(t, clinic.id)] if choosing.may_wait else []
    return screen(text, [*pairs(keys), turns, wait, [choosing.clinics, home_key(t)]])


def times(
    turn: Turn,
    clinic: Clinic,
    day: date,
    slots: Sequence[Slot],
    choosing: Choosing,
    *,
    page: int = 0,
    lead: str = "",
) -> Reply:
    """Show the free times of a day; where there is none, the other days."""
    t = turn.t
    found = [slot for slot in slots if slot.day == day]
    if not found:
        gone = lead or t("🙏 On this day all places are taken. Here are other days.")
        return days(turn, clinic, slots, choosing, lead=gone)
    page = min(page, (len(found) - 1) // TIMES_A_PAGE)
    shown = found[page * TIMES_A_PAGE : (page + 1) * TIMES_A_PAGE]
    keys = [
        key(
            f"{t.time(slot.local)}{' ' + EVENING if slot.in_the_evening else ''}",
            choosing.time,
            *choosing.before,
            clinic.id,
            start_word(slot.local),
        )
        for slot in shown
    ]
    more = len(found) > (page + 1) * TIMES_A_PAGE
    turns = _pages(choosing.day, (*choosing.before, clinic.id, day_word(day)), page, more=more)
    back = key(t.label("⬅️ Other days"), choosing.days, *choosing.before, clinic.id)
    text = _joined(
        lead,
        t(
            "🏥 {clinic}\n<b>{day}: choose a time</b>",
            clinic=written(t, clinic.names),
            day=t.long_day(day),
        ),
        legend(t, found),
    )
    wait = [wait_key(t, clinic.id)] if lead and choosing.may_wait else []  # what they wanted is taken
    return screen(text, [*pairs(keys, 3), turns, wait, [back, home_key(t)]])


def confirm(turn: Turn, clinic: Clinic, local: datetime, choosing: Choosing, *, lead: str = "") -> Reply:
    """Show all that matters before the last tap: when, where, what to bring, who pays."""
    t = turn.t
    yes = t.label("✅ Yes, move to this time") if choosing.before else t.label("✅ Yes, book")
    text = _joined(
        lead,
        f"📅 <b>{html(t.moment(local))}</b>\n{place(t, clinic)}",
        bring(t, clinic),
        costs(t, clinic.services),
    )
    other = key(t.label("⬅️ Other times"), choosing.day, *choosing.before, clinic.id, day_word(local.date()))
    return screen(
        text,
        [
            [key(yes, choosing.yes, *choosing.before, clinic.id, start_word(local))],
            [other],
            [choosing.clinics, home_key(t)],
        ],
    )


def place(t: Locale, clinic: Clinic) -> str:
    """Return name and address, HTML."""
    return f"🏥 {bold(t, clinic)}\n📍 {address(t, clinic)}"


def bring(t: Locale, clinic: Clinic) -> str:
    """Return what to bring, HTML."""
    return t("🎒 <b>Bring</b>: {things}", things=written(t, clinic.bring))


def marks(slot: Slot) -> str:
    """Return the pictures of a slot: evening, weekend."""
    return _marks([slot])


def legend(t: Locale, slots: Sequence[Slot]) -> str:
    """Explain the pictures that are on the screen, HTML; empty when there is none."""
    evening = any(slot.in_the_evening for slot in slots)
    weekend = any(slot.at_the_weekend for slot in slots)
    said = [t("🌙 evening")] if evening else []
    return " · ".join([*said, t("🗓 weekend")] if weekend else said)


def _marks(slots: Sequence[Slot]) -> str:
    weekend = f" {WEEKEND}" if any(slot.at_the_weekend for slot in slots) else ""
    return weekend + (f" {EVENING}" if any(slot.in_the_evening for slot in slots) else "")


def _pages(verb: Verb, args: tuple[str | int, ...], page: int, *, more: bool) -> list[Key]:
    back = [key("◀️", verb, *args, page - 1)] if page else []
    return [*back, *([key("▶️", verb, *args, page + 1)] if more else [])]


def _nothing_free(t: Locale, clinic: Clinic, choosing: Choosing, lead: str) -> Reply:
    text = t(
        "🙏 {clinic} has no free place in the next four weeks. Try another clinic, or ask a person.",
        clinic=written(t, clinic.names),
    )
    talk = key(t.label("🤝 Talk to a person"), Verb.TALK)
    return screen(_joined(lead, text), [[choosing.clinics], [wait_key(t, clinic.id)], [talk], [home_key(t)]])


def _joined(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)
