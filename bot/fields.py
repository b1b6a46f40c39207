"""Take typed values out of a written record; note every fault with its line instead of stopping at the first.

A field with a fault yields a stand-in of the right type, so that reading can go on. Whoever reads must look
at the faults before using anything: nothing that was read counts once there is one.
"""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, time
from difflib import get_close_matches
from enum import Enum
from typing import TypeVar

import yaml

CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
CODE_LENGTH = 40
CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
SHOWN_CHOICES = 12

E = TypeVar("E", bound=Enum)
T = TypeVar("T")


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong in one file."""

    file: str
    line: int  # from 1; 0 when it is the file as a whole
    wrong: str
    expected: str

    def __str__(self) -> str:
        """Return the fault as one line, as compilers write them."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.wrong}; expected {self.expected}"


@dataclass(slots=True)
class Source:
    """One file that is being read, and where its faults go."""

    name: str
    faults: list[Fault]

    def fault(self, line: int, wrong: str, expected: str) -> None:
        """Note that something is wrong at `line`."""
        self.faults.append(Fault(self.name, line, wrong, expected))


@dataclass(slots=True)
class Record:
    """One mapping of a YAML file, or one row of a CSV file."""

    source: Source
    line: int
    nodes: dict[str, yaml.Node]
    lines: dict[str, int]  # of each key
    excused: frozenset[str] = frozenset()  # what may be missing, because its fault was noted once
    sound: bool = True  # no fault was noted in a field of this record itself

    def fault(self, wrong: str, expected: str, *, key: str | None = None) -> None:
        """Note a fault at the line of `key`, or of the whole record."""
        self.sound = False
        self.source.fault(self.lines.get(key or "", self.line), wrong, expected)

    def only(self, *keys: str) -> None:
        """Note a fault for every key that is none of `keys`."""
        for key in self.nodes.keys() - set(keys):
            self.fault(f'"{key}" is not known here', one_of(keys, near=key), key=key)

    def has(self, key: str) -> bool:
        """Return whether `key` is there with a value."""
        node = self.nodes.get(key)
        return node is not None and not _is_empty(node)

    def text(self, key: str, *, longest: int, expected: str = "a text") -> str:
        """Return the text at `key`, or "" after a fault."""

        def parse(raw: str) -> str:
            if len(raw) > longest:
                raise ValueError(f"{len(raw)} characters long")
            return raw

        return self._parsed(key, f"{expected} of at most {longest} characters", parse, "")

    def texts(self, key: str, languages: Sequence[str], *, longest: int) -> dict[str, str]:
        """Return the text at `key` in every one of `languages`; "" where there was a fault."""
        inner = self.child(key, f"a text for each of {', '.join(languages)}")
        if inner is None:
            return {}
        missing = [each for each in languages if not inner.has(each) and each not in inner.excused]
        if missing:
            expected = f"a text for each of {', '.join(languages)}"
            inner.fault(f'"{key}" has no text in {", ".join(missing)}', expected)
        inner.only(*languages)
        return {each: inner.text(each, longest=longest) for each in languages if inner.has(each)}

    def code(self, key: str = "code") -> str:
        """Return the code at `key`, even when it is malformed: what refers to it is not wrong, too."""
        expected = f"small letters a-z, digits and single hyphens, at most {CODE_LENGTH}"
        raw = self._parsed(key, expected, str, "")
        if raw and (len(raw) > CODE_LENGTH or not CODE.fullmatch(raw)):
            self.fault(f'"{key}" is "{raw}"', expected, key=key)
        return raw

    def choice(self, key: str, kind: type[E]) -> E:
        """Return the member of `kind` whose value stands at `key`."""
        members = list(kind)
        return self._parsed(key, one_of([str(each.value) for each in members]), kind, members[0])

    def whole(self, key: str, *, least: int, most: int) -> int:
        """Return the whole number at `key`."""

        def parse(raw: str) -> int:
            if not least <= int(raw) <= most:
                raise ValueError(raw)
            return int(raw)

        return self._parsed(key, f"a whole number from {least} to {most}", parse, least)

    def number(self, key: str, *, least: float, most: float) -> float:
        """Return the number at `key`."""

        def parse(raw: str) -> float:
            if not least <= float(raw) <= most:  # refuses nan, too
                raise ValueError(raw)
            return float(raw)

        return self._parsed(key, f"a number with a decimal point from {least:g} to {most:g}", parse, least)

    def flag(self, key: str) -> bool:
        """Return the yes or no at `key`."""
        answers = {"true": True, "yes": True, "false": False, "no": False}
        return self._parsed(key, "true or false", lambda raw: _look_up(answers, raw.lower()), False)

    def look_up(self, key: str, table: dict[str, T], stand_in: T) -> T:
        """Return what `table` has for the word at `key`."""
        return self._parsed(key, one_of(table), lambda raw: _look_up(table, raw), stand_in)

    def clock(self, key: str) -> time:
        """Return the time of day at `key`."""

        def parse(raw: str) -> time:
            if not (found := CLOCK.fullmatch(raw)):
                raise ValueError(raw)
            return time(int(found[1]), int(found[2]))

        return self._parsed(key, "a time of day such as 18:30", parse, time(0))

    def day(self, key: str) -> date:
        """Return the date at `key`."""

        def parse(raw: str) -> date:
            if not DAY.fullmatch(raw):
                raise ValueError(raw)
            return date.fromisoformat(raw)

        return self._parsed(key, "a date of the calendar such as 2026-12-31", parse, date.min)

    def child(self, key: str, expected: str) -> "Record | None":
        """Return the mapping at `key`, or None after a fault."""
        node = self.nodes.get(key)
        if node is None:
            self._missing(key, expected)
            return None
        prefix = f"{key}."
        excused = frozenset(each.removeprefix(prefix) for each in self.excused if each.startswith(prefix))
        record = as_record(self.source, node, f'"{key}"', expected, line=self.lines[key])
        if record is not None:
            record.excused = excused
        return record

    def children(self, key: str, *, least: int = 0) -> "list[Record]":
        """Return the mappings of the list at `key`; empty after a fault, or when there is nothing."""
        node = self.nodes.get(key)
        if node is None or _is_empty(node):
            if least:
                self.fault(f'"{key}" is missing', f"a list of at least {least}", key=key)
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.fault(f'"{key}" is {_kind(node)}', "a list, each entry beginning with a hyphen", key=key)
            return []
        if len(node.value) < least:
            self.fault(f'"{key}" has {len(node.value)} entries', f"at least {least}", key=key)
        what = f'an entry of "{key}"'
        found = [as_record(self.source, each, what, "keys with values") for each in node.value]
        return [each for each in found if each is not None]

    def _parsed(self, key: str, expected: str, parse: Callable[[str], T], stand_in: T) -> T:
        node = self.nodes.get(key)
        if node is None:
            self._missing(key, expected)
        elif not isinstance(node, yaml.ScalarNode) or _is_empty(node):
            self.fault(f'"{key}" is {_kind(node)}', expected, key=key)
        else:
            raw = str(node.value).strip()
            try:
                return parse(raw)
            except ValueError:
                self.fault(f'"{key}" is "{_shortened(raw)}"', expected, key=key)
        return stand_in

    def _missing(self, key: str, expected: str) -> None:
        if not any(each == key or each.startswith(f"{key}.") for each in self.excused):
            self.fault(f'"{key}" is missing', expected)


