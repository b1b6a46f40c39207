"""Show what helps against each reason not to come: at once, and never only words."""

from collections.abc import Mapping

from care.absence import REMEDIES, Places, Reason, Remedy
from care.booking import Booking, may_change
from care.directory import Clinic
from handlers import offered
from handlers.answer import topic_key
from handlers.buttons import Verb
from handlers.clinic_card import costs, home_key, map_key
from handlers.reason_words import REASONS
from handlers.screens import Key, Reply, key, pairs, screen
from handlers.turn import Turn
from handlers.visit_after import failed_key
from handlers.written import written
from locales.catalogue import N_, Locale
from storage import bookings, directory

_SAID: Mapping[Reason, str] = {  # WELL: fact sheet, WHO-SCR
    Reason.BOSS: N_("👷 Many work all day. There are places in the evening and at the weekend."),
    Reason.MONEY: N_("💵 Look what costs you nothing there: it is marked ✅."),
    Reason.FEAR: N_("💚 Many are afraid before. Read what really happens, or tell a person what you fear."),
    Reason.PAPERS: N_("📄 Read which papers are needed. A person of our team can also ask a lawyer."),
    Reason.ROAD: N_("🛣 You need not go alone, and perhaps another place is nearer."),
    Reason.FORGOT: N_(
        "💭 That happens to everybody. Choose a new time: I remind you on the evening before and two hours "
        "before."
    ),
    Reason.WELL: N_("💪 Good. Some people with TB feel well, too: an X-ray finds more than questions do."),
    Reason.OTHER: N_("🤝 Tell it to a person of our team. They listen, and look with you for what helps."),
}
_SAID_BY_WORKER: Mapping[Reason, str] = {  # to who sits with somebody without Telegram
    Reason.FEAR: N_("💚 Many are afraid before. Read these answers out, and ask what they fear."),
    Reason.PAPERS: N_("📄 Read out which papers are needed. Ask a lawyer for them where it is difficult."),
    Reason.OTHER: N_("🤝 Ask what is in the way, and look together for what helps."),
}
_LEGAL = "legal-help"


def ask_why(t: Locale, booking: Booking, lead: str, *, verb: Verb) -> Reply:
    """Ask what is in the way: eight reasons, one tap each. `lead` is HTML; `verb` is WHY or CANNOT."""
    keys = [key(t.label(label), verb, booking.id, reason.value) for reason, label in REASONS.items()]
    last = (
        [[failed_key(t, booking)], [new_time(t, booking)], [home_key(t)]]
        if verb is Verb.WHY and booking.cancelled_at is None
        else [[key(t.label("⬅️ Back"), Verb.VISIT, booking.id)], [home_key(t)]]
    )
    return screen(lead, [*pairs(keys), *last])


async def remedy(turn: Turn, booking: Booking, reason: Reason, *, lead: str = "") -> Reply:
    """Show the remedy for a reason; `lead` (HTML) is said first.

    Where the visit still stands, all that is offered is for this visit: it can be kept or moved.
    """
    t, what = turn.t, REMEDIES[reason]
    stands = may_change(booking, now=turn.now) is None
    clinic = await directory.clinic(turn.store, booking.clinic_id, also_retired=True)
    words = {**_SAID, **_SAID_BY_WORKER} if turn.behalf_of is not None else _SAID
    parts = [lead, t(words[reason])]
    rows: list[list[Key]] = []
    if what.person:
        rows.append([_talk(t)])
    if what.costs and clinic is not None:
        parts.append(costs(t, clinic.services))
    if what.way and clinic is not None:
        parts.append(t("<b>How to get there</b>\n{directions}", directions=written(t, clinic.directions)))
    if what.company:
        said, keys = await _company(turn, booking if stands else None)
        parts.append(said)
        rows.append(keys)
    if what.places is not None and not (stands and what.places is Places.SOONEST):
        said_of_places, keys_of_places = await _places(turn, what.places, booking, stands=stands)
        parts += said_of_places
        rows += keys_of_places
    rows += _to_read(t, what, clinic)
    if what.lawyer:
        rows.append([key(t.label("⚖️ Ask for legal help"), Verb.TALK, _LEGAL)])
    text = "\n\n".join(part for part in parts if part)
    talk = [] if what.person else [_talk(t)]
    below = _to_keep(t, booking, reason, talk) if stands else _ways_on(t, booking, talk)
    return screen(text, [*rows, *below])


