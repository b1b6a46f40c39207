"""Read what the search learns from: questions.toml, danger.toml and concepts.toml in a language's folder."""

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from locales.faults import Fault, WordsFault

Table = Mapping[str, list[str]]
"""Lines as written, by topic id; `none` holds what is not ours. Of danger.toml: by `danger` and `safe`."""

QUESTIONS, DANGERS, CONCEPTS = "questions.toml", "danger.toml", "concepts.toml"


def read_questions(folder: Path, name: str = QUESTIONS) -> Table:
    """Return the questions of a file, none when the folder lacks it; raises WordsFault."""
    return _read(
        folder / name,
        fits=lambda lines: isinstance(lines, list) and all(isinstance(line, str) for line in lines),
        what="is not a list of questions",
        remedy='write topic = ["a question", "another one"]',
    )


def load_questions(root: Path) -> dict[str, Table]:
    """Return the example questions of all folders under `root` by language; raises WordsFault."""
    return {folder.name: read_questions(folder) for folder in _folders(root, QUESTIONS)}


def load_dangers(root: Path) -> dict[str, Table]:
    """Return, by language, what tells of danger and what only sounds like it; raises WordsFault."""
    return {folder.name: read_questions(folder, DANGERS) for folder in _folders(root, DANGERS)}


def load_concepts(root: Path) -> dict[str, Mapping[str, str]]:
    """Return, by language, the words of each concept, parted by spaces; raises WordsFault."""
    return {
        folder.name: _read(
            folder / CONCEPTS,
            fits=lambda entries: isinstance(entries, str),
            what="is not a text",
            remedy='write concept = "word stem* two_words"',
        )
        for folder in _folders(root, CONCEPTS)
    }


def sources(root: Path) -> dict[str, str]:
    """Return a checksum of each file that the search learns from, by its path under `root`."""
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        for name in (QUESTIONS, DANGERS, CONCEPTS)
        for path in sorted(root.glob(f"*/{name}"))
    }


def _folders(root: Path, name: str) -> list[Path]:
    return sorted(path.parent for path in root.glob(f"*/{name}"))


def _read(path: Path, *, fits: Callable[[object], bool], what: str, remedy: str) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WordsFault([Fault(path, f"this is not TOML: {error}", "correct that line")]) from None
    wrong = [Fault(path, f"{key} {what}", remedy) for key, value in table.items() if not fits(value)]
    if wrong:
        raise WordsFault(wrong)
    return table
