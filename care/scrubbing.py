"""Scrub a text that was not answered before it is kept: what may point to somebody goes."""

import re

MOST = 300  # characters kept
_RULES = (
    (re.compile(r"(?:https?://|t\.me/|www\.)\S+", re.IGNORECASE), "[link]"),
    (re.compile(r"\S+@\S+\.\S+"), "[mail]"),
    (re.compile(r"@\w+"), "[name]"),
    (re.compile(r"\+?\d(?:[\s().-]*\d){4,}"), "[number]"),  # phones, passports, cards, dates of birth
)
_CALLED = re.compile(  # what a person is called, said in the ways of the languages we know
    r"(?i:\b(?:меня зовут|моё имя|мое имя|зовут|my name is|ismim|mening ismim|исмим|менинг исмим|номи ман|"
    r"номам|менің атым|атым)\b)[\s:—-]*\w+(?:\s+[A-ZА-ЯЁЎҚҒҲӘӨҮҰІҢҺӢӮҶ]\w+){0,2}"
)
_FULL_NAME = re.compile(r"\b[A-ZА-ЯЁЎҚҒҲӘӨҮҰІҢҺӢӮҶ][\w’ʻ'-]+(?:\s+[A-ZА-ЯЁЎҚҒҲӘӨҮҰІҢҺӢӮҶ][\w’ʻ'-]+)+")


def scrub(text: str) -> str:
    """Return `text` without numbers, links, addresses and recognisable names, at most MOST characters.

    Two or more capitalised words in a row count as a name: better a place lost than a person kept.
    """
    for pattern, word in _RULES:
        text = pattern.sub(word, text)
    text = _CALLED.sub("[name]", text)
    text = _FULL_NAME.sub("[name]", text)
    return " ".join(text.split())[:MOST]
