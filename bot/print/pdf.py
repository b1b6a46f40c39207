"""Make what a step asks to have printed."""

from bot.print.cards import cards
from bot.print.leaflet import read
from bot.print.poster import poster
from handlers.screens import Step, Way

_MAKERS = {Way.POSTER: poster, Way.CARDS: cards}


def pdf(step: Step) -> bytes:
    """Return the PDF of a step of Way.POSTER or Way.CARDS.

    Takes a tenth of a second, the first one more than half a second: not for the event loop.
    """
    return _MAKERS[step.way](read(step.content))
