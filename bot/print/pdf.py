"""Make what a step asks to have printed."""

from collections.abc import Callable, Mapping

from bot.print import transfer
from bot.print.cards import cards
from bot.print.leaflet import read
from bot.print.poster import poster
from bot.print.ticket import ticket_png
from handlers.screens import Step, Way

_MAKERS: Mapping[Way, Callable[[str], bytes]] = {
    Way.POSTER: lambda content: poster(read(content)),
    Way.CARDS: lambda content: cards(read(content)),
    Way.TRANSFER: lambda content: transfer.paper(transfer.read(content)),
    Way.TRANSFER_PICTURE: lambda content: transfer.picture(transfer.read(content)),
    Way.TICKET: ticket_png,
}
PICTURES = frozenset({Way.TRANSFER_PICTURE, Way.TICKET})  # PNG, for a phone; else PDF


def pdf(step: Step) -> bytes:
    """Return the PDF of a step of Way.POSTER, Way.CARDS or Way.TRANSFER, or the PNG of one of PICTURES.

    Takes a tenth of a second, the first one more than half a second: not for the event loop.
    """
    return _MAKERS[step.way](step.content)
