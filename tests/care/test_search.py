"""The search as shipped, judged on questions that were written apart from the examples."""

from collections import defaultdict
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.answers import asked, dangers
from care.examples import NOT_OURS, Example
from care.search import Search
from care.topics import TOPICS
from handlers.knowledge import make_danger, make_search
from locales.catalogue import Words
from tests.care.learned import search_of

LANGUAGES = ("ru", "uz", "tg", "kk")


@cache
def shipped() -> Search:
    return make_search(Words.load(strict=False))


@pytest.fixture
def search() -> Search:
    made = shipped()
    made.learn(())
    return made


def test_every_language_reaches_its_bar_on_questions_written_apart(search):
    first, third, count = defaultdict(int), defaultdict(int), defaultdict(int)
    for one in asked():
        if one.topic != NOT_OURS:
            finding = search.ask(one.text)
            ranked = [each.topic for each in finding.topics] if finding.ours else []
            first[one.language] += ranked[:1] == [one.topic]
            third[one.language] += one.topic in ranked
            count[one.language] += 1

    assert set(count) == set(LANGUAGES)
    for language in LANGUAGES:
        print(language, first[language] / count[language], third[language] / count[language])
        assert first[language] >= 0.94 * count[language]
        assert third[language] >= 0.98 * count[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_ours_is_rarely_answered(search, language):
    foreign = [one.text for one in asked() if one.topic == NOT_OURS and one.language == language]
    answered = [text for text in foreign if search.ask(text).ours]

    assert len(foreign) >= 100
    assert len(answered) <= 0.04 * len(foreign), answered


@pytest.mark.parametrize("language", LANGUAGES)
def test_danger_is_seen_in_every_language(search, language):
    danger = make_danger(search)
    texts = [one.text for one in dangers() if one.language == language]
    missed = [text for text in texts if danger(text) is None]

    assert len(texts) >= 50
    assert len(missed) <= 0.03 * len(texts), missed


def test_what_only_sounds_like_danger_is_mostly_no_alarm(search):
    danger = make_danger(search)
    safe = [one.text for one in asked(".danger.tsv") if one.topic == "safe"]
    alarms = [text for text in safe if danger(text) is not None]
    ordinary = [one.text for one in asked() if one.topic != "emergency" and danger(one.text) is not None]

    assert len(alarms) <= 0.15 * len(safe), alarms
    assert len(ordinary) <= 0.02 * len(asked()), ordinary


def test_an_answer_given_without_asking_back_is_nearly_always_right(search):
    found = [(one, search.ask(one.text)) for one in asked() if one.topic != NOT_OURS]
    sure = [(one, finding) for one, finding in found if finding.confident]
    right = [one for one, finding in sure if finding.topics[0].topic == one.topic]

    assert len(right) >= 0.97 * len(sure)
    assert len(sure) >= 0.85 * len(found)


def test_a_question_is_told_apart_by_its_language(search):
    known = [(one, search.ask(one.text).language) for one in asked() if one.topic != NOT_OURS]
    wrong = [one for one, language in known if language not in (one.language, None)]

    assert len(wrong) <= 0.05 * len(known)


@pytest.mark.parametrize(
    "text",
    ["", "   ", "?!", "🙂🙂", "+7 700 123 45 67", "как приготовить плов", "/etc/passwd", "\x00", "ъъъ"],
)
def test_what_nobody_can_understand_is_not_answered(search, text):
    assert not search.ask(text).confident


def test_an_example_itself_is_answered_for_sure(search):
    finding = search.ask("Sil nima!")

    assert finding.confident
    assert (finding.topics[0].topic, finding.language) == ("what-is-tb", "uz")


def test_the_same_question_in_any_script_finds_the_same(search):
    spellings = ("yoʻtalganda balgʻam chiqadi", "yo'talganda balg'am chiqadi", "йўталганда балғам чиқади")

    assert len({search.ask(text).topics for text in spellings}) == 1


def test_a_very_long_question_is_read_in_its_beginning(search):
    assert search.ask("сил чист " * 20_000).topics


@given(st.text(max_size=300))
def test_any_text_gets_at_most_three_topics_that_exist_in_falling_order(text):
    finding = shipped().ask(text)
    scores = [one.score for one in finding.topics]

    assert len(finding.topics) <= 3
    assert all(one.topic in TOPICS for one in finding.topics)
    assert scores == sorted(scores, reverse=True)
    assert not finding.confident or (finding.ours and finding.topics)


def test_what_was_taught_is_known_at_once_and_what_resembles_it_too(search):
    taught = Example("masks", "ru", "куда девать использованный намордник бумажный")
    search.learn([taught])

    assert search.ask(taught.text).topics[0].topic == "masks"
    assert search.ask("а куда девать использованные намордники бумажные").confident
    assert search.ask("а куда девать использованные намордники бумажные").topics[0].topic == "masks"
    search.learn(())
    assert search.ask(taught.text).topics[0].score < 1


def test_what_was_taught_as_not_ours_is_not_answered_any_more(search):
    question = "сколько стоит рентген колена"
    search.learn([Example(NOT_OURS, "ru", question)])

    assert not search.ask(question).ours
    assert not search.ask(question).confident


def test_a_new_language_is_found_by_likeness_before_anything_is_learned_from_it():
    search = search_of([Example("masks", "ky", "бет кап тагыш керекпи"), Example("none", "ky", "ким утту")])

    assert search.ask("бет кап тагыш керекпи").topics[0].topic == "masks"
    assert search.ask("бет капты тагыш керекпи").topics[0].topic == "masks"
    assert not search.ask("аба ырайы кандай").confident
