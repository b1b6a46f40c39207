"""List the conversations about children."""

from handlers.buttons import Verb
from handlers.checklist import Papers, PapersOfPerson
from handlers.children import Children
from handlers.roles import HELPERS
from handlers.routes import Route


def family_buttons() -> dict[Verb, Route]:
    """Return what a parent can do for a child, and what whoever looks after the parent can."""
    children, papers, of_person = Children(), Papers(), PapersOfPerson()
    return {
        Verb.CHILDREN: Route(children.show),
        Verb.CHILD_ADD: Route(children.add),
        Verb.CHILD_OFF: Route(children.off),
        Verb.CHECKLIST: Route(papers.show),
        Verb.CHECKLIST_TICK: Route(papers.tick),
        Verb.PERSON_LIST: Route(of_person.show, HELPERS),
        Verb.PERSON_TICK: Route(of_person.tick, HELPERS),
    }
