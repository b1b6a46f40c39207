"""Find everything that is wrong with the words, in all languages at once."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from locales import pofile
from locales.answers import CONTEXT
from locales.faults import Fault, WordsFault
from locales.language import Language, read_language
from locales.markup import PLACEHOLDER
from locales.pofile import Entry, PoFile

SOURCE = "en"
_TAG = re.compile(r"<(/?)([a-z-]*)([^<>]*)>|<")
_ENTITY = re.compile(r"&(?!(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);)\w+;")
_TAGS = ("b", "i", "u", "s", "code", "a", "tg-spoiler", "blockquote")
_TRANSLATE = "translate it"


@dataclass(frozen=True, slots=True)
class Folder:
    """What was read from the folder of one language."""

    path: Path
    languages: tuple[Language, ...]  # its own, then those derived from it
    bot: PoFile | None  # None in the source language, whose texts stand in the code
    answers: PoFile | None
    faults: tuple[Fault, ...]

    @property
    def code(self) -> str:
        """Return the language's code."""
        return self.path.name


def words_faults(folder: Path) -> list[Fault]:
    """Return all that is wrong, and, as notices, all that waits for a translator."""
    folders = read_folders(folder)
    if not folders:
        return [Fault(folder, "no language is here", "put back the folders of the languages")]
    return [fault for one in folders for fault in folder_faults(one, folders)]


def read_folders(folder: Path) -> list[Folder]:
    """Read every folder that has a `language.toml`, sorted by code."""
    return [_read_folder(path.parent) for path in sorted(folder.glob("*/language.toml"))]


def _read_folder(path: Path) -> Folder:
    faults: list[Fault] = []
    languages: tuple[Language, ...] = ()
    files: dict[str, PoFile] = {}
    try:
        languages = read_language(path)
    except WordsFault as fault:
        faults += fault.faults
    for domain in ("bot", "answers"):
        file = path / "LC_MESSAGES" / f"{domain}.po"
        if path.name == SOURCE and not file.exists():
            continue
        try:
            files[domain] = pofile.read(file)
        except WordsFault as fault:
            faults += fault.faults
    return Folder(path, languages, files.get("bot"), files.get("answers"), tuple(faults))


def folder_faults(one: Folder, folders: Sequence[Folder]) -> list[Fault]:
    """Return the faults of one language, compared with what the others have."""
    faults = list(one.faults)
    if one.bot:
        faults += (fault for entry in one.bot.entries for fault in _message_faults(one.bot.path, entry, one))
    if one.answers:
        for entry in one.answers.entries:
            faults += _answer_faults(one.answers.path, entry, one)
    if one.code != SOURCE:
        faults += _missing(one, folders)
    return faults


def _message_faults(path: Path, entry: Entry, one: Folder) -> Iterator[Fault]:
    shown = f"{entry.message[:50]!r}"
    if not entry.translated:
        if one.code != SOURCE:
            what = "has a plural form without text" if any(entry.strings) else "is not translated"
            yield Fault(path, f"{shown} {what}", _TRANSLATE, entry.line)
        return
    if entry.fuzzy:
        yield Fault(path, f"{shown} was changed in English", "review it", entry.line, notice=True)
    known = _tags(entry.message) + _tags(entry.plural or "")
    for string in entry.strings:
        for what in (*_wrong_fields(entry, string), *_wrong_html(string)):
            yield Fault(path, f"{shown}: {what}", "correct the translation", entry.line)
        if more := _tags(string) - known:
            what = f"{shown}: <{', '.join(more)}> is not in the English text"
            yield Fault(path, what, "use the same tags; buttons have none", entry.line)


