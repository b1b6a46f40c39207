"""Every topic in every language, nothing fuzzy, and every number of an answer the same everywhere."""

import re
from collections import Counter
from pathlib import Path

import pytest

import locales
from care.topics import TOPICS, Kind
from locales.catalogue import Words
from locales.pofile import read

ROOT = Path(locales.__file__).parent
WORDS = Words.load()
FOLDERS = sorted(path.parents[1].name for path in ROOT.glob("*/LC_MESSAGES/answers.po"))
ANSWERED = {topic.id for topic in TOPICS.values() if topic.kind is Kind.ANSWER}


def numbers(text: str) -> Counter[str]:
    return Counter(re.findall(r"\d+", text))


@pytest.mark.parametrize("code", list(WORDS))
def test_every_topic_is_answered_with_the_same_numbers(code: str):
    assert set(WORDS[code].answers) == ANSWERED
    for topic in ANSWERED:
        ours, english = WORDS[code].answers[topic], WORDS["en"].answers[topic]
        assert numbers(ours.text) == numbers(english.text), topic
        assert numbers(ours.title) == numbers(english.title), topic
        assert [promise for promise, _ in ours.promises] == [promise for promise, _ in english.promises]


@pytest.mark.parametrize("code", [code for code in FOLDERS if code != "en"])
@pytest.mark.parametrize("domain", ["answers", "bot"])
def test_nothing_is_fuzzy_or_empty(code: str, domain: str):
    entries = read(ROOT / code / "LC_MESSAGES" / f"{domain}.po").entries

    assert [entry.message[:60] for entry in entries if entry.fuzzy or not entry.translated] == []
    assert set(FOLDERS) >= {"ru", "uz", "tg", "kk"}
