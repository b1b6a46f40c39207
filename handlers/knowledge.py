"""Bring the answers' parts together: the learned search, and the danger rule."""

import mmap
from collections.abc import Iterator
from pathlib import Path

import locales
from care.danger import DangerRule
from care.examples import Example, examples
from care.features import split
from care.search import Search
from care.topics import TOPICS, Kind
from care.weights import Weights, WeightsError
from locales.catalogue import Words
from locales.faults import Fault, WordsFault
from locales.folding import fold
from locales.questions import QUESTIONS, read_questions, sources

SOURCE = "en"
MODEL = "search.bin"
ROOT = Path(locales.__file__).parent


def make_search(words: Words, *, folder: Path = ROOT) -> Search:
    """Return the search over the examples of all languages; only what can be shown is ever found.

    When it is first used it raises WordsFault where the weights or the questions cannot be read.
    """
    shown = frozenset(words[SOURCE].answers) | {one.id for one in TOPICS.values() if one.kind is Kind.ACTION}

    def changed(weights: Weights) -> Iterator[Example]:
        """Yield the examples that were written since the weights were learned: edited, or a new language."""
        now = sources(folder)
        for name in (
            name for name in now if name.endswith(QUESTIONS) and now[name] != weights.sources.get(name)
        ):
            language = Path(name).parent.name
            for one in examples(language, read_questions(folder / language)):
                if weights.known(" ".join(split(one.text, fold=fold))) is None:
                    yield one

    return Search(lambda: read_weights(folder / MODEL), fold=fold, existing=shown, changed=changed)


def read_weights(path: Path) -> Weights:
    """Map the file of learned weights; raises WordsFault."""
    try:
        with path.open("rb") as file:
            return Weights.read(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, WeightsError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise WordsFault([Fault(path, f"cannot be used: {reason}", "run `make model`")]) from None


def make_danger(search: Search | None = None) -> DangerRule:
    """Return the danger rule; with a search it also knows what resembles what others wrote in danger."""
    return DangerRule(fold=fold, resembles=search.danger if search else None)
