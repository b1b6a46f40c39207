"""Lay out topics on shelves for those who say which one answers a question."""

from collections.abc import Sequence

from care.topics import Group, browsing
from handlers.ask import GROUPS
from handlers.topic_names import SCREENS
from locales.catalogue import N_, Locale

SCREENS_SHELF = "screens"
_SCREENS = N_("⚙️ Screens of the bot")
SHELVES = (*(group.value for group in GROUPS), SCREENS_SHELF)


def shelf_name(t: Locale, shelf: str) -> str:
    """Return what stands on the button of a shelf, plain text."""
    return t.label(_SCREENS if shelf == SCREENS_SHELF else GROUPS[Group(shelf)])


def topics_on(t: Locale, shelf: str) -> Sequence[str]:
    """Return the ids of the topics of a shelf that can be shown, in their order."""
    if shelf == SCREENS_SHELF:
        return tuple(SCREENS)
    return tuple(topic.id for topic in browsing(Group(shelf), written=frozenset(t.answers)))
