"""List the conversations about clinics, booking and visits, and about visits that are not kept."""

from handlers.book import Book
from handlers.buttons import Verb
from handlers.clinic_failed import ClinicFailed
from handlers.clinics import Clinics
from handlers.missed import Missed
from handlers.plan import PlanVisit
from handlers.routes import Route
from handlers.visits import Visits


def visit_buttons() -> dict[Verb, Route]:
    """Return the buttons; what is about one's own visits needs a person who agreed to be remembered."""
    clinics, book, visits, missed = Clinics(), Book(), Visits(), Missed()
    return {
        Verb.CLINICS: Route(clinics.show, consent=False),
        Verb.CLINIC: Route(clinics.clinic, consent=False),
        Verb.NEAR: Route(clinics.ask_location, consent=False),
        Verb.MAP: Route(clinics.map, consent=False),
        Verb.AREAS: Route(clinics.areas, consent=False),
        Verb.BOOK: Route(book.start),
        Verb.BOOK_CLINIC: Route(book.days),
        Verb.BOOK_DAY: Route(book.day),
        Verb.BOOK_TIME: Route(book.time),
        Verb.BOOK_YES: Route(book.confirm),
        Verb.VISITS: Route(visits.show),
        Verb.VISIT: Route(visits.visit),
        Verb.MOVE: Route(visits.move),
        Verb.MOVE_DAY: Route(visits.move_day),
        Verb.MOVE_TIME: Route(visits.move_time),
        Verb.MOVE_YES: Route(visits.move_yes),
        Verb.CANCEL: Route(visits.cancel),
        Verb.CANCEL_YES: Route(visits.cancel_yes),
        Verb.CALENDAR: Route(visits.calendar),
        Verb.WENT: Route(missed.went),
        Verb.WHY: Route(missed.why),
        Verb.CANNOT: Route(missed.cannot),
        Verb.NO_HELP: Route(missed.no_help),
        Verb.PLAN: Route(PlanVisit().show),
        Verb.FAILED: Route(ClinicFailed().show),
    }
