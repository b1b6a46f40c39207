"""List what the desk of a clinic does, and what people do with their tickets."""

from zoneinfo import ZoneInfo

from care.roles import Role
from handlers.buttons import Verb
from handlers.my_ticket import MyTicket
from handlers.parts import Parts
from handlers.registrar.checkin import CheckIn
from handlers.registrar.today import Today
from handlers.registrar.walk_in import WalkIn
from handlers.routes import Attempt, Route

DESK = frozenset({Role.REGISTRAR, Role.CLINICIAN, Role.COORDINATOR, Role.ADMIN})


def desk_buttons(parts: Parts) -> dict[Verb, Route]:
    """Return the buttons of the desk, and of tickets."""
    today, tickets = Today(words=parts.words, zone=ZoneInfo(parts.zone)), MyTicket(username=parts.username)
    check_in = CheckIn(words=parts.words, zone=ZoneInfo(parts.zone))
    walk_in = WalkIn(words=parts.words, username=parts.username)
    return {
        Verb.TODAY: Route(today.show, DESK),
        Verb.CAME: Route(today.came, DESK),
        Verb.MISSED: Route(today.missed, DESK),
        Verb.UNDO: Route(today.undo, DESK),
        Verb.ASK_BACK: Route(today.ask_back, DESK),
        Verb.CHECKIN: Route(check_in.show, DESK),
        Verb.SCANNED: Route(check_in.arrived, DESK),
        Verb.WALK_IN: Route(walk_in.show, DESK),
        Verb.MY_TICKET: Route(tickets.picture),
        Verb.COSTS: Route(tickets.costs),
        Verb.ON_WAY: Route(tickets.on_way),
        Verb.WALK_IN_MINE: Route(tickets.walk_in),
    }


def desk_texts(parts: Parts) -> tuple[Attempt, ...]:
    """Return what the desk types: numbers of tickets."""
    return (CheckIn(words=parts.words, zone=ZoneInfo(parts.zone)).typed,)
