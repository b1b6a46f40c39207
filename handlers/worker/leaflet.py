"""Word posters and cards: what it is, and only what is surely true where it hangs.

No illness is named, so that nobody is seen reading about one; free, secret and in company are said only where
the programme confirmed it.
"""

import json
from collections.abc import Collection, Sequence
from typing import Any

from care.invites import deep_link
from care.links import Link, spoken
from locales.catalogue import N_, Locale, Words
from locales.checking import SOURCE

_FACTS = (  # which promise of care.topics.PROMISES it needs; the most convincing ones first
    (None, N_("No name, no documents")),
    ("free-bot", N_("It costs you nothing")),
    ("no-reporting", N_("Nobody is told about you: not the police, not your employer")),
    ("accompaniment", N_("If you wish, somebody goes to the doctor with you")),
)


def content(
    locales: Sequence[Locale], link: Link, *, username: str, name: str, promises: Collection[str]
) -> str:
    """Return what a poster or cards in these languages are made from, as `bot.print.leaflet` reads it.

    `name` is what the worker is called on their card; it may be empty.
    """
    values = {
        "address": deep_link(username, link.code),
        "code": spoken(link.short_code),
        "said": [_said(t, username=username, name=name, promises=promises) for t in locales],
    }
    return json.dumps(values, ensure_ascii=False)


def all_languages(words: Words) -> list[str]:
    """Return the languages of a sheet in all of them: each in its own script, without that of the source."""
    return [one.code for one in words.languages if one.script is None and one.code != SOURCE]


def _said(t: Locale, *, username: str, name: str, promises: Collection[str]) -> dict[str, Any]:
    return {
        "headline": t.label("Health questions? Ask in your own language"),
        "about": t.label("Hamroh is a chat in Telegram for people who work far from home."),
        "facts": [t.label(fact) for promise, fact in _FACTS if promise is None or promise in promises],
        "person": t.label("{name} is here for you", name=name) if name else "",
        "scan": t.label("Scan with the camera of your phone"),
        "type": t.label("Or find {bot} in Telegram and send this code:", bot=f"@{username}"),
    }
