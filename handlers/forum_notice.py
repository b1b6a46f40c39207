"""Tell who chose a staff group that the bot can open no topics there."""

from handlers.buttons import Verb
from handlers.notice import Notice, message, staff_rows
from handlers.roles import OVERSEERS
from handlers.screens import Reply, key


async def no_topic(notice: Notice) -> Reply | None:
    """Say what is missing, and where people are answered meanwhile; None for who decides no more."""
    t = notice.t
    if notice.person.holds(*OVERSEERS) is None:
        return None
    text = t(
        "⚠️ I cannot open topics in the group of your team, so people are answered in private chats. Please "
        "make me an administrator there who may manage topics."
    )
    how = [key(t.label("💬 How it works"), Verb.FORUM)]
    return message(text, [how, *staff_rows(notice)])
