"""Write down what coordinators taught, for the example questions of the next release."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from bot.faults import CannotRun
from bot.opening import open_store
from bot.settings import Settings
from care.unanswered import Verdict
from storage import questions
from storage.questions import Taught

_BRACKETS = re.compile(r"[()|]")  # spell out alternatives in questions.toml


async def export_questions(settings: Settings) -> str:
    """Return what was taught, as `as_toml` writes it. Raises StoreFault when the store cannot be opened."""
    store = await open_store(settings)
    try:
        async with store.database.reading() as connection:
            return as_toml(await questions.examples(connection))
    finally:
        await store.database.close()


def as_toml(taught: Iterable[Taught]) -> str:
    """Return examples as TOML: a table per language, in it a list per topic; new topics as comments."""
    languages: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in taught:
        line = " ".join(_BRACKETS.sub(" ", one.text).split())
        if line:
            languages[one.locale.partition("_")[0]][one.topic].append(line)
    blocks = ["\n".join(_language(code, topics)) for code, topics in sorted(languages.items())]
    return "\n\n".join(blocks) + "\n" if blocks else "# Nobody taught anything yet.\n"


def _language(code: str, topics: Mapping[str, list[str]]) -> Iterator[str]:
    yield f"[{code}]  # add these lines to the lists of locales/{code}/questions.toml"
    for topic, lines in sorted(topics.items()):
        if topic == Verdict.NEW:
            yield "# a new topic is needed for:"
            yield from (f"#   {_string(line)}" for line in lines)
        else:
            yield f"{topic} = ["
            yield from (f"    {_string(line)}," for line in lines)
            yield "]"


def _string(line: str) -> str:
    """Return a TOML string: that of JSON, and DEL, which TOML does not take, as its code."""
    return json.dumps(line, ensure_ascii=False).replace("\x7f", "\\u007f")


def write(text: str, path: Path) -> None:
    """Write a text to a file. Raises CannotRun when that fails."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CannotRun(f"{path} cannot be written: {error.strerror}") from None
