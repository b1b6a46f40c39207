"""Tell who keeps places for others how long they are kept; nothing of who said yes, and no number."""

from collections.abc import Awaitable, Callable, Mapping

from care.booking import to_local
from care.brigade import Brigade
from care.message_kinds import Kind
from handlers.brigade_screens import again_key
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.notice import Notice, message
from handlers.screens import Reply, key
from storage import brigades, directory


async def soon(notice: Notice) -> Reply | None:
    """Ask twelve hours before to remind the others; None when the brigade is over."""
    found, t = await _own(notice), notice.t
    if found is None or not found.is_open(now=notice.now):
        return None
    clinic = await directory.clinic(notice.store, found.clinic_id, also_retired=True)
    if clinic is None:
        return None
    text = t(
        "⏳ The places for your people are kept until {moment}. Please remind everybody to open their link.",
        moment=t.moment(to_local(found.confirm_until, clinic.timezone)),
    )
    show = key(t.label("👷 The places you keep"), Verb.BRIGADE_CARD, found.id)
    return message(text, [[show], [home_key(t)]])


async def over(notice: Notice) -> Reply | None:
    """Say that the time is over: the same whoever said yes."""
    if await _own(notice) is None:
        return None
    t = notice.t
    text = t(
        "⏳ The time to answer is over. Places that nobody took are free for others again. "
        "Who said yes keeps the visit."
    )
    return message(text, [[again_key(t)], [home_key(t)]])


async def lost(notice: Notice) -> Reply | None:
    """Say that places were taken back: those of nobody yet; who said yes is told by themselves."""
    found, t = await _own(notice), notice.t
    if found is None:
        return None
    text = t(
        "🙏 Not all can be seen at the time that you chose. Who said yes is told, and gets another time. "
        "Links that nobody has opened yet may not work any more. You can keep other places."
    )
    return message(text, [[key(t.label("👷 Keep places again"), Verb.BRIGADE, "new")], [home_key(t)]])


WORDINGS: Mapping[Kind, Callable[[Notice], Awaitable[Reply | None]]] = {
    Kind.BRIGADE_SOON: soon,
    Kind.BRIGADE_OVER: over,
    Kind.BRIGADE_LOST: lost,
}


async def _own(notice: Notice) -> Brigade | None:
    brigade_id = notice.about("brigade")
    return await brigades.own(notice.store, brigade_id, notice.person.id) if brigade_id is not None else None
