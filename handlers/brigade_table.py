"""List the conversations about places for several people."""

from handlers.brigade import Brigades
from handlers.brigade_letters import Letters
from handlers.brigade_place import BrigadePlace
from handlers.buttons import Verb
from handlers.parts import Parts
from handlers.routes import Route


def brigade_buttons(parts: Parts) -> dict[Verb, Route]:
    """Return what everybody can do for several people, and what their links open."""
    letters = Letters(words=parts.words, vault=parts.vault, username=parts.username)
    brigade = Brigades(vault=parts.vault, letters=letters)
    place = BrigadePlace(zone=parts.zone)
    return {
        Verb.BRIGADE: Route(brigade.show),
        Verb.BRIGADE_CLINIC: Route(brigade.days),
        Verb.BRIGADE_DAY: Route(brigade.day),
        Verb.BRIGADE_TIME: Route(brigade.time),
        Verb.BRIGADE_KEEP: Route(brigade.keep),
        Verb.BRIGADE_CARD: Route(brigade.card),
        Verb.BRIGADE_LINKS: Route(brigade.links),
        Verb.BRIGADE_BACK: Route(brigade.back),
        Verb.BRIGADE_PLACE: Route(place.show, consent=False),
        Verb.BRIGADE_YES: Route(place.yes),
        Verb.BRIGADE_NO: Route(place.no, consent=False),
    }
