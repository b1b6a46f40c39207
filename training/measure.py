"""Set the thresholds of the search by questions that were held back while learning."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from care.examples import NOT_OURS
from care.search import DANGER, OURS

if TYPE_CHECKING:
    from training.fit import Learner, Lesson

FOLDS = 4
FALSE_ANSWERS = 0.06  # of what is not ours among those held back, which were written to be hard
FALSE_ALARMS = 0.021  # of what tells of no danger, half of it written to sound like it
STEEPNESS = np.arange(0.5, 8.0, 0.25)


def held_back(
    taught: Sequence["Lesson"], learner: Callable[[], "Learner"]
) -> tuple[list[str], NDArray[np.float32]]:
    """Return the classes, and the scores of each question by machines that have not seen it."""
    fold = np.random.default_rng(1).integers(FOLDS, size=len(taught))
    classes: list[str] = []
    scores = np.zeros((len(taught), 0), dtype=np.float32)
    for number in range(FOLDS):
        fresh = learner()
        fresh.learn([one for one, place in zip(taught, fold, strict=True) if place != number])
        classes = fresh.classes
        if not scores.shape[1]:
            scores = np.zeros((len(taught), len(classes)), dtype=np.float32)
        scores[fold == number] = fresh.scores(
            [one for one, place in zip(taught, fold, strict=True) if place == number]
        )
    return classes, scores


def numbers(taught: Sequence["Lesson"], classes: Sequence[str], scores: NDArray[Any]) -> dict[str, float]:
    """Return how steep certainty grows, and from which scores a question is ours or tells of danger."""
    topics = [place for place, name in enumerate(classes) if not name.startswith("!") and name != NOT_OURS]
    about = np.array([one.topic is not None for one in taught])
    ours = np.array([one.topic not in (None, NOT_OURS) for one in taught])
    right = np.array([classes.index(one.topic) if one.topic else -1 for one in taught])
    best = scores[:, topics].max(axis=1)
    evidence = np.stack([best - scores[:, classes.index(NOT_OURS)], scores[:, classes.index(OURS)]], axis=1)
    judge = LogisticRegression(class_weight="balanced").fit(evidence[about], ours[about])
    gap, own = judge.coef_[0]
    worth = evidence @ judge.coef_[0]
    danger = np.array([one.danger for one in taught])
    return {
        "steep": _steepness(scores[ours][:, topics], np.searchsorted(topics, right[ours])),
        "ours_gap": round(float(gap), 3),
        "ours_own": round(float(own), 3),
        "ours": round(float(np.quantile(worth[about & ~ours], 1 - FALSE_ANSWERS)), 3),
        "danger": round(float(np.quantile(scores[~danger, classes.index(DANGER)], 1 - FALSE_ALARMS)), 3),
    }


def _steepness(scores: NDArray[Any], right: NDArray[Any]) -> float:
    """Return the steepness at which certainties are most honest (the log loss is least)."""
    losses = []
    for steep in STEEPNESS:
        raised = np.exp(steep * (scores - scores.max(axis=1, keepdims=True)))
        shares = raised[np.arange(len(right)), right] / raised.sum(axis=1)
        losses.append(-np.log(np.maximum(shares, 1e-6)).mean())
    return float(STEEPNESS[int(np.argmin(losses))])
