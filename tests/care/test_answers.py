"""The English answers, source of all others: what the fact sheet allows, and nothing that is invented."""

import re
from pathlib import Path

import pytest

import locales
from care.topics import FEARS, LEGAL, PROMISES, TOPICS, Kind
from locales.answers import Answer, gather
from locales.pofile import read

ANSWERS = gather(read(Path(locales.__file__).parent / "en/LC_MESSAGES/answers.po").entries, source=True)
EMERGENCY_NUMBERS = {"103", "112"}
RULES_CHANGE = "Rules change. Ask the outreach worker what is true for you today."


def every(check):
    return pytest.mark.parametrize("answer", ANSWERS.values(), ids=lambda answer: answer.topic)(check)


def test_every_topic_that_is_answered_with_a_text_is_written():
    assert ANSWERS.keys() == {topic.id for topic in TOPICS.values() if topic.kind is Kind.ANSWER}
    assert len(ANSWERS) == 70
    assert ANSWERS.keys() >= set(FEARS)


@every
def test_an_answer_belongs_to_a_topic_and_fits_a_screen(answer: Answer):
    assert TOPICS[answer.topic].kind is Kind.ANSWER
    assert len(answer.title) <= 45
    assert len(answer.text) <= 700


@every
def test_an_answer_says_where_it_comes_from_and_whether_it_was_read(answer: Answer):
    assert answer.sources
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", answer.checked)
    assert answer.review


@every
def test_legal_answers_and_only_they_end_with_the_line_that_rules_change(answer: Answer):
    assert answer.text.endswith("\n\n" + RULES_CHANGE) is (answer.topic in LEGAL)


@every
def test_only_emergency_numbers_look_like_phone_numbers(answer: Answer):
    numbers = set(re.findall(r"\d{3,}", answer.text))

    assert numbers <= EMERGENCY_NUMBERS | {"100", "180", "2015", "2020"}


@every
def test_promises_of_an_answer_are_known_and_stand_apart_from_the_text(answer: Answer):
    assert {promise for promise, _ in answer.promises} <= PROMISES.keys()
    assert all(sentence not in answer.text for _, sentence in answer.promises)


@every
def test_only_bold_is_used_and_every_tag_is_closed(answer: Answer):
    assert set(re.findall(r"<[^>]*>", answer.text)) <= {"<b>", "</b>"}
    assert answer.text.count("<b>") == answer.text.count("</b>")
    assert "<" not in answer.title


def test_every_promise_is_told_somewhere():
    assert {promise for answer in ANSWERS.values() for promise, _ in answer.promises} == PROMISES.keys()


def test_the_emergency_answer_begins_with_the_number():
    assert ANSWERS["emergency"].text.startswith("<b>Call 103 or 112 now.</b>")


@pytest.mark.parametrize("word", ["suspect", "defaulter", "infected", "spreader", "anonymous", "100%"])
def test_words_that_hurt_or_promise_too_much_are_not_used(word):
    assert not [answer.topic for answer in ANSWERS.values() if word in answer.text.lower()]
