"""The symptom check: its questions, what comes next, and the advice it ends in.

It is not a diagnosis: it can neither find tuberculosis nor rule it out. Answers travel in buttons and are
stored nowhere. Sources: the four-symptom screen and contact rules of WHO consolidated guidelines on
tuberculosis, Module 2 (2021), Modules 1 and 5 (2022, 2024); blood: NHS, "Coughing up blood" (2024). The
handling of a short lone cough and the time limits are decisions of the project, to be approved by a doctor.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum, IntEnum

YES, NO, UNSURE, SKIP, NONE_OF_THESE = "yes", "no", "unsure", "skip", "none"
UNDER_2_WEEKS, FROM_2_WEEKS = "under-2-weeks", "from-2-weeks"
STREAKS, MORE = "streaks", "more"
FINISHED, UNFINISHED = "finished", "unfinished"
HIV, DIABETES, PREGNANT, WEAKENED = "hiv", "diabetes", "pregnant", "weakened"
UNDER_5, FROM_5_TO_14 = "under-5", "5-14"
YES_OR_UNSURE = frozenset({YES, UNSURE})  # "not sure" counts as yes for symptoms and contact


class Form(Enum):
    """Whom the check is about; the value is its letter in a button."""

    SELF = "m"
    OTHER_ADULT = "o"
    CHILD = "c"  # under 15, answered by an adult


class Advice(IntEnum):
    """What to do, the more urgent the higher."""

    NONE = 0  # no sign from the list now
    ROUTINE = 1  # a yearly check is wise
    WATCH = 2  # a short cough: asked again later
    CONTACT = 3  # a check after contact, goal: within 7 days
    SOON = 4  # an examination, goal: within 3 working days
    URGENT = 5  # an examination today or tomorrow
    RED = 6  # an ambulance now


class Line(Enum):
    """A sentence added to the advice."""

    NOT_A_DIAGNOSIS = "not-a-diagnosis"
    EXAMINED_ANYWAY = "examined-anyway"
    COVER_THE_COUGH = "cover-the-cough"  # cover, window, mask
    NOT_FINISHED = "not-finished"  # an earlier treatment: the line of topic stopping-early
    CHILD_AT_HOME = "child-at-home"  # tell the doctor that a child under 5 lives with you
    PREGNANT = "pregnant"  # say so before the X-ray


@dataclass(frozen=True, slots=True)
class Question:
    """One message of the check with its buttons, in the order shown."""

    id: str
    choices: tuple[str, ...]
    several: bool = False  # more than one choice may hold


_YES_NO = (YES, NO)
_YES_NO_UNSURE = (YES, NO, UNSURE)

ADULT: tuple[Question, ...] = (
    Question("red", _YES_NO),
    Question("cough", _YES_NO),
    Question("cough2w", (UNDER_2_WEEKS, FROM_2_WEEKS, UNSURE)),  # only after cough = yes
    Question("fever", _YES_NO_UNSURE),
    Question("sweats", _YES_NO_UNSURE),
    Question("weight", _YES_NO_UNSURE),
    Question("blood", (NO, STREAKS, MORE)),
    Question("contact", _YES_NO_UNSURE),
    Question("before", (FINISHED, UNFINISHED, NO)),
    Question("health", (HIV, DIABETES, PREGNANT, WEAKENED, NONE_OF_THESE, SKIP), several=True),
    Question("child5", (YES, NO, SKIP)),
)

CHILD: tuple[Question, ...] = (
    Question("red", _YES_NO),
    Question("cough", (NO, UNDER_2_WEEKS, FROM_2_WEEKS, UNSURE)),
    Question("fever", _YES_NO_UNSURE),
    Question("weight", _YES_NO_UNSURE),
    Question("tired", _YES_NO_UNSURE),
    Question("contact", _YES_NO_UNSURE),
    Question("age", (UNDER_5, FROM_5_TO_14)),
)

QUESTIONS: Mapping[Form, tuple[Question, ...]] = {
    Form.SELF: ADULT,
    Form.OTHER_ADULT: ADULT,
    Form.CHILD: CHILD,
}

HEALTH = (HIV, DIABETES, PREGNANT, WEAKENED)  # each is one bit of a hexadecimal digit in a button
_LETTERS: Mapping[str, str] = {
    YES: "y",
    NO: "n",
    UNSURE: "u",
    SKIP: "-",
    UNDER_2_WEEKS: "1",
    FROM_2_WEEKS: "2",
    STREAKS: "s",
    MORE: "m",
    FINISHED: "f",
    UNFINISHED: "x",
    UNDER_5: "4",
    FROM_5_TO_14: "9",
}
_PICKING = "+"
_LONGEST = 20  # characters of encoded answers


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered so far, in the order asked."""

    form: Form
    given: tuple[tuple[str, frozenset[str]], ...] = ()
    picked: frozenset[str] = frozenset()  # ticked in the open question of several choices

    def has(self, question: str, *choices: str) -> bool:
        """Return whether one of the choices was given to the question."""
        return any(asked == question and not chosen.isdisjoint(choices) for asked, chosen in self.given)

    def answered(self, question: str) -> bool:
        """Return whether the question has an answer, a skip included."""
        return any(asked == question for asked, _ in self.given)