def as_record(
    source: Source, node: yaml.Node, what: str, expected: str, *, line: int | None = None
) -> Record | None:
    """Return a mapping as a record, or None after a fault; a key that stands twice is a fault.

    The record stands at `line`, or where its first key does.
    """
    line = line or line_of(node)
    if not isinstance(node, yaml.MappingNode):
        source.fault(line, f"{what} is {_kind(node)}", expected)
        return None
    record = Record(source, line, {}, {})
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            source.fault(line_of(key), "a key is not a word", "a word before the colon")
        elif key.value in record.nodes:
            source.fault(line_of(key), f'"{key.value}" stands twice', "each key once")
        else:
            record.nodes[key.value] = value
            record.lines[key.value] = line_of(key)
    return record


def one_of(words: Collection[str], *, near: str = "") -> str:
    """Return what to choose from: all when they are few, else those that look like `near`."""
    shown = list(words) if len(words) <= SHOWN_CHOICES else get_close_matches(near, words, n=SHOWN_CHOICES)
    return f"one of {', '.join(shown)}" if shown else "one of those in the documentation"


def line_of(node: yaml.Node) -> int:
    """Return the line where a node begins, from 1."""
    return int(node.start_mark.line) + 1


def _look_up(table: dict[str, T], word: str) -> T:
    if word not in table:
        raise ValueError(word)
    return table[word]


def _is_empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and (
        node.tag == "tag:yaml.org,2002:null" or not str(node.value).strip()
    )


def _kind(node: yaml.Node) -> str:
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    if isinstance(node, yaml.MappingNode):
        return "a group of keys"
    return "empty" if _is_empty(node) else f'"{_shortened(str(node.value))}"'


def _shortened(raw: str) -> str:
    return raw if len(raw) <= 40 else f"{raw[:37]}…"
