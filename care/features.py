"""What the search looks at in a question: parts of its words, neighbours, and what its words mean together.

Parts of words bear misspellings and endings; concepts (care/concepts.py) bear other words and languages.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations, pairwise

SHORTEST, LONGEST = 2, 5  # letters of a part of a word, its ends counted
NEIGHBOUR = 5  # letters of each of two neighbouring words
WORDS = 60  # read of a question
PAIRED = 14  # concepts of a question that are paired with each other


def split(text: str, *, fold: Callable[[str], str]) -> list[str]:
    """Return the folded words of a text, й and и taken for one letter."""
    return fold(text).replace("й", "и").replace("ии", "и").split()[:WORDS]


def parts(words: Sequence[str]) -> set[str]:
    """Return parts of 2 to 5 letters of each word, its ends marked, the words, and pairs of neighbours."""
    found = {f"{one[:NEIGHBOUR]} {other[:NEIGHBOUR]}" for one, other in pairwise(words)}
    for word in set(words):
        marked = f"_{word}_"
        size = len(marked)
        for length in range(SHORTEST, LONGEST + 1):
            found.update(marked[start : start + length] for start in range(size - length + 1))
        found.add(marked)
    return found


def meanings(concepts: Iterable[str]) -> set[str]:
    """Return the concepts of a question, and each two of them together."""
    known = list(concepts)
    paired = sorted(known[:PAIRED])
    return {f"={one}" for one in known} | {f"={one}={other}" for one, other in combinations(paired, 2)}
