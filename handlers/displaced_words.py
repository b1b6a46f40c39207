"""Say that a clinic cannot see somebody, and what is kept for them: in the message and on the screen."""

from sqlalchemy.ext.asyncio import AsyncConnection

from care.booking import to_local
from handlers.buttons import Verb
from handlers.clinic_card import address, home_key, map_key
from handlers.screens import Key, Reply, key, screen
from handlers.turn import Turn
from locales.catalogue import Html, Locale
from storage import children, directory, waits
from storage.displaced import Lost


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
