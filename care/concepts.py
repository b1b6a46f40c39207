"""What words mean: stems of all languages by concept, so that words which say the same count as the same.

What was learned from 'депорт' in one language then helps with 'badargʻa' in another. The table is compiled
once, when the search learns: a checksum for each stem, found by halving.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

from care.features import split

SHORTEST_STEM = 2
Phrase = tuple[str, ...]
"""Two or three folded words, each with `*` at its end when only its beginning counts."""


@dataclass(frozen=True, slots=True)
class Concepts:
    """Which words mean what."""

    names: Sequence[str]
    keys: Sequence[int]  # checksums of folded entries, ascending: `word` or `stem*`
    values: Sequence[int]  # place in `names`, for each key
    phrases: Mapping[str, Sequence[tuple[Phrase, str]]]  # by checksum of the first word, as text

    @classmethod
    def compiled(cls, tables: Iterable[Mapping[str, str]], *, fold: Callable[[str], str]) -> "Concepts":
        """Take, by language, entries of each concept: `word`, `stem*`, `two_words*` that belong together."""
        names: dict[str, int] = {}
        single: set[tuple[int, int]] = set()
        phrases: dict[str, list[tuple[Phrase, str]]] = {}
        for table in tables:
            for concept, entries in table.items():
                place = names.setdefault(concept, len(names))
                for entry in entries.split():
                    first, *others = _folded(entry, fold)
                    if others:
                        phrases.setdefault(first, []).append((tuple(others), concept))
                    elif first:
                        single.add((crc32(first.encode()), place))
        ordered = sorted(single)
        return cls(
            tuple(names),
            array("I", (key for key, _ in ordered)),
            bytes(value for _, value in ordered),
            phrases,
        )

    def of(self, words: Sequence[str]) -> list[str]:
        """Return the concepts of folded words, each once, in the order met."""
        found: dict[str, None] = {}
        for place, word in enumerate(words):
            following = words[place + 1 : place + 3]
            for entry in _entries(word):
                for others, concept in self.phrases.get(entry, ()):
                    if len(others) <= len(following) and all(map(_fits, following, others)):
                        found[concept] = None
                for value in self._values(crc32(entry.encode())):
                    found[self.names[value]] = None
        return list(found)

    def _values(self, key: int) -> Iterator[int]:
        place = bisect_left(self.keys, key)
        while place < len(self.keys) and self.keys[place] == key:
            yield self.values[place]
            place += 1


def _entries(word: str) -> Iterator[str]:
    """Yield the entries that a word may stand for."""
    yield word
    for length in range(SHORTEST_STEM, len(word) + 1):
        yield f"{word[:length]}*"


def _folded(entry: str, fold: Callable[[str], str]) -> list[str]:
    """Return the words of an entry, folded; a word that is empty or falls apart makes the entry empty."""
    found = []
    for piece in entry.split("_"):
        words = split(piece.rstrip("*"), fold=fold)
        if len(words) != 1:
            return [""]
        found.append(words[0] + "*" * piece.endswith("*"))
    return found


def _fits(word: str, wanted: str) -> bool:
    return word.startswith(wanted[:-1]) if wanted.endswith("*") else word == wanted
