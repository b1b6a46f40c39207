"""Show what helps against each reason not to come: at once, and never only words."""

from collections.abc import Mapping

from care.absence import REMEDIES, Places, Reason, Remedy
from care.booking import Booking
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
    """Show the remedy for a reason; `lead` (HTML) is said first."""
    t, what = turn.t, REMEDIES[reason]
    clinic = await directory.clinic(turn.store, booking.clinic_id, also_retired=True)
    parts = [lead, t(_SAID[reason])]
    rows: list[list[Key]] = []
    if what.person:
        rows.append([_talk(t)])
    if what.costs and clinic is not None:
        parts.append(costs(t, clinic.services))
    if what.way and clinic is not None:
        parts.append(t("<b>How to get there</b>\n{directions}", directions=written(t, clinic.directions)))
    if what.company:
        said, keys = await _company(turn)
        parts.append(said)
        rows.append(keys)
    if what.places is not None:
        said_of_places, keys_of_places = await _places(turn, what.places, booking)
        parts += said_of_places
        rows += keys_of_places
    rows += _to_read(t, what, clinic)
    if what.lawyer:
        rows.append([key(t.label("⚖️ Ask for legal help"), Verb.TALK, _LEGAL)])
    text = "\n\n".join(part for part in parts if part)
    return screen(text, [*rows, *_ways_on(t, booking, person=not what.person)])


async def nearby(turn: Turn, wanted: Places, booking: Booking) -> tuple[list[str], list[list[Key]]]:
    """Return paragraphs (HTML) and buttons of free places instead of a visit; none where there is none."""
    offers, clinics = await offered.found(turn, wanted, instead_of=booking)
    return offered.shown(turn, offers, clinics)


def new_time(t: Locale, booking: Booking) -> Key:
    """Return the button to the free days of the same clinic."""
    return key(t.label("📅 New time"), Verb.BOOK_CLINIC, booking.clinic_id)


def _talk(t: Locale) -> Key:
    return key(t.label("🤝 Talk to a person"), Verb.TALK)


def _ways_on(t: Locale, booking: Booking, *, person: bool) -> list[list[Key]]:
    """Return what stands below every remedy."""
    return [
        [new_time(t, booking)],
        [_talk(t)] if person else [],
        [key(t.label("🤷 None of this helps"), Verb.NO_HELP, booking.id)],
        [key(t.label("⬅️ Other reasons"), Verb.WHY, booking.id), home_key(t)],
    ]


async def _company(turn: Turn) -> tuple[str, list[Key]]:
    """Offer that somebody comes along: to the next visit, or to the one that is chosen now."""
    t = turn.t
    ahead = await bookings.upcoming(turn.store, turn.known().id, now=turn.now)
    if ahead:
        said = t("🚶 Somebody of our team can come along on {moment}.", moment=t.moment(ahead[0].local))
        return said, [key(t.label("🚶 Come with me"), Verb.COMPANY, ahead[0].id)]
    return t("🚶 Choose a time and press “Come with me”: somebody of our team meets you and comes along."), []


async def _places(turn: Turn, wanted: Places, booking: Booking) -> tuple[list[str], list[list[Key]]]:
    said, keys = await nearby(turn, wanted, booking)
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
