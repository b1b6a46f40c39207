"""List somebody's visits: those ahead, and the last ones; and what they keep or wait for."""

from collections.abc import Sequence

from care.booking import Booking
from care.outcomes import Kind
from handlers import visit_card
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.screens import Key, Reply, key, screen
from handlers.turn import Turn
from handlers.wait_words import waiting, waiting_keys
from locales.catalogue import Locale
from locales.markup import html
from storage import bookings, brigades, displaced, waits


async def listed(turn: Turn, *, toast: str = "") -> Reply:
    """Show the visits ahead and the last ones; each opens."""
    t, person = turn.t, turn.known()
    ahead = await bookings.upcoming(turn.store, person.id, now=turn.now)
    before = await bookings.past(turn.store, person.id, now=turn.now)
    parts = [t("🗓 <b>My visits</b>")]
    if not ahead:
        parts.append(t("You have no visit ahead. You can book one now."))
    if before:
        parts.append(t("Last visits:"))
        parts += [
            f"• {html(t.moment(one.local))}\n{visit_card.standing(t, one, now=turn.now)}" for one in before
        ]
    book_key = key(t.label("📅 Book an examination"), Verb.BOOK)
    leaving = key(t.label("✈️ I am leaving"), Verb.LEAVING)
    lost = await displaced.open_of(turn.store, person.id, now=turn.now)
    if lost:
        parts.append(t("🚫 The clinic cannot see you as booked. Please choose:"))
    rows = [[key(f"🚫 {t.moment(one.booking.local)}", Verb.DISPLACED, one.booking.id)] for one in lost]
    rows += [*_keys(t, "📅", ahead), *_keys(t, "📋", before)]
    wait = await waits.of(turn.store, person.id)
    if wait is not None:
        parts.append(await waiting(turn, wait))
        rows.append(waiting_keys(t, wait))
    if turn.behalf_of is None and await brigades.open_of(turn.store, person.id, now=turn.now):
        rows.append([key(t.label("👷 The places you keep"), Verb.BRIGADE)])
    return screen("\n\n".join(parts), [*rows, [book_key], [leaving], [home_key(t)]], toast=toast)


async def gone(turn: Turn) -> Reply:
    """Lead to the present visits: the same answer for 'not yours' and 'not there'."""
    await turn.record(Kind.REFUSED, detail="stale")
    return await listed(turn, toast=turn.t.label("This button is old."))


def _keys(t: Locale, picture: str, visits: Sequence[Booking]) -> list[list[Key]]:
    return [
        [key(f"{picture} {t.day(one.local.date())}, {t.time(one.local)}", Verb.VISIT, one.id)]
        for one in visits
    ]