async def nearby(
    turn: Turn, wanted: Places, booking: Booking, *, stands: bool = False
) -> tuple[list[str], list[list[Key]]]:
    """Return paragraphs (HTML) and buttons of free places instead of a visit; none where there is none.

    A visit that still `stands` is moved there, so that nobody has two.
    """
    offers, clinics = await offered.found(turn, wanted, instead_of=booking)
    return offered.shown(turn, offers, clinics, moving=booking if stands else None)


def new_time(t: Locale, booking: Booking) -> Key:
    """Return the button to the free days of the same clinic."""
    return key(t.label("📅 New time"), Verb.BOOK_CLINIC, booking.clinic_id)


def _talk(t: Locale) -> Key:
    return key(t.label("🤝 Talk to a person"), Verb.TALK)


def keep_keys(t: Locale, booking: Booking) -> list[list[Key]]:
    """Return how a visit that still stands is kept, or moved."""
    return [
        [key(t.label("⬅️ Keep my time"), Verb.VISIT, booking.id)],
        [key(t.label("🔁 Another time"), Verb.MOVE, booking.id)],
    ]


def _to_keep(t: Locale, booking: Booking, reason: Reason, talk: list[Key]) -> list[list[Key]]:
    """Return what stands below the remedy for a visit that still stands."""
    return [
        *keep_keys(t, booking),
        talk,
        [key(t.label("🤷 None of this helps"), Verb.NO_HELP, booking.id, reason.value)],
        [key(t.label("❌ Give it back"), Verb.CANNOT, booking.id, reason.value, "g")],
        [key(t.label("⬅️ Other reasons"), Verb.CANNOT, booking.id), home_key(t)],
    ]


def _ways_on(t: Locale, booking: Booking, talk: list[Key]) -> list[list[Key]]:
    """Return what stands below the remedy after a visit that was not kept."""
    return [
        [new_time(t, booking)],
        talk,
        [key(t.label("🤷 None of this helps"), Verb.NO_HELP, booking.id)],
        [key(t.label("⬅️ Other reasons"), Verb.WHY, booking.id), home_key(t)],
    ]


async def _company(turn: Turn, visit: Booking | None) -> tuple[str, list[Key]]:
    """Offer that somebody comes along: to this `visit`, else to the next one, or to the one chosen now."""
    t = turn.t
    ahead = await bookings.upcoming(turn.store, turn.known().id, now=turn.now)
    to = visit or next(iter(ahead), None)
    if to is not None:
        said = t("🚶 Somebody of our team can come along on {moment}.", moment=t.moment(to.local))
        return said, [key(t.label("🚶 Come with me"), Verb.COMPANY, to.id)]
    return t("🚶 Choose a time and press “Come with me”: somebody of our team meets you and comes along."), []


async def _places(
    turn: Turn, wanted: Places, booking: Booking, *, stands: bool
) -> tuple[list[str], list[list[Key]]]:
    said, keys = await nearby(turn, wanted, booking, stands=stands)
    if keys:
        return said, keys
    t = turn.t
    if wanted is Places.OFF_HOURS:
        return [t("🙏 No such place is free now. Choose another time, or ask a person.")], []
    return [t("🙏 No place is free now. A person of our team can help.")], []


def _to_read(t: Locale, what: Remedy, clinic: Clinic | None) -> list[list[Key]]:
    """Return the answers that are written, and the place on the map."""
    there = [map_key(t, clinic)] if what.way and clinic is not None else []
    return [there, *([topic_key(t, topic)] for topic in what.topics if t.answer(topic) is not None)]