def next_question(answers: Answers) -> Question | None:
    """Return what to ask next, or None when the advice is due; a danger sign ends the check at once."""
    if _red(answers):
        return None
    for question in QUESTIONS[answers.form]:
        if question.id == "cough2w" and not answers.has("cough", YES):
            continue
        if not answers.answered(question.id):
            return question
    return None


def answer(answers: Answers, *choices: str) -> Answers | None:
    """Return the answers with the open question answered, or None when the choices do not fit it."""
    question = next_question(answers)
    chosen = frozenset(choices)
    if question is None or not chosen or not chosen.issubset(question.choices):
        return None
    if len(chosen) > 1 and (not question.several or not chosen.issubset(HEALTH)):
        return None
    return replace(answers, given=(*answers.given, (question.id, chosen)), picked=frozenset())


def toggle(answers: Answers, choice: str) -> Answers | None:
    """Tick or untick a choice of the open question of several choices; None when it has no such choice."""
    question = next_question(answers)
    if question is None or not question.several or choice not in HEALTH:
        return None
    return replace(answers, picked=answers.picked ^ {choice})


def confirm(answers: Answers) -> Answers | None:
    """Answer the open question of several choices with what is ticked; nothing ticked means none of these."""
    question = next_question(answers)
    if question is None or not question.several:
        return None
    return answer(answers, *(answers.picked or {NONE_OF_THESE}))


def back(answers: Answers) -> Answers:
    """Return the answers without the last one."""
    return replace(answers, given=answers.given[:-1], picked=frozenset())


def _red(answers: Answers) -> bool:
    return answers.has("red", YES) or answers.has("blood", MORE)


def advise(answers: Answers) -> Advice:
    """Return the advice; what was not answered counts as no, the first line of the rule that fits wins."""
    if _red(answers):
        return Advice.RED
    return _advise_child(answers) if answers.form is Form.CHILD else _advise_adult(answers)


def _advise_adult(answers: Answers) -> Advice:
    cough = answers.has("cough", YES)
    long_cough = cough and answers.has("cough2w", FROM_2_WEEKS, UNSURE)
    short_cough = cough and answers.has("cough2w", UNDER_2_WEEKS)
    other = any(answers.has(sign, *YES_OR_UNSURE) for sign in ("fever", "sweats", "weight"))
    weak = answers.has("health", *HEALTH)
    contact = answers.has("contact", *YES_OR_UNSURE)
    finished, unfinished = answers.has("before", FINISHED), answers.has("before", UNFINISHED)
    rule = (
        (answers.has("blood", STREAKS), Advice.URGENT),
        (unfinished and (cough or other), Advice.URGENT),
        (long_cough or other, Advice.SOON),
        (short_cough and (weak or contact or finished), Advice.SOON),
        (unfinished, Advice.SOON),
        (contact, Advice.CONTACT),
        (short_cough, Advice.WATCH),
        (weak or finished, Advice.ROUTINE),
    )
    return next((advice for fits, advice in rule if fits), Advice.NONE)


