"""Say what somebody waits for, and until when a place is kept for them."""

from datetime import datetime

from care.directory import Clinic
from care.waiting_list import WEEKEND, WORKDAYS, Hours, Wait, Wish
from handlers.buttons import Verb
from handlers.screens import Key, key
from handlers.turn import Turn
from handlers.written import written
from locales.catalogue import N_, Locale
from locales.markup import html
from storage import directory
from storage.places import Kept

ANY = "a"  # any clinic, any day
HOURS = {
    Hours.ANY: N_("🕘 Any time"),
    Hours.DAY: N_("☀️ By day: before 17:00"),
    Hours.EVENING: N_("🌙 After work: from 17:00, or at the weekend"),
}


def wait_key(t: Locale, clinic_id: int | None = None) -> Key:
    """Return the button for who finds nothing that suits; `clinic_id`: where they looked."""
    args = ("new", clinic_id) if clinic_id is not None else ()
    return key(t.label("🔔 Tell me when a place is free"), Verb.WAIT, *args)


def visits_key(t: Locale) -> Key:
    """Return the button to one's visits."""
    return key(t.label("🗓 My visits"), Verb.VISITS)


def still_waiting(t: Locale) -> str:
    """Say to who has booked that they are told of other places all the same, HTML."""
    return t("🔔 I still tell you when another place is free. You can stop that in “My visits”.")


async def waiting(turn: Turn, wait: Wait) -> str:
    """Return what somebody waits for as a part of another screen, HTML."""
    clinic_id, t = wait.wish.clinic_id, turn.t
    clinic = (
        await directory.clinic(turn.store, clinic_id, also_retired=True) if clinic_id is not None else None
    )
    lead = t("🔔 A place is free for you.") if wait.offered else t("🔔 You wait for a place:")
    return f"{lead}\n{wished(t, wait.wish, clinic)}"


def waiting_keys(t: Locale, wait: Wait) -> list[Key]:
    """Return the buttons that belong to `waiting`."""
    return [
        key(t.label("🔔 What I wait for"), Verb.WAIT),
        key(t.label("🔕 Stop telling me"), Verb.WAIT_STOP, wait.id),
    ]


def wished(t: Locale, wish: Wish, clinic: Clinic | None) -> str:
    """Return clinic, days and hours of a wish, HTML."""
    where = t("🏥 {clinic}", clinic=written(t, clinic.names)) if clinic is not None else t("🏥 Any clinic")
    return "\n".join([where, html(days(t, wish.days)), t(HOURS[wish.hours])])


def days(t: Locale, chosen: frozenset[int]) -> str:
    """Return the weekdays in words, plain."""
    names = t.formats.short_weekdays
    if not chosen or len(chosen) == len(names):
        return t.label("📅 Any day")
    if chosen == WORKDAYS:
        return t.label("📅 Monday to Friday")
    if chosen == WEEKEND:
        return t.label("📅 Saturday and Sunday")
    return t.label("📅 {days}", days=", ".join(names[day] for day in sorted(chosen)))


def offered(t: Locale, kept: Kept, clinic: Clinic, until: datetime) -> str:
    """Return what is offered, HTML: address, time, and until when (naive, local) it is kept.

    It lights up on a lock screen: so neither what kind of place it is, nor its name.
    """
    return t(
        "🔔 <b>A place is free</b>\n📅 {moment}\n📍 {address}\n\nI keep it for you until {time}.",
        moment=t.moment(kept.local),
        address=written(t, clinic.address),
        time=t.time(until),
    )


def offer_keys(t: Locale, kept: Kept) -> list[list[Key]]:
    """Return what can be answered to an offer."""
    return [
        [key(t.label("✅ Take it"), Verb.WAIT_TAKE, kept.id)],
        [key(t.label("✖️ Not this one"), Verb.WAIT_LET, kept.id)],
        [key(t.label("🔕 Stop telling me"), Verb.WAIT_STOP, kept.use_id or 0)],
    ]
