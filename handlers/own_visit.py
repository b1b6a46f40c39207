"""Show a person one of their own visits with all that belongs to it: the clinic, and who comes along.

`handlers/visit_card.py` writes the card; every screen that ends in one asks here, so that none leaves out the
children.
"""

from care.booking import Booking
from care.outcomes import Kind
from handlers import displaced_words, visit_card
from handlers.children import along
from handlers.screens import Reply
from handlers.turn import Turn
from storage import bookings, directory, displaced


async def shown(
    turn: Turn, booking: Booking, *, lead: str = "", left: str = "", asks_child: bool = False
) -> Reply:
    """Show a visit as it stands; `lead` (HTML) is said first, `left` (HTML) after who comes along."""
    clinic = await directory.clinic(turn.store, booking.clinic_id, also_retired=True)
    beside = "\n\n".join(part for part in (await along(turn, booking), left) if part)
    return visit_card.visit(
        turn.t, booking, clinic, now=turn.now, lead=lead, along=beside, asks_child=asks_child
    )


async def present(turn: Turn, booking: Booking) -> Reply:
    """Show what became of a visit: where it was moved to, what the clinic took back, else itself."""
    last = await bookings.newest(turn.store, booking.id, turn.known().id) or booking
    if lost := await displaced.own(turn.store, last.id, turn.known().id, now=turn.now):
        return await displaced_words.shown(turn, lost)
    if last.id == booking.id or last.cancelled_at is not None:
        return await shown(turn, booking)
    return await shown(turn, last, lead=turn.t("🔁 The visit was moved. This is your time now:"))


async def stale(turn: Turn, booking: Booking) -> Reply:
    """Answer a button that a visit has no use for any more with what became of it."""
    await turn.record(Kind.REFUSED, detail="stale", clinic_id=booking.clinic_id)
    return await present(turn, booking)
