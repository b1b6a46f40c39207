"""Tell who waited for a clinic that is there no more that they wait for any clinic now."""

from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.notice import Notice, message
from handlers.screens import Reply, key
from storage import waits


async def wider(notice: Notice) -> Reply | None:
    """Say so; None when they wait no more, or have chosen a clinic since."""
    t, wait = notice.t, await waits.of(notice.store, notice.person.id)
    if wait is None or wait.id != notice.about("wait") or wait.wish.clinic_id is not None:
        return None
    text = t(
        "🔔 The clinic that you waited for sees nobody any more. "
        "I tell you now when a place is free at any clinic. You keep your turn."
    )
    return message(text, [[key(t.label("🔔 What I wait for"), Verb.WAIT)], [home_key(t)]])
