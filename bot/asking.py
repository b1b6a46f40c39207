"""Answer questions at the terminal, as the bot would: danger signs first, nothing when it is not clear."""

import html
import json
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self, TextIO

from bot.faults import CannotRun
from care.danger import DangerRule
from care.search import Search
from handlers.knowledge import make_danger, make_search
from locales.catalogue import Words

EMERGENCY = "emergency"
_TAG = re.compile(r"</?[a-z][^>]*>")


@dataclass(frozen=True, slots=True)
class Asking:
    """What is needed to answer questions."""

    words: Words
    search: Search
    danger: DangerRule

    @classmethod
    def load(cls) -> Self:
        """Read words and example questions. Raises WordsFault."""
        words = Words.load(strict=False)
        search = make_search(words)
        search.prepare()
        return cls(words, search, make_danger(search))

    def topics(self, text: str) -> tuple[list[str], bool]:
        """Return the topics a question may be about, best first, and whether it is one for us."""
        finding = self.search.ask(text)
        found = [ranked.topic for ranked in finding.topics]
        if self.danger(text) is None:
            return found, finding.ours
        return [EMERGENCY, *(topic for topic in found if topic != EMERGENCY)], True


def answer(question: str, *, language: str) -> str:
    """Return the answer as plain text in a language, or the nearest topics. Raises CannotRun, WordsFault."""
    asking = Asking.load()
    if language not in asking.words:
        raise CannotRun(f"--lang must be one of {', '.join(asking.words)}")
    found, certain = asking.topics(question)
    spoken = asking.words[language]
    written = spoken.answer(found[0]) if certain else None
    if written is not None:
        return f"{found[0]}\n\n{written.title}\n\n{html.unescape(_TAG.sub('', written.text))}"
    if certain:
        return f"{found[0]}\n\nThe bot opens this screen."
    nearest = "".join(f"\n- {topic}" for topic in found)
    return f"Not sure. Nearest topics:{nearest}" if found else "Not sure."


def answer_lines(lines: Iterable[str], out: TextIO) -> None:
    """Write {"id", "topics", "ms"} for every {"id", "lang", "text"}; topics are empty when it is not clear.

    Raises CannotRun at the first line that cannot be read.
    """
    asking = Asking.load()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        identity, text = _asked(number, line)
        begun = time.perf_counter()
        found, certain = asking.topics(text)
        spent_ms = round((time.perf_counter() - begun) * 1000, 3)
        row = {"id": identity, "topics": found if certain else [], "ms": spent_ms}
        out.write(json.dumps(row, ensure_ascii=False) + "\n")
        out.flush()


def _asked(number: int, line: str) -> tuple[object, str]:
    """Return the id and the text of a question."""
    try:
        row = json.loads(line)
    except ValueError:
        row = None
    if not isinstance(row, dict) or "id" not in row or not isinstance(row.get("text"), str):
        raise CannotRun(f'line {number}: expected {{"id": …, "lang": "ru", "text": "…"}}')
    return row["id"], row["text"]