def _answer_faults(path: Path, entry: Entry, one: Folder) -> Iterator[Fault]:
    context = CONTEXT.fullmatch(entry.context or "")
    if context is None:
        remedy = "write msgctxt as <topic>|title, <topic>|text or <topic>|if:<promise>"
        yield Fault(path, f"the context {entry.context!r} is not an answer's", remedy, entry.line)
        return
    string = entry.strings[0] or (entry.message if one.code == SOURCE else "")
    if not string:
        yield Fault(path, f"{entry.context} is not translated", _TRANSLATE, entry.line)
    if entry.fuzzy:
        yield Fault(path, f"{entry.context} was changed in English", "review it", entry.line, notice=True)
    if context[2] == "title" and _tags(string):
        yield Fault(path, f"{entry.context} has tags", "a title is plain text", entry.line)
    for what in (*_wrong_fields(entry, string), *_wrong_html(string)):
        yield Fault(path, f"{entry.context}: {what}", "correct the text", entry.line)


def _missing(one: Folder, folders: Sequence[Folder]) -> Iterator[Fault]:
    """Compare with the messages of all languages, and with the answers in English."""
    if one.bot:
        wanted = {entry.key: entry for other in folders if other.bot for entry in other.bot.entries}
        for key in wanted.keys() - {entry.key for entry in one.bot.entries}:
            yield Fault(one.bot.path, f"{key[1][:50]!r} is missing", "run `make words` and translate it")
    source = next((other.answers for other in folders if other.code == SOURCE), None)
    if source and one.answers:
        yield from _compared(one.answers, {entry.context: entry for entry in source.entries})


def _compared(answers: PoFile, source: Mapping[str | None, Entry]) -> Iterator[Fault]:
    own = {entry.context: entry for entry in answers.entries}
    for context in source.keys() - own.keys():
        yield Fault(answers.path, f"{context} is missing", "run `make words` and translate it")
    for context, entry in own.items():
        if context not in source:
            what = f"{context} is not among the English answers"
            yield Fault(answers.path, what, "run `make words`", entry.line)
        elif entry.message != source[context].message and not entry.fuzzy:
            what = f"{context} was changed in English"
            yield Fault(answers.path, what, "run `make words` and review it", entry.line, notice=True)


def placeholders(text: str) -> set[str]:
    """Return the names in braces of a text."""
    return {found[1] for found in PLACEHOLDER.finditer(text) if found[1]}


def _wrong_fields(entry: Entry, string: str) -> Iterator[str]:
    """A plural form may leave out the number; nothing else may come or go."""
    known = placeholders(entry.message) | placeholders(entry.plural or "")
    needed = known - ({"n"} if entry.plural else set())
    used = placeholders(string)
    if added := used - known:
        yield f"{_braced(added)} is not in the English text"
    if lost := needed - used:
        yield f"{_braced(lost)} of the English text is gone"
    if set("{}") & set(PLACEHOLDER.sub("", string)):
        yield "a brace stands alone (write {{ or }} for a brace)"


def _braced(names: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names))


def _tags(text: str) -> Counter[str]:
    """Count opening tags by name."""
    return Counter(tag[2] for tag in _TAG.finditer(text) if tag[2] and not tag[1])


def _wrong_html(text: str) -> Iterator[str]:
    """Telegram refuses a message with any other tag, or one left open."""
    still_open: list[str] = []
    for tag in _TAG.finditer(text):
        name = tag[2]
        if name not in _TAGS or not _attributes_fit(name, tag[1], tag[3]):
            yield f"{tag[0]} is not a tag that Telegram knows (write &lt; for the sign)"
        elif not tag[1]:
            still_open.append(name)
        elif not still_open or still_open.pop() != name:
            yield f"{tag[0]} closes what is not open"
            return
    if still_open:
        yield f"<{still_open[-1]}> is not closed"
    for entity in _ENTITY.finditer(text):
        yield f"{entity[0]} is not an entity that Telegram knows"


def _attributes_fit(name: str, closing: str, attributes: str) -> bool:
    if closing or not attributes:
        return not attributes and (closing != "" or name != "a")
    patterns = {"a": r' href="[^"<>]+"', "blockquote": " expandable"}
    return re.fullmatch(patterns.get(name, "(?!)"), attributes) is not None
