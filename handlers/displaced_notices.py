"""Word what the bot sends by itself when a clinic cannot see somebody or their child, or sees them after all.

Such a message lights up on a lock screen: it names a time, an address, and nothing else.
"""

from care.booking import may_change, to_local
from care.message_kinds import Kind
from care.person import Person, pseudonym
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.displaced_words import told
from handlers.notice import Notice, message
from handlers.screens import Reply, key
from locales.catalogue import Html
from storage import displaced

CALLED = frozenset({Kind.CLOSED, Kind.REOPENED})  # told by a call to who has no Telegram


async def closed(notice: Notice) -> Reply | None:
    """Tell somebody that the clinic cannot see them; None when they have settled it, or it sees them."""
    booking_id = notice.row["booking_id"]
    if booking_id is None:
        return None
    if notice.about("child"):
        return await _child(notice, booking_id)
    lost = await displaced.own(notice.store, booking_id, notice.person.id, now=notice.now)
    if lost is None:
        return None
    text, rows = await told(notice.store, notice.t, lost)
    return message(text, rows)


async def reopened(notice: Notice) -> Reply | None:
    """Tell somebody that their time stays; None when it does not, or is over."""
    booking_id, t = notice.row["booking_id"], notice.t
    child = notice.about("child") is not None
    local = await displaced.stands(notice.store, booking_id, notice.person.id, child=child, now=notice.now)
    if local is None:
        return None
    text = t("✅ The clinic sees you after all: your time stays <b>{moment}</b>.", moment=t.moment(local))
    card = [] if child else [key(t.label("✅ All about my visit"), Verb.VISIT, booking_id)]
    return message(text, [card, [home_key(t)]])


async def call_on(notice: Notice, person: Person) -> str | None:
    """Ask who looks after somebody without Telegram to tell them, HTML; None when it is settled."""
    booking_id, t, who = notice.row["booking_id"], notice.t, pseudonym(person.id)
    child = notice.about("child") is not None
    if notice.row["params"].get("what") == Kind.REOPENED:
        local = await displaced.stands(notice.store, booking_id, person.id, child=child, now=notice.now)
        moment = t.moment(local) if local else ""
        text = t("📞 Please call {who}: the clinic sees them after all, {moment}.", who=who, moment=moment)
        return text if local else None
    if child:
        gone = await displaced.child_lost(notice.store, booking_id, person.id)
        moment = t.moment(gone.local) if gone else ""
        head = t(
            "📞 Please call {who}: the clinic cannot see their child on {moment}.", who=who, moment=moment
        )
        return Html("\n".join([head, t("Please find another time with them.")])) if gone else None
    lost = await displaced.own(notice.store, booking_id, person.id, now=notice.now)
    if lost is None:
        return None
    moment = t.moment(lost.booking.local)
    head = t("📞 Please call {who}: the clinic cannot see them on {moment}.", who=who, moment=moment)
    if lost.kept is None or lost.kept.held_until is None:
        return Html("\n".join([head, t("Please find another time with them.")]))
    until = t.moment(to_local(lost.kept.held_until, lost.kept.zone))
    new = t.moment(lost.kept.local)
    keeps = t("I keep {moment} for them until {until}.", moment=new, until=until)
    return Html("\n".join([head, keeps]))


async def _child(notice: Notice, booking_id: int) -> Reply | None:
    """Tell an adult that the clinic cannot see the child that they booked for, and lead to their visit."""
    t = notice.t
    gone = await displaced.child_lost(notice.store, booking_id, notice.person.id)
    if gone is None:
        return None
    head = t("🙏 The clinic cannot see your child on <b>{moment}</b>.", moment=t.moment(gone.local))
    talk = key(t.label("🤝 Talk to a person"), Verb.TALK)
    if may_change(gone.visit, now=notice.now) is not None:
        then = t("Please book a new time, and then press 👶 Bring a child there.")
        return message("\n".join([head, then]), [[key(t.label("📅 New time"), Verb.BOOK)], [talk]])
    stays = t(
        "Your own visit stays: <b>{moment}</b>. Take another time for both of you, or look whether the child "
        "has a place at your time.",
        moment=t.moment(gone.visit.local),
    )
    return message(
        "\n".join([head, stays]),
        [
            [key(t.label("🔁 Another time"), Verb.MOVE, gone.visit.id)],
            [key(t.label("👶 Bring a child"), Verb.CHILDREN, gone.visit.id)],
            [talk],
        ],
    )
