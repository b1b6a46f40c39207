"""List the conversations of the waiting list."""

from handlers.buttons import Verb
from handlers.routes import Route
from handlers.wait import WaitingList
from handlers.wait_offer import Offered


def wait_buttons() -> dict[Verb, Route]:
    """Make the conversations of the waiting list."""
    waiting, offered = WaitingList(), Offered()
    return {
        Verb.WAIT: Route(waiting.show),
        Verb.WAIT_CLINIC: Route(waiting.clinic),
        Verb.WAIT_DAYS: Route(waiting.days),
        Verb.WAIT_HOURS: Route(waiting.hours),
        Verb.WAIT_YES: Route(waiting.begin),
        Verb.WAIT_STOP: Route(waiting.stop),
        Verb.WAIT_ON: Route(waiting.go_on),
        Verb.WAIT_TAKE: Route(offered.take),
        Verb.WAIT_LET: Route(offered.let),
    }
