"""Bring the answers' parts together: the search over all example questions, and the danger rule."""

from pathlib import Path

import locales
from care.danger import DangerRule
from care.examples import examples
from care.search import Search
from care.topics import TOPICS, Kind
from locales.catalogue import Words
from locales.folding import fold
from locales.questions import load_questions

SOURCE = "en"


def make_search(words: Words, *, folder: Path | None = None) -> Search:
    """Return the search over the examples of all languages; only what can be shown is ever found.

    Raises WordsFault when a file of questions cannot be read.
    """
    shown = frozenset(words[SOURCE].answers) | {one.id for one in TOPICS.values() if one.kind is Kind.ACTION}
    tables = load_questions(folder or Path(locales.__file__).parent)
    asked = [example for language, table in tables.items() for example in examples(language, table)]
    return Search(asked, fold=fold, existing=shown)


def make_danger() -> DangerRule:
    """Return the danger rule."""
    return DangerRule(fold=fold)
