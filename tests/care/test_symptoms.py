"""The symptom check: every case of the screening page, and what must hold for any answers."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care import symptoms
from care.symptoms import Advice, Answers, Form, Line, Question

ALL_NO_ADULT = {
    "red": "no",
    "cough": "no",
    "fever": "no",
    "sweats": "no",
    "weight": "no",
    "blood": "no",
    "contact": "no",
    "before": "no",
    "health": "none",
    "child5": "no",
}
ALL_NO_CHILD = {
    "red": "no",
    "cough": "no",
    "fever": "no",
    "weight": "no",
    "tired": "no",
    "contact": "no",
    "age": "5-14",
}
SHORT, LONG, UNSURE = (
    {"cough": "yes", "cough2w": how} for how in ("under-2-weeks", "from-2-weeks", "unsure")
)
EVERYTHING = {
    "red": "yes",
    "blood": "more",
    "fever": "yes",
    "sweats": "yes",
    "weight": "yes",
    "contact": "yes",
    "before": "unfinished",
    "health": "hiv",
    "child5": "yes",
}


def adult(said: dict[str, str]) -> Answers:
    return Answers(Form.SELF, tuple((q, frozenset({c})) for q, c in (ALL_NO_ADULT | said).items()))


def child(said: dict[str, str]) -> Answers:
    return Answers(Form.CHILD, tuple((q, frozenset({c})) for q, c in (ALL_NO_CHILD | said).items()))


CASES = [
    (1, adult({"red": "yes"}), Advice.RED),
    (2, adult({"blood": "more"}), Advice.RED),
    (3, adult({"blood": "streaks"}), Advice.URGENT),
    (4, adult(LONG), Advice.SOON),
    (5, adult(UNSURE), Advice.SOON),
    (6, adult(SHORT), Advice.WATCH),
    (7, adult(SHORT | {"contact": "yes"}), Advice.SOON),
    (8, adult(SHORT | {"health": "diabetes"}), Advice.SOON),
    (9, adult(SHORT | {"health": "hiv"}), Advice.SOON),
    (10, adult({"fever": "unsure"}), Advice.SOON),
    (11, adult({"sweats": "yes"}), Advice.SOON),
    (12, adult({"weight": "yes"}), Advice.SOON),
    (13, adult({"contact": "yes"}), Advice.CONTACT),
    (14, adult({"contact": "unsure"}), Advice.CONTACT),
    (15, adult({"before": "finished"}), Advice.ROUTINE),
    (16, adult({"before": "unfinished"}), Advice.SOON),
    (17, adult(SHORT | {"before": "unfinished"}), Advice.URGENT),
    (18, adult({"health": "hiv"}), Advice.ROUTINE),
    (19, adult(SHORT | {"health": "skip"}), Advice.WATCH),
    (20, adult({}), Advice.NONE),
    (21, adult({"contact": "yes", "blood": "streaks"}), Advice.URGENT),
    (22, adult(LONG | EVERYTHING), Advice.RED),
    (23, adult({"before": "unfinished", "contact": "yes"}), Advice.SOON),
    (24, child({"age": "under-5", "contact": "yes"}), Advice.CONTACT),
    (25, child({"age": "under-5", "contact": "yes", "cough": "under-2-weeks"}), Advice.URGENT),
    (26, child({"cough": "under-2-weeks"}), Advice.WATCH),
    (27, child({"weight": "yes"}), Advice.SOON),
]


@pytest.mark.parametrize(("answers", "advice"), [pytest.param(a, c, id=str(n)) for n, a, c in CASES])
def test_each_case_of_the_screening_page_gets_its_advice(answers, advice):
    assert symptoms.advise(answers) is advice


def test_a_small_child_with_a_short_cough_is_not_only_watched():
    assert symptoms.advise(child({"age": "under-5", "cough": "under-2-weeks"})) is Advice.SOON


ALWAYS = (Line.NOT_A_DIAGNOSIS, Line.EXAMINED_ANYWAY, Line.COVER_THE_COUGH)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, ALWAYS),
        ({"before": "unfinished", "contact": "yes"}, (Line.NOT_FINISHED, *ALWAYS)),
        (LONG | {"child5": "yes"}, (Line.CHILD_AT_HOME, *ALWAYS)),
        (SHORT | {"child5": "yes"}, ALWAYS),
        ({"child5": "skip", "contact": "yes"}, ALWAYS),
        ({"health": "pregnant"}, (Line.PREGNANT, *ALWAYS)),
        (EVERYTHING, ()),
    ],
)
def test_lines_are_added_where_they_belong_and_never_beside_the_ambulance(said, expected):
    assert symptoms.lines(adult(said)) == expected


@pytest.mark.parametrize("said", [{"red": "yes"}, {"blood": "more"}])
def test_a_danger_sign_ends_the_check_at_once(said):
    answers = Answers(Form.SELF, tuple((q, frozenset({c})) for q, c in said.items()))

    assert symptoms.next_question(answers) is None


def test_the_length_of_a_cough_is_asked_only_of_those_who_cough():
    coughing = symptoms.decode("mny")
    well = symptoms.decode("mnn")

    assert symptoms.next_question(coughing).id == "cough2w"
    assert symptoms.next_question(well).id == "fever"


def test_several_conditions_are_ticked_unticked_and_confirmed():
    open_health = symptoms.decode("mnnnnnnnn")
    ticked = symptoms.toggle(symptoms.toggle(symptoms.toggle(open_health, "hiv"), "pregnant"), "hiv")

    assert symptoms.decode(symptoms.encode(ticked)) == ticked
    assert symptoms.confirm(ticked).given[-1] == ("health", frozenset({"pregnant"}))
    assert symptoms.confirm(open_health).given[-1] == ("health", frozenset({"none"}))


def test_back_opens_the_last_question_again():
    assert symptoms.back(symptoms.decode("mnyu")) == symptoms.decode("mny")
    assert symptoms.back(symptoms.decode("c")) == symptoms.decode("c")


def walk(data: st.DataObject, form: Form) -> Answers:
    """Answer as a person would, stopping anywhere."""
    answers = Answers(form)
    while (question := symptoms.next_question(answers)) and data.draw(st.booleans() | st.just(True)):
        answers = symptoms.answer(answers, *data.draw(choices(question)))
        assert answers is not None
    return answers


def choices(question: Question) -> st.SearchStrategy[tuple[str, ...]]:
    single = st.sampled_from(question.choices).map(lambda choice: (choice,))
    several = st.lists(st.sampled_from(symptoms.HEALTH), min_size=1, unique=True).map(tuple)
    return single | several if question.several else single


@given(st.data(), st.sampled_from(Form))
def test_whatever_was_answered_survives_the_button(data, form):
    answers = walk(data, form)
    text = symptoms.encode(answers)

    assert text.isascii()
    assert len(text) <= 20
    assert symptoms.decode(text) == answers


@given(st.text(max_size=25) | st.text("mocynu-12smfx490abcdef+", max_size=25))
def test_hostile_callback_data_is_refused_or_is_what_it_says(text):
    answers = symptoms.decode(text)

    assert answers is None or symptoms.encode(answers) == text


@pytest.mark.parametrize(
    "text", ["", "z", "mq", "myy", "mnyuq", "mn+", "mn+1", "mnnnnnnnn+0", "mnnnnnnnn+g", "m" * 21]
)
def test_answers_that_nobody_could_have_given_are_refused(text):
    assert symptoms.decode(text) is None


LADDERS = {
    "red": ("no", "yes"),
    "cough2w": ("under-2-weeks", "unsure", "from-2-weeks"),
    "fever": ("no", "unsure", "yes"),
    "sweats": ("no", "unsure", "yes"),
    "weight": ("no", "unsure", "yes"),
    "tired": ("no", "unsure", "yes"),
    "blood": ("no", "streaks", "more"),
    "contact": ("no", "unsure", "yes"),
    "before": ("no", "finished", "unfinished"),
    "health": ("none", "skip", "weakened", "diabetes", "hiv"),
    "age": ("5-14", "under-5"),
}
CHILD_COUGH = ("no", "under-2-weeks", "unsure", "from-2-weeks")


@given(st.data(), st.sampled_from([Form.SELF, Form.CHILD]))
def test_one_more_sign_never_gives_calmer_advice(data, form):
    ids = [question.id for question in symptoms.QUESTIONS[form] if question.id != "child5"]
    ladders = {q: LADDERS.get(q, CHILD_COUGH if form is Form.CHILD else ("no", "yes")) for q in ids}
    levels = {q: data.draw(st.integers(0, len(ladder) - 1)) for q, ladder in ladders.items()}
    worse = data.draw(st.sampled_from(ids))
    higher = levels | {worse: min(levels[worse] + 1, len(ladders[worse]) - 1)}

    def advice(at: dict[str, int]) -> Advice:
        return symptoms.advise(Answers(form, tuple((q, frozenset({ladders[q][at[q]]})) for q in ids)))

    assert advice(higher) >= advice(levels)


@pytest.mark.parametrize(
    ("days", "expected"), [(None, 7), (0, 14), (3, 11), (13, 1), (14, 1), (40, 1), (-5, 14)]
)
def test_a_watched_cough_is_asked_about_when_it_reaches_two_weeks(days, expected):
    today = date(2026, 11, 22)

    assert symptoms.ask_again_on(today, coughing_days=days) == today + timedelta(days=expected)
