"""List the conversations about somebody's own plan of reminders."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from handlers import care_visits, medicine_choose, medicine_new, medicine_word
from handlers.answering import Answering
from handlers.buttons import Verb
from handlers.care_visits import CareVisits
from handlers.dose import Doses
from handlers.medicine import Medicine
from handlers.medicine_clock import MedicineClock
from handlers.medicine_new import MedicineNew
from handlers.medicine_word import MedicineWord
from handlers.parts import Parts
from handlers.routes import Attempt, Route
from handlers.turn import Conversation

DRAFTS = frozenset(  # words that were asked for
    {medicine_choose.DRAFT, medicine_new.DRAFT, medicine_word.DRAFT, care_visits.DRAFT}
)


@dataclass(frozen=True, slots=True)
class MedicineTable:
    """What plans add to the table of conversations."""

    buttons: Mapping[Verb, Route]
    texts: tuple[Attempt, ...]  # each answers only the text that it asked for


def medicine(parts: Parts, zone: ZoneInfo, *, question: Conversation) -> MedicineTable:
    """Make the conversations about plans and visits beside them; `question` answers what reads like one."""
    plans = Medicine(vault=parts.vault, zone=zone)
    new, word, doses = (
        MedicineNew(plans=plans),
        MedicineWord(plans=plans, question=question),
        Doses(plans=plans, answering=Answering(words=parts.words, vault=parts.vault, zone=zone)),
    )
    visits = CareVisits(zone=zone)
    buttons = {
        Verb.MEDICINE: Route(plans.show),
        Verb.MEDICINE_NEW: Route(new.show),
        Verb.MEDICINE_HOURS: Route(new.hours),
        Verb.MEDICINE_CHANGE: Route(MedicineClock(plans=plans).show),
        Verb.MEDICINE_WORD: Route(word.show),
        Verb.MEDICINE_END: Route(new.end),
        Verb.MEDICINE_PAUSE: Route(plans.pause),
        Verb.MEDICINE_GO_ON: Route(plans.go_on),
        Verb.MEDICINE_STOP: Route(plans.stop),
        Verb.MEDICINE_UNDO: Route(plans.undo),
        Verb.DOSE: Route(doses.say),
        Verb.DOSE_TROUBLE: Route(doses.trouble),
        Verb.CARE_VISITS: Route(visits.show),
        Verb.CARE_VISIT: Route(visits.visit),
        Verb.CARE_VISIT_NEW: Route(visits.new),
        Verb.CARE_VISIT_CANCEL: Route(visits.cancel),
        Verb.CARE_VISIT_SAID: Route(visits.said),
    }
    return MedicineTable(buttons=buttons, texts=(medicine_choose.typed, new.typed, word.typed, visits.typed))
