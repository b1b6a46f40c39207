"""Sources have names that a reader recognises."""

import re

import pytest

from care.sources import SOURCES, readable, unknown
from locales.catalogue import Words


def test_every_source_of_an_answer_has_a_name():
    words = Words.load(strict=False)

    used = [
        source for locale in words.values() for answer in locale.answers.values() for source in answer.sources
    ]
    assert used
    assert unknown(used) == []


@pytest.mark.parametrize("source", SOURCES)
def test_a_name_says_more_than_the_id(source: str):
    name = readable(source)

    assert name != source
    assert len(name) <= 90
    assert not re.search(r"[<>&{}]|https?:", name)


def test_an_id_without_a_name_stays_and_is_told():
    assert readable("NOSUCH") == "NOSUCH"
    assert unknown(["NOSUCH", "WHO-FS", "NOSUCH"]) == ["NOSUCH"]
