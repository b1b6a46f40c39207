"""List the conversations of who leaves: the journey, the card, who receives them, and what is asked later."""

from dataclasses import dataclass

from handlers.arrival import Arrival
from handlers.buttons import Verb
from handlers.centres import Centres
from handlers.parts import Parts
from handlers.routes import Attempt, Route
from handlers.transfer import Leaving
from handlers.transfer_card import Cards
from handlers.transfer_open import OpenCard
from handlers.transfer_typed import TypedFields


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfers:
    """What leaving adds to the table of conversations."""

    buttons: dict[Verb, Route]
    typed: Attempt  # the text that was asked for
    contact: Attempt  # the phone that was asked for


def leaving(parts: Parts) -> Transfers:
    """Make the conversations of who leaves."""
    journey, centres = Leaving(zone=parts.zone), Centres()
    cards = Cards(words=parts.words, vault=parts.vault, username=parts.username, zone=parts.zone)
    typed, opening = TypedFields(cards=cards), OpenCard(cards=cards)
    arrival = Arrival(cards=cards, zone=parts.zone)
    return Transfers(
        buttons={
            Verb.LEAVING: Route(journey.show),
            Verb.LEFT: Route(journey.left),
            Verb.STAYING: Route(journey.staying),
            Verb.TRANSFER_CARD: Route(cards.show),
            Verb.TRANSFER_TYPE: Route(typed.ask),
            Verb.TRANSFER_VIEW: Route(cards.view),
            Verb.TRANSFER_MAKE: Route(cards.make),
            Verb.TRANSFER_BACK: Route(cards.take_back),
            Verb.TRANSFER_OPEN: Route(opening.open, consent=False),
            Verb.NOT_ME: Route(opening.not_me),
            Verb.ARRIVED: Route(arrival.arrived),
            Verb.WENT_ON: Route(arrival.went_on),
            Verb.CENTRES: Route(centres.show, consent=False),
            Verb.CENTRE: Route(centres.one, consent=False),
        },
        typed=typed.typed,
        contact=typed.contact,
    )
