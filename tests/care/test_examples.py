"""Example questions: alternatives are spelled out, and the tables in the repository are sound."""

from pathlib import Path

import pytest

import locales
from care.examples import NOT_OURS, AlternativesError, Example, examples, faults, spell_out
from care.topics import TOPICS
from locales.questions import load_questions

TABLES = load_questions(Path(locales.__file__).parent)
ANSWERS = Path(locales.__file__).parent / "en" / "LC_MESSAGES" / "answers.po"
WRITTEN = [topic for topic in TOPICS if f'"{topic}|text"' in ANSWERS.read_text(encoding="utf-8")]


@pytest.mark.parametrize(
    ("line", "wordings"),
    [
        ("как лечат", ("как лечат",)),
        ("(бесплатно|текин) ли", ("бесплатно ли", "текин ли")),
        ("сколько (стоит|) рентген", ("сколько стоит рентген", "сколько рентген")),
        ("(а|б) (в|г)", ("а в", "а г", "б в", "б г")),
        ("гепатит (А)", ("гепатит А",)),
        ("(|)", ()),
    ],
)
def test_alternatives_are_spelled_out_in_the_order_written(line, wordings):
    assert spell_out(line) == wordings


@pytest.mark.parametrize("line", ["(а", "а)", "((а|б)|в)", "(1|2|3|4|5)" * 3])
def test_a_line_that_cannot_be_spelled_out_says_why(line):
    with pytest.raises(AlternativesError):
        spell_out(line)


def test_a_table_becomes_examples():
    assert examples("uz", {"treatment": ["(sil|tubik) davosi"]}) == (
        Example("treatment", "uz", "sil davosi"),
        Example("treatment", "uz", "tubik davosi"),
    )


def test_all_faults_of_a_table_are_told_at_once():
    table = {"treatment": ["a", "(b"], "relapse": ["A"], "unknown": [], NOT_OURS: "c"}

    assert len(faults(table, topics=TOPICS)) == 4


@pytest.mark.parametrize("language", ["ru", "uz", "tg", "kk"])
def test_the_questions_of_each_language_are_sound(language):
    assert faults(TABLES[language], topics=TOPICS) == ()
    assert len(TABLES[language][NOT_OURS]) >= 150


@pytest.mark.parametrize("language", ["ru", "uz", "tg", "kk"])
@pytest.mark.parametrize("topic", WRITTEN)
def test_each_written_topic_has_ten_questions_in_each_language(language, topic):
    assert len(TABLES[language][topic]) >= 10


@pytest.mark.parametrize("topic", WRITTEN)
def test_each_written_topic_has_ten_questions_in_both_uzbek_scripts(topic):
    lines = TABLES["uz"][topic]
    cyrillic = [line for line in lines if any("а" <= letter <= "я" for letter in line.lower())]

    assert len(cyrillic) >= 10
    assert len(lines) - len(cyrillic) >= 10
