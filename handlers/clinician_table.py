"""List the conversations about examinations: of the desk of a clinic, and of whoever was examined."""

from care.roles import Role
from handlers.buttons import Verb
from handlers.clinician.result import ResultCard
from handlers.clinician.results import Results
from handlers.household import Household
from handlers.parts import Parts
from handlers.result_told import ResultTold
from handlers.routes import Attempt, Route
from handlers.share import Share

CLINICIAN = frozenset({Role.CLINICIAN})  # who writes results: not coordinators, admins or registrars
CLINIC = frozenset({Role.REGISTRAR, Role.CLINICIAN})


def clinician_buttons(parts: Parts) -> dict[Verb, Route]:
    """Return what is done with examinations."""
    card = ResultCard(words=parts.words, vault=parts.vault)
    listed = Results(card=card)
    household = Household(share=Share(username=parts.username, words=parts.words), vault=parts.vault)
    return {
        Verb.RESULTS: Route(listed.show, CLINIC),
        Verb.RESULT_FIND: Route(listed.find, CLINIC),
        Verb.RESULT: Route(card.show, CLINIC),
        Verb.RESULT_EXAMINED: Route(card.examined, CLINICIAN),
        Verb.RESULT_READY: Route(card.ready, CLINICIAN),
        Verb.RESULT_GIVEN: Route(card.given, CLINIC),
        Verb.RESULT_BACK: Route(card.take_back, CLINIC),
        Verb.RESULT_CARE: Route(card.care, CLINICIAN),
        Verb.RESULT_HAVE: Route(ResultTold(vault=parts.vault).have),
        Verb.HOUSEHOLD: Route(household.show),
    }


def clinician_texts(parts: Parts) -> tuple[Attempt, ...]:
    """Return who may have been asked to type something."""
    return (Results(card=ResultCard(words=parts.words, vault=parts.vault)).typed,)
