"""Make the topic of a talk that began by itself, as the reply to the button makes it for whoever asks."""

from handlers.answering import Answering
from handlers.notice import Notice
from handlers.relay_screens import introduced
from handlers.screens import Reply
from storage import relays


async def in_a_group(notice: Notice) -> bool:
    """Return whether the talk that a notice is about is answered in a group still."""
    relay = await relays.by_id(notice.store, notice.about("topic") or 0)
    return relay is not None and relay.forum_chat is not None


async def new_topic(answering: Answering, notice: Notice) -> Reply | None:
    """Return what makes the topic and says there who asks; None where it was made, or the talk is over."""
    relay = await relays.by_id(notice.store, notice.about("topic") or 0)
    if relay is None or relay.closed_at is not None:
        return None
    place = await answering.of_staff(notice.store, relay, now=notice.now)
    if place is None or place.topic is None:
        return None
    return Reply(await introduced(notice.store, answering, place, relay))
