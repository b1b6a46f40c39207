"""A search that has learned nothing but the examples it is given: by likeness alone."""

from array import array
from collections.abc import Iterable

from care.concepts import Concepts
from care.examples import NOT_OURS, Example
from care.search import DANGER, OURS, Search
from care.weights import Weights
from locales.folding import fold

BUCKETS = 4096


def search_of(known: Iterable[Example]) -> Search:
    """Return a search over a few examples."""
    examples = list(known)
    classes = (*sorted({one.topic for one in examples} | {NOT_OURS}), OURS, DANGER)
    weights = Weights(
        classes=classes,
        numbers={"steep": 1.0, "ours_gap": 1.0, "ours_own": 1.0, "ours": 1.0, "danger": 1.0},
        sources={},
        concepts=Concepts((), array("I"), b"", {}),
        bias=[0.0] * len(classes),
        scale=1.0,
        offsets=array("I", [0] * (BUCKETS + 1)),
        rarities=array("B", [0] * BUCKETS),
        entry_classes=b"",
        entry_weights=b"",
        examples=array("I"),
        example_classes=b"",
    )
    return Search(lambda: weights, fold=fold, changed=lambda _: examples)
