"""Learn the search from all example questions: `make model`, or `python -m training.fit [--check]`.

Reads questions.toml, danger.toml and concepts.toml of each folder under `locales/`, and writes
`locales/search.bin`: linear weights over hashed features, for each topic against all others, and besides for
whether a question is ours at all, whether it tells of danger now, and in which language it is. With --check
nothing is learned; the exit code tells whether the file belongs to what the folders hold.
"""

import argparse
import sys
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from sklearn.svm import LinearSVC

import locales
from care.concepts import Concepts
from care.examples import NOT_OURS, examples
from care.features import meanings, parts, split
from care.search import DANGER, LANGUAGE, MEANINGS, OURS
from care.weights import RARITY_STEP, Weights, bucket_of, written
from locales.folding import fold
from locales.questions import load_concepts, load_dangers, load_questions, sources
from training.measure import held_back, numbers

ROOT = Path(locales.__file__).parent
MODEL = ROOT / "search.bin"
BUCKETS = 1 << 18
CODE = (
    "care/concepts.py",
    "care/features.py",
    "locales/folding.py",
    "training/fit.py",
    "training/measure.py",
)
SMALLEST = 2  # of 127: smaller weights are left out
SOFTNESS = {"topics": 1.0, OURS: 1.0, DANGER: 1.0, LANGUAGE: 0.3}  # C of each machine
EMERGENCY = "emergency"
Numbers = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Lesson:
    """One question to learn from."""

    words: tuple[str, ...]  # folded
    topic: str | None  # None where only its danger is known
    language: str
    danger: bool


def lessons(root: Path) -> list[Lesson]:
    """Return the example questions of all languages, the same words under the same topic once."""
    found: dict[tuple[tuple[str, ...], str | None], Lesson] = {}

    def add(text: str, topic: str | None, language: str, danger: bool) -> None:
        words = tuple(split(text, fold=fold))
        if words:
            found.setdefault((words, topic), Lesson(words, topic, language, danger))

    for language, table in load_questions(root).items():
        for one in examples(language, table):
            add(one.text, one.topic, language, one.topic == EMERGENCY)
    for language, table in load_dangers(root).items():
        for one in examples(language, table):
            danger = one.topic == "danger"
            add(one.text, None, language, danger)
    return list(found.values())


class Learner:
    """Questions as numbers, and the machines that learn from them."""

    def __init__(self, concepts: Concepts) -> None:
        """Know nothing yet."""
        self.concepts = concepts
        self.rarities = np.zeros(BUCKETS, dtype=np.float32)
        self.classes: list[str] = []
        self.weights: Numbers = np.zeros((0, BUCKETS), dtype=np.float32)
        self.bias: Numbers = np.zeros(0, dtype=np.float32)

    def learn(self, taught: Sequence[Lesson]) -> None:
        """Learn from questions."""
        blocks = self._blocks(taught)
        counts = np.asarray(sum(block.sum(axis=0) for block in blocks)).ravel()
        rarities = np.log((1 + len(taught)) / (1 + np.minimum(counts, len(taught)))) + 1
        self.rarities = np.where(counts > 0, np.round(rarities / RARITY_STEP) * RARITY_STEP, 0.0)
        rows = self._scaled(blocks)
        about = np.array([one.topic is not None for one in taught])
        topics = np.array([one.topic or "" for one in taught])
        self._machine(rows[about], topics[about], SOFTNESS["topics"])
        self._machine(rows[about], topics[about] != NOT_OURS, SOFTNESS[OURS], OURS)
        self._machine(rows, np.array([one.danger for one in taught]), SOFTNESS[DANGER], DANGER)
        languages = np.array([LANGUAGE + one.language for one in taught])
        self._machine(rows, languages, SOFTNESS[LANGUAGE])

    def _machine(
        self, rows: csr_matrix, wanted: NDArray[Any], softness: float, name: str | None = None
    ) -> None:
        machine = LinearSVC(C=softness, class_weight=None if name is None else "balanced", random_state=1)
        machine.fit(rows, wanted)
        self.classes += [name] if name else [str(one) for one in machine.classes_]
        self.weights = np.vstack([self.weights, machine.coef_.astype(np.float32)])
        self.bias = np.concatenate([self.bias, machine.intercept_.astype(np.float32)])

    def scores(self, asked: Sequence[Lesson]) -> Numbers:
        """Return the scores of all classes for questions."""
        return np.asarray(self._scaled(self._blocks(asked)) @ self.weights.T + self.bias)

    def _blocks(self, asked: Sequence[Lesson]) -> list[csr_matrix]:
        return [
            _present([parts(one.words) for one in asked]),
            _present([meanings(self.concepts.of(one.words)) for one in asked]),
        ]

    def _scaled(self, blocks: Sequence[csr_matrix]) -> csr_matrix:
        """Return rows in which each block has its share as length."""
        whole = csr_matrix(blocks[0].shape, dtype=np.float32)
        for block, share in zip(blocks, (1.0, MEANINGS), strict=True):
            weighed = block @ diags(self.rarities)
            sizes = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
            whole = whole + diags(share / np.maximum(sizes, 1e-9)) @ weighed
        return csr_matrix(whole, dtype=np.float32)


