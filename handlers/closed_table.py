"""List the conversations about closed days: of the desk, and of those whose visit does not take place."""

from collections.abc import Awaitable, Callable, Mapping

from care.message_kinds import Kind
from care.roles import Role
from handlers.buttons import Verb
from handlers.clinic_gone import wider
from handlers.displaced import Displaced
from handlers.displaced_notices import closed, reopened
from handlers.notice import Notice
from handlers.parts import Parts
from handlers.registrar.closed import Closed
from handlers.routes import Route
from handlers.screens import Reply

DESK = frozenset({Role.REGISTRAR, Role.CLINICIAN, Role.COORDINATOR, Role.ADMIN})
WORDINGS: Mapping[Kind, Callable[[Notice], Awaitable[Reply | None]]] = {
    Kind.CLOSED: closed,
    Kind.REOPENED: reopened,
    Kind.WAIT_WIDER: wider,
}


def closing_buttons(parts: Parts) -> dict[Verb, Route]:
    """Return what the desk says of a day, and what people answer."""
    desk, people = Closed(vault=parts.vault), Displaced()
    return {
        Verb.CLOSED: Route(desk.show, DESK),
        Verb.CLOSED_YES: Route(desk.confirm, DESK),
        Verb.CLOSED_UNDO: Route(desk.undo, DESK),
        Verb.DISPLACED: Route(people.show),
        Verb.DISPLACED_TAKE: Route(people.take),
        Verb.DISPLACED_OTHER: Route(people.other),
        Verb.DISPLACED_BOOK: Route(people.book),
        Verb.DISPLACED_NO: Route(people.decline),
    }
