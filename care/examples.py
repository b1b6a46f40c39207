"""Example questions: the alternatives of a line spelled out, and a language's table turned into examples."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

NOT_OURS = "none"  # the list of questions that are not about us
MOST = 64  # wordings one line may stand for


@dataclass(frozen=True, slots=True)
class Example:
    """One question as somebody may type it."""

    topic: str  # a topic id, or NOT_OURS
    language: str  # of the folder it stands in
    text: str


class AlternativesError(ValueError):
    """A line cannot be spelled out; the message says why."""


def spell_out(line: str) -> tuple[str, ...]:
    """Return every wording a line stands for: `(one|another|) word` stands for three; in the order written.

    Raises AlternativesError when brackets do not match, are nested, or stand for more than 64 wordings.
    """
    pieces = [tuple(dict.fromkeys(piece)) for piece in _pieces(line)]
    wordings = 1
    for piece in pieces:
        wordings *= len(piece)
    if wordings > MOST:
        raise AlternativesError(f"stands for {wordings} wordings, at most {MOST} are allowed")
    texts = (" ".join("".join(chosen).split()) for chosen in product(*pieces))
    return tuple(dict.fromkeys(text for text in texts if text))


def _pieces(line: str) -> Iterator[Sequence[str]]:
    rest = line
    while rest:
        plain, opened, rest = rest.partition("(")
        if ")" in plain:
            raise AlternativesError("a bracket is closed that was not opened")
        yield (plain,)
        if not opened:
            return
        inside, closed, rest = rest.partition(")")
        if not closed or "(" in inside:
            raise AlternativesError("a bracket is not closed before the next one opens")
        yield inside.split("|")


def examples(language: str, table: Mapping[str, Sequence[str]]) -> tuple[Example, ...]:
    """Return the examples of one language from its table of lines by topic; raises AlternativesError."""
    return tuple(
        Example(topic, language, text)
        for topic, lines in table.items()
        for line in lines
        for text in spell_out(line)
    )


def faults(table: Mapping[str, object], *, topics: Mapping[str, object]) -> tuple[str, ...]:
    """Return what is wrong with a language's table, one sentence each; empty when nothing is."""
    found: list[str] = []
    owner: dict[str, str] = {}
    for topic, lines in table.items():
        if topic != NOT_OURS and topic not in topics:
            found.append(f"{topic} is not a topic")
        if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
            found.append(f"{topic} must be a list of questions in quotation marks")
            continue
        for line in lines:
            found.extend(_line_faults(topic, line, owner))
    return tuple(found)


def _line_faults(topic: str, line: str, owner: dict[str, str]) -> Iterator[str]:
    try:
        texts = spell_out(line)
    except AlternativesError as error:
        yield f"{topic}: {line!r} {error}"
        return
    for text in texts:
        other = owner.setdefault(text.casefold(), topic)
        if other != topic:
            yield f"{text!r} stands under {other} and under {topic}"
