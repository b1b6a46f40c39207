"""Recognise a danger sign in what somebody wrote: it wins over everything else.

The signs are those of the first question of the symptom check: blood, no breath, strong chest pain, fainting
(NHS, "Coughing up blood", 2024), and thoughts of suicide. Somebody else being ill now counts. Not a danger:
"no blood", blood long ago, a blood test, and a general question about signs. In doubt it is a danger.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from care.danger_words import WORDS


class Danger(Enum):
    """What threatens; all lead to the same screen."""

    BLOOD = "blood"
    BREATH = "breath"
    CHEST = "chest"
    FAINT = "faint"
    SUICIDE = "suicide"
    LIKE = "like"  # no sign by its words, yet it resembles what others wrote in danger


@dataclass(frozen=True, slots=True)
class Recipe:
    """Kinds of words that together, close to each other, are a danger sign."""

    danger: Danger
    needs: tuple[str, ...]  # each by another word
    within: int = 5  # words between the first and the last
    unless: tuple[str, ...] = ()  # kinds of words anywhere in the text that calm it


_B, _H, _C, _F, _S, _ = Danger
RECIPES: tuple[Recipe, ...] = (
    Recipe(_B, ("bleeding",), unless=("blood_elsewhere",)),
    Recipe(_B, ("blood", "spit"), 6),
    Recipe(_B, ("spit", "red"), 2),
    Recipe(_B, ("sputum", "red"), 2),
    Recipe(_B, ("with_blood", "spitting"), 1),
    Recipe(_B, ("blood", "out_of"), 6, ("blood_elsewhere",)),
    Recipe(_B, ("blood", "flow"), 4, ("blood_elsewhere",)),
    Recipe(_B, ("blood", "urgent"), 4, ("blood_elsewhere",)),
    Recipe(_H, ("not", "able", "breathe"), 4),
    Recipe(_H, ("not", "breathe"), 1, ("mask",)),
    Recipe(_H, ("breathe", "stopped"), 2),
    Recipe(_H, ("unable", "breathe"), 3, ("mask",)),
    Recipe(_H, ("hard", "breathe"), 3, ("mask",)),
    Recipe(_H, ("choke",), unless=("mask",)),
    Recipe(_H, ("breath_uz", "stuck_breath"), 3, ("mask",)),
    Recipe(_H, ("breath_uz", "hard"), 3, ("mask",)),
    Recipe(_H, ("breath_kk", "hard"), 3, ("mask",)),
    Recipe(_H, ("unable", "air"), 4, ("mask",)),
    Recipe(_H, ("air", "stuck_breath"), 2, ("mask",)),
    Recipe(_H, ("air", "stuck_kk"), 2, ("mask",)),
    Recipe(_H, ("air", "no_before"), 2, ("mask",)),
    Recipe(_H, ("breath_kk", "stuck_kk"), 3, ("mask",)),
    Recipe(_H, ("short_breath", "severe"), 5, ("mask",)),
    Recipe(_H, ("short_breath", "urgent"), 6, ("mask",)),
    Recipe(_H, ("short_breath", "dying_now"), 4),
    Recipe(_C, ("chest", "pain", "severe"), 5, ("feeding",)),
    Recipe(_C, ("chest", "crush"), 3, ("feeding",)),
    Recipe(_C, ("chest", "pain", "short_breath"), 6, ("feeding",)),
    Recipe(_F, ("senses", "lose"), 3),
    Recipe(_F, ("hud", "went"), 1),
    Recipe(_F, ("passed", "out"), 1),
    Recipe(_F, ("faint",), unless=("blood_elsewhere",)),
    Recipe(_F, ("not", "wake"), 2),
    Recipe(_F, ("not", "comes", "self"), 3),
    Recipe(_F, ("lips", "blue"), 3),
    Recipe(_F, ("fever40", "raving"), 5),
    Recipe(_F, ("dying",), unless=("boredom",)),
    Recipe(_F, ("dies", "urgent"), 4),
    Recipe(_F, ("dying_2", "dying_now"), 2),
    Recipe(_S, ("suicide",)),
    Recipe(_S, ("kill", "self"), 4),
    Recipe(_S, ("soul", "attempt"), 2),
    Recipe(_S, ("self_kk", "raise"), 3),
    Recipe(_S, ("sense", "live"), 2),
    Recipe(_S, ("dead", "better"), 3),
    Recipe(_S, ("dying_2", "ketgim"), 1),
    Recipe(_S, ("kill", "life"), 3),
    Recipe(_S, ("live_wish", "no_after"), 1),
    Recipe(_S, ("not", "wish", "live"), 4),
    Recipe(_S, ("live", "will_not"), 3),
    Recipe(_S, ("die", "wish"), 3),
)

Kinds = Sequence[frozenset[str]]
_NOTHING: frozenset[str] = frozenset()


class DangerRule:
    """The rule, its words folded once; fast enough for every message."""

    def __init__(
        self,
        *,
        fold: Callable[[str], str],
        words: Mapping[str, str] = WORDS,
        resembles: Callable[[str], float] | None = None,
    ) -> None:
        """Fold the words; `fold` brings all spellings and scripts of a text to one.

        `resembles` returns how much a text is like those in danger, above 0 if it is.
        """
        self._fold = fold
        self._resembles = resembles
        exact: dict[str, set[str]] = {}
        begins: dict[str, set[str]] = {}
        for kind, entries in words.items():
            for entry in entries.split():
                whole = self._words(entry.rstrip("*"))
                if len(whole) == 1:
                    (begins if entry.endswith("*") else exact).setdefault(whole[0], set()).add(kind)
        self._exact = {word: frozenset(kinds) for word, kinds in exact.items()}
        self._begins = {word: frozenset(kinds) for word, kinds in begins.items()}

    def _words(self, text: str) -> list[str]:
        return self._fold(text).replace("й", "и").replace("ии", "и").split()

    def _kinds(self, word: str) -> frozenset[str]:
        found = self._exact.get(word, _NOTHING)
        for length in range(2, len(word) + 1):
            more = self._begins.get(word[:length])
            if more:
                found |= more
        return found

    def __call__(self, text: str) -> Danger | None:
        """Return the danger sign somebody has now, by the text, or None."""
        found = self._by_words(text)
        if self._resembles is None:
            return found
        likeness = self._resembles(text)
        if likeness > 0:
            return found or Danger.LIKE
        return found if likeness >= SURELY_HARMLESS else None

    def _by_words(self, text: str) -> Danger | None:
        words = self._words(text[:LONGEST])
        kinds = [self._kinds(word) for word in words]
        said = frozenset().union(*kinds)
        general = "general" in said and not said & {"person", "now", "urgent"}
        if _long_ago(kinds) and "now" not in said:
            general = True
        for recipe in RECIPES:
            if said.issuperset(recipe.needs) and said.isdisjoint(recipe.unless):
                if general and recipe.danger is not Danger.SUICIDE:
                    continue
                if any(not _denied(recipe, places, kinds) for places in _places(recipe, kinds)):
                    return recipe.danger
        return None


SURELY_HARMLESS = -0.35  # likeness below which words alone are no sign: "I have never coughed blood"
LONGEST = 2000  # characters read; a longer text is told in its beginning


def _places(recipe: Recipe, kinds: Kinds) -> Iterable[tuple[int, ...]]:
    """Yield the places of the needed words, one place for each, where they stand close enough."""
    for first, here in enumerate(kinds):
        if recipe.needs[0] not in here:
            continue
        taken = [first]
        for need in recipe.needs[1:]:
            near = _around(first, recipe.within, kinds)
            place = min(
                (i for i in near if need in kinds[i] and i not in taken),
                key=lambda i: abs(i - first),
                default=None,
            )
            if place is None:
                break
            taken.append(place)
        else:
            yield tuple(taken)


def _around(place: int, reach: int, kinds: Kinds) -> range:
    return range(max(0, place - reach), min(len(kinds), place + reach + 1))


def _denied(recipe: Recipe, places: tuple[int, ...], kinds: Kinds) -> bool:
    """Return whether the sign is denied right there: "no blood", "I do not choke", "not strong"."""

    def near(place: int, kind: str, *offsets: int) -> bool:
        return any(0 <= place + offset < len(kinds) and kind in kinds[place + offset] for offset in offsets)

    if recipe.danger is Danger.BLOOD:
        blood, *others = places
        return (
            near(blood, "no_before", -1)
            or near(blood, "no_after", 1, 2)
            or near(blood, "not_verb", 1, 2, 3, 4)
            or any(near(other, "not", -1) and "flow" not in kinds[other] for other in others)
            or near(blood, "not", -1)
            or any(near(blood, "not", after) and near(blood, "be", after + 1) for after in (1, 2, 3))
            or any("spit" in kinds[i] and near(i, "not", -1) for i in _around(blood, 2, kinds))
        )
    if recipe.danger is Danger.CHEST:
        return any(near(place, "not", -1) or near(place, "no_after", 1) for place in places)
    if recipe.needs in {
        ("choke",),
        ("die", "wish"),
        ("faint",),
        ("dying",),
        ("suicide",),
        ("hard", "breathe"),
    }:
        return any(
            near(place, "not", -1) or near(place, "no_before", -1) or near(place, "no_after", 1)
            for place in places
        )
    return False


def _long_ago(kinds: Kinds) -> bool:
    """Return whether the text speaks of more than a month ago: the check asks about the last month."""
    for place, here in enumerate(kinds):
        near = frozenset().union(*(kinds[i] for i in _around(place, 2, kinds)))
        if "long_ago" in here and "day" not in near:
            return True
        if "year" in here and "ago" in near:
            return True
        if "month" in here and "ago" in near and place > 0:
            return True
    return False
