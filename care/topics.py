"""What people ask about: topics, their groups, the next steps that fit, and promises a programme may make.

The ids are fixed: words, examples and statistics refer to them. Which topics have a written answer is known
only by `answers.po`; a topic without one is shown nowhere.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum


class Group(Enum):
    """A shelf of topics, in the order of browsing: what people fear most stands first."""

    RIGHTS = "rights"
    SUPPORT = "support"
    TESTING = "testing"
    TREATMENT = "treatment"
    FAMILY = "family"
    BASICS = "basics"
    PREVENTION = "prevention"
    TB_HIV = "tb-hiv"
    SERVICE = "service"
    SMALLTALK = "smalltalk"


class Kind(Enum):
    """Whether a topic is answered with a text or leads to a screen."""

    ANSWER = "answer"
    ACTION = "action"


class Step(Enum):
    """A next step offered under an answer."""

    CHECK = "check"
    BOOK = "book"
    CLINICS = "clinics"
    TALK = "talk"
    LEAVE = "leave"
    PAPERS = "papers"  # the way of a child without papers, step by step


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing a person may want to know or do."""

    id: str
    group: Group
    kind: Kind
    steps: tuple[Step, ...]  # at most three together with `related`
    related: tuple[str, ...]  # topic ids
    command: str | None  # the screen of an action, without the slash; None for an answer

    @property
    def legal(self) -> bool:
        """Return whether the answer ends with the line that rules change."""
        return self.id in LEGAL


CHECK, BOOK, CLINICS, TALK, LEAVE, PAPERS = Step

FEARS = (
    "deportation",
    "confidentiality",
    "test-cost",
    "is-tb-curable",
    "stigma",
    "contact-with-patient",
    "employer",
    "no-registration",
)
"""What `/ask` opens with: topics, most feared first."""

LEGAL = frozenset(
    {
        "deportation",
        "confidentiality",
        "employer",
        "migrant-services",
        "no-registration",
        "no-insurance",
        "legal-help",
        "medical-certificate",
        "going-home",
        "travel",
        "test-cost",
        "documents-needed",
        "treatment-cost",
        "hospital-stay",
        "result-positive",
        "hiv-test",
        "child-without-documents",
        "social-support",
    }
)
"""Topics whose answer ends with a paragraph saying that rules change (fact sheet, "How to use this file")."""

PROMISES: Mapping[str, str] = {
    "no-reporting": "Neither the programme nor the bot reports a person to police, migration or employer.",
    "accompaniment": "An outreach worker goes to the clinic with anybody who wishes it.",
    "undocumented-welcome": "The partner clinics examine people who have no papers at all.",
    "free-examination": "The examination booked in this bot costs the person nothing.",
    "result-not-held": "The programme keeps no test results in the bot.",
    "video-treatment": "Foreigners can take their medicines at home with support by video.",
    "transfer-help": "The programme helps to hand treatment over to the TB service of the home country.",
    "peer-talk": "Somebody who was cured of TB talks with people who wish it.",
    "free-bot": "Using the bot costs the person nothing.",
    "doctor-reviewed": "A doctor has read and approved the answers.",
}
"""What only a programme can confirm, in `programme.yaml`: `<topic>|if:<id>` is shown where it did."""


def _answers(group: Group, *rows: tuple[str, tuple[Step | str, ...]]) -> Iterable[Topic]:
    for topic, following in rows:
        steps = tuple(step for step in following if isinstance(step, Step))
        related = tuple(step for step in following if isinstance(step, str))
        yield Topic(topic, group, Kind.ANSWER, steps, related, None)


def _actions(group: Group, **commands: str) -> Iterable[Topic]:
    for topic, command in commands.items():
        yield Topic(topic.replace("_", "-"), group, Kind.ACTION, (), (), command)


