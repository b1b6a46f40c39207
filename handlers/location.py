"""Ask for a location with the one button that can share it, and know later what it was asked for."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from handlers.screens import Reply, Step, Way
from handlers.turn import Turn
from locales.catalogue import Locale
from storage import drafts

ASKED_FOR = timedelta(minutes=30)  # what comes later is no answer to this question


async def ask(turn: Turn, text: str, draft: str, content: Mapping[str, Any]) -> Reply:
    """Ask for the location, for what `draft` (storage.drafts) says."""
    await drafts.put(turn.store, turn.known().id, draft, content, now=turn.now)
    return Reply((asking(turn.t, text),))


def asking(t: Locale, text: str) -> Step:
    """Return the question with the button that shares the location, and the one that leads back."""
    share = t.label("📍 Send my location")
    return Step(way=Way.SEND, text=text, ask_location=share, ask_nothing=no(t))


def no(t: Locale) -> str:
    """Return the label of the button that leads back; it comes back as a text."""
    return t.label("✖️ No")


async def asked(turn: Turn, draft: str) -> Mapping[str, Any] | None:
    """Return what a location or a text was asked for a moment ago, or None when it was not."""
    found = await drafts.get(turn.store, turn.person.id, draft) if turn.person else None
    return found.content if found is not None and turn.now - found.changed_at < ASKED_FOR else None


def thanks(text: str) -> Step:
    """Return the words with which the button that shares the location goes away."""
    return Step(way=Way.SEND, text=text, close_keyboard=True)
