"""Find the topics a question is about, in any language, spelling and script, or admit that it is not clear.

Linear weights, learned from the example questions (training/fit.py), over parts of words and over what words
mean (care/concepts.py). A question that is among the examples is about their topic; what coordinators taught
since counts at once, also for questions that resemble it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from math import exp, sqrt
from threading import Lock

from care.examples import NOT_OURS, Example
from care.features import meanings, parts, split
from care.weights import Weights

SHOWN = 3
OURS, DANGER, LANGUAGE = "!ours", "!danger", "!language:"
"""Classes beside the topics: is it for us at all, does it tell of danger, its language."""
MEANINGS = 0.6  # share of a question's meanings beside its parts of words
CONFIDENT = 0.5  # smallest certainty to answer without asking back
LEAST_LANGUAGE = -0.6  # smallest score of a language that is told
UNSEEN = 9.0  # rarity of a part of a word that no example has
ALIKE = 0.7  # smallest likeness, 0 to 1, to a taught question that counts


@dataclass(frozen=True, slots=True)
class Ranked:
    """A topic that may be meant."""

    topic: str
    score: float  # certainty, 0 to 1


@dataclass(frozen=True, slots=True)
class Finding:
    """What a question seems to be about."""

    topics: tuple[Ranked, ...]  # best first, at most three, only topics that exist
    confident: bool  # whether the first may be answered without asking back
    language: str | None  # of the examples the question resembles most; None when it resembles none
    ours: bool = True  # whether it seems to be a question for us at all


NOTHING = Finding((), confident=False, language=None, ours=False)


@dataclass(frozen=True, slots=True)
class _Read:
    """A question taken apart and scored."""

    folded: str
    parts: frozenset[str]
    scores: Sequence[float]  # by class of the weights


class Search:
    """The search; the weights are mapped when first needed, or before by `prepare`."""

    def __init__(
        self,
        load: Callable[[], Weights],
        *,
        fold: Callable[[str], str],
        existing: Collection[str] | None = None,
        changed: Callable[[Weights], Iterable[Example]] = lambda _: (),
    ) -> None:
        """Take what loads the weights; topics outside `existing` are recognised and never returned.

        `changed` returns the examples that were written after the weights were learned.
        """
        self._load = load
        self._changed = changed
        self._fold = fold
        self._existing = None if existing is None else frozenset(existing)
        self._ready: _Ready | None = None
        self._making = Lock()
        self._last: tuple[str, _Read] | None = None

    def prepare(self) -> None:
        """Map the weights."""
        with self._making:
            if self._ready is None:
                ready = _Ready(self._load(), self._existing)
                ready.own = self._taught(self._changed(ready.weights), ready)
                self._ready = ready

    def learn(self, examples: Iterable[Example]) -> None:
        """Put to work what coordinators taught, instead of what was taught before."""
        ready = self._prepared()
        ready.taught = self._taught(examples, ready)

    def ask(self, text: str) -> Finding:
        """Return the topics the question may be about; a question among the examples is about that topic."""
        ready = self._prepared()
        read = self._read(text, ready)
        if read is None:
            return NOTHING
        taught, alike = max(ready.taught.like(read), ready.own.like(read), key=lambda pair: pair[1])
        known = taught if alike == 1 else ready.weights.known(read.folded)
        return ready.finding(read.scores, known=known, taught=taught if alike >= ALIKE else None)

    def danger(self, text: str) -> float:
        """Return how much a text resembles those that tell of danger: above 0 it does."""
        ready = self._prepared()
        read = self._read(text, ready)
        return -1.0 if read is None else ready.danger(read.scores)

    def _prepared(self) -> "_Ready":
        if self._ready is None:
            self.prepare()
        if self._ready is None:
            raise RuntimeError("the search could not be prepared")
        return self._ready

    def _read(self, text: str, ready: "_Ready") -> _Read | None:
        """Take a text apart and score it; the last one is kept: it is asked for danger, then for a topic."""
        last = self._last
        if last is not None and last[0] == text:
            return last[1]
        words = split(text, fold=self._fold)
        if not words:
            return None
        found = frozenset(parts(words))
        scores = ready.weights.scores((found, 1.0), (meanings(ready.weights.concepts.of(words)), MEANINGS))
        read = _Read(" ".join(words), found, scores)
        self._last = (text, read)
        return read

    def _taught(self, examples: Iterable[Example], ready: "_Ready") -> "_Taught":
        taught = _Taught(ready.weights)
        for example in examples:
            words = split(example.text, fold=self._fold)
            taught.add(" ".join(words), frozenset(parts(words)), example.topic)
        return taught


class _Ready:
    """The weights, and what is worked out from them once."""

    def __init__(self, weights: Weights, existing: frozenset[str] | None) -> None:
        places = {name: place for place, name in enumerate(weights.classes)}
        known = {name for name in places if not name.startswith("!")} - {NOT_OURS}
        self.weights = weights
        self.taught = self.own = _Taught(weights)
        self._existing = existing
        self._topics = known if existing is None else known & existing
        self._all = [(name, places[name]) for name in sorted(known)]
        self._places = places
        self._languages = [(name, place) for name, place in places.items() if name.startswith(LANGUAGE)]

    def danger(self, scores: Sequence[float]) -> float:
        """Return how far a text is on the side of danger; in an unknown language none is harmless."""
        far = scores[self._places[DANGER]] - self.weights.numbers["danger"]
        return far if self._language(scores) else max(far, 0.0)

    def finding(self, scores: Sequence[float], *, known: str | None, taught: str | None) -> Finding:
        """Return what scores say, unless the question is known or resembles a taught one."""
        sure = taught or known
        best = max((scores[place] for _, place in self._all), default=0.0)
        certain = self._certainties(scores, best, sure)
        ranked = nlargest(SHOWN, self._shown(sure), key=lambda topic: (certain[topic], topic))
        ours = self._ours(scores, best) if sure is None else sure != NOT_OURS
        return Finding(
            topics=tuple(Ranked(topic, certain[topic]) for topic in ranked),
            confident=ours and bool(ranked) and certain[ranked[0]] >= CONFIDENT,
            language=self._language(scores),
            ours=ours,
        )

    def _shown(self, sure: str | None) -> Collection[str]:
        """Return the topics that may be named: a taught one may be new to the weights."""
        if sure in (None, NOT_OURS) or (self._existing is not None and sure not in self._existing):
            return self._topics
        return self._topics | {sure}

    def _certainties(self, scores: Sequence[float], best: float, sure: str | None) -> Mapping[str, float]:
        if sure is not None:
            rest = self._certainties(scores, best, None)
            return {topic: share / 2 for topic, share in rest.items()} | {sure: 1.0}
        steep = self.weights.numbers["steep"]
        shares = {topic: exp(steep * (scores[place] - best)) for topic, place in self._all}
        whole = sum(shares.values()) or 1.0
        return {topic: share / whole for topic, share in shares.items()}

    def _ours(self, scores: Sequence[float], best: float) -> bool:
        numbers = self.weights.numbers
        gap = best - scores[self._places[NOT_OURS]]
        value = numbers["ours_gap"] * gap + numbers["ours_own"] * scores[self._places[OURS]]
        return value >= numbers["ours"]

    def _language(self, scores: Sequence[float]) -> str | None:
        if not self._languages:
            return None
        name, place = max(self._languages, key=lambda pair: scores[pair[1]])
        return name.removeprefix(LANGUAGE) if scores[place] > LEAST_LANGUAGE else None


class _Taught:
    """Examples that the weights do not know: found by likeness."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._exact: dict[str, str] = {}
        self._topics: list[str] = []
        self._sizes: list[float] = []
        self._by_part: dict[int, list[int]] = {}

    def add(self, folded: str, found: Collection[str], topic: str) -> None:
        """Add an example."""
        if not folded:
            return
        self._exact[folded] = topic
        number = len(self._topics)
        self._topics.append(topic)
        size = 0.0
        for bucket in {self._weights.bucket(part) for part in found}:
            self._by_part.setdefault(bucket, []).append(number)
            size += self._weight(bucket)
        self._sizes.append(size)

    def _weight(self, bucket: int) -> float:
        return (self._weights.rarity(bucket) or UNSEEN) ** 2

    def like(self, read: _Read) -> tuple[str | None, float]:
        """Return the topic of the example most like a question, and how like it is, 0 to 1."""
        if same := self._exact.get(read.folded):
            return same, 1.0
        if not self._topics:
            return None, 0.0
        shared: dict[int, float] = {}
        own = 0.0
        for bucket in {self._weights.bucket(part) for part in read.parts}:
            weight = self._weight(bucket)
            own += weight
            for number in self._by_part.get(bucket, ()):
                shared[number] = shared.get(number, 0.0) + weight
        if not shared:
            return None, 0.0
        best = max(shared, key=lambda number: shared[number] / sqrt(self._sizes[number] * own))
        likeness = shared[best] / sqrt(self._sizes[best] * own)
        return self._topics[best], min(likeness, 0.999)
