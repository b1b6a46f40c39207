"""Word the paper of a transfer card: what it is, what the person allows, and how it is opened.

Neither the title nor the file's name says which illness it is about.
"""

import json
from collections.abc import Collection
from datetime import datetime

from care.invites import deep_link
from care.transfer import PAPER_LANGUAGES, Country, Field
from handlers.transfer_words import Line, on_day, on_paper
from locales.catalogue import Locale, Words
from storage.transfer_facts import Facts

PDF, PICTURE = "transfer.pdf", "transfer.png"


def papers(words: Words, country: Country) -> list[Locale]:
    """Return the languages of a paper for who goes to `country`: Russian, and the one spoken there."""
    return [words[code] for code in PAPER_LANGUAGES[country] if code in words]


def content(
    words: Words,
    facts: Facts,
    allowed: Collection[Field],
    *,
    country: Country,
    code: str,
    username: str,
    until: datetime,
) -> str:
    """Return what the picture and the PDF are made from, as `bot.print.transfer` reads it."""
    locales = papers(words, country)
    printed = on_paper(locales, words, facts, allowed)
    day = on_day(until.date())
    values = {
        "address": deep_link(username, code),
        "title": [t.label("Medical transfer") for t in locales],
        "rows": [_row(line) for line in printed],
        "scan": [
            t.label("For the clinic: scan the code with a phone. It opens once, until {day}.", day=day)
            for t in locales
        ],
        "lost": [t.label("Found this paper? Please destroy it: it belongs to a patient.") for t in locales],
    }
    return json.dumps(values, ensure_ascii=False)


def _row(said: tuple[Line, ...]) -> dict[str, list[str]]:
    """Return one line of the paper; what is alike in both languages stands once."""
    labels, values = [line.label for line in said], [line.value for line in said]
    return {"label": list(dict.fromkeys(labels)), "value": list(dict.fromkeys(values))}
