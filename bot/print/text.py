"""Lay out text on paper: as large as it fits, broken between words, nothing cut.

Lines are about equally long, and a short word stays with the next one: no line ends with "in" or "a".
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

POINT_MM = 25.4 / 72
LEADING = 1.22  # line height, in sizes of the font
TIED = 2  # letters of a word that does not end a line
STEP_PT = 0.5
ALMOST = 0.86  # of the size: as much smaller it may be where that saves a line
LEAST_PT = 4.0  # smaller than this nothing is printed, whatever the room

_SENTENCE_END = re.compile(r"(?<=[?!.]) +")
_SPACE = re.compile(r"[ \t\n]+")  # not the one that ties words

Measure = Callable[[str], float]  # width of a text, mm, at one point


@dataclass(frozen=True, slots=True)
class Box:
    """Room on the sheet, mm from its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    def inner(self, margin: float) -> "Box":
        """Return the room within a margin on all sides."""
        return Box(self.x + margin, self.y + margin, self.width - 2 * margin, self.height - 2 * margin)


@dataclass(frozen=True, slots=True)
class Laid:
    """A text as it is set."""

    size_pt: float
    lines: tuple[str, ...]

    @property
    def line_mm(self) -> float:
        """The height of one line."""
        return self.size_pt * POINT_MM * LEADING

    @property
    def height(self) -> float:
        """The height of all lines, mm."""
        return len(self.lines) * self.line_mm


def lay(text: str, width: float, height: float, *, most_pt: float, measure: Measure) -> Laid:
    """Return the text in the largest size up to `most_pt` in which it fits into `width` x `height` mm.

    In a slightly smaller one where that saves a line.
    Each line of `text` begins a line on paper.
    """
    parts = [tied(part) for part in text.split("\n")]

    def at(size: float) -> Laid:
        lines = [line for words in parts for line in wrapped(words, width / size, measure)]
        return Laid(size, tuple(lines))

    def fits(laid: Laid) -> bool:
        widest = max((measure(line) for line in laid.lines), default=0.0)
        return widest * laid.size_pt <= width and laid.height <= height

    best = _largest(at, fits, most_pt)
    size = best.size_pt - STEP_PT
    while size >= max(best.size_pt * ALMOST, LEAST_PT):
        smaller = at(size)
        if len(smaller.lines) < len(best.lines) and fits(smaller):
            return smaller
        size -= STEP_PT
    return best


def _largest(at: Callable[[float], Laid], fits: Callable[[Laid], bool], most_pt: float) -> Laid:
    size = most_pt
    while size > LEAST_PT:
        laid = at(size)
        if fits(laid):
            return laid
        size -= STEP_PT
    return at(LEAST_PT)


def by_sentence(text: str) -> str:
    """Return the text with each sentence on a line of its own."""
    return _SENTENCE_END.sub("\n", text)


def tied(text: str) -> list[str]:
    """Return the parts between which a line may break: a short word is tied to the one that follows it."""
    parts: list[str] = []
    for word in _SPACE.split(text.strip()):
        if parts and (_is_short(parts[-1].split("\u00a0")[-1]) or word in "–—·"):
            parts[-1] = f"{parts[-1]}\u00a0{word}"
        else:
            parts.append(word)
    return parts


def wrapped(words: Sequence[str], width: float, measure: Measure) -> tuple[str, ...]:
    """Break into as few lines as fit, and then as equal ones as that number allows."""
    fewest = _greedy(words, width, measure)
    low, high = 0.0, width
    best = fewest
    for _ in range(12):
        middle = (low + high) / 2
        narrower = _greedy(words, middle, measure)
        if len(narrower) > len(fewest):
            low = middle
        else:
            best, high = narrower, middle
    return tuple(line.replace("\u00a0", " ") for line in best)


def _greedy(words: Sequence[str], width: float, measure: Measure) -> list[str]:
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and measure(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _is_short(word: str) -> bool:
    return len(word) <= TIED and word.isalpha()