def _present(rows: Sequence[set[str]]) -> csr_matrix:
    """Return which bucket is in which row."""
    buckets = [sorted({bucket_of(feature, BUCKETS) for feature in row}) for row in rows]
    starts = np.cumsum([0, *(len(row) for row in buckets)])
    places = np.fromiter((place for row in buckets for place in row), dtype=np.int32)
    return csr_matrix((np.ones(len(places), np.float32), places, starts), shape=(len(rows), BUCKETS))


def _scaled_to_bytes(learner: Learner) -> tuple[float, dict[str, "array[Any]"]]:
    """Return the unit of a weight, and offsets and entries of all buckets; what rounds to little is gone."""
    unit = float(np.quantile(np.abs(learner.weights[learner.weights != 0]), 0.9995)) / 127
    small = np.clip(np.round(learner.weights / unit), -127, 127).astype(np.int8)
    small[np.abs(small) < SMALLEST] = 0
    by_bucket = csr_matrix(small.T)
    return unit, {
        "offsets": array("I", by_bucket.indptr.astype(np.uint32).tobytes()),
        "rarities": array("B", np.minimum(learner.rarities / RARITY_STEP, 255).astype(np.uint8).tobytes()),
        "entry_classes": array("B", by_bucket.indices.astype(np.uint8).tobytes()),
        "entry_weights": array("b", by_bucket.data.astype(np.int8).tobytes()),
    }


def _known(taught: Sequence[Lesson], classes: Sequence[str]) -> dict[str, "array[int]"]:
    """Return checksums and classes of the questions that stand under one topic only."""
    topics: dict[int, set[str]] = {}
    for one in taught:
        if one.topic is not None:
            topics.setdefault(crc32(" ".join(one.words).encode()), set()).add(one.topic)
    clear = sorted((key, classes.index(min(names))) for key, names in topics.items() if len(names) == 1)
    return {
        "examples": array("I", [key for key, _ in clear]),
        "example_classes": array("B", [place for _, place in clear]),
    }


def model(root: Path, learner: Learner, taught: Sequence[Lesson], numbers: dict[str, float]) -> bytes:
    """Return the bytes of the file."""
    unit, tables = _scaled_to_bytes(learner)
    concepts = learner.concepts
    header = {
        "classes": learner.classes,
        "numbers": numbers,
        "sources": learned_from(root),
        "bias": [round(float(one), 5) for one in learner.bias],
        "scale": unit,
        "concepts": list(concepts.names),
        "phrases": {
            first: [[list(rest), name] for rest, name in rows] for first, rows in concepts.phrases.items()
        },
    }
    tables |= _known(taught, learner.classes)
    tables["concept_keys"] = array("I", concepts.keys)
    tables["concept_values"] = array("B", concepts.values)
    return written(header, tables)


def learned_from(root: Path) -> dict[str, str]:
    """Return checksums of all that decides what is learned: the questions, and the code that reads them."""
    code = {name: sha256((root.parent / name).read_bytes()).hexdigest()[:16] for name in CODE}
    return {**sources(root), **code}


def main() -> int:
    """Learn and write, or check; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m training.fit")
    parser.add_argument("--check", action="store_true", help="only say whether the file is up to date")
    if parser.parse_args().check:
        fresh = MODEL.exists() and Weights.read(MODEL.read_bytes()).sources == learned_from(ROOT)
        print("up to date" if fresh else f"{MODEL.name} is out of date, run `make model`")
        return int(not fresh)
    concepts = Concepts.compiled(load_concepts(ROOT).values(), fold=fold)
    taught = lessons(ROOT)
    classes, scores = held_back(taught, lambda: Learner(concepts))
    measured = numbers(taught, classes, scores)
    print(f"{len(taught)} questions; thresholds {measured}")
    learner = Learner(concepts)
    learner.learn(taught)
    MODEL.write_bytes(model(ROOT, learner, taught, measured))
    print(f"{MODEL.name}: {MODEL.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
