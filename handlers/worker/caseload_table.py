"""List the conversations about the people in one's care and what is to be done for them."""

from zoneinfo import ZoneInfo

from handlers.buttons import Verb
from handlers.parts import Parts
from handlers.roles import HELPERS, WORKER
from handlers.routes import Route
from handlers.worker.colleagues import Colleagues
from handlers.worker.digest import Digest
from handlers.worker.people import People
from handlers.worker.person import PersonCard
from handlers.worker.person_end import PersonEnd
from handlers.worker.person_hand import PersonHand
from handlers.worker.task_hand import TaskHand
from handlers.worker.task_later import TaskLater
from handlers.worker.task_words import TaskWords
from handlers.worker.tasks import Tasks


def caseload_buttons(parts: Parts, zone: ZoneInfo) -> dict[Verb, Route]:
    """Return what /people and /tasks do, and what leads on from there."""
    said = TaskWords(words=parts.words, zone=zone)
    tasks = Tasks(said=said, vault=parts.vault)
    colleagues = Colleagues(vault=parts.vault, zone=zone)
    cards = PersonCard(said=said, zone=zone)
    return {
        Verb.PEOPLE: Route(People(said=said, zone=zone).show, WORKER),
        Verb.PERSON: Route(cards.show, HELPERS),
        Verb.PERSON_END: Route(PersonEnd(cards=cards, vault=parts.vault).show, HELPERS),
        Verb.PERSON_HAND: Route(PersonHand(cards=cards, colleagues=colleagues).show, HELPERS),
        Verb.TASKS: Route(tasks.show, HELPERS),
        Verb.TASK: Route(tasks.task, HELPERS),
        Verb.TASK_DONE: Route(tasks.done, HELPERS),
        Verb.TASK_UNDO: Route(tasks.undo, HELPERS),
        Verb.TASK_LATER: Route(TaskLater(tasks=tasks).show, HELPERS),
        Verb.TASK_HAND: Route(TaskHand(tasks=tasks, colleagues=colleagues).show, HELPERS),
        Verb.DIGEST: Route(Digest(said=said, zone=zone).show, HELPERS),
    }
