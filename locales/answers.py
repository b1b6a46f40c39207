"""Read the answers of one language: domain `answers`, one topic in two or more messages.

`msgctxt` is "<topic>|title" (plain text), "<topic>|text" (HTML) or "<topic>|if:<promise>" (HTML, shown only
where the programme confirms that promise). Comments "#. sources: …", "#. checked: …", "#. review: …" say
where the facts come from, when they were checked and which doctor has read the text.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from locales.pofile import Entry

CONTEXT = re.compile(r"([a-z][a-z0-9-]*)\|(title|text|if:([a-z][a-z0-9_-]*))")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bot says about one topic."""

    topic: str
    title: str  # plain
    text: str  # HTML
    promises: tuple[tuple[str, str], ...] = ()  # id, HTML: each only where the programme confirms it
    sources: tuple[str, ...] = ()  # ids of the fact sheet
    checked: str = ""  # ISO date on which the facts were compared with their sources
    review: str = "none"  # the health worker who read it, and when

    def written(self, script: Callable[[str], str]) -> "Answer":
        """Return the answer in another script."""
        promises = tuple((promise, script(text)) for promise, text in self.promises)
        return replace(self, title=script(self.title), text=script(self.text), promises=promises)


def gather(entries: Iterable[Entry], *, source: bool = False) -> dict[str, Answer]:
    """Make answers of messages, in their order; in the source language an empty one says its English."""
    parts: dict[str, dict[str, str]] = {}
    facts: dict[str, dict[str, str]] = {}
    for entry in entries:
        found = CONTEXT.fullmatch(entry.context or "")
        if found:
            said = entry.strings[0] or (entry.message if source else "")
            parts.setdefault(found[1], {})[found[2]] = said
            facts.setdefault(found[1], {}).update(_facts(entry.comments))
    return {
        topic: _answer(topic, said, facts[topic])
        for topic, said in parts.items()
        if said.get("title") and said.get("text")
    }


def _answer(topic: str, said: Mapping[str, str], facts: Mapping[str, str]) -> Answer:
    return Answer(
        topic=topic,
        title=said["title"],
        text=said["text"],
        promises=tuple((part[3:], text) for part, text in said.items() if part.startswith("if:") and text),
        sources=tuple(re.findall(r"[\w-]+", facts.get("sources", ""))),
        checked=facts.get("checked", ""),
        review=facts.get("review", "none"),
    )


def _facts(comments: Iterable[str]) -> dict[str, str]:
    split = (comment.partition(":") for comment in comments)
    return {name.strip(): value.strip() for name, colon, value in split if colon}
