"""Find what is wrong with the example questions and with what was learned from them."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from care.examples import NOT_OURS, AlternativesError, spell_out
from care.features import split
from handlers.knowledge import MODEL, read_weights
from locales.catalogue import Words
from locales.faults import WordsFault
from locales.folding import fold
from locales.questions import QUESTIONS, Table, load_concepts, load_dangers, load_questions, sources

LONGEST_TEXT, LONGEST_TITLE = 700, 45  # characters of an answer that fit one screen of a small phone
MOST_CONCEPTS = 256  # their numbers are bytes in the file of weights
DANGER_KINDS = frozenset({"danger", "safe"})


def questions_faults(root: Path, *, topics: Collection[str]) -> list[str]:
    """Return a sentence for each fault: unknown topics, broken lines, a question under two topics."""
    found: list[str] = []
    try:
        tables = load_questions(root)
        dangers = load_dangers(root)
        concepts = {name for table in load_concepts(root).values() for name in table}
    except WordsFault as fault:
        return [str(one) for one in fault.faults]
    for language, table in tables.items():
        found += _unknown(root / language / QUESTIONS, table, {*topics, NOT_OURS})
    for language, table in dangers.items():
        found += _unknown(root / language / "danger.toml", table, DANGER_KINDS)
    if len(concepts) > MOST_CONCEPTS:
        found.append(
            f"{root}: the files concepts.toml name {len(concepts)} concepts, the search takes"
            f" {MOST_CONCEPTS}; bring some together"
        )
    return [*found, *_twice(root, tables)]


def _unknown(path: Path, table: Table, known: Collection[str]) -> Iterator[str]:
    for topic in table:
        if topic not in known:
            yield f"{path}: {topic} is not known; write one of those in docs/translating.md"


def _twice(root: Path, tables: Mapping[str, Table]) -> Iterator[str]:
    """Yield broken lines, and questions of the same letters under two topics: no search tells them apart."""
    owners: dict[str, tuple[str, str]] = {}
    for language, table in tables.items():
        path = root / language / QUESTIONS
        for topic, lines in table.items():
            for line in lines:
                try:
                    texts = spell_out(line)
                except AlternativesError as error:
                    yield f"{path}: {line!r} {error}; mend the brackets"
                    continue
                for text in texts:
                    letters = " ".join(split(text, fold=fold))
                    owner, first = owners.setdefault(letters, (topic, language))
                    if owner != topic and letters:
                        yield f"{path}: {text!r} stands under {topic}, and in {first} under {owner}; keep one"


def learned_notices(root: Path) -> list[str]:
    """Return what the learned weights do not know yet."""
    try:
        weights = read_weights(root / MODEL)
    except WordsFault as fault:
        return [str(one) for one in fault.faults]
    changed = sorted(name for name, sum_ in sources(root).items() if weights.sources.get(name) != sum_)
    if not changed:
        return []
    names = ", ".join(changed)
    return [f"changed since the search was learned: {names}; run `make model` to learn from all of it"]


def long_answers(words: Words) -> list[str]:
    """Return, by language, the answers that are too long for a screen."""
    found = []
    for code, locale in words.items():
        topics = [
            topic
            for topic, answer in locale.answers.items()
            if len(answer.text) > LONGEST_TEXT or len(answer.title) > LONGEST_TITLE
        ]
        if topics:
            found.append(
                f"{code}: too long (over {LONGEST_TEXT} characters, or a title over {LONGEST_TITLE}):"
                f" {', '.join(topics)}"
            )
    return found
