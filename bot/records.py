"""Read a YAML or CSV file as records whose every field knows its line."""

import csv
import io
from collections.abc import Collection
from pathlib import Path

import yaml
from yaml.error import Mark

from bot.fields import Record, Source, as_record, one_of

CORRECT_YAML = "keys set in by spaces, and quotes around a text with a colon or a number sign"


def read_yaml(source: Source, path: Path) -> Record | None:
    """Return the mapping that a YAML file holds, or None after a fault."""
    text = _read_text(source, path)
    if text is None:
        return None
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        unfinished = (
            error.problem == "found unexpected end of stream"
        )  # tells where it began, not where it ends
        mark = error.context_mark if unfinished else error.problem_mark
        source.fault(mark.line + 1 if mark else 0, f"not YAML: {error.problem}", CORRECT_YAML)
        return None
    except (yaml.YAMLError, RecursionError):
        source.fault(0, "not YAML: forbidden characters, or lists in lists without end", CORRECT_YAML)
        return None
    if node is None:
        source.fault(0, "the file is empty", "keys with values")
        return None
    return as_record(source, node, "the file", "keys with values")


def read_table(
    source: Source, path: Path, *, required: Collection[str], optional: Collection[str]
) -> list[Record]:
    """Return the rows of a CSV file with commas or semicolons.

    The column "name.ru" becomes the key "ru" of a mapping "name". A missing column is one fault.
    """
    text = _read_text(source, path)
    if text is None:
        return []
    delimiter = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    rows = _rows(source, text, delimiter)
    if not rows:
        source.fault(1, "the file is empty", f"a first line with the columns {', '.join(required)}")
        return []
    header = [cell.strip() for cell in rows[0][1]]
    missing = [each for each in required if each not in header]
    known = [*required, *optional]
    _judge_header(source, header, missing, known)
    for line, cells in rows[1:]:
        if len(cells) > len(header):
            source.fault(line, f"{len(cells)} cells", f"at most {len(header)}, as in the first line")
    return [
        _row_record(source, line, _known_cells(header, cells, known), missing) for line, cells in rows[1:]
    ]


def _judge_header(source: Source, header: list[str], missing: list[str], known: list[str]) -> None:
    if missing:
        source.fault(1, f"no column {', '.join(missing)}", f"the columns {', '.join(known)}")
    for index, column in enumerate(header):
        if column not in known:
            source.fault(1, f'the column "{column}" is not known', one_of(known, near=column))
        elif column in header[:index]:
            source.fault(1, f'the column "{column}" stands twice', "each column once")


def _read_text(source: Source, path: Path) -> str | None:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        source.fault(0, "the file is missing", "a file of this name in the directory")
    except OSError as error:
        source.fault(0, f"the file cannot be read: {error.strerror}", "a file that this program may read")
    else:
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            source.fault(line, "this is not UTF-8", "a file saved as UTF-8")
    return None


def _rows(source: Source, text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """Return the rows that are not blank, each with the line where it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        source.fault(line, f"not CSV: {error}", "cells between commas or semicolons, in double quotes")
    return rows


def _known_cells(header: list[str], cells: list[str], known: list[str]) -> dict[str, str]:
    pairs = zip(header, cells, strict=False)  # a short row leaves the last columns empty
    return {column: cell for column, cell in pairs if column in known and cell.strip()}


def _row_record(source: Source, line: int, cells: dict[str, str], missing: Collection[str]) -> Record:
    mark = Mark(source.name, 0, line - 1, 0, None, 0)
    nodes: dict[str, yaml.Node] = {}
    for column, cell in cells.items():
        node = yaml.ScalarNode("tag:yaml.org,2002:str", cell, mark, mark)
        outer, _, inner = column.partition(".")
        if not inner:
            nodes[outer] = node
            continue
        group = nodes.setdefault(outer, yaml.MappingNode("tag:yaml.org,2002:map", [], mark, mark))
        group.value.append((yaml.ScalarNode("tag:yaml.org,2002:str", inner, mark, mark), node))
    return Record(source, line, nodes, dict.fromkeys(nodes, line), frozenset(missing))