def _advise_child(answers: Answers) -> Advice:
    short_cough = answers.has("cough", UNDER_2_WEEKS)
    other = answers.has("cough", FROM_2_WEEKS, UNSURE) or any(
        answers.has(sign, *YES_OR_UNSURE) for sign in ("fever", "weight", "tired")
    )
    contact = answers.has("contact", *YES_OR_UNSURE)
    small = answers.has("age", UNDER_5)
    rule = (
        (contact and small and (short_cough or other), Advice.URGENT),
        (other or (short_cough and (contact or small)), Advice.SOON),
        (contact, Advice.CONTACT),
        (short_cough, Advice.WATCH),
    )
    return next((advice for fits, advice in rule if fits), Advice.NONE)


def lines(answers: Answers) -> tuple[Line, ...]:
    """Return what is added to the advice, in the order shown; nothing beside the call for an ambulance."""
    advice = advise(answers)
    if advice is Advice.RED:
        return ()
    special = (
        (answers.has("before", UNFINISHED), Line.NOT_FINISHED),
        (answers.has("child5", YES) and advice >= Advice.CONTACT, Line.CHILD_AT_HOME),
        (answers.has("health", PREGNANT), Line.PREGNANT),
    )
    always = (Line.NOT_A_DIAGNOSIS, Line.EXAMINED_ANYWAY, Line.COVER_THE_COUGH)
    return tuple(line for holds, line in special if holds) + always


def ask_again_on(today: date, *, coughing_days: int | None = None) -> date:
    """Return the day to ask again after WATCH: when the cough reaches 2 weeks, or in 7 days when unknown.

    `today` and the result are dates at the person's place; the result is never today.
    """
    if coughing_days is None:
        return today + timedelta(days=7)
    return today + timedelta(days=min(14, max(1, 14 - coughing_days)))


def encode(answers: Answers) -> str:
    """Return the answers as at most 20 ASCII characters for callback data."""
    letters = "".join(_letter(question, chosen) for question, chosen in answers.given)
    picked = _PICKING + _digit(answers.picked) if answers.picked else ""
    return answers.form.value + letters + picked


def decode(text: str) -> Answers | None:
    """Return the answers of an encoded text, or None when nobody could have answered so."""
    if not 0 < len(text) <= _LONGEST or text[0] not in {form.value for form in Form}:
        return None
    letters, _, picked = text[1:].partition(_PICKING)
    answers: Answers | None = Answers(Form(text[0]))
    for letter in letters:
        question = next_question(answers) if answers else None
        if answers is None or question is None:
            return None
        answers = answer(answers, *_choices(question, letter))
    for choice in _bits(picked):
        answers = toggle(answers, choice) if answers else None
    return answers if answers and encode(answers) == text else None


def _letter(question: str, chosen: frozenset[str]) -> str:
    if question == "health" and SKIP not in chosen:
        return _digit(chosen)
    return "".join(_LETTERS[choice] for choice in chosen)


def _choices(question: Question, letter: str) -> tuple[str, ...]:
    if question.several and letter != _LETTERS[SKIP]:
        return (NONE_OF_THESE,) if letter == "0" else _bits(letter)
    return tuple(choice for choice in question.choices if _LETTERS.get(choice) == letter)


def _digit(chosen: frozenset[str]) -> str:
    return f"{sum(1 << bit for bit, choice in enumerate(HEALTH) if choice in chosen):x}"


def _bits(digit: str) -> tuple[str, ...]:
    if len(digit) != 1 or digit not in "0123456789abcdef":
        return ()
    return tuple(choice for bit, choice in enumerate(HEALTH) if int(digit, 16) >> bit & 1)
