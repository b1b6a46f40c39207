"""Compare ways to find the answer on the same questions, in one run: `make bench-answers`.

Every way learns from the same example questions and is asked the same questions from `benchmarks/questions/`,
written apart from the examples. Columns: top-1 and top-3 over our questions, without abstention; how many of
ours are lost when a way abstains so often that it answers 4 % of what is not ours; false answers at the way's
own threshold; danger texts that come out as an emergency first; time for a question; memory that a fresh
process gains. The row "the bot" is the bot itself, with its threshold and its danger rule. All figures are
means over languages. `--only NAME …` and `--sample N` make it shorter.
"""

import argparse
import multiprocessing
import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import locales
from benchmarks.answer_ways import WAYS, Scores, Way
from care.examples import NOT_OURS, Example, examples
from locales.questions import load_questions

QUESTIONS = Path(__file__).parent / "questions"
ROOT = Path(locales.__file__).parent
FALSE_SHARE = 0.04
EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and what it is about."""

    language: str
    topic: str  # NOT_OURS for what is not ours
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """What one way reached."""

    name: str
    first: float
    third: float
    lost: float
    false: float
    danger: float
    microseconds: float
    slowest_microseconds: float  # of 99 in 100
    megabytes: float
    by_language: dict[str, tuple[float, float]]


def asked(suffix: str = ".tsv") -> list[Asked]:
    """Return the questions that were written apart."""
    found = []
    for path in sorted(QUESTIONS.glob(f"??{suffix}")):
        for line in path.read_text(encoding="utf-8").splitlines():
            topic, _, text = line.partition("\t")
            found.append(Asked(path.name[:2], topic, text))
    return found


def dangers() -> list[Asked]:
    """Return the texts that tell of danger."""
    return [one for one in asked(".danger.tsv") if one.topic == "danger"]


def taught() -> list[Example]:
    """Return all example questions."""
    return [one for language, table in load_questions(ROOT).items() for one in examples(language, table)]


def tried(name: str, way: Callable[[Sequence[Example]], Way], sample: int | None) -> Row:
    """Return what a way reaches; in a process of its own, so that its memory is its own."""
    before = _memory()
    ask = way(taught())
    questions, threats = asked(), dangers()
    if sample is not None:
        questions = random.Random(1).sample(questions, min(sample, len(questions)))
        threats = random.Random(1).sample(threats, min(sample // 8, len(threats)))
    answers: list[tuple[Asked, Scores]] = []
    spent = []
    for one in questions:
        begun = time.perf_counter()
        answers.append((one, ask(one.text)))
        spent.append((time.perf_counter() - begun) * 1e6)
    grown = _memory() - before
    spent.sort()
    found = [
        _measured([pair for pair in answers if pair[0].language == language])
        for language in _languages(questions)
    ]
    calls = [next(iter(ask(one.text).ranked[:1]), None) == EMERGENCY for one in threats]
    first, third, lost, false = (_mean(column) for column in zip(*found, strict=True))
    return Row(
        name=name,
        first=first,
        third=third,
        lost=lost,
        false=false,
        danger=_mean(calls),
        microseconds=spent[len(spent) // 2],
        slowest_microseconds=spent[int(len(spent) * 0.99)],
        megabytes=grown,
        by_language={language: row[:2] for language, row in zip(_languages(questions), found, strict=True)},
    )


def _measured(answers: Sequence[tuple[Asked, Scores]]) -> tuple[float, float, float, float]:
    """Return top-1, top-3, lost at 4 % false answers, and the false answers at the way's own threshold."""
    ours = [(one, scores) for one, scores in answers if one.topic != NOT_OURS]
    foreign = sorted(scores.ours for one, scores in answers if one.topic == NOT_OURS)
    threshold = foreign[int(len(foreign) * (1 - FALSE_SHARE))] if foreign else 0.0
    return (
        _mean(one.topic in scores.ranked[:1] for one, scores in ours),
        _mean(one.topic in scores.ranked[:3] for one, scores in ours),
        _mean(scores.ours <= threshold for _, scores in ours),
        _mean(bool(scores.ranked) and scores.ours > 0 for one, scores in answers if one.topic == NOT_OURS),
    )


def _languages(questions: Iterable[Asked]) -> list[str]:
    return sorted({one.language for one in questions})


def _mean(values: Iterable[float]) -> float:
    known = list(values)
    return sum(known) / len(known) if known else 0.0


def _memory() -> float:
    """Return the resident memory of this process in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.answers")
    parser.add_argument("--only", nargs="*", help="names of ways")
    parser.add_argument("--sample", type=int, help="ask only so many questions")
    chosen = parser.parse_args()
    print(f"{len(taught())} examples, {len(asked())} questions written apart, {len(dangers())} of danger")
    print(f"{'way':34} top-1  top-3  lost  false danger      µs  99 % µs    MB   top-1 by language")
    fresh = multiprocessing.get_context("spawn")
    for name, way in WAYS.items():
        if chosen.only and name not in chosen.only:
            continue
        sample = chosen.sample or way.sample
        with fresh.Pool(1) as process:
            try:
                row = process.apply(tried, (name, way.make, sample))
            except ImportError as error:
                print(f"{name:34} not installed: {error.name}")
                continue
        languages = " ".join(f"{code} {first:.3f}" for code, (first, _) in row.by_language.items())
        slowest = f"{row.slowest_microseconds:8.0f}"
        print(
            f"{row.name:34} {row.first:.3f}  {row.third:.3f} {row.lost:.3f}  {row.false:.3f}"
            f"  {row.danger:.3f} {row.microseconds:7.0f} {slowest} {row.megabytes:5.0f}   {languages}"
            + (f"  (of {sample})" if sample else ""),
            flush=True,
        )


if __name__ == "__main__":
    main()
