"""Group questions that were not answered: the same in other words, letters and scripts stands together.

Two wordings are alike when they share enough parts of words. A group has one leading wording, its most
frequent, and whoever joins must resemble that one: chains of half-alike questions do not grow together.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import ceil

from care.examples import NOT_OURS
from care.scrubbing import PLACES

ALIKE = 0.5  # smallest share of common parts among all parts of two wordings
PART = 3  # letters of a part of a word, its ends counted
READ = 100  # characters of a wording that are compared: a long one is told by how it begins
LONGEST = 60  # characters of a wording on a screen


class Verdict(StrEnum):
    """What a coordinator may say about questions besides naming their topic."""

    NOT_OURS = NOT_OURS  # somebody else's business: from now on an example of that
    NEW = "new"  # a topic is missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One wording in one language, and how often it was asked."""

    id: int  # of the first time
    newest_id: int  # of the last time
    text: str  # scrubbed
    locale: str
    count: int
    last_on: date  # UTC day


@dataclass(frozen=True, slots=True)
class Group:
    """Wordings of one question."""

    wordings: tuple[Asked, ...]  # the leading one first, then most frequent first; never empty

    @property
    def leader(self) -> Asked:
        """Return the wording that stands for all."""
        return self.wordings[0]

    @property
    def count(self) -> int:
        """Return how often the question was asked."""
        return sum(one.count for one in self.wordings)

    @property
    def last_on(self) -> date:
        """Return the UTC day when it was asked last."""
        return max(one.last_on for one in self.wordings)

    def holds(self, question_id: int) -> bool:
        """Return whether a wording was first asked with this id."""
        return any(one.id == question_id for one in self.wordings)


def plain(text: str) -> str:
    """Return a scrubbed wording without the words that stand in place of what was scrubbed."""
    return " ".join(PLACES.sub(" ", text).split())


def short(text: str, most: int = LONGEST) -> str:
    """Return a wording cut to `most` characters."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def grouped(asked: Iterable[Asked], *, fold: Callable[[str], str]) -> tuple[Group, ...]:
    """Return groups of alike wordings, most frequent first; each wording stands in exactly one.

    The order of `asked` does not matter.
    """
    ordered = sorted(asked, key=lambda one: (-one.count, one.id))
    parts = [_parts(fold(plain(one.text))[:READ]) for one in ordered]
    rarity = _rarity(parts)
    leaders: dict[str, list[int]] = defaultdict(list)  # by a rare part: those who lead a group
    groups: dict[int, list[int]] = {}
    settled: dict[frozenset[str], int] = {}  # equal wordings stay together, whoever leads since
    for number, mine in enumerate(parts):
        rare = _prefix(mine, rarity)
        near = {other for part in rare for other in leaders[part]}
        leader = settled.get(mine, _most_alike(mine, near, parts))
        settled[mine] = number if leader is None else leader
        groups.setdefault(settled[mine], []).append(number)
        for part in rare if leader is None else ():
            leaders[part].append(number)
    made = [Group(tuple(ordered[number] for number in members)) for members in groups.values()]
    return tuple(sorted(made, key=lambda group: (-group.count, group.leader.id)))


def _parts(folded: str) -> frozenset[str]:
    """Return the parts of all words, and something for a wording without letters."""
    marked = [f"_{word}_" for word in folded.split()]
    found = {word[start : start + PART] for word in marked for start in range(len(word) - PART + 1)}
    return frozenset(found or {folded})


def _rarity(parts: Sequence[frozenset[str]]) -> Mapping[str, tuple[int, str]]:
    """Return one order of all parts, the rarest first."""
    counts = Counter(part for one in parts for part in one)
    return {part: (count, part) for part, count in counts.items()}


def _prefix(mine: frozenset[str], rarity: Mapping[str, tuple[int, str]]) -> Sequence[str]:
    """Return the rarest parts of a wording: two that are alike share at least one of these.

    Of n parts all but ceil(ALIKE * n) - 1 are enough (prefix filtering for set similarity joins: Chaudhuri,
    Ganti, Kaushik, "A Primitive Operator for Similarity Joins in Data Cleaning", ICDE 2006).
    """
    return sorted(mine, key=rarity.__getitem__)[: len(mine) - ceil(ALIKE * len(mine)) + 1]


def _most_alike(mine: frozenset[str], leaders: Iterable[int], parts: Sequence[frozenset[str]]) -> int | None:
    """Return the leader that a wording resembles most and enough, the earliest among equals, or None."""
    best: tuple[float, int] | None = None
    size = len(mine)
    for leader in leaders:
        other = parts[leader]
        if not ALIKE <= size / len(other) <= 1 / ALIKE:
            continue  # the smaller one has too few parts, whichever they are
        common = len(mine & other)
        share = common / (size + len(other) - common)
        if share >= ALIKE and (best is None or (share, -leader) > best):
            best = (share, -leader)
    return -best[1] if best else None
