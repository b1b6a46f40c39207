"""Greet who comes through a link with the card of the worker who gave it: a name, a photo, a voice."""

from dataclasses import dataclass

from care.links import Link, LinkKind
from handlers.screens import Step, Way
from handlers.turn import Turn
from locales.catalogue import N_, Html, Locale, Words
from storage import staff_cards
from storage.staff_cards import Card
from storage.vault import Vault

_OF_WORKERS = frozenset({LinkKind.WORKER, LinkKind.SITE, LinkKind.EVENT, LinkKind.COLLEAGUE})

_PASSED_ON = frozenset({LinkKind.FRIEND, LinkKind.HOUSEHOLD})
PASSED_ON = N_(
    "You came here through somebody who thinks of your health. You are welcome. An examination at a clinic "
    "is a good idea, also when you feel well."
)
"""The greeting behind every link that a person passes on: it tells nothing of who sent it, nor why."""


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """What somebody sees first who came through a link."""

    vault: Vault
    words: Words

    async def who_sent(self, turn: Turn, link: Link) -> tuple[Step, ...]:
        """Return what is said about who gave the link; the first step has a text."""
        t = turn.t
        if link.closed:
            return (
                _said(
                    t(
                        "This link is not in use any more. You are welcome all the same, and I help you just "
                        "as well."
                    )
                ),
            )
        if link.kind not in _OF_WORKERS:
            return (_said(_of_nobody(t, link)),)
        if link.staff_id is None:
            return self.steps(t, Card())
        card = await staff_cards.of(turn.store, self.vault, link.staff_id)
        if card is None:  # who gave it rests now
            return (_said(t("You came here through a person of our team. You are welcome.")),)
        return self.steps(t, card)

    def steps(self, t: Locale, card: Card) -> tuple[Step, ...]:
        """Return a card as others see it: the words, under the photo if there is one, and the voice."""
        text = self._words(t, card)
        first = Step(way=Way.PHOTO, content=card.photo, text=text) if card.photo else _said(text)
        voice = (Step(way=Way.VOICE_NOTE, content=card.voice),) if card.voice else ()
        return (first, *voice)

    def _words(self, t: Locale, card: Card) -> str:
        if card.name:
            parts = [
                t("🤝 <b>{name}</b> sent you here. If you wish, this person can help you.", name=card.name)
            ]
        else:
            parts = [t("You came here through a person you trust. If you wish, this person can help you.")]
        if names := language_names(self.words, card.languages):
            parts.append(t("Speaks: {languages}", languages=t.listing(names)))
        return Html("\n".join(parts))


def language_names(words: Words, codes: tuple[str, ...]) -> list[str]:
    """Return the own names of languages, each once: a second script of one is the same language."""
    spoken = {code.partition("_")[0] for code in codes}
    return [name for code, name in words.choices if code in spoken]


def _of_nobody(t: Locale, link: Link) -> str:
    if link.kind in _PASSED_ON:
        return t(PASSED_ON)
    return t("You came here through an announcement. You are welcome.")


def _said(text: str) -> Step:
    return Step(way=Way.SEND, text=text)
