"""Word what the bot asks and tells by itself after somebody left: a lock screen tells nothing of health."""

from collections.abc import Awaitable, Callable, Mapping

from care.booking import to_local
from care.message_kinds import Kind
from care.transfer import Arrived, Transfer, WentOn
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.notice import Notice, message
from handlers.screens import Reply, key
from locales.catalogue import N_
from storage import due, transfers

ZONE = "Asia/Almaty"  # where nobody knows a person's city


async def ask_arrived(notice: Notice) -> Reply | None:
    """Ask whether the person has arrived, unless they said so, or are staying."""
    known, t = await _journey(notice), notice.t
    if known is None or known.arrived is not None:
        return None
    text = t("👋 You wanted to travel. Have you arrived?")
    yes = key(t.label("✅ Yes, I have arrived"), Verb.ARRIVED, known.id, Arrived.YES.value)
    later = key(t.label("⏳ Not yet"), Verb.ARRIVED, known.id, Arrived.NOT_YET.value)
    stays = key(t.label("🏠 I am staying"), Verb.ARRIVED, known.id, Arrived.STAYING.value)
    return message(text, [[yes], [later, stays], [home_key(t)]])


async def ask_went_on(notice: Notice) -> Reply | None:
    """Ask whether the person could go on, unless they said so."""
    known, t = await _journey(notice), notice.t
    if known is None or known.went_on is not None:
        return None
    text = t("👋 How is it going in the new place? Could you go on there as planned?")
    yes = key(t.label("✅ Yes"), Verb.WENT_ON, known.id, WentOn.YES.value)
    needs = key(t.label("🤝 No, I need help"), Verb.WENT_ON, known.id, WentOn.NEEDS_HELP.value)
    over = key(t.label("🏁 I have finished"), Verb.WENT_ON, known.id, WentOn.FINISHED.value)
    return message(text, [[yes], [needs], [over], [home_key(t)]])


async def card_opened(notice: Notice) -> Reply | None:
    """Tell that the card was opened, and let the person say that they know nobody who did."""
    known, t = await _journey(notice), notice.t
    if known is None or known.opened_at is None:
        return None
    zone = notice.row["zone"] or await due.zone_of(notice.store, notice.person.id) or ZONE
    moment = t.moment(to_local(known.opened_at, zone))
    not_me = key(t.label("⚠️ I do not know who it was"), Verb.NOT_ME, known.id)
    return message(t("🪪 Your card was opened: {moment}.", moment=moment), [[not_me], [home_key(t)]])


WORDINGS: Mapping[Kind, Callable[[Notice], Awaitable[Reply | None]]] = {
    Kind.ARRIVED: ask_arrived,
    Kind.WENT_ON: ask_went_on,
    Kind.TRANSFER_OPENED: card_opened,
}
NAMES: Mapping[Kind, str] = {  # what may not have arrived, for staff
    Kind.ARRIVED: N_("the question after their journey"),
    Kind.WENT_ON: N_("the question after their journey"),
    Kind.TRANSFER_OPENED: N_("that their card was opened"),
}


async def _journey(notice: Notice) -> Transfer | None:
    """Return the journey that the message is about, while it goes on."""
    transfer_id = notice.about("transfer")
    if transfer_id is None:
        return None
    known = await transfers.own(notice.store, transfer_id, notice.person.id)
    return known if known is not None and known.ended_at is None else None
