"""Word what the bot sends by itself about a visit: before it, in one of two wordings, and after it.

Such a message lights up on a lock screen: an address, a time, numbers, and the person's own plan.
"""

from care.absence import asked_after, past_of
from care.booking import Booking, may_change, to_local
from care.ticket import ticket
from care.wording import Variant, variant
from handlers.buttons import Verb
from handlers.children import reminded
from handlers.clinic_card import address, home_key, map_key
from handlers.company_words import along
from handlers.missed import person_writes
from handlers.notice import Notice, message
from handlers.plan_words import line
from handlers.remedies import new_time
from handlers.screens import Reply, key
from handlers.visit_after import failed_key, not_key, went_key, why_key
from handlers.visit_card import day_keys
from storage import absences, bookings, children, directory


async def ahead(notice: Notice) -> Reply | None:
    """Remind of a visit: when and where, by its address, with the person's own plan."""
    booking, t = await _booking(notice), notice.t
    if booking is None or may_change(booking, now=notice.now) is not None:
        return None
    clinic = await directory.clinic(notice.store, booking.clinic_id, also_retired=True)
    where = [f"📍 {address(t, clinic)}"] if clinic else []
    number = t("🎫 Ticket: <b>{number}</b>", number=ticket(booking.id))
    there = [map_key(t, clinic)] if clinic else []
    beside = reminded(t, await children.of(notice.store, booking.id, booking.person_id))
    together = await along(notice.store, t, booking)
    return message(
        "\n".join(
            part
            for part in [_when(notice, booking), *where, number, beside, line(t, booking), together]
            if part
        ),
        [
            day_keys(t, booking, now=notice.now),
            [key(t.label("✅ All about my visit"), Verb.VISIT, booking.id)],
            there,
            [key(t.label("🔁 Another time"), Verb.MOVE, booking.id)],
            [key(t.label("🙋 I cannot come"), Verb.CANNOT, booking.id)],
        ],
    )


async def after(notice: Notice) -> Reply | None:
    """Ask whether the person went, or what was in the way where the desk says that they did not come.

    After two visits in a row that were not kept nothing is asked: they hear that a person writes to them.
    """
    booking, t = await _booking(notice), notice.t
    if booking is None or booking.cancelled_at or booking.starts_at > notice.now:
        return None
    if not asked_after(past_of(booking)):
        return None
    new = [[new_time(t, booking)], [key(t.label("🤝 Talk to a person"), Verb.TALK)], [home_key(t)]]
    if await absences.person_writes(notice.store, notice.person.id, now=notice.now):
        return message(person_writes(t), new) if booking.missed_at is not None else None
    today = to_local(notice.now, booking.zone).date()
    when = {"day": t.relative_day(booking.local.date(), today=today), "time": t.time(booking.local)}
    wrong = [failed_key(t, booking)]
    if booking.missed_at is not None:
        text = t("👋 Your visit was {day}, {time}, and we did not see you. Nobody is angry with you.", **when)
        return message(text, [[why_key(t, booking)], [went_key(t, booking)], wrong, *new])
    text = t("👋 Your visit was {day}, {time}. Did you go?", **when)
    return message(text, [[went_key(t, booking)], [not_key(t, booking)], wrong, [home_key(t)]])


def _when(notice: Notice, booking: Booking) -> str:
    """Return the first lines, HTML, in the wording that this person gets."""
    t = notice.t
    today = to_local(notice.now, booking.zone).date()
    when = {"day": t.relative_day(booking.local.date(), today=today), "time": t.time(booking.local)}
    if variant(notice.person.id) is Variant.A:
        return t("⏰ <b>Your visit: {day}, {time}</b>", **when)
    return t("👋 We expect you: <b>{day}, {time}</b>\nYour place is kept for you.", **when)


async def _booking(notice: Notice) -> Booking | None:
    """Return the visit that the message is about, when it is this person's."""
    booking_id = notice.row["booking_id"]
    return await bookings.own(notice.store, booking_id, notice.person.id) if booking_id is not None else None
