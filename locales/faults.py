"""Name what is wrong with the words, so that a translator knows where to look and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in one file of a language."""

    path: Path
    what: str
    remedy: str
    line: int | None = None  # first line is 1
    notice: bool = False  # worth knowing, stops nothing

    def __str__(self) -> str:
        """Say it in one line: where, what, what to do."""
        place = f"{self.path}:{self.line}" if self.line else str(self.path)
        return f"{place}: {self.what}; {self.remedy}"


class WordsFault(Exception):
    """The words cannot be used as they are; `faults` holds every reason."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Word all faults, one a line."""
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


class UnknownMessageError(LookupError):
    """Code asks for a text that no catalogue holds: `make words` was not run after the code changed."""

    def __init__(self, code: str, message: str) -> None:
        """Name the language and the English text."""
        super().__init__(f"no {code} words for {message!r}: run `make words` and have it translated")
