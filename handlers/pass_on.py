"""Offer somebody who came to a visit a link to pass on: the best word is that of who was there."""

from care.roles import Role
from handlers.clinic_card import home_key
from handlers.notice import Notice, message
from handlers.screens import Reply
from handlers.share import share_key
from storage import bookings, links


async def pass_on(notice: Notice) -> Reply | None:
    """Word the offer, unless it is no longer true that they came, or they have a link already."""
    booking_id, t = notice.row["booking_id"], notice.t
    booking = await bookings.own(notice.store, booking_id, notice.person.id) if booking_id else None
    came = booking is not None and booking.came_at is not None
    if not came or notice.person.holds(Role.WORKER):
        return None
    if await links.of_friend(notice.store, notice.person.id, now=notice.now) is not None:
        return None
    text = t("👋 Thank you for coming. Is there somebody near you who needs help, too? You can pass me on.")
    return message(text, [[share_key(t)], [home_key(t)]])
