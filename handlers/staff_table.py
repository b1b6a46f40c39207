"""List the conversations of staff: which button leads where, and who may."""

from zoneinfo import ZoneInfo

from care.roles import Role
from care.search import Search
from handlers.buttons import Verb
from handlers.coordinator.invite import Invite
from handlers.coordinator.questions import Questions
from handlers.coordinator.stats import Stats
from handlers.coordinator.teach import Teach
from handlers.join import Join
from handlers.parts import Parts
from handlers.registrar.today import Today
from handlers.routes import Route
from handlers.staff_home import StaffHome
from handlers.teaching import Teaching
from handlers.worker.links import Links
from handlers.worker.people import People
from handlers.worker.tasks import Tasks

WORKER = frozenset({Role.WORKER})
DESK = frozenset({Role.REGISTRAR, Role.COORDINATOR, Role.ADMIN})
OFFICE = frozenset({Role.COORDINATOR, Role.ADMIN})
HELPERS = WORKER | OFFICE
STAFF = frozenset(Role)


def staff_buttons(parts: Parts, zone: ZoneInfo, search: Search, teaching: Teaching) -> dict[Verb, Route]:
    """Return everything that only staff do."""
    return {**_staff(parts, zone), **_teaching(parts, search, teaching)}


def _staff(parts: Parts, zone: ZoneInfo) -> dict[Verb, Route]:
    links = Links(username=parts.username, words=parts.words)
    tasks = Tasks(words=parts.words, vault=parts.vault, zone=zone)
    today = Today(words=parts.words)
    return {
        Verb.JOIN: Route(Join().show),
        Verb.STAFF: Route(StaffHome().show, STAFF),
        Verb.LINKS: Route(links.show, WORKER),
        Verb.LINK_QR: Route(links.picture, WORKER),
        Verb.PEOPLE: Route(People(words=parts.words).show, WORKER),
        Verb.TASKS: Route(tasks.show, HELPERS),
        Verb.TASK_DONE: Route(tasks.done, HELPERS),
        Verb.TODAY: Route(today.show, DESK),
        Verb.CAME: Route(today.came, DESK),
        Verb.MISSED: Route(today.missed, DESK),
        Verb.UNDO: Route(today.undo, DESK),
        Verb.STATS: Route(Stats(words=parts.words, zone=zone).show, OFFICE),
        Verb.INVITE: Route(Invite(username=parts.username, zone=zone).show, OFFICE),
    }


def _teaching(parts: Parts, search: Search, teaching: Teaching) -> dict[Verb, Route]:
    questions = Questions(search=search)
    teach = Teach(questions=questions, teaching=teaching, vault=parts.vault)
    return {
        Verb.QUESTIONS: Route(questions.show, OFFICE),
        Verb.QUESTION: Route(questions.question, OFFICE),
        Verb.SHELF: Route(questions.shelf, OFFICE),
        Verb.TEACH: Route(teach.teach, OFFICE),
        Verb.UNTEACH: Route(teach.undo, OFFICE),
    }
