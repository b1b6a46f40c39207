"""Show free places that fit: each one tap from its confirmation."""

from collections.abc import Mapping, Sequence

from care.absence import Places, places
from care.booking import Booking, Offer, Taken, free_slots, start_word, to_local, window
from care.directory import Area, Clinic, nearest_clinics
from handlers import times
from handlers.buttons import Verb
from handlers.clinic_card import address, bold
from handlers.screens import Key, key
from handlers.turn import Turn
from locales.markup import html
from storage import bookings, directory, referrals

NUMBERS = ("1️⃣", "2️⃣", "3️⃣")


async def found(
    turn: Turn, wanted: Places, *, instead_of: Booking | None = None
) -> tuple[Sequence[Offer], Mapping[int, Clinic]]:
    """Return up to three free places, with the clinics by id; never the one that was just given back."""
    clinics = await directory.clinics_of(turn.store)
    not_this = (instead_of.clinic_id, instead_of.local) if instead_of is not None else None
    free = [
        (
            [
                slot
                for slot in free_slots(clinic, taken, now=turn.now)
                if (slot.clinic_id, slot.local) != not_this
            ],
            metres,
        )
        for clinic, taken, metres in await measured(turn, clinics)
    ]
    if wanted is Places.NEAREST and instead_of is not None:  # the way there is what is in the way
        elsewhere = [
            (slots, metres) for slots, metres in free if slots and slots[0].clinic_id != instead_of.clinic_id
        ]
        free = elsewhere or free
    return places(free, wanted, now=turn.now, most=len(NUMBERS)), {clinic.id: clinic for clinic in clinics}


async def measured(turn: Turn, clinics: Sequence[Clinic]) -> list[tuple[Clinic, Taken, float]]:
    """Return the clinics with what is taken there and how far they are (m; 0 where nobody knows)."""
    if not clinics:
        return []
    place = await area(turn)
    position = place.position if place else None
    near = nearest_clinics(clinics, position) if position else [(clinic, 0.0) for clinic in clinics]
    first, last = window(turn.now, clinics[0].timezone)
    taken = await bookings.taken_in(turn.store, [clinic.id for clinic in clinics], first, last)
    return [(clinic, taken.get(clinic.id, {}), metres) for clinic, metres in near]


async def area(turn: Turn) -> Area | None:
    """Return the area where the person is, or None when it is not known."""
    referral = await referrals.of(turn.store, turn.known().id)
    area_id = turn.known().area_id or (referral["area_id"] if referral else None)
    return await directory.area(turn.store, area_id) if area_id is not None else None


def shown(
    turn: Turn, offers: Sequence[Offer], clinics: Mapping[int, Clinic], *, moving: Booking | None = None
) -> tuple[list[str], list[list[Key]]]:
    """Return the paragraphs (HTML) and the buttons of places; a visit that is `moving` goes to the place."""
    t = turn.t
    parts: list[str] = []
    rows: list[list[Key]] = []
    for number, offer in zip(NUMBERS, offers, strict=False):
        slot, clinic = offer.slot, clinics[offer.slot.clinic_id]
        today = to_local(turn.now, slot.zone).date()
        when = f"{t.relative_day(slot.day, today=today)}, {t.time(slot.local)}{times.marks(slot)}"
        away = f" · {t.distance(offer.distance_m)}" if offer.distance_m else ""
        parts.append(f"{number} <b>{html(when)}</b>\n{bold(t, clinic)}{away}\n{address(t, clinic)}")
        there = (clinic.id, start_word(slot.local))
        wish = (Verb.BOOK_TIME, *there) if moving is None else (Verb.MOVE_TIME, moving.id, *there)
        rows.append([key(f"{number} {when}", *wish)])
    legend = times.legend(t, [offer.slot for offer in offers])
    return [*parts, *([legend] if legend else [])], rows
