"""Offer what there is to say about a visit that is over: went or not, why not, what the clinic did wrong."""

from datetime import datetime

from care.absence import past_of, was_missed
from care.booking import Booking
from care.failures import may_report
from handlers.buttons import Verb
from handlers.screens import Key, key
from locales.catalogue import Locale


def after_keys(t: Locale, booking: Booking, *, now: datetime) -> list[list[Key]]:
    """Return the buttons of a visit whose time has come; none of one that was cancelled."""
    if booking.cancelled_at is not None or booking.starts_at > now:
        return []
    missed = was_missed(past_of(booking))
    rows: list[list[Key]] = []
    if missed is None and booking.failure is None:
        rows.append([went_key(t, booking), not_key(t, booking)])
    elif missed:
        rows.append([why_key(t, booking)])
    return [*rows, [failed_key(t, booking)]] if may_report(booking, now=now) else rows


def went_key(t: Locale, booking: Booking) -> Key:
    """Return the button that says that the person went."""
    return key(t.label("✅ Yes, I went"), Verb.WENT, booking.id, "y")


def not_key(t: Locale, booking: Booking) -> Key:
    """Return the button that says that the person did not go."""
    return key(t.label("➖ No"), Verb.WENT, booking.id, "n")


def why_key(t: Locale, booking: Booking) -> Key:
    """Return the button that leads to what was in the way."""
    return key(t.label("🧩 What was in the way?"), Verb.WHY, booking.id)


def failed_key(t: Locale, booking: Booking) -> Key:
    """Return the button that leads to what the clinic did wrong: neutral, since reminders have it, too."""
    return key(t.label("🚪 Something was wrong there"), Verb.FAILED, booking.id)