_TABLE: tuple[Topic, ...] = (
    *_answers(
        Group.RIGHTS,
        ("deportation", (TALK, "confidentiality", "no-registration")),
        ("confidentiality", (TALK, "deportation", "bot-privacy")),
        ("no-registration", (TALK, BOOK, "documents-needed")),
        ("employer", (TALK, "confidentiality", "work-in-treatment")),
        ("migrant-services", (CLINICS, TALK, "test-cost")),
        ("going-home", (LEAVE, TALK, "travel")),
        ("legal-help", (TALK, "deportation", "no-registration")),
        ("no-insurance", (TALK, CLINICS, "test-cost")),
        ("medical-certificate", (TALK, BOOK, "deportation")),
        ("travel", (LEAVE, TALK, "going-home")),
    ),
    *_answers(
        Group.SUPPORT,
        ("stigma", (TALK, "confidentiality", "is-tb-curable")),
        ("mental-health", (TALK, "stigma", "is-tb-curable")),
        ("social-support", (TALK, "migrant-services")),
        ("emergency", (TALK,)),
    ),
    *_answers(
        Group.TESTING,
        ("test-cost", (BOOK, CLINICS, TALK)),
        ("documents-needed", (BOOK, TALK, "no-registration")),
        ("how-tested", (BOOK, CHECK, "chest-xray")),
        ("chest-xray", (BOOK, CLINICS, "how-tested")),
        ("how-long-results", (BOOK, TALK, "how-tested")),
        ("sputum-test", (BOOK, "how-tested", "how-long-results")),
        ("rapid-molecular-test", (BOOK, "how-tested", "how-long-results")),
        ("skin-or-blood-test", (BOOK, "how-tested", "latent-or-active")),
        ("result-positive", (TALK, "treatment", "is-tb-curable")),
        ("result-negative", (CHECK, "prevention", "how-often-test")),
        ("how-often-test", (BOOK, CHECK, "who-is-at-risk")),
        ("test-in-pregnancy", (BOOK, TALK, "chest-xray")),
    ),
    *_answers(
        Group.TREATMENT,
        ("treatment-cost", (TALK, CLINICS, "migrant-services")),
        ("treatment-duration", (TALK, "treatment", "side-effects")),
        ("treatment", (TALK, "treatment-duration", "side-effects")),
        ("side-effects", (TALK, "treatment", "emergency")),
        ("hospital-stay", (TALK, "employer", "outpatient-treatment")),
        ("outpatient-treatment", (TALK, "treatment", "hospital-stay")),
        ("missed-dose", (TALK, "stopping-early", "treatment")),
        ("stopping-early", (TALK, BOOK, "treatment-cost")),
        ("when-not-infectious", (TALK, "family-life", "work-in-treatment")),
        ("work-in-treatment", (TALK, "employer", "when-not-infectious")),
        ("alcohol-in-treatment", (TALK, "side-effects", "missed-dose")),
        ("mdr-treatment", (TALK, "drug-resistant-tb", "side-effects")),
        ("pregnancy-and-treatment", (TALK, "side-effects", "family-life")),
        ("folk-remedies", (TALK, "treatment", "nutrition")),
        ("relapse", (BOOK, CHECK, "symptoms")),
    ),
    *_actions(Group.TREATMENT, treatment_reminders="medicine"),
    *_answers(
        Group.FAMILY,
        ("children-tb", (BOOK, CHECK, "contact-with-patient")),
        ("child-without-documents", (PAPERS, TALK, BOOK)),
        ("family-life", (TALK, "when-not-infectious", "contact-with-patient")),
    ),
    *_answers(
        Group.BASICS,
        ("is-tb-curable", (BOOK, "treatment", "treatment-duration")),
        ("symptoms", (CHECK, BOOK, "tb-or-cold")),
        ("tb-or-cold", (CHECK, BOOK, "symptoms")),
        ("how-tb-spreads", (CHECK, "contact-with-patient", "how-tb-does-not-spread")),
        ("how-tb-does-not-spread", (CHECK, "how-tb-spreads", "contact-with-patient")),
        ("what-is-tb", (CHECK, "symptoms", "how-tb-spreads")),
        ("latent-or-active", (BOOK, "preventive-treatment", "skin-or-blood-test")),
        ("incubation", (CHECK, BOOK, "contact-with-patient")),
        ("who-is-at-risk", (CHECK, BOOK, "prevention")),
        ("extrapulmonary-tb", (BOOK, TALK, "symptoms")),
        ("hereditary", (CHECK, "how-tb-spreads", "contact-with-patient")),
        ("smoking-alcohol", (CHECK, BOOK, "alcohol-in-treatment")),
        ("diabetes", (CHECK, BOOK, "who-is-at-risk")),
        ("drug-resistant-tb", (BOOK, "mdr-treatment", "how-tested")),
    ),
    *_answers(
        Group.PREVENTION,
        ("contact-with-patient", (BOOK, CHECK, TALK)),
        ("prevention", (CHECK, "crowded-housing", "masks")),
        ("crowded-housing", (CHECK, BOOK, "prevention")),
        ("preventive-treatment", (BOOK, TALK, "contact-with-patient")),
        ("masks", (CHECK, "prevention", "how-tb-spreads")),
        ("nutrition", (TALK, "social-support", "folk-remedies")),
        ("bcg-vaccine", (TALK, "children-tb", "prevention")),
    ),
    *_answers(
        Group.TB_HIV,
        ("tb-and-hiv", (BOOK, TALK, "hiv-test")),
        ("hiv-test", (TALK, CLINICS, "tb-and-hiv")),
        ("drug-use-help", (TALK, CLINICS, "side-effects")),
    ),
    *_actions(
        Group.SERVICE,
        symptom_check="check",
        book_screening="book",
        my_visits="visits",
        find_clinic="clinics",
        talk_to_person="talk",
        accompany_me="talk",
        change_language="language",
        share_bot="share",
        delete_my_data="forget",
    ),
    *_answers(
        Group.SERVICE,
        ("bot-privacy", (TALK, "confidentiality")),
        ("what-can-you-do", (CHECK, BOOK, TALK)),
    ),
    *_actions(Group.SMALLTALK, greeting="start", thanks="help"),
)

TOPICS: Mapping[str, Topic] = {topic.id: topic for topic in _TABLE}
"""All topics by id, in the order of browsing."""


def browsing(group: Group, *, written: Collection[str]) -> tuple[Topic, ...]:
    """Return the topics of the group that have a written answer, in the order shown."""
    return tuple(topic for topic in _TABLE if topic.group is group and topic.id in written)


def related(topic: str, *, written: Collection[str]) -> tuple[str, ...]:
    """Return the related topics that have a written answer; empty when none has."""
    return tuple(other for other in TOPICS[topic].related if other in written)


def with_promises(topic: str, text: str, sentences: Iterable[str]) -> str:
    """Return the answer with the confirmed sentences added ; a legal answer keeps its last paragraph last."""
    added = " ".join(sentences)
    if not added:
        return text
    head, mark, tail = text.rpartition("\n\n")
    if TOPICS[topic].legal and mark:
        return f"{head}\n\n{added}\n\n{tail}"
    return f"{text}\n\n{added}"
