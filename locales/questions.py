"""Read the example questions of each language: `questions.toml` in its folder."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from locales.faults import Fault, WordsFault

Table = Mapping[str, list[str]]
"""Lines as written, by topic id; `none` holds what is not ours."""


def read_questions(folder: Path) -> Table:
    """Return the example questions of a language's folder, empty when it has none; raises WordsFault."""
    path = folder / "questions.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WordsFault([Fault(path, f"this is not TOML: {error}", "correct that line")]) from None
    wrong = [
        Fault(path, f"{topic} is not a list of questions", 'write topic = ["a question", "another one"]')
        for topic, lines in table.items()
        if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines)
    ]
    if wrong:
        raise WordsFault(wrong)
    return table


def load_questions(root: Path) -> dict[str, Table]:
    """Return the example questions of all folders under `root` by language; raises WordsFault."""
    folders = sorted(path.parent for path in root.glob("*/questions.toml"))
    return {folder.name: read_questions(folder) for folder in folders}
