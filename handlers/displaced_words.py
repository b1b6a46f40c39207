"""Say that a clinic cannot see somebody, and what is kept for them: in the message and on the screen.

The message lights up on a lock screen: it names a time, an address, and nothing else.
"""

from sqlalchemy.ext.asyncio import AsyncConnection

from care.booking import may_change, to_local
from care.message_kinds import Kind
from care.person import Person, pseudonym
from handlers.buttons import Verb
from handlers.clinic_card import address, home_key, map_key
from handlers.notice import Notice, message
from handlers.screens import Key, Reply, key, screen
from handlers.turn import Turn
from locales.catalogue import Html, Locale
from storage import children, directory, displaced, waits
from storage.displaced import Lost

CALLED = frozenset({Kind.CLOSED, Kind.REOPENED})


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


async def shown(turn: Turn, lost: Lost, *, lead: str = "", toast: str = "") -> Reply:
    """Show a visit that the clinic cancelled, with what can be done; `lead` (HTML) is said first."""
    text, rows = await told(turn.store, turn.t, lost)
    return screen(Html("\n\n".join(part for part in (lead, text) if part)), rows, toast=toast)


async def told(store: AsyncConnection, t: Locale, lost: Lost) -> tuple[str, list[list[Key]]]:
    """Return what somebody is told who lost a visit, HTML, and the buttons below."""
    head = t("🙏 The clinic cannot see you on <b>{moment}</b>.", moment=t.moment(lost.booking.local))
    other = key(t.label("🔁 Another time"), Verb.DISPLACED_OTHER, lost.booking.id)
    none = key(t.label("❌ I do not want one"), Verb.DISPLACED_NO, lost.booking.id)
    if lost.kept is None:
        wait = await waits.of(store, lost.booking.person_id)
        first = wait is not None and wait.lost_booking == lost.booking.id
        rest = (
            t("No other place is free now. You are first in the line: I write when one is free.")
            if first
            else t("Please choose another time.")
        )
        return Html(f"{head}\n{rest}"), [[other], [none], [home_key(t)]]
    along = await children.lost_with(store, lost.booking.id)
    kept = lost.kept
    clinic = await directory.clinic(store, kept.clinic_id, also_retired=True)
    lines = [head, t("✅ I keep another time for you: <b>{moment}</b>.", moment=t.moment(kept.local))]
    if clinic is not None:
        lines.append(f"📍 {address(t, clinic)}")
    if along:
        lines.append(t.many("👶 {n} child comes along.", "👶 {n} children come along.", along))
    if kept.held_until is not None:
        until = t.moment(to_local(kept.held_until, kept.zone))
        lines.append(t("Please answer until {moment}. Then others may have it.", moment=until))
    take = key(t.label("✅ Take it"), Verb.DISPLACED_TAKE, lost.booking.id, kept.id)
    there = [map_key(t, clinic)] if clinic else []
    return Html("\n".join(lines)), [[take], [other], [none], [*there, home_key(t)]]


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
