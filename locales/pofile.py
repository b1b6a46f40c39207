"""Read one `.po` file into plain values; what is wrong with it is said in one sentence with file and line.

Babel's reader alone would take a string without its closing quote (and lose a letter), and merge a message
that stands twice, so each line is looked at first.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from gettext import c2py
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import PoFileError, read_po

from locales.faults import Fault, WordsFault

_LINE = re.compile(r'(?:#.*|(?:(?:msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?) *)?"(?:[^"\\]|\\.)*")?')
_EDITOR = "open the file in a PO editor, or correct that line"


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of a catalogue with its translation."""

    context: str | None
    message: str  # English; of a plural, the singular
    plural: str | None  # English plural
    strings: tuple[str, ...]  # one, or one for each plural form; empty where missing
    fuzzy: bool  # translated from an older English text, still in use
    line: int
    comments: tuple[str, ...]  # "#." lines: from the programme
    notes: tuple[str, ...] = ()  # "# " lines: between translators

    @property
    def key(self) -> tuple[str | None, str]:
        """Tell messages apart."""
        return (self.context, self.message)

    @property
    def translated(self) -> bool:
        """Return whether no form is empty."""
        return all(self.strings)


@dataclass(frozen=True, slots=True)
class PoFile:
    """All messages of one file, in its order."""

    path: Path
    entries: tuple[Entry, ...]
    form: Callable[[int], int]  # number: index of its plural form
    plural_forms: str  # the header that says so


def read(path: Path) -> PoFile:
    """Read a file; raises WordsFault when it cannot be read as PO."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError:
        raise WordsFault([Fault(path, "it is not UTF-8", "save it as UTF-8")]) from None
    except OSError as error:
        remedy = "put it back, or run `make words` and translate it"
        raise WordsFault([Fault(path, f"it cannot be read: {error.strerror}", remedy)]) from None
    if faults := [*_malformed(path, lines), *_repeated(path, lines)]:
        raise WordsFault(faults)
    try:
        catalogue = read_po(lines, abort_invalid=True, ignore_obsolete=True)
        entries = tuple(_entry(message) for message in catalogue if message.id)
        return PoFile(path, entries, c2py(catalogue.plural_expr), catalogue.plural_forms)
    except PoFileError as error:
        fault = Fault(path, str(error).rpartition(" on ")[0], _EDITOR, error.lineno + 1)
        raise WordsFault([fault]) from None
    except (ValueError, IndexError, KeyError, TypeError, LookupError) as error:
        raise WordsFault([Fault(path, f"it is not a PO file: {error}", _EDITOR)]) from None


def _entry(message: Message) -> Entry:
    strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    singular, plural = message.id if isinstance(message.id, (tuple, list)) else (message.id, None)
    return Entry(
        context=message.context,
        message=singular,
        plural=plural,
        strings=tuple(string or "" for string in strings),
        fuzzy=message.fuzzy,
        line=message.lineno or 0,
        comments=tuple(message.auto_comments),
        notes=tuple(note for note in message.user_comments if not note.startswith("|")),
    )


def _malformed(path: Path, lines: list[str]) -> Iterator[Fault]:
    for number, line in enumerate(lines, start=1):
        if not _LINE.fullmatch(line.strip()):
            yield Fault(path, f"this line is not PO: {line.strip()[:60]}", _EDITOR, number)


def _repeated(path: Path, lines: list[str]) -> Iterator[Fault]:
    seen: set[str] = set()
    source: list[str] = []
    started = 0
    for number, line in enumerate(lines, start=1):
        if line.startswith(("msgctxt", "msgid ")) and not (source and source[0].startswith("msgctxt")):
            source, started = [], number
        if source or line.startswith(("msgctxt", "msgid ")):
            if not line.startswith("msgstr"):
                source.append(line.strip())
                continue
            key = "\n".join(part for part in source if not part.startswith("msgid_plural"))
            source = []
            if key in seen:
                yield Fault(path, "this message stands twice", "delete one of them", started)
            seen.add(key)
