"""List the conversations about links: which button leads where, and what is typed or sent for them."""

from zoneinfo import ZoneInfo

from care.roles import Role
from handlers.buttons import Verb
from handlers.newcomer import Newcomer
from handlers.parts import Parts
from handlers.routes import Attempt, Route
from handlers.share import Share
from handlers.worker.card import CardOf
from handlers.worker.link_limits import LinkLimits
from handlers.worker.link_new import NewLink
from handlers.worker.links import Links

WORKER = frozenset({Role.WORKER})


def link_buttons(parts: Parts, zone: ZoneInfo) -> dict[Verb, Route]:
    """Return what a worker does with links and with their card."""
    links = Links(username=parts.username, words=parts.words, vault=parts.vault, zone=zone)
    new = NewLink(username=parts.username, vault=parts.vault, zone=zone)
    limits = LinkLimits(username=parts.username, vault=parts.vault, zone=zone)
    card = _card(parts)
    conversations = {
        Verb.LINKS: links.show,
        Verb.LINK: links.link,
        Verb.LINK_QR: links.picture,
        Verb.LINK_TEXT: links.letter,
        Verb.POSTER: links.poster,
        Verb.CARDS: links.cards,
        Verb.LINK_NEW: new.show,
        Verb.LINK_SITE: new.site,
        Verb.LINK_DATE: limits.date,
        Verb.LINK_CAP: limits.cap,
        Verb.LINK_END: limits.end,
        Verb.LINK_UNDO: limits.undo,
        Verb.CARD: card.show,
        Verb.CARD_ASK: card.ask,
        Verb.CARD_LESS: card.remove,
        Verb.CARD_VIEW: card.view,
    }
    return {verb: Route(each, WORKER) for verb, each in conversations.items()}


def share_buttons(parts: Parts) -> dict[Verb, Route]:
    """Return what everybody does with the link that they pass on."""
    share = Share(username=parts.username, words=parts.words)
    return {Verb.SHARE: Route(share.show), Verb.SHARE_END: Route(share.end)}


def link_texts(parts: Parts, zone: ZoneInfo) -> tuple[Attempt, ...]:
    """Return who takes a text that was asked for: the name of a link, the name on a card."""
    return NewLink(username=parts.username, vault=parts.vault, zone=zone).typed, _card(parts).typed


def link_files(parts: Parts) -> tuple[Attempt, ...]:
    """Return who takes a photo or a voice message that was asked for."""
    return (_card(parts).sent,)


def _card(parts: Parts) -> CardOf:
    return CardOf(newcomer=Newcomer(vault=parts.vault, words=parts.words))
