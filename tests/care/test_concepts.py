"""Concepts: words that mean the same, whatever the language, found by stem, word or phrase."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.concepts import Concepts
from care.features import meanings, parts, split
from locales.folding import fold

TABLES = [
    {"deport": "депорт* высла*", "home": "на_родин*", "free": "даром", "not": "не"},
    {"deport": "badargʻa* haydab_yubor*", "free": "tekin*"},
]
CONCEPTS = Concepts.compiled(TABLES, fold=fold)


def meant(text: str) -> list[str]:
    return CONCEPTS.of(split(text, fold=fold))


@pytest.mark.parametrize(
    ("text", "concepts"),
    [
        ("Меня ДЕПОРТИРУЮТ?", ["deport"]),
        ("badarg'a qilishadimi", ["deport"]),
        ("бадарға", ["deport"]),
        ("haydab yuborishadi", ["deport"]),
        ("haydab ketdi", []),
        ("отправят на родину", ["home"]),
        ("на работе и родина", []),
        ("это даром, не даром", ["free", "not"]),
        ("подарок даромщина", []),
        ("", []),
    ],
)
def test_a_text_means_what_its_words_mean_each_once(text, concepts):
    assert meant(text) == concepts


def test_an_entry_that_is_no_word_is_left_out():
    assert Concepts.compiled([{"odd": "!!! two-words"}], fold=fold).of(["two", "words"]) == []


@given(st.lists(st.sampled_from(["не", "даром", "депорт", "текин", "на", "родину", "слово"]), max_size=8))
def test_meanings_are_the_concepts_and_each_two_of_them_in_no_order(words):
    concepts = CONCEPTS.of([split(word, fold=fold)[0] for word in words])
    found = meanings(concepts)

    assert found == meanings(reversed(concepts))
    assert len(found) == len(concepts) * (len(concepts) + 1) // 2


@given(st.text(max_size=200))
def test_parts_of_any_text_are_those_of_its_folded_words(text):
    words = split(text, fold=fold)
    found = parts(words)

    assert all(f"_{word}_" in found for word in words)
    assert parts([*words, *words]) >= found
    assert bool(found) is bool(words)
